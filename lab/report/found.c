/* SPDX-License-Identifier: BSD-2-Clause */
/* One mistake in a user's driver, told so that the reader can go and mend it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../main/run.h"

#define LABEL 9 /* columns */

static void label(const struct cli_screen *s, const char *name)
{
	printf("  %s%-*s%s", s->color ? "\033[2m" : "", LABEL, name, s->color ? "\033[0m" : "");
}

static void fact(const struct cli_screen *s, const char *name, const char *text)
{
	if (!text[0])
		return;
	label(s, name);
	cli_put_plain(stdout, text);
	putchar('\n');
}

static void site(const struct cli_screen *s, const char *name, const struct any_lab_site *site)
{
	if (!site->file[0])
		return;
	label(s, name);
	cli_put_plain(stdout, site->file);
	printf(":%" PRIu32, site->line);
	if (site->function[0] && site->function[0] != '?') {
		fputs(", in ", stdout);
		cli_put_plain(stdout, site->function);
		fputs("()", stdout);
	}
	putchar('\n');
}

/* By a plan chance has no say; of the block driver nobody asks. */
const char *cli_chance(const struct cli_run *run, const struct cli_result *r)
{
	return run->options->plan ? ", by the plan" : r->adversary ? ", adversarial" : ", plain";
}

static void seen(const struct cli_screen *s, const struct cli_result *r)
{
	const struct cli_run *run = s->run;
	struct cli_alike n = cli_alike(run, r);

	label(s, "seen");
	if (run->per_platform == 1 && run->n_platforms == 1) {
		printf("on %s, seed %" PRIu64 "%s\n", cli_platform_of(run, r)->name, r->seed,
		       cli_chance(run, r));
		return;
	}
	printf("in %zu of %zu runs, on %zu of %zu platforms; first %s, seed %" PRIu64 "%s\n",
	       n.runs, run->n_platforms / run->options->n_scenarios * run->per_platform,
	       n.platforms, run->n_platforms / run->options->n_scenarios,
	       cli_platform_of(run, r)->name, r->seed, cli_chance(run, r));
}

static void events(const struct cli_screen *s, const struct any_lab_report *r)
{
	if (!r->n_events || (!s->run->options->replay && !s->run->options->verbose))
		return;
	printf("  the last %" PRIu32 " events:\n", r->n_events);
	for (uint32_t i = 0; i < r->n_events; i++) {
		fputs("    ", stdout);
		cli_put_plain(stdout, r->events[i]);
		putchar('\n');
	}
}

static void history(const struct cli_screen *s, const struct any_lab_report *r)
{
	for (uint32_t i = 0; i < r->n_history; i++) {
		const struct any_lab_site *past = &r->history[i];

		label(s, i ? "" : "history");
		printf("event %" PRIu64 ": ", past->step);
		cli_put_plain(stdout, past->what);
		if (past->line) {
			fputs(", ", stdout);
			cli_put_plain(stdout, past->file);
			printf(":%" PRIu32 " ", past->line);
			cli_put_plain(stdout, past->function);
			fputs("()", stdout);
		}
		putchar('\n');
	}
}

void cli_found(const struct cli_screen *s, const struct cli_result *r)
{
	const struct any_lab_report *report = r->report;
	const struct any_lab_rule_text *rule = cli_rule(r);
	bool ruled = report && report->rule != ANY_LAB_OK;
	char *replay = cli_replay(s->run, r);

	printf("%s%s%s", s->color ? "\033[31m" : "",
	       r->verdict == ANY_LAB_FAIL ? "FAIL" : "BAD RUN", s->color ? "\033[0m" : "");
	if (ruled)
		printf(" %s", rule->id);
	if (s->run->options->n_known > 1)
		printf(", %s", cli_driver_name(s->run, r));
	fputs(": ", stdout);
	cli_put_plain(stdout, report ? report->text : "no memory to keep the report");
	putchar('\n');
	if (report) {
		site(s, "at", &report->at);
		site(s, "against", &report->before);
		fact(s, "mapping", report->mapping);
		history(s, report);
		fact(s, "machine", report->cause);
		if (report->needs[0])
			fact(s, "needs", report->needs);
	}
	if (ruled) {
		fact(s, "rule", rule->why);
		fact(s, "fix", cli_fix(r));
		fact(s, "also on", cli_elsewhere(s->run, r));
	}
	seen(s, r);
	fact(s, "replay", replay ? replay : "");
	if (report)
		events(s, report);
	free(replay);
	putchar('\n');
}
