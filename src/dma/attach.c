/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts become flags once, here: a stage that has no work on this device costs nothing per call.
 * The fast window is what is left when no stage has any.
 */
#include "pipeline.h"

#include "base/bits.h"

/* Where a device is after detach: no memory, so that every map fails and nothing else has work. */
static const struct any_dma_platform nowhere = {.name = "detached"};

static bool wraps(uint64_t base, uint64_t size)
{
	return !size || base + (size - 1) < base;
}

static bool ranges_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	for (uint32_t i = 0; i < f->n_segments; i++)
		if (wraps(f->segments[i].phys.raw, f->segments[i].size) ||
		    wraps(f->segments[i].dma.raw, f->segments[i].size))
			return false;
	for (uint32_t i = 0; i < plat->n_ram; i++)
		if (wraps(plat->ram[i].phys.raw, plat->ram[i].size) ||
		    wraps((uintptr_t)plat->ram[i].cpu, plat->ram[i].size))
			return false;
	return !f->dma_max || f->dma_min <= f->dma_max;
}

/* Does any device-visible work on caches exist at all? */
static bool has_lines(const struct any_dma_facts *f)
{
	return !f->coherent && f->line > 1;
}

static bool ops_are_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;
	const struct any_dma_cache_ops *cache = plat->ops ? plat->ops->cache : NULL;

	if (f->line && !any_is_pow2(f->line))
		return false;
	if (has_lines(f) && (!cache || !cache->clean || !cache->inval))
		return false;
	if (f->drains & ~(uint32_t)ANY_DMA_BOTH)
		return false;
	return !f->drains || (plat->ops && plat->ops->drain);
}

static bool iommu_is_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_iommu *iommu = plat->iommu;

	return !iommu || (iommu->ops && iommu->ops->map && iommu->ops->unmap && iommu->ops->inval &&
			  iommu->ops->sync && iommu->iova && any_is_pow2(iommu->granule) &&
			  (!iommu->deferred_size || iommu->deferred));
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
	if (has_lines(f) && !slots_are_apart(pool, f->line))
		return false;
	/* DA-52: whole granules. Classes below one are passed over, so only alignment matters. */
	return !plat->iommu || !f->untrusted || !(pool->mem.phys.raw & (plat->iommu->granule - 1));
}

static uint32_t stages_of(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	return (has_lines(f) ? ANY_STAGE_CACHE : 0) | (f->shared_only ? ANY_STAGE_SHARED : 0) |
	       (f->bounce_always ? ANY_STAGE_ALWAYS : 0) | (plat->iommu ? ANY_STAGE_IOMMU : 0) |
	       (plat->iommu && f->untrusted ? ANY_STAGE_PAD : 0);
}

/* The usual bus has one window, or none: translation is then two compares and an add. */
static void find_plain_window(struct any_dma_dev *dev)
{
	const struct any_dma_facts *f = &dev->plat->facts;
	const struct any_dma_segment *s = f->segments;
	uint64_t low = dev->reach_min, high = dev->reach_max;

	dev->stages &= ~ANY_STAGE_PLAIN;
	if (f->n_segments > 1 || (f->n_segments && f->miss_identity) || f->private_bits ||
	    f->shared_bits || f->dma_forbidden)
		return;
	if (f->n_segments) {
		low = any_max_u64(low, s->dma.raw);
		high = any_min_u64(high, s->dma.raw + (s->size - 1));
	}
	if (low > high)
		return;
	dev->plain_dma = low;
	dev->plain_span = high - low;
	dev->plain_phys = f->n_segments ? s->phys.raw + (low - s->dma.raw) : low;
	dev->stages |= ANY_STAGE_PLAIN;
}

/* One run over the whole pool saves the search per call. */
static void find_pool_run(struct any_dma_dev *dev)
{
	const struct any_bounce_pool *pool = dev->plat->bounce;
	struct any_dma_addr addr;

	dev->stages &= ~ANY_STAGE_POOL;
	if (!pool || (dev->stages & ANY_STAGE_IOMMU) ||
	    any_dma_translate(dev, pool->mem.phys, pool->mem.size,
			      pool->mem.flags & ANY_REGION_SHARED, &addr, NULL))
		return;
	dev->pool_dma = addr.raw;
	dev->stages |= ANY_STAGE_POOL;
}

/* Takes the run that begins at `phys`, if it lies in this memory and is the longest so far. */
static void consider(struct any_dma_dev *dev, const struct any_dma_region *r, uint64_t phys)
{
	const uint64_t at = phys - r->phys.raw;
	struct any_dma_addr addr;
	uint64_t run;

	if (phys < r->phys.raw || at >= r->size ||
	    any_dma_translate(dev, any_phys(phys), r->size - at, r->flags & ANY_REGION_SHARED,
			      &addr, &run) ||
	    run <= dev->fast_span)
		return;
	dev->fast_base = (uintptr_t)r->cpu + (uintptr_t)at;
	dev->fast_span = (uintptr_t)run;
	dev->fast_dma = addr.raw;
}

/* Runs begin where memory begins, at the edges of windows, and at the lowest address in reach. */
static void consider_region(struct any_dma_dev *dev, const struct any_dma_region *r)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	consider(dev, r, r->phys.raw);
	consider(dev, r, dev->reach_min);
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];

		consider(dev, r, s->phys.raw);
		consider(dev, r, s->phys.raw + s->size);
		consider(dev, r, s->phys.raw + (dev->reach_min - s->dma.raw));
	}
}

static void find_fast_window(struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	dev->fast_base = dev->fast_span = 0;
	dev->fast_dma = 0;
	if (dev->watch || (dev->stages & (ANY_STAGE_ALWAYS | ANY_STAGE_IOMMU)) ||
	    (plat->facts.drains & ANY_DMA_FROM_DEVICE))
		return;
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];

		if ((dev->stages & ANY_STAGE_SHARED) && !(r->flags & ANY_REGION_SHARED))
			continue;
		if ((dev->stages & ANY_STAGE_CACHE) && !(r->flags & ANY_REGION_UNCACHED))
			continue;
		consider_region(dev, r);
	}
}

void any_dma_refresh(struct any_dma_dev *dev)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	dev->reach_min = f->dma_min;
	dev->reach_max = f->dma_max ? any_min_u64(dev->mask, f->dma_max) : dev->mask;
	dev->drains = dev->watch ? ANY_DMA_BOTH : f->drains;
	find_plain_window(dev);
	find_pool_run(dev);
	find_fast_window(dev);
}

static void begin(struct any_dma_dev *dev, const struct any_dma_platform *plat)
{
	*dev = (struct any_dma_dev){
		.plat = plat,
		.stages = stages_of(plat),
		.mask = UINT32_MAX, /* DA-30 */
		.coherent_mask = UINT32_MAX,
		.boundary = UINT64_MAX, /* DA-36 */
		.max_segment = 65536,
	};
	any_dma_refresh(dev);
}

int any_dma_attach(struct any_dma_dev *dev, const struct any_dma_platform *plat)
{
	const bool sane = ranges_are_sane(plat) && ops_are_sane(plat) && iommu_is_sane(plat) &&
			  pool_is_sane(plat);

	begin(dev, sane ? plat : &nowhere);
	return sane ? 0 : -ANY_EINVAL;
}

void any_dma_detach(struct any_dma_dev *dev)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_DETACH, .dev = dev};

	(void)any_dma_watch_begin(&event); /* a device that goes, goes */
	any_dma_iommu_flush(dev);
	any_dma_watch_end(&event, 0);
	begin(dev, &nowhere);
}
