/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include "base/mem.h"

void tree_copy(char *to, size_t size, const char *from, size_t len)
{
	size_t n = 0;

	while (n + 1 < size && n < len && from[n]) {
		to[n] = from[n];
		n++;
	}
	to[n] = 0;
}

static void append(struct any_platform_error *error, const char *text)
{
	size_t n = 0, m = 0;

	while (n < sizeof(error->text) && error->text[n])
		n++;
	while (text[m])
		m++;
	if (n < sizeof(error->text))
		tree_copy(error->text + n, sizeof(error->text) - n, text, m);
}

int tree_error(const struct tree *t, int err, int node, const char *property, const char *what)
{
	char path[96];

	t->error->text[0] = 0;
	if (node >= 0) {
		if (fdt_get_path(t->fdt, node, path, sizeof(path)))
			tree_copy(path, sizeof(path), "(deep node)", 11);
		append(t->error, path);
		append(t->error, ": ");
	}
	if (property) {
		append(t->error, property);
		append(t->error, ": ");
	}
	append(t->error, what);
	return err;
}

int tree_cells(const struct tree *t, int node, const char *property, const fdt32_t **cells,
	       uint32_t *words)
{
	int len = 0;
	const void *data = fdt_getprop(t->fdt, node, property, &len);

	*cells = NULL;
	*words = 0;
	if (!data)
		return 0;
	if (len % 4)
		return tree_error(t, -ANY_EINVAL, node, property, "length is not a number of cells");
	*cells = data;
	*words = (uint32_t)len / 4;
	return 0;
}

bool tree_has(const struct tree *t, int node, const char *property)
{
	return fdt_getprop(t->fdt, node, property, NULL) != NULL;
}

int tree_u64(const struct tree *t, int node, const char *property, uint64_t missing, uint64_t *out)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = tree_cells(t, node, property, &cells, &words);

	if (err)
		return err;
	if (cells && words != 1 && words != 2)
		return tree_error(t, -ANY_EINVAL, node, property, "is not one number");
	*out = cells ? tree_number(cells, words) : missing;
	return 0;
}

int tree_u32(const struct tree *t, int node, const char *property, uint32_t missing, uint32_t *out)
{
	uint64_t value;
	int err = tree_u64(t, node, property, missing, &value);

	if (err)
		return err;
	if (value > UINT32_MAX)
		return tree_error(t, -ANY_EINVAL, node, property, "is too large");
	*out = (uint32_t)value;
	return 0;
}

static int cell_count(const struct tree *t, int node, const char *property, uint32_t missing,
		      uint32_t max, uint32_t *out)
{
	int err = tree_u32(t, node, property, missing, out);

	if (!err && *out > max)
		return tree_error(t, -ANY_EINVAL, node, property, "more cells than any address has");
	return err;
}

int tree_address_cells(const struct tree *t, int node, uint32_t *cells)
{
	return cell_count(t, node, "#address-cells", 2, 3, cells);
}

int tree_size_cells(const struct tree *t, int node, uint32_t *cells)
{
	return cell_count(t, node, "#size-cells", 1, 2, cells);
}

uint64_t tree_number(const fdt32_t *cells, uint32_t n)
{
	uint64_t value = 0;

	if (n == 3) {
		cells++;
		n = 2;
	}
	for (uint32_t i = 0; i < n; i++)
		value = value << 32 | fdt32_to_cpu(cells[i]);
	return value;
}

/* The index of "dma-mem" in interconnect-names; negative: none (platforms.md, section 4). */
static int dma_mem_index(const struct tree *t, int node)
{
	return fdt_stringlist_search(t->fdt, node, "interconnect-names", "dma-mem");
}

int tree_dma_parent(const struct tree *t, int node)
{
	const fdt32_t *cells;
	uint32_t words, at = 0;
	int want = dma_mem_index(t, node), target;

	if (want < 0 || tree_cells(t, node, "interconnects", &cells, &words))
		return fdt_parent_offset(t->fdt, node);
	for (int i = 0; at < words; i++) {
		uint32_t n = 0;

		target = fdt_node_offset_by_phandle(t->fdt, fdt32_to_cpu(cells[at]));
		if (target < 0 || tree_u32(t, target, "#interconnect-cells", 0, &n))
			break;
		if (i == want)
			return target;
		if (n >= words - at)
			break;
		at += n + 1;
	}
	return fdt_parent_offset(t->fdt, node);
}
