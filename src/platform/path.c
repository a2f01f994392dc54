/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of the device's path: coherence, an IOMMU. */
#include "tree.h"

#include "base/bits.h"

/* bytes; what page tables of any kind have */
#define GRANULE_MIN 512u
#define GRANULE_MAX (1u << 30)

/*
 * The nearest node, from the device up its DMA parents, that says either; in one node dma-coherent
 * is tested first. Nothing said: the architecture's default.
 */
int any_platform_read_coherent(const struct tree *t, int device, struct any_platform *p)
{
	int node = device, machine = fdt_path_offset(t->fdt, "/anydma");

	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		p->facts.coherent = any_tree_has(t, node, "dma-coherent");
		if (p->facts.coherent || any_tree_has(t, node, "dma-noncoherent"))
			return 0;
		node = any_tree_dma_parent(t, node);
	}
	p->facts.coherent =
		any_tree_has(t, machine, "anydma,default-coherent") || any_platform_is_riscv(t);
	return 0;
}

/* iommu-map: (id base, phandle, out base, length), masked first. */
static int map_id(const struct tree *t, int bus, uint32_t id, uint32_t *phandle, uint32_t *out)
{
	const fdt32_t *cells;
	uint32_t words, mask;
	int err = any_tree_cells(t, bus, "iommu-map", &cells, &words);

	if (!err)
		err = any_tree_u32(t, bus, "iommu-map-mask", UINT32_MAX, &mask);
	if (err)
		return err;
	if (words % 4)
		return any_tree_error(t, -ANY_EINVAL, bus, "iommu-map", "is not whole entries");
	for (uint32_t at = 0; at < words; at += 4) {
		uint32_t base = fdt32_to_cpu(cells[at]), length = fdt32_to_cpu(cells[at + 3]);

		if (base & ~mask)
			return any_tree_error(t, -ANY_EINVAL, bus, "iommu-map",
					      "an id has bits outside iommu-map-mask");
		if ((id & mask) < base || (id & mask) - base >= length)
			continue;
		*phandle = fdt32_to_cpu(cells[at + 1]);
		*out = (id & mask) - base + fdt32_to_cpu(cells[at + 2]);
		return 0;
	}
	return 0;
}

/* The requester id of a PCI function is in the first cell of its reg: bus, device, function. */
static uint32_t requester(const struct tree *t, int device)
{
	const fdt32_t *cells;
	uint32_t words;

	if (any_tree_cells(t, device, "reg", &cells, &words) || !words)
		return 0;
	return (fdt32_to_cpu(cells[0]) >> 8) & 0xffff;
}

/* The nearest bus above the device that maps ids: a root port may have none, its host bridge does.
 */
static int mapping_bus(const struct tree *t, int device)
{
	int bus = fdt_parent_offset(t->fdt, device);

	for (unsigned depth = 0; bus >= 0 && depth < TREE_DEPTH; depth++) {
		if (any_tree_has(t, bus, "iommu-map"))
			return bus;
		bus = fdt_parent_offset(t->fdt, bus);
	}
	return -FDT_ERR_NOTFOUND;
}

/* *phandle stays 0: no IOMMU in the path. */
static int find_iommu(const struct tree *t, int device, uint32_t *phandle, uint32_t *id)
{
	const fdt32_t *cells;
	uint32_t words, ids;
	int bus = mapping_bus(t, device), node;
	int err = any_tree_cells(t, device, "iommus", &cells, &words);

	if (err)
		return err;
	if (!words)
		return bus < 0 ? 0 : map_id(t, bus, requester(t, device), phandle, id);
	node = fdt_node_offset_by_phandle(t->fdt, fdt32_to_cpu(cells[0]));
	if (node < 0)
		return any_tree_error(t, -ANY_EINVAL, device, "iommus", "points nowhere");
	err = any_tree_u32(t, node, "#iommu-cells", words - 1, &ids);
	if (err)
		return err;
	if (ids > words - 1)
		return any_tree_error(t, -ANY_EINVAL, device, "iommus", "is not whole entries");
	*phandle = fdt32_to_cpu(cells[0]);
	*id = ids ? fdt32_to_cpu(cells[1]) : 0;
	return 0;
}

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
 * of this bus (platforms.md, section 4). The gaps between them are not cut out.
 */
static int clip_aperture(const struct tree *t, int node, struct any_platform *p)
{
	struct any_platform_iommu *iommu = &p->machine.iommu;
	uint64_t first = iommu->base, last = iommu->base + (iommu->size - 1), low, high;
	bool given = any_tree_has(t, node, "anydma,aperture-base") ||
		     any_tree_has(t, node, "anydma,aperture-size");

	if (windows_span(p, &low, &high)) {
		p->facts.n_segments = 0;
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

static int read_unit(const struct tree *t, int node, struct any_platform *p)
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
	return clip_aperture(t, node, p);
}

int any_platform_read_iommu(const struct tree *t, int device, struct any_platform *p)
{
	uint32_t phandle = 0, id = 0;
	int err = find_iommu(t, device, &phandle, &id), node;

	if (err || !phandle)
		return err;
	node = fdt_node_offset_by_phandle(t->fdt, phandle);
	if (node < 0)
		return any_tree_error(t, -ANY_EINVAL, device, "iommu-map", "points nowhere");
	if (!any_tree_enabled(t, node)) /* dma-ranges is effective again */
		return 0;
	p->machine.iommu.present = true;
	p->machine.iommu.stream_id = id;
	return read_unit(t, node, p);
}
