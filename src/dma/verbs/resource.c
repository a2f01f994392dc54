/* SPDX-License-Identifier: BSD-2-Clause */
/* Peer registers: an address and nothing else (DA-15). */
#include "dma/stage/bus.h"

static bool touches_ram(const struct any_dma_platform *plat, uint64_t phys, uint64_t last)
{
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];

		if (phys <= r->phys.raw + (r->size - 1) && r->phys.raw <= last)
			return true;
	}
	return false;
}

/* Registers carry no encryption bit: they are nobody's private pages. */
static int translate(const struct any_dma_dev *dev, struct any_phys_addr phys, size_t len,
		     struct any_dma_addr *addr)
{
	struct dma_path path = dma_path_of(dev, DMA_REGISTERS);
	uint64_t run;
	int err;

	path.miss_identity = true;
	err = any_dma_translate_run(&path, phys, len, addr, &run);
	return err || run < len ? -ANY_ERANGE : 0;
}

static int map_now(struct any_dma_dev *dev, struct any_phys_addr phys, size_t len,
		   enum any_dma_dir dir, struct any_dma_mapping *map)
{
	struct any_dma_mapping m = {.len = (uint32_t)len,
				    .dir = (uint8_t)dir,
				    .flags = ANY_DMA_MAP_LIVE | ANY_DMA_MAP_MMIO};
	uint64_t last;
	int err = -ANY_ERANGE;

	if (!len || !dma_dir_valid(dir))
		return -ANY_EINVAL;
	if (len > UINT32_MAX)
		return -ANY_E2BIG;
	if (any_add_overflows(phys.raw, len - 1, &last))
		return -ANY_EOVERFLOW;
	if (touches_ram(dev->plat, phys.raw, last))
		return -ANY_EINVAL;
	if (!(dev->stages & ANY_STAGE_IOMMU))
		err = translate(dev, phys, len, &m.addr);
	if (err && (dev->stages & (ANY_STAGE_IOMMU | ANY_STAGE_PARTIAL))) {
		m.flags |= ANY_DMA_MAP_IOMMU;
		err = dma_iommu(dev)->map_registers(dev, phys, len, dir, &m.addr);
	}
	if (err)
		return err;
	dev->stats.maps++;
	*map = m;
	return 0;
}

int any_dma_map_resource(struct any_dma_dev *dev, struct any_phys_addr phys, size_t len,
			 enum any_dma_dir dir, struct any_dma_mapping *map)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_MAP_RESOURCE, .dev = dev, .phys = phys, .len = len, .dir = dir};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = map_now(dev, phys, len, dir, map);
	event.map = map;
	any_dma_watch_end(&event, err);
	return err;
}
