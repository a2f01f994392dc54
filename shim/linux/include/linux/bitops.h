/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_BITOPS_H
#define ANYDMA_LINUX_LINUX_BITOPS_H

#include <linux/bits.h>

#define BIT_WORD(n) ((unsigned long)(n) / (unsigned long)BITS_PER_LONG)
#define BIT_MASK(n) (1ul << ((unsigned long)(n) % (unsigned long)BITS_PER_LONG))

static inline void set_bit(unsigned long n, volatile unsigned long *map)
{
	(void)__atomic_fetch_or(map + BIT_WORD(n), BIT_MASK(n), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned long n, volatile unsigned long *map)
{
	(void)__atomic_fetch_and(map + BIT_WORD(n), ~BIT_MASK(n), __ATOMIC_RELAXED);
}

static inline bool test_bit(unsigned long n, const volatile unsigned long *map)
{
	return map[BIT_WORD(n)] & BIT_MASK(n);
}

static inline bool test_and_set_bit(unsigned long n, volatile unsigned long *map)
{
	return __atomic_fetch_or(map + BIT_WORD(n), BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

static inline bool test_and_clear_bit(unsigned long n, volatile unsigned long *map)
{
	return __atomic_fetch_and(map + BIT_WORD(n), ~BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

#endif
