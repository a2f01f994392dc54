/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of bouncing that runs for every buffer: a slot taken, the copies, the slot given back.
 * In a header because at 64 bytes a call costs as much as the copy (performance.md, bounce).
 */
#ifndef ANYDMA_DMA_BOUNCE_H
#define ANYDMA_DMA_BOUNCE_H

#include "pipeline.h"

#include "base/bits.h"
#include "base/mem.h"

static inline void bounce_lock(const struct any_bounce_pool *pool)
{
	if (ANY_UNLIKELY(pool->lock))
		pool->lock(pool->lock_ctx);
}

static inline void bounce_unlock(const struct any_bounce_pool *pool)
{
	if (ANY_UNLIKELY(pool->unlock))
		pool->unlock(pool->lock_ctx);
}

/* The smallest class that can hold it and has a slot; a larger one when that is dry. */
static inline int bounce_pop(struct any_bounce_pool *pool, uint64_t need, struct dma_place *place)
{
	struct any_bounce_class *c = pool->classes, *end = c + pool->n_classes;
	struct any_bounce_counters *count = &pool->counters;

	while (c < end && c->slot < need)
		c++;
	if (ANY_UNLIKELY(c == end))
		return -ANY_E2BIG;
	while (c < end && !c->free)
		c++;
	if (ANY_UNLIKELY(c == end)) {
		count->dry++;
		return -ANY_ENOMEM;
	}
	place->slot = pool->stack[c->base + --c->free];
	place->size_class = (uint16_t)(c - pool->classes);
	if (++count->live > count->peak)
		count->peak = count->live;
	return 0;
}

/* Takes a slot for place->phys and len, and fills slot, class and flags. */
static inline int bounce_take(struct any_dma_dev *dev, enum any_bounce_reason reason,
			      struct dma_place *place)
{
	struct any_bounce_pool *pool = dev->plat->bounce;
	uint64_t need = place->len;
	uint32_t low = 0;
	int err;

	if (!pool)
		return -ANY_ERANGE;
	if (ANY_UNLIKELY(dev->min_align)) {
		low = any_dma_bounce_low_bits(dev, place->phys);
		need = any_max_u64(low + need, (uint64_t)dev->min_align + 1);
	}
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_PAD))
		need = any_max_u64(need, dev->plat->iommu->granule);
	bounce_lock(pool);
	err = bounce_pop(pool, need, place);
	if (!err) {
		pool->counters.maps++;
		pool->counters.bytes_in += place->len;
		pool->counters.reasons[reason]++;
	}
	bounce_unlock(pool);
	if (err)
		return err;
	place->slot += low;
	place->flags |= ANY_DMA_MAP_BOUNCED;
	return 0;
}

static inline void bounce_give(struct any_dma_dev *dev, uint32_t slot, uint16_t size_class)
{
	struct any_bounce_pool *pool = dev->plat->bounce;
	struct any_bounce_class *c = &pool->classes[size_class % ANY_BOUNCE_CLASSES];

	bounce_lock(pool);
	if (ANY_LIKELY(c->free < c->count)) { /* else a stale copy of a mapping: no slot is out */
		pool->stack[c->base + c->free++] = slot & ~(c->slot - 1);
		pool->counters.live--;
	}
	bounce_unlock(pool);
}

static inline char *bounce_at(const struct any_dma_dev *dev, uint32_t slot)
{
	return (char *)dev->plat->bounce->mem.cpu + slot;
}

/* Not for FROM_DEVICE: the device may already have written (DA-51). */
static inline void bounce_in(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			     size_t offset, size_t len)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	if (!(map->dir & ANY_DMA_TO_DEVICE))
		return;
	memcpy(bounce_at(dev, map->slot) + offset, (char *)map->cpu + offset, len);
	bounce_lock(pool);
	pool->counters.bytes_in += len;
	bounce_unlock(pool);
}

static inline void bounce_out(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			      size_t offset, size_t len)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	if (!len)
		return;
	memcpy((char *)map->cpu + offset, bounce_at(dev, map->slot) + offset, len);
	bounce_lock(pool);
	pool->counters.bytes_out += len;
	bounce_unlock(pool);
}

#endif
