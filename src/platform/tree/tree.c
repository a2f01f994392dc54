/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include "base/mem.h"

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

bool any_tree_compatible(const struct tree *t, int node, const char *with)
{
	return node >= 0 && !fdt_node_check_compatible(t->fdt, node, with);
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
		node = any_tree_parent(t, node);
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

int any_tree_reg(const struct tree *t, int node, const char *property, int parent,
		 struct any_platform *p,
		 int (*add)(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			    uint64_t size))
{
	const fdt32_t *cells;
	uint32_t words, address, size;
	int err = any_tree_cells(t, node, property, &cells, &words);

	if (!err)
		err = any_tree_address_cells(t, parent, &address);
	if (!err)
		err = any_tree_size_cells(t, parent, &size);
	if (err)
		return err;
	if (!address || address > 2 || !size || words % (address + size))
		return any_tree_error(t, -ANY_EINVAL, node, property, "is not whole ranges");
	for (uint32_t at = 0; at < words && !err; at += address + size)
		err = add(t, node, p, any_tree_number(cells + at, address),
			  any_tree_number(cells + at + address, size));
	return err;
}
