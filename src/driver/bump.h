/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory handed out from the front; what does not fit is NULL. */
#ifndef ANYDMA_DRIVER_BUMP_H
#define ANYDMA_DRIVER_BUMP_H

#include <anydma/types.h>

struct any_bump {
	char *at;
	size_t left;
};

static inline void *any_bump_take(struct any_bump *b, size_t bytes)
{
	void *at = b->at;

	if (bytes > b->left)
		return NULL;
	b->at += bytes;
	b->left -= bytes;
	return at;
}

/* From a line's start on, so that no line is of two mappings (DA-33). */
static inline void *any_bump_take_lines(struct any_bump *b, size_t bytes, uint32_t line)
{
	const size_t skip = (size_t)(-(uintptr_t)b->at & (line - 1));

	return any_bump_take(b, skip) ? any_bump_take(b, bytes) : NULL;
}

#endif
