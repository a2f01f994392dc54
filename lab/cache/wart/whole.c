/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole cache or nothing (ColdFire, m68k-040): an operation acts on every line there is,
 * whoever is using it. */
#include "../cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_WHOLE;
}

/* A full cache evicts, but never a line of the store at hand, whose bytes are not there yet. */
static uint32_t make_room(struct lab_machine *m)
{
	struct lab_cache *c = &m->cache;
	uint32_t at = lab_choice(m, LAB_RESIDENT);

	while (c->resident[at].line + m->line > c->at && c->resident[at].line < c->to)
		at = (at + 1) % LAB_RESIDENT; /* no store is as large as the cache */
	lab_evict_line(m, c->resident[at].view, c->resident[at].line);
	return at;
}

static void filled(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_cache *c = &m->cache;
	uint32_t at = c->n_resident < LAB_RESIDENT ? c->n_resident++ : make_room(m);

	c->resident[at].line = base;
	c->resident[at].view = (uint8_t)view;
}

static bool range(struct lab_machine *m, struct lab_cache_op *op)
{
	struct lab_cache *c = &m->cache;

	for (uint32_t i = 0; i < c->n_resident; i++)
		lab_cache_line_op(m, op, c->resident[i].view, c->resident[i].line);
	if (op->kind != LAB_CLEAN)
		c->n_resident = 0;
	return true;
}

const struct lab_cache_wart lab_wart_whole = {
	.name = "whole-cache maintenance",
	.words = "the bus does not snoop, and maintenance acts on the whole cache, everybody's "
		 "lines",
	.present = present,
	.range = range,
	.filled = filled,
};
