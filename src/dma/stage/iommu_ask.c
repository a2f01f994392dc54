/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be said in an IOMMU's tables, and whether what a platform says of it makes sense. */
#include "bus.h"
#include "iommu.h"

#include <anydma/iova.h>

/* What an IOMMU's tables must say for `phys` (M3: windows between it and memory), and for how
 * long. The bits of private and shared memory are the tables' there, not the device's (M15). */
static bool find_table_run(const struct any_dma_iommu *iommu, uint64_t bits, bool miss_identity,
			   uint64_t phys, uint64_t *out, uint64_t *run)
{
	if (!any_dma_find_window(iommu->out, iommu->n_out, miss_identity, phys, out, run))
		return false;
	any_dma_clip_at_bits(bits, *out, run);
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

bool any_dma_iommu_reaches(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
			   enum dma_memory memory)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	uint64_t left = dma_iommu_span(iommu, phys.raw, len), run;
	struct any_phys_addr at = any_phys(any_align_down(phys.raw, iommu->granule)), out;

	for (; left; left -= run, at.raw += run)
		if (any_dma_table_run(dev, at, left, memory, &out, &run))
			return false;
	return true;
}

bool any_dma_iommu_has_room(const struct any_dma_dev *dev, uint64_t max)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_dma_addr addr;

	if (any_iova_alloc(iommu->iova, iommu->granule, max, &addr))
		return false;
	any_iova_free(iommu->iova, addr, iommu->granule);
	return true;
}

/* ---- does it contradict itself? ---- */

/* Windows move whole granules: else the offset within one would not be kept. */
static bool out_is_sane(const struct any_dma_iommu *iommu)
{
	if (!any_dma_segments_are_sane(iommu->out, iommu->n_out))
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

bool any_dma_iommu_is_sane(const struct any_dma_platform *plat)
{
	const struct any_dma_iommu *iommu = plat->iommu;

	if (!iommu->ops || !iommu->ops->map || !iommu->ops->unmap || !iommu->ops->inval ||
	    !iommu->ops->sync || !iommu->iova || !any_is_pow2(iommu->granule) ||
	    (iommu->deferred_size && !iommu->deferred))
		return false;
	if (iommu->partial && plat->facts.untrusted)
		return false; /* what goes around it is not confined */
	return out_is_sane(iommu) && colour_is_sane(iommu) && guard_is_sane(plat);
}
