/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of one address in words: step by step, then the end of it. */
#include <inttypes.h>

#include "cli/translate/show.h"

static void put_path(const struct translation *x, size_t node)
{
	char path[ANY_PLATFORM_TEXT];

	cli_put_plain(stdout, cli_node_path(&x->nodes, node, path));
}

static void step_text(const struct translation *x, const struct walk_step *s, unsigned number,
		      uint64_t before, uint64_t after)
{
	const struct cli_window *w = &s->window;
	char child[64], parent[64];

	printf("  %u. ", number);
	put_path(x, s->bus);
	if (s->how == WALK_WINDOW) {
		cli_span(child, w->child, w->child + (w->size - 1));
		cli_span(parent, w->parent, w->parent + (w->size - 1));
		printf(" window %d, below %s, above %s: 0x%" PRIx64 " -> 0x%" PRIx64, s->index,
		       child, parent, before, after);
		if (!walk_covers(x->from_dma ? w->child : w->parent, w->size, before))
			fputs(" (past its end: nobody checks, it follows on)", stdout);
	} else {
		printf(" %s: 0x%" PRIx64 " stays",
		       s->how == WALK_EMPTY ? "dma-ranges is empty" : "has no dma-ranges", before);
	}
	putchar('\n');
}

/* The address before each step, from the device up. */
static void along(const struct translation *x, const struct walk_route *r,
		  uint64_t at[WALK_STEPS + 1])
{
	at[0] = x->from_dma ? x->address : translation_through(x, r);
	for (size_t i = 0; i < r->n; i++)
		at[i + 1] = r->steps[i].how == WALK_WINDOW
				    ? at[i] - r->steps[i].window.child + r->steps[i].window.parent
				    : at[i];
}

static void route_text(const struct translation *x, const struct walk_route *r)
{
	uint64_t at[WALK_STEPS + 1];

	along(x, r, at);
	for (size_t i = 0; i < r->n; i++) {
		size_t k = x->from_dma ? i : r->n - 1 - i;

		step_text(x, &r->steps[k], (unsigned)i + 1, at[x->from_dma ? k : k + 1],
			  at[x->from_dma ? k + 1 : k]);
	}
}

static void others(const struct translation *x)
{
	for (size_t i = 1; i < x->n_taken; i++)
		printf("  also %s 0x%" PRIx64 " by window %d: the first one wins\n",
		       x->from_dma ? "CPU" : "DMA",
		       translation_through(x, &x->walk.routes[x->taken[i]]),
		       x->walk.routes[x->taken[i]].steps[0].index);
	/* Two CPU addresses may be one byte of the bus. */
	for (size_t i = 0; !x->from_dma && x->n_taken && i < x->walk.n; i++) {
		const struct walk_route *r = &x->walk.routes[i];

		if (i != x->taken[0] && r->reaches && walk_covers(r->dma, r->size, x->result) &&
		    r->cpu + (x->result - r->dma) != x->address)
			printf("  CPU 0x%" PRIx64 " has the same DMA address\n",
			       r->cpu + (x->result - r->dma));
	}
}

static void lost(const struct translation *x)
{
	const char *space = x->from_dma ? "DMA" : "CPU";
	uint64_t best = 0, apart, base, last;
	const struct walk_route *near = NULL;
	char span[64], size[32];

	if (x->why) {
		printf("out of reach: 0x%" PRIx64 " is %s\n",
		       x->from_dma || x->tables ? x->address : x->result, x->why);
		return;
	}
	for (size_t i = 0; i < x->walk.n; i++) {
		const struct walk_route *r = &x->walk.routes[i];

		base = x->from_dma ? r->dma : r->cpu;
		last = base + (r->size - 1);
		apart = x->address < base ? base - x->address : x->address - last;
		if (!r->reaches || (near && apart >= best))
			continue;
		near = r;
		best = apart;
	}
	printf("out of reach: %s 0x%" PRIx64 " is in no window", space, x->address);
	if (near) {
		base = x->from_dma ? near->dma : near->cpu;
		printf("; the nearest, %s of window %d, %s at ",
		       cli_span(span, base, base + (near->size - 1)), near->steps[0].index,
		       x->address < base ? "starts" : "ended");
		printf("0x%" PRIx64 ", %s %s", x->address < base ? base : base + (near->size - 1),
		       cli_size(size, best), x->address < base ? "above" : "below");
	}
	putchar('\n');
	for (size_t i = 0; i < x->walk.n; i++) {
		const struct walk_route *r = &x->walk.routes[i];
		const struct walk_step *end = &r->steps[r->n ? r->n - 1 : 0];

		if (r->reaches)
			continue;
		printf("  window %d at DMA 0x%" PRIx64 " ends at ", r->steps[0].index, r->dma);
		put_path(x, end->bus);
		printf(", whose windows do not have 0x%" PRIx64 "\n", r->cpu);
	}
	if (!x->from_dma)
		puts("  a buffer there bounces");
}

static void ram(const struct translation *x, uint64_t cpu)
{
	const struct any_platform *p = &x->master->answer;
	bool is = false, taken = false;

	for (uint32_t i = 0; i < p->n_ram; i++)
		is |= walk_covers(p->ram[i].base, p->ram[i].size, cpu);
	for (uint32_t i = 0; i < p->n_reserved; i++)
		taken |= walk_covers(p->reserved[i].base, p->reserved[i].size, cpu);
	if (p->n_ram && !is)
		printf("  the tree has no RAM at CPU 0x%" PRIx64 "\n", cpu);
	if (taken)
		printf("  CPU 0x%" PRIx64 " is reserved memory\n", cpu);
}

static void tables(const struct translation *x)
{
	const struct any_platform_iommu *u = &x->master->answer.machine.iommu;
	const struct cli_fact *why = cli_why(x->master, ANY_FACT_IOMMU);
	char span[64];

	printf("  1. IOMMU");
	if (why && why->property) {
		printf(" (%s of ", why->property);
		cli_put_plain(stdout, why->path);
		putchar(')');
	}
	printf(", stream id 0x%" PRIx32 ", aperture %s\n", u->stream_id,
	       cli_span(span, u->base, u->base + (u->size - 1)));
	for (uint32_t i = 0; i < u->n_out; i++)
		printf("     its output 0x%" PRIx64 " is CPU 0x%" PRIx64 ", for 0x%" PRIx64
		       " bytes\n",
		       u->out[i].dma.raw, u->out[i].phys.raw, u->out[i].size);
	if (x->reached && x->from_dma)
		puts("it arrives where the IOMMU's tables say: any page of RAM");
	else if (x->reached)
		puts("it is mapped when a driver asks, at an address of the aperture");
}

static void end(const struct translation *x)
{
	const struct any_platform_machine *m = &x->master->answer.machine;

	if (!x->reached) {
		lost(x);
		return;
	}
	if (!x->n_taken && !x->tables)
		puts("  in no window: it goes out as it is");
	printf("%s 0x%" PRIx64 " is %s 0x%" PRIx64 "\n", x->from_dma ? "DMA" : "CPU", x->address,
	       x->from_dma ? "CPU" : "DMA", x->result);
	others(x);
	ram(x, x->from_dma ? x->result : x->address);
	if (x->master->answer.facts.bounce_always && !x->from_dma && !x->in_pool)
		printf("  but a buffer there bounces: the device is confined to its pool at "
		       "0x%" PRIx64 "\n",
		       m->bounce_base);
}

void translation_text(const struct translation *x)
{
	cli_put_plain(stdout, x->master->found.path);
	printf(", %s 0x%" PRIx64 ", as %s reads the tree\n", x->from_dma ? "DMA" : "CPU",
	       x->address, x->as == ANY_READER_LINUX ? "Linux" : "U-Boot");
	if (x->n_taken)
		route_text(x, &x->walk.routes[x->taken[0]]);
	if (x->tables)
		tables(x);
	if (!x->tables || !x->reached)
		end(x);
}

static void steps_json(struct cli_json_writer *w, const struct translation *x)
{
	const struct walk_route *r = x->n_taken ? &x->walk.routes[x->taken[0]] : NULL;
	static const char *const how[] = {"window", "empty", "absent", "miss"};
	uint64_t at[WALK_STEPS + 1];
	char path[ANY_PLATFORM_TEXT];

	cli_json_open(w, "steps", '[');
	if (r)
		along(x, r, at);
	for (size_t i = 0; r && i < r->n; i++) {
		size_t k = x->from_dma ? i : r->n - 1 - i;
		const struct walk_step *s = &r->steps[k];

		cli_json_open(w, NULL, '{');
		cli_json_text(w, "node", cli_node_path(&x->nodes, s->bus, path));
		cli_json_text(w, "by", how[s->how]);
		if (s->how == WALK_WINDOW) {
			cli_json_count(w, "window", (uint64_t)s->index);
			cli_json_hex(w, "below", s->window.child);
			cli_json_hex(w, "above", s->window.parent);
			cli_json_hex(w, "size", s->window.size);
		}
		cli_json_hex(w, "before", at[x->from_dma ? k : k + 1]);
		cli_json_hex(w, "after", at[x->from_dma ? k + 1 : k]);
		cli_json_close(w, '}');
	}
	cli_json_close(w, ']');
}

void translation_json(const struct translation *x)
{
	struct cli_json_writer w = {.out = stdout};

	cli_json_open(&w, NULL, '{');
	cli_json_text(&w, "anydma", ANYDMA_VERSION);
	cli_json_text(&w, "file", x->board.argument);
	cli_json_text(&w, "device", x->master->found.path);
	cli_json_text(&w, "reader", cli_reader_name(x->as));
	cli_json_text(&w, "from", x->from_dma ? "dma" : "cpu");
	cli_json_hex(&w, "address", x->address);
	cli_json_flag(&w, "reached", x->reached);
	cli_json_flag(&w, "iommu", x->tables);
	if (x->reached && !x->tables)
		cli_json_hex(&w, "result", x->result);
	else
		cli_json_text(&w, "result", NULL);
	cli_json_text(&w, "why", x->reached ? NULL : x->why ? x->why : "in no window");
	steps_json(&w, x);
	cli_json_open(&w, "also", '[');
	for (size_t i = 1; i < x->n_taken; i++)
		cli_json_hex(&w, NULL, translation_through(x, &x->walk.routes[x->taken[i]]));
	cli_json_close(&w, ']');
	cli_json_close(&w, '}');
}
