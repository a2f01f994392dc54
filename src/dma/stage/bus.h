/* SPDX-License-Identifier: BSD-2-Clause */
/* Translation on any bus, for those who know that they need it. */
#ifndef ANYDMA_DMA_STAGE_BUS_H
#define ANYDMA_DMA_STAGE_BUS_H

#include "dma/pipeline.h"

/* What translation must know besides the address. min and max are bus addresses, inclusive. */
struct dma_path {
	const struct any_dma_platform *plat;
	uint64_t bits, min, max;
	bool miss_identity; /* for this one, whatever the facts say */
};

static inline struct dma_path dma_path_of(const struct any_dma_dev *dev, enum dma_memory memory)
{
	return (struct dma_path){.plat = dev->plat,
				 .bits = dma_bits(&dev->plat->facts, memory),
				 .min = dev->reach_min,
				 .max = dev->reach_max};
}

/* ERANGE, or the address that the driver is given and how many bytes follow it. */
int any_dma_translate_run(const struct dma_path *path, struct any_phys_addr phys, uint64_t len,
			  struct any_dma_addr *addr, uint64_t *run);
/* The first window that has `phys`, and the run from there; none: whether that means 1:1. */
bool any_dma_find_window(const struct any_dma_segment *segments, uint32_t n, bool miss_identity,
			 uint64_t phys, uint64_t *dma, uint64_t *run);
/* Shortens the run that begins at `at` so that none of `bits` changes within it. */
void any_dma_clip_at_bits(uint64_t bits, uint64_t at, uint64_t *run);

#endif
