/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracle's verdict: one report with both sites, the mapping, the lines, and the way back. */
#include <stdarg.h>

#include "machine.h"
#include "../oracle/oracle.h"
#include "../scenario/scenario.h"
#include "words.h"

extern const char __executable_start[];

static bool is_pending(const struct lab_cpu *c, uint64_t at)
{
	for (uint32_t i = 0; i < c->n_pending; i++)
		if (at - c->pending[i].phys < c->pending[i].len)
			return true;
	return false;
}

static char byte_state(const struct lab_machine *m, unsigned view, uint64_t at, uint64_t phys,
		       uint32_t len)
{
	const struct lab_line *line;
	unsigned bit = (unsigned)(at & (m->line - 1));
	uint64_t mask = 1ull << (bit & 63);

	if (at >= phys && at - phys < len)
		return 'X';
	if (lab_caches(m, at) && view < LAB_VIEWS) {
		line = lab_line(m, view, at);
		if (line->dirty[bit / 64] & mask)
			return 'D';
		if (line->stale[bit / 64] & mask)
			return 'S';
	}
	for (unsigned i = 0; i < LAB_CPUS; i++)
		if (is_pending(&m->cpus[i], at))
			return 'P';
	for (uint64_t w = m->write_tail; w < m->write_head; w++) {
		const struct lab_write *wr = &m->writes[w % LAB_WRITES];

		if (at >= wr->phys && at - wr->phys < wr->len)
			return 'W';
	}
	return '.';
}

static void draw_line(const struct lab_machine *m, unsigned view, uint64_t base, uint64_t phys,
		      uint32_t len, struct any_lab_line *out)
{
	const char *kind = lab_caches(m, base) ? "not cached" : "coherent";

	out->phys = base;
	out->bytes = m->line;
	if (lab_caches(m, base) && view < LAB_VIEWS) {
		const struct lab_line *line = lab_line(m, view, base);

		kind = !line->valid			 ? "absent"
		       : line->dirty[0] | line->dirty[1] ? "valid, dirty"
							 : "valid, clean";
	}
	snprintf(out->label, sizeof(out->label), "view %u: %s", view < LAB_VIEWS ? view : 0, kind);
	for (uint32_t i = 0; i < m->line; i++)
		out->state[i] = byte_state(m, view, base + i, phys, len);
	out->state[m->line] = 0;
}

/* The offending lines with a neighbour on each side, in the view that is concerned. */
static void draw(const struct lab_machine *m, uint64_t phys, uint32_t len, struct any_lab_report *r)
{
	uint64_t first = phys & ~(uint64_t)(m->line - 1);
	uint64_t base = first >= m->line && lab_is_ram(m, first - m->line, m->line)
				? first - m->line
				: first;

	if (!lab_is_ram(m, phys, 1))
		return;
	while (r->n_lines < ANY_LAB_LINES - 2 && base <= phys + len - 1 + m->line &&
	       lab_is_ram(m, base, m->line)) {
		for (unsigned v = 0; v < m->n_views && r->n_lines < ANY_LAB_LINES; v++)
			draw_line(m, v, base, phys, len, &r->lines[r->n_lines++]);
		base += m->line;
	}
}

/* Address faults: the windows of the bus and the address that is in none of them. */
static void draw_windows(const struct lab_machine *m, uint64_t bus, struct any_lab_report *r)
{
	const struct any_dma_facts *f = &m->plat->facts;

	for (uint32_t i = 0; i < f->n_segments && r->n_lines < ANY_LAB_LINES - 1; i++) {
		struct any_lab_line *row = &r->lines[r->n_lines++];

		row->phys = f->segments[i].dma.raw;
		row->span = f->segments[i].size;
		snprintf(row->label, sizeof(row->label), "bus window, %llu MiB of CPU 0x%llx",
			 (unsigned long long)(f->segments[i].size >> 20),
			 (unsigned long long)f->segments[i].phys.raw);
	}
	snprintf(r->lines[r->n_lines].label, sizeof(r->lines[0].label), "the address on the bus");
	r->lines[r->n_lines].phys = bus;
	snprintf(r->lines[r->n_lines++].state, 2, "X");
}

static bool again(const struct lab_event *a, const struct lab_event *b)
{
	return a->pc == b->pc && a->phys == b->phys && a->kind == b->kind && a->len == b->len &&
	       a->master == b->master;
}

static void event_line(const struct lab_event *ev, uint64_t times, char *text, size_t size)
{
	struct any_lab_site site = {0};
	char *pc;

	lab_event_text(ev, text, size);
	if (ev->pc)
		lab_source(ev->pc + (uint64_t)(uintptr_t)__executable_start, &site);
	pc = strstr(text, " pc+");
	if (pc && site.line)
		snprintf(pc, size - (size_t)(pc - text), " %.40s:%u", site.file, site.line);
	else if (pc && !ev->pc)
		*pc = 0;
	if (times > 1)
		snprintf(text + strlen(text), size - strlen(text), " (%llu times)",
			 (unsigned long long)times);
}

/* Oldest first, with their source lines; a loop that polls is one line. */
static void last_events(const struct lab_machine *m, struct any_lab_report *r)
{
	uint64_t first = m->step > LAB_RECENT ? m->step - LAB_RECENT : 0, runs = 0, from = m->step;

	/* Back to where ANY_LAB_EVENTS runs of like events begin. */
	while (from > first) {
		bool like = from < m->step && again(&m->recent[(from - 1) % LAB_RECENT],
						    &m->recent[from % LAB_RECENT]);

		if (!like && runs++ == ANY_LAB_EVENTS)
			break;
		from--;
	}
	for (uint64_t end; from < m->step && r->n_events < ANY_LAB_EVENTS; from = end) {
		const struct lab_event *ev = &m->recent[from % LAB_RECENT];

		for (end = from + 1; end < m->step && again(ev, &m->recent[end % LAB_RECENT]);)
			end++;
		event_line(ev, end - from, r->events[r->n_events++], sizeof(r->events[0]));
	}
}

/* What the CPU does after an unmap it does by its own address. */
static bool about_addresses(const struct lab_machine *m, enum any_lab_rule rule)
{
	if (rule == ANY_LAB_AFTER_UNMAP && m->master != LAB_DEVICE)
		return false;
	return rule == ANY_LAB_UNREACHABLE || rule == ANY_LAB_WRONG_WINDOW ||
	       rule == ANY_LAB_LIMIT || rule == ANY_LAB_OUTSIDE || rule == ANY_LAB_IOMMU_FAULT ||
	       rule == ANY_LAB_STALE_IOTLB || rule == ANY_LAB_AFTER_UNMAP ||
	       (rule >= ANY_LAB_ATTRIBUTE && rule <= ANY_LAB_HOLE);
}

/* Which bytes of memory it is about: those of the access, else those it conflicts with. */
static void bytes_in_question(struct lab_machine *m, uint64_t before_step, uint64_t at,
			      uint32_t len, struct any_lab_report *r)
{
	const struct lab_mapping *map =
		about_addresses(m, r->rule) ? lab_mapping_by_bus(m, at, 1) : NULL;
	const struct lab_event *ev = &m->recent[before_step % LAB_RECENT];

	if (about_addresses(m, r->rule) && !map)
		map = lab_mapping_gone(m, at, 1);
	if (map && map->phys) {
		r->phys = map->phys + (at > map->bus ? at - map->bus : 0);
		r->len = len ? len : 1;
	} else if (len && !about_addresses(m, r->rule) && lab_is_ram(m, at, 1)) {
		r->phys = at;
		r->len = len;
	} else if (before_step && ev->step == before_step && ev->region < LAB_MMIO && ev->len) {
		r->phys = ev->phys;
		r->len = ev->len;
	}
}

/* Whose API it is: of the two places, or of whoever is at work. */
static void fix_text(const struct lab_machine *m, uint64_t pc, uint64_t before_pc,
		     struct any_lab_report *r)
{
	uint64_t pcs[LAB_TRACE + 2] = {pc, before_pc};
	struct lab_sayings words;

	lab_trace(pcs + 2);
	words = lab_words_at(m, pcs, ANY_ARRAY_SIZE(pcs));
	lab_words_fix(&words, r->rule, r->fix, sizeof(r->fix));
}

static _Noreturn void fail(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc,
			   uint64_t before_pc, uint64_t before_step, uint64_t phys, uint32_t len,
			   const char *fmt, va_list args)
{
	struct any_lab_report *r = m->report;

	m->calm = true;
	memset(r, 0, sizeof(*r));
	r->rule = rule;
	r->step = r->at.step = m->step;
	vsnprintf(r->text, sizeof(r->text), fmt, args);
	lab_source_of_event(pc, &r->at);
	r->at.step = m->step;
	snprintf(r->at.what, sizeof(r->at.what), m->turns.ever ? "%s, on CPU %u" : "%s",
		 any_lab_rules[rule].title, (unsigned)(m->cpu - m->cpus));
	if (before_pc) {
		lab_source(before_pc, &r->before);
		r->before.step = before_step;
		snprintf(r->before.what, sizeof(r->before.what), "the access it conflicts with");
	}
	if (phys || len) /* else it is about no bytes */
		lab_mapping_text(m, phys, r->mapping, sizeof(r->mapping));
	lab_cause_text(m, rule, r->cause, sizeof(r->cause));
	fix_text(m, pc, before_pc, r);
	bytes_in_question(m, before_pc ? before_step : 0, phys, len, r);
	if (about_addresses(m, rule))
		draw_windows(m, phys, r);
	else if (phys || len)
		draw(m, phys, len ? len : 1, r);
	last_events(m, r);
	if (!m->armed) {
		fprintf(stderr, "anydma lab: %s\n", r->text);
		__builtin_trap();
	}
	lab_stack_left(m);
	longjmp(m->out, LAB_OUT_VERDICT);
}

/* An allowed one ends the run all the same, as one that has passed so far. */
void lab_fail(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc,
	      uint64_t before_step, uint64_t phys, uint32_t len, const char *fmt, ...)
{
	va_list args;

	if (m->armed && lab_is_allowed(m, rule, pc, before_pc)) {
		m->calm = true;
		longjmp(m->out, LAB_OUT_ALLOWED);
	}
	va_start(args, fmt);
	fail(m, rule, pc, before_pc, before_step, phys, len, fmt, args);
}

void lab_found(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc,
	       uint64_t before_step, uint64_t phys, uint32_t len, const char *fmt, ...)
{
	va_list args;

	if (m->armed && lab_is_allowed(m, rule, pc, before_pc))
		return;
	va_start(args, fmt);
	fail(m, rule, pc, before_pc, before_step, phys, len, fmt, args);
}
