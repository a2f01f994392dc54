/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of the device's path: coherence, an IOMMU, a pool it is confined to. */
#include "tree.h"

/*
 * The nearest node, from the device up its DMA parents, that says either; in one node dma-coherent is
 * tested first. Nothing said: the architecture's default.
 */
int platform_read_coherent(const struct tree *t, int device, struct any_platform *p)
{
	int node = device, machine = fdt_path_offset(t->fdt, "/anydma");

	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		p->facts.coherent = tree_has(t, node, "dma-coherent");
		if (p->facts.coherent || tree_has(t, node, "dma-noncoherent"))
			return 0;
		node = tree_dma_parent(t, node);
	}
	p->facts.coherent = machine >= 0 && tree_has(t, machine, "anydma,default-coherent");
	return 0;
}

/* iommu-map: (id base, phandle, out base, length), masked first. */
static int map_id(const struct tree *t, int bus, uint32_t id, uint32_t *phandle, uint32_t *out)
{
	const fdt32_t *cells;
	uint32_t words, mask;
	int err = tree_cells(t, bus, "iommu-map", &cells, &words);

	if (!err)
		err = tree_u32(t, bus, "iommu-map-mask", UINT32_MAX, &mask);
	if (err)
		return err;
	if (words % 4)
		return tree_error(t, -ANY_EINVAL, bus, "iommu-map", "is not whole entries");
	for (uint32_t at = 0; at < words; at += 4) {
		uint32_t base = fdt32_to_cpu(cells[at]), length = fdt32_to_cpu(cells[at + 3]);

		if (base & ~mask)
			return tree_error(t, -ANY_EINVAL, bus, "iommu-map",
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

	if (tree_cells(t, device, "reg", &cells, &words) || !words)
		return 0;
	return (fdt32_to_cpu(cells[0]) >> 8) & 0xffff;
}

static bool disabled(const struct tree *t, int node)
{
	int len = 0;
	const char *status = fdt_getprop(t->fdt, node, "status", &len);

	return status && len > 0 && status[0] != 'o';
}

int platform_read_iommu(const struct tree *t, int device, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words, phandle = 0, id = 0;
	int bus = fdt_parent_offset(t->fdt, device), node;
	int err = tree_cells(t, device, "iommus", &cells, &words);

	if (err)
		return err;
	if (words) {
		phandle = fdt32_to_cpu(cells[0]);
		id = words > 1 ? fdt32_to_cpu(cells[1]) : 0;
	} else if (bus >= 0) {
		err = map_id(t, bus, requester(t, device), &phandle, &id);
	}
	if (err || !phandle)
		return err;
	node = fdt_node_offset_by_phandle(t->fdt, phandle);
	if (node < 0)
		return tree_error(t, -ANY_EINVAL, device, "iommus", "points nowhere");
	if (disabled(t, node))
		return 0;
	p->machine.iommu.present = true;
	p->machine.iommu.stream_id = id;
	p->machine.iommu.caching_mode = tree_has(t, node, "anydma,caching-mode");
	p->machine.iommu.write_buffer = tree_has(t, node, "anydma,write-buffer");
	p->machine.iommu.deferred = tree_has(t, node, "anydma,deferred");
	err = tree_u64(t, node, "anydma,granule", 4096, &p->machine.iommu.granule);
	if (!err)
		err = tree_u64(t, node, "anydma,aperture-base", 0, &p->machine.iommu.base);
	if (!err)
		err = tree_u64(t, node, "anydma,aperture-size", 1ull << 32,
			       &p->machine.iommu.size);
	if (err)
		return err;
	if (p->machine.iommu.granule < 512 ||
	    p->machine.iommu.granule & (p->machine.iommu.granule - 1))
		return tree_error(t, -ANY_EINVAL, node, "anydma,granule", "is not a page size");
	/* Behind an IOMMU the windows no longer translate (section 4). */
	p->facts.n_segments = 0;
	return 0;
}
