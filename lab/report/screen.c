/* SPDX-License-Identifier: BSD-2-Clause */
/* The table on standard output: a row a platform, then what failed, then one line of totals. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../main/run.h"

enum column {
	COL_NAME,
	COL_WARTS,
	COL_API,
	COL_BYPASS,
	COL_BOUNCED,
	COL_CLEANED,
	COL_INVALIDATED,
	COL_IOMMU,
	COL_DRAINS,
	COL_RATE,
	COLUMNS,
};

#define VERDICT	     8	/* "FAIL L01" */
#define VERDICT_LONG 24 /* "FAIL L03-dirty-under-dma" */
#define WIDE	     120
#define EXPECTED_MAX 64 /* expected failures worth listing unasked */

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define RESET  "\033[0m"

static const char *const heads[COLUMNS] = {"platform", "warts",	  "DMA API", "bypassed", "bounced",
					   "cleaned",  "invalid", "iommu",   "drains",	 "MB/s"};

static const char *tint(const struct cli_screen *s, const char *color)
{
	return s->color ? color : "";
}

static unsigned between(const struct cli_screen *s, unsigned column)
{
	return !s->width[column] || column == COL_NAME ? 0 : column <= COL_BYPASS ? 2 : 1;
}

static unsigned total(const struct cli_screen *s)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < COLUMNS; i++)
		sum += s->width[i] + between(s, i);
	return sum;
}

/* What does not fit goes, least telling first; what room is left goes to words. */
static void fit(struct cli_screen *s, unsigned width)
{
	static const enum column drop[] = {COL_DRAINS,	COL_IOMMU, COL_INVALIDATED, COL_CLEANED,
					   COL_BOUNCED, COL_RATE,  COL_WARTS};
	unsigned spare;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(drop) && total(s) > width; i++)
		s->width[drop[i]] = 0;
	spare = total(s) < width ? width - total(s) : 0;
	if (s->width[COL_BYPASS] && spare >= VERDICT_LONG - VERDICT) {
		s->width[COL_BYPASS] = VERDICT_LONG;
		spare -= VERDICT_LONG - VERDICT;
	}
	if (s->width[COL_WARTS] && s->warts > s->width[COL_WARTS])
		s->width[COL_WARTS] += s->warts - s->width[COL_WARTS] < spare
					       ? s->warts - s->width[COL_WARTS]
					       : spare;
}

static unsigned longest(unsigned least, const char *text)
{
	unsigned n = (unsigned)strlen(text);

	return n > least ? n : least;
}

/* Cells are ASCII: what is not becomes '?' and keeps the columns straight. */
static void cell(const struct cli_screen *s, unsigned column, const char *text, const char *color)
{
	unsigned width = s->width[column], n = (unsigned)strlen(text);
	int pad = (int)(width - (n < width ? n : width));

	if (!width)
		return;
	printf("%*s%s", (int)between(s, column), "", tint(s, color));
	if (column >= COL_BOUNCED)
		printf("%*s", pad, "");
	for (unsigned i = 0; i < n && i < width; i++) {
		bool cut = n > width && i + 2 >= width;

		putchar(cut ? '.' : text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	}
	fputs(*color ? tint(s, RESET) : "", stdout);
	if (column < COL_BOUNCED)
		printf("%*s", pad, "");
}

/* Whole words, as many as fit: "banks, holes, .." */
static void warts(const struct cli_screen *s, const char *text)
{
	unsigned width = s->width[COL_WARTS];
	char cut[ANY_LAB_WARTS + 4];
	size_t end = strlen(text);

	if (!width)
		return;
	if (end > width)
		for (end = width - 4; end && strncmp(text + end, ", ", 2) != 0;)
			end--;
	if (!end || end == strlen(text))
		snprintf(cut, sizeof(cut), "%s", *text ? text : "-");
	else
		snprintf(cut, sizeof(cut), "%.*s, ..", (int)end, text);
	cell(s, COL_WARTS, cut, DIM);
}

#define BOARDS_TOLD 16 /* more only if asked for */

/* Which device of each board runs, and what it sees of memory. */
static void boards(const struct cli_run *run)
{
	if (run->n_platforms > BOARDS_TOLD && !run->options->verbose)
		return;
	for (size_t i = 0; i < run->n_platforms; i++) {
		const struct cli_platform *p = &run->platforms[i];

		if (!p->device[0])
			continue;
		cli_put_plain(stdout, p->name);
		fputs(": ", stdout);
		cli_put_plain(stdout, p->device);
		fputs(": ", stdout);
		cli_put_plain(stdout, p->situation);
		putchar('\n');
	}
}

static void head(const struct cli_screen *s)
{
	boards(s->run);
	for (unsigned i = 0; i < COLUMNS; i++)
		cell(s, i, i == COL_API && cli_users(s->run) ? "verdict" : heads[i], BOLD);
	putchar('\n');
}

#define NAME 160

/* Of one scenario the platform says it all. */
static const char *row_name(const struct cli_run *run, const struct cli_platform *p,
			    char name[NAME])
{
	bool several = run->options->n_scenarios > 1;

	snprintf(name, NAME, "%s%s%s", several ? p->scenario->name : "", several ? " " : "",
		 p->name);
	return name;
}

void cli_screen_start(struct cli_screen *s, const struct cli_run *run)
{
	*s = (struct cli_screen){.run = run,
				 .color = cli_colored(run->options->color, STDOUT_FILENO)};
	s->name = 8;
	s->warts = 8;
	for (size_t i = 0; i < run->n_platforms; i++) {
		char name[NAME];

		s->name = longest(s->name, row_name(run, &run->platforms[i], name));
		s->warts = longest(s->warts, run->platforms[i].warts);
	}
	for (unsigned i = COL_BOUNCED; i < COLUMNS; i++)
		s->width[i] = i <= COL_INVALIDATED ? 7 : 6;
	s->width[COL_NAME] = s->name < 24 || run->options->n_scenarios > 1 ? s->name : 24;
	s->width[COL_WARTS] = s->warts < 18 ? s->warts : 18;
	s->width[COL_API] = run->n_api ? VERDICT : 0;
	s->width[COL_BYPASS] = run->n_bypass ? VERDICT : 0;
	fit(s, isatty(STDOUT_FILENO) ? cli_width(STDOUT_FILENO, 80) : WIDE);
	if (!run->options->json)
		head(s);
}

static void verdict(const struct cli_screen *s, unsigned column, const struct cli_result *r)
{
	char text[VERDICT_LONG + 8];
	bool room = s->width[column] >= VERDICT_LONG;
	const char *color;

	if (!r) {
		cell(s, column, "-", "");
		return;
	}
	color = !cli_expected(s->run, r) ? RED : r->verdict == ANY_LAB_PASS ? GREEN : YELLOW;
	if (r->verdict == ANY_LAB_FAIL)
		snprintf(text, sizeof(text), "FAIL %.*s", room ? VERDICT_LONG - 5 : 3,
			 cli_rule(r)->id);
	else if (r->verdict == ANY_LAB_BAD_RUN)
		snprintf(text, sizeof(text), "BAD RUN");
	else
		snprintf(text, sizeof(text), "PASS%s", cli_expected(s->run, r) ? "" : " ???");
	cell(s, column, text, color);
}

void cli_screen_row(struct cli_screen *s, size_t platform)
{
	const struct cli_platform *p = &s->run->platforms[platform];
	const struct cli_result *api = cli_first(s->run, platform, false);
	const struct cli_result *bypass = cli_first(s->run, platform, true);
	const struct cli_result *shown = api ? api : bypass;
	const struct any_lab_counters *c = &shown->counters;
	char buf[CLI_UNIT], name[NAME];

	cell(s, COL_NAME, row_name(s->run, p, name), "");
	warts(s, p->warts);
	verdict(s, COL_API, api);
	verdict(s, COL_BYPASS, bypass);
	cell(s, COL_BOUNCED, cli_bytes(buf, c->bounced_bytes), "");
	cell(s, COL_CLEANED, cli_count(buf, c->lines_cleaned), "");
	cell(s, COL_INVALIDATED, cli_count(buf, c->lines_invalidated), "");
	cell(s, COL_IOMMU, cli_count(buf, c->iommu_maps), "");
	cell(s, COL_DRAINS, cli_count(buf, c->drains), "");
	cell(s, COL_RATE, cli_rate(buf, c->bytes, shown->seconds), "");
	putchar('\n');
	fflush(stdout);
	s->shown++;
}

/* "L02-stale-read: The CPU read ... (blk_done, src/driver/blk.c:88)" */
static void what(const struct cli_result *r)
{
	const struct any_lab_report *report = r->report;

	if (r->verdict == ANY_LAB_PASS) {
		fputs(": passed, but this platform has warts: the model saw no harm", stdout);
		return;
	}
	if (r->verdict == ANY_LAB_FAIL && report)
		printf(", %s", cli_rule(r)->id);
	fputs(": ", stdout);
	cli_put_plain(stdout, report ? report->text : "no memory to keep the report");
	if (!report || !report->at.file[0])
		return;
	fputs(" (", stdout);
	cli_put_plain(stdout, report->at.function);
	fputs(", ", stdout);
	cli_put_plain(stdout, report->at.file);
	printf(":%" PRIu32 ")", report->at.line);
}

static void failure(const struct cli_screen *s, const struct cli_result *r)
{
	const char *color = cli_expected(s->run, r) ? YELLOW : RED;
	size_t runs = cli_alike(s->run, r).runs;
	char *replay = cli_replay(s->run, r);

	printf("%s%s%s %s, seed %" PRIu64, tint(s, color),
	       r->verdict == ANY_LAB_PASS   ? "PASS ???"
	       : r->verdict == ANY_LAB_FAIL ? "FAIL"
					    : "BAD RUN",
	       tint(s, RESET), cli_platform_of(s->run, r)->name, r->seed);
	if (runs > 1)
		printf(" and %zu more", runs - 1);
	printf(", %s", cli_driver_name(s->run, r));
	what(r);
	printf("\n  %s%s%s\n", tint(s, DIM), replay ? replay : "", tint(s, RESET));
	free(replay);
}

void cli_screen_failures(const struct cli_screen *s)
{
	const struct cli_result **list =
		calloc(cli_cells(s->run), sizeof(const struct cli_result *));
	size_t n = list ? cli_failures(s->run, list) : 0, expected = 0;
	bool all;

	for (size_t i = 0; i < n; i++)
		expected += cli_expected(s->run, list[i]);
	all = s->run->options->verbose || expected <= EXPECTED_MAX;
	if (n)
		putchar('\n');
	for (size_t i = 0; i < n; i++)
		if (cli_users(s->run))
			cli_found(s, list[i]);
		else if (all || !cli_expected(s->run, list[i]))
			failure(s, list[i]);
	if (!all)
		printf("%zu failed as expected: --verbose lists them\n", expected);
	free(list);
}

static void bypass_totals(const struct cli_totals *t)
{
	printf("bypassed %" PRIu64 " of %" PRIu64 " passed", t->bypass_passed, t->bypass);
	if (t->expected)
		printf(", %" PRIu64 " failed as expected", t->expected);
	if (t->unexpected)
		printf(", %" PRIu64 " unexpected", t->unexpected);
}

static void report(const struct cli_screen *s)
{
	if (s->run->html) {
		fputs("; report: ", stdout);
		cli_put_plain(stdout, s->run->html);
	}
	putchar('\n');
}

static void users_end(const struct cli_screen *s, const struct cli_totals *t)
{
	size_t scenarios = s->run->options->n_scenarios, n = s->run->n_platforms / scenarios;

	printf("\n%zu platform%s", n, n == 1 ? "" : "s");
	if (scenarios > 1)
		printf(" x %zu scenarios", scenarios);
	printf(": %s%" PRIu64 " of %" PRIu64 " runs passed%s",
	       tint(s, t->api == t->api_passed ? GREEN : RED), t->api_passed, t->api,
	       tint(s, RESET));
	if (t->broken)
		printf("; %" PRIu64 " could not be run", t->broken);
	report(s);
}

void cli_screen_end(const struct cli_screen *s)
{
	struct cli_totals t = cli_totals(s->run);
	bool ok = t.api == t.api_passed + t.refused;

	if (cli_users(s->run)) {
		users_end(s, &t);
		return;
	}
	printf("\n%zu platform%s: ", s->run->n_platforms, s->run->n_platforms == 1 ? "" : "s");
	if (s->run->n_api)
		printf("%sDMA API %" PRIu64 " of %" PRIu64 " passed%s", tint(s, ok ? GREEN : RED),
		       t.api_passed, t.api, tint(s, RESET));
	if (t.refused)
		printf(", %" PRIu64 " refused as expected", t.refused);
	if (s->run->n_api && s->run->n_bypass)
		fputs("; ", stdout);
	if (s->run->n_bypass)
		bypass_totals(&t);
	if (t.broken)
		printf("; %" PRIu64 " could not be run", t.broken);
	report(s);
}
