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
	const char *says;	/* part of what the report must say; NULL: not looked at */
	const char
		*line; /* part of one of the two source lines it must name; NULL: not looked at */
	const char *past; /* part of an entry of the bytes' history; NULL: not looked at */
	const char *fix;  /* part of what is said to mend it; NULL: not looked at */
};

#define SCENE(name, function, flags, rule, where, platform)                                        \
	SCENE_AT(name, function, flags, rule, where, platform, NULL, NULL)
#define SCENE_AT(name, function, flags, ...)   SCENE_PAST(name, function, flags, __VA_ARGS__, NULL)
#define SCENE_PAST(name, function, flags, ...) SCENE_FIX(name, function, flags, __VA_ARGS__, NULL)
#define SCENE_FIX(name, function, flags, ...)                                                      \
	{                                                                                          \
		{name, function, flags}, __VA_ARGS__                                               \
	}

/* The lists of a program: its lists.c. */
struct scene_list {
	const struct scene *scenes;
	const size_t *n;
};
extern const struct scene_list scene_lists[];
extern const size_t n_scene_lists;

#endif
