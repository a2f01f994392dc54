/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting a board, and the tables of all boards. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/explain/census.h"

static const struct {
	const char *column, *boards;
} names[CENSUS_COUNTS] = {
	{"masters", "with a bus master"},
	{"windows", "with DMA windows (dma-ranges)"},
	{"offsets", "where a window moves addresses"},
	{"limits", "where a bus ends below 2^64"},
	{"IOMMU", "with a master behind an IOMMU"},
	{"no snoop", "with a master that does not snoop"},
	{"pools", "with a pool or region of its own for a master"},
	{"refused", "with a master whose tree is refused"},
};

static void count(const struct cli_master *m, struct census_row *row)
{
	const struct any_platform *p = &m->answer;
	bool moves = false;
	uint64_t last;

	row->count[CENSUS_MASTERS]++;
	if (m->err) {
		row->count[CENSUS_REFUSED]++;
		if (!row->error[0])
			snprintf(row->error, sizeof(row->error), "%s", m->error.text);
		return;
	}
	for (uint32_t i = 0; i < p->facts.n_segments; i++)
		moves |= p->segments[i].phys.raw != p->segments[i].dma.raw;
	row->count[CENSUS_WINDOWS] += p->facts.n_segments > 0;
	row->count[CENSUS_OFFSETS] += moves;
	row->count[CENSUS_LIMITS] += cli_limit(p, &last) < 64;
	row->count[CENSUS_IOMMUS] += p->machine.iommu.present;
	row->count[CENSUS_NONCOHERENT] += !p->facts.coherent;
	row->count[CENSUS_POOLS] +=
		p->machine.bounce_size || p->machine.coherent_size || m->n_regions;
}

void census_count(const char *file, enum any_platform_reader as, struct census_row *row)
{
	struct cli_masters masters;
	struct cli_board board;
	const char *slash = strrchr(file, '/');

	snprintf(row->file, sizeof(row->file), "%s", slash ? slash + 1 : file);
	if (cli_board_load(file, &board, row->error)) {
		row->state = CENSUS_UNREADABLE;
		return;
	}
	snprintf(row->board, sizeof(row->board), "%.63s", board.name);
	if (cli_masters(&board, as, false, &masters)) {
		for (size_t i = 0; i < masters.n; i++)
			count(masters.list[i], row);
		row->state = CENSUS_DONE;
	}
	cli_masters_free(&masters);
	cli_board_close(&board);
}

struct totals {
	uint64_t devices[CENSUS_COUNTS], boards[CENSUS_COUNTS];
	size_t done, unreadable, died;
};

static void add(struct totals *t, const struct census_row *row)
{
	t->done += row->state == CENSUS_DONE;
	t->unreadable += row->state == CENSUS_UNREADABLE;
	t->died += row->state == CENSUS_STARTED || row->state == CENSUS_WAITING;
	for (int i = 0; i < CENSUS_COUNTS; i++) {
		t->devices[i] += row->count[i];
		t->boards[i] += row->count[i] > 0;
	}
}

static struct totals total(const struct census_row *rows, size_t n)
{
	struct totals t = {.done = 0};

	for (size_t i = 0; i < n; i++)
		add(&t, &rows[i]);
	return t;
}

static void text_row(const struct census_row *row)
{
	printf("%-44.44s", row->file);
	if (row->state == CENSUS_DONE) {
		for (int i = 0; i < CENSUS_COUNTS; i++)
			printf(" %8" PRIu32, row->count[i]);
	} else {
		fputs("  ", stdout);
		cli_put_plain(stdout, row->state == CENSUS_UNREADABLE ? row->error
								      : "the reader died of it");
	}
	putchar('\n');
}

void census_text(const struct census_row *rows, size_t n)
{
	const struct totals t = total(rows, n);

	printf("%-44s", "board (numbers of devices)");
	for (int i = 0; i < CENSUS_COUNTS; i++)
		printf(" %8s", names[i].column);
	putchar('\n');
	for (size_t i = 0; i < n; i++)
		text_row(&rows[i]);
	printf("\n%zu boards", n);
	if (t.unreadable)
		printf(", %zu unreadable", t.unreadable);
	if (t.died)
		printf(", %zu the reader died of", t.died);
	putchar('\n');
	for (int i = 0; i < CENSUS_COUNTS; i++)
		printf("%8" PRIu64 " boards %s (%" PRIu64 " devices)\n", t.boards[i],
		       names[i].boards, t.devices[i]);
	for (size_t i = 0; i < n; i++)
		if (rows[i].state == CENSUS_DONE && rows[i].error[0]) {
			printf("refused: %s: ", rows[i].file);
			cli_put_plain(stdout, rows[i].error);
			putchar('\n');
		}
}

/* The vendor's name in the root's compatible, or the whole of it. */
static size_t vendor(const struct census_row *row)
{
	return strcspn(row->board, ",");
}

static int by_vendor(const void *a, const void *b)
{
	const struct census_row *const *x = a, *const *y = b;
	size_t n = vendor(*x), m = vendor(*y);
	int order = strncmp((*x)->board, (*y)->board, n < m ? n : m);

	return order ? order : n < m ? -1 : n > m;
}

static void markdown_row(const char *name, size_t len, size_t boards, const uint64_t *n)
{
	printf("| %.*s | %zu |", (int)len, name, boards);
	for (int i = 0; i < CENSUS_COUNTS; i++)
		printf(" %" PRIu64 " |", n[i]);
	putchar('\n');
}

static void vendors(const struct census_row *rows, size_t n)
{
	const struct census_row **sorted = calloc(n + 1, sizeof(*sorted));

	if (!sorted)
		return;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &rows[i];
	qsort(sorted, n, sizeof(const struct census_row *), by_vendor);
	printf("\n| vendor of the board | boards |");
	for (int i = 0; i < CENSUS_COUNTS; i++)
		printf(" %s |", names[i].column);
	printf("\n| --- |%s\n", " ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
	for (size_t i = 0, from = 0; i < n; i++) {
		struct totals t = {.done = 0};

		if (i + 1 < n && !by_vendor(&sorted[i], &sorted[i + 1]))
			continue;
		for (size_t k = from; k <= i; k++)
			add(&t, sorted[k]);
		markdown_row(sorted[i]->board, vendor(sorted[i]), i + 1 - from, t.boards);
		from = i + 1;
	}
	free(sorted);
}

void census_markdown(const struct census_row *rows, size_t n)
{
	const struct totals t = total(rows, n);
	bool any = false;

	printf("| boards | number | devices |\n| --- | ---: | ---: |\n");
	printf("| read | %zu of %zu | |\n", t.done, n);
	for (int i = 0; i < CENSUS_COUNTS; i++)
		printf("| %s | %" PRIu64 " | %" PRIu64 " |\n", names[i].boards, t.boards[i],
		       t.devices[i]);
	vendors(rows, n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].state == CENSUS_DONE && !rows[i].error[0])
			continue;
		printf("%s| %s | ", any ? "" : "\n| board | the first refusal |\n| --- | --- |\n",
		       rows[i].file);
		cli_put_plain(stdout, rows[i].error[0] ? rows[i].error : "the reader died of it");
		puts(" |");
		any = true;
	}
}
