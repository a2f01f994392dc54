/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of the device's path: coherence, an IOMMU. */
#include "platform/read.h"

#include "base/bits.h"

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
	int bus = any_tree_parent(t, device);

	for (unsigned depth = 0; bus >= 0 && depth < TREE_DEPTH; depth++) {
		if (any_tree_has(t, bus, "iommu-map"))
			return bus;
		bus = any_tree_parent(t, bus);
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
	node = any_tree_by_phandle(t, fdt32_to_cpu(cells[0]));
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

int any_platform_read_iommu(const struct tree *t, int device, struct any_platform *p)
{
	uint32_t phandle = 0, id = 0;
	int err = find_iommu(t, device, &phandle, &id), node;

	if (err || !phandle)
		return err;
	node = any_tree_by_phandle(t, phandle);
	if (node < 0)
		return any_tree_error(t, -ANY_EINVAL, device, "iommu-map", "points nowhere");
	if (!any_tree_enabled(t, node)) { /* dma-ranges is effective again */
		any_tree_why(t, ANY_FACT_IGNORED, node, "status", "an IOMMU that is switched off");
		return 0;
	}
	any_tree_why(t, ANY_FACT_IOMMU, node, NULL, "the IOMMU");
	if (any_tree_has(t, device, "iommus"))
		any_tree_why(t, ANY_FACT_IOMMU, device, "iommus", "names the IOMMU and the id");
	else
		any_tree_why(t, ANY_FACT_IOMMU, mapping_bus(t, device), "iommu-map",
			     "names the IOMMU and the id");
	p->machine.iommu.present = true;
	p->machine.iommu.stream_id = id;
	return any_path_read_unit(t, node, device, p);
}
