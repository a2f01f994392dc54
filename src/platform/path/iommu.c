/* SPDX-License-Identifier: BSD-2-Clause */
/* Which IOMMU is on the way, and what it calls the device (platforms.md, section 4). */
#include "platform/read.h"

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

/*
 * The nearest bus that maps ids: a root port may have none, its host bridge does. A bus that is
 * asked about itself (a PCI host, fsl-mc) stands for what is behind it.
 */
static int mapping_bus(const struct tree *t, int device)
{
	int bus = device;

	for (unsigned depth = 0; bus >= 0 && depth < TREE_DEPTH; depth++) {
		if (any_tree_has(t, bus, "iommu-map"))
			return bus;
		bus = any_tree_parent(t, bus);
	}
	return -FDT_ERR_NOTFOUND;
}

/* An IOMMU on the way, by its node; none: negative. */
struct found {
	int node;
	uint32_t id;
};

static int by_map(const struct tree *t, int device, struct found *f)
{
	const int bus = mapping_bus(t, device);
	uint32_t phandle = 0;
	int err;

	if (bus < 0)
		return 0;
	err = map_id(t, bus, bus == device ? 0 : requester(t, device), &phandle, &f->id);
	if (err)
		return err;
	if (!phandle) {
		any_tree_why(t, ANY_FACT_IOMMU, bus, "iommu-map", "has no entry for this id");
		return 0;
	}
	f->node = any_tree_by_phandle(t, phandle);
	if (f->node < 0)
		return any_tree_error(t, -ANY_EINVAL, device, "iommu-map", "points nowhere");
	any_tree_why(t, ANY_FACT_IOMMU, bus, "iommu-map", "maps the id to a stream of the IOMMU");
	return 0;
}

/* One entry of iommus; *at moves behind it. */
static int next_entry(const struct tree *t, int device, const fdt32_t *cells, uint32_t words,
		      uint32_t *at, struct found *f)
{
	uint32_t ids;
	int err;

	f->node = any_tree_by_phandle(t, fdt32_to_cpu(cells[*at]));
	if (f->node < 0)
		return any_tree_error(t, -ANY_EINVAL, device, "iommus", "points nowhere");
	err = any_tree_u32(t, f->node, "#iommu-cells", words - *at - 1, &ids);
	if (err)
		return err;
	if (ids > words - *at - 1)
		return any_tree_error(t, -ANY_EINVAL, device, "iommus", "is not whole entries");
	f->id = ids ? fdt32_to_cpu(cells[*at + 1]) : 0;
	*at += 1 + ids;
	return 0;
}

/* Of several entries the first one's stream is told. Linux wants all of them enabled. */
static int by_entries(const struct tree *t, int device, const fdt32_t *cells, uint32_t words,
		      struct found *f)
{
	uint32_t at = 0;
	int err = next_entry(t, device, cells, words, &at, f);

	while (!err && at < words && any_tree_enabled(t, f->node)) {
		struct found other;

		err = next_entry(t, device, cells, words, &at, &other);
		if (!err && !any_tree_enabled(t, other.node))
			*f = other;
	}
	if (!err)
		any_tree_why(t, ANY_FACT_IOMMU, device, "iommus", "names the IOMMU and the stream");
	return err;
}

/* A PCI function is known to the IOMMU by the host's map, whatever else its host has. */
static int find_iommu(const struct tree *t, int device, struct found *f)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = any_tree_cells(t, device, "iommus", &cells, &words);

	f->node = -FDT_ERR_NOTFOUND;
	if (err)
		return err;
	if (!words || (any_path_pci_host(t, device) >= 0 && mapping_bus(t, device) >= 0))
		return by_map(t, device, f);
	return by_entries(t, device, cells, words, f);
}

int any_platform_read_iommu(const struct tree *t, int device, struct any_platform *p)
{
	struct found f;
	int err = find_iommu(t, device, &f);

	if (err || f.node < 0)
		return err;
	if (!any_tree_enabled(t, f.node)) {
		any_tree_why(t, ANY_FACT_IGNORED, f.node, "status",
			     "the IOMMU is disabled: dma-ranges is effective again");
		return 0;
	}
	p->machine.iommu.present = true;
	p->machine.iommu.stream_id = f.id;
	any_tree_why(t, ANY_FACT_IOMMU, f.node, NULL, "this IOMMU translates");
	return any_path_read_unit(t, f.node, device, p);
}
