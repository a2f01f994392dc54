/* SPDX-License-Identifier: BSD-2-Clause */
/* IOVAs that must never be given out (platforms.md, section 4). */
#include "platform/read.h"

#include "base/bits.h"

/* Only what lies in the aperture matters. */
static int add_hole(const struct tree *t, int node, const char *property,
		    struct any_platform_iommu *iommu, uint64_t first, uint64_t last)
{
	const uint64_t end = iommu->base + (iommu->size - 1);

	if (last < iommu->base || first > end)
		return 0;
	first = any_max_u64(first, iommu->base);
	last = any_min_u64(last, end);
	if (first == iommu->base && last == end)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "leaves no address of the IOMMU");
	if (!any_range_add(iommu->holes, &iommu->n_holes, ANY_PLATFORM_HOLES, first, last))
		return any_tree_error(t, -ANY_ENOSPC, node, property,
				      "more reserved addresses than fit");
	return 0;
}

/* The gap above each window, up to the next one. */
static int add_gaps(const struct tree *t, int device, struct any_platform *p)
{
	int err = 0;

	for (uint32_t i = 0; i < p->facts.n_segments && !err; i++) {
		const uint64_t last = p->segments[i].dma.raw + (p->segments[i].size - 1);
		uint64_t next = UINT64_MAX;
		bool covered = last == UINT64_MAX, found = false;

		for (uint32_t k = 0; k < p->facts.n_segments; k++) {
			const struct any_dma_segment *s = &p->segments[k];

			if (any_range_within(last + 1, 1, s->dma.raw, s->size))
				covered = true;
			else if (s->dma.raw > last) {
				next = any_min_u64(next, s->dma.raw);
				found = true;
			}
		}
		if (covered || !found)
			continue;
		err = add_hole(t, device, "dma-ranges", &p->machine.iommu, last + 1, next - 1);
		if (!err)
			any_tree_why(t, ANY_FACT_IOMMU, device, NULL,
				     "a gap between the windows of its bus is never given out");
	}
	return err;
}

/* What the CPU's own accesses to the bus use is answered by other functions, not by memory. */
static int add_outbound(const struct tree *t, int host, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words, child, above, size, at;
	int err = any_tree_cells(t, host, "ranges", &cells, &words);

	if (!err)
		err = any_tree_address_cells(t, host, &child);
	if (!err)
		err = any_tree_size_cells(t, host, &size);
	if (!err)
		err = any_tree_address_cells(t, any_tree_parent(t, host), &above);
	if (err || child != 3 || !size || !above)
		return err;
	for (at = 0; at + child + above + size <= words && !err; at += child + above + size) {
		const uint32_t space = fdt32_to_cpu(cells[at]) >> 24 & 3;
		const uint64_t base = any_tree_number(cells + at, child);
		const uint64_t len = any_tree_number(cells + at + child + above, size);

		if (space < 2 || !len || base + (len - 1) < base) /* configuration, I/O */
			continue;
		err = add_hole(t, host, "ranges", &p->machine.iommu, base, base + (len - 1));
		if (!err)
			any_tree_why(t, ANY_FACT_IOMMU, host, "ranges",
				     "an outbound window is never given out");
	}
	return err;
}

static int add_reserved(const struct tree *t, int node, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = any_tree_cells(t, node, "anydma,reserved-iova", &cells, &words);

	if (!err && words % 4)
		err = any_tree_error(t, -ANY_EINVAL, node, "anydma,reserved-iova",
				     "is not base and size of 64 bits each");
	for (uint32_t at = 0; at < words && !err; at += 4) {
		const uint64_t base = any_tree_number(cells + at, 2);
		const uint64_t size = any_tree_number(cells + at + 2, 2);

		if (!size || base + (size - 1) < base)
			return any_tree_error(t, -ANY_EINVAL, node, "anydma,reserved-iova",
					      "is empty or wraps");
		err = add_hole(t, node, "anydma,reserved-iova", &p->machine.iommu, base,
			       base + (size - 1));
	}
	if (!err && words)
		any_tree_why(t, ANY_FACT_IOMMU, node, "anydma,reserved-iova", "never given out");
	return err;
}

int any_path_read_holes(const struct tree *t, int node, int device, struct any_platform *p)
{
	const int host = any_path_pci_host(t, device);
	int err = p->machine.iommu.partial ? 0 : add_gaps(t, device, p);

	if (!err && host >= 0)
		err = add_outbound(t, host, p);
	return err ? err : add_reserved(t, node, p);
}
