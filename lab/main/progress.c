/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far it is. On a terminal one live line, written whole and in place, so it neither flickers
 * nor hides the cursor: whatever ends us, the terminal is sane. Elsewhere a line a quarter.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

#define BAR	20
#define LINE	512
#define RATE_MS 100

int64_t cli_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_progress_start(struct cli_progress *p, const struct cli_run *run)
{
	const char *term = getenv("TERM");

	*p = (struct cli_progress){.run = run};
	p->live =
		!run->options->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void cli_progress_done(struct cli_progress *p, const struct cli_result *result)
{
	size_t all = cli_cells(p->run), quarter;

	p->done++;
	p->failed += !result->bypass && !cli_expected(p->run, result);
	quarter = p->done * 4 / all;
	if (p->live || p->run->options->quiet || p->run->options->json || quarter == p->said ||
	    p->done == all)
		return;
	p->said = quarter;
	fprintf(stderr, "%s: %zu of %zu runs, %zu failed%s\n", cli_program, p->done, all, p->failed,
		cli_users(p->run) ? "" : " on the DMA API");
}

/* Bytes left in the line for the names of what runs now. */
static void names(const struct cli_run *run, const struct cli_active *active, size_t n, char *line,
		  size_t room)
{
	size_t at = strlen(line);

	for (size_t i = 0; i < n; i++) {
		char one[96];
		const struct cli_result *cell = active[i].cell;

		if (!cell)
			continue;
		snprintf(one, sizeof(one), "  %s%s %u%%", cli_platform_of(run, cell)->name,
			 cell->bypass ? " bypassed" : "", active[i].permille / 10);
		if (at + strlen(one) > room)
			return;
		at += (size_t)snprintf(line + at, LINE - at, "%s", one);
	}
}

static unsigned percent(const struct cli_progress *p, const struct cli_active *active, size_t n)
{
	double part = (double)p->done;

	for (size_t i = 0; i < n; i++)
		part += active[i].cell ? active[i].permille / 1000.0 : 0;
	return (unsigned)(part * 100 / (double)cli_cells(p->run));
}

void cli_progress_draw(struct cli_progress *p, const struct cli_active *active, size_t n)
{
	unsigned width = p->live ? cli_width(STDERR_FILENO, 80) : 0, now = percent(p, active, n);
	char line[LINE], bar[BAR + 1];
	int64_t ms = cli_now_ms();

	if (!p->live || ms < p->next_ms)
		return;
	p->next_ms = ms + RATE_MS;
	for (unsigned i = 0; i < BAR; i++)
		bar[i] = i * 100 < now * BAR ? '#' : '.';
	bar[BAR] = 0;
	snprintf(line, sizeof(line), "%3u%% [%s] %zu/%zu", now, bar, p->done, cli_cells(p->run));
	if (p->failed)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), ", %zu failed",
			 p->failed);
	/* The last column stays free: a full line would wrap and no longer be one. */
	width = width < LINE ? width : LINE;
	names(p->run, active, n, line, width - 1);
	if (width)
		line[width - 1] = 0;
	fflush(stdout);
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
	p->drawn = true;
}

void cli_progress_clear(struct cli_progress *p)
{
	if (!p->drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->drawn = false;
	p->next_ms = 0;
}
