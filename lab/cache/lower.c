/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A level below the views, by physical address and with lines of its own size: what the outer cache
 * and the read-ahead buffer have in common.
 */
#include "../mem/mem.h"

struct lab_line *lab_lower(const struct lab_machine *m, uint64_t phys)
{
	uint64_t n = lab_place(m, phys) >> m->cache.lower_shift;

	return (struct lab_line *)(uintptr_t)lab_raw(m, LAB_LOWER_META,
						     n * sizeof(struct lab_line));
}

static uint64_t lower_base(const struct lab_machine *m, uint64_t phys)
{
	return phys & ~(uint64_t)(m->cache.lower_line - 1);
}

void lab_lower_fill(struct lab_machine *m, uint64_t base)
{
	lab_arrival_copy(m, lab_ptr(m, LAB_LOWER, base), base, m->cache.lower_line);
	lab_lower(m, base)->valid = 1;
}

static void move_bits(const uint64_t from[2], uint64_t at, uint64_t to[2], uint64_t to_at,
		      uint64_t n)
{
	if (!(from[0] | from[1]))
		return;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t bit = from[(at + i) / 64] >> ((at + i) % 64) & 1;

		to[(to_at + i) / 64] |= bit << ((to_at + i) % 64);
	}
}

/* The piece of a line at `at` that lies in one line below: its bytes. */
static uint64_t piece(const struct lab_machine *m, uint64_t base, uint64_t at)
{
	uint64_t end = base + m->line, low_end = lower_base(m, at) + m->cache.lower_line;

	return (end < low_end ? end : low_end) - at;
}

/* Old bytes come up as old. */
void lab_lower_hint(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);
	uint64_t n;

	for (uint64_t at = base; at < base + m->line; at += n) {
		n = piece(m, base, at);
		move_bits(lab_lower(m, at)->stale, at - lower_base(m, at), line->stale, at - base,
			  n);
	}
}

void lab_lower_supply(struct lab_machine *m, unsigned view, uint64_t base)
{
	uint64_t n;

	for (uint64_t at = base; at < base + m->line; at += n) {
		n = piece(m, base, at);
		if (!lab_lower(m, at)->valid)
			lab_lower_fill(m, lower_base(m, at));
		lab_copy(lab_ptr(m, view, at), lab_ptr(m, LAB_LOWER, at), n);
	}
	lab_lower_hint(m, view, base);
}

/* A line written back arrives here, and makes what is here dirty. */
void lab_lower_accept(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);
	uint64_t n;

	for (uint64_t at = base; at < base + m->line; at += n) {
		struct lab_line *low = lab_lower(m, at);
		uint64_t low_at = at - lower_base(m, at), fresh[2] = {0, 0};
		bool was_dirty = lab_is_dirty(low);

		n = piece(m, base, at);
		if (!low->valid)
			lab_lower_fill(m, lower_base(m, at));
		lab_copy(lab_ptr(m, LAB_LOWER, at), lab_ptr(m, view, at), n);
		move_bits(line->dirty, at - base, fresh, low_at, n);
		if (!(fresh[0] | fresh[1]))
			continue;
		move_bits(line->stale, at - base, low->stale, low_at, n);
		for (unsigned w = 0; w < 2; w++) {
			low->dirty[w] |= fresh[w];
			low->stale[w] &= ~fresh[w];
		}
		low->cpu_pc = line->cpu_pc;
		low->cpu_step = line->cpu_step;
		if (!was_dirty) /* last: it may be this very line that is evicted */
			lab_remember_dirty(m, LAB_LOWER, lower_base(m, at));
	}
}

/* The device writes. always: this level may hold a line that nobody asked for. */
void lab_lower_grow_stale(struct lab_machine *m, uint64_t phys, uint32_t len, bool always)
{
	for (uint64_t base = lower_base(m, phys); base < phys + len; base += m->cache.lower_line) {
		struct lab_line *low = lab_lower(m, base);
		uint64_t mask[2];

		if (!lab_caches(m, base) || (!low->valid && !always))
			continue;
		if (!low->valid && lab_happens(m, 2))
			lab_lower_fill(m, base);
		lab_mask_of(m->cache.lower_line, base, phys, len, mask);
		low->stale[0] |= mask[0];
		low->stale[1] |= mask[1];
	}
}

bool lab_lower_is_stale(const struct lab_machine *m, uint64_t phys, uint64_t len)
{
	if (!m->cache.lower_line)
		return false;
	for (uint64_t base = lower_base(m, phys); base < phys + len; base += m->cache.lower_line) {
		uint64_t mask[2];

		lab_mask_of(m->cache.lower_line, base, phys, len, mask);
		if (lab_hits(lab_lower(m, base)->stale, mask))
			return true;
	}
	return false;
}
