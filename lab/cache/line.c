/* SPDX-License-Identifier: BSD-2-Clause */
/* The ordinary cache: write-back, allocating, filled and emptied by lines. */
#include "../mem/mem.h"
#include "../oracle/oracle.h"
#include "../scenario/program.h"

static uint64_t line_base(const struct lab_machine *m, uint64_t phys)
{
	return phys & ~(uint64_t)(m->line - 1);
}

static bool supplied(struct lab_machine *m, unsigned view, uint64_t base)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->fill && m->cache.warts[i]->fill(m, view, base))
			return true;
	return false;
}

void lab_fill_line(struct lab_machine *m, unsigned view, uint64_t base)
{
	if (ANY_UNLIKELY(m->program && m->program->stack_told) && lab_program_is_dead(m, base))
		return;
	if (!supplied(m, view, base))
		lab_arrival_copy(m, lab_ptr(m, view, base), base, m->line);
	lab_line(m, view, base)->valid = 1;
	m->count.fills++;
	LAB_EACH_WART(m, filled, m, view, base);
}

static bool taken(struct lab_machine *m, unsigned view, uint64_t base)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->put && m->cache.warts[i]->put(m, view, base))
			return true;
	return false;
}

/* The whole line goes to memory, stale neighbours and all. */
void lab_write_back(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	if (!lab_is_dirty(line))
		return;
	if (!taken(m, view, base))
		lab_copy(lab_ptr(m, LAB_DRAM, base), lab_ptr(m, view, base), m->line);
	line->dirty[0] = line->dirty[1] = 0;
}

void lab_evict_line(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line;

	if (view == LAB_LOWER) {
		lab_outer_evict(m, base);
		return;
	}
	line = lab_line(m, view, base);
	if (!line->valid)
		return;
	lab_log_event(m, LAB_EV_EVICT, view, base, m->line, 0);
	lab_write_back(m, view, base);
	line->valid = line->cleaning = line->cores = 0;
	/* What is refilled is new, unless this CPU may already hold it again. */
	if (!m->speculates)
		line->stale[0] = line->stale[1] = 0;
	m->count.evictions++;
}

/* A run of lines that are not there, where nothing stands between them and memory. */
static uint64_t fill_run(struct lab_machine *m, unsigned view, struct lab_line *line, uint64_t base,
			 uint64_t end)
{
	uint64_t to = base;

	for (; to < end && !line->valid; to += m->line, line++)
		line->valid = 1;
	lab_arrival_copy(m, lab_ptr(m, view, base), base, to - base);
	m->count.fills += (to - base) >> m->line_shift;
	return to;
}

static bool is_plain(const struct lab_machine *m)
{
	return !m->cache.n_warts && !(m->program && m->program->stack_told);
}

void lab_cached_load(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len, uint64_t pc)
{
	const bool plain = is_plain(m);
	uint64_t base = line_base(m, phys), filled = 0;
	struct lab_line *line = lab_line(m, view, base);

	for (; base < phys + len; base += m->line, line++) {
		bool held = line->valid && base >= filled;
		uint64_t mask[2];

		if (!line->valid) {
			if (plain)
				filled = fill_run(m, view, line, base, phys + len);
			else
				lab_fill_line(m, view, base);
		}
		if (ANY_UNLIKELY(line->stale[0] | line->stale[1])) {
			lab_mask(m, base, phys, len, mask);
			if (lab_hits(line->stale, mask))
				lab_stale_load(m, base, phys, len, held, pc);
		}
		LAB_EACH_WART(m, touch, m, view, base, false);
	}
}

/* The cache is only so large: a full list evicts the oldest, but never a line of the store at hand,
 * whose bytes are announced and not yet there. */
static void make_room(struct lab_machine *m)
{
	struct lab_dirty oldest = *lab_dirty(m, 0);

	m->dirty_tail++;
	if (oldest.line + LAB_LINE_MAX > m->cache.at && oldest.line < m->cache.to)
		return;
	if (oldest.view == LAB_LOWER || lab_is_dirty(lab_line(m, oldest.view, oldest.line)))
		lab_evict_line(m, oldest.view, oldest.line);
}

void lab_remember_dirty(struct lab_machine *m, unsigned view, uint64_t base)
{
	if (ANY_UNLIKELY(lab_n_dirty(m) == LAB_DIRTY_LIST))
		make_room(m);
	*lab_dirty(m, lab_n_dirty(m)) = (struct lab_dirty){base, (uint8_t)view};
	m->dirty_head++;
}

static inline void store_line(struct lab_machine *m, unsigned view, struct lab_line *line,
			      uint64_t base, const uint64_t mask[2], uint64_t pc)
{
	if (!lab_is_dirty(line))
		lab_remember_dirty(m, view, base);
	line->dirty[0] |= mask[0];
	line->dirty[1] |= mask[1];
	line->stale[0] &= ~mask[0];
	line->stale[1] &= ~mask[1];
	line->cleaning = 0;
	line->cpu_pc = pc;
	line->cpu_step = (uint32_t)m->step;
	LAB_EACH_WART(m, touch, m, view, base, true);
}

static inline void store_lines(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
			       uint64_t pc)
{
	const bool plain = is_plain(m);
	uint64_t base = line_base(m, phys), whole[2], mask[2];
	struct lab_line *line = lab_line(m, view, base);

	lab_mask(m, 0, 0, m->line, whole);
	for (; base < phys + len; base += m->line, line++) {
		const bool all = base >= phys && phys + len - base >= m->line;

		if (!all)
			lab_mask(m, base, phys, len, mask);
		/* What is about to be stored over is not fetched. */
		if (!line->valid && all && plain)
			line->valid = 1;
		else if (!line->valid)
			lab_fill_line(m, view, base);
		store_line(m, view, line, base, all ? whole : mask, pc);
	}
}

void lab_cached_store(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->store && m->cache.warts[i]->store(m, view, phys, len, pc))
			return;
	m->cache.at = phys;
	m->cache.to = phys + len;
	store_lines(m, view, phys, len, pc);
}
