/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that devices see without a cache in between: all RAM of a coherent machine, the uncached
 * alias of any other. The CPU's stores reach it through a store buffer that keeps order only across
 * barriers; its own loads always see its own stores.
 *
 * A store is announced before it happens, so an entry's bytes are in the view by the time anything
 * drains it. Two stores to the same bytes keep their order: the older drains first.
 */
#include "misfortune.h"
#include "../oracle/oracle.h"

static struct lab_store *store_at(struct lab_machine *m, uint64_t seq)
{
	return &m->cpu->stores[seq % LAB_STORES];
}

static bool overlaps(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	return a < b + blen && b < a + alen;
}

static void drain(struct lab_machine *m, struct lab_store *st)
{
	if (st->drained)
		return;
	lab_copy(lab_ptr(m, LAB_DRAM, st->phys), lab_ptr(m, st->region, st->phys), st->len);
	st->drained = true;
	m->cpu->n_pending--;
	while (m->cpu->drained_below < m->cpu->store_head &&
	       store_at(m, m->cpu->drained_below)->drained)
		m->cpu->drained_below++;
}

/* Epochs drain in order; inside one, chance decides. */
static uint32_t may_drain(const struct lab_machine *m, uint64_t pick[LAB_PENDING])
{
	uint32_t n = 0, oldest;

	if (!m->cpu->n_pending)
		return 0;
	oldest = m->cpu->stores[m->cpu->drained_below % LAB_STORES].epoch;
	for (uint64_t s = m->cpu->drained_below; s < m->cpu->store_head && n < LAB_PENDING; s++) {
		if (m->cpu->stores[s % LAB_STORES].epoch != oldest)
			break;
		if (!m->cpu->stores[s % LAB_STORES].drained)
			pick[n++] = s;
	}
	return n;
}

uint32_t lab_drainable(const struct lab_machine *m)
{
	uint64_t pick[LAB_PENDING];

	return may_drain(m, pick);
}

bool lab_drain_nth(struct lab_machine *m, uint32_t which)
{
	uint64_t pick[LAB_PENDING];
	uint32_t n = may_drain(m, pick);

	if (which >= n)
		return false;
	if (n > 1)
		m->count.reorders++;
	drain(m, store_at(m, pick[which]));
	return true;
}

void lab_drain_one(struct lab_machine *m)
{
	lab_drain_nth(m, lab_choice(m, lab_drainable(m)));
}

void lab_drain_all(struct lab_machine *m)
{
	while (m->cpu->n_pending)
		drain(m, store_at(m, m->cpu->drained_below));
}

void lab_drain_overlapping(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	uint64_t last = 0;

	for (uint64_t s = m->cpu->drained_below; s < m->cpu->store_head; s++)
		if (!store_at(m, s)->drained &&
		    overlaps(store_at(m, s)->phys, store_at(m, s)->len, phys, len))
			last = s;
	if (!last)
		return;
	for (uint64_t s = m->cpu->drained_below; s <= last; s++)
		if (s == last || store_at(m, s)->epoch < store_at(m, last)->epoch ||
		    overlaps(store_at(m, s)->phys, store_at(m, s)->len, phys, len))
			drain(m, store_at(m, s));
}

void lab_direct_store(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	struct lab_store *st;

	if (m->cpu->n_pending)
		lab_drain_overlapping(m, phys, len);
	while (m->cpu->n_pending >= LAB_PENDING)
		lab_drain_one(m);
	if (m->cpu->store_head - m->cpu->store_tail == LAB_STORES) {
		while (m->cpu->drained_below == m->cpu->store_tail && m->cpu->n_pending)
			drain(m, store_at(m, m->cpu->store_tail));
		m->cpu->store_tail++;
		if (m->cpu->drained_below < m->cpu->store_tail)
			m->cpu->drained_below = m->cpu->store_tail;
	}
	/* A partial store of bytes the CPU has not loaded: the rest of the view stays behind DRAM,
	 * which is harmless, since every load of a direct view goes to DRAM first. */
	st = store_at(m, m->cpu->store_head);
	*st = (struct lab_store){phys,		m->cpu->store_head, pc,	   m->step, len,
				 m->cpu->epoch, (uint8_t)region,    false, false};
	m->cpu->store_head++;
	m->cpu->n_pending++;
	if (*lab_own(m, phys) & LAB_OWN_RING) {
		m->cpu->last_ring_store = st->seq;
		m->cpu->last_ring_pc = pc;
		m->cpu->last_ring_step = m->step;
		if (ANY_UNLIKELY(m->chance.adversary) && lab_announces(m, phys))
			lab_adversary(m, LAB_HOT_PUBLISH);
	}
}

/* The CPU sees DRAM as far as it has arrived, under its own pending stores. */
void lab_direct_load(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len)
{
	uint8_t *view = lab_ptr(m, region, phys);

	if (ANY_LIKELY(!m->cpu->n_pending)) {
		lab_arrival_copy(m, view, phys, len);
		return;
	}
	for (uint64_t s = m->cpu->drained_below; s < m->cpu->store_head; s++) {
		const struct lab_store *st = store_at(m, s);

		/* Own bytes are in the view already; make them visible in DRAM order-wise by
		 * reading around them: copy what lies before, continue behind. */
		if (st->drained || st->region != region || !overlaps(st->phys, st->len, phys, len))
			continue;
		if (st->phys > phys)
			lab_direct_load(m, region, phys, (uint32_t)(st->phys - phys));
		if (st->phys + st->len < phys + len)
			lab_direct_load(m, region, st->phys + st->len,
					(uint32_t)(phys + len - st->phys - st->len));
		return;
	}
	lab_arrival_copy(m, view, phys, len);
}
