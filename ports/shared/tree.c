/* SPDX-License-Identifier: BSD-2-Clause */
/* What the buses ask of the devicetree. */
#include <libfdt.h>

#include "port.h"

uint64_t port_cells(const void *cells, int n)
{
	const fdt32_t *cell = cells;
	uint64_t value = 0;

	for (int i = 0; i < n; i++)
		value = value << 32 | fdt32_ld(cell + i);
	return value;
}

/* Each bus above passes addresses through as they are (an empty ranges). */
static bool is_plain(const void *fdt, int bus)
{
	int len = 0;

	for (; bus > 0 && !len; bus = fdt_parent_offset(fdt, bus))
		if (!fdt_getprop(fdt, bus, "ranges", &len))
			return false;
	return bus == 0 && !len;
}

bool port_reg_of(const void *fdt, int node, uint64_t *base, uint64_t *size)
{
	const int bus = fdt_parent_offset(fdt, node);
	const int cells = fdt_address_cells(fdt, bus), more = fdt_size_cells(fdt, bus);
	int len;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (!reg || !is_plain(fdt, bus) || cells < 1 || cells > 2 || more < 1 || more > 2 ||
	    len < 4 * (cells + more))
		return false;
	*base = port_cells(reg, cells);
	*size = port_cells(reg + cells, more);
	return true;
}
