/* SPDX-License-Identifier: BSD-2-Clause */
/* The one view that two CPUs look through, made to show what the running one may see. */
#include "cpu.h"
#include "../mem/mem.h"

/* What does not fit beside the view, or has a line in it, leaves the store buffer first. */
static bool keeps(const struct lab_machine *m, const struct lab_store *st)
{
	return st->len <= LAB_SAVED && (st->region == LAB_UNCACHED || !lab_caches(m, st->phys));
}

static struct lab_store *at(struct lab_cpu *c, uint64_t seq)
{
	return &c->stores[seq % LAB_STORES];
}

void lab_cpu_away(struct lab_machine *m)
{
	struct lab_cpu *c = m->cpu;
	uint8_t slot = 0;

	for (uint64_t s = c->drained_below; c->n_pending && s < c->store_head; s++)
		if (!at(c, s)->drained && !keeps(m, at(c, s)))
			lab_drain_overlapping(m, at(c, s)->phys, at(c, s)->len);
	c->away = c->drained_below;
	for (uint64_t s = c->away; s < c->store_head; s++) {
		struct lab_store *st = at(c, s);
		uint8_t *view = lab_ptr(m, st->region, st->phys);

		if (st->drained)
			continue;
		lab_copy(c->saved[slot++], view, st->len);
		st->slot = slot;
		lab_arrival_copy(m, view, st->phys, st->len);
	}
}

/* What has left the store buffer meanwhile is as memory has it: a load of it may be announced. */
void lab_cpu_back(struct lab_machine *m)
{
	struct lab_cpu *c = m->cpu;

	for (uint64_t s = c->away; s < c->store_head; s++) {
		struct lab_store *st = at(c, s);
		uint8_t *view = lab_ptr(m, st->region, st->phys);

		if (st->slot && st->drained)
			lab_arrival_copy(m, view, st->phys, st->len);
		else if (st->slot)
			lab_copy(view, c->saved[st->slot - 1], st->len);
		st->slot = 0;
	}
	c->away = c->store_head;
}
