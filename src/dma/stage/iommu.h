/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the stage that an IOMMU brings. */
#ifndef ANYDMA_DMA_STAGE_IOMMU_H
#define ANYDMA_DMA_STAGE_IOMMU_H

#include "stage.h"

/* ---- iommu.c: the device's address space ---- */
/* One piece of memory on its way into the tables. */
struct dma_entry {
	struct any_phys_addr phys;
	uint64_t len;
	unsigned prot;
	enum dma_memory memory;
};

unsigned any_dma_iommu_prot(enum any_dma_dir dir);
/* Bytes of address space it takes, guard and all. */
uint64_t any_dma_iommu_room(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len,
			    unsigned prot);
/* Can all granules of it be said in the tables? */
bool any_dma_iommu_reaches(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
			   enum dma_memory memory);
int any_dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		       struct any_dma_addr *base);
/* In the room that begins at `base`; *addr: of the first byte, with the bits a bridge implies. */
int any_dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr base,
			const struct dma_entry *entry, struct any_dma_addr *addr);
void any_dma_iommu_leave(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot);
void any_dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size);
/* `boundary`: the mask no transfer crosses; all ones: none. */
int any_dma_iommu_map(struct any_dma_dev *dev, const struct dma_entry *entry, uint64_t boundary,
		      uint64_t max, struct any_dma_addr *addr);
/* Takes back [addr, addr + len), granules and all. strict: the device is out when this returns. */
void any_dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot, bool strict);
void any_dma_iommu_release(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size,
			   bool strict);
void any_dma_iommu_flush(struct any_dma_dev *dev);

/* ---- iommu_ask.c ---- */
/* What the tables must say for `phys`, and for how long; whole granules. */
int any_dma_table_run(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      enum dma_memory memory, struct any_phys_addr *out, uint64_t *run);
bool any_dma_iommu_has_room(const struct any_dma_dev *dev, uint64_t max);
bool any_dma_iommu_is_sane(const struct any_dma_platform *plat);

/* ---- iommu_list.c ---- */
int any_dma_iommu_map_list(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
			   struct extents *x);
void any_dma_iommu_unmap_list(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n);

#endif
