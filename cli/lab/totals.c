/* SPDX-License-Identifier: BSD-2-Clause */
/* What the results add up to, and the way back to each of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lab/run.h"

/*
 * Bypassing the API works on identity machines only. On the API everything works, except that a
 * device which does not offer ACCESS_PLATFORM must be refused wherever its addresses would not be
 * the platform's.
 */
bool cli_expected(const struct cli_run *run, const struct cli_result *r)
{
	bool identity = cli_platform_of(run, r)->identity;

	if (r->verdict == ANY_LAB_BAD_RUN)
		return false;
	if (identity || (!r->bypass && run->options->access_platform))
		return r->verdict == ANY_LAB_PASS;
	if (r->bypass)
		return r->verdict == ANY_LAB_FAIL;
	return r->verdict == ANY_LAB_FAIL && r->report && r->report->rule == ANY_LAB_REFUSED;
}

struct cli_totals cli_totals(const struct cli_run *run)
{
	struct cli_totals t = {0};

	for (size_t i = 0; i < cli_cells(run); i++) {
		const struct cli_result *r = &run->results[i];
		bool passed = r->verdict == ANY_LAB_PASS;

		if (!r->done)
			continue;
		*(r->bypass ? &t.bypass : &t.api) += 1;
		*(r->bypass ? &t.bypass_passed : &t.api_passed) += passed;
		if (r->verdict == ANY_LAB_BAD_RUN)
			t.broken++;
		else if (!r->bypass)
			t.refused += !passed && cli_expected(run, r);
		else
			*(cli_expected(run, r) ? &t.expected : &t.unexpected) +=
				!passed || !cli_expected(run, r);
	}
	return t;
}

int cli_status(const struct cli_run *run)
{
	struct cli_totals t = cli_totals(run);
	bool broken = false;

	for (size_t i = 0; i < cli_cells(run); i++) {
		const struct cli_result *r = &run->results[i];

		if (!r->bypass && r->verdict != ANY_LAB_BAD_RUN && !cli_expected(run, r))
			return CLI_FAILED;
		broken |= r->verdict == ANY_LAB_BAD_RUN;
	}
	return broken || t.api + t.bypass < cli_cells(run) ? CLI_USAGE : CLI_OK;
}

const struct any_lab_rule_text *cli_rule(const struct cli_result *result)
{
	return &any_lab_rules[result->report ? result->report->rule : ANY_LAB_OK];
}

/* The run that stands for a platform: the first that did not pass, or simply the first. */
const struct cli_result *cli_first(const struct cli_run *run, size_t platform, bool bypass)
{
	const struct cli_result *row = cli_row(run, platform) + (bypass ? run->n_api : 0);
	size_t n = bypass ? run->n_bypass : run->n_api;

	for (size_t i = 0; i < n; i++)
		if (row[i].verdict != ANY_LAB_PASS)
			return &row[i];
	return n ? row : NULL;
}

/* 0 a failure on the API, 1 an unexpected bypass, 2 an expected one, 3 nothing to say. */
static unsigned rank(const struct cli_run *run, const struct cli_result *r)
{
	if (!r->done || (r->verdict == ANY_LAB_PASS && cli_expected(run, r)))
		return 3;
	return !r->bypass ? 0 : cli_expected(run, r) ? 2 : 1;
}

static bool alike(const struct cli_result *x, const struct cli_result *y)
{
	const struct any_lab_report *a = x->report, *b = y->report;

	if (x->bypass != y->bypass || x->verdict != y->verdict)
		return false;
	return a == b || (a && b && a->rule == b->rule && a->at.line == b->at.line &&
			  !strcmp(a->at.file, b->at.file));
}

/* Another seed of the same platform that found the same thing in the same place. */
static bool told(const struct cli_run *run, const struct cli_result *const *list, size_t n,
		 const struct cli_result *r)
{
	while (n-- && cli_platform_of(run, list[n]) == cli_platform_of(run, r))
		if (alike(list[n], r))
			return true;
	return false;
}

/* How many more seeds of this platform found what `r` found. */
size_t cli_alike(const struct cli_run *run, const struct cli_result *r)
{
	const struct cli_result *end = run->results + cli_cells(run);
	size_t n = 0;

	for (const struct cli_result *i = r + 1; i < end; i++) {
		if (cli_platform_of(run, i) != cli_platform_of(run, r))
			break;
		n += alike(i, r);
	}
	return n;
}

size_t cli_failures(const struct cli_run *run, const struct cli_result **list)
{
	size_t n = 0;

	for (unsigned want = 0; want < 3; want++)
		for (size_t i = 0; i < cli_cells(run); i++)
			if (rank(run, &run->results[i]) == want &&
			    !told(run, list, n, &run->results[i]))
				list[n++] = &run->results[i];
	return n;
}

const char *cli_driver_name(const struct cli_result *result)
{
	return result->bypass ? "bypassing the DMA API" : "on the DMA API";
}

static void word(FILE *out, const char *option, const char *value)
{
	if (!value)
		return;
	fprintf(out, " %s ", option);
	cli_put_shell(out, value);
}

char *cli_replay(const struct cli_run *run, const struct cli_result *result)
{
	const struct cli_options *o = run->options;
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	fputs("anydma lab", out);
	word(out, "--platform", cli_platform_of(run, result)->argument);
	fprintf(out, " --seed %" PRIu64, result->seed);
	fputs(result->bypass ? " --bypass-only" : " --no-bypass", out);
	word(out, "--image", o->image);
	if (!cli_platform_of(run, result)->device[0])
		word(out, "--device", o->device);
	if (o->write)
		fputs(" --write", out);
	if (o->limit)
		fprintf(out, " --limit %" PRIu64, o->limit);
	if (!o->access_platform)
		fputs(" --no-access-platform", out);
	fclose(out);
	return line;
}
