/* SPDX-License-Identifier: BSD-2-Clause */
/* RAM and what of it is spoken for. */
#include "platform/read.h"

#include "base/bits.h"

static uint64_t last(uint64_t base, uint64_t size)
{
	return base + (size - 1);
}

static int add_ram(const struct tree *t, int node, struct any_platform *p, uint64_t base,
		   uint64_t size)
{
	if (!size) /* the boot loader fills it in */
		return 0;
	if (last(base, size) < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "memory wraps");
	if (!any_range_add(p->ram, &p->n_ram, ANY_PLATFORM_RANGES, base, last(base, size)))
		return any_tree_error(t, -ANY_ENOSPC, node, "reg", "more memory ranges than fit");
	return 0;
}

static int add_reserved(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			uint64_t size)
{
	if (!size)
		return 0;
	if (last(base, size) < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "reserved memory wraps");
	if (!any_range_add(p->reserved, &p->n_reserved, ANY_PLATFORM_RESERVED, base,
			   last(base, size)))
		return any_tree_error(t, -ANY_ENOSPC, node, "reg", "more reserved ranges than fit");
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

/* linux,usable-memory takes the place of reg: a kernel started after a crash has less. */
static int read_ram(const struct tree *t, int node, struct any_platform *p)
{
	const char *property =
		any_tree_has(t, node, "linux,usable-memory") ? "linux,usable-memory" : "reg";
	uint32_t before = p->n_ram;
	int err = any_tree_reg(t, node, property, 0, p, add_ram);

	if (!err)
		any_tree_why(t, ANY_FACT_MEMORY, node, property,
			     p->n_ram > before ? "memory"
					       : "no memory of its own: empty, or said before");
	return err;
}

/*
 * Linux passes over a region whose reg is not whole, and so do we: the region is then not reserved.
 */
static int read_region(const struct tree *t, int parent, int node, struct any_platform *p)
{
	int err = any_tree_reg(t, node, "reg", parent, p, add_reserved);

	if (err == -ANY_EINVAL) {
		any_tree_why(t, ANY_FACT_IGNORED, node, "reg", "is not whole ranges");
		return 0;
	}
	if (!err)
		any_tree_why(t, ANY_FACT_MEMORY, node, "reg", "reserved");
	return err;
}

int any_platform_read_memory(const struct tree *t, struct any_platform *p)
{
	int node, err = 0, reserved = any_tree_top(t, "reserved-memory");

	for (node = any_tree_first(t, 0); node >= 0 && !err; node = any_tree_next(t, node))
		if (any_tree_is(t, node, "device_type", "memory") && any_tree_enabled(t, node))
			err = read_ram(t, node, p);
	if (!err)
		err = read_reservations(t, p);
	for (node = any_tree_first(t, reserved); node >= 0 && !err; node = any_tree_next(t, node))
		if (any_tree_has(t, node, "reg") && any_tree_enabled(t, node))
			err = read_region(t, reserved, node, p);
	return err;
}
