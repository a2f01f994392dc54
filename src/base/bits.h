/* SPDX-License-Identifier: BSD-2-Clause */
/* Alignment, powers of two, and sums that do not wrap. No policy. */
#ifndef ANYDMA_BASE_BITS_H
#define ANYDMA_BASE_BITS_H

#include <anydma/types.h>

static inline bool any_is_pow2(uint64_t x)
{
	return x && !(x & (x - 1));
}

static inline uint64_t any_align_down(uint64_t x, uint64_t pow2)
{
	return x & ~(pow2 - 1);
}

/* Wraps to 0 past 2^64 - pow2: check first where x is not ours. */
static inline uint64_t any_align_up(uint64_t x, uint64_t pow2)
{
	return (x + pow2 - 1) & ~(pow2 - 1);
}

/* floor(log2(x)), x != 0 */
static inline unsigned any_log2(uint64_t x)
{
	return 63u - (unsigned)__builtin_clzll(x);
}

/* Smallest n with 2^n >= x; 0 for 0 and 1. */
static inline unsigned any_order(uint64_t x)
{
	return x <= 1 ? 0 : any_log2(x - 1) + 1;
}

static inline uint64_t any_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t any_max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* True if a + b wraps; else *sum holds it. */
static inline bool any_add_overflows(uint64_t a, uint64_t b, uint64_t *sum)
{
	return __builtin_add_overflow(a, b, sum);
}

/* [a, a + len) lies inside [base, base + size); false if either wraps or len is 0. */
static inline bool any_range_within(uint64_t a, uint64_t len, uint64_t base, uint64_t size)
{
	return len && a >= base && a - base < size && len <= size - (a - base);
}

#endif
