/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the bytes the device will see: the buffer's own, or those of a slot. */
#include "dma/pipeline.h"

const struct any_dma_region *any_dma_region_of(const struct any_dma_platform *plat, const void *va,
					       uint64_t len)
{
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		const uint64_t at = (uintptr_t)va - (uintptr_t)r->cpu;

		if (at < r->size)
			return len <= r->size - at ? r : NULL;
	}
	return NULL;
}

int any_dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place)
{
	return dma_translate_place(dev, place);
}

/* By the bus's own windows. */
static inline enum any_bounce_reason on_bus(const struct any_dma_dev *dev, bool list,
					    struct dma_place *place)
{
	if (dma_translate_place(dev, place))
		return ANY_BOUNCE_REACH;
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_LIMITS) && dev->limits->breaks(dev, list, place))
		return ANY_BOUNCE_LIMIT;
	if (ANY_LIKELY(place->run == place->len))
		return ANY_BOUNCE_NONE;
	return dev->bus ? dev->bus->split(dev, list, place) : ANY_BOUNCE_REACH;
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
		return dma_iommu(dev)->show(dev, list, place);
	reason = on_bus(dev, list, place);
	if (ANY_UNLIKELY(reason && (dev->stages & ANY_STAGE_PARTIAL)))
		return dma_iommu(dev)->show(dev, list, place);
	return reason;
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
	    dev->limits->is_too_long(dev, len))
		return -ANY_E2BIG;
	region = any_dma_region_of(dev->plat, buf, len);
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
		int err = dev->plat->bounce ? dma_bounce(dev)->take(dev, reason, list, place)
					    : -ANY_ERANGE;
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
		dma_move_to_slot(dev, map->slot, place);
		return;
	}
	region = any_dma_region_of(dev->plat, map->cpu, map->len);
	if (!region)
		return; /* the caller changed the mapping; there is nothing it could mean */
	place->phys.raw = region->phys.raw + ((uintptr_t)map->cpu - (uintptr_t)region->cpu);
	place->shared = region->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(region);
}

int any_dma_virt_to_phys(const struct any_dma_platform *plat, const void *va, uint64_t len,
			 struct any_phys_addr *phys, const struct any_dma_region **region)
{
	const struct any_dma_region *r = any_dma_region_of(plat, va, len);

	if (!r)
		return -ANY_EFAULT;
	phys->raw = r->phys.raw + ((uintptr_t)va - (uintptr_t)r->cpu);
	*region = r;
	return 0;
}
