/* SPDX-License-Identifier: BSD-2-Clause */
/* Host bridges the devicetree has: pci-host-ecam-generic, without firmware. */
#include <libfdt.h>

#include "list.h"

#define SPACE_MEMORY 0x02000000u /* 64-bit memory has one bit more */
#define PREFETCHABLE 0x40000000u

/* Entries of ranges: three cells of bus address, the parent's, two of size. */
static bool ranges_of(const void *fdt, int node, struct port_pci *host)
{
	const int cells = fdt_address_cells(fdt, fdt_parent_offset(fdt, node)), entry = 5 + cells;
	int len;
	const fdt32_t *at = fdt_getprop(fdt, node, "ranges", &len);

	if (!at || cells < 1 || cells > 2)
		return false;
	for (; len >= 4 * entry; at += entry, len -= 4 * entry) {
		const uint32_t kind = fdt32_ld(at);
		const struct port_pci_range range = {
			.bus = port_cells(at + 1, 2),
			.cpu = port_cells(at + 3, cells),
			.size = port_cells(at + 3 + cells, 2),
			.prefetchable = kind & PREFETCHABLE,
		};

		if ((kind & SPACE_MEMORY) && range.size &&
		    host->n_ranges < ANY_ARRAY_SIZE(host->ranges))
			host->ranges[host->n_ranges++] = range;
	}
	return host->n_ranges;
}

/* As the tree says, and no further than configuration space goes. */
static uint8_t last_bus(const void *fdt, int node, uint64_t size)
{
	const uint64_t buses = size >> 20 < 256 ? size >> 20 : 256;
	int len = 0;
	const fdt32_t *range = fdt_getprop(fdt, node, "bus-range", &len);
	const uint32_t last = range && len >= 8 ? fdt32_ld(range + 1) : 255;

	return (uint8_t)(last < buses ? last : buses - 1);
}

static void bridge(const struct any_platform_tree *tree, int node)
{
	static char path[ANY_PLATFORM_TEXT];
	struct port_pci host = {.read = port_pci_ecam_read,
				.write = port_pci_ecam_write,
				.assign = true,
				.node = path};
	uint64_t base, size;

	if (fdt_get_path(tree->fdt, node, path, sizeof(path)) ||
	    !port_reg_of(tree->fdt, node, &base, &size) || size < 1u << 20 ||
	    !ranges_of(tree->fdt, node, &host)) {
		port_ok(false, "a host bridge without configuration space or windows");
		return;
	}
	port_iommu_of(tree->fdt, node, &host);
	host.ecam = port->map(base, size);
	host.last = last_bus(tree->fdt, node, size);
	port_pci_scan(tree, &host);
}

void port_bus_pci(const struct any_platform_tree *tree)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(tree->fdt, node, "pci-host-ecam-generic")) >=
	       0)
		bridge(tree, node);
}
