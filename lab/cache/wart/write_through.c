/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores go to memory at once, through the store buffer and past the line (ARM720T, arm-v4wt):
 * there is never anything to clean. Lines still go stale.
 */
#include "../../mem/mem.h"

static bool present(const struct any_platform_cache *c)
{
	return c->write_through;
}

static bool store(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len, uint64_t pc)
{
	for (uint64_t base = phys & ~(uint64_t)(m->line - 1); base < phys + len; base += m->line) {
		struct lab_line *line = lab_line(m, view, base);
		uint64_t mask[2];

		lab_mask(m, base, phys, len, mask);
		line->stale[0] &= ~mask[0];
		line->stale[1] &= ~mask[1];
		line->cpu_pc = pc;
		line->cpu_step = (uint32_t)m->step;
		LAB_EACH_WART(m, touch, m, view, base, true);
	}
	lab_direct_store(m, view, phys, len, pc);
	return true;
}

/* A store allocates no line: what is filled must have the CPU's own stores in it. */
static bool fill(struct lab_machine *m, unsigned view, uint64_t base)
{
	(void)view;
	if (lab_pending(m))
		lab_drain_overlapping_every(m, base, m->line);
	return false;
}

const struct lab_cache_wart lab_wart_write_through = {
	.name = "write-through",
	.words = "the cache writes through, but its lines go stale: the bus does not snoop",
	.present = present,
	.store = store,
	.fill = fill,
};
