/* SPDX-License-Identifier: BSD-2-Clause */
/* RAM and what of it is spoken for. */
#include "tree.h"

#include "base/bits.h"
#include "base/mem.h"

static int add(const struct tree *t, int node, struct any_platform_range *list, uint32_t *n,
	       uint64_t base, uint64_t size)
{
	if (!size)
		return 0;
	if (base + (size - 1) < base)
		return tree_error(t, -ANY_EINVAL, node, "reg", "memory wraps");
	for (uint32_t i = 0; i < *n; i++)
		if (base <= list[i].base + (list[i].size - 1) && list[i].base <= base + (size - 1))
			return tree_error(t, -ANY_EINVAL, node, "reg", "memory overlaps");
	if (*n == ANY_PLATFORM_RANGES)
		return tree_error(t, -ANY_ENOSPC, node, "reg", "more ranges than fit");
	list[(*n)++] = (struct any_platform_range){base, size};
	return 0;
}

static int read_reg(const struct tree *t, int node, int parent, struct any_platform_range *list,
		    uint32_t *n)
{
	const fdt32_t *cells;
	uint32_t words, address, size;
	int err = tree_cells(t, node, "reg", &cells, &words);

	if (!err)
		err = tree_address_cells(t, parent, &address);
	if (!err)
		err = tree_size_cells(t, parent, &size);
	if (err)
		return err;
	if (!address || address > 2 || !size || words % (address + size))
		return tree_error(t, -ANY_EINVAL, node, "reg", "is not whole ranges");
	for (uint32_t at = 0; at < words && !err; at += address + size)
		err = add(t, node, list, n, tree_number(cells + at, address),
			  tree_number(cells + at + address, size));
	return err;
}

static bool is_memory(const struct tree *t, int node)
{
	int len = 0;
	const char *type = fdt_getprop(t->fdt, node, "device_type", &len);

	return type && len == 7 && !memcmp(type, "memory", 7);
}

int platform_read_memory(const struct tree *t, struct any_platform *p)
{
	int root = fdt_path_offset(t->fdt, "/"), node, err = 0;
	int reserved = fdt_path_offset(t->fdt, "/reserved-memory");

	for (node = fdt_first_subnode(t->fdt, root); node >= 0 && !err;
	     node = fdt_next_subnode(t->fdt, node))
		if (is_memory(t, node))
			err = read_reg(t, node, root, p->ram, &p->n_ram);
	if (err || reserved < 0)
		return err;
	for (node = fdt_first_subnode(t->fdt, reserved); node >= 0 && !err;
	     node = fdt_next_subnode(t->fdt, node))
		if (tree_has(t, node, "reg"))
			err = read_reg(t, node, reserved, p->reserved, &p->n_reserved);
	return err;
}
