/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_BITS_H
#define ANYDMA_LINUX_LINUX_BITS_H

#include <linux/types.h>

#define BITS_PER_LONG	       (8 * (int)sizeof(long))
#define BIT(n)		       (1ul << (n))
#define BIT_ULL(n)	       (1ull << (n))
#define GENMASK(high, low)     ((~0ul << (low)) & (~0ul >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) ((~0ull << (low)) & (~0ull >> (63 - (high))))
#define FIELD_GET(mask, reg)   (((reg) & (mask)) >> __builtin_ctzll(mask))
#define FIELD_PREP(mask, val)  (((__typeof__(mask))(val) << __builtin_ctzll(mask)) & (mask))

#endif
