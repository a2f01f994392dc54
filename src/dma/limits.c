/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a device can say, and what a driver may ask (DA-30 to DA-41). Answers are of this device
 * under its present masks; ask again after changing one (DA-41).
 */
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"

/* All ones from bit 0 up. */
static bool is_mask(uint64_t mask)
{
	return mask && !(mask & (mask + 1));
}

static bool reaches_iova(const struct any_dma_dev *dev, uint64_t max)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_dma_addr addr;

	if (any_iova_alloc(iommu->iova, iommu->granule, max, &addr))
		return false;
	any_iova_free(iommu->iova, addr, iommu->granule);
	return true;
}

static bool reaches_region(const struct any_dma_facts *f, const struct any_dma_region *r,
			   uint64_t max)
{
	const bool shared = r->flags & ANY_REGION_SHARED;
	struct any_dma_addr addr;
	uint64_t run;

	if (!any_dma_translate_run(f, r->phys, r->size, shared, f->dma_min, max, &addr, &run))
		return true;
	if (f->dma_min - r->phys.raw < r->size &&
	    !any_dma_translate_run(f, any_phys(f->dma_min), 1, shared, f->dma_min, max, &addr,
				   &run))
		return true;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];
		const uint64_t starts[] = {s->phys.raw, s->phys.raw + (f->dma_min - s->dma.raw)};

		for (unsigned k = 0; k < ANY_ARRAY_SIZE(starts); k++)
			if (starts[k] - r->phys.raw < r->size &&
			    !any_dma_translate_run(f, any_phys(starts[k]), 1, shared, f->dma_min,
						   max, &addr, &run))
				return true;
	}
	return false;
}

/* Is there anything this device could be given under that mask? */
static bool reaches_memory(const struct any_dma_dev *dev, uint64_t mask)
{
	const struct any_dma_platform *plat = dev->plat;
	const uint64_t max = plat->facts.dma_max ? any_min_u64(mask, plat->facts.dma_max) : mask;

	if (plat->iommu)
		return reaches_iova(dev, max);
	if (plat->bounce && reaches_region(&plat->facts, &plat->bounce->mem, max))
		return true;
	if (plat->coherent && reaches_region(&plat->facts, &plat->coherent->mem, max))
		return true;
	if (dev->stages & ANY_STAGE_ALWAYS)
		return false;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];

		if ((dev->stages & ANY_STAGE_SHARED) && !(r->flags & ANY_REGION_SHARED))
			continue;
		if (reaches_region(&plat->facts, r, max))
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

int any_dma_set_max_segment(struct any_dma_dev *dev, uint32_t bytes)
{
	if (!bytes)
		return -ANY_EINVAL;
	dev->max_segment = bytes;
	return 0;
}

int any_dma_set_boundary(struct any_dma_dev *dev, uint64_t mask)
{
	if (!is_mask(mask))
		return -ANY_EINVAL;
	dev->boundary = mask;
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

	if (plat->iommu) /* addresses are ours to choose */
		return UINT32_MAX;
	if ((dev->stages & ANY_STAGE_ALWAYS) && plat->bounce)
		top = highest_of(&plat->facts, &plat->bounce->mem);
	else
		for (uint32_t i = 0; i < plat->n_ram; i++)
			top = any_max_u64(top, highest_of(&plat->facts, &plat->ram[i]));
	return top ? UINT64_MAX >> (63 - any_log2(top)) : 0;
}

/* Is there memory a driver may map of which a piece would bounce? */
static bool may_bounce(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	if (dev->stages & (ANY_STAGE_ALWAYS | ANY_STAGE_CACHE | ANY_STAGE_PAD))
		return true;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		const bool shared = r->flags & ANY_REGION_SHARED;
		struct any_dma_addr addr;

		if ((dev->stages & ANY_STAGE_SHARED) && !shared)
			return true;
		if (!plat->iommu && any_dma_translate(dev, r->phys, r->size, shared, &addr, NULL))
			return true;
	}
	return false;
}

size_t any_dma_max_mapping_len(const struct any_dma_dev *dev)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;

	if (!pool || !may_bounce(dev))
		return UINT32_MAX;
	return pool->classes[pool->n_classes - 1].slot - dev->min_align; /* DA-35 */
}

size_t any_dma_cache_alignment(const struct any_dma_dev *dev)
{
	return dev->stages & ANY_STAGE_CACHE ? dev->plat->facts.line : 1;
}

uint64_t any_dma_merge_boundary(const struct any_dma_dev *dev)
{
	return dev->plat->iommu ? dev->plat->iommu->granule - 1 : 0;
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

	if ((dev->stages & ~(ANY_STAGE_POOL | ANY_STAGE_PLAIN)) || plat->facts.drains ||
	    !plat->n_ram)
		return false;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		struct any_dma_addr addr;

		if (any_dma_translate(dev, r->phys, r->size, r->flags & ANY_REGION_SHARED, &addr,
				      NULL) ||
		    addr.raw != r->phys.raw)
			return false;
	}
	return true;
}
