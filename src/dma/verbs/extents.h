/* SPDX-License-Identifier: BSD-2-Clause */
/* What a list becomes: runs of bus addresses, each no more than one transfer may be. */
#ifndef ANYDMA_DMA_EXTENTS_H
#define ANYDMA_DMA_EXTENTS_H

#include "dma/pipeline.h"

/* The caller's extents as they fill, and the device's rules for one segment (DA-36). */
struct extents {
	struct any_dma_extent *e;
	unsigned n, max;
	uint32_t max_segment;
	uint64_t boundary;
};

/* How much of [addr, addr + len) the last extent may take, 0: none. There is one. */
static inline uint64_t room_in_last(const struct extents *x, uint64_t addr, uint64_t len)
{
	const struct any_dma_extent *last = &x->e[x->n - 1];

	if (last->len >= x->max_segment || last->addr.raw + last->len != addr ||
	    (last->addr.raw | x->boundary) != (addr | x->boundary))
		return 0;
	len = any_min_u64(len, x->max_segment - last->len);
	return any_min_u64(len - 1, x->boundary - (addr & x->boundary)) + 1;
}

static inline int emit(struct extents *x, uint64_t addr, uint64_t len)
{
	while (len) {
		uint64_t n = x->n ? room_in_last(x, addr, len) : 0;

		if (!n) {
			if (x->n == x->max)
				return -ANY_ENOSPC;
			n = any_min_u64(len, x->max_segment);
			n = any_min_u64(n - 1, x->boundary - (addr & x->boundary)) + 1;
			x->e[x->n++] = (struct any_dma_extent){any_dma(addr), 0};
		}
		x->e[x->n - 1].len += (uint32_t)n;
		addr += n;
		len -= n;
	}
	return 0;
}

/* sg.c: the runs of a piece that does not go through an IOMMU. */
int any_dma_emit_direct(struct any_dma_dev *dev, const struct dma_place *place, struct extents *x);

#endif
