/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bouncing: the device gets a copy in memory it reaches. The pool is resident, a slot is taken and
 * given back in constant time, last in first out so that its lines are still warm.
 *
 * A slot holds the buffer's old bytes before the device has it, whatever the direction (DA-50):
 * what the device leaves alone comes back unchanged, and what somebody else's DMA left in the slot
 * never reaches this caller.
 */
#include "stage.h"

#include "base/mem.h"

/* ---- slots ---- */

static void bounce_lock(const struct any_bounce_pool *pool)
{
	if (ANY_UNLIKELY(pool->lock))
		pool->lock(pool->lock_ctx);
}

static void bounce_unlock(const struct any_bounce_pool *pool)
{
	if (ANY_UNLIKELY(pool->unlock))
		pool->unlock(pool->lock_ctx);
}

/* The smallest class that can hold it and has a slot; a larger one when that is dry. */
static int bounce_pop(struct any_bounce_pool *pool, uint64_t need, enum any_bounce_reason reason,
		      struct dma_place *place)
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
	count->maps++;
	count->bytes_in += place->len;
	count->reasons[reason]++;
	place->flags |= ANY_DMA_MAP_BOUNCED;
	return 0;
}

/* Fills slot, class and flags. */
static inline int take_slot(struct any_bounce_pool *pool, uint64_t need,
			    enum any_bounce_reason reason, struct dma_place *place)
{
	int err;

	bounce_lock(pool);
	err = bounce_pop(pool, need, reason, place);
	bounce_unlock(pool);
	return err;
}

/* The low bits under min_align are the buffer's own (DA-37). */
static uint32_t low_bits(const struct any_dma_dev *dev, struct any_phys_addr phys)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;
	const uint64_t base = dev->stages & ANY_STAGE_POOL ? dev->pool_dma : pool->mem.phys.raw;

	return (uint32_t)(phys.raw - base) & dev->min_align;
}

/* For place->phys and len, with what this device wants around them. */
static int take_padded(struct any_dma_dev *dev, enum any_bounce_reason reason,
		       struct dma_place *place)
{
	uint64_t need = place->len;
	uint32_t low = 0;
	int err;

	if (dev->min_align) {
		low = low_bits(dev, place->phys);
		need = any_max_u64(low + need, (uint64_t)dev->min_align + 1);
	}
	if (dev->stages & ANY_STAGE_PAD)
		need = any_max_u64(need, dev->plat->iommu->granule);
	err = take_slot(dev->plat->bounce, need, reason, place);
	place->slot += low;
	return err;
}

/* With the lock held. */
static void bounce_push(struct any_bounce_pool *pool, uint32_t slot, uint16_t size_class)
{
	struct any_bounce_class *c = &pool->classes[size_class % ANY_BOUNCE_CLASSES];

	if (ANY_UNLIKELY(c->free >= c->count))
		return; /* a stale copy of a mapping: no slot is out */
	pool->stack[c->base + c->free++] = slot & ~(c->slot - 1);
	pool->counters.live--;
}

static void bounce_give(struct any_dma_dev *dev, uint32_t slot, uint16_t size_class)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	bounce_lock(pool);
	bounce_push(pool, slot, size_class);
	bounce_unlock(pool);
}

/* Changes place->slot, which does not serve this buffer, for another of its class: one a try, from
 * 0. ENOMEM, ERANGE: it was given back, and none serves now, or ever. */
static int another(struct any_dma_dev *dev, uint32_t tries, struct dma_place *place)
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

/* ---- bytes ---- */

static char *bounce_at(const struct any_dma_dev *dev, uint32_t slot)
{
	return (char *)dev->plat->bounce->mem.cpu + slot;
}

/* Not for FROM_DEVICE: the device may already have written (DA-51). */
static void bounce_in(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		      size_t len)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	if (!(map->dir & ANY_DMA_TO_DEVICE))
		return;
	memcpy(bounce_at(dev, map->slot) + offset, (char *)map->cpu + offset, len);
	bounce_lock(pool);
	pool->counters.bytes_in += len;
	bounce_unlock(pool);
}

static void bounce_out(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		       size_t len)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	if (!len || !(map->dir & ANY_DMA_FROM_DEVICE))
		return;
	memcpy((char *)map->cpu + offset, bounce_at(dev, map->slot) + offset, len);
	bounce_lock(pool);
	pool->counters.bytes_out += len;
	bounce_unlock(pool);
}

static void put(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t written)
{
	struct any_bounce_pool *pool = dev->plat->bounce;

	if (!(map->dir & ANY_DMA_FROM_DEVICE))
		written = 0;
	if (written)
		memcpy(map->cpu, bounce_at(dev, map->slot), written);
	bounce_lock(pool);
	pool->counters.bytes_out += written;
	bounce_push(pool, map->slot, map->size_class);
	bounce_unlock(pool);
}

/* What else of its granules an untrusted device can see must not be somebody's old bytes (DA-52).
 */
static ANY_COLD void pad_slot(struct any_dma_dev *dev, uint32_t slot, uint64_t len)
{
	const uint64_t granule = dev->plat->iommu->granule;
	const size_t before = (size_t)(slot & (granule - 1));
	const size_t end = (size_t)((slot + len) & (granule - 1));

	memset(bounce_at(dev, slot) - before, 0, before);
	if (end)
		memset(bounce_at(dev, slot) + len, 0, (size_t)granule - end);
}

/* ---- addresses ---- */

/* DA-53: a slot that this device does not reach either is no use. */
static bool slot_serves(const struct any_dma_dev *dev, bool list, struct dma_place *place)
{
	if (!(dev->stages & ANY_STAGE_IOMMU)) {
		if (!dma_translate_place(dev, place) && place->run == place->len &&
		    (list || !dma_crosses(dev->boundary, place->addr.raw, place->len)))
			return true;
		if (!(dev->stages & ANY_STAGE_PARTIAL))
			return false;
	}
	return dma_iommu(dev)->show_slot(dev, list, place);
}

static ANY_COLD void pad(struct any_dma_dev *dev, const struct dma_place *place)
{
	const uint64_t granule = dev->plat->iommu->granule;
	struct dma_place whole = *place;

	pad_slot(dev, place->slot, place->len);
	whole.phys.raw = any_align_down(place->phys.raw, granule);
	whole.cpu = (char *)place->cpu - (place->phys.raw - whole.phys.raw);
	any_dma_cache_clean(dev, &whole, 0,
			    (size_t)dma_iommu_span(dev->plat->iommu, place->phys.raw, place->len));
}

/* Slots differ: of those that are free, one that serves. */
static ANY_COLD int take_one_of(struct any_dma_dev *dev, enum any_bounce_reason reason, bool list,
				struct dma_place *place)
{
	uint32_t tries = 0;
	int err = take_padded(dev, reason, place);

	if (err)
		return err;
	for (;;) {
		dma_move_to_slot(dev, place->slot, place);
		if (slot_serves(dev, list, place))
			return 0;
		err = another(dev, tries++, place);
		if (err)
			return err;
	}
}

/* One run of bus addresses reaches every slot, and no slot serves better than another. */
static inline bool slots_are_alike(const struct any_dma_dev *dev)
{
	const uint32_t all = ANY_STAGE_POOL | ANY_STAGE_IOMMU | ANY_STAGE_LIMITS | ANY_STAGE_PAD;

	return ANY_LIKELY((dev->stages & all) == ANY_STAGE_POOL);
}

static int take(struct any_dma_dev *dev, enum any_bounce_reason reason, bool list,
		struct dma_place *place)
{
	const void *buf = place->cpu;
	int err;

	if (slots_are_alike(dev)) {
		err = take_slot(dev->plat->bounce, place->len, reason, place);
		if (!err)
			dma_move_to_slot(dev, place->slot, place);
	} else {
		err = take_one_of(dev, reason, list, place);
	}
	if (err)
		return err;
	memcpy(place->cpu, buf, (size_t)place->len); /* every direction (DA-50) */
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_PAD))
		pad(dev, place);
	return 0;
}

/* ---- for a device ---- */

/* One run over the whole pool saves the search per call. */
static void find_run(struct any_dma_dev *dev)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;
	struct any_dma_addr addr;

	dev->stages &= ~ANY_STAGE_POOL;
	if ((dev->stages & ANY_STAGE_IOMMU) || !dma_is_one_run(dev, &pool->mem, &addr))
		return;
	dev->pool_dma = addr.raw;
	dev->stages |= ANY_STAGE_POOL;
}

/* Slots are aligned to their size as far as the pool is: to `unit`, which none may share. */
static bool slots_are_apart(const struct any_bounce_pool *pool, uint64_t unit)
{
	return !((pool->mem.phys.raw | (uintptr_t)pool->mem.cpu) & (unit - 1)) &&
	       pool->classes[0].slot >= unit;
}

static bool pool_is_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;
	const struct any_bounce_pool *pool = plat->bounce;

	if (f->shared_only && !(pool->mem.flags & ANY_REGION_SHARED))
		return false;
	if (dma_has_lines(f) && !dma_is_seen(&pool->mem) && !slots_are_apart(pool, f->line))
		return false;
	/* DA-52: whole granules. Classes below one are passed over, so only alignment matters. */
	return !plat->iommu || !f->untrusted || !(pool->mem.phys.raw & (plat->iommu->granule - 1));
}

const struct any_bounce_stage any_dma_bounce_stage = {
	.is_sane = pool_is_sane,
	.find_run = find_run,
	.take = take,
	.copy_in = bounce_in,
	.copy_out = bounce_out,
	.give = bounce_give,
	.put = put,
};
