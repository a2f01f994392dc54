/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings as libmetal documents them: the direction is what the device does. What the device reads
 * is cleaned; what it writes is cleaned and invalidated, for the neighbours on its lines, and
 * invalidated again when it comes back. Each entry is the device's from map to unmap. An entry has
 * no device address: the driver asks its region, metal_io_phys().
 *
 * libmetal's own generic bus had the first of these wrong: tests/cases/libmetal-F1-dma_map.c.
 */
#ifndef ANYDMA_METAL_DMA_H
#define ANYDMA_METAL_DMA_H

#include <metal/cache.h>
#include <metal/device.h>

#define METAL_DMA_DEV_R	 1
#define METAL_DMA_DEV_W	 2
#define METAL_DMA_DEV_WR 3

struct metal_sg {
	void *virt;
	struct metal_io_region *io;
	int len;
};

static inline __attribute__((always_inline)) enum any_dma_dir anydma_metal_dir(uint32_t dir)
{
	if (dir < METAL_DMA_DEV_R || dir > METAL_DMA_DEV_WR)
		any_lab_misuse("a direction of DMA that is none: %u (C5 row 6).", dir);
	return dir == METAL_DMA_DEV_R	? ANY_DMA_TO_DEVICE
	       : dir == METAL_DMA_DEV_W ? ANY_DMA_FROM_DEVICE
					: ANY_DMA_BOTH;
}

static inline __attribute__((always_inline)) metal_phys_addr_t
anydma_metal_address(const struct metal_sg *sg)
{
	metal_phys_addr_t phys =
		sg->io && sg->len > 0 ? metal_io_virt_to_phys(sg->io, sg->virt) : METAL_BAD_PHYS;

	if (phys == METAL_BAD_PHYS ||
	    (size_t)sg->len > sg->io->size - metal_io_virt_to_offset(sg->io, sg->virt))
		any_lab_misuse("an entry of a list lies in no region: %d bytes.", sg->len);
	return phys;
}

/* The number of entries, which sg_out has then too: no list is made shorter here. */
static inline __attribute__((always_inline)) int metal_dma_map(struct metal_device *dev,
							       uint32_t dir, struct metal_sg *sg_in,
							       int nents_in,
							       struct metal_sg *sg_out)
{
	enum any_dma_dir whose = anydma_metal_dir(dir);

	if (!dev || !sg_in || !sg_out || nents_in <= 0)
		return -EINVAL;
	atomic_thread_fence(memory_order_seq_cst); /* partner: the device's accesses */
	for (int i = 0; i < nents_in; i++) {
		metal_phys_addr_t at = anydma_metal_address(&sg_in[i]);

		any_lab_cache(whose == ANY_DMA_TO_DEVICE ? ANY_LAB_CACHE_CLEAN
							 : ANY_LAB_CACHE_CLEAN_INVAL,
			      sg_in[i].virt, (size_t)sg_in[i].len);
		any_lab_lend(sg_in[i].virt, at, (size_t)sg_in[i].len, whose);
		sg_out[i] = sg_in[i];
	}
	return nents_in;
}

static inline __attribute__((always_inline)) void
metal_dma_unmap(struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents)
{
	enum any_dma_dir whose = anydma_metal_dir(dir);

	if (!dev || !sg)
		return;
	atomic_thread_fence(memory_order_seq_cst); /* partner: the device's last writes */
	for (int i = 0; i < nents; i++) {
		if (whose != ANY_DMA_TO_DEVICE)
			any_lab_cache(ANY_LAB_CACHE_INVAL, sg[i].virt, (size_t)sg[i].len);
		any_lab_take_back(anydma_metal_address(&sg[i]), (size_t)sg[i].len, whose);
	}
}

#endif
