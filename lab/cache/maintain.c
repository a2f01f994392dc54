/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maintenance as an architecture manual has it, and where the warts of a machine come in. A clean
 * begins here and is complete only after the sync: until then the bytes count as dirty for the
 * oracle, though the model may already have moved them.
 */
#include "../mem/misfortune.h"
#include "../oracle/oracle.h"
#include "../scenario/program.h"

static void drop(struct lab_machine *m, unsigned view, struct lab_line *line, uint64_t base)
{
	*line = (struct lab_line){.valid = 0};
	m->count.lines_invalidated++;
	lab_alias_settled(m, base, m->line);
	LAB_EACH_WART(m, dropped, m, view, base);
}

static void clean(struct lab_machine *m, unsigned view, struct lab_line *line, uint64_t base)
{
	m->count.lines_cleaned++;
	if (!lab_is_dirty(line))
		return;
	if (m->cleaning_n == LAB_DIRTY_LIST)
		lab_cache_sync(m);
	line->cleaning = 1;
	m->cleaning[m->cleaning_n].line = base;
	m->cleaning[m->cleaning_n++].view = (uint8_t)view;
}

static void line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		    struct lab_line *line, uint64_t base)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->line && m->cache.warts[i]->line(m, op, view, base))
			return;
	if (op->kind == LAB_CLEAN) {
		clean(m, view, line, base);
		return;
	}
	if (op->kind == LAB_CLEAN_INVAL) {
		m->count.lines_cleaned++;
		lab_write_back(m, view, base);
	} else if (lab_is_dirty(line)) {
		lab_dirty_dropped(m, line, base, m->line, op->pc);
	}
	drop(m, view, line, base);
}

void lab_cache_line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		       uint64_t base)
{
	line_op(m, op, view, lab_line(m, view, base), base);
}

/* Memory is one piece nearly always; else what of it there is. */
static void range_op(struct lab_machine *m, const struct lab_cache_op *op)
{
	uint64_t base = op->phys & ~(uint64_t)(m->line - 1);
	uint64_t end = (op->phys + op->len + m->line - 1) & ~(uint64_t)(m->line - 1);
	struct lab_line *line;

	if (ANY_UNLIKELY(!lab_is_ram(m, base, end - base))) {
		for (; base < end; base += m->line)
			if (lab_is_ram(m, base, m->line))
				lab_cache_line_op(m, op, op->view, base);
		return;
	}
	for (line = lab_line(m, op->view, base); base < end; base += m->line, line++)
		line_op(m, op, op->view, line, base);
}

void lab_cache_op(struct lab_machine *m, enum lab_cache_kind kind, unsigned view, uint64_t phys,
		  uint64_t len, uint64_t pc)
{
	struct lab_cache_op op = {kind, view, phys, len, pc};

	if (m->program)
		lab_program_told(m, phys, len, pc);
	lab_log_event(m, kind == LAB_INVAL ? LAB_EV_INVAL : LAB_EV_CLEAN, view, phys, (uint32_t)len,
		      pc);
	if (kind != LAB_INVAL) {
		m->clean_waits = true;
		m->cleaned = (struct lab_store){
			.phys = phys, .len = (uint32_t)len, .pc = pc, .step = m->step};
	}
	m->chance.maintained.phys = phys;
	m->chance.maintained.len = len;
	m->chance.maintained.view = view;
	lab_hot(m, LAB_HOT_MAINTAINED);
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->range && m->cache.warts[i]->range(m, &op))
			return;
	range_op(m, &op);
}

/* How many of the lines being cleaned, from the i-th on, go to memory as one run. */
static unsigned run_at(struct lab_machine *m, unsigned i)
{
	const struct lab_dirty *first = &m->cleaning[i];
	struct lab_line *line = lab_line(m, first->view, first->line);
	unsigned n = 0;

	for (; i + n < m->cleaning_n && m->cleaning[i + n].view == first->view &&
	       m->cleaning[i + n].line == first->line + ((uint64_t)n << m->line_shift) &&
	       line->cleaning && lab_is_dirty(line);
	     n++, line++) {
		line->dirty[0] = line->dirty[1] = 0;
		line->cleaning = 0;
	}
	return n;
}

void lab_cache_sync(struct lab_machine *m)
{
	unsigned n;

	lab_log_event(m, LAB_EV_CACHE_SYNC, 0, 0, m->cleaning_n, 0);
	for (unsigned i = 0; i < m->cleaning_n; i += n ? n : 1) {
		const struct lab_dirty *first = &m->cleaning[i];
		struct lab_line *line = lab_line(m, first->view, first->line);

		n = m->cache.n_warts ? 0 : run_at(m, i);
		if (n)
			lab_copy(lab_ptr(m, LAB_DRAM, first->line),
				 lab_ptr(m, first->view, first->line), (size_t)n << m->line_shift);
		else if (line->cleaning)
			lab_write_back(m, first->view, first->line);
		line->cleaning = 0;
	}
	m->cleaning_n = 0;
}

static void drop_written(struct lab_machine *m, const struct lab_write *w)
{
	for (uint64_t base = w->phys & ~(uint64_t)(m->line - 1); base < w->phys + w->len;
	     base += m->line)
		for (unsigned v = 0; v < m->n_views; v++)
			if (lab_caches(m, base) && !lab_is_dirty(lab_line(m, v, base)))
				drop(m, v, lab_line(m, v, base), base);
}

void lab_cache_write_back_all(struct lab_machine *m, bool drop_all)
{
	lab_log_event(m, LAB_EV_CLEAN, 0, 0, 0, 0);
	m->clean_waits = true;
	lab_cache_sync(m);
	for (; lab_n_dirty(m); m->dirty_tail++)
		lab_evict_line(m, lab_dirty(m, 0)->view, lab_dirty(m, 0)->line);
	for (uint64_t s = m->write_tail; drop_all && s < m->write_head; s++)
		drop_written(m, &m->writes[s % LAB_WRITES]);
}
