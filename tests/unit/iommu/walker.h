/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walkers written from the specifications, not from src/iommu/table/format.c; and memory as an
 * IOMMU sees it, which is behind what the CPU stored until a barrier (or a clean and a sync) came.
 */
#ifndef ANYDMA_TESTS_IOMMU_WALKER_H
#define ANYDMA_TESTS_IOMMU_WALKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <anydma/iommu/table.h>

#define ARENA	   64u
#define ARENA_ADDR 0x4740000000ull
#define WORDS	   (ARENA * ANY_IOMMU_PAGE / 8)
#define GARBAGE	   0xdeadbeefdeadbeefull

struct memory {
	uint64_t cpu[WORDS] __attribute__((aligned(65536))); /* what was stored */
	uint64_t seen[WORDS];				     /* what the IOMMU finds */
	bool cleaned[WORDS];
	struct any_iommu_page page[ARENA];
	struct any_iommu_pages pages;
	unsigned cleans, invals, syncs, barriers;
	uint64_t (*table)(uint64_t entry); /* a pointer's address, or 0; NULL: nobody asks */
	/* More about a word that is about to be seen. */
	void (*more)(const struct memory *m, uint32_t word);
};

struct found {
	uint64_t phys;
	unsigned access; /* 1 read, 2 write */
};

typedef bool walker(const struct memory *m, uint64_t root, uint64_t va, struct found *found);

static inline uint64_t seen_at(const struct memory *m, uint64_t addr)
{
	assert_true(addr >= ARENA_ADDR && addr < ARENA_ADDR + sizeof(m->seen) && addr % 8 == 0);
	return m->seen[(addr - ARENA_ADDR) / 8];
}

/* ---- Arm ARM D8: descriptors with the 4 KiB granule; walks begin at level 1 (39 bits) */

static inline bool arm_leaf(const struct memory *m, uint64_t root, uint64_t va, uint64_t *desc,
			    uint64_t *mask)
{
	uint64_t table = root;

	if (va >> 39)
		return false;
	for (int level = 1; level <= 3; level++) {
		const int low = 39 - 9 * level;

		*desc = seen_at(m, table + 8 * (va >> low & 0x1ff));
		*mask = (1ull << low) - 1;
		if (!(*desc & 1))
			return false;
		if (level == 3)
			return *desc & 2;
		if (!(*desc & 2))
			return true;
		table = *desc & 0xfffffffff000ull;
	}
	return false;
}

static inline bool walk_arm(const struct memory *m, uint64_t root, uint64_t va, int stage,
			    struct found *found)
{
	uint64_t desc, mask;
	unsigned ap;

	if (!arm_leaf(m, root, va, &desc, &mask))
		return false;
	assert_true(desc & 1u << 10); /* without it: an access flag fault */
	assert_int_equal(desc & 0xfffffffff000ull & mask, 0);
	ap = desc >> 6 & 3;
	if (stage == 1)
		assert_true(ap & 1); /* a device's accesses are not privileged */
	found->access = stage == 2 ? ap : ap & 2 ? 1 : 3;
	found->phys = (desc & 0xfffffffff000ull & ~mask) | (va & mask);
	return true;
}

static inline bool walk_arm_s1(const struct memory *m, uint64_t root, uint64_t va, struct found *f)
{
	return walk_arm(m, root, va, 1, f);
}

static inline bool walk_arm_s2(const struct memory *m, uint64_t root, uint64_t va, struct found *f)
{
	return walk_arm(m, root, va, 2, f);
}

static inline uint64_t arm_table(uint64_t e)
{
	return (e & 3) == 3 ? e & 0xfffffffff000ull : 0;
}

/* ---- VT-d 3.7 and 9.8: what a walk may is what every entry on it may */

static inline bool walk_vtd(const struct memory *m, uint64_t root, uint64_t va, struct found *found)
{
	uint64_t table = root;

	found->access = 3;
	if (va >> 48)
		return false;
	for (int low = 39; low >= 12; low -= 9) {
		const uint64_t e = seen_at(m, table + 8 * (va >> low & 0x1ff));
		const uint64_t mask = (1ull << low) - 1;

		found->access &= e & 3;
		if (!(e & 3))
			return false;
		if (low == 12 || e & 0x80) {
			assert_true(low <= 30);
			assert_int_equal(e & 0xffffffffff000ull & mask, 0);
			found->phys = (e & 0xffffffffff000ull) | (va & mask);
			return true;
		}
		table = e & 0xffffffffff000ull;
	}
	return false;
}

static inline uint64_t vtd_table(uint64_t e)
{
	return (e & 3) && !(e & 0x80) ? e & 0xffffffffff000ull : 0;
}

/* ---- RISC-V privileged 4.4: Sv39 and Sv48 */

static inline bool walk_sv(const struct memory *m, uint64_t root, uint64_t va, int levels,
			   struct found *found)
{
	const int bits = 12 + 9 * levels;
	uint64_t table = root;

	if (va != (uint64_t)((int64_t)(va << (64 - bits)) >> (64 - bits)))
		return false;
	for (int low = bits - 9; low >= 12; low -= 9) {
		const uint64_t e = seen_at(m, table + 8 * (va >> low & 0x1ff));
		const uint64_t mask = (1ull << low) - 1, at = (e >> 10 & 0xfffffffffffull) << 12;

		if (!(e & 1))
			return false;
		assert_int_equal(e >> 54, 0); /* reserved, and extensions nobody asked for */
		assert_true((e & 6) != 4);    /* write alone is reserved */
		if (e & 0xe) {
			assert_int_equal(at & mask, 0);	  /* a misaligned superpage faults */
			assert_int_equal(e & 0xd0, 0xd0); /* U; A and D, or hardware may fault */
			found->access = (e & 2 ? 1u : 0) | (e & 4 ? 2u : 0);
			found->phys = at | (va & mask);
			return true;
		}
		assert_int_equal(e & 0xd0, 0); /* reserved in a pointer */
		table = at;
	}
	return false;
}

static inline bool walk_sv39(const struct memory *m, uint64_t root, uint64_t va, struct found *f)
{
	return walk_sv(m, root, va, 3, f);
}

static inline bool walk_sv48(const struct memory *m, uint64_t root, uint64_t va, struct found *f)
{
	return walk_sv(m, root, va, 4, f);
}

static inline uint64_t sv_table(uint64_t e)
{
	return (e & 0xf) == 1 ? (e >> 10 & 0xfffffffffffull) << 12 : 0;
}

/* ---- memory */

/*
 * Stores between two barriers arrive in any order, so also a pointer first: what it points to must
 * have been seen before, as zeroes at least; where a leaf stood, with all that is left of it.
 */
static inline void check_arrival(const struct memory *m, uint32_t word)
{
	const uint64_t old = m->seen[word];
	const uint64_t to = m->table ? m->table(m->cpu[word]) : 0;
	const uint32_t first = (uint32_t)((to - ARENA_ADDR) / 8);

	if (m->more)
		m->more(m, word);
	if (!to || m->table(old) == to || to < ARENA_ADDR || to >= ARENA_ADDR + sizeof(m->cpu))
		return;
	for (uint32_t i = first; i < first + 512; i++) {
		if (m->seen[i] != m->cpu[i] && m->seen[i] && m->cpu[i])
			fail_msg("a walker may find %llx in a table that is linked",
				 (unsigned long long)m->seen[i]);
		if (old && old != GARBAGE && !m->seen[i] && m->cpu[i])
			fail_msg("a walker misses a part of a block that stays");
	}
}

static inline void arrive(struct memory *m, bool all)
{
	for (uint32_t i = 0; i < WORDS; i++)
		if ((all || m->cleaned[i]) && m->cpu[i] != m->seen[i])
			check_arrival(m, i);
	for (uint32_t i = 0; i < WORDS; i++)
		if (all || m->cleaned[i])
			m->seen[i] = m->cpu[i];
	memset(m->cleaned, 0, sizeof(m->cleaned));
}

static inline void memory_clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct memory *m = ctx;
	const size_t at = (size_t)((uint8_t *)va - (uint8_t *)m->cpu);

	assert_true(at < sizeof(m->cpu) && len <= sizeof(m->cpu) - at);
	assert_int_equal(phys.raw, 0x999000 + at);
	m->cleans++;
	for (size_t i = at / 8; i < (at + len + 7) / 8; i++)
		m->cleaned[i] = true;
}

/* The device wrote `seen`. */
static inline void memory_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct memory *m = ctx;
	const size_t at = (size_t)((uint8_t *)va - (uint8_t *)m->cpu);

	(void)phys;
	assert_true(at < sizeof(m->cpu) && len <= sizeof(m->cpu) - at);
	m->invals++;
	memcpy((uint8_t *)m->cpu + at, (uint8_t *)m->seen + at, len);
}

static inline void memory_sync(void *ctx)
{
	struct memory *m = ctx;

	m->syncs++;
	arrive(m, false);
}

/* mock_barrier's part: any_mmio_wmb. */
static inline void memory_barrier(struct memory *m)
{
	m->barriers++;
	if (!m->pages.cache)
		arrive(m, true);
}

static inline void memory_init(struct memory *m, uint32_t count, bool noncoherent)
{
	static const struct any_dma_cache_ops ops = {memory_clean, memory_inval, NULL, memory_sync};

	memset(m, 0, sizeof(*m));
	for (uint32_t i = 0; i < WORDS; i++)
		m->cpu[i] = m->seen[i] = GARBAGE;
	m->pages = (struct any_iommu_pages){.cpu = m->cpu,
					    .addr = any_dma(ARENA_ADDR),
					    .phys = any_phys(0x999000),
					    .count = count,
					    .page = m->page,
					    .cache = noncoherent ? &ops : NULL,
					    .ctx = m};
	assert_int_equal(any_iommu_pages_init(&m->pages), 0);
}

#endif
