/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bouncing: the device gets a copy in memory it reaches. The pool is resident, a slot is taken and
 * given back in constant time, last in first out so that its lines are still warm.
 *
 * A slot holds the buffer's old bytes before the device has it, whatever the direction (DA-50):
 * what the device leaves alone comes back unchanged, and what somebody else's DMA left in the slot
 * never reaches this caller.
 */
#include "pipeline.h"

#include "base/bits.h"
#include "base/mem.h"

static void lock(const struct any_bounce_pool *pool)
{
	if (pool->lock)
		pool->lock(pool->lock_ctx);
}

static void unlock(const struct any_bounce_pool *pool)
{
	if (pool->unlock)
		pool->unlock(pool->lock_ctx);
}

static void count(const struct any_bounce_pool *pool, uint64_t *counter, size_t bytes)
{
	lock(pool);
	*counter += bytes;
	unlock(pool);
}

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

/* The smallest class that can hold it and has a slot; a larger one when that is dry. */
static int pop(struct any_bounce_pool *pool, uint64_t need, struct any_dma_mapping *map)
{
	struct any_bounce_counters *count = &pool->counters;
	uint32_t c = 0;

	while (c < pool->n_classes && pool->classes[c].slot < need)
		c++;
	if (c == pool->n_classes)
		return -ANY_E2BIG;
	while (c < pool->n_classes && !pool->classes[c].free)
		c++;
	if (c == pool->n_classes) {
		count->dry++;
		return -ANY_ENOMEM;
	}
	map->slot = pool->stack[pool->classes[c].base + --pool->classes[c].free];
	map->class = (uint16_t)c;
	if (++count->live > count->peak)
		count->peak = count->live;
	return 0;
}

/*
 * Takes a slot and copies nothing yet; map->slot is where in the pool the device's bytes begin. The
 * low bits under min_align are the buffer's own (DA-37).
 */
int dma_bounce_take(struct any_dma_dev *dev, enum any_bounce_reason reason,
		    struct any_phys_addr phys, size_t len, struct any_dma_mapping *map)
{
	struct any_bounce_pool *pool = dev->plat->bounce;
	uint64_t low = 0, need = len;
	int err;

	if (!pool)
		return -ANY_ERANGE;
	if (dev->min_align) {
		uint64_t base = dev->stages & ANY_STAGE_POOL ? dev->pool_dma : pool->mem.phys.raw;

		low = (phys.raw - base) & dev->min_align;
		need = any_max_u64(low + len, (uint64_t)dev->min_align + 1);
	}
	if (dev->stages & ANY_STAGE_PAD)
		need = any_max_u64(need, dev->plat->iommu->granule);
	lock(pool);
	err = pop(pool, need, map);
	if (!err) {
		pool->counters.maps++;
		pool->counters.bytes_in += len;
		pool->counters.reasons[reason]++;
	}
	unlock(pool);
	if (err)
		return err;
	map->slot += (uint32_t)low;
	map->flags |= ANY_DMA_MAP_BOUNCED;
	return 0;
}

void dma_bounce_give(struct any_dma_dev *dev, struct any_dma_mapping *map)
{
	struct any_bounce_pool *pool = dev->plat->bounce;
	struct any_bounce_class *c = &pool->classes[map->class % ANY_BOUNCE_CLASSES];

	lock(pool);
	if (c->free < c->count) { /* else the mapping is a stale copy: the slot is not out */
		pool->stack[c->base + c->free++] = map->slot & ~(c->slot - 1);
		pool->counters.live--;
	}
	unlock(pool);
	map->flags &= (uint8_t)~ANY_DMA_MAP_BOUNCED;
}

static char *slot_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map)
{
	return (char *)dev->plat->bounce->mem.cpu + map->slot;
}

/* Every direction (DA-50). */
void dma_bounce_fill(struct any_dma_dev *dev, const struct any_dma_mapping *map)
{
	memcpy(slot_of(dev, map), map->cpu, map->len);
}

/* What else of its granules an untrusted device can see must not be somebody's old bytes (DA-52).
 */
void dma_bounce_pad(struct any_dma_dev *dev, const struct any_dma_mapping *map)
{
	const uint64_t granule = dev->plat->iommu->granule;
	const size_t before = (size_t)(map->slot & (granule - 1));
	const size_t end = (size_t)((map->slot + (uint64_t)map->len) & (granule - 1));

	memset(slot_of(dev, map) - before, 0, before);
	if (end)
		memset(slot_of(dev, map) + map->len, 0, (size_t)granule - end);
}

/* Not for FROM_DEVICE: the device may already have written (DA-51). */
void dma_bounce_in(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		   size_t len)
{
	if (!(map->dir & ANY_DMA_TO_DEVICE))
		return;
	memcpy(slot_of(dev, map) + offset, (char *)map->cpu + offset, len);
	count(dev->plat->bounce, &dev->plat->bounce->counters.bytes_in, len);
}

void dma_bounce_out(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		    size_t len)
{
	if (!(map->dir & ANY_DMA_FROM_DEVICE) || !len)
		return;
	memcpy((char *)map->cpu + offset, slot_of(dev, map) + offset, len);
	count(dev->plat->bounce, &dev->plat->bounce->counters.bytes_out, len);
}
