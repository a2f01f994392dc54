/* SPDX-License-Identifier: BSD-2-Clause */
/* Reserved memory that a device names in memory-region: what it is, and where. */
#include <string.h>

#include <libfdt.h>

#include "cli/board/board.h"

static uint64_t number(const fdt32_t *cells, int n)
{
	uint64_t value = 0;

	for (int i = 0; i < n; i++)
		value = value << 32 | fdt32_to_cpu(cells[i]);
	return value;
}

/* The first range of its reg; size 0: placed when the system starts. */
static void place(const void *fdt, int node, struct cli_region *r)
{
	int parent = fdt_parent_offset(fdt, node), len = 0;
	int address = fdt_address_cells(fdt, parent), size = fdt_size_cells(fdt, parent);
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (!reg || address < 1 || address > 2 || size < 1 || size > 2 ||
	    len < 4 * (address + size))
		return;
	r->base = number(reg, address);
	r->size = number(reg + address, size);
	if (r->size && r->base + (r->size - 1) < r->base)
		r->size = 0;
}

static void kind(const void *fdt, int node, char *to, size_t size)
{
	int len = 0;
	const char *text = fdt_getprop(fdt, node, "compatible", &len);

	if (text && len > 0 && !text[len - 1])
		snprintf(to, size, "%s", text);
	else
		snprintf(to, size, "reserved");
}

void cli_regions(const void *fdt, int device, struct cli_master *m)
{
	int len = 0;
	const fdt32_t *cells = fdt_getprop(fdt, device, "memory-region", &len);

	for (int i = 0; cells && i < len / 4 && m->n_regions < CLI_REGIONS; i++) {
		int node = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(cells[i]));
		struct cli_region *r = &m->regions[m->n_regions];

		if (node < 0 || fdt_get_path(fdt, node, r->path, sizeof(r->path)))
			continue;
		kind(fdt, node, r->kind, sizeof(r->kind));
		place(fdt, node, r);
		m->n_regions++;
	}
}
