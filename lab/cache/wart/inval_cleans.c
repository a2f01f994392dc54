/* SPDX-License-Identifier: BSD-2-Clause */
/* There is one operation, and it writes back (SiFive ccache, rv-jh7100): what is dirty when the
 * line is invalidated goes to memory, over what a device may have put there. */
#include "../cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_INVAL_CLEANS;
}

static bool range(struct lab_machine *m, struct lab_cache_op *op)
{
	(void)m;
	op->kind = LAB_CLEAN_INVAL;
	return false;
}

const struct lab_cache_wart lab_wart_inval_cleans = {
	.name = "no invalidate without write-back",
	.words = "the bus does not snoop, and an invalidate writes dirty lines back",
	.present = present,
	.range = range,
};
