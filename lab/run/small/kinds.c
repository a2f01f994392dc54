/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds by their names. */
#include <string.h>

#include "small.h"

static const struct lab_small_kind kinds[] = {
#define LAB_SMALL(name) {#name, lab_model_##name, &lab_small_##name},
	LAB_SMALLS(LAB_SMALL)
#undef LAB_SMALL
};

const struct lab_small_kind *lab_small_kind(const char *name)
{
	for (size_t i = 0; i < ANY_ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}
