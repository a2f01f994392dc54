/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine frames under a guest's: each range of memory is shuffled by page, so that neighbours at
 * the CPU are strangers on the bus (M4: Xen). The pools were exchanged for whole runs and stay.
 *
 * A Feistel network of four rounds permutes 2^k numbers; walking on until the number is one of ours
 * permutes any set (cycle walking).
 */
#include "path.h"

#define PAGE 4096ull

static bool overlaps(uint64_t page, uint64_t base, uint64_t size)
{
	return size && page < base + size && base < page + PAGE;
}

static bool stays(const struct lab_machine *m, uint64_t page)
{
	const struct any_platform_machine *p = &m->plat->machine;

	return overlaps(page, p->bounce_base, p->bounce_size) ||
	       overlaps(page, p->coherent_base, p->coherent_size);
}

static uint32_t mix(uint32_t seed, unsigned round, uint32_t half, uint32_t mask)
{
	uint64_t x = ((uint64_t)seed << 32 | half) + round * 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return (uint32_t)(x >> 32) & mask;
}

static uint64_t feistel(uint32_t seed, unsigned half_bits, uint64_t n, bool back)
{
	uint32_t mask = (uint32_t)((1ull << half_bits) - 1);
	uint32_t a = (uint32_t)(n >> half_bits), b = (uint32_t)n & mask;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t t;

		if (back) {
			t = b ^ mix(seed, 3 - i, a, mask);
			b = a;
			a = t;
		} else {
			t = a ^ mix(seed, i, b, mask);
			a = b;
			b = t;
		}
	}
	return (uint64_t)a << half_bits | b;
}

static uint64_t shuffle(const struct lab_machine *m, uint64_t at, bool back)
{
	uint32_t seed = m->plat->machine.permutation;

	for (unsigned i = 0; i < m->n_ram && seed; i++) {
		const struct lab_bank *ram = &m->ram[i];
		uint64_t page = at - ram->base < ram->size ? (at - ram->base) / PAGE : ~0ull;
		unsigned half_bits = 1;

		if (page == ~0ull)
			continue;
		if (stays(m, ram->base + page * PAGE))
			return at;
		while (1ull << (2 * half_bits) < ram->size / PAGE)
			half_bits++;
		do
			page = feistel(seed + i, half_bits, page, back);
		while (page >= ram->size / PAGE || stays(m, ram->base + page * PAGE));
		return ram->base + page * PAGE + at % PAGE;
	}
	return at;
}

uint64_t lab_permute(const struct lab_machine *m, uint64_t phys)
{
	return shuffle(m, phys, false);
}

uint64_t lab_unpermute(const struct lab_machine *m, uint64_t bus)
{
	return shuffle(m, bus, true);
}
