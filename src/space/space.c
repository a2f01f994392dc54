/* SPDX-License-Identifier: BSD-2-Clause */
/* From a device address to a pointer: regions, or the environment's own way (an IOMMU, a bus). */
#include <anydma/space.h>

#include "base/bits.h"

static bool is_sound(const struct any_space_region *regions, uint32_t i)
{
	const struct any_space_region *r = &regions[i];

	if (!r->size || r->addr.raw + (r->size - 1) < r->addr.raw)
		return false;
	for (uint32_t k = 0; k < i; k++)
		if (r->addr.raw - regions[k].addr.raw < regions[k].size ||
		    regions[k].addr.raw - r->addr.raw < r->size)
			return false;
	return true;
}

int any_space_init_regions(struct any_space *space, const struct any_space_region *regions,
			   uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!is_sound(regions, i))
			return -ANY_EINVAL;
	*space = (struct any_space){.regions = regions, .n_regions = n, .epoch = space->epoch + 1};
	return 0;
}

void any_space_init_ops(struct any_space *space, const struct any_space_ops *ops, void *ctx)
{
	*space = (struct any_space){.ops = ops, .ctx = ctx, .epoch = space->epoch + 1};
}

static int resolve_identity(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
			    struct any_space_span *span)
{
	(void)ctx;
	(void)dir;
	if (addr.raw > UINTPTR_MAX || len - 1 > UINTPTR_MAX - addr.raw)
		return -ANY_EFAULT;
	span->cpu = (void *)(uintptr_t)addr.raw;
	span->len = len;
	return 0;
}

static const struct any_space_ops identity_ops = {.resolve = resolve_identity};

void any_space_init_identity(struct any_space *space)
{
	any_space_init_ops(space, &identity_ops, NULL);
}

static int resolve_region(struct any_space *space, uint32_t i, struct any_dma_addr addr,
			  uint64_t len, enum any_dma_dir dir, struct any_space_span *span)
{
	const struct any_space_region *r = &space->regions[i];
	const uint64_t at = addr.raw - r->addr.raw;

	if ((r->dirs & dir) != (uint32_t)dir)
		return -ANY_EFAULT;
	space->last = i;
	span->cpu = (void *)((uintptr_t)r->cpu + (uintptr_t)at);
	span->len = any_min_u64(len, r->size - at);
	span->epoch = space->epoch;
	return 0;
}

/* What an environment answered, held to its promise: never longer than asked, never empty. */
static int resolve_ops(struct any_space *space, struct any_dma_addr addr, uint64_t len,
		       enum any_dma_dir dir, struct any_space_span *span)
{
	struct any_space_span found = {NULL, 0, 0};
	int err = space->ops->resolve(space->ctx, addr, len, dir, &found);

	if (err)
		return err;
	if (!found.len)
		return -ANY_EFAULT;
	found.len = any_min_u64(found.len, len);
	found.epoch = space->epoch;
	*span = found;
	return 0;
}

int any_space_resolve_slow(struct any_space *space, struct any_dma_addr addr, uint64_t len,
			   enum any_dma_dir dir, struct any_space_span *span)
{
	if (!len || addr.raw + (len - 1) < addr.raw)
		return -ANY_EINVAL;
	if (space->ops)
		return resolve_ops(space, addr, len, dir, span);
	for (uint32_t i = 0; i < space->n_regions; i++)
		if (addr.raw - space->regions[i].addr.raw < space->regions[i].size)
			return resolve_region(space, i, addr, len, dir, span);
	return -ANY_EFAULT;
}

int any_space_resolve_whole(struct any_space *space, struct any_dma_addr addr, uint64_t len,
			    enum any_dma_dir dir, struct any_space_span *span)
{
	struct any_space_span found;
	int err = any_space_resolve(space, addr, len, dir, &found);

	if (err)
		return err;
	if (found.len < len)
		return -ANY_EFAULT;
	*span = found;
	return 0;
}
