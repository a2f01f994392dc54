/* SPDX-License-Identifier: BSD-2-Clause */
/* RAM and what of it is spoken for. */
#include "tree.h"

#include "base/bits.h"

static uint64_t last(uint64_t base, uint64_t size)
{
	return base + (size - 1);
}

static bool touch(const struct any_platform_range *r, uint64_t base, uint64_t size)
{
	return base <= last(r->base, r->size) && r->base <= last(base, size);
}

static int add_ram(const struct tree *t, int node, struct any_platform *p, uint64_t base,
		   uint64_t size)
{
	if (!size)
		return 0;
	if (last(base, size) < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "memory wraps");
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (touch(&p->ram[i], base, size))
			return any_tree_error(t, -ANY_EINVAL, node, "reg", "memory overlaps");
	if (p->n_ram == ANY_PLATFORM_RANGES)
		return any_tree_error(t, -ANY_ENOSPC, node, "reg", "more memory ranges than fit");
	p->ram[p->n_ram++] = (struct any_platform_range){base, size};
	return 0;
}

/* Firmware writes reserved regions that overlap or repeat one another: the union is what counts. */
static int add_reserved(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			uint64_t size)
{
	uint64_t end = last(base, size);

	if (!size)
		return 0;
	if (end < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "reserved memory wraps");
	for (uint32_t i = 0; i < p->n_reserved;) {
		struct any_platform_range *r = &p->reserved[i];

		if (!touch(r, base, end - base + 1)) {
			i++;
			continue;
		}
		base = any_min_u64(base, r->base);
		end = any_max_u64(end, last(r->base, r->size));
		*r = p->reserved[--p->n_reserved];
		i = 0; /* the union may touch what the part did not */
	}
	if (end - base == UINT64_MAX)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "reserves everything");
	if (p->n_reserved == ANY_PLATFORM_RESERVED)
		return any_tree_error(t, -ANY_ENOSPC, node, "reg", "more reserved ranges than fit");
	p->reserved[p->n_reserved++] = (struct any_platform_range){base, end - base + 1};
	return 0;
}

static int read_reservations(const struct tree *t, struct any_platform *p)
{
	int n = fdt_num_mem_rsv(t->fdt), err = 0;

	for (int i = 0; i < n && !err; i++) {
		uint64_t base, size;

		if (fdt_get_mem_rsv(t->fdt, i, &base, &size))
			return any_tree_error(t, -ANY_EINVAL, -1, "/memreserve/", "is damaged");
		err = add_reserved(t, -1, p, base, size);
	}
	return err;
}

int any_platform_read_memory(const struct tree *t, struct any_platform *p)
{
	int root = fdt_path_offset(t->fdt, "/"), node, err = 0;
	int reserved = fdt_path_offset(t->fdt, "/reserved-memory");

	for (node = fdt_first_subnode(t->fdt, root); node >= 0 && !err;
	     node = fdt_next_subnode(t->fdt, node))
		if (any_tree_is(t, node, "device_type", "memory") && any_tree_enabled(t, node))
			err = any_tree_reg(t, node, root, p, add_ram);
	if (!err)
		err = read_reservations(t, p);
	if (err || reserved < 0)
		return err;
	for (node = fdt_first_subnode(t->fdt, reserved); node >= 0 && !err;
	     node = fdt_next_subnode(t->fdt, node))
		if (any_tree_has(t, node, "reg") && any_tree_enabled(t, node))
			err = any_tree_reg(t, node, reserved, p, add_reserved);
	return err;
}
