/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bugs that other projects really had, each a small driver in that project's style on its shim. The
 * buggy form is found on its platform within 200 seeds, by its rule, on a line that is marked BUG;
 * the fixed form passes everywhere.
 *
 * One file NAME.c and one line in list.h make a case. NAME is <project>-<number>-<what>.
 */
#ifndef ANYDMA_TESTS_CASE_H
#define ANYDMA_TESTS_CASE_H

#include <anydma/lab.h>

struct any_case {
	const char *name;
	const char *issue; /* "apache/nuttx #19506" */
	const char *bug;   /* one sentence, in our words */
	enum any_lab_rule rule;
	const char *platform; /* where the buggy form is run */
	uint32_t flags;	      /* of the scenario */
	/* Platforms where the fixed form cannot be right either, as a list of names, and why. */
	const char *except, *because;
	const char *file;
	int (*buggy)(struct any_lab *lab);
	int (*fixed)(struct any_lab *lab);
};

/* The driver is told which form it is: `fixed` decides a few lines of it, side by side. */
#define ANY_CASE(ident, run, ...)                                                                  \
	static int ident##_buggy(struct any_lab *lab)                                              \
	{                                                                                          \
		return run(lab, false);                                                            \
	}                                                                                          \
	static int ident##_fixed(struct any_lab *lab)                                              \
	{                                                                                          \
		return run(lab, true);                                                             \
	}                                                                                          \
	const struct any_case any_case_##ident = {                                                 \
		.buggy = ident##_buggy, .fixed = ident##_fixed, .file = __FILE__, __VA_ARGS__}

#define CASE(shim, name, ident) extern const struct any_case any_case_##ident;
#include "list.h"
#undef CASE

#endif
