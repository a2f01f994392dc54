/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees by name: the catalogue's, and the test machines of tests/lab/platforms. */
#ifndef LAB_TREES_H
#define LAB_TREES_H

#include <string.h>

#include <anydma/platform.h>

extern const struct any_platform_entry lab_tree_list[];
extern const unsigned lab_tree_count;

static inline const struct any_platform_entry *lab_tree(const char *name)
{
	for (unsigned i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, name))
			return &any_platform_list[i];
	for (unsigned i = 0; i < lab_tree_count; i++)
		if (!strcmp(lab_tree_list[i].name, name))
			return &lab_tree_list[i];
	return NULL;
}

#endif
