/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer in named lines. Two devices are alike, and two boards differ, by these lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/board/board.h"

const char *const cli_line_names[CLI_LINES] = {
	"refused", "windows", "bounces", "limit", "coherent",
	"IOMMU",   "pools",   "caches",	 "path",  "in words",
};

static void refused(FILE *out, const struct cli_master *m)
{
	if (m->err)
		fputs(m->error.text[0] ? m->error.text : any_strerror(m->err), out);
}

static void windows(FILE *out, const struct cli_master *m)
{
	const struct any_platform *p = &m->answer;
	const struct cli_fact *none = cli_why(m, ANY_FACT_WINDOWS);
	char cpu[64], dma[64], size[32];

	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &p->segments[i];

		fprintf(out, "%sCPU %s -> DMA %s (%s)", i ? "\n" : "",
			cli_span(cpu, s->phys.raw, s->phys.raw + (s->size - 1)),
			cli_span(dma, s->dma.raw, s->dma.raw + (s->size - 1)),
			cli_size(size, s->size));
	}
	if (!p->facts.n_segments && p->machine.iommu.present && !p->machine.iommu.partial)
		fputs("none of its own: the IOMMU translates", out);
	else if (!p->facts.n_segments)
		fprintf(out, "CPU address = DMA address%s",
			none && none->property ? "" : " (no dma-ranges says otherwise)");
	else if (p->facts.miss_identity)
		fputs("\nany other CPU address = DMA address", out);
}

static void bounces(FILE *out, const struct cli_master *m)
{
	static struct cli_piece list[CLI_PIECES];
	const struct any_platform *p = &m->answer;
	bool any = false;
	char span[64], size[32];
	size_t n = cli_reach_ram(p, list);

	if (p->facts.bounce_always) {
		fputs("everything, through the restricted pool", out);
		return;
	}
	if (p->machine.iommu.present && !p->machine.iommu.partial) {
		fputs("nothing: the IOMMU maps any RAM", out);
		return;
	}
	if (!p->n_ram) {
		fputs("RAM outside the windows and limits (how much there is, the firmware tells)",
		      out);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!list[i].reached) {
			fprintf(out, "%sRAM %s (%s)", any ? "\n" : "",
				cli_span(span, list[i].first, list[i].last),
				cli_size(size, list[i].last - list[i].first + 1));
			any = true;
		}
	if (!any)
		fputs("nothing: all RAM is in reach", out);
	if (p->facts.dma_forbidden)
		fprintf(out, "\nwhatever has any of the address bits 0x%" PRIx64,
			p->facts.dma_forbidden);
}

static void limit(FILE *out, const struct cli_master *m)
{
	uint64_t last;
	unsigned bits = cli_limit(&m->answer, &last);

	if (m->answer.machine.iommu.present && !m->answer.machine.iommu.partial)
		last = m->answer.machine.iommu.base + (m->answer.machine.iommu.size - 1);
	if (m->answer.machine.iommu.present && !m->answer.machine.iommu.partial)
		fprintf(out, "the aperture ends at 0x%" PRIx64, last);
	else if (bits == 64 && last == UINT64_MAX)
		fputs("none from the bus; the driver's own mask holds", out);
	else
		fprintf(out, "last DMA address 0x%" PRIx64 ", masks are trimmed to %u bits", last,
			bits);
	if (m->answer.facts.dma_min)
		fprintf(out, "\nfirst DMA address 0x%" PRIx64, m->answer.facts.dma_min);
	if (m->answer.machine.master_bits && m->answer.machine.master_bits < 64)
		fprintf(out, "\nthe master drives %u address bits", m->answer.machine.master_bits);
}

static void coherent(FILE *out, const struct cli_master *m)
{
	const struct cli_fact *why = cli_why(m, ANY_FACT_COHERENT);

	fputs(m->answer.facts.coherent ? "yes" : "no", out);
	if (why && why->property)
		fprintf(out, ": %s of %s", why->property, why->path);
	else
		fputs(": no node on its path says; the architecture's default", out);
}

static void iommu(FILE *out, const struct cli_master *m)
{
	const struct any_platform_iommu *u = &m->answer.machine.iommu;
	char span[64], size[32];

	if (!u->present)
		return;
	fprintf(out, "translates in pages of %s", cli_size(size, u->granule));
	fprintf(out, "\naperture %s (%s)", cli_span(span, u->base, u->base + (u->size - 1)),
		cli_size(size, u->size));
	for (uint32_t i = 0; i < u->n_holes; i++)
		fprintf(out, "\nnever given out %s (%s)",
			cli_span(span, u->holes[i].base, u->holes[i].base + (u->holes[i].size - 1)),
			cli_size(size, u->holes[i].size));
	for (uint32_t i = 0; i < u->n_out; i++)
		fprintf(out, "\nits output 0x%" PRIx64 " is CPU 0x%" PRIx64 " (%s)",
			u->out[i].dma.raw, u->out[i].phys.raw, cli_size(size, u->out[i].size));
	if (u->partial)
		fputs("\nwhat the windows reach goes around it", out);
}

static void pool(FILE *out, const char *name, uint64_t base, uint64_t size, bool *any)
{
	char span[64], bytes[32];

	if (!size)
		return;
	fprintf(out, "%s%s %s (%s)", *any ? "\n" : "", name,
		cli_span(span, base, base + (size - 1)), cli_size(bytes, size));
	*any = true;
}

static void pools(FILE *out, const struct cli_master *m)
{
	const struct any_platform_machine *t = &m->answer.machine;
	bool any = false;

	pool(out, m->answer.facts.bounce_always ? "restricted" : "bounce", t->bounce_base,
	     t->bounce_size, &any);
	pool(out, "coherent", t->coherent_base, t->coherent_size, &any);
	for (size_t i = 0; i < m->n_regions; i++) {
		const struct cli_region *r = &m->regions[i];
		char name[256];

		snprintf(name, sizeof(name), "%s: %s", r->path, r->kind);
		if (r->size)
			pool(out, name, r->base, r->size, &any);
		else
			fprintf(out, "%s%s, placed when the system starts", any ? "\n" : "", name);
		any = true;
	}
}

static void caches(FILE *out, const struct cli_master *m)
{
	const struct any_platform *p = &m->answer;

	if (p->facts.coherent)
		fputs("no maintenance", out);
	else
		fprintf(out, "buffers are cleaned and invalidated in lines of %u bytes%s",
			p->facts.line,
			p->facts.speculates ? ", and again after a transfer (it speculates)" : "");
	if (p->facts.virtual_cache)
		fputs("\nvirtually tagged: through the address that filled them", out);
	if (p->machine.cache.outer_line)
		fprintf(out, "\na second level of %u bytes has operations of its own",
			p->machine.cache.outer_line);
}

/* Buffers on the way, order, encryption: what /anydma says beyond the bindings. */
static void path(FILE *out, const struct cli_master *m)
{
	const struct any_platform *p = &m->answer;
	const char *sep = "";

#define SAY(when, text)                                                                            \
	do {                                                                                       \
		if (when) {                                                                        \
			fprintf(out, "%s%s", sep, text);                                           \
			sep = "\n";                                                                \
		}                                                                                  \
	} while (0)
	SAY(p->machine.drain_to_device == ANY_RITUAL_FORBIDDEN,
	    "a buffer towards the device that must not be drained");
	SAY(p->machine.drain_to_device && p->machine.drain_to_device != ANY_RITUAL_FORBIDDEN,
	    "a buffer towards the device is drained before it is told");
	SAY(p->machine.drain_from_device,
	    "a buffer from the device is drained before data is read");
	SAY(p->machine.posted_mmio, "register writes are posted");
	SAY(p->machine.relaxed_order, "device writes may pass one another");
	SAY(p->facts.shared_only, "encrypted guest: shared pages only");
	SAY(p->facts.private_bits, "address bits mark encrypted memory");
	SAY(p->facts.shared_bits, "address bits mark shared memory");
	SAY(p->facts.implied_bits, "the bridge adds address bits of its own");
	SAY(p->facts.coherent_bits, "coherent memory has address bits of its own");
	SAY(p->machine.permutation, "page frames are scrambled");
	SAY(p->facts.untrusted, "faces the outside: not trusted with its neighbours' pages");
#undef SAY
}

bool cli_answer(const struct cli_master *master, struct cli_answer *out)
{
	static void (*const say[CLI_LINES])(FILE *, const struct cli_master *) = {
		refused, windows, bounces, limit, coherent, iommu, pools, caches, path, cli_words,
	};

	*out = (struct cli_answer){{NULL}};
	for (int i = 0; i < CLI_LINES; i++) {
		size_t size = 0;
		FILE *memory;

		if (master->err && i != CLI_LINE_ERROR && i != CLI_LINE_WORDS)
			continue;
		memory = open_memstream(&out->line[i], &size);
		if (!memory)
			return false;
		say[i](memory, master);
		if (fclose(memory))
			return false;
		if (size)
			continue;
		free(out->line[i]);
		out->line[i] = NULL;
	}
	return true;
}

void cli_answer_free(struct cli_answer *answer)
{
	for (int i = 0; i < CLI_LINES; i++)
		free(answer->line[i]);
	*answer = (struct cli_answer){{NULL}};
}

bool cli_answer_same(const struct cli_answer *a, const struct cli_answer *b)
{
	for (int i = 0; i < CLI_LINES; i++)
		if (!a->line[i] != !b->line[i] ||
		    (a->line[i] && strcmp(a->line[i], b->line[i]) != 0))
			return false;
	return true;
}
