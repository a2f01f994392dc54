/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libfdt asks of an environment without a C library, so that src/platform can be compiled for
 * every target with the host's libfdt.h. A real port supplies its own.
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/endian.h"
#include "base/mem.h"

/* Of <limits.h>, which a cross compiler may have only with its C library's headers. */
#define INT_MAX __INT_MAX__

/* libfdt's words are big-endian bytes; the names are libfdt's. */
typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

static inline uint16_t fdt16_to_cpu(fdt16_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? x : __builtin_bswap16(x);
}

static inline uint32_t fdt32_to_cpu(fdt32_t x)
{
	return any_be32_to_cpu(x);
}

static inline uint64_t fdt64_to_cpu(fdt64_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? x : __builtin_bswap64(x);
}

static inline fdt16_t cpu_to_fdt16(uint16_t x)
{
	return fdt16_to_cpu(x);
}

static inline fdt32_t cpu_to_fdt32(uint32_t x)
{
	return fdt32_to_cpu(x);
}

static inline fdt64_t cpu_to_fdt64(uint64_t x)
{
	return fdt64_to_cpu(x);
}

size_t strlen(const char *s);

#endif
