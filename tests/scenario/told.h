/* SPDX-License-Identifier: BSD-2-Clause */
/* What every report has to tell, whatever it is about. */
#ifndef ANYDMA_TESTS_TOLD_H
#define ANYDMA_TESTS_TOLD_H

#include <stdbool.h>
#include <string.h>

#include <anydma/lab.h>
#include <anydma/platform.h>

/* What mends it, all of its words in place, and a platform of the catalogue to see it on. */
static inline bool told_fix(const struct any_lab_report *r)
{
	const char *where = any_lab_rules[r->rule].where;
	/* These hang on the driver's work, or on the call. */
	bool catalogued = !*where && (r->rule == ANY_LAB_MISUSE || r->rule >= ANY_LAB_DATA);

	for (size_t i = 0; i < any_platform_count; i++)
		catalogued |= !strcmp(where, any_platform_list[i].name);
	return catalogued && r->fix[0] && !strpbrk(r->fix, "{}");
}

/* The bytes it is about are drawn and marked; or the windows of the bus, with the address. Only a
 * contract broken in words, and what is found at the end of a run, may be about none. */
static inline bool told_picture(const struct any_lab_report *r)
{
	bool marked = false;

	for (uint32_t i = 0; i < r->n_lines; i++)
		marked |= strchr(r->lines[i].state, 'X') != NULL;
	return marked || (!r->len && !r->n_lines &&
			  (r->rule == ANY_LAB_MISUSE || r->rule >= ANY_LAB_TRUSTED));
}

#endif
