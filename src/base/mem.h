/* SPDX-License-Identifier: BSD-2-Clause */
/* The four functions gcc and clang demand of any freestanding environment, and no others. */
#ifndef ANYDMA_BASE_MEM_H
#define ANYDMA_BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
