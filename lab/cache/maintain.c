/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maintenance as an architecture manual has it, and where the warts of a machine come in. A clean
 * begins here and is complete only after the sync: until then the bytes count as dirty for the
 * oracle, though the model may already have moved them.
 */
#include "../mem/misfortune.h"
#include "../oracle/oracle.h"
#include "../scenario/program.h"

static void drop(struct lab_machine *m, unsigned view, uint64_t base)
{
	memset(lab_line(m, view, base), 0, sizeof(struct lab_line));
	m->count.lines_invalidated++;
	lab_alias_settled(m, base, m->line);
	LAB_EACH_WART(m, dropped, m, view, base);
}

static void clean(struct lab_machine *m, unsigned view, uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	m->count.lines_cleaned++;
	if (!lab_is_dirty(line))
		return;
	if (m->cleaning_n == LAB_DIRTY_LIST)
		lab_cache_sync(m);
	line->cleaning = 1;
	m->cleaning[m->cleaning_n].line = base;
	m->cleaning[m->cleaning_n++].view = (uint8_t)view;
}

void lab_cache_line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		       uint64_t base)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->line && m->cache.warts[i]->line(m, op, view, base))
			return;
	if (op->kind == LAB_CLEAN) {
		clean(m, view, base);
		return;
	}
	if (op->kind == LAB_CLEAN_INVAL) {
		m->count.lines_cleaned++;
		lab_write_back(m, view, base);
	} else if (lab_is_dirty(lab_line(m, view, base))) {
		lab_dirty_dropped(m, lab_line(m, view, base), base, m->line, op->pc);
	}
	drop(m, view, base);
}

void lab_cache_op(struct lab_machine *m, enum lab_cache_kind kind, unsigned view, uint64_t phys,
		  uint64_t len, uint64_t pc)
{
	struct lab_cache_op op = {kind, view, phys, len, pc};

	if (m->program)
		lab_program_told(m, phys, len, pc);
	lab_log_event(m, kind == LAB_INVAL ? LAB_EV_INVAL : LAB_EV_CLEAN, view, phys, (uint32_t)len,
		      pc);
	if (kind != LAB_INVAL)
		m->clean_waits = true;
	m->chance.maintained.phys = phys;
	m->chance.maintained.len = len;
	m->chance.maintained.view = view;
	lab_hot(m, LAB_HOT_MAINTAINED);
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->range && m->cache.warts[i]->range(m, &op))
			return;
	for (uint64_t base = op.phys & ~(uint64_t)(m->line - 1); base < op.phys + op.len;
	     base += m->line)
		if (lab_is_ram(m, base, m->line))
			lab_cache_line_op(m, &op, view, base);
}

void lab_cache_sync(struct lab_machine *m)
{
	lab_log_event(m, LAB_EV_CACHE_SYNC, 0, 0, m->cleaning_n, 0);
	for (unsigned i = 0; i < m->cleaning_n; i++) {
		struct lab_line *line = lab_line(m, m->cleaning[i].view, m->cleaning[i].line);

		if (!line->cleaning)
			continue;
		lab_write_back(m, m->cleaning[i].view, m->cleaning[i].line);
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
				drop(m, v, base);
}

void lab_cache_write_back_all(struct lab_machine *m, bool drop_all)
{
	lab_log_event(m, LAB_EV_CLEAN, 0, 0, 0, 0);
	m->clean_waits = true;
	lab_cache_sync(m);
	while (m->dirty_n) {
		m->dirty_n--;
		lab_evict_line(m, m->dirty[m->dirty_n].view, m->dirty[m->dirty_n].line);
	}
	for (uint64_t s = m->write_tail; drop_all && s < m->write_head; s++)
		drop_written(m, &m->writes[s % LAB_WRITES]);
}
