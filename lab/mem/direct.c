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
static void drain(struct lab_machine *m, struct lab_cpu *c, uint32_t which)
{
	struct lab_pending *p = &c->pending[which];
	struct lab_store *st = store_at(c, p->seq);
	const void *bytes = st->slot ? c->saved[st->slot - 1] : lab_ptr(m, st->region, st->phys);

	lab_copy(lab_ptr(m, LAB_DRAM, st->phys), bytes, st->len);
	st->drained = true;
	c->n_pending--;
	for (uint32_t i = which; i < c->n_pending; i++, p++)
		*p = p[1];
	c->drained_below = c->n_pending ? c->pending[0].seq : c->store_head;
}

/* Epochs drain in order; inside one, chance decides. */
static uint32_t may_drain(const struct lab_cpu *c)
{
	uint32_t n = c->n_pending;

	while (n && c->pending[n - 1].epoch != c->pending[0].epoch)
		n--;
	return n;
}

static struct lab_cpu *other(const struct lab_machine *m)
{
	return (struct lab_cpu *)&m->cpus[m->cpu == m->cpus];
}

uint32_t lab_drainable(const struct lab_machine *m)
{
	return may_drain(m->cpu) + may_drain(other(m));
}

static bool drain_nth(struct lab_machine *m, struct lab_cpu *c, uint32_t *which)
{
	uint32_t n = may_drain(c);

	if (*which >= n) {
		*which -= n;
		return false;
	}
	if (n > 1)
		m->count.reorders++;
	drain(m, c, *which);
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
		drain(m, c, 0);
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

static bool hits(const struct lab_pending *p, uint64_t phys, uint64_t len)
{
	return overlaps(p->phys, p->len, phys, len);
}

static void drain_overlapping(struct lab_machine *m, struct lab_cpu *c, uint64_t phys, uint64_t len)
{
	struct lab_pending last;
	uint32_t n = c->n_pending;

	while (n && !hits(&c->pending[n - 1], phys, len))
		n--;
	if (!n)
		return;
	last = c->pending[n - 1];
	for (uint32_t i = 0; i < c->n_pending && c->pending[i].seq <= last.seq;) {
		if (c->pending[i].epoch < last.epoch || hits(&c->pending[i], phys, len))
			drain(m, c, i);
		else
			i++;
	}
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
		if (c->drained_below == c->store_tail && c->n_pending)
			drain(m, c, 0);
		c->store_tail++;
	}
	/* A partial store of bytes the CPU has not loaded: the rest of the view stays behind DRAM,
	 * which is harmless, since every load of a direct view goes to DRAM first. */
	st = store_at(c, c->store_head);
	*st = (struct lab_store){phys,	   c->store_head,   pc, m->step, len,
				 c->epoch, (uint8_t)region, 0,	false,	 false};
	c->store_head++;
	c->pending[c->n_pending++] = (struct lab_pending){phys, st->seq, len, c->epoch};
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
	for (uint32_t i = 0; i < c->n_pending; i++) {
		const struct lab_pending *st = &c->pending[i];

		/* Own bytes are in the view already; make them visible in DRAM order-wise by
		 * reading around them: copy what lies before, continue behind. */
		if (!hits(st, phys, len) || store_at(c, st->seq)->region != region)
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
