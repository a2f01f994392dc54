/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of the stages.
 *
 *	map		find -> bounce? copy in -> clean -> translate
 *	sync_for_device	copy in -> clean
 *	sync_for_cpu	drain -> invalidate -> copy out
 *	unmap		drain -> take back -> invalidate -> copy out -> give the slot back
 *
 * Cache operations are of the slot where there is one: before the device copy first, then clean;
 * after it invalidate first, then copy (hazard 5). Draining comes before both, on coherent machines
 * too (hazard 10). What is drained, invalidated and copied is what the device wrote before it
 *signalled; the driver has ordered its loads after the signal (any_dma_rmb, partner of the device's
 *store barrier before its signal).
 */
#include "pipeline.h"

#include "base/bits.h"

/* Must this buffer bounce? If not, place has its address or, behind an IOMMU, will get one. */
static enum any_bounce_reason why_bounce(const struct any_dma_dev *dev, enum any_dma_dir dir,
					 bool may_split, struct dma_place *place)
{
	const struct any_dma_facts *facts = &dev->plat->facts;
	const uint64_t edges = place->phys.raw | place->len; /* low bits of start and of end */

	if (dev->stages & ANY_STAGE_ALWAYS)
		return ANY_BOUNCE_ALWAYS;
	if ((dev->stages & ANY_STAGE_SHARED) && !place->shared)
		return ANY_BOUNCE_SHARED;
	if (place->cached && (dir & ANY_DMA_FROM_DEVICE) && (edges & (facts->line - 1)))
		return ANY_BOUNCE_LINE; /* DA-33, DA-34 */
	if (dev->stages & ANY_STAGE_IOMMU) {
		if ((dev->stages & ANY_STAGE_PAD) && (edges & (dev->plat->iommu->granule - 1)))
			return ANY_BOUNCE_GRANULE;
		return ANY_BOUNCE_NONE;
	}
	if (dma_translate(facts, place->phys, place->len, place->shared, dev->reach_min,
			  dev->reach_max, &place->addr, &place->run))
		return ANY_BOUNCE_REACH;
	if (ANY_LIKELY(place->run == place->len))
		return ANY_BOUNCE_NONE;
	for (uint64_t at = place->run, run = 0; at < place->len; at += run) {
		struct any_dma_addr next;

		if (dma_translate(facts, any_phys(place->phys.raw + at), place->len - at,
				  place->shared, dev->reach_min, dev->reach_max, &next, &run))
			return ANY_BOUNCE_REACH;
	}
	return may_split ? ANY_BOUNCE_NONE : ANY_BOUNCE_SPLIT; /* hazard 3 */
}

static void place_in_slot(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
			  struct dma_place *place)
{
	const struct any_dma_region *mem = &dev->plat->bounce->mem;

	place->cpu = (char *)mem->cpu + map->slot;
	place->phys.raw = mem->phys.raw + map->slot;
	place->shared = mem->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !(mem->flags & ANY_REGION_UNCACHED);
	place->addr.raw = dev->pool_dma + map->slot;
	place->run = place->len = map->len;
}

/* DA-53: a slot that this device does not reach either is no use. */
static int slot_in_reach(const struct any_dma_dev *dev, struct dma_place *place)
{
	if (dev->stages & (ANY_STAGE_POOL | ANY_STAGE_IOMMU))
		return 0;
	return any_dma_translate(dev, place->phys, place->len, place->shared, &place->addr, NULL);
}

static void clean_padding(struct any_dma_dev *dev, const struct dma_place *place)
{
	const uint64_t granule = dev->plat->iommu->granule;
	struct dma_place whole = *place;

	whole.phys.raw = any_align_down(place->phys.raw, granule);
	whole.cpu = (char *)place->cpu - (place->phys.raw - whole.phys.raw);
	dma_cache_for_device(dev, &whole, 0,
			     (size_t)dma_iommu_span(dev->plat->iommu, place->phys.raw, place->len));
}

static int bounce(struct any_dma_dev *dev, enum any_bounce_reason reason,
		  struct any_dma_mapping *map, struct dma_place *place)
{
	int err = dma_bounce_take(dev, reason, place->phys, map->len, map);

	if (err)
		return err;
	place_in_slot(dev, map, place);
	err = slot_in_reach(dev, place);
	if (err) {
		dma_bounce_give(dev, map);
		return err;
	}
	dma_bounce_fill(dev, map);
	if (dev->stages & ANY_STAGE_PAD) {
		dma_bounce_pad(dev, map);
		clean_padding(dev, place);
	}
	return 0;
}

int dma_place(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir, bool may_split,
	      struct any_dma_mapping *map, struct dma_place *place)
{
	const struct any_dma_region *region;
	enum any_bounce_reason reason;
	int err;

	if (!len || !dma_dir_valid(dir))
		return -ANY_EINVAL;
	if (len > UINT32_MAX)
		return -ANY_E2BIG;
	region = dma_region_of(dev->plat, buf, len);
	if (!region)
		return -ANY_EFAULT;
	*map = (struct any_dma_mapping){
		.cpu = buf, .len = (uint32_t)len, .dir = (uint8_t)dir, .flags = ANY_DMA_MAP_LIVE};
	place->cpu = buf;
	place->phys.raw = region->phys.raw + ((uintptr_t)buf - (uintptr_t)region->cpu);
	place->len = len;
	place->shared = region->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !(region->flags & ANY_REGION_UNCACHED);
	reason = why_bounce(dev, dir, may_split, place);
	if (reason) {
		err = bounce(dev, reason, map, place);
		if (err)
			return err;
	}
	dma_cache_for_device(dev, place, 0, len);
	return 0;
}

void dma_place_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
		  struct dma_place *place)
{
	const struct any_dma_region *region;

	if (map->flags & ANY_DMA_MAP_BOUNCED) {
		place_in_slot(dev, map, place);
		return;
	}
	*place = (struct dma_place){.cpu = map->cpu, .len = map->len};
	if (!(dev->stages & (ANY_STAGE_CACHE | ANY_STAGE_IOMMU)) || (map->flags & ANY_DMA_MAP_MMIO))
		return;
	region = dma_region_of(dev->plat, map->cpu, map->len);
	if (!region)
		return;
	place->phys.raw = region->phys.raw + ((uintptr_t)map->cpu - (uintptr_t)region->cpu);
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !(region->flags & ANY_REGION_UNCACHED);
}

static int map_now(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		   struct any_dma_mapping *map)
{
	struct any_dma_mapping m;
	struct dma_place place;
	int err = dma_place(dev, buf, len, dir, false, &m, &place);

	if (err)
		return err;
	m.addr = place.addr;
	if (dev->stages & ANY_STAGE_IOMMU) {
		err = dma_iommu_map(dev, place.phys, len, dma_iommu_prot(dir), dev->reach_max,
				    &m.addr);
		if (err) {
			if (m.flags & ANY_DMA_MAP_BOUNCED)
				dma_bounce_give(dev, &m);
			return err;
		}
		m.flags |= ANY_DMA_MAP_IOMMU;
	}
	dma_cache_sync(dev);
	dev->stats.maps++;
	*map = m;
	return 0;
}

static void for_cpu(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		    size_t len)
{
	struct dma_place place;

	if (!(map->dir & ANY_DMA_FROM_DEVICE) || (map->flags & ANY_DMA_MAP_MMIO))
		return;
	if (dev->stages & ANY_STAGE_CACHE) {
		dma_place_of(dev, map, &place);
		dma_cache_for_cpu(dev, &place, offset, len, (enum any_dma_dir)map->dir);
		dma_cache_sync(dev);
	}
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce_out(dev, map, offset, len);
}

static void for_device(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		       size_t len)
{
	struct dma_place place;

	if (map->flags & ANY_DMA_MAP_MMIO)
		return;
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce_in(dev, map, offset, len);
	if (dev->stages & ANY_STAGE_CACHE) {
		dma_place_of(dev, map, &place);
		dma_cache_for_device(dev, &place, offset, len);
		dma_cache_sync(dev);
	}
}

static void unmap_now(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	if (map->dir & ANY_DMA_FROM_DEVICE)
		dma_drain(dev, ANY_DMA_FROM_DEVICE);
	if (map->flags & ANY_DMA_MAP_IOMMU)
		dma_iommu_unmap(dev, map->addr, map->len, false);
	/* A count the device gave is not trusted: not for where a copy ends, and not for which of
	 * the driver's own lines may be stale. */
	if (written > map->len || !(map->flags & ANY_DMA_MAP_BOUNCED))
		written = map->len;
	for_cpu(dev, map, 0, written);
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce_give(dev, map);
	map->flags = 0;
	dev->stats.unmaps++;
}

/* ---- the same, under observation ---- */

int any_dma_map_slow(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		     struct any_dma_mapping *map)
{
	struct any_dma_event event;
	int err;

	if (ANY_LIKELY(!dev->watch))
		return map_now(dev, buf, len, dir, map);
	event = (struct any_dma_event){
		.op = ANY_DMA_OP_MAP, .dev = dev, .cpu = buf, .len = len, .dir = dir};
	err = dma_watch_begin(&event);
	if (!err)
		err = map_now(dev, buf, len, dir, map);
	event.map = map;
	dma_watch_end(&event, err);
	return err;
}

static struct any_dma_event event_of(enum any_dma_op op, struct any_dma_dev *dev,
				     const struct any_dma_mapping *map)
{
	return (struct any_dma_event){.op = op,
				      .dev = dev,
				      .map = map,
				      .cpu = map->cpu,
				      .len = map->len,
				      .dir = (enum any_dma_dir)map->dir};
}

/* Pieces of a list go by unmap_sg alone: they share its IOVA range (DA-04). */
static bool unmappable(const struct any_dma_mapping *map)
{
	return (map->flags & (ANY_DMA_MAP_LIVE | ANY_DMA_MAP_SG)) == ANY_DMA_MAP_LIVE;
}

void any_dma_unmap_slow(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	struct any_dma_event event;
	int err;

	if (ANY_LIKELY(!dev->watch)) {
		if (unmappable(map))
			unmap_now(dev, map, written);
		return;
	}
	event = event_of(ANY_DMA_OP_UNMAP, dev, map);
	event.written = written;
	err = dma_watch_begin(&event);
	if (!err && !unmappable(map))
		err = -ANY_EINVAL;
	if (!err)
		unmap_now(dev, map, written);
	dma_watch_end(&event, err);
}

void any_dma_sync_for_device_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
				  size_t offset, size_t len)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_SYNC_FOR_DEVICE, dev, map);
	int err;

	event.offset = offset;
	event.len = len;
	err = dma_watch_begin(&event);
	if (!err && !dma_part_valid(map, offset, len))
		err = -ANY_EINVAL;
	if (!err)
		for_device(dev, map, offset, len);
	dma_watch_end(&event, err);
}

void any_dma_sync_for_cpu_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			       size_t offset, size_t len)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_SYNC_FOR_CPU, dev, map);
	int err;

	event.offset = offset;
	event.len = len;
	err = dma_watch_begin(&event);
	if (!err && !dma_part_valid(map, offset, len))
		err = -ANY_EINVAL;
	if (!err) {
		if (map->dir & ANY_DMA_FROM_DEVICE)
			dma_drain(dev, ANY_DMA_FROM_DEVICE);
		for_cpu(dev, map, offset, len);
	}
	dma_watch_end(&event, err);
}
