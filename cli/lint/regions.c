/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, reserved memory and the pools in it. */
#include <inttypes.h>
#include <string.h>

#include "cli/lint/lint.h"
#include "cli/translate/walk.h"

static bool is_memory(const struct lint *l, size_t node)
{
	return node && !l->t->list[node].parent && cli_node_is(l->t, node, "device_type", "memory");
}

static bool is_reserved(const struct lint *l, size_t node)
{
	size_t up = l->t->list[node].parent;
	const char *name = fdt_get_name(l->t->fdt, l->t->list[up].offset, NULL);

	return node && up && !l->t->list[up].parent && name && !strcmp(name, "reserved-memory");
}

static bool is_restricted(const struct lint *l, size_t node)
{
	return is_reserved(l, node) && cli_node_compatible(l->t, node, "restricted-dma-pool");
}

static bool cells_of(const struct lint *l, size_t node, uint32_t *address, uint32_t *size)
{
	*address = cli_node_address_cells(l->t, l->t->list[node].parent);
	*size = cli_node_size_cells(l->t, l->t->list[node].parent);
	return *address && *address <= 2 && *size && *size <= 2;
}

size_t lint_reg(const struct lint *l, size_t node, struct lint_range *list, size_t n)
{
	const fdt32_t *cells;
	uint32_t words = cli_node_cells(l->t, node, "reg", &cells), address, size;

	if (!l->t->list[node].enabled || !cells_of(l, node, &address, &size) ||
	    words % (address + size))
		return n;
	for (uint32_t at = 0; at < words && n < LINT_RANGES; at += address + size) {
		uint64_t base = cli_node_number(cells + at, address);
		uint64_t bytes = cli_node_number(cells + at + address, size);

		if (bytes && base + (bytes - 1) >= base)
			list[n++] = (struct lint_range){node, base, base + (bytes - 1)};
	}
	return n;
}

static size_t all(const struct lint *l, bool (*is)(const struct lint *, size_t),
		  struct lint_range *list)
{
	size_t n = 0;

	for (size_t i = 0; i < l->t->n; i++)
		if (is(l, i))
			n = lint_reg(l, i, list, n);
	return n;
}

static bool meet(const struct lint_range *a, const struct lint_range *b)
{
	return a->base <= b->last && b->base <= a->last;
}

/* Once a board: rules that compare ranges start from the root. */
void lint_memory_overlap(struct lint *l, size_t node)
{
	static struct lint_range list[LINT_RANGES];
	size_t n = node ? 0 : all(l, is_memory, list);

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (meet(&list[i], &list[k]))
				lint_say(l, list[k].node, "reg",
					 "0x%" PRIx64 "-0x%" PRIx64 " and 0x%" PRIx64 "-0x%" PRIx64,
					 list[i].base, list[i].last, list[k].base, list[k].last);
}

void lint_memory_ragged(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t address, size, words;
	int len = 0;

	if ((!is_memory(l, node) && !is_reserved(l, node)) ||
	    !fdt_getprop(l->t->fdt, l->t->list[node].offset, "reg", &len))
		return;
	words = cli_node_cells(l->t, node, "reg", &cells);
	if (!cells_of(l, node, &address, &size) || len % 4 || words % (address + size)) {
		lint_say(l, node, "reg", "%d bytes in cells of %u and %u", len, address, size);
		return;
	}
	for (uint32_t at = 0; at < words; at += address + size) {
		uint64_t base = cli_node_number(cells + at, address);
		uint64_t bytes = cli_node_number(cells + at + address, size);

		if (bytes && base + (bytes - 1) < base)
			lint_say(l, node, "reg", "0x%" PRIx64 " of 0x%" PRIx64 " bytes", base,
				 bytes);
	}
}

void lint_reserved_outside(struct lint *l, size_t node)
{
	static struct lint_range ram[LINT_RANGES], list[LINT_RANGES];
	size_t n_ram = node ? 0 : all(l, is_memory, ram);
	size_t n = n_ram ? all(l, is_reserved, list) : 0;

	for (size_t i = 0; i < n; i++) {
		bool inside = false;

		for (size_t k = 0; k < n_ram; k++)
			inside |= list[i].base >= ram[k].base && list[i].last <= ram[k].last;
		if (!inside)
			lint_say(l, list[i].node, "reg", "0x%" PRIx64 "-0x%" PRIx64, list[i].base,
				 list[i].last);
	}
}

void lint_pool_overlap(struct lint *l, size_t node)
{
	static struct lint_range list[LINT_RANGES];
	size_t n = node ? 0 : all(l, is_reserved, list);
	char path[ANY_PLATFORM_TEXT];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			bool once = !is_restricted(l, list[k].node) || i < k;

			if (once && is_restricted(l, list[i].node) && meet(&list[i], &list[k]))
				lint_say(l, list[i].node, "reg", "%.120s",
					 cli_node_path(l->t, list[k].node, path));
		}
}

void lint_pool_flags(struct lint *l, size_t node)
{
	static const char *const refused[] = {"no-map", "reusable", "linux,cma-default",
					      "linux,dma-default"};

	for (unsigned i = 0; is_restricted(l, node) && i < ANY_ARRAY_SIZE(refused); i++)
		if (cli_node_has(l->t, node, refused[i]))
			lint_say(l, node, refused[i], "is here");
}

void lint_pool_unplaced(struct lint *l, size_t node)
{
	if (is_restricted(l, node) && !cli_node_has(l->t, node, "reg"))
		lint_say(l, node, "reg", "is missing");
}

void lint_shared_flags(struct lint *l, size_t node)
{
	bool no_map = cli_node_has(l->t, node, "no-map");
	bool reusable = cli_node_has(l->t, node, "reusable");

	if (!is_reserved(l, node) || !cli_node_compatible(l->t, node, "shared-dma-pool"))
		return;
	if (no_map && reusable)
		lint_say(l, node, "reusable", "beside no-map");
	else if (cli_node_has(l->t, node, "linux,cma-default") && !reusable)
		lint_say(l, node, "linux,cma-default", "without reusable");
	else if (cli_node_has(l->t, node, "linux,dma-default") && !no_map)
		lint_say(l, node, "linux,dma-default", "without no-map");
}

void lint_region_nowhere(struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "memory-region", &cells);

	for (uint32_t i = 0; i < n; i++)
		if (cli_node_phandle(l->t, fdt32_to_cpu(cells[i])) == CLI_NO_NODE)
			lint_say(l, node, "memory-region", "no node has phandle 0x%" PRIx32,
				 fdt32_to_cpu(cells[i]));
}

/* The restricted pool this device names, or CLI_NO_NODE. */
static size_t pool_of(const struct lint *l, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(l->t, node, "memory-region", &cells);

	for (uint32_t i = 0; i < n; i++) {
		size_t pool = cli_node_phandle(l->t, fdt32_to_cpu(cells[i]));

		if (pool != CLI_NO_NODE && is_restricted(l, pool) && l->t->list[pool].enabled)
			return pool;
	}
	return CLI_NO_NODE;
}

void lint_pool_unused(struct lint *l, size_t node)
{
	size_t pool = pool_of(l, node);
	size_t unit = pool == CLI_NO_NODE ? CLI_NO_NODE : lint_iommu(l, node);
	char path[ANY_PLATFORM_TEXT];

	if (unit != CLI_NO_NODE)
		lint_say(l, node, "memory-region", "its IOMMU is %.100s",
			 cli_node_path(l->t, unit, path));
}

static bool reaches(const struct walk *w, const struct lint_range *r)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->routes[i].reaches &&
		    walk_covers(w->routes[i].cpu, w->routes[i].size, r->base) &&
		    walk_covers(w->routes[i].cpu, w->routes[i].size, r->last))
			return true;
	return false;
}

void lint_pool_reach(struct lint *l, size_t node)
{
	static struct lint_range list[LINT_RANGES];
	static struct walk walk;
	size_t pool = pool_of(l, node), n;

	if (pool == CLI_NO_NODE || lint_iommu(l, node) != CLI_NO_NODE ||
	    !walk_routes(l->t, node, ANY_READER_LINUX, &walk))
		return;
	n = lint_reg(l, pool, list, 0);
	for (size_t i = 0; i < n; i++)
		if (!reaches(&walk, &list[i]))
			lint_say(l, node, "memory-region", "0x%" PRIx64 "-0x%" PRIx64, list[i].base,
				 list[i].last);
}
