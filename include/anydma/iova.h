/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O virtual address allocator: one address space, power-of-two size classes served from private
 * magazines in a few instructions, refilled from a map of free ranges. Caller's memory, no locks:
 * one queue owns its allocator (carve one aperture into several for several queues).
 */
#ifndef ANYDMA_IOVA_H
#define ANYDMA_IOVA_H

#include <anydma/types.h>

#define ANY_IOVA_CLASSES  8  /* 1, 2, 4 ... 128 granules: 512 KiB at 4 KiB */
#define ANY_IOVA_MAGAZINE 62 /* addresses kept per class */

struct any_iova_magazine {
	uint32_t n;
	uint32_t unused;
	uint64_t addr[ANY_IOVA_MAGAZINE];
};

/* A free run of the aperture; caller gives an array, the allocator keeps it sorted and merged. */
struct any_iova_range {
	uint64_t start, size;
};

struct any_iova {
	struct any_iova_magazine magazines[ANY_IOVA_CLASSES];
	struct any_iova_range *ranges;
	uint32_t n_ranges, max_ranges;
	uint32_t shift; /* log2 of the granule */
	uint64_t base;	/* the aperture: lowest and */
	uint64_t limit; /* highest address handed out, inclusive */
	uint64_t live;	/* granules out */
	uint64_t lost;	/* granules that could not be returned because `ranges` was full: 0 normally
			 */
};

/*
 * Aperture [base, base + size), granule a power of two; both multiples of it. `ranges` (max >= 4
 * recommended 64) describes free space. EINVAL on nonsense.
 */
ANY_MUST_CHECK int any_iova_init(struct any_iova *iova, uint64_t base, uint64_t size,
				 uint64_t granule, struct any_iova_range *ranges, uint32_t max);
/* Take [base, base + size) out for good (reserved IOVAs, MSI windows). Before the first alloc. */
ANY_MUST_CHECK int any_iova_reserve(struct any_iova *iova, uint64_t base, uint64_t size);
/* Slow halves of alloc and free, and what empties the magazines into the list. */
ANY_MUST_CHECK int any_iova_alloc_slow(struct any_iova *iova, uint64_t size, uint64_t limit,
				       struct any_dma_addr *addr);
void any_iova_free_slow(struct any_iova *iova, struct any_dma_addr addr, uint64_t size);
void any_iova_spill(struct any_iova *iova);

static inline unsigned any_iova_class(const struct any_iova *iova, uint64_t size)
{
	uint64_t granules = (size - 1) >> iova->shift;

	return granules ? 64u - (unsigned)__builtin_clzll(granules) : 0;
}

/*
 * size in bytes, rounded up to a class or (above the largest) to granules; naturally aligned up to
 * the largest class. limit: highest acceptable last byte. ENOMEM when nothing fits, EINVAL for 0.
 */
ANY_MUST_CHECK static inline int any_iova_alloc(struct any_iova *iova, uint64_t size,
						uint64_t limit, struct any_dma_addr *addr)
{
	unsigned class = any_iova_class(iova, size);

	if (ANY_LIKELY(size && class < ANY_IOVA_CLASSES && limit >= iova->limit &&
		       iova->magazines[class].n)) {
		addr->raw = iova->magazines[class].addr[--iova->magazines[class].n];
		iova->live += 1ull << class;
		return 0;
	}
	return any_iova_alloc_slow(iova, size, limit, addr);
}

/* size as given to alloc. */
static inline void any_iova_free(struct any_iova *iova, struct any_dma_addr addr, uint64_t size)
{
	unsigned class = any_iova_class(iova, size);

	if (ANY_LIKELY(class < ANY_IOVA_CLASSES && iova->magazines[class].n < ANY_IOVA_MAGAZINE)) {
		iova->magazines[class].addr[iova->magazines[class].n++] = addr.raw;
		iova->live -= 1ull << class;
		return;
	}
	any_iova_free_slow(iova, addr, size);
}

#endif
