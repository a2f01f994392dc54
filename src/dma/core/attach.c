/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts become flags once, here: a stage that has no work on this device costs nothing per call.
 * The fast window is what is left when no stage has any.
 */
#include "dma/pipeline.h"

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

bool any_dma_is_plain(const struct any_dma_platform *plat)
{
	const struct any_dma_facts *f = &plat->facts;

	return f->n_segments <= !f->miss_identity &&
	       !(f->private_bits | f->shared_bits | f->dma_forbidden | f->implied_bits) &&
	       !(plat->ops && plat->ops->translate) && !(plat->iommu && plat->iommu->partial);
}

bool any_dma_find_plain(const struct any_dma_platform *plat, uint64_t min, uint64_t max,
			struct any_dma_window *window)
{
	const struct any_dma_segment *s = plat->facts.segments;
	uint64_t shift = 0;

	if (plat->facts.n_segments) {
		min = any_max_u64(min, s->dma.raw);
		max = any_min_u64(max, s->dma.raw + (s->size - 1));
		shift = s->phys.raw - s->dma.raw;
	}
	*window = (struct any_dma_window){min + shift, min, max - min};
	return min <= max;
}

void any_dma_consider(struct any_dma_dev *dev, const struct any_dma_region *r, uint64_t phys)
{
	const uint64_t at = phys - r->phys.raw;
	struct dma_place place = {.phys = {phys},
				  .len = (size_t)(r->size - at),
				  .shared = r->flags & ANY_REGION_SHARED};

	if (at >= r->size || any_dma_translate_place(dev, &place) || place.run <= dev->fast_span)
		return;
	dev->fast_base = (uintptr_t)r->cpu + (uintptr_t)at;
	dev->fast_span = (uintptr_t)place.run;
	dev->fast_dma = place.addr.raw;
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
		if (dev->bus)
			dev->bus->consider(dev, r);
		any_dma_consider(dev, r, any_max_u64(r->phys.raw, dev->plain.phys));
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

void any_dma_refresh(struct any_dma_dev *dev)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	dev->reach_min = any_max_u64(f->dma_min, f->implied_bits);
	dev->reach_max = any_dma_reach_max(f, dev->mask);
	dev->drains = dev->watch ? dev->watch->stage->drains(dev) : f->drains;
	dev->stages &= ~ANY_STAGE_PLAIN;
	if (any_dma_is_plain(dev->plat) &&
	    any_dma_find_plain(dev->plat, dev->reach_min, dev->reach_max, &dev->plain))
		dev->stages |= ANY_STAGE_PLAIN;
	if (dev->plat->bounce)
		dma_bounce(dev)->find_run(dev);
	find_fast_window(dev);
	if (dev->stages & ANY_STAGE_LIMITS)
		dev->limits->cut_fast_window(dev);
}

static void begin(struct any_dma_dev *dev, const struct any_dma_platform *plat,
		  const struct any_bus_stage *bus)
{
	*dev = (struct any_dma_dev){
		.plat = plat,
		.bus = bus,
		.stages = stages_of(plat),
		.mask = UINT32_MAX, /* DA-30 */
		.coherent_mask = UINT32_MAX,
		.boundary = UINT64_MAX, /* DA-36 */
		.max_segment = 65536,
		.max_single = UINT32_MAX,
	};
	any_dma_refresh(dev);
}

int any_dma_attach_to(struct any_dma_dev *dev, const struct any_dma_platform *plat,
		      const struct any_bus_stage *bus)
{
	const bool sane = any_dma_platform_is_sane(plat, bus);

	begin(dev, sane ? plat : &nowhere, bus);
	return sane ? 0 : -ANY_EINVAL;
}

int any_dma_attach_plain(struct any_dma_dev *dev, const struct any_dma_platform *plat)
{
	return any_dma_attach_to(dev, plat, NULL);
}

void any_dma_detach(struct any_dma_dev *dev)
{
	if (dev->watch)
		dev->watch->stage->detach(dev);
	else
		dma_iommu_flush(dev);
	begin(dev, &nowhere, NULL);
}
