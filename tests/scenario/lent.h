/* SPDX-License-Identifier: BSD-2-Clause */
/* What touches a buffer that is the device's: one call of the C library a scene. */
#ifndef ANYDMA_TESTS_LENT_H
#define ANYDMA_TESTS_LENT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes.h"

#define LENT	   256u
#define LENT_HOLDS "a buffer"

static volatile uintptr_t lent_kept; /* or nobody would call what only reads */

static inline char *lend(struct any_lab *lab, struct any_dma_mapping *map)
{
	char *p = any_lab_alloc(lab, LENT);

	memset(p, 0, LENT);
	memcpy(p, LENT_HOLDS, sizeof(LENT_HOLDS));
	return any_dma_map(any_lab_dma(lab), p, LENT, ANY_DMA_BOTH, map) ? NULL : p;
}

/* In `call`, p is lent and own is the function's. */
#define TOUCH(name, where, call)                                                                   \
	static int touch_##name(struct any_lab *lab)                                               \
	{                                                                                          \
		struct any_dma_mapping map;                                                        \
		char own[LENT] = LENT_HOLDS;                                                       \
		char *p = lend(lab, &map);                                                         \
                                                                                                   \
		if (!p)                                                                            \
			return -1;                                                                 \
		ANY_LAB_CHECK(lab, own[0] == 'a');                                                 \
		lent_kept = (uintptr_t)(call);                                                     \
		any_dma_unmap(any_lab_dma(lab), &map);                                             \
		return 0;                                                                          \
	}
#define TOUCH_SCENE(name, where, call)                                                             \
	SCENE("string-" #name, touch_##name, 0, ANY_LAB_CPU_TOUCH, #where, "arm64-nc"),

/* A function that hands its own arguments on, as `call` says with args. */
#define HANDS_ON(name, call)                                                                       \
	static __attribute__((format(printf, 2, 3))) ANY_NOINLINE int name(                        \
		void *to, const char *format, ...)                                                 \
	{                                                                                          \
		va_list args;                                                                      \
		int n;                                                                             \
                                                                                                   \
		(void)to;                                                                          \
		va_start(args, format);                                                            \
		n = call;                                                                          \
		va_end(args);                                                                      \
		return n;                                                                          \
	}

#endif
