/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what the CPU's tables say to what the device must say: windows, banks, holes, offsets, a
 * page map, address bits, limits on both sides. The map is not assumed to have an inverse
 * (hazard 1): nothing here goes back, and whoever needs the physical address keeps it.
 *
 * Two addresses have one name in a driver's life, and differ only here: the bus address, which
 * windows and limits speak of, and what the driver is given, which lacks the bits that a bridge
 * adds (implied_bits, M2). Every bus address has those, so bus limits and the device's mask compare
 * alike with the bits on (limits in attach.c).
 */
#include "bus.h"

#include <anydma/iova.h>

/* Shortens the run that begins at `at` so that none of `bits` changes within it. */
void any_dma_clip_at_bits(uint64_t bits, uint64_t at, uint64_t *run)
{
	const uint64_t low = bits & (~bits + 1);

	if (low)
		*run = any_min_u64(*run, low - (at & (low - 1)));
}

/* First match wins (M1); the run ends where an earlier window begins. */
bool any_dma_find_window(const struct any_dma_segment *segments, uint32_t n, bool miss_identity,
			 uint64_t phys, uint64_t *dma, uint64_t *run)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < n; i++) {
		const struct any_dma_segment *s = &segments[i];
		uint64_t at = phys - s->phys.raw;

		if (phys >= s->phys.raw && at < s->size) {
			*dma = s->dma.raw + at;
			*run = any_min_u64(s->size - at, next - phys);
			return true;
		}
		if (s->phys.raw > phys)
			next = any_min_u64(next, s->phys.raw);
	}
	*dma = phys;
	*run = next - phys;
	return !n || miss_identity;
}

static bool ask_platform(const struct any_dma_platform *plat, uint64_t phys, uint64_t len,
			 uint64_t *dma, uint64_t *run)
{
	struct any_dma_addr addr;

	if (!plat->ops->translate(plat->ctx, any_phys(phys), len, &addr, run) || !*run)
		return false;
	*dma = addr.raw;
	return true;
}

/* M4, partial: in the aperture the IOMMU answers, not memory. */
static bool outside_aperture(const struct any_dma_iommu *iommu, uint64_t dma, uint64_t *run)
{
	if (dma > iommu->iova->limit)
		return true;
	if (dma >= iommu->iova->base)
		return false;
	*run = any_min_u64(*run, iommu->iova->base - dma);
	return true;
}

/* One window's answer, with the address bits on it and cut to what the device can say. */
static bool find_run(const struct dma_path *path, uint64_t phys, uint64_t len, uint64_t *dma,
		     uint64_t *run)
{
	const struct any_dma_platform *plat = path->plat;
	const struct any_dma_facts *facts = &plat->facts;

	if (plat->ops && plat->ops->translate) {
		if (!ask_platform(plat, phys, len, dma, run))
			return false;
	} else if (!any_dma_find_window(facts->segments, facts->n_segments,
					facts->miss_identity || path->miss_identity, phys, dma,
					run)) {
		return false;
	}
	if (plat->iommu && plat->iommu->partial && !outside_aperture(plat->iommu, *dma, run))
		return false;
	any_dma_clip_at_bits(path->bits | facts->implied_bits, *dma, run);
	if (~*dma & facts->implied_bits)
		return false;
	*dma |= path->bits;
	if (*dma < path->min || *dma > path->max || *dma & facts->dma_forbidden)
		return false;
	if (*run - 1 > path->max - *dma)
		*run = path->max - *dma + 1;
	any_dma_clip_at_bits(facts->dma_forbidden, *dma, run);
	*dma &= ~facts->implied_bits;
	return true;
}

int any_dma_translate_run(const struct dma_path *path, struct any_phys_addr phys, uint64_t len,
			  struct any_dma_addr *addr, uint64_t *run)
{
	uint64_t dma, n, next, more;

	if (!find_run(path, phys.raw, len, &dma, &n))
		return -ANY_ERANGE;
	while (n < len && find_run(path, phys.raw + n, len - n, &next, &more) && next == dma + n)
		n += more;
	addr->raw = dma;
	*run = any_min_u64(n, len);
	return 0;
}

/* ---- the stage ---- */

/* Where two compares and an add are not enough. */
static int translate(const struct any_dma_dev *dev, struct dma_place *place)
{
	const struct dma_path path = dma_path_of(dev, place->shared ? DMA_SHARED : DMA_PRIVATE);

	return any_dma_translate_run(&path, place->phys, place->len, &place->addr, &place->run);
}

/* The first run is shorter than the buffer: is a later byte out of reach? */
static ANY_COLD bool broken_off(const struct any_dma_dev *dev, const struct dma_place *place)
{
	struct dma_place rest = *place;

	while (rest.run < rest.len) {
		rest.phys.raw += rest.run;
		rest.len -= (size_t)rest.run;
		if (any_dma_translate_place(dev, &rest))
			return true;
	}
	return false;
}

static enum any_bounce_reason split(const struct any_dma_dev *dev, bool list,
				    const struct dma_place *place)
{
	if (broken_off(dev, place))
		return ANY_BOUNCE_REACH;
	return list ? ANY_BOUNCE_NONE : ANY_BOUNCE_SPLIT; /* hazard 3 */
}

static int coherent(const struct any_dma_dev *dev, struct any_phys_addr phys, size_t bytes,
		    uint64_t max, struct any_dma_addr *addr)
{
	struct dma_path path = dma_path_of(dev, dma_memory_of(&dev->plat->coherent->mem));
	uint64_t run;
	int err;

	path.bits |= dev->plat->facts.coherent_bits;
	path.max = max;
	err = any_dma_translate_run(&path, phys, bytes, addr, &run);
	return err || run < bytes ? -ANY_ERANGE : 0;
}

/* Runs begin where memory begins, at the edges of windows, and at the lowest address in reach. */
static void consider(struct any_dma_dev *dev, const struct any_dma_region *r)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	any_dma_consider(dev, r, r->phys.raw);
	any_dma_consider(dev, r, dev->reach_min);
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];

		any_dma_consider(dev, r, s->phys.raw);
		any_dma_consider(dev, r, s->phys.raw + s->size);
		any_dma_consider(dev, r, s->phys.raw + (dev->reach_min - s->dma.raw));
	}
}

/* A bit is implied, or a routing attribute, or forbidden, or says whose page it is. */
static bool bits_are_apart(const struct any_dma_facts *f)
{
	const uint64_t others = f->dma_forbidden | f->private_bits | f->shared_bits;

	return !(f->implied_bits & (f->coherent_bits | others)) && !(f->coherent_bits & others) &&
	       (!f->dma_max || f->implied_bits <= f->dma_max);
}

static const struct any_bus_stage stage = {
	.is_sane = bits_are_apart,
	.translate = translate,
	.split = split,
	.coherent = coherent,
	.consider = consider,
};

int any_dma_attach(struct any_dma_dev *dev, const struct any_dma_platform *plat)
{
	return any_dma_attach_to(dev, plat, &stage);
}

/* ---- for everybody ---- */

int any_dma_translate(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      bool shared, struct any_dma_addr *addr, uint64_t *contiguous)
{
	struct dma_path path = dma_path_of(dev, shared ? DMA_SHARED : DMA_PRIVATE);
	struct any_dma_addr dma;
	uint64_t run, end;
	int err;

	if (!len)
		return -ANY_EINVAL;
	if (any_add_overflows(phys.raw, len - 1, &end))
		return -ANY_EOVERFLOW;
	err = any_dma_translate_run(&path, phys, len, &dma, &run);
	if (err)
		return err;
	if (!contiguous && run < len)
		return -ANY_ERANGE;
	*addr = dma;
	if (contiguous)
		*contiguous = run;
	return 0;
}
