/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address map of one device as SVG: CPU space on the left, DMA space on the right, low
 * addresses below, windows as bands between them. Labels stand outside the strips, at borders
 * that scale.c keeps apart; words inside a strip are left out where they would touch others.
 */
#include <inttypes.h>

#include "cli/explain/explain.h"

#define WIDTH 760.0
#define CPU_X 170.0
#define DMA_X 470.0
#define STRIP 120.0
#define TOP   34.0
#define APART 13.0 /* between base lines of words in one strip */
#define WORDS 64

struct map {
	FILE *out;
	const struct any_platform *p;
	struct scale cpu, dma;
	struct cli_piece ram[CLI_PIECES]; /* or of the whole space, where the tree has no RAM */
	size_t n_ram;
	double words[2][WORDS]; /* base lines of words, of each strip */
	size_t n_words[2];
	bool tables; /* an IOMMU translates everything */
};

static uint64_t end_of(uint64_t base, uint64_t size)
{
	return base + (size - 1);
}

static void see_memory(struct map *m)
{
	uint64_t last;

	m->tables = m->p->machine.iommu.present && !m->p->machine.iommu.partial;
	m->n_ram = cli_reach_ram(m->p, m->ram);
	cli_limit(m->p, &last);
	if (!m->p->n_ram && !m->p->facts.n_segments)
		m->n_ram = cli_reach(m->p, 0, last, m->ram);
}

static void borders(struct map *m)
{
	const struct any_platform_iommu *u = &m->p->machine.iommu;

	for (uint32_t i = 0; i < m->p->n_ram; i++)
		scale_add(&m->cpu, m->p->ram[i].base, end_of(m->p->ram[i].base, m->p->ram[i].size));
	for (uint32_t i = 0; i < m->p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &m->p->segments[i];

		scale_add(&m->cpu, s->phys.raw, end_of(s->phys.raw, s->size));
		scale_add(&m->dma, s->dma.raw, end_of(s->dma.raw, s->size));
	}
	for (size_t i = 0; i < m->n_ram; i++) {
		scale_add(&m->cpu, m->ram[i].first, m->ram[i].last);
		if (m->ram[i].reached && !m->tables)
			scale_add(&m->dma, m->ram[i].dma,
				  m->ram[i].dma + (m->ram[i].last - m->ram[i].first));
	}
	if (!u->present)
		return;
	scale_add(&m->dma, u->base, end_of(u->base, u->size));
	for (uint32_t i = 0; i < u->n_holes; i++)
		scale_add(&m->dma, u->holes[i].base, end_of(u->holes[i].base, u->holes[i].size));
}

/* A part of a strip, with what it is as a tool tip. */
static void box(struct map *m, int side, const char *class, uint64_t first, uint64_t last,
		const char *what)
{
	const struct scale *s = side ? &m->dma : &m->cpu;
	double top = scale_y_end(s, last), bottom = scale_y(s, first);
	char span[64], size[32];

	if (bottom - top < 1)
		top = bottom - 1; /* a page in a gigabyte is still there */
	fprintf(m->out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
		"<title>%s %s (%s)</title></rect>\n",
		class, side ? DMA_X : CPU_X, top, STRIP, bottom - top, what,
		cli_span(span, first, last),
		last - first == UINT64_MAX ? "all" : cli_size(size, last - first + 1));
}

static void word(struct map *m, int side, uint64_t first, uint64_t last, const char *what)
{
	const struct scale *s = side ? &m->dma : &m->cpu;
	double y = (scale_y(s, first) + scale_y_end(s, last)) / 2 + 4;
	char size[32];

	for (size_t i = 0; i < m->n_words[side]; i++) {
		double apart = m->words[side][i] - y;

		if (apart < APART && apart > -APART)
			return;
	}
	if (m->n_words[side] == WORDS)
		return;
	m->words[side][m->n_words[side]++] = y;
	fprintf(m->out, "<text class=\"word\" x=\"%.1f\" y=\"%.1f\">%s%s%s</text>\n",
		(side ? DMA_X : CPU_X) + STRIP / 2, y, what, *what ? " " : "",
		last - first == UINT64_MAX ? "" : cli_size(size, last - first + 1));
}

static void strips(struct map *m)
{
	for (int side = 0; side < 2; side++) {
		const struct scale *s = side ? &m->dma : &m->cpu;

		fprintf(m->out, "<text class=\"head\" x=\"%.1f\" y=\"20\">%s</text>\n",
			(side ? DMA_X : CPU_X) + STRIP / 2, side ? "DMA space" : "CPU space");
		if (s->n)
			fprintf(m->out,
				"<rect class=\"strip\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				"height=\"%.1f\"/>\n",
				side ? DMA_X : CPU_X, TOP, STRIP, scale_bottom(s) - TOP);
	}
}

static void band(struct map *m, const char *class, uint64_t cpu, uint64_t cpu_last, uint64_t dma,
		 uint64_t dma_last)
{
	char from[64], to[64];

	fprintf(m->out,
		"<polygon class=\"%s\" points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f\">"
		"<title>CPU %s is DMA %s</title></polygon>\n",
		class, CPU_X + STRIP, scale_y_end(&m->cpu, cpu_last), DMA_X,
		scale_y_end(&m->dma, dma_last), DMA_X, scale_y(&m->dma, dma), CPU_X + STRIP,
		scale_y(&m->cpu, cpu), cli_span(from, cpu, cpu_last), cli_span(to, dma, dma_last));
}

static void windows(struct map *m)
{
	for (uint32_t i = 0; i < m->p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &m->p->segments[i];
		uint64_t more = s->size - 1;

		box(m, 1, "window", s->dma.raw, s->dma.raw + more, "window");
		band(m, "band", s->phys.raw, s->phys.raw + more, s->dma.raw, s->dma.raw + more);
	}
	for (size_t i = 0; i < m->n_ram && !m->tables; i++) {
		const struct cli_piece *r = &m->ram[i];
		uint64_t more = r->last - r->first;
		bool direct = !m->p->facts.n_segments;

		if (!r->reached)
			continue;
		box(m, 1, direct ? "window" : "seen", r->dma, r->dma + more,
		    "RAM as the device sees it,");
		if (direct)
			band(m, "band", r->first, r->last, r->dma, r->dma + more);
	}
}

static void iommu(struct map *m)
{
	const struct any_platform_iommu *u = &m->p->machine.iommu;

	if (!u->present)
		return;
	box(m, 1, "aperture", u->base, end_of(u->base, u->size), "IOMMU aperture");
	for (uint32_t i = 0; i < u->n_holes; i++)
		box(m, 1, "hole", u->holes[i].base, end_of(u->holes[i].base, u->holes[i].size),
		    "never given out");
	for (uint32_t i = 0; i < m->p->n_ram; i++)
		band(m, "tables", m->p->ram[i].base, end_of(m->p->ram[i].base, m->p->ram[i].size),
		     u->base, end_of(u->base, u->size));
}

static void memory(struct map *m)
{
	const struct any_platform *p = m->p;

	for (uint32_t i = 0; i < p->n_ram; i++)
		box(m, 0, "ram", p->ram[i].base, end_of(p->ram[i].base, p->ram[i].size), "RAM");
	for (size_t i = 0; i < m->n_ram && !m->tables; i++)
		if (!m->ram[i].reached)
			box(m, 0, "unreachable", m->ram[i].first, m->ram[i].last,
			    "out of reach, bounces:");
	for (uint32_t i = 0; i < p->n_reserved && m->cpu.n; i++) {
		uint64_t last = end_of(p->reserved[i].base, p->reserved[i].size);

		if (last >= m->cpu.at[0] && p->reserved[i].base <= m->cpu.at[m->cpu.n - 1])
			box(m, 0, "reserved", p->reserved[i].base, last, "reserved");
	}
	if (p->machine.bounce_size)
		box(m, 0, "pool", p->machine.bounce_base,
		    end_of(p->machine.bounce_base, p->machine.bounce_size), "bounce pool");
}

static void all_words(struct map *m)
{
	const struct any_platform_iommu *u = &m->p->machine.iommu;

	for (size_t i = 0; i < m->n_ram; i++)
		word(m, 0, m->ram[i].first, m->ram[i].last,
		     m->ram[i].reached || m->tables ? m->p->n_ram ? "RAM" : "" : "bounces");
	if (m->tables)
		word(m, 1, u->base, end_of(u->base, u->size), "IOMMU");
	for (uint32_t i = 0; i < m->p->facts.n_segments; i++)
		word(m, 1, m->p->segments[i].dma.raw,
		     end_of(m->p->segments[i].dma.raw, m->p->segments[i].size), "window");
	for (size_t i = 0; i < m->n_ram && !m->tables && !m->p->facts.n_segments; i++)
		if (m->ram[i].reached)
			word(m, 1, m->ram[i].dma,
			     m->ram[i].dma + (m->ram[i].last - m->ram[i].first), "the same");
}

static void labels(struct map *m)
{
	for (int side = 0; side < 2; side++) {
		const struct scale *s = side ? &m->dma : &m->cpu;
		double edge = side ? DMA_X + STRIP : CPU_X, tick = side ? 6 : -6;

		for (size_t i = 0; i < s->n; i++)
			fprintf(m->out,
				"<path class=\"tick\" d=\"M%.1f %.1fh%.1f\"/>"
				"<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">0x%" PRIx64 "</text>\n",
				edge, s->y[i], tick, side ? "dma" : "cpu", edge + 1.5 * tick,
				s->y[i] + 4, s->at[i]);
	}
}

void explain_map(const struct cli_master *master, size_t id, FILE *out)
{
	static struct map m;
	double bottom;

	m = (struct map){.out = out, .p = &master->answer};
	see_memory(&m);
	borders(&m);
	scale_finish(&m.cpu, TOP);
	scale_finish(&m.dma, TOP);
	bottom = scale_bottom(&m.cpu) > scale_bottom(&m.dma) ? scale_bottom(&m.cpu)
							     : scale_bottom(&m.dma);
	bottom = bottom < TOP ? TOP : bottom;
	fprintf(out,
		"<svg class=\"map\" id=\"map%zu\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
		"width=\"%.0f\" height=\"%.0f\"><title>address map</title>\n",
		id, WIDTH, bottom + 14, WIDTH, bottom + 14);
	strips(&m);
	memory(&m);
	windows(&m);
	iommu(&m);
	all_words(&m);
	labels(&m);
	fputs("</svg>\n", out);
}
