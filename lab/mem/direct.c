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

static struct lab_store *store_at(struct lab_cpu *c, uint64_t seq)
{
	return &c->stores[seq % LAB_STORES];
}

static bool overlaps(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	return a < b + blen && b < a + alen;
}

/* The bytes of a CPU that does not run are kept beside the view (lab/cpu/view.c). */
static void drain(struct lab_machine *m, struct lab_cpu *c, struct lab_store *st)
{
	const void *bytes = st->slot ? c->saved[st->slot - 1] : lab_ptr(m, st->region, st->phys);

	if (st->drained)
		return;
	lab_copy(lab_ptr(m, LAB_DRAM, st->phys), bytes, st->len);
	st->drained = true;
	c->n_pending--;
	while (c->drained_below < c->store_head && store_at(c, c->drained_below)->drained)
		c->drained_below++;
}

/* Epochs drain in order; inside one, chance decides. */
static uint32_t may_drain(const struct lab_cpu *c, uint64_t pick[LAB_PENDING])
{
	uint32_t n = 0, oldest;

	if (!c->n_pending)
		return 0;
	oldest = c->stores[c->drained_below % LAB_STORES].epoch;
	for (uint64_t s = c->drained_below; s < c->store_head && n < LAB_PENDING; s++) {
		if (c->stores[s % LAB_STORES].epoch != oldest)
			break;
		if (!c->stores[s % LAB_STORES].drained)
			pick[n++] = s;
	}
	return n;
}

static struct lab_cpu *other(const struct lab_machine *m)
{
	return (struct lab_cpu *)&m->cpus[m->cpu == m->cpus];
}

uint32_t lab_drainable(const struct lab_machine *m)
{
	uint64_t pick[LAB_PENDING];

	return may_drain(m->cpu, pick) + may_drain(other(m), pick);
}

static bool drain_nth(struct lab_machine *m, struct lab_cpu *c, uint32_t *which)
{
	uint64_t pick[LAB_PENDING];
	uint32_t n = may_drain(c, pick);

	if (*which >= n) {
		*which -= n;
		return false;
	}
	if (n > 1)
		m->count.reorders++;
	drain(m, c, store_at(c, pick[*which]));
	return true;
}

bool lab_drain_nth(struct lab_machine *m, uint32_t which)
{
	return drain_nth(m, m->cpu, &which) || drain_nth(m, other(m), &which);
}

void lab_drain_one(struct lab_machine *m)
{
	lab_drain_nth(m, lab_choice(m, lab_drainable(m)));
}

static void drain_all(struct lab_machine *m, struct lab_cpu *c)
{
	while (c->n_pending)
		drain(m, c, store_at(c, c->drained_below));
}

void lab_drain_all(struct lab_machine *m)
{
	drain_all(m, m->cpu);
}

void lab_drain_every(struct lab_machine *m)
{
	for (unsigned i = 0; i < LAB_CPUS; i++)
		drain_all(m, &m->cpus[i]);
}

static void drain_overlapping(struct lab_machine *m, struct lab_cpu *c, uint64_t phys, uint64_t len)
{
	uint64_t last = 0;

	for (uint64_t s = c->drained_below; s < c->store_head; s++)
		if (!store_at(c, s)->drained &&
		    overlaps(store_at(c, s)->phys, store_at(c, s)->len, phys, len))
			last = s;
	if (!last)
		return;
	for (uint64_t s = c->drained_below; s <= last; s++)
		if (s == last || store_at(c, s)->epoch < store_at(c, last)->epoch ||
		    overlaps(store_at(c, s)->phys, store_at(c, s)->len, phys, len))
			drain(m, c, store_at(c, s));
}

void lab_drain_overlapping(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	drain_overlapping(m, m->cpu, phys, len);
}

void lab_drain_overlapping_every(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (unsigned i = 0; i < LAB_CPUS; i++)
		if (m->cpus[i].n_pending)
			drain_overlapping(m, &m->cpus[i], phys, len);
}

void lab_direct_store(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	struct lab_cpu *c = m->cpu;
	struct lab_store *st;

	if (c->n_pending)
		lab_drain_overlapping(m, phys, len);
	while (c->n_pending >= LAB_PENDING)
		lab_drain_one(m);
	if (c->store_head - c->store_tail == LAB_STORES) {
		while (c->drained_below == c->store_tail && c->n_pending)
			drain(m, c, store_at(c, c->store_tail));
		c->store_tail++;
		if (c->drained_below < c->store_tail)
			c->drained_below = c->store_tail;
	}
	/* A partial store of bytes the CPU has not loaded: the rest of the view stays behind DRAM,
	 * which is harmless, since every load of a direct view goes to DRAM first. */
	st = store_at(c, c->store_head);
	*st = (struct lab_store){phys,	   c->store_head,   pc, m->step, len,
				 c->epoch, (uint8_t)region, 0,	false,	 false};
	c->store_head++;
	c->n_pending++;
	for (uint64_t at = phys >> 6; at <= (phys + len - 1) >> 6; at++)
		c->newest[at % LAB_NEWEST] = c->store_head;
	if (*lab_own(m, phys) & LAB_OWN_RING) {
		c->last_ring_store = st->seq;
		c->last_ring_pc = pc;
		c->last_ring_step = m->step;
		if (ANY_UNLIKELY(m->chance.adversary) && lab_announces(m, phys))
			lab_adversary(m, LAB_HOT_PUBLISH);
	}
}

/* The CPU sees DRAM as far as it has arrived, under its own pending stores. */
void lab_direct_load(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len)
{
	uint8_t *view = lab_ptr(m, region, phys);
	struct lab_cpu *c = m->cpu;

	if (ANY_LIKELY(!c->n_pending)) {
		lab_arrival_copy(m, view, phys, len);
		return;
	}
	for (uint64_t s = c->drained_below; s < c->store_head; s++) {
		const struct lab_store *st = store_at(c, s);

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
