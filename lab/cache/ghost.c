/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dirty bytes that an invalidate left behind: the line is not valid any more, so no clean finds it,
 * and still it may be written back, at any time, over whatever is in memory by then.
 */
#include "cache.h"
#include "../oracle/oracle.h"

void lab_ghost_make(struct lab_machine *m, unsigned view, uint64_t base, uint64_t pc)
{
	struct lab_line *line = lab_line(m, view, base);
	struct lab_ghost *g;

	lab_dirty_dropped(m, line, base, m->line, pc);
	if (m->cache.n_ghosts == LAB_GHOSTS)
		return; /* lost after all: that too may happen to it */
	g = &m->cache.ghosts[m->cache.n_ghosts++];
	*g = (struct lab_ghost){
		.base = base, .pc = line->cpu_pc, .step = line->cpu_step, .view = (uint8_t)view};
	lab_copy(g->bytes, lab_ptr(m, view, base), m->line);
	line->dirty[0] = line->dirty[1] = 0;
}

static void judge(struct lab_machine *m, uint64_t phys, uint32_t len, const char *verb, uint64_t pc)
{
	for (uint32_t i = 0; i < m->cache.n_ghosts; i++) {
		const struct lab_ghost *g = &m->cache.ghosts[i];

		if (g->base >= phys + len || phys >= g->base + m->line)
			continue;
		lab_found(
			m, ANY_LAB_LATE_WRITE_BACK, pc, g->pc, g->step,
			g->base > phys ? g->base : phys, 1,
			"The device %s memory whose cache line was invalidated while it was dirty; "
			"on this machine that line may still be written back, over what is there "
			"now.",
			verb);
	}
}

void lab_ghost_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	judge(m, phys, len, "reads", pc);
}

void lab_ghost_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	judge(m, phys, len, "writes", pc);
}

static bool in_use(const struct lab_machine *m, uint64_t base)
{
	for (uint64_t at = base; at < base + m->line; at += 64)
		if (*lab_own(m, at))
			return true;
	return false;
}

/* One of them goes to memory. */
void lab_ghost_misfortune(struct lab_machine *m)
{
	struct lab_ghost g;
	uint32_t at;

	if (!m->cache.n_ghosts)
		return;
	at = lab_choice(m, m->cache.n_ghosts);
	g = m->cache.ghosts[at];
	lab_log_event(m, LAB_EV_EVICT, g.view, g.base, m->line, 0);
	if (in_use(m, g.base))
		lab_found(m, ANY_LAB_LATE_WRITE_BACK, g.pc, g.pc, g.step, g.base, m->line,
			  "A cache line that was invalidated while it was dirty is written back, "
			  "over "
			  "memory that a device and its driver are using.");
	lab_copy(lab_ptr(m, LAB_DRAM, g.base), g.bytes, m->line);
	m->cache.ghosts[at] = m->cache.ghosts[--m->cache.n_ghosts];
}
