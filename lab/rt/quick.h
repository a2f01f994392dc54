/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The most frequent events: the CPU loads or stores a word of a view. What lab_access() does for it
 * is here in one piece; and of lab_cpu_load() what happens if devices see the word without a cache,
 * or its own cache holds it as it should, and nothing else is due. Anything out of the ordinary is
 * theirs.
 */
#ifndef ANYDMA_LAB_QUICK_H
#define ANYDMA_LAB_QUICK_H

#include "rt.h"
#include "../core/event.h"
#include "../mem/mem.h"

struct lab_word {
	struct lab_machine *m;
	unsigned region;
	uint64_t place, phys;
	uint8_t own;
};

/* False: it is for lab_access() to find out what this is. */
static inline __attribute__((always_inline)) bool lab_find_word(uint64_t host, uint32_t len,
								struct lab_word *w)
{
	struct lab_machine *m = host - LAB_BASE < LAB_SPAN
					? lab_machines[(host - LAB_BASE) >> LAB_MACHINE_SHIFT]
					: NULL;
	const uint64_t place = host & LAB_PLACE_MASK;
	uint64_t at;

	w->region = lab_region_of(host);
	if (!m || (w->region != LAB_VIEW0 && w->region != LAB_UNCACHED) || (host & 63) + len > 64 ||
	    !m->armed | (m->master != LAB_CPU) | (m->plain.bytes != 0))
		return false;
	at = place - m->hot->place;
	if (at >= m->hot->size)
		return false;
	w->m = m;
	w->place = place;
	w->phys = m->hot->base + at;
	w->own = *(const uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, place >> 6);
	return true;
}

/* Program memory that no device knows is dealt with before; but not static data, nor what happens
 * before the scenario begins. */
static inline bool lab_is_followed(const struct lab_word *w)
{
	const struct lab_program *p = w->m->program;

	return w->region == LAB_UNCACHED || w->own & LAB_OWN_TOLD || !p ||
	       w->place - p->place >= p->size;
}

/* Something waits that a load could come upon, or be judged by. */
static inline bool lab_is_odd(const struct lab_machine *m)
{
	return m->relaxed | m->trusts | ((m->n_lost | m->n_sinks) != 0) ||
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

/* True: done. */
static inline __attribute__((always_inline)) bool
lab_quick_load(const struct lab_word *w, uint64_t host, uint32_t len, uint64_t pc)
{
	struct lab_machine *m = w->m;

	if (w->region != LAB_VIEW0 || m->fuse < 2 || w->own & ~LAB_OWN_TOLD || lab_is_odd(m) ||
	    (!m->coherent && !lab_is_held(m, w->place)))
		return false;
	m->fuse--;
	lab_log(m, LAB_EV_LOAD, LAB_VIEW0, w->phys, len, pc);
	if (m->cpu->acquired + 1 < m->write_head)
		lab_arrival_observe(m, w->phys, len, pc);
	if (!m->coherent)
		return true;
	if (m->cpu->n_pending || m->delivered != m->write_head)
		lab_direct_load(m, LAB_VIEW0, w->phys, len);
	else
		__builtin_memcpy((void *)(uintptr_t)host,
				 (const void *)(uintptr_t)lab_raw(m, LAB_DRAM, w->place), len);
	return true;
}

static inline __attribute__((always_inline)) void lab_load_word(uint64_t host, uint32_t len,
								uint64_t pc)
{
	struct lab_word w;

	if (!lab_find_word(host, len, &w))
		lab_announce_other(host, len, false, pc);
	else if (lab_quick_load(&w, host, len, pc))
		return;
	else if (lab_is_followed(&w))
		lab_cpu_load(w.m, w.region, w.phys, len, pc);
	else
		lab_access(host, len, false, pc);
}

static inline __attribute__((always_inline)) void lab_store_word(uint64_t host, uint32_t len,
								 uint64_t pc)
{
	struct lab_word w;

	if (!lab_find_word(host, len, &w))
		lab_announce_other(host, len, true, pc);
	else if (lab_is_followed(&w))
		lab_cpu_store(w.m, w.region, w.phys, len, pc);
	else
		lab_access(host, len, true, pc);
}

#endif
