/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_ZEPHYR_TOOLCHAIN_H
#define ANYDMA_ZEPHYR_TOOLCHAIN_H

#include <anydma_zephyr_words.h>

#define ALWAYS_INLINE		     static inline __attribute__((always_inline, unused))
#define __aligned(n)		     __attribute__((aligned(n)))
#define __packed		     __attribute__((packed))
#define __unused		     __attribute__((unused))
#define ARG_UNUSED(x)		     ((void)(x))
#define BIT(n)			     (1UL << (n))
#define ARRAY_SIZE(a)		     (sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(x, n)		     (((x) + (n)-1) / (n) * (n))
#define BUILD_ASSERT(condition, ...) _Static_assert(condition, "" __VA_ARGS__)
#define compiler_barrier()	     __asm__ volatile("" ::: "memory")

/* The longest line of the catalogue: what is aligned by it owns its lines on every machine. */
#define CONFIG_DCACHE_LINE_SIZE 128

#endif
