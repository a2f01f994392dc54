/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "cli/board/nodes.h"

static bool says_enabled(const void *fdt, int node)
{
	int len = 0;
	const char *status = fdt_getprop(fdt, node, "status", &len);

	return !status || (len == 5 && !memcmp(status, "okay", 5)) ||
	       (len == 3 && !memcmp(status, "ok", 3));
}

static bool add(struct cli_nodes *t, int offset, size_t parent)
{
	struct cli_node *list = t->list;

	if (!(t->n & (t->n - 1)))
		list = realloc(list, (t->n ? 2 * t->n : 1) * sizeof(*list));
	if (!list)
		return false;
	t->list = list;
	list[t->n] = (struct cli_node){offset, parent, fdt_get_phandle(t->fdt, offset),
				       says_enabled(t->fdt, offset) &&
					       (parent == t->n || list[parent].enabled)};
	t->n++;
	return true;
}

bool cli_nodes_open(const void *fdt, struct cli_nodes *t)
{
	size_t at = 0;
	int depth = 0, before = 0;

	*t = (struct cli_nodes){.fdt = fdt};
	if (!add(t, 0, 0))
		return false;
	for (int node = fdt_next_node(fdt, 0, &depth); node >= 0 && depth > 0;
	     node = fdt_next_node(fdt, node, &depth)) {
		/* From the last node up as many levels as the depth fell. */
		for (; before >= depth; before--)
			at = t->list[at].parent;
		if (!add(t, node, at)) {
			cli_nodes_close(t);
			return false;
		}
		at = t->n - 1;
		before = depth;
	}
	return true;
}

void cli_nodes_close(struct cli_nodes *t)
{
	free(t->list);
	t->list = NULL;
	t->n = 0;
}

size_t cli_node_at(const struct cli_nodes *t, int offset)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->list[middle].offset == offset)
			return middle;
		if (t->list[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return CLI_NO_NODE;
}

size_t cli_node_phandle(const struct cli_nodes *t, uint32_t phandle)
{
	for (size_t i = 0; phandle && i < t->n; i++)
		if (t->list[i].phandle == phandle)
			return i;
	return CLI_NO_NODE;
}

const char *cli_node_path(const struct cli_nodes *t, size_t node, char path[ANY_PLATFORM_TEXT])
{
	size_t chain[CLI_DEPTH], depth = 0, n = 0;

	for (; node && depth < CLI_DEPTH; node = t->list[node].parent)
		chain[depth++] = node;
	snprintf(path, ANY_PLATFORM_TEXT, "%s", node ? "(deep node)" : "/");
	while (!node && depth--) {
		const char *name = fdt_get_name(t->fdt, t->list[chain[depth]].offset, NULL);

		n += (size_t)snprintf(path + n, ANY_PLATFORM_TEXT - n, "/%s", name ? name : "?");
		if (n >= ANY_PLATFORM_TEXT) {
			snprintf(path, ANY_PLATFORM_TEXT, "(deep node)");
			break;
		}
	}
	return path;
}

bool cli_node_has(const struct cli_nodes *t, size_t node, const char *property)
{
	return fdt_getprop(t->fdt, t->list[node].offset, property, NULL) != NULL;
}

uint32_t cli_node_cells(const struct cli_nodes *t, size_t node, const char *property,
			const fdt32_t **cells)
{
	int len = 0;

	*cells = fdt_getprop(t->fdt, t->list[node].offset, property, &len);
	return *cells && len > 0 && len % 4 == 0 ? (uint32_t)len / 4 : 0;
}

bool cli_node_u32(const struct cli_nodes *t, size_t node, const char *property, uint32_t *value)
{
	const fdt32_t *cells;

	if (cli_node_cells(t, node, property, &cells) != 1)
		return false;
	*value = fdt32_to_cpu(cells[0]);
	return true;
}

bool cli_node_compatible(const struct cli_nodes *t, size_t node, const char *word)
{
	return !fdt_node_check_compatible(t->fdt, t->list[node].offset, word);
}

bool cli_node_is(const struct cli_nodes *t, size_t node, const char *property, const char *word)
{
	int len = 0;
	const char *text = fdt_getprop(t->fdt, t->list[node].offset, property, &len);

	return text && (size_t)len == strlen(word) + 1 && !memcmp(text, word, (size_t)len);
}

static uint32_t cells_of(const struct cli_nodes *t, size_t node, const char *property)
{
	uint32_t value;

	for (unsigned depth = 0; depth < CLI_DEPTH; depth++) {
		if (cli_node_u32(t, node, property, &value))
			return value;
		if (!node)
			break;
		node = t->list[node].parent;
	}
	return 1;
}

uint32_t cli_node_address_cells(const struct cli_nodes *t, size_t node)
{
	return cells_of(t, node, "#address-cells");
}

uint32_t cli_node_size_cells(const struct cli_nodes *t, size_t node)
{
	return cells_of(t, node, "#size-cells");
}

uint64_t cli_node_number(const fdt32_t *cells, uint32_t n)
{
	uint64_t value = 0;

	for (uint32_t i = n == 3; i < n; i++)
		value = value << 32 | fdt32_to_cpu(cells[i]);
	return value;
}

size_t cli_node_dma_parent(const struct cli_nodes *t, size_t node)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(t, node, "interconnects", &cells), at = 0, words;
	int want = fdt_stringlist_search(t->fdt, t->list[node].offset, "interconnect-names",
					 "dma-mem");

	for (int i = 0; want >= 0 && at < n; i++) {
		size_t target = cli_node_phandle(t, fdt32_to_cpu(cells[at]));

		if (target == CLI_NO_NODE)
			break;
		if (i == want)
			return target;
		if (!cli_node_u32(t, target, "#interconnect-cells", &words) || words >= n - at)
			break;
		at += words + 1;
	}
	return node ? t->list[node].parent : CLI_NO_NODE;
}

static bool layout(const struct cli_nodes *t, size_t bus, uint32_t cells[3])
{
	cells[0] = cli_node_address_cells(t, bus);
	cells[1] = cli_node_address_cells(t, t->list[bus].parent);
	cells[2] = cli_node_size_cells(t, bus);
	return cells[0] && cells[0] <= 3 && cells[1] && cells[1] <= 3 && cells[2] && cells[2] <= 2;
}

int cli_node_windows(const struct cli_nodes *t, size_t bus)
{
	uint32_t l[3], stride;
	int len = 0;

	if (!fdt_getprop(t->fdt, t->list[bus].offset, "dma-ranges", &len) || !len)
		return 0;
	if (!layout(t, bus, l))
		return -1;
	stride = 4 * (l[0] + l[1] + l[2]);
	return (uint32_t)len % stride ? -1 : (int)((uint32_t)len / stride);
}

struct cli_window cli_node_window(const struct cli_nodes *t, size_t bus, int i)
{
	const fdt32_t *cells;
	uint32_t l[3];

	cli_node_cells(t, bus, "dma-ranges", &cells);
	layout(t, bus, l);
	cells += (uint32_t)i * (l[0] + l[1] + l[2]);
	return (struct cli_window){cli_node_number(cells, l[0]),
				   cli_node_number(cells + l[0], l[1]),
				   cli_node_number(cells + l[0] + l[1], l[2])};
}
