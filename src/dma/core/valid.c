/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the platform contradict itself? Asked once, at attach; nothing later has to. */
#include "dma/pipeline.h"

#include "base/bits.h"

static ANY_COLD bool is_range(uint64_t base, uint64_t size)
{
	return size && base + (size - 1) >= base;
}

bool any_dma_segments_are_sane(const struct any_dma_segment *s, uint32_t n)
{
	if (n && !s)
		return false;
	for (; n; n--, s++)
		if (!is_range(s->phys.raw, s->size) || !is_range(s->dma.raw, s->size))
			return false;
	return true;
}

static bool ranges_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;
	const struct any_dma_region *r = plat->ram;

	for (uint32_t n = plat->n_ram; n; n--, r++)
		if (!is_range(r->phys.raw, r->size) || !is_range((uintptr_t)r->cpu, r->size))
			return false;
	return any_dma_segments_are_sane(f->segments, f->n_segments) &&
	       (!f->dma_max || f->dma_min <= f->dma_max);
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

/* What brings its own stage says what it needs; what brings none was not made by its call. */
static bool stages_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_iommu *iommu = plat->iommu;
	const struct any_bounce_pool *pool = plat->bounce;

	return (!iommu || (iommu->stage && iommu->stage->is_sane(plat))) &&
	       (!pool || (pool->stage && pool->stage->is_sane(plat)));
}

/* Without a stage for it the bus must be plain; so must be coherent memory's addresses on it. */
static bool bus_is_sane(const struct any_dma_platform *plat, const struct any_bus_stage *bus)
{
	return bus ? bus->is_sane(&plat->facts)
		   : any_dma_is_plain(plat) && !plat->facts.coherent_bits;
}

bool any_dma_platform_is_sane(const struct any_dma_platform *plat, const struct any_bus_stage *bus)
{
	return ranges_are_sane(plat) && ops_are_sane(plat) && bus_is_sane(plat, bus) &&
	       stages_are_sane(plat);
}
