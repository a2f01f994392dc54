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
#include "dma/pipeline.h"

#include "base/bits.h"

int any_dma_map_now(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		    struct any_dma_mapping *map)
{
	struct dma_place place;
	int err = any_dma_place(dev, buf, len, dir, false, &place);

	if (!err && (place.flags & ANY_DMA_MAP_IOMMU))
		err = dma_iommu(dev)->map(dev, &place, dir, &place.addr);
	if (err)
		return err;
	if (place.cached)
		any_dma_cache_sync(dev);
	dev->stats.maps++;
	dma_place_done(&place, buf, len, dir, map);
	return 0;
}

/* What the CPU still holds of bytes the device may have written. */
static void inval_for_cpu(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
			  size_t len)
{
	struct dma_place place;

	if (!(map->dir & ANY_DMA_FROM_DEVICE) || (map->flags & ANY_DMA_MAP_MMIO))
		return;
	any_dma_place_of(dev, map, &place);
	any_dma_cache_inval(dev, &place, offset, len);
	any_dma_cache_sync(dev);
}

static void for_device(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		       size_t len)
{
	struct dma_place place;

	if (map->flags & ANY_DMA_MAP_MMIO)
		return;
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce(dev)->copy_in(dev, map, offset, len);
	if (dev->stages & ANY_STAGE_CACHE) {
		any_dma_place_of(dev, map, &place);
		any_dma_cache_clean(dev, &place, offset, len);
		any_dma_cache_sync(dev);
	}
}

/* Pieces of a list go by unmap_sg alone: they share its IOVA range (DA-04). */
int any_dma_unmap_now(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	const unsigned flags = map->flags;

	if ((flags & (ANY_DMA_MAP_LIVE | ANY_DMA_MAP_SG)) != ANY_DMA_MAP_LIVE)
		return -ANY_EINVAL;
	dma_drain(dev, map->dir & ANY_DMA_FROM_DEVICE);
	if (flags & ANY_DMA_MAP_IOMMU)
		dma_iommu(dev)->unmap(dev, map);
	/* A count the device gave is not trusted: not for where a copy ends, and not for which of
	 * the driver's own lines may be stale. */
	if (written > map->len || !(flags & ANY_DMA_MAP_BOUNCED))
		written = map->len;
	if (dev->stages & ANY_STAGE_CACHE)
		inval_for_cpu(dev, map, 0, written);
	if (flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce(dev)->put(dev, map, written);
	map->flags = 0;
	dev->stats.unmaps++;
	return 0;
}

int any_dma_sync_now(struct any_dma_dev *dev, enum any_dma_op op, const struct any_dma_mapping *map,
		     size_t offset, size_t len)
{
	if (!dma_part_valid(map, offset, len))
		return -ANY_EINVAL;
	if (op == ANY_DMA_OP_SYNC_FOR_DEVICE) {
		for_device(dev, map, offset, len);
		return 0;
	}
	dma_drain(dev, map->dir & ANY_DMA_FROM_DEVICE);
	if (dev->stages & ANY_STAGE_CACHE)
		inval_for_cpu(dev, map, offset, len);
	if (map->flags & ANY_DMA_MAP_BOUNCED)
		dma_bounce(dev)->copy_out(dev, map, offset, len);
	return 0;
}

/* ---- the verbs, under observation where there is any ---- */

int any_dma_map_slow(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		     struct any_dma_mapping *map)
{
	if (ANY_UNLIKELY(dev->watch))
		return dev->watch->stage->map(dev, buf, len, dir, map);
	return any_dma_map_now(dev, buf, len, dir, map);
}

void any_dma_unmap_slow(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	if (ANY_UNLIKELY(dev->watch))
		dev->watch->stage->unmap(dev, map, written);
	else
		(void)any_dma_unmap_now(dev, map, written); /* nothing is done: DA-03 */
}

static void sync(struct any_dma_dev *dev, enum any_dma_op op, const struct any_dma_mapping *map,
		 size_t offset, size_t len)
{
	if (ANY_UNLIKELY(dev->watch))
		dev->watch->stage->sync(dev, op, map, offset, len);
	else
		(void)any_dma_sync_now(dev, op, map, offset, len);
}

void any_dma_sync_for_device_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
				  size_t offset, size_t len)
{
	sync(dev, ANY_DMA_OP_SYNC_FOR_DEVICE, map, offset, len);
}

void any_dma_sync_for_cpu_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			       size_t offset, size_t len)
{
	sync(dev, ANY_DMA_OP_SYNC_FOR_CPU, map, offset, len);
}
