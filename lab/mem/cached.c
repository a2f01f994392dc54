/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A write-back cache in front of a bus that does not snoop. Lines fill whole and write back whole,
 * which is what makes line sharing hurt; dirtiness and staleness are known by the byte, which is
 * what lets the oracle name the bytes.
 */
#include "mem.h"
#include "../oracle/oracle.h"

static uint64_t line_base(const struct lab_machine *m, uint64_t phys)
{
	return phys & ~(uint64_t)(m->line - 1);
}

void lab_fill_line(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	lab_arrival_copy(m, lab_ptr(m, view, base), base, m->line);
	line->valid = 1;
	m->count.fills++;
}

/* The whole line goes to memory, stale neighbours and all. */
static void write_back(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	if (!(line->dirty[0] | line->dirty[1]))
		return;
	lab_copy(lab_ptr(m, LAB_DRAM, base), lab_ptr(m, view, base), m->line);
	line->dirty[0] = line->dirty[1] = 0;
}

void lab_evict_line(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	if (!line->valid)
		return;
	lab_log_event(m, LAB_EV_EVICT, view, base, m->line, 0);
	write_back(m, view, base);
	line->valid = 0;
	line->cleaning = 0;
	/* What is refilled is new, unless this CPU may already hold it again. */
	if (!m->speculates)
		line->stale[0] = line->stale[1] = 0;
	m->count.evictions++;
}

void lab_cached_load(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len, uint64_t pc)
{
	for (uint64_t base = line_base(m, phys); base < phys + len; base += m->line) {
		struct lab_line *line = lab_line(m, view, base);
		uint64_t mask[2];

		if (ANY_UNLIKELY(line->stale[0] | line->stale[1])) {
			lab_mask(m, base, phys, len, mask);
			if (lab_hits(line->stale, mask))
				lab_stale_load(m, view, base, phys, len, pc);
		}
		if (!line->valid)
			lab_fill_line(m, view, base);
	}
}

/* The cache is only so large: a full list evicts one, but never a line of the store at hand, whose
 * bytes are announced and not yet there. */
static void remember_dirty(struct lab_machine *m, unsigned view, uint64_t base, uint64_t phys,
			   uint64_t len)
{
	unsigned at = m->dirty_n;

	if (at == LAB_DIRTY_LIST) {
		at = (unsigned)(lab_random(m) % LAB_DIRTY_LIST);
		if (m->dirty[at].line + m->line <= phys || m->dirty[at].line >= phys + len)
			lab_evict_line(m, m->dirty[at].view, m->dirty[at].line);
	} else {
		m->dirty_n++;
	}
	m->dirty[at].line = base;
	m->dirty[at].view = (uint8_t)view;
}

void lab_cached_store(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	for (uint64_t base = line_base(m, phys); base < phys + len; base += m->line) {
		struct lab_line *line = lab_line(m, view, base);
		uint64_t mask[2];

		lab_mask(m, base, phys, len, mask);
		if (!line->valid)
			lab_fill_line(m, view, base);
		if (!(line->dirty[0] | line->dirty[1]))
			remember_dirty(m, view, base, phys, len);
		line->dirty[0] |= mask[0];
		line->dirty[1] |= mask[1];
		line->stale[0] &= ~mask[0];
		line->stale[1] &= ~mask[1];
		line->cleaning = 0;
		line->cpu_pc = pc;
		line->cpu_step = (uint32_t)m->step;
	}
}

/* A clean begins here and is complete only after the sync (a DSB): until then the bytes count as
 * dirty for the oracle, though the model may already have moved them. */
void lab_cache_clean(struct lab_machine *m, unsigned view, uint64_t phys, uint64_t len, bool drop,
		     uint64_t pc)
{
	lab_log_event(m, LAB_EV_CLEAN, view, phys, (uint32_t)len, pc);
	for (uint64_t base = line_base(m, phys); base < phys + len; base += m->line) {
		struct lab_line *line = lab_line(m, view, base);

		m->count.lines_cleaned++;
		if (drop) {
			write_back(m, view, base);
			line->valid = line->cleaning = 0;
			line->stale[0] = line->stale[1] = 0;
			m->count.lines_invalidated++;
		} else if (line->dirty[0] | line->dirty[1]) {
			if (m->cleaning_n == LAB_DIRTY_LIST)
				lab_cache_sync(m);
			line->cleaning = 1;
			m->cleaning[m->cleaning_n].line = base;
			m->cleaning[m->cleaning_n++].view = (uint8_t)view;
		}
	}
	m->clean_waits = true;
}

void lab_cache_inval(struct lab_machine *m, unsigned view, uint64_t phys, uint64_t len, uint64_t pc)
{
	lab_log_event(m, LAB_EV_INVAL, view, phys, (uint32_t)len, pc);
	for (uint64_t base = line_base(m, phys); base < phys + len; base += m->line) {
		struct lab_line *line = lab_line(m, view, base);

		m->count.lines_invalidated++;
		if (line->dirty[0] | line->dirty[1])
			lab_dirty_dropped(m, view, base, pc);
		memset(line, 0, sizeof(*line));
	}
}

void lab_cache_sync(struct lab_machine *m)
{
	lab_log_event(m, LAB_EV_CACHE_SYNC, 0, 0, m->cleaning_n, 0);
	for (unsigned i = 0; i < m->cleaning_n; i++) {
		struct lab_line *line = lab_line(m, m->cleaning[i].view, m->cleaning[i].line);

		if (!line->cleaning)
			continue;
		write_back(m, m->cleaning[i].view, m->cleaning[i].line);
		line->cleaning = 0;
	}
	m->cleaning_n = 0;
}
