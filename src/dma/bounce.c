/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bouncing: the device gets a copy in memory it reaches. The pool is resident, a slot is taken and
 * given back in constant time, last in first out so that its lines are still warm.
 *
 * A slot holds the buffer's old bytes before the device has it, whatever the direction (DA-50):
 * what the device leaves alone comes back unchanged, and what somebody else's DMA left in the slot
 * never reaches this caller.
 */
#include "bounce.h"

static int check_classes(const struct any_dma_region *mem, const struct any_bounce_class *classes,
			 uint32_t n)
{
	uint64_t total = 0;

	if (!n || n > ANY_BOUNCE_CLASSES || mem->size > (1ull << 32))
		return -ANY_EINVAL;
	for (uint32_t i = 0; i < n; i++) {
		if (!any_is_pow2(classes[i].slot) || !classes[i].count ||
		    (i && classes[i].slot <= classes[i - 1].slot))
			return -ANY_EINVAL;
		total += (uint64_t)classes[i].slot * classes[i].count;
		if (total > mem->size)
			return -ANY_EINVAL;
	}
	return 0;
}

int any_bounce_pool_init(struct any_bounce_pool *pool, const struct any_dma_region *mem,
			 const struct any_bounce_class *classes, uint32_t n, uint32_t *stack)
{
	uint64_t offset = 0;
	uint32_t base = 0;

	if (check_classes(mem, classes, n))
		return -ANY_EINVAL;
	*pool = (struct any_bounce_pool){.mem = *mem, .n_classes = n, .stack = stack};
	for (uint32_t i = n; i-- > 0;) { /* largest first: each slot is aligned to its size */
		struct any_bounce_class *c = &pool->classes[i];

		*c = (struct any_bounce_class){classes[i].slot, classes[i].count, classes[i].count,
					       base, offset};
		for (uint32_t s = 0; s < c->count; s++) /* slot 0 on top */
			stack[base + s] =
				(uint32_t)(offset + (uint64_t)(c->count - 1 - s) * c->slot);
		base += c->count;
		offset += (uint64_t)c->slot * c->count;
	}
	memset(mem->cpu, 0, (size_t)offset);
	return 0;
}

/* The low bits under min_align are the buffer's own (DA-37). */
uint32_t any_dma_bounce_low_bits(const struct any_dma_dev *dev, struct any_phys_addr phys)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;
	const uint64_t base = dev->stages & ANY_STAGE_POOL ? dev->pool_dma : pool->mem.phys.raw;

	return (uint32_t)(phys.raw - base) & dev->min_align;
}

int any_dma_bounce_another(struct any_dma_dev *dev, uint32_t tries, struct dma_place *place)
{
	struct any_bounce_pool *pool = dev->plat->bounce;
	struct any_bounce_class *c = &pool->classes[place->size_class];
	const uint32_t low = place->slot & (c->slot - 1) & dev->min_align;
	uint32_t *free = pool->stack + c->base, next;

	bounce_lock(pool);
	if (tries >= c->free) { /* every slot has had its turn */
		const bool all = c->free + 1 == c->count;

		bounce_unlock(pool);
		bounce_give(dev, place->slot, place->size_class);
		return all ? -ANY_ERANGE : -ANY_ENOMEM; /* one that is out may serve */
	}
	next = free[tries];
	free[tries] = place->slot & ~(c->slot - 1);
	bounce_unlock(pool);
	place->slot = next + low;
	return 0;
}

/* What else of its granules an untrusted device can see must not be somebody's old bytes (DA-52).
 */
void any_dma_bounce_pad(struct any_dma_dev *dev, uint32_t slot, uint64_t len)
{
	const uint64_t granule = dev->plat->iommu->granule;
	const size_t before = (size_t)(slot & (granule - 1));
	const size_t end = (size_t)((slot + len) & (granule - 1));

	memset(bounce_at(dev, slot) - before, 0, before);
	if (end)
		memset(bounce_at(dev, slot) + len, 0, (size_t)granule - end);
}
