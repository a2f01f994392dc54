/* SPDX-License-Identifier: BSD-2-Clause */
/* What the node of an IOMMU says, and what the device's windows leave of its addresses. */
#include "platform/read.h"

#include "base/bits.h"

/* bytes; what page tables of any kind have */
#define GRANULE_MIN 512u
#define GRANULE_MAX (1u << 30)

/* Lowest and highest bus address of the windows; false: there are none. */
static bool windows_span(const struct any_platform *p, uint64_t *low, uint64_t *high)
{
	*low = UINT64_MAX;
	*high = 0;
	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &p->segments[i];

		*low = any_min_u64(*low, s->dma.raw);
		*high = any_max_u64(*high, s->dma.raw + (s->size - 1));
	}
	return p->facts.n_segments;
}

/*
 * Behind an IOMMU the windows no longer translate, but what lies outside them is still no address
 * of this bus (platforms.md, section 4): around them the aperture is cut, between them are holes.
 * What a partial IOMMU leaves alone goes through the windows as ever.
 */
static int clip_aperture(const struct tree *t, int node, struct any_platform *p)
{
	struct any_platform_iommu *iommu = &p->machine.iommu;
	uint64_t first = iommu->base, last = iommu->base + (iommu->size - 1), low, high;
	bool given = any_tree_has(t, node, "anydma,aperture-base") ||
		     any_tree_has(t, node, "anydma,aperture-size");

	if (!iommu->partial && windows_span(p, &low, &high)) {
		first = given ? any_max_u64(first, low) : low;
		last = given ? any_min_u64(last, high) : high;
	}
	low = first + (-first & (iommu->granule - 1));
	if (low < first || last < low || last - low < iommu->granule - 1)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,aperture-base",
				      "the device's bus reaches no page of the aperture");
	iommu->base = low;
	iommu->size = any_align_down(last - low, iommu->granule);
	if (last - low - iommu->size == iommu->granule - 1 && iommu->size + iommu->granule)
		iommu->size += iommu->granule;
	return 0;
}

/* The dma-ranges above the IOMMU: how what it puts out reaches memory. */
static int read_out(const struct tree *t, int node, struct any_platform_iommu *iommu)
{
	struct any_path_windows w = {iommu->out, 0, ANY_PLATFORM_RANGES, ANY_FACT_IOMMU};
	int err = any_path_windows(t, any_path_start(t, node), &w);

	iommu->n_out = w.n;
	return err;
}

int any_path_read_unit(const struct tree *t, int node, int device, struct any_platform *p)
{
	struct any_platform_iommu *iommu = &p->machine.iommu;
	int err = any_tree_u64(t, node, "anydma,granule", 4096, &iommu->granule);

	iommu->caching_mode = any_tree_has(t, node, "anydma,caching-mode");
	iommu->write_buffer = any_tree_has(t, node, "anydma,write-buffer");
	iommu->deferred = any_tree_has(t, node, "anydma,deferred");
	iommu->partial = any_tree_has(t, node, "anydma,partial");
	iommu->tables_noncoherent = any_tree_has(t, node, "anydma,tables-noncoherent");
	iommu->inval_posted = any_tree_has(t, node, "anydma,inval-posted");
	if (!err)
		err = any_tree_u64(t, node, "anydma,colour", 0, &iommu->colour);
	if (!err)
		err = any_tree_u64(t, node, "anydma,guard", 0, &iommu->guard);
	if (!err)
		err = any_tree_u64(t, node, "anydma,aperture-base", 0, &iommu->base);
	if (!err)
		err = any_tree_u64(t, node, "anydma,aperture-size", 1ull << 32, &iommu->size);
	if (err)
		return err;
	if (!any_is_pow2(iommu->granule) || iommu->granule < GRANULE_MIN ||
	    iommu->granule > GRANULE_MAX)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,granule", "is not a page size");
	if (iommu->colour && (!any_is_pow2(iommu->colour) || iommu->colour < iommu->granule))
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,colour",
				      "is not a power of two of at least a granule");
	if (iommu->guard & (iommu->granule - 1))
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,guard",
				      "is not whole granules");
	if (!iommu->size || iommu->base + (iommu->size - 1) < iommu->base)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,aperture-size",
				      "is empty or wraps");
	err = clip_aperture(t, node, p);
	if (!err)
		err = any_path_read_holes(t, node, device, p);
	if (!err)
		err = read_out(t, node, iommu);
	if (!iommu->partial)
		p->facts.n_segments = 0;
	return err;
}
