/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results as JUnit XML, which every CI system reads: a suite a driver, a test case a platform.
 * A failure's text is the report of the first seed that failed; the properties say how to get there
 * again. cli_put_html() makes any text well-formed XML.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "../main/run.h"

struct suite {
	const struct any_lab_scenario *scenario;
	bool bypass;
};

static void attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	cli_put_html(out, value);
	fputc('"', out);
}

static void line(FILE *out, const char *name, const char *text)
{
	if (!text[0])
		return;
	fprintf(out, "%s: ", name);
	cli_put_html(out, text);
	fputc('\n', out);
}

static void site(FILE *out, const char *name, const struct any_lab_site *s)
{
	if (!s->file[0])
		return;
	fprintf(out, "%s: ", name);
	cli_put_html(out, s->file);
	fprintf(out, ":%" PRIu32, s->line);
	if (s->function[0] && s->function[0] != '?') {
		fputs(" in ", out);
		cli_put_html(out, s->function);
		fputs("()", out);
	}
	fputc('\n', out);
}

static void story(FILE *out, const struct cli_run *run, const struct cli_result *r)
{
	const struct any_lab_report *report = r->report;
	char *replay = cli_replay(run, r);

	if (report) {
		cli_put_html(out, report->text);
		fputc('\n', out);
		site(out, "at", &report->at);
		site(out, "against", &report->before);
		line(out, "mapping", report->mapping);
		for (uint32_t i = 0; i < report->n_history; i++)
			site(out, report->history[i].what, &report->history[i]);
		line(out, "machine", report->cause);
		for (uint32_t i = 0; i < report->n_events; i++)
			line(out, "event", report->events[i]);
	}
	if (report && report->rule != ANY_LAB_OK) {
		line(out, "rule", cli_rule(r)->why);
		line(out, "fix", cli_fix(r));
		line(out, "also on", cli_elsewhere(run, r));
	}
	line(out, "replay", replay ? replay : "");
	free(replay);
}

/* The first run of the row that is not as it should be; NULL: all are. */
static const struct cli_result *wrong(const struct cli_run *run, const struct cli_result *row,
				      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (row[i].done && !cli_expected(run, &row[i]))
			return &row[i];
	return NULL;
}

static void properties(FILE *out, const struct cli_run *run, const struct cli_result *r, size_t n)
{
	char *replay = cli_replay(run, r);

	fprintf(out,
		"      <properties>\n        <property name=\"seed\" value=\"%" PRIu64
		"\"/>\n        <property name=\"seeds\" value=\"%zu\"/>\n        <property"
		" name=\"replay\"",
		r->seed, n);
	attribute(out, "value", replay ? replay : "");
	fputs("/>\n", out);
	if (r->exhaust)
		fprintf(out, "        <property name=\"schedules\" value=\"%" PRIu64 "\"/>\n",
			r->exhaust->schedules);
	fputs("      </properties>\n", out);
	free(replay);
}

static void outcome(FILE *out, const struct cli_run *run, const struct cli_result *r)
{
	const char *tag = r->verdict == ANY_LAB_BAD_RUN ? "error" : "failure";

	fprintf(out, "      <%s", tag);
	attribute(out, "message", r->report ? r->report->text : "passed where it should not");
	attribute(out, "type", r->report ? cli_rule(r)->id : "unexpected-pass");
	fputc('>', out);
	story(out, run, r);
	fprintf(out, "</%s>\n", tag);
}

static void test_case(FILE *out, const struct cli_run *run, size_t platform,
		      const struct suite *suite)
{
	const struct cli_result *row = cli_row(run, platform) + (suite->bypass ? run->n_api : 0);
	size_t n = suite->bypass ? run->n_bypass : run->n_api;
	const struct cli_result *bad = wrong(run, row, n);
	double seconds = 0;

	for (size_t i = 0; i < n; i++)
		seconds += row[i].seconds > 0 && row[i].seconds < 1e9 ? row[i].seconds : 0;
	fputs("    <testcase", out);
	attribute(out, "classname", cli_driver_name(run, row));
	attribute(out, "name", run->platforms[platform].name);
	fprintf(out, " time=\"%.3f\">\n", seconds);
	properties(out, run, bad ? bad : row, n);
	if (bad)
		outcome(out, run, bad);
	fputs("    </testcase>\n", out);
}

struct sums {
	size_t tests, failures, errors;
	const struct cli_result *first;
};

static struct sums add_up(const struct cli_run *run, const struct suite *suite)
{
	struct sums t = {0, 0, 0, NULL};

	for (size_t i = 0; i < run->n_platforms; i++) {
		const struct cli_result *row = cli_row(run, i) + (suite->bypass ? run->n_api : 0);
		const struct cli_result *bad =
			wrong(run, row, suite->bypass ? run->n_bypass : run->n_api);

		if (run->platforms[i].scenario != suite->scenario)
			continue;
		t.first = t.first ? t.first : row;
		t.tests++;
		t.errors += bad && bad->verdict == ANY_LAB_BAD_RUN;
		t.failures += bad && bad->verdict != ANY_LAB_BAD_RUN;
	}
	return t;
}

static void test_suite(FILE *out, const struct cli_run *run, struct suite suite)
{
	struct sums t = add_up(run, &suite);

	if (!t.first || !(suite.bypass ? run->n_bypass : run->n_api))
		return;
	fputs("  <testsuite", out);
	attribute(out, "name", cli_driver_name(run, t.first));
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\">\n", t.tests,
		t.failures, t.errors);
	for (size_t i = 0; i < run->n_platforms; i++)
		if (run->platforms[i].scenario == suite.scenario)
			test_case(out, run, i, &suite);
	fputs("  </testsuite>\n", out);
}

int cli_junit(const struct cli_run *run, FILE *out)
{
	const struct cli_options *o = run->options;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	attribute(out, "name", o->command);
	fputs(">\n", out);
	for (size_t i = 0; i < o->n_scenarios; i++)
		test_suite(out, run, (struct suite){o->scenarios[i], false});
	if (!cli_users(run)) {
		test_suite(out, run, (struct suite){NULL, false});
		test_suite(out, run, (struct suite){NULL, true});
	}
	fputs("</testsuites>\n", out);
	return fflush(out) || ferror(out) ? -1 : 0;
}
