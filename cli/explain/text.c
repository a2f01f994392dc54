/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of one board, for a terminal. */
#include <inttypes.h>
#include <string.h>

#include "cli/explain/explain.h"

#define LABEL 10

/* Every line of the text under the same label; the text may hold words of the tree. */
static void labelled(const char *label, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		printf("    %-*s", LABEL, label);
		cli_put_plain(stdout, line);
		putchar('\n');
		text += n + (text[n] == '\n');
		label = "";
	}
}

static void memory(const struct any_platform *p)
{
	uint64_t reserved = 0;
	char span[64], size[32];

	for (uint32_t i = 0; p && i < p->n_ram; i++)
		printf("%s %s (%s)\n", i ? "   " : "RAM",
		       cli_span(span, p->ram[i].base, p->ram[i].base + (p->ram[i].size - 1)),
		       cli_size(size, p->ram[i].size));
	if (p && !p->n_ram)
		puts("RAM not in the tree: the firmware fills it in");
	for (uint32_t i = 0; p && i < p->n_reserved; i++)
		reserved += p->reserved[i].size;
	if (reserved)
		printf("reserved: %u regions, %s together\n", p->n_reserved,
		       cli_size(size, reserved));
}

static void one_header(const struct explained *e, size_t i)
{
	const struct cli_master *m = e->masters.list[i];
	const struct any_platform_iommu *u = &m->answer.machine.iommu;
	const struct cli_fact *why = cli_why(m, ANY_FACT_IOMMU);

	cli_put_plain(stdout, m->found.path);
	if (m->found.compatible[0]) {
		fputs("  ", stdout);
		cli_put_plain(stdout, m->found.compatible);
	}
	if (!m->err && u->present) {
		printf("  stream id 0x%" PRIx32, u->stream_id);
		if (why && why->property) {
			fputs(" by ", stdout);
			cli_put_plain(stdout, why->property);
			fputs(" of ", stdout);
			cli_put_plain(stdout, why->path);
		}
	}
	putchar('\n');
}

static void reasons(const struct cli_master *m)
{
	for (size_t i = 0; i < m->n_facts; i++) {
		const struct cli_fact *f = &m->facts[i];
		char line[512];

		snprintf(line, sizeof(line), "%s: %s%s%s%s%s", cli_fact_name(f->fact), f->path,
			 f->property ? " " : "", f->property ? f->property : "",
			 f->meaning && *f->meaning ? ": " : "", f->meaning ? f->meaning : "");
		labelled(i ? "" : "why", line);
	}
}

static void other_reader(const struct cli_answer *here, const struct cli_answer *there)
{
	for (int line = 0; line < CLI_LINES; line++) {
		const char *a = here->line[line], *b = there->line[line];

		if (!a && !b)
			continue;
		if (a && b && !strcmp(a, b))
			continue;
		labelled("Linux:", cli_line_names[line]);
		labelled("", b ? b : "nothing");
	}
}

static void group(const struct explained *e, size_t first)
{
	const struct cli_answer *a = &e->answers[first];
	size_t n = 0;

	for (size_t i = first; i < e->masters.n; i++)
		n += e->group[i] == first;
	putchar('\n');
	for (size_t i = first; i < e->masters.n; i++)
		if (e->group[i] == first)
			one_header(e, i);
	if (n > 1)
		printf("    (the same answer for these %zu)\n", n);
	for (int line = 0; line < CLI_LINES; line++)
		if (a->line[line] && line != CLI_LINE_WORDS)
			labelled(cli_line_names[line], a->line[line]);
	if (e->options->why)
		reasons(e->masters.list[first]);
	if (e->linux_says)
		other_reader(a, &e->linux_says[first]);
	if (a->line[CLI_LINE_WORDS])
		labelled("=", a->line[CLI_LINE_WORDS]);
}

void explain_text(const struct explained *e)
{
	cli_put_plain(stdout, e->board.name);
	if (e->board.model[0]) {
		fputs("  ", stdout);
		cli_put_plain(stdout, e->board.model);
	}
	printf(e->options->as == ANY_READER_LINUX ? "\n" : "  (as U-Boot reads it)\n");
	memory(explain_memory(e));
	if (!e->masters.n)
		puts("no device of this tree masters a bus");
	for (size_t i = 0; i < e->masters.n; i++)
		if (e->group[i] == i)
			group(e, i);
}
