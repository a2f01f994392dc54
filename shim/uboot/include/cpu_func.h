/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_CPU_FUNC_H
#define ANYDMA_UBOOT_CPU_FUNC_H

#include <anydma/lab/shim.h>
#include <anydma_uboot_words.h>

/*
 * Whole lines, rounded outwards. flush is clean and invalidate. Inline: what they dropped may be
 * missed much later, and the report then names the driver's line.
 */
static inline __attribute__((always_inline)) void flush_dcache_range(unsigned long start,
								     unsigned long stop)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN_INVAL, (void *)start, stop - start);
}

static inline __attribute__((always_inline)) void invalidate_dcache_range(unsigned long start,
									  unsigned long stop)
{
	any_lab_cache(ANY_LAB_CACHE_INVAL, (void *)start, stop - start);
}

void flush_cache(unsigned long start, unsigned long size);
void flush_dcache_all(void);
void invalidate_dcache_all(void);
int dcache_status(void);

#endif
