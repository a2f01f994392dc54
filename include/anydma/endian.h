/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that someone else reads or writes: little-endian words and single-copy accesses. Each
 * any_load_* reads memory exactly once, each any_store_* writes it exactly once: a value that the
 * other side may change is checked and used from the same read (D8, double fetch).
 */
#ifndef ANYDMA_ENDIAN_H
#define ANYDMA_ENDIAN_H

#include <anydma/types.h>

/* Same size and alignment as the word; the name says whose byte order it has. */
typedef uint16_t any_le16;
typedef uint32_t any_le32;
typedef uint64_t any_le64;

static inline uint16_t any_le16_to_cpu(any_le16 v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap16(v) : v;
}

static inline uint32_t any_le32_to_cpu(any_le32 v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(v) : v;
}

static inline uint64_t any_le64_to_cpu(any_le64 v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(v) : v;
}

static inline any_le16 any_cpu_to_le16(uint16_t v)
{
	return any_le16_to_cpu(v);
}

static inline any_le32 any_cpu_to_le32(uint32_t v)
{
	return any_le32_to_cpu(v);
}

static inline any_le64 any_cpu_to_le64(uint64_t v)
{
	return any_le64_to_cpu(v);
}

static inline uint16_t any_load_le16(const any_le16 *p)
{
	return any_le16_to_cpu(*(const volatile any_le16 *)p);
}

static inline uint32_t any_load_le32(const any_le32 *p)
{
	return any_le32_to_cpu(*(const volatile any_le32 *)p);
}

/* May tear on 32-bit machines: only for words that do not change while they are read. */
static inline uint64_t any_load_le64(const any_le64 *p)
{
	return any_le64_to_cpu(*(const volatile any_le64 *)p);
}

static inline void any_store_le16(any_le16 *p, uint16_t v)
{
	*(volatile any_le16 *)p = any_cpu_to_le16(v);
}

static inline void any_store_le32(any_le32 *p, uint32_t v)
{
	*(volatile any_le32 *)p = any_cpu_to_le32(v);
}

static inline void any_store_le64(any_le64 *p, uint64_t v)
{
	*(volatile any_le64 *)p = any_cpu_to_le64(v);
}

static inline uint32_t any_be32_to_cpu(uint32_t v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? v : __builtin_bswap32(v);
}

#endif
