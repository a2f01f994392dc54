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
 * too (hazard 10). All this concerns what the device wrote before it signalled; the driver has
 * ordered its loads after the signal (any_dma_rmb, partner of the device's store barrier).
 */
#include "bounce.h"

static inline int map_now(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
			  struct any_dma_mapping *map)
{
	struct dma_place place;
	int err = any_dma_place(dev, buf, len, dir, false, &place);

	if (err)
		return err;
	if (place.flags & ANY_DMA_MAP_IOMMU) {
		const struct dma_entry entry = {place.phys, len, any_dma_iommu_prot(dir),
						place.shared ? DMA_SHARED : DMA_PRIVATE};

		err = any_dma_iommu_map(dev, &entry, dev->boundary, dev->reach_max, &place.addr);
		if (err) {
			if (place.flags & ANY_DMA_MAP_BOUNCED)
				bounce_give(dev, place.slot, place.size_class);
			return err;
		}
	}
	if (place.cached)
		any_dma_cache_sync(dev);
	dev->stats.maps++;
	dma_place_done(&place, buf, len, dir, map);
	return 0;
}

static inline void for_cpu(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			   size_t offset, size_t len)
{
	struct dma_place place;

	if (!(map->dir & ANY_DMA_FROM_DEVICE) || (map->flags & ANY_DMA_MAP_MMIO))
		return;
	if (dev->stages & ANY_STAGE_CACHE) {
		any_dma_place_of(dev, map, &place);
		any_dma_cache_inval(dev, &place, offset, len);
		any_dma_cache_sync(dev);
	}
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		bounce_out(dev, map, offset, len);
}

static void for_device(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		       size_t len)
{
	struct dma_place place;

	if (map->flags & ANY_DMA_MAP_MMIO)
		return;
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		bounce_in(dev, map, offset, len);
	if (dev->stages & ANY_STAGE_CACHE) {
		any_dma_place_of(dev, map, &place);
		any_dma_cache_clean(dev, &place, offset, len);
		any_dma_cache_sync(dev);
	}
}

static inline void unmap_now(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	const unsigned flags = map->flags;

	dma_drain(dev, map->dir & ANY_DMA_FROM_DEVICE);
	if (flags & ANY_DMA_MAP_IOMMU)
		any_dma_iommu_unmap(dev, map->addr, map->len,
				    any_dma_iommu_prot((enum any_dma_dir)map->dir), false);
	/* A count the device gave is not trusted: not for where a copy ends, and not for which of
	 * the driver's own lines may be stale. */
	if (written > map->len || !(flags & ANY_DMA_MAP_BOUNCED))
		written = map->len;
	for_cpu(dev, map, 0, written);
	if (flags & ANY_DMA_MAP_BOUNCED)
		bounce_give(dev, map->slot, map->size_class);
	map->flags = 0;
	dev->stats.unmaps++;
}

/* ---- the same, under observation ---- */

static ANY_COLD int map_watched(struct any_dma_dev *dev, void *buf, size_t len,
				enum any_dma_dir dir, struct any_dma_mapping *map)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_MAP, .dev = dev, .cpu = buf, .len = len, .dir = dir};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = map_now(dev, buf, len, dir, map);
	event.map = map;
	any_dma_watch_end(&event, err);
	return err;
}

int any_dma_map_slow(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		     struct any_dma_mapping *map)
{
	if (ANY_UNLIKELY(dev->watch))
		return map_watched(dev, buf, len, dir, map);
	return map_now(dev, buf, len, dir, map);
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

static ANY_COLD void unmap_watched(struct any_dma_dev *dev, struct any_dma_mapping *map,
				   size_t written)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_UNMAP, dev, map);
	int err;

	event.written = written;
	err = any_dma_watch_begin(&event);
	if (!err && !unmappable(map))
		err = -ANY_EINVAL;
	if (!err)
		unmap_now(dev, map, written);
	any_dma_watch_end(&event, err);
}

void any_dma_unmap_slow(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	if (ANY_UNLIKELY(dev->watch))
		unmap_watched(dev, map, written);
	else if (unmappable(map))
		unmap_now(dev, map, written);
}

void any_dma_sync_for_device_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
				  size_t offset, size_t len)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_SYNC_FOR_DEVICE, dev, map);
	int err;

	event.offset = offset;
	event.len = len;
	err = any_dma_watch_begin(&event);
	if (!err && !dma_part_valid(map, offset, len))
		err = -ANY_EINVAL;
	if (!err)
		for_device(dev, map, offset, len);
	any_dma_watch_end(&event, err);
}

void any_dma_sync_for_cpu_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			       size_t offset, size_t len)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_SYNC_FOR_CPU, dev, map);
	int err;

	event.offset = offset;
	event.len = len;
	err = any_dma_watch_begin(&event);
	if (!err && !dma_part_valid(map, offset, len))
		err = -ANY_EINVAL;
	if (!err) {
		dma_drain(dev, map->dir & ANY_DMA_FROM_DEVICE);
		for_cpu(dev, map, offset, len);
	}
	any_dma_watch_end(&event, err);
}
