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
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"

/* Shortens the run that begins at `at` so that none of `bits` changes within it. */
static void clip_at_bits(uint64_t bits, uint64_t at, uint64_t *run)
{
	uint64_t low = bits & (~bits + 1);

	if (low)
		*run = any_min_u64(*run, low - (at & (low - 1)));
}

/* First match wins (M1); the run ends where an earlier window begins. */
static bool find_window(const struct any_dma_segment *segments, uint32_t n, bool miss_identity,
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
	} else if (!find_window(facts->segments, facts->n_segments,
				facts->miss_identity || path->miss_identity, phys, dma, run)) {
		return false;
	}
	if (plat->iommu && plat->iommu->partial && !outside_aperture(plat->iommu, *dma, run))
		return false;
	clip_at_bits(path->bits | facts->implied_bits, *dma, run);
	if (~*dma & facts->implied_bits)
		return false;
	*dma |= path->bits;
	if (*dma < path->min || *dma > path->max || *dma & facts->dma_forbidden)
		return false;
	if (*run - 1 > path->max - *dma)
		*run = path->max - *dma + 1;
	clip_at_bits(facts->dma_forbidden, *dma, run);
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

/* Where two compares and an add are not enough. */
int any_dma_translate_far(const struct any_dma_dev *dev, struct dma_place *place)
{
	const struct dma_path path = dma_path_of(dev, place->shared ? DMA_SHARED : DMA_PRIVATE);

	return any_dma_translate_run(&path, place->phys, place->len, &place->addr, &place->run);
}

/* What an IOMMU's tables must say for `phys` (M3: windows between it and memory), and for how
 * long. The bits of private and shared memory are the tables' there, not the device's (M15). */
static bool find_table_run(const struct any_dma_iommu *iommu, uint64_t bits, bool miss_identity,
			   uint64_t phys, uint64_t *out, uint64_t *run)
{
	if (!find_window(iommu->out, iommu->n_out, miss_identity, phys, out, run))
		return false;
	clip_at_bits(bits, *out, run);
	*out |= bits;
	return true;
}

int any_dma_table_run(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      enum dma_memory memory, struct any_phys_addr *out, uint64_t *run)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t bits = dma_bits(&dev->plat->facts, memory);
	const bool mmio = memory == DMA_REGISTERS;
	uint64_t at, n, next, more;

	if (!find_table_run(iommu, bits, mmio, phys.raw, &at, &n))
		return -ANY_ERANGE;
	while (n < len && find_table_run(iommu, bits, mmio, phys.raw + n, &next, &more) &&
	       next == at + n)
		n += more;
	n = any_align_down(any_min_u64(n, len), iommu->granule);
	if (!n) /* a granule is a window's as a whole or not at all */
		return -ANY_ERANGE;
	out->raw = at;
	*run = n;
	return 0;
}

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

int any_dma_virt_to_phys(const struct any_dma_platform *plat, const void *va, uint64_t len,
			 struct any_phys_addr *phys, const struct any_dma_region **region)
{
	const struct any_dma_region *r = dma_region_of(plat, va, len);

	if (!r)
		return -ANY_EFAULT;
	phys->raw = r->phys.raw + ((uintptr_t)va - (uintptr_t)r->cpu);
	*region = r;
	return 0;
}
