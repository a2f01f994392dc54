/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging the device's accesses: versions in the CPU's caches, and the order stores became visible.
 */
#include "oracle.h"

static const struct lab_mapping *mapping_at(const struct lab_machine *m, uint64_t phys)
{
	for (uint32_t i = 0; i < m->n_mappings; i++)
		if (phys - m->mappings[i].phys < m->mappings[i].len)
			return &m->mappings[i];
	return NULL;
}

/* Dirty in a view other than the one that was mapped: maintenance went through the wrong address.
 */
static enum any_lab_rule alias_or(const struct lab_machine *m, unsigned view, uint64_t phys,
				  enum any_lab_rule rule)
{
	const struct lab_mapping *map = mapping_at(m, phys);

	return m->n_views > 1 && map && lab_region_of(map->cpu) != view ? ANY_LAB_WRONG_ALIAS
									: rule;
}

/* A device that looks at the index between its store and its clean has looked too early, no more;
 * once it was told to look, it is too late. */
static bool looks_early(const struct lab_machine *m, const struct lab_line *line, uint64_t phys)
{
	return m->n_announcing && line->cpu_step > m->doorbell_step && lab_announces(m, phys);
}

static void judge_cached_load(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
			      uint64_t pc)
{
	uint64_t base = phys & ~(uint64_t)(m->line - 1), mask[2];
	const struct lab_line *line = lab_line(m, view, base);

	for (; base < phys + len; base += m->line, line++) {
		if (!(line->dirty[0] | line->dirty[1]) || !lab_caches(m, base))
			continue;
		lab_mask(m, base, phys, len, mask);
		if (lab_hits(line->dirty, mask) && !looks_early(m, line, phys))
			lab_found(m, alias_or(m, view, phys, ANY_LAB_DIRTY_READ), pc, line->cpu_pc,
				  line->cpu_step, base > phys ? base : phys, len,
				  "The device reads bytes whose newest value is still in the CPU's "
				  "cache: the line is dirty%s.",
				  line->cleaning ? " and its clean has not been completed by a sync"
						 : " and nothing cleaned it");
	}
}

bool lab_announces(const struct lab_machine *m, uint64_t phys)
{
	for (uint32_t i = 0; i < m->n_announcing; i++)
		if (lab_in_words(&m->announcing[i], phys, 1))
			return true;
	return !m->n_announcing;
}

/* Payload that was stored before a doorbell and ordered before it by nothing, then or since. What
 * announces is looked at again and again: that it was seen in time is no news. */
static void judge_bell(struct lab_machine *m, const struct lab_cpu *cpu, const struct lab_store *st,
		       uint32_t len)
{
	if (!m->lab || st->seq >= cpu->bell_head || st->seq < cpu->bell_fence ||
	    st->seq < cpu->mmio_fenced || (m->n_announcing && lab_announces(m, st->phys)))
		return;
	lab_found(
		m, ANY_LAB_DOORBELL, cpu->bell_pc, st->pc, st->step, st->phys, len,
		"The doorbell was rung after this store, which no barrier ordered before MMIO: the "
		"device may have looked first.");
}

/* Where no word is known to announce, a doorbell does: two buffers that were both fenced before it
 * may be read in any order. */
static bool rung_after(const struct lab_machine *m, const struct lab_cpu *c,
		       const struct lab_store *st)
{
	return m->lab && !m->n_announcing && st->seq < c->bell_fence;
}

/* Which of up to 64 bytes from phys on the store has, a bit each. */
static uint64_t bytes_of(const struct lab_store *st, uint64_t phys, uint32_t len)
{
	uint64_t mask[2];

	lab_mask_of(len < 64 ? len : 64, phys, st->phys, st->len, mask);
	return mask[0];
}

/* No store after this one is to any of these bytes: seq + 1. */
static uint64_t newest_of(const struct lab_cpu *c, uint64_t phys, uint32_t len)
{
	uint64_t newest = 0;

	for (uint64_t at = phys >> 6; at <= (phys + len - 1) >> 6; at++)
		if (c->newest[at % LAB_NEWEST] > newest)
			newest = c->newest[at % LAB_NEWEST];
	return newest;
}

/*
 * Newest first. One read may show both what announces and what it announces (a descriptor with its
 * ownership bit): where the model said which word that is, the bytes beside it are judged too.
 */
static void judge_order(struct lab_machine *m, struct lab_cpu *c, uint64_t phys, uint32_t len,
			uint64_t pc)
{
	const uint64_t all = len < 64 ? (1ull << len) - 1 : ~0ull;
	uint64_t newer = 0;

	for (uint64_t s = newest_of(c, phys, len); s > c->store_tail; s--) {
		struct lab_store *st = &c->stores[(s - 1) % LAB_STORES];

		if (st->epoch < c->dev_seen_epoch)
			return;
		if (st->phys >= phys + len || phys >= st->phys + st->len ||
		    (newer && !(bytes_of(st, phys, len) & ~newer)))
			continue;
		if (st->seq < c->dev_seen_seq && st->epoch == c->dev_seen_epoch &&
		    !rung_after(m, c, st))
			lab_found(m, ANY_LAB_STORE_ORDER, pc, st->pc, st->step, phys, len,
				  "The device has seen a later store of the driver and now reads "
				  "bytes "
				  "of an earlier one; no store barrier against the device stood "
				  "between the two.");
		judge_bell(m, c, st, len);
		if (!st->drained) {
			st->missed = true;
		} else if (st->seq > c->dev_seen_seq && lab_announces(m, st->phys)) {
			c->dev_seen_seq = st->seq;
			c->dev_seen_epoch = st->epoch;
			c->dev_seen_pc = st->pc;
		}
		newer |= bytes_of(st, phys, len);
		if (!m->n_announcing || len > 64 || newer == all)
			return; /* older ones have none of these bytes left */
	}
}

void lab_judge_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	for (unsigned v = 0; !m->coherent && v < m->n_views; v++)
		judge_cached_load(m, v, phys, len, pc);
	for (unsigned i = 0; i < LAB_CPUS; i++)
		if (m->cpus[i].store_head != m->cpus[i].store_tail)
			judge_order(m, &m->cpus[i], phys, len, pc);
}

void lab_judge_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	for (unsigned v = 0; !m->coherent && v < m->n_views; v++) {
		uint64_t base = phys & ~(uint64_t)(m->line - 1);
		const struct lab_line *line = lab_line(m, v, base);

		for (; base < phys + len; base += m->line, line++) {
			if ((line->dirty[0] | line->dirty[1]) && lab_caches(m, base))
				lab_found(
					m, alias_or(m, v, phys, ANY_LAB_DIRTY_UNDER_DMA), pc,
					line->cpu_pc, line->cpu_step, base > phys ? base : phys,
					len,
					"The device writes into a line that is dirty in the CPU's "
					"cache; when it is written back, the device's bytes are "
					"gone.");
		}
	}
}
