/* SPDX-License-Identifier: BSD-2-Clause */
/* "Flush" is libmetal's word for clean: the lines go to memory, and stay. */
#ifndef ANYDMA_METAL_CACHE_H
#define ANYDMA_METAL_CACHE_H

#include <anydma/lab/shim.h>
#include <anydma_metal_words.h>

static inline __attribute__((always_inline)) void metal_cache_flush(void *addr, unsigned int len)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN, addr, len);
}

static inline __attribute__((always_inline)) void metal_cache_invalidate(void *addr,
									 unsigned int len)
{
	any_lab_cache(ANY_LAB_CACHE_INVAL, addr, len);
}

#endif
