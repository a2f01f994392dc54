/* SPDX-License-Identifier: BSD-2-Clause */
/* What the CPU nodes say: the architecture, and the line of its caches. */
#include "platform/read.h"

#include "base/bits.h"

#define LARGEST_LINE 128u

bool any_platform_is_riscv(const struct tree *t)
{
	int node = any_tree_first(t, any_tree_top(t, "cpus"));

	for (; node >= 0; node = any_tree_next(t, node))
		if (any_tree_compatible(t, node, "riscv"))
			return true;
	return false;
}

/* The property, if it is there, into the largest seen so far. */
static int larger(const struct tree *t, int node, const char *property, uint32_t *line)
{
	uint32_t value;
	int err = any_tree_u32(t, node, property, 0, &value);

	if (err || !any_tree_has(t, node, property))
		return err;
	if (!any_is_pow2(value) || value > LARGEST_LINE)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "is not a power of two up to 128");
	if (value > *line) {
		any_tree_why(t, ANY_FACT_CACHE, node, property, "the largest line so far");
		*line = value;
	}
	return 0;
}

/*
 * Maintenance has to fit the largest line between any CPU and the bus. What /anydma says counts;
 * else the Devicetree Specification's properties of the CPU nodes, and of /cpus for all of them.
 */
int any_platform_read_cpus(const struct tree *t, struct any_platform *p)
{
	static const char *const names[] = {"d-cache-line-size", "cache-line-size"};
	int cpus = any_tree_top(t, "cpus"), err = 0;
	int machine = any_tree_top(t, "anydma");

	if (any_tree_has(t, machine, "anydma,cache-line"))
		return larger(t, machine, "anydma,cache-line", &p->machine.cache.line);
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(names) && !err; i++) {
		int node = any_tree_first(t, cpus);

		err = larger(t, cpus, names[i], &p->machine.cache.line);
		for (; node >= 0 && !err; node = any_tree_next(t, node))
			err = larger(t, node, names[i], &p->machine.cache.line);
	}
	return err;
}
