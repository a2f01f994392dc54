/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring under watch: built with the compiler's announcements of every load and store (the hooks
 * are watched.c's, not a sanitizer's) and with barriers that announce themselves.
 */
#ifndef ANYDMA_TESTS_RING_WATCHED_H
#define ANYDMA_TESTS_RING_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watched {
	uintptr_t from, to; /* only accesses in here are told */
	/* before the access */
	void (*access)(void *ctx, uintptr_t at, unsigned bytes, bool store);
	void (*barrier)(void *ctx, const char *name);
	void *ctx;
};
extern struct watched watched; /* nothing is told while access is NULL */

#endif
