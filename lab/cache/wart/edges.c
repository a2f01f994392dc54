/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A prefetcher works at both ends of a range while it is invalidated (BMIPS5000): what is dirty in
 * the two lines next to each end is fetched again and written back later.
 */
#include "../cache.h"

#define NEAR 2 /* lines */

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_EDGES;
}

static bool line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		    uint64_t base)
{
	uint64_t near = (uint64_t)NEAR * m->line;
	bool edge = base < op->phys + near || base + near >= op->phys + op->len;

	if (op->kind == LAB_INVAL && edge && lab_is_dirty(lab_line(m, view, base)))
		lab_ghost_make(m, view, base, op->pc);
	return false;
}

const struct lab_cache_wart lab_wart_edges = {
	.name = "prefetch at range ends",
	.words = "a prefetcher keeps dirty lines at the ends of a range that is invalidated",
	.present = present,
	.line = line_op,
	.device_load = lab_ghost_device_load,
	.device_store = lab_ghost_device_store,
	.misfortune = lab_ghost_misfortune,
};
