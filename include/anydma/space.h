/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory as a device sees it: from an address the driver wrote into a ring to a pointer the device
 * model may use. The address and length are the driver's and therefore not trusted.
 *
 * A span is good until the space's epoch changes: whoever keeps one longer than a call asks
 * any_space_valid first (a mapping went away, a region was replaced).
 */
#ifndef ANYDMA_SPACE_H
#define ANYDMA_SPACE_H

#include <anydma/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct any_space_span {
	void *cpu;
	uint64_t len; /* 1..asked: the part that lies together behind `cpu` */
	uint32_t epoch;
};

struct any_space_region {
	struct any_dma_addr addr;
	uint64_t size; /* addr + size - 1 does not wrap */
	void *cpu;
	uint32_t dirs; /* enum any_dma_dir bits: what the device may do */
};

/*
 * For spaces that regions cannot say (an IOMMU, a simulated bus). dir is one bit: TO_DEVICE, the
 * device loads; FROM_DEVICE, it stores. EFAULT: not the device's memory; nothing was touched.
 */
struct any_space_ops {
	int (*resolve)(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		       struct any_space_span *span);
};

struct any_space {
	const struct any_space_region *regions; /* caller's, alive as long as the space */
	uint32_t n_regions;
	uint32_t last; /* region of the last hit */
	uint32_t epoch;
	const struct any_space_ops *ops; /* NULL: regions only */
	void *ctx;
};

/*
 * The structure starts zeroed; calling an init again replaces what was there and voids all spans.
 * EINVAL: an empty, wrapping or overlapping region.
 */
ANY_MUST_CHECK int any_space_init_regions(struct any_space *space,
					  const struct any_space_region *regions, uint32_t n);
/* The device's addresses are this process's pointers (an in-process device on an identity bus). */
void any_space_init_identity(struct any_space *space);
void any_space_init_ops(struct any_space *space, const struct any_space_ops *ops, void *ctx);

/* Every span handed out so far is void from now on. */
static inline void any_space_invalidate(struct any_space *space)
{
	space->epoch++;
}

static inline bool any_space_valid(const struct any_space *space, const struct any_space_span *span)
{
	return span->epoch == space->epoch;
}

ANY_MUST_CHECK int any_space_resolve_slow(struct any_space *space, struct any_dma_addr addr,
					  uint64_t len, enum any_dma_dir dir,
					  struct any_space_span *span);

/*
 * EFAULT: outside, or against `dirs`. EINVAL: len 0 or addr + len - 1 wraps. A span shorter than
 * asked is not an error: the caller goes on behind it.
 */
ANY_MUST_CHECK static inline int any_space_resolve(struct any_space *space,
						   struct any_dma_addr addr, uint64_t len,
						   enum any_dma_dir dir,
						   struct any_space_span *span)
{
	const struct any_space_region *r;
	uint64_t at;

	if (ANY_UNLIKELY(!space->n_regions))
		return any_space_resolve_slow(space, addr, len, dir, span);
	r = &space->regions[space->last];
	at = addr.raw - r->addr.raw;
	if (ANY_UNLIKELY(at >= r->size || len - 1 >= r->size - at || (r->dirs & dir) != dir))
		return any_space_resolve_slow(space, addr, len, dir, span);
	span->cpu = (void *)((uintptr_t)r->cpu + (uintptr_t)at);
	span->len = len;
	span->epoch = space->epoch;
	return 0;
}

/*
 * As resolve, but the whole of [addr, addr + len) must lie together: for ring parts, which are used
 * through one pointer. EFAULT if it does not.
 */
ANY_MUST_CHECK int any_space_resolve_whole(struct any_space *space, struct any_dma_addr addr,
					   uint64_t len, enum any_dma_dir dir,
					   struct any_space_span *span);

#ifdef __cplusplus
}
#endif
#endif
