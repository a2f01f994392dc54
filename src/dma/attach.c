/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts become flags once, here: a stage that has no work on this device costs nothing per call.
 * The fast window is what is left when no stage has any.
 */
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"

/* Where a device is after detach: no memory, so that every map fails and nothing else has work. */
static const struct any_dma_platform nowhere = {.name = "detached"};

static uint32_t stages_of_iommu(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	return (plat->iommu->partial ? ANY_STAGE_PARTIAL : ANY_STAGE_IOMMU) |
	       (f->untrusted ? ANY_STAGE_PAD : 0) |
	       (plat->iommu->n_out || f->private_bits || f->shared_bits ? ANY_STAGE_TABLES : 0);
}

static uint32_t stages_of(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	return (dma_has_lines(f) ? ANY_STAGE_CACHE : 0) | (f->shared_only ? ANY_STAGE_SHARED : 0) |
	       (f->bounce_always ? ANY_STAGE_ALWAYS : 0) |
	       (plat->iommu ? stages_of_iommu(plat) : 0);
}

/* Does every address in [low, high] go to memory? In an aperture's neighbourhood, ask each time. */
static bool beside_aperture(const struct any_dma_iommu *iommu, uint64_t low, uint64_t high)
{
	return !iommu || high < iommu->iova->base || low > iommu->iova->limit;
}

/* The usual bus has one window, or none: translation is then two compares and an add. */
static void find_plain_window(struct any_dma_dev *dev)
{
	const struct any_dma_facts *f = &dev->plat->facts;
	const struct any_dma_segment *s = f->segments;
	uint64_t low = dev->reach_min, high = dev->reach_max;

	dev->stages &= ~ANY_STAGE_PLAIN;
	if (f->n_segments > 1 || (f->n_segments && f->miss_identity) || f->private_bits ||
	    f->shared_bits || f->dma_forbidden || f->implied_bits ||
	    (dev->plat->ops && dev->plat->ops->translate))
		return;
	if (f->n_segments) {
		low = any_max_u64(low, s->dma.raw);
		high = any_min_u64(high, s->dma.raw + (s->size - 1));
	}
	if (low > high || !beside_aperture(dev->plat->iommu, low, high))
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

/* What lies within one boundary, and is no longer than one transfer, can be no other. */
static bool within_limits(const struct any_dma_dev *dev, uint64_t phys, uint64_t at, uint64_t *run)
{
	if (*run - 1 > dev->boundary - (at & dev->boundary))
		*run = dev->boundary - (at & dev->boundary) + 1;
	*run = any_min_u64(*run, dev->max_single == UINT32_MAX ? *run : dev->max_single);
	return !((phys ^ at) & dev->min_align);
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
	    !within_limits(dev, phys, addr.raw, &run) || run <= dev->fast_span)
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
		if ((dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(r))
			continue;
		consider_region(dev, r);
	}
}

/*
 * Bus addresses have the implied bits, and the device says the others. Both limits hold for the
 * whole: the lowest address that has the bits is the bits, and an address with them is at most
 * mask | bits if and only if the rest of it is in the mask.
 */
uint64_t any_dma_reach_max(const struct any_dma_facts *facts, uint64_t mask)
{
	mask |= facts->implied_bits;
	return facts->dma_max ? any_min_u64(mask, facts->dma_max) : mask;
}

static bool has_limits(const struct any_dma_dev *dev)
{
	return dev->boundary != UINT64_MAX || dev->max_single != UINT32_MAX || dev->min_align;
}

static bool drains_are_watched(const struct any_dma_dev *dev)
{
	for (const struct any_dma_watch *w = dev->watch; w; w = w->next)
		if (!w->no_drains)
			return true;
	return false;
}

void any_dma_refresh(struct any_dma_dev *dev)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	dev->reach_min = any_max_u64(f->dma_min, f->implied_bits);
	dev->reach_max = any_dma_reach_max(f, dev->mask);
	dev->stages &= ~ANY_STAGE_LIMITS;
	if (has_limits(dev))
		dev->stages |= ANY_STAGE_LIMITS;
	dev->drains = drains_are_watched(dev) ? ANY_DMA_BOTH : f->drains;
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
		.max_single = UINT32_MAX,
	};
	any_dma_refresh(dev);
}

int any_dma_attach(struct any_dma_dev *dev, const struct any_dma_platform *plat)
{
	const bool sane = any_dma_platform_is_sane(plat);

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
