/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include "base/mem.h"

void any_tree_copy(char *to, size_t size, const char *from, size_t len)
{
	size_t n = 0;

	while (n + 1 < size && n < len && from[n]) {
		to[n] = from[n] < ' ' || from[n] > '~' ? '?' : from[n]; /* one line stays one */
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
		any_tree_copy(error->text + n, sizeof(error->text) - n, text, m);
}

int any_tree_error(const struct tree *t, int err, int node, const char *property, const char *what)
{
	char path[96];

	t->error->text[0] = 0;
	if (node >= 0) {
		if (fdt_get_path(t->fdt, node, path, sizeof(path)))
			any_tree_copy(path, sizeof(path), "(deep node)", 11);
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

int any_tree_cells(const struct tree *t, int node, const char *property, const fdt32_t **cells,
		   uint32_t *words)
{
	int len = 0;
	const void *data = fdt_getprop(t->fdt, node, property, &len);

	*cells = NULL;
	*words = 0;
	if (!data)
		return 0;
	if (len % 4)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "length is not a number of cells");
	*cells = data;
	*words = (uint32_t)len / 4;
	return 0;
}

bool any_tree_has(const struct tree *t, int node, const char *property)
{
	return fdt_getprop(t->fdt, node, property, NULL) != NULL;
}

bool any_tree_is(const struct tree *t, int node, const char *property, const char *word)
{
	int len = 0;
	const char *text = fdt_getprop(t->fdt, node, property, &len);
	size_t n = 0;

	while (word[n])
		n++;
	return text && (size_t)len == n + 1 && !memcmp(text, word, n + 1);
}

bool any_tree_same(const char *a, const char *b)
{
	if (!a)
		return false;
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool any_tree_enabled(const struct tree *t, int node)
{
	return !any_tree_has(t, node, "status") || any_tree_is(t, node, "status", "okay") ||
	       any_tree_is(t, node, "status", "ok");
}

int any_tree_u64(const struct tree *t, int node, const char *property, uint64_t missing,
		 uint64_t *out)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = any_tree_cells(t, node, property, &cells, &words);

	if (err)
		return err;
	if (cells && words != 1 && words != 2)
		return any_tree_error(t, -ANY_EINVAL, node, property, "is not one number");
	*out = cells ? any_tree_number(cells, words) : missing;
	return 0;
}

int any_tree_u32(const struct tree *t, int node, const char *property, uint32_t missing,
		 uint32_t *out)
{
	uint64_t value = missing;
	int err = any_tree_u64(t, node, property, missing, &value);

	if (err)
		return err;
	if (value > UINT32_MAX)
		return any_tree_error(t, -ANY_EINVAL, node, property, "is too large");
	*out = (uint32_t)value;
	return 0;
}

/* Linux: the nearest node that says it, from the bus upwards, else 1 (of_bus_n_addr_cells). */
static int cell_count(const struct tree *t, int node, const char *property, uint32_t max,
		      uint32_t *out)
{
	int err;

	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		if (any_tree_has(t, node, property))
			break;
		node = fdt_parent_offset(t->fdt, node);
	}
	err = any_tree_u32(t, node, property, 1, out);
	if (!err && *out > max)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "more cells than any address has");
	return err;
}

int any_tree_address_cells(const struct tree *t, int node, uint32_t *cells)
{
	return cell_count(t, node, "#address-cells", 3, cells);
}

int any_tree_size_cells(const struct tree *t, int node, uint32_t *cells)
{
	return cell_count(t, node, "#size-cells", 2, cells);
}

uint64_t any_tree_number(const fdt32_t *cells, uint32_t n)
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

int any_tree_reg(const struct tree *t, int node, int parent, struct any_platform *p,
		 int (*add)(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			    uint64_t size))
{
	const fdt32_t *cells;
	uint32_t words, address, size;
	int err = any_tree_cells(t, node, "reg", &cells, &words);

	if (!err)
		err = any_tree_address_cells(t, parent, &address);
	if (!err)
		err = any_tree_size_cells(t, parent, &size);
	if (err)
		return err;
	if (!address || address > 2 || !size || words % (address + size))
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "is not whole ranges");
	for (uint32_t at = 0; at < words && !err; at += address + size)
		err = add(t, node, p, any_tree_number(cells + at, address),
			  any_tree_number(cells + at + address, size));
	return err;
}

/* The index of "dma-mem" in interconnect-names; negative: none (platforms.md, section 4). */
static int dma_mem_index(const struct tree *t, int node)
{
	return fdt_stringlist_search(t->fdt, node, "interconnect-names", "dma-mem");
}

int any_tree_dma_parent(const struct tree *t, int node)
{
	const fdt32_t *cells;
	uint32_t words, at = 0;
	int want = dma_mem_index(t, node), target;

	if (want < 0 || any_tree_cells(t, node, "interconnects", &cells, &words))
		return fdt_parent_offset(t->fdt, node);
	for (int i = 0; at < words; i++) {
		uint32_t n = 0;

		target = fdt_node_offset_by_phandle(t->fdt, fdt32_to_cpu(cells[at]));
		if (target < 0 || any_tree_u32(t, target, "#interconnect-cells", 0, &n))
			break;
		if (i == want)
			return target;
		if (n >= words - at)
			break;
		at += n + 1;
	}
	return fdt_parent_offset(t->fdt, node);
}
