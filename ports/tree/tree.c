/* SPDX-License-Identifier: BSD-2-Clause */
/* The devicetree: what the buses ask of it, and what it says of a device's path to memory. */
#include <libfdt.h>

#include "list.h"

#define MAX_NODES      512u
#define PORT_BUS(name) port_bus_##name,

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

void port_tree_search(void)
{
	static struct any_platform_node nodes[MAX_NODES];
	static void (*const buses[])(const struct any_platform_tree *tree) = {PORT_BUSES(PORT_BUS)};
	struct any_platform_tree tree;
	struct any_platform_error error;

	if (any_platform_open(&tree, port->dtb, port->dtb_size, nodes, MAX_NODES, &error))
		port_panic(error.text);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(buses); i++)
		buses[i](&tree);
}

int port_tree_facts(const struct any_platform_tree *tree, const char *node,
		    struct any_dma_facts *facts)
{
	const struct any_platform_query query = {.device = node};
	static struct any_platform platform; /* the segments stay here */
	struct any_platform_error error;
	int err = any_platform_ask(tree, &query, &platform, &error);

	if (err)
		port_say("# %s\n", error.text);
	else
		*facts = platform.facts;
	return err;
}
