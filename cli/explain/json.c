/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of one board as a document: docs/board-json.md. Every device by itself. */
#include "cli/explain/explain.h"

static void ranges(struct cli_json_writer *w, const char *key,
		   const struct any_platform_range *list, uint32_t n)
{
	cli_json_open(w, key, '[');
	for (uint32_t i = 0; i < n; i++)
		cli_json_range(w, NULL, list[i].base, list[i].size);
	cli_json_close(w, ']');
}

static void segments(struct cli_json_writer *w, const char *key, const struct any_dma_segment *list,
		     uint32_t n)
{
	cli_json_open(w, key, '[');
	for (uint32_t i = 0; i < n; i++)
		cli_json_window(w, &list[i]);
	cli_json_close(w, ']');
}

static void from(struct cli_json_writer *w, const char *key, const struct cli_fact *f)
{
	if (!f || !f->property) {
		cli_json_text(w, key, NULL);
		return;
	}
	cli_json_open(w, key, '{');
	cli_json_text(w, "node", f->path);
	cli_json_text(w, "property", f->property);
	cli_json_close(w, '}');
}

static void iommu(struct cli_json_writer *w, const struct cli_master *m)
{
	const struct any_platform_iommu *u = &m->answer.machine.iommu;

	if (!u->present) {
		cli_json_text(w, "iommu", NULL);
		return;
	}
	cli_json_open(w, "iommu", '{');
	from(w, "from", cli_why(m, ANY_FACT_IOMMU));
	cli_json_hex(w, "stream_id", u->stream_id);
	cli_json_hex(w, "granule", u->granule);
	cli_json_range(w, "aperture", u->base, u->size);
	cli_json_flag(w, "partial", u->partial);
	ranges(w, "holes", u->holes, u->n_holes);
	segments(w, "output", u->out, u->n_out);
	cli_json_close(w, '}');
}

static void pool(struct cli_json_writer *w, const char *key, uint64_t base, uint64_t size)
{
	if (size)
		cli_json_range(w, key, base, size);
	else
		cli_json_text(w, key, NULL);
}

static void regions(struct cli_json_writer *w, const struct cli_master *m)
{
	cli_json_open(w, "regions", '[');
	for (size_t i = 0; i < m->n_regions; i++) {
		cli_json_open(w, NULL, '{');
		cli_json_text(w, "node", m->regions[i].path);
		cli_json_text(w, "compatible", m->regions[i].kind);
		pool(w, "range", m->regions[i].base, m->regions[i].size);
		cli_json_close(w, '}');
	}
	cli_json_close(w, ']');
}

static void bounces(struct cli_json_writer *w, const struct any_platform *p)
{
	static struct cli_piece list[CLI_PIECES];
	bool tables = p->machine.iommu.present && !p->machine.iommu.partial;
	size_t n = tables ? 0 : cli_reach_ram(p, list);

	cli_json_open(w, "bounces", '[');
	for (size_t i = 0; i < n; i++)
		if (!list[i].reached)
			cli_json_range(w, NULL, list[i].first, list[i].last - list[i].first + 1);
	cli_json_close(w, ']');
	cli_json_flag(w, "bounces_always", p->facts.bounce_always);
}

static void facts(struct cli_json_writer *w, const struct cli_master *m)
{
	const struct any_platform *p = &m->answer;
	uint64_t last;
	unsigned bits = cli_limit(p, &last);

	segments(w, "windows", p->segments, p->facts.n_segments);
	cli_json_flag(w, "identity_outside_windows",
		      !p->facts.n_segments || p->facts.miss_identity);
	bounces(w, p);
	cli_json_hex(w, "dma_first", p->facts.dma_min);
	cli_json_hex(w, "dma_last", last);
	cli_json_count(w, "mask_bits", bits);
	cli_json_hex(w, "forbidden_bits", p->facts.dma_forbidden);
	cli_json_flag(w, "coherent", p->facts.coherent);
	from(w, "coherent_from", cli_why(m, ANY_FACT_COHERENT));
	cli_json_count(w, "line", p->facts.line);
	iommu(w, m);
	pool(w, p->facts.bounce_always ? "restricted_pool" : "bounce_pool", p->machine.bounce_base,
	     p->machine.bounce_size);
	pool(w, "coherent_pool", p->machine.coherent_base, p->machine.coherent_size);
	regions(w, m);
}

static void reasons(struct cli_json_writer *w, const struct cli_master *m)
{
	cli_json_open(w, "why", '[');
	for (size_t i = 0; i < m->n_facts; i++) {
		cli_json_open(w, NULL, '{');
		cli_json_text(w, "fact", cli_fact_name(m->facts[i].fact));
		cli_json_text(w, "node", m->facts[i].path);
		cli_json_text(w, "property", m->facts[i].property);
		cli_json_text(w, "meaning", m->facts[i].meaning);
		cli_json_close(w, '}');
	}
	cli_json_close(w, ']');
}

static const char *found_by(enum any_platform_master_by by)
{
	static const char *const words[] = {"property", "name", "bridge", "chosen"};

	return (unsigned)by < ANY_ARRAY_SIZE(words) ? words[by] : "other";
}

static void device(struct cli_json_writer *w, const struct explained *e, size_t i)
{
	const struct cli_master *m = e->masters.list[i];

	cli_json_open(w, NULL, '{');
	cli_json_text(w, "path", m->found.path);
	cli_json_text(w, "compatible", m->found.compatible);
	if (!e->options->device)
		cli_json_text(w, "found_by", found_by(m->found.by));
	cli_json_text(w, "error", e->answers[i].line[CLI_LINE_ERROR]);
	if (!m->err)
		facts(w, m);
	cli_json_text(w, "words", e->answers[i].line[CLI_LINE_WORDS]);
	if (e->linux_says)
		cli_json_flag(w, "as_linux", cli_answer_same(&e->answers[i], &e->linux_says[i]));
	if (e->options->why)
		reasons(w, m);
	cli_json_close(w, '}');
}

void explain_json(const struct explained *e)
{
	struct cli_json_writer w = {.out = stdout};
	const struct any_platform *p = explain_memory(e);

	cli_json_open(&w, NULL, '{');
	cli_json_text(&w, "anydma", ANYDMA_VERSION);
	cli_json_text(&w, "file", e->board.argument);
	cli_json_text(&w, "board", e->board.name);
	cli_json_text(&w, "model", e->board.model);
	cli_json_text(&w, "reader", cli_reader_name(e->options->as));
	ranges(&w, "memory", p ? p->ram : NULL, p ? p->n_ram : 0);
	ranges(&w, "reserved", p ? p->reserved : NULL, p ? p->n_reserved : 0);
	cli_json_open(&w, "devices", '[');
	for (size_t i = 0; i < e->masters.n; i++)
		device(&w, e, i);
	cli_json_close(&w, ']');
	cli_json_close(&w, '}');
}
