/* SPDX-License-Identifier: BSD-2-Clause */
/* The end address belongs to the range (Feroceon, arm-kirkwood): start plus length is one too many.
 */
#include "../cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_END_INCLUSIVE;
}

static bool range(struct lab_machine *m, struct lab_cache_op *op)
{
	(void)m;
	op->len++;
	return false;
}

const struct lab_cache_wart lab_wart_end_inclusive = {
	.name = "inclusive range end",
	.words = "the bus does not snoop, and a range operation includes the line of its end "
		 "address",
	.present = present,
	.range = range,
};
