/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A RISC-V IOMMU by the specification: it remembers all it may (contexts, translations, tables on
 * the way, and that there was nothing), fetches commands before it executes them, and forgets what
 * it was told to forget only at an IOFENCE.C.
 */
#ifndef ANYDMA_TESTS_IOMMU_RISCV_MODEL_H
#define ANYDMA_TESTS_IOMMU_RISCV_MODEL_H

#include "../walker.h"

#include <anydma/iommu/riscv.h>

#define CACHED 512u

struct context {
	bool valid, doomed;
	uint32_t device;
	uint64_t words[4];
};

struct cached {
	bool valid, doomed, is_table;
	uint64_t tag, at, to; /* a page's translation, or the last table of 2 MiB; 0: nothing */
	unsigned access;
};

static struct model {
	struct memory m;
	uint8_t regs[ANY_RISCV_IOMMU_REGS];
	uint64_t capabilities, ddtp, cqb, fqb;
	uint32_t fctl, cqh, cqt, cqcsr, fqh, fqt, fqcsr;
	uint32_t most_levels; /* of the directory that it takes */
	struct context contexts[16];
	struct cached cached[CACHED];
	unsigned next, commands[4], by_page, fences, busy, patience;
	bool ordered; /* a read barrier since CQH, or FQT, was read */
	bool on;      /* everything was forgotten since the directory is there */
	bool stuck, mute, big_endian;
	uint32_t head_lie, tail_lie; /* what they are ahead */
} x;

/* ---- reports: 3.2 */

static inline void report(uint32_t cause, uint32_t type, uint32_t device, uint64_t addr)
{
	const uint32_t size = 2u << (x.fqb & 0x1f);
	const uint64_t at = ((x.fqb >> 10) << 12) + 32ull * x.fqt;
	const uint64_t words[] = {cause | (uint64_t)type << 34 | (uint64_t)device << 40, 0, addr,
				  0};

	assert_true(x.fqcsr >> 16 & 1);
	if ((x.fqt + 1) % size == x.fqh) {
		x.fqcsr |= 1u << 9;
		return;
	}
	if (x.fqcsr & 1u << 9)
		return;
	for (unsigned i = 0; i < 4; i++) {
		const uint64_t word = (at - ARENA_ADDR) / 8 + i;

		x.m.seen[word] = words[i];
		if (!x.m.pages.cache)
			x.m.cpu[word] = words[i];
	}
	x.fqt = (x.fqt + 1) % size;
}

/* ---- the directory: 2.1 */

static inline bool fetch(uint32_t device, struct context *c)
{
	const uint32_t bytes = x.capabilities >> 22 & 1 ? 64 : 32, low = bytes == 64 ? 6 : 7;
	uint64_t at = (x.ddtp >> 10 & 0xfffffffffffull) << 12;
	const int levels = (int)(x.ddtp & 0xf) - 1;

	if (levels < 3 && device >> (low + 9u * (unsigned)(levels - 1)))
		return false;
	for (int level = levels - 1; level > 0; level--) {
		const uint64_t e = seen_at(
			&x.m, at + 8 * (device >> (low + 9u * (unsigned)(level - 1)) & 0x1ff));

		if (!(e & 1))
			return false;
		assert_int_equal(e & 0xffc00000000003feull, 0);
		at = (e >> 10) << 12;
	}
	*c = (struct context){.valid = true, .device = device};
	for (unsigned i = 0; i < 4; i++)
		c->words[i] = seen_at(&x.m, at + bytes * (device & ((1u << low) - 1)) + 8 * i);
	return true;
}

static inline const struct context *context_of(uint32_t device)
{
	struct context *free = NULL;

	for (unsigned i = 0; i < 16; i++) {
		if (x.contexts[i].valid && x.contexts[i].device == device)
			return &x.contexts[i];
		if (!x.contexts[i].valid)
			free = &x.contexts[i];
	}
	assert_non_null(free);
	return fetch(device, free) ? free : NULL;
}

/* ---- translation */

static inline const struct cached *cached_at(bool is_table, uint64_t tag, uint64_t at)
{
	for (unsigned i = 0; i < CACHED; i++) {
		const struct cached *c = &x.cached[i];

		if (c->valid && c->is_table == is_table && c->tag == tag && c->at == at)
			return c;
	}
	return NULL;
}

static inline const struct cached *remember_it(struct cached what)
{
	struct cached *c = &x.cached[x.next++ % CACHED];

	what.valid = true;
	*c = what;
	return c;
}

/* The table of 2 MiB; 0: there is none, or a block. */
static inline uint64_t last_table(uint64_t root, int levels, uint64_t va)
{
	uint64_t at = root;

	for (int low = 12 + 9 * (levels - 1); low > 12 && at; low -= 9)
		at = sv_table(seen_at(&x.m, at + 8 * (va >> low & 0x1ff)));
	return at;
}

static inline bool lookup(uint64_t tag, uint64_t root, int levels, uint64_t va, struct found *found)
{
	const struct cached *c = cached_at(false, tag, va >> 12), *t;
	uint64_t e;

	if (!c) {
		t = cached_at(true, tag, va >> 21);
		found->phys = found->access = 0;
		if (!t && !walk_sv(&x.m, root, va, levels, found))
			found->access = 0;
		if (t && t->to) { /* what stood there when it was last walked */
			e = seen_at(&x.m, t->to + 8 * (va >> 12 & 0x1ff));
			found->access = e & 1 ? (e & 2 ? 1u : 0) | (e & 4 ? 2u : 0) : 0;
			found->phys = (e >> 10 & 0xfffffffffffull) << 12;
		}
		e = last_table(root, levels, va);
		if (!t && (e || !found->access))
			remember_it((struct cached){
				.is_table = true, .tag = tag, .at = va >> 21, .to = e});
		c = remember_it((struct cached){.tag = tag,
						.at = va >> 12,
						.to = found->phys & ~0xfffull,
						.access = found->access});
	}
	*found = (struct found){c->to | (va & 0xfff), c->access};
	return c->access;
}

/* A device's access: passes, or is stopped and reported. */
static inline bool access_by(uint32_t device, uint64_t va, unsigned access, uint64_t *phys)
{
	const uint32_t type = access == 1 ? 2 : 3, mode = x.ddtp & 0xf;
	const struct context *c;
	struct found found;

	if (mode == 0)
		return false;
	assert_true(mode >= 2 && x.on);
	c = context_of(device);
	if (!c || !(c->words[0] & 1)) {
		report(258, type, device, va);
		return false;
	}
	assert_int_equal(c->words[0], 1);
	assert_int_equal(c->words[1], 0);
	assert_int_equal(c->words[3] >> 60, x.capabilities >> 9 & 1 ? 8 : 9);
	if (!lookup(c->words[2] >> 12, (c->words[3] & 0xfffffffffffull) << 12,
		    c->words[3] >> 60 == 8 ? 3 : 4, va, &found) ||
	    (access & ~found.access)) {
		report(access == 1 ? 13 : 15, type, device, va);
		return false;
	}
	*phys = found.phys;
	return true;
}

#endif
