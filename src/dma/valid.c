/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the platform contradict itself? Asked once, at attach; nothing later has to. */
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"

static bool wraps(uint64_t base, uint64_t size)
{
	return !size || base + (size - 1) < base;
}

static bool segments_are_sane(const struct any_dma_segment *s, uint32_t n)
{
	if (n && !s)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (wraps(s[i].phys.raw, s[i].size) || wraps(s[i].dma.raw, s[i].size))
			return false;
	return true;
}

static bool ranges_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	if (!segments_are_sane(f->segments, f->n_segments))
		return false;
	for (uint32_t i = 0; i < plat->n_ram; i++)
		if (wraps(plat->ram[i].phys.raw, plat->ram[i].size) ||
		    wraps((uintptr_t)plat->ram[i].cpu, plat->ram[i].size))
			return false;
	return !f->dma_max || f->dma_min <= f->dma_max;
}

static bool ops_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;
	const struct any_dma_cache_ops *cache = plat->ops ? plat->ops->cache : NULL;

	if (f->line && !any_is_pow2(f->line))
		return false;
	if (dma_has_lines(f) && (!cache || !cache->clean || !cache->inval))
		return false;
	if (f->drains & ~(uint32_t)ANY_DMA_BOTH)
		return false;
	return !f->drains || (plat->ops && plat->ops->drain);
}

/* A bit is implied, or a routing attribute, or forbidden, or says whose page it is. */
static bool bits_are_apart(const struct any_dma_facts *f)
{
	const uint64_t page = f->private_bits | f->shared_bits;

	return !(f->implied_bits & (f->dma_forbidden | f->coherent_bits | page)) &&
	       !(f->coherent_bits & (f->dma_forbidden | page)) &&
	       (!f->dma_max || f->implied_bits <= f->dma_max);
}

/* Windows move whole granules: else the offset within one would not be kept. */
static bool out_is_sane(const struct any_dma_iommu *iommu)
{
	if (!segments_are_sane(iommu->out, iommu->n_out))
		return false;
	for (uint32_t i = 0; i < iommu->n_out; i++)
		if ((iommu->out[i].phys.raw - iommu->out[i].dma.raw) & (iommu->granule - 1))
			return false;
	return true;
}

static bool guard_is_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_iommu *iommu = plat->iommu;
	const struct any_dma_dev probe = {.plat = plat};
	const uint64_t aperture = iommu->iova->limit - iommu->iova->base;

	return !iommu->guard ||
	       (iommu->guard <= aperture && !(iommu->guard_page.raw & (iommu->granule - 1)) &&
		any_dma_iommu_reaches(&probe, iommu->guard_page, iommu->granule, DMA_PRIVATE));
}

/* The allocator aligns what it gives out to its size up to the largest class. */
static bool colour_is_sane(const struct any_dma_iommu *iommu)
{
	return !iommu->colour ||
	       (any_is_pow2(iommu->colour) &&
		iommu->colour <= 1ull << (iommu->iova->shift + ANY_IOVA_CLASSES - 1));
}

static bool iommu_is_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_iommu *iommu = plat->iommu;

	if (!iommu)
		return true;
	if (!iommu->ops || !iommu->ops->map || !iommu->ops->unmap || !iommu->ops->inval ||
	    !iommu->ops->sync || !iommu->iova || !any_is_pow2(iommu->granule) ||
	    (iommu->deferred_size && !iommu->deferred))
		return false;
	if (iommu->partial && plat->facts.untrusted)
		return false; /* what goes around it is not confined */
	return out_is_sane(iommu) && colour_is_sane(iommu) && guard_is_sane(plat);
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

	if (!pool)
		return true;
	if (f->shared_only && !(pool->mem.flags & ANY_REGION_SHARED))
		return false;
	if (dma_has_lines(f) && !dma_is_seen(&pool->mem) && !slots_are_apart(pool, f->line))
		return false;
	/* DA-52: whole granules. Classes below one are passed over, so only alignment matters. */
	return !plat->iommu || !f->untrusted || !(pool->mem.phys.raw & (plat->iommu->granule - 1));
}

bool any_dma_platform_is_sane(const struct any_dma_platform *plat)
{
	return ranges_are_sane(plat) && bits_are_apart(&plat->facts) && ops_are_sane(plat) &&
	       iommu_is_sane(plat) && pool_is_sane(plat);
}
