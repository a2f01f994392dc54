/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An SMMUv3 by the specification: it remembers all it may (configurations, translations, tables on
 * the way), consumes commands late, and forgets what it was told to forget only at a CMD_SYNC.
 */
#ifndef ANYDMA_TESTS_IOMMU_SMMU_MODEL_H
#define ANYDMA_TESTS_IOMMU_SMMU_MODEL_H

#include "../walker.h"

#include <anydma/iommu/smmu.h>

#define CACHED 512u

struct config {
	bool valid, doomed;
	uint32_t stream;
	uint64_t ste[4], cd[4];
};

struct cached {
	bool valid, doomed, is_table;
	uint64_t tag, at, to; /* a page's translation, or the last table of 2 MiB */
	unsigned access;
	bool block; /* the page is part of one */
};

static struct model {
	struct memory m;
	uint8_t regs[ANY_SMMU_REGS];
	uint32_t idr0, idr1, idr5, cr0, ack, gbpa, gerror, gerrorn;
	uint32_t cmd_prod, cmd_cons, event_prod, event_cons;
	struct config configs[16];
	struct cached cached[CACHED];
	unsigned next, commands[256], syncs, events;
	bool forgotten; /* everything, once, at a SYNC */
	bool forgetting;
	bool mute, no_ack, no_update; /* does not answer */
	bool lie;		      /* CONS is garbage */
	uint32_t events_lie;	      /* what PROD of events is ahead of CONS */
	bool ordered;		      /* a read barrier since CONS, or PROD of events, was read */
	void (*meanwhile)(void);      /* at each barrier: devices do not wait */
	unsigned patience;	      /* looks until a command is consumed */
} x;

static inline uint32_t *reg_at(uint32_t reg)
{
	return (uint32_t *)(void *)(x.regs + reg);
}

static inline uint64_t reg64(uint32_t reg)
{
	return *reg_at(reg) | (uint64_t)*reg_at(reg + 4) << 32;
}

/* ---- events */

static inline void event(uint32_t type, uint32_t stream, uint64_t flags, uint64_t addr)
{
	const uint64_t base = reg64(0xa0);
	const uint32_t log2 = base & 0x1f, mask = (2u << log2) - 1;
	const uint64_t at = (base & 0xffffffffffe0ull) + 32 * (x.event_prod & ((1u << log2) - 1));
	const uint64_t words[] = {type | (uint64_t)stream << 32, flags, addr, 0};

	x.events++;
	assert_true(x.cr0 & 4);
	if (((x.event_prod - x.event_cons) & mask) == 1u << log2) {
		if (!((x.event_prod ^ x.event_cons) >> 31)) /* not lost before it was seen */
			x.event_prod ^= 1u << 31;
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		const uint64_t word = (at - ARENA_ADDR) / 8 + i;

		x.m.seen[word] = words[i];
		if (!x.m.pages.cache)
			x.m.cpu[word] = words[i];
	}
	x.event_prod = (x.event_prod & 1u << 31) | ((x.event_prod + 1) & mask);
}

/* ---- configuration: IHI 0070, 3.3 and 5 */

static inline bool fetch(uint32_t stream, struct config *c)
{
	const uint64_t base = reg64(0x80) & 0xfffffffffffc0ull;
	const uint32_t cfg = *reg_at(0x88), bits = cfg & 0x3f, split = cfg >> 6 & 0x1f;
	uint64_t at = base + 64ull * stream;

	if (bits < 32 && stream >> bits)
		return false;
	if (cfg >> 16 & 3) {
		const uint64_t l1 = seen_at(&x.m, base + 8 * (stream >> split));
		const uint32_t span = l1 & 0x1f, low = stream & ((1u << split) - 1);

		if (!span || low >= 1u << (span - 1))
			return false;
		at = (l1 & 0xfffffffffffc0ull) + 64ull * low;
	}
	*c = (struct config){.valid = true, .stream = stream};
	for (unsigned i = 0; i < 4; i++)
		c->ste[i] = seen_at(&x.m, at + 8 * i);
	if ((c->ste[0] & 0xf) != (1 | 5 << 1))
		return true;
	assert_int_equal(c->ste[0] >> 59, 0); /* one context */
	for (unsigned i = 0; i < 4; i++)
		c->cd[i] = seen_at(&x.m, (c->ste[0] & 0xfffffffffffc0ull) + 8 * i);
	return true;
}

static inline struct config *config_of(uint32_t stream)
{
	struct config *free = NULL;

	for (unsigned i = 0; i < 16; i++) {
		if (x.configs[i].valid && x.configs[i].stream == stream)
			return &x.configs[i];
		if (!x.configs[i].valid)
			free = &x.configs[i];
	}
	assert_non_null(free);
	return fetch(stream, free) ? free : NULL;
}

/* ---- translation */

static inline struct cached *cached_at(bool is_table, uint64_t tag, uint64_t at)
{
	for (unsigned i = 0; i < CACHED; i++) {
		struct cached *c = &x.cached[i];

		if (c->valid && c->is_table == is_table && c->tag == tag && c->at == at)
			return c;
	}
	return NULL;
}

static inline void remember_it(struct cached what)
{
	what.valid = true;
	x.cached[x.next++ % CACHED] = what;
}

/* Arm ARM D8.16: a block and pages in its place must never be cached together. */
static inline void check_conflict(uint64_t tag, uint64_t va, bool block)
{
	for (unsigned i = 0; i < CACHED; i++) {
		const struct cached *c = &x.cached[i];

		if (c->valid && !c->is_table && c->tag == tag && c->at >> 9 == va >> 21 &&
		    c->block != block)
			fail_msg("a block was not broken before its parts were made");
	}
}

static inline bool lookup(uint64_t tag, int stage, uint64_t root, uint64_t va, struct found *found)
{
	const struct cached *c = cached_at(false, tag, va >> 12);
	uint64_t l1, l2;

	if (c) {
		*found = (struct found){c->to | (va & 0xfff), c->access};
		return true;
	}
	c = cached_at(true, tag, va >> 21);
	if (c) { /* the table that stood there when it was last walked */
		const uint64_t leaf = seen_at(&x.m, c->to + 8 * (va >> 12 & 0x1ff));
		const unsigned ap = leaf >> 6 & 3;

		if ((leaf & 3) != 3)
			return false;
		found->phys = (leaf & 0xfffffffff000ull) | (va & 0xfff);
		found->access = stage == 2 ? ap : ap & 2 ? 1 : 3;
	} else if (!walk_arm(&x.m, root, va, stage, found)) {
		return false;
	}
	l1 = seen_at(&x.m, root + 8 * (va >> 30 & 0x1ff));
	l2 = (l1 & 3) == 3 ? seen_at(&x.m, (l1 & 0xfffffffff000ull) + 8 * (va >> 21 & 0x1ff)) : 0;
	if (!c)
		check_conflict(tag, va, (l2 & 3) != 3);
	remember_it((struct cached){.tag = tag,
				    .at = va >> 12,
				    .to = found->phys & ~0xfffull,
				    .access = found->access,
				    .block = !c && (l2 & 3) != 3});
	if (!c && (l2 & 3) == 3)
		remember_it((struct cached){.is_table = true,
					    .tag = tag,
					    .at = va >> 21,
					    .to = l2 & 0xfffffffff000ull});
	return true;
}

static inline bool translate(const struct config *c, uint64_t va, struct found *found)
{
	const unsigned kind = c->ste[0] >> 1 & 7;
	const uint64_t walk = kind == 5 ? c->cd[0] : c->ste[2] >> 32;

	assert_true(c->ste[1] >> 44 & 1);
	assert_int_equal(walk & 0x3f, 25); /* 39 bits */
	assert_int_equal(walk >> 14 & 1, kind == 5 ? 0 : walk >> 14 & 1);
	if (kind == 5) {
		assert_int_equal(walk & 0xc0, 0); /* 4 KiB */
		assert_true((walk >> 30 & 3) == 3 && (walk >> 41 & 1) && (walk >> 45 & 7) == 7);
		assert_int_equal(walk >> 32 & 7, (x.idr5 & 7) > 5 ? 5 : x.idr5 & 7);
		assert_int_equal(c->cd[3], 0x44ff04);
		return lookup(walk >> 48, 1, c->cd[1] & 0xfffffffffff0ull, va, found);
	}
	assert_int_equal(kind, 6);
	assert_int_equal(walk >> 6 & 3, 1); /* from level 1 */
	assert_int_equal(walk >> 14 & 3, 0);
	assert_int_equal(walk >> 16 & 7, (x.idr5 & 7) > 5 ? 5 : x.idr5 & 7);
	assert_true((c->ste[2] >> 51 & 1) && (c->ste[2] >> 58 & 1));
	return lookup(c->ste[2] & 0xffff, 2, c->ste[3] & 0xffffffffffff0ull, va, found);
}

/* A device's access: passes, or is stopped and reported. */
static inline bool access_by(uint32_t stream, uint64_t va, unsigned access, uint64_t *phys)
{
	const uint64_t flags = access == 1 ? 1ull << 35 : 0;
	struct config *c;
	struct found found;

	if (!(x.cr0 & 1)) {
		assert_true(x.gbpa >> 20 & 1); /* else it would pass unseen */
		return false;
	}
	c = config_of(stream);
	if (!c) {
		event(0x02, stream, 0, 0);
		return false;
	}
	if (!(c->ste[0] & 1)) {
		event(0x04, stream, 0, 0);
		return false;
	}
	if (!translate(c, va, &found)) {
		event(0x10, stream, flags, va);
		return false;
	}
	if (access & ~found.access) {
		event(0x13, stream, flags, va);
		return false;
	}
	*phys = found.phys;
	return true;
}

#endif
