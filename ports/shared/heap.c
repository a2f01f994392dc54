/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for tests, and what is written there. */
#include "port.h"

static size_t used, kept;

void *port_alloc(size_t size, size_t align)
{
	const uintptr_t start = (uintptr_t)port->heap.cpu;
	const uintptr_t at = (start + used + align - 1) & ~(uintptr_t)(align - 1);

	if (at - start > port->heap.size || size > port->heap.size - (at - start))
		port_panic("out of test memory");
	used = at - start + size;
	return (void *)at;
}

void port_alloc_reset(void)
{
	used = kept;
}

void port_alloc_keep(void)
{
	kept = used;
}

/* splitmix64 of the word's number. */
static uint64_t word(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

void port_pattern(void *to, size_t len, uint64_t seed, uint64_t offset)
{
	uint8_t *at = to;

	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(word(seed, (offset + i) / 8) >> 8 * ((offset + i) % 8));
}

size_t port_pattern_differs(const void *from, size_t len, uint64_t seed, uint64_t offset)
{
	const uint8_t *at = from;

	for (size_t i = 0; i < len; i++)
		if (at[i] != (uint8_t)(word(seed, (offset + i) / 8) >> 8 * ((offset + i) % 8)))
			return i;
	return len;
}
