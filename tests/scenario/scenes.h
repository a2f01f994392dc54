/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenes for the lab's own tests: a scenario each, what it must come to, and where. */
#ifndef ANYDMA_TESTS_SCENES_H
#define ANYDMA_TESTS_SCENES_H

#include <anydma/lab.h>

struct scene {
	struct any_lab_scenario scenario;
	enum any_lab_rule rule; /* ANY_LAB_OK: passes on every platform with every seed */
	const char *function;	/* where the report must point; NULL: not looked at */
	const char *platform;	/* NULL: all; a wrong one is found on at least this one */
};

#define SCENE(name, function, flags, ...)                                                          \
	{                                                                                          \
		{name, function, flags}, __VA_ARGS__                                               \
	}

#define SCENES(list)                                                                               \
	extern const struct scene scenes_##list[];                                                 \
	extern const size_t n_scenes_##list;
#include "list.h"
#undef SCENES

#endif
