/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The most frequent event by far: the CPU loads a word that devices see without a cache, or that
 * its own cache holds as it should, and nothing else is due. What lab_access() and lab_cpu_load()
 * do for it, in one piece; anything out of the ordinary is theirs.
 */
#ifndef ANYDMA_LAB_QUICK_H
#define ANYDMA_LAB_QUICK_H

#include "rt.h"
#include "../core/event.h"
#include "../mem/mem.h"

/* Something waits that a load could come upon, or be judged by. */
static inline bool lab_is_odd(const struct lab_machine *m)
{
	return !m->armed | (m->master != LAB_CPU) | m->relaxed | m->trusts |
		       (m->plain.bytes | m->n_lost | m->n_sinks) ||
	       (!m->irq_pushes && m->irq_taken > m->in_drained);
}

/* Its cache has it, and nothing about the line is remarkable. */
static inline bool lab_is_held(const struct lab_machine *m, uint64_t place)
{
	const struct lab_line *line = (const struct lab_line *)(uintptr_t)lab_raw(
		m, LAB_META0, (place >> m->line_shift) * sizeof(*line));

	return !m->cache.n_warts && !m->cache.snooped_size && line->valid &&
	       !(line->stale[0] | line->stale[1]);
}

/* True: done. Program memory that no device knows has been dealt with before. */
static inline __attribute__((always_inline)) bool lab_quick_load(uint64_t host, uint32_t len,
								 uint64_t pc)
{
	struct lab_machine *m = host - LAB_BASE < LAB_SPAN
					? lab_machines[(host - LAB_BASE) >> LAB_MACHINE_SHIFT]
					: NULL;
	const uint64_t place = host & LAB_PLACE_MASK;
	uint64_t at;
	uint8_t own;

	if (!m || lab_region_of(host) != LAB_VIEW0 || (host & 63) + len > 64 || m->fuse < 2 ||
	    lab_is_odd(m))
		return false;
	at = place - m->hot->place;
	own = *(const uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, place >> 6);
	if (at >= m->hot->size || (own & ~LAB_OWN_TOLD) || (!m->coherent && !lab_is_held(m, place)))
		return false;
	m->fuse--;
	at += m->hot->base;
	lab_log(m, LAB_EV_LOAD, LAB_VIEW0, at, len, pc);
	if (m->cpu->acquired + 1 < m->write_head)
		lab_arrival_observe(m, at, len, pc);
	if (!m->coherent)
		return true;
	if (m->cpu->n_pending || m->delivered != m->write_head)
		lab_direct_load(m, LAB_VIEW0, at, len);
	else
		__builtin_memcpy((void *)(uintptr_t)host,
				 (const void *)(uintptr_t)lab_raw(m, LAB_DRAM, place), len);
	return true;
}

#endif
