/* SPDX-License-Identifier: BSD-2-Clause */
/* An invalidate forgets the line but not that it is dirty (Intel 80200 A0/A1, erratum 25). */
#include "../cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_INVAL_KEEPS_DIRTY;
}

static bool line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		    uint64_t base)
{
	if (op->kind == LAB_INVAL && lab_is_dirty(lab_line(m, view, base)))
		lab_ghost_make(m, view, base, op->pc);
	return false;
}

const struct lab_cache_wart lab_wart_keeps_dirty = {
	.name = "invalidate keeps dirty",
	.words = "an invalidated line that was dirty may still be written back",
	.present = present,
	.line = line_op,
	.device_load = lab_ghost_device_load,
	.device_store = lab_ghost_device_store,
	.misfortune = lab_ghost_misfortune,
};
