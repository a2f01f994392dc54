/* SPDX-License-Identifier: BSD-2-Clause */
/* What the results add up to, and the way back to each of them. */
#include <string.h>

#include "run.h"

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

/* What no machine found (a signal, an error's number) has a fix without words of any API. */
const char *cli_fix(const struct cli_result *result)
{
	return result->report && result->report->fix[0] ? result->report->fix
							: cli_rule(result)->fix;
}

const char *cli_where(const struct cli_run *run, const struct cli_result *result)
{
	const char *where = cli_rule(result)->where;

	return where[0] ? where : cli_platform_of(run, result)->name;
}

const char *cli_elsewhere(const struct cli_run *run, const struct cli_result *result)
{
	const char *where = cli_where(run, result);

	return strcmp(where, cli_platform_of(run, result)->name) != 0 ? where : "";
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

static bool same_place(const struct any_lab_site *a, const struct any_lab_site *b)
{
	return a->line == b->line && !strcmp(a->file, b->file);
}

bool cli_same(const struct cli_run *run, const struct cli_result *x, const struct cli_result *y)
{
	const struct any_lab_report *a = x->report, *b = y->report;
	const struct cli_platform *p = cli_platform_of(run, x), *q = cli_platform_of(run, y);

	if (x->bypass != y->bypass || x->verdict != y->verdict || p->scenario != q->scenario ||
	    (!cli_users(run) && p != q))
		return false;
	if (a == b || !a || !b)
		return a == b;
	return a->rule == b->rule && same_place(&a->at, &b->at) &&
	       same_place(&a->before, &b->before) && (a->at.line || !strcmp(a->text, b->text));
}

static bool told(const struct cli_run *run, const struct cli_result *const *list, size_t n,
		 const struct cli_result *r)
{
	while (n--)
		if (cli_same(run, list[n], r))
			return true;
	return false;
}

struct cli_alike cli_alike(const struct cli_run *run, const struct cli_result *r)
{
	struct cli_alike sum = {0, 0};

	for (size_t i = 0; i < run->n_platforms; i++) {
		size_t before = sum.runs;

		for (size_t k = 0; k < run->per_platform; k++)
			sum.runs +=
				cli_row(run, i)[k].done && cli_same(run, r, &cli_row(run, i)[k]);
		sum.platforms += sum.runs > before;
	}
	return sum;
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

const char *cli_driver_name(const struct cli_run *run, const struct cli_result *result)
{
	const struct any_lab_scenario *scenario = cli_platform_of(run, result)->scenario;

	return scenario		? scenario->name
	       : result->bypass ? "bypassing the DMA API"
				: "on the DMA API";
}
