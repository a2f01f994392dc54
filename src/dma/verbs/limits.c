/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a device can say, and what a driver may ask (DA-30 to DA-41). Answers are of this device
 * under its present masks; ask again after changing one (DA-41).
 */
#include "dma/pipeline.h"

#include <anydma/iova.h>

/* All ones from bit 0 up. */
static bool is_mask(uint64_t mask)
{
	return mask && !(mask & (mask + 1));
}

static bool reaches_byte(const struct any_dma_dev *dev, const struct any_dma_region *r,
			 uint64_t phys)
{
	struct dma_place byte = {.phys = {phys}, .len = 1, .shared = r->flags & ANY_REGION_SHARED};

	return phys - r->phys.raw < r->size && !any_dma_translate_place(dev, &byte);
}

/* A page map has no edges to look at: every page may be the one. */
static bool reaches_page(const struct any_dma_dev *dev, const struct any_dma_region *r)
{
	for (uint64_t at = 0; at < r->size; at += ANY_COHERENT_PAGE)
		if (reaches_byte(dev, r, r->phys.raw + at))
			return true;
	return false;
}

/* Runs begin where memory or a window does, at the lowest address in reach, or past an aperture. */
static bool reaches_region(const struct any_dma_dev *dev, const struct any_dma_region *r)
{
	const struct any_dma_platform *plat = dev->plat;
	const struct any_dma_facts *f = &plat->facts;
	const uint64_t min = dev->reach_min;

	if (plat->ops && plat->ops->translate)
		return reaches_page(dev, r);
	if (reaches_byte(dev, r, r->phys.raw) || reaches_byte(dev, r, min) ||
	    (plat->iommu && reaches_byte(dev, r, plat->iommu->iova->limit + 1)))
		return true;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];

		if (reaches_byte(dev, r, s->phys.raw) ||
		    reaches_byte(dev, r, s->phys.raw + (min - s->dma.raw)))
			return true;
	}
	return false;
}

/* Is there anything this device could be given under that mask? */
static bool reaches_memory(const struct any_dma_dev *dev, uint64_t mask)
{
	const struct any_dma_platform *plat = dev->plat;
	struct any_dma_dev would = *dev;

	would.mask = mask;
	any_dma_refresh(&would);
	if (plat->iommu && dma_iommu(dev)->has_room(dev, would.reach_max))
		return true;
	if (dev->stages & ANY_STAGE_IOMMU)
		return false;
	if (plat->bounce && reaches_region(&would, &plat->bounce->mem))
		return true;
	if (plat->coherent && reaches_region(&would, &plat->coherent->mem))
		return true;
	if (dev->stages & ANY_STAGE_ALWAYS)
		return false;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];

		if ((dev->stages & ANY_STAGE_SHARED) && !(r->flags & ANY_REGION_SHARED))
			continue;
		if (reaches_region(&would, r))
			return true;
	}
	return false;
}

int any_dma_set_mask(struct any_dma_dev *dev, uint64_t mask)
{
	if (!is_mask(mask))
		return -ANY_EINVAL;
	if (!reaches_memory(dev, mask))
		return -ANY_EIO;
	dev->mask = mask;
	any_dma_refresh(dev);
	return 0;
}

int any_dma_set_coherent_mask(struct any_dma_dev *dev, uint64_t mask)
{
	if (!is_mask(mask))
		return -ANY_EINVAL;
	if (!reaches_memory(dev, mask))
		return -ANY_EIO;
	dev->coherent_mask = mask;
	return 0;
}

/* ---- of single mappings ---- */

static bool is_too_long(const struct any_dma_dev *dev, size_t len)
{
	return len > dev->max_single || len - 1 > dev->boundary;
}

/* Across its boundary, or, in a list too, without the low address bits that it keeps (DA-37). */
static bool breaks(const struct any_dma_dev *dev, bool list, const struct dma_place *place)
{
	const uint64_t at = place->addr.raw;

	return (!list && dma_crosses(dev->boundary, at, place->len)) ||
	       ((at ^ place->phys.raw) & dev->min_align);
}

/* What lies within one boundary, and is no longer than one transfer, can be no other. */
static void cut_fast_window(struct any_dma_dev *dev)
{
	const uint64_t at = dev->fast_dma, left = dev->boundary - (at & dev->boundary);
	const struct any_dma_region *r;
	struct any_phys_addr phys;

	if (!dev->fast_span)
		return;
	if (dev->fast_span - 1 > left)
		dev->fast_span = (uintptr_t)left + 1;
	if (dev->max_single != UINT32_MAX && dev->fast_span > dev->max_single)
		dev->fast_span = dev->max_single;
	if (any_dma_virt_to_phys(dev->plat, (const void *)dev->fast_base, 1, &phys, &r) ||
	    ((phys.raw ^ at) & dev->min_align))
		dev->fast_span = 0;
}

static const struct any_limits_stage stage = {is_too_long, breaks, cut_fast_window};

static void limits_changed(struct any_dma_dev *dev)
{
	dev->limits = &stage;
	dev->stages &= ~ANY_STAGE_LIMITS;
	if (dev->boundary != UINT64_MAX || dev->max_single != UINT32_MAX || dev->min_align)
		dev->stages |= ANY_STAGE_LIMITS;
	any_dma_refresh(dev);
}

int any_dma_set_max_segment(struct any_dma_dev *dev, uint32_t bytes)
{
	if (!bytes)
		return -ANY_EINVAL;
	dev->max_segment = dev->max_single = bytes;
	limits_changed(dev);
	return 0;
}

int any_dma_set_boundary(struct any_dma_dev *dev, uint64_t mask)
{
	if (!is_mask(mask))
		return -ANY_EINVAL;
	dev->boundary = mask;
	limits_changed(dev);
	return 0;
}

int any_dma_set_min_align(struct any_dma_dev *dev, uint32_t mask)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;

	if (mask && !is_mask(mask))
		return -ANY_EINVAL;
	if (pool && pool->classes[pool->n_classes - 1].slot <= mask)
		return -ANY_EINVAL; /* no slot could keep so many bits */
	if (dev->plat->iommu && dev->plat->iommu->granule <= mask)
		return -ANY_EINVAL; /* an IOVA keeps those below the granule */
	dev->min_align = mask;
	limits_changed(dev);
	return 0;
}

/* Highest bus address of a byte of [from, to], which one window carries. */
static uint64_t highest(uint64_t top, uint64_t dma, uint64_t bits)
{
	return any_max_u64(top, dma | bits);
}

static uint64_t highest_of(const struct any_dma_facts *f, const struct any_dma_region *r)
{
	const uint64_t bits = r->flags & ANY_REGION_SHARED ? f->shared_bits : f->private_bits;
	const uint64_t last = r->phys.raw + (r->size - 1);
	uint64_t top = f->n_segments && !f->miss_identity ? 0 : last | bits;

	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];
		const uint64_t from = any_max_u64(s->phys.raw, r->phys.raw);
		const uint64_t to = any_min_u64(s->phys.raw + (s->size - 1), last);

		if (from <= to)
			top = highest(top, s->dma.raw + (to - s->phys.raw), bits);
	}
	return top;
}

uint64_t any_dma_required_mask(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;
	uint64_t top = 0;

	if (dev->stages & ANY_STAGE_IOMMU) /* addresses are ours to choose */
		return UINT32_MAX;
	if (plat->ops && plat->ops->translate) /* any page may be anywhere */
		return UINT64_MAX;
	if ((dev->stages & ANY_STAGE_ALWAYS) && plat->bounce)
		top = highest_of(&plat->facts, &plat->bounce->mem);
	else
		for (uint32_t i = 0; i < plat->n_ram; i++)
			top = any_max_u64(top, highest_of(&plat->facts, &plat->ram[i]));
	top &= ~plat->facts.implied_bits;
	return top ? UINT64_MAX >> (63 - any_log2(top)) : 0;
}

/* Is there memory a driver may map of which a piece would bounce? */
static bool may_bounce(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	if (dev->stages & (ANY_STAGE_ALWAYS | ANY_STAGE_CACHE | ANY_STAGE_PAD | ANY_STAGE_LIMITS))
		return true;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		const bool shared = r->flags & ANY_REGION_SHARED;
		struct any_dma_addr addr;

		if ((dev->stages & ANY_STAGE_SHARED) && !shared)
			return true;
		if (!plat->iommu && !dma_is_one_run(dev, r, &addr))
			return true;
		if ((dev->stages & ANY_STAGE_TABLES) &&
		    !dma_iommu(dev)->reaches(dev, r->phys, r->size, dma_memory_of(r)))
			return true;
	}
	return false;
}

size_t any_dma_max_mapping_len(const struct any_dma_dev *dev)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;

	uint64_t most = any_min_u64(dev->max_single, dev->boundary);

	if (most == dev->boundary) /* a mask of the last address */
		most++;
	if (pool && may_bounce(dev)) /* DA-35 */
		most = any_min_u64(most, pool->classes[pool->n_classes - 1].slot - dev->min_align);
	return (size_t)any_min_u64(most, UINT32_MAX);
}

size_t any_dma_cache_alignment(const struct any_dma_dev *dev)
{
	return dev->stages & ANY_STAGE_CACHE ? dev->plat->facts.line : 1;
}

uint64_t any_dma_merge_boundary(const struct any_dma_dev *dev)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	/* A guard lies between two pieces; what goes around an IOMMU stays where it is. */
	return (dev->stages & ANY_STAGE_IOMMU) && !iommu->guard ? dma_iommu_unit(iommu) - 1 : 0;
}

bool any_dma_needs_sync(const struct any_dma_dev *dev, const struct any_dma_mapping *map)
{
	if (map->flags & ANY_DMA_MAP_MMIO)
		return false;
	return dev->watch || (map->flags & ANY_DMA_MAP_BOUNCED) ||
	       (dev->stages & ANY_STAGE_CACHE) ||
	       (dev->plat->facts.drains & map->dir & ANY_DMA_FROM_DEVICE);
}

bool any_dma_is_flat(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	if ((dev->stages & ~(ANY_STAGE_POOL | ANY_STAGE_PLAIN | ANY_STAGE_LIMITS)) ||
	    plat->facts.drains || plat->facts.coherent_bits || !plat->n_ram)
		return false;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		struct any_dma_addr addr;

		if (!dma_is_one_run(dev, r, &addr) || addr.raw != r->phys.raw)
			return false;
	}
	return true;
}
