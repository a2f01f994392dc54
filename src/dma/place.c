/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the bytes the device will see: the buffer's own, or those of a slot. */
#include "bounce.h"

/* The first run is shorter than the buffer: is a later byte out of reach? */
static ANY_COLD bool broken_off(const struct any_dma_dev *dev, const struct dma_place *place)
{
	struct dma_place rest = *place;

	while (rest.run < rest.len) {
		rest.phys.raw += rest.run;
		rest.len -= rest.run;
		if (dma_translate_place(dev, &rest))
			return true;
	}
	return false;
}

/* What one transfer of this device may not be: across its boundary, or, in a list too, without the
 * low address bits that it keeps (DA-37). `at`: the bus address, as far as it is known. */
static ANY_COLD bool breaks_limits(const struct any_dma_dev *dev, bool list, uint64_t at,
				   const struct dma_place *place)
{
	return (!list && dma_crosses(dev->boundary, at, place->len)) ||
	       ((at ^ place->phys.raw) & dev->min_align);
}

/* By the bus's own windows. */
static inline enum any_bounce_reason on_bus(const struct any_dma_dev *dev, bool list,
					    struct dma_place *place)
{
	if (dma_translate_place(dev, place))
		return ANY_BOUNCE_REACH;
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_LIMITS) &&
	    breaks_limits(dev, list, place->addr.raw, place))
		return ANY_BOUNCE_LIMIT;
	if (ANY_LIKELY(place->run == place->len))
		return ANY_BOUNCE_NONE;
	if (broken_off(dev, place))
		return ANY_BOUNCE_REACH;
	return list ? ANY_BOUNCE_NONE : ANY_BOUNCE_SPLIT; /* hazard 3 */
}

static inline bool tables_reach(const struct any_dma_dev *dev, const struct dma_place *place)
{
	return ANY_LIKELY(!(dev->stages & ANY_STAGE_TABLES)) ||
	       any_dma_iommu_reaches(dev, place->phys, place->len,
				     place->shared ? DMA_SHARED : DMA_PRIVATE);
}

static inline enum any_bounce_reason behind_iommu(const struct any_dma_dev *dev, bool list,
						  struct dma_place *place)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t edges = place->phys.raw | place->len;

	if (!tables_reach(dev, place))
		return ANY_BOUNCE_REACH;
	if ((dev->stages & ANY_STAGE_PAD) && (edges & (iommu->granule - 1)))
		return ANY_BOUNCE_GRANULE;
	/* Above its lowest unit an I/O virtual address is as aligned as it must be. */
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_LIMITS) && !list &&
	    dma_crosses(dev->boundary, place->phys.raw & (dma_iommu_unit(iommu) - 1), place->len))
		return ANY_BOUNCE_LIMIT;
	place->flags |= ANY_DMA_MAP_IOMMU;
	return ANY_BOUNCE_NONE;
}

/* Must this buffer bounce? If not, place has its address or, behind an IOMMU, will get one. */
static enum any_bounce_reason why_bounce(const struct any_dma_dev *dev, enum any_dma_dir dir,
					 bool list, struct dma_place *place)
{
	const struct any_dma_facts *facts = &dev->plat->facts;
	const uint64_t edges = place->phys.raw | place->len; /* low bits of start and of end */
	enum any_bounce_reason reason;

	if (dev->stages & ANY_STAGE_ALWAYS)
		return ANY_BOUNCE_ALWAYS;
	if ((dev->stages & ANY_STAGE_SHARED) && !place->shared)
		return ANY_BOUNCE_SHARED;
	if (place->cached && (dir & ANY_DMA_FROM_DEVICE) && (edges & (facts->line - 1)))
		return ANY_BOUNCE_LINE; /* DA-33, DA-34 */
	if (dev->stages & ANY_STAGE_IOMMU)
		return behind_iommu(dev, list, place);
	reason = on_bus(dev, list, place);
	if (ANY_UNLIKELY(reason && (dev->stages & ANY_STAGE_PARTIAL)))
		return behind_iommu(dev, list, place);
	return reason;
}

static void move_to_slot(const struct any_dma_dev *dev, uint32_t slot, struct dma_place *place)
{
	const struct any_dma_region *mem = &dev->plat->bounce->mem;

	place->cpu = (char *)mem->cpu + slot;
	place->phys.raw = mem->phys.raw + slot;
	place->addr.raw = dev->pool_dma + slot;
	place->run = place->len;
	place->shared = mem->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(mem);
}

/* Where one run does not reach the whole pool, or an IOMMU's tables must. */
static ANY_COLD bool far_slot(const struct any_dma_dev *dev, bool list, struct dma_place *place)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	if (!(dev->stages & ANY_STAGE_IOMMU)) {
		if (!dma_translate_place(dev, place) && place->run == place->len &&
		    (list || !dma_crosses(dev->boundary, place->addr.raw, place->len)))
			return true;
		if (!(dev->stages & ANY_STAGE_PARTIAL))
			return false;
	}
	if (!tables_reach(dev, place) ||
	    (!list &&
	     dma_crosses(dev->boundary, place->phys.raw & (dma_iommu_unit(iommu) - 1), place->len)))
		return false;
	place->flags |= ANY_DMA_MAP_IOMMU;
	return true;
}

/* The slot's address. DA-53: a slot that this device does not reach either is no use. */
static inline bool slot_serves(const struct any_dma_dev *dev, bool list, struct dma_place *place)
{
	return ANY_LIKELY((dev->stages & (ANY_STAGE_POOL | ANY_STAGE_IOMMU | ANY_STAGE_LIMITS)) ==
			  ANY_STAGE_POOL) ||
	       far_slot(dev, list, place);
}

static void pad(struct any_dma_dev *dev, const struct dma_place *place)
{
	const uint64_t granule = dev->plat->iommu->granule;
	struct dma_place whole = *place;

	any_dma_bounce_pad(dev, place->slot, place->len);
	whole.phys.raw = any_align_down(place->phys.raw, granule);
	whole.cpu = (char *)place->cpu - (place->phys.raw - whole.phys.raw);
	any_dma_cache_clean(
		dev, &whole, 0,
		(size_t)any_dma_iommu_span(dev->plat->iommu, place->phys.raw, place->len));
}

static int bounce(struct any_dma_dev *dev, enum any_bounce_reason reason, bool list,
		  struct dma_place *place)
{
	const void *buf = place->cpu;
	uint32_t tries = 0;
	int err = bounce_take(dev, reason, place);

	if (err)
		return err;
	move_to_slot(dev, place->slot, place);
	while (ANY_UNLIKELY(!slot_serves(dev, list, place))) {
		err = any_dma_bounce_another(dev, tries++, place);
		if (err)
			return err;
		move_to_slot(dev, place->slot, place);
	}
	memcpy(place->cpu, buf, (size_t)place->len); /* every direction (DA-50) */
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_PAD))
		pad(dev, place);
	return 0;
}

int any_dma_place(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir, bool list,
		  struct dma_place *place)
{
	const struct any_dma_region *region;
	enum any_bounce_reason reason;

	if (!len || !dma_dir_valid(dir))
		return -ANY_EINVAL;
	if (len > UINT32_MAX)
		return -ANY_E2BIG;
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_LIMITS) && !list &&
	    (len > dev->max_single || len - 1 > dev->boundary))
		return -ANY_E2BIG; /* no place could make one transfer of it */
	region = dma_region_of(dev->plat, buf, len);
	if (!region)
		return -ANY_EFAULT;
	place->cpu = buf;
	place->phys.raw = region->phys.raw + ((uintptr_t)buf - (uintptr_t)region->cpu);
	place->addr.raw = 0;
	place->len = len;
	place->slot = 0;
	place->size_class = 0;
	place->flags = ANY_DMA_MAP_LIVE;
	place->shared = region->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(region);
	reason = why_bounce(dev, dir, list, place);
	if (reason) {
		int err = bounce(dev, reason, list, place);

		if (err)
			return err;
	}
	if (place->cached)
		any_dma_cache_clean(dev, place, 0, len);
	return 0;
}

void any_dma_place_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
		      struct dma_place *place)
{
	const struct any_dma_region *region;

	*place = (struct dma_place){.cpu = map->cpu, .len = map->len};
	if (map->flags & ANY_DMA_MAP_BOUNCED) {
		move_to_slot(dev, map->slot, place);
		return;
	}
	region = dma_region_of(dev->plat, map->cpu, map->len);
	if (!region)
		return; /* the caller changed the mapping; there is nothing it could mean */
	place->phys.raw = region->phys.raw + ((uintptr_t)map->cpu - (uintptr_t)region->cpu);
	place->shared = region->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(region);
}
