/* SPDX-License-Identifier: BSD-2-Clause */
/* iommus and iommu-map: units that exist, entries that are whole, ids inside the mask. */
#include <inttypes.h>

#include "cli/lint/lint.h"

/*
 * Walks the entries of `iommus` until one is no entry. what: NULL at the end, else which rule's
 * business the rest is.
 */
enum entry { ENTRY_WHOLE, ENTRY_END, ENTRY_NOWHERE, ENTRY_RAGGED };

static enum entry next(const struct cli_nodes *t, const fdt32_t *cells, uint32_t n, uint32_t *at,
		       size_t *unit)
{
	uint32_t words;

	if (*at == n)
		return ENTRY_END;
	*unit = cli_node_phandle(t, fdt32_to_cpu(cells[*at]));
	if (*unit == CLI_NO_NODE)
		return ENTRY_NOWHERE;
	if (!cli_node_u32(t, *unit, "#iommu-cells", &words) || words >= n - *at)
		return ENTRY_RAGGED;
	*at += words + 1;
	return ENTRY_WHOLE;
}

void lint_iommus_nowhere(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommus", &cells), at = 0;
	size_t unit;
	enum entry e;

	while ((e = next(l->t, cells, n, &at, &unit)) == ENTRY_WHOLE)
		;
	if (e == ENTRY_NOWHERE)
		lint_say(l, node, "iommus", "no node has phandle 0x%" PRIx32,
			 fdt32_to_cpu(cells[at]));
}

void lint_iommus_ragged(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommus", &cells), at = 0;
	size_t unit = CLI_NO_NODE;
	char path[ANY_PLATFORM_TEXT];
	enum entry e;
	int len = 0;

	if (fdt_getprop(l->t->fdt, l->t->list[node].offset, "iommus", &len) && len % 4)
		lint_say(l, node, "iommus", "%d bytes are no cells", len);
	while ((e = next(l->t, cells, n, &at, &unit)) == ENTRY_WHOLE)
		;
	if (e == ENTRY_RAGGED)
		lint_say(l, node, "iommus", "%" PRIu32 " cells left for %.100s", n - at - 1,
			 cli_node_path(l->t, unit, path));
}

static void off(struct lint *l, size_t node, const char *property, size_t unit)
{
	char path[ANY_PLATFORM_TEXT];

	if (!l->t->list[unit].enabled)
		lint_say(l, node, property, "%.120s", cli_node_path(l->t, unit, path));
}

void lint_iommu_off(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommus", &cells), at = 0;
	size_t unit, before = CLI_NO_NODE;

	while (next(l->t, cells, n, &at, &unit) == ENTRY_WHOLE) {
		if (unit != before) /* a device has several ids of one unit */
			off(l, node, "iommus", unit);
		before = unit;
	}
	n = cli_node_cells(l->t, node, "iommu-map", &cells);
	before = CLI_NO_NODE;
	for (at = 0; n % 4 == 0 && at < n; at += 4) {
		unit = cli_node_phandle(l->t, fdt32_to_cpu(cells[at + 1]));
		if (unit != CLI_NO_NODE && unit != before)
			off(l, node, "iommu-map", unit);
		before = unit;
	}
}

void lint_map_ragged(struct lint *l, size_t node)
{
	int len = 0;

	if (fdt_getprop(l->t->fdt, l->t->list[node].offset, "iommu-map", &len) && len % 16)
		lint_say(l, node, "iommu-map", "%d bytes", len);
}

void lint_map_mask(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommu-map", &cells), mask;

	if (!cli_node_u32(l->t, node, "iommu-map-mask", &mask) || n % 4)
		return;
	for (uint32_t at = 0; at < n; at += 4)
		if (fdt32_to_cpu(cells[at]) & ~mask)
			lint_say(l, node, "iommu-map", "id 0x%" PRIx32 ", mask 0x%" PRIx32,
				 fdt32_to_cpu(cells[at]), mask);
}

void lint_map_nowhere(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommu-map", &cells);

	for (uint32_t at = 0; n % 4 == 0 && at < n; at += 4)
		if (cli_node_phandle(l->t, fdt32_to_cpu(cells[at + 1])) == CLI_NO_NODE)
			lint_say(l, node, "iommu-map", "no node has phandle 0x%" PRIx32,
				 fdt32_to_cpu(cells[at + 1]));
}

void lint_map_overlap(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "iommu-map", &cells);

	for (uint32_t a = 0; n % 4 == 0 && a < n; a += 4)
		for (uint32_t b = a + 4; b < n; b += 4) {
			uint64_t x = fdt32_to_cpu(cells[a]), y = fdt32_to_cpu(cells[b]);

			if (x < y + fdt32_to_cpu(cells[b + 3]) &&
			    y < x + fdt32_to_cpu(cells[a + 3]))
				lint_say(l, node, "iommu-map",
					 "ids from 0x%" PRIx64 " and from 0x%" PRIx64, x, y);
		}
}

size_t lint_iommu(const struct lint *l, size_t device)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, device, "iommus", &cells), at = 0;
	size_t unit = CLI_NO_NODE, bus = device;

	if (n)
		return next(l->t, cells, n, &at, &unit) == ENTRY_WHOLE && l->t->list[unit].enabled
			       ? unit
			       : CLI_NO_NODE;
	for (unsigned depth = 0; bus && depth < CLI_DEPTH; depth++) {
		bus = l->t->list[bus].parent;
		if (cli_node_cells(l->t, bus, "iommu-map", &cells) >= 4)
			return cli_node_phandle(l->t, fdt32_to_cpu(cells[1]));
	}
	return CLI_NO_NODE;
}
