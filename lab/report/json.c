/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same results as one JSON document (docs/lab-json.md). Names are stable: new ones may come,
 * none changes its meaning while "format" is 1. Addresses and hashes are strings, because a JSON
 * number beyond 2^53 is not safe in most readers.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../main/run.h"

static void text(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\"%s\": ", name);
	if (value)
		cli_put_json(out, value);
	else
		fputs("null", out);
}

static void place(FILE *out, const struct any_lab_site *s)
{
	if (!s->what[0] && !s->file[0]) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"step\": %" PRIu64 ", ", s->step);
	text(out, "what", s->what);
	fputs(", ", out);
	text(out, "function", s->function);
	fputs(", ", out);
	text(out, "file", s->file);
	fprintf(out, ", \"line\": %" PRIu32 "}", s->line);
}

static void site(FILE *out, const char *name, const struct any_lab_site *s)
{
	fprintf(out, ",\n          \"%s\": ", name);
	place(out, s);
}

static void history(FILE *out, const struct any_lab_report *r)
{
	fputs(",\n          \"history\": [", out);
	for (uint32_t i = 0; i < r->n_history; i++) {
		fputs(i ? ",\n            " : "\n            ", out);
		place(out, &r->history[i]);
	}
	fputs("]", out);
}

static void lines(FILE *out, const struct any_lab_report *r)
{
	fputs(",\n          \"lines\": [", out);
	for (uint32_t i = 0; i < r->n_lines; i++) {
		const struct any_lab_line *l = &r->lines[i];

		fputs(i ? "," : "", out);
		fprintf(out, "\n            {\"address\": \"0x%" PRIx64 "\", ", l->phys);
		fprintf(out, "\"span\": \"0x%" PRIx64 "\", \"bytes\": %" PRIu32 ", ", l->span,
			l->bytes);
		text(out, "label", l->label);
		fputs(", ", out);
		text(out, "state", l->state);
		fputc('}', out);
	}
	fputs("]", out);
}

static void events(FILE *out, const struct any_lab_report *r)
{
	fputs(",\n          \"events\": [", out);
	for (uint32_t i = 0; i < r->n_events; i++) {
		fputs(i ? ",\n            " : "\n            ", out);
		cli_put_json(out, r->events[i]);
	}
	fputs("]", out);
}

static void rule(FILE *out, const struct cli_run *run, const struct cli_result *r)
{
	const struct any_lab_rule_text *t = cli_rule(r);

	fputs("\"rule\": {", out);
	text(out, "id", t->id);
	fputs(", ", out);
	text(out, "title", t->title);
	fputs(",\n            ", out);
	text(out, "why", t->why);
	fputs(",\n            ", out);
	text(out, "fix", cli_fix(r));
	fputs(", ", out);
	text(out, "where", cli_where(run, r));
	fputc('}', out);
}

/* The run of the same row whose report this one's would repeat. */
static const struct cli_result *owner(const struct cli_run *run, const struct cli_result *r)
{
	const struct cli_result *first =
		cli_row(run, (size_t)(cli_platform_of(run, r) - run->platforms));

	while (first->report != r->report)
		first++;
	return first;
}

static void report(FILE *out, const struct cli_run *run, const struct cli_result *r)
{
	const struct any_lab_report *report = r->report;
	char *replay;

	if (r->borrowed)
		fprintf(out, ",\n        \"like\": %" PRIu64, owner(run, r)->seed);
	fputs(",\n        \"report\": ", out);
	if (!report || r->borrowed) {
		fputs("null", out);
		return;
	}
	fputs("{", out);
	rule(out, run, r);
	fprintf(out, ",\n          \"step\": %" PRIu64 ", ", report->step);
	text(out, "text", report->text);
	site(out, "at", &report->at);
	site(out, "before", &report->before);
	fputs(",\n          ", out);
	text(out, "mapping", report->mapping[0] ? report->mapping : NULL);
	fputs(",\n          ", out);
	text(out, "cause", report->cause[0] ? report->cause : NULL);
	fputs(",\n          ", out);
	text(out, "needs", report->needs[0] ? report->needs : NULL);
	replay = cli_replay(run, r);
	fputs(",\n          ", out);
	text(out, "replay", replay);
	free(replay);
	history(out, report);
	lines(out, report);
	events(out, report);
	fputs("}", out);
}

static void counters(FILE *out, const struct any_lab_counters *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
		{"requests", c->requests},
		{"bytes", c->bytes},
		{"maps", c->maps},
		{"bounced_bytes", c->bounced_bytes},
		{"lines_cleaned", c->lines_cleaned},
		{"lines_invalidated", c->lines_invalidated},
		{"iommu_maps", c->iommu_maps},
		{"drains", c->drains},
		{"events", c->events},
		{"evictions", c->evictions},
		{"fills", c->fills},
		{"reorders", c->reorders},
		{"kicks", c->kicks},
		{"interrupts", c->interrupts},
	};

	fputs(",\n        \"counters\": {", out);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(all); i++)
		fprintf(out, "%s\"%s\": %" PRIu64, i ? ", " : "", all[i].name, all[i].value);
	fputs("}", out);
}

static void exhaustive(FILE *out, const struct any_lab_exhaust *e)
{
	if (e)
		fprintf(out,
			",\n        \"exhaustive\": {\"misfortunes\": %" PRIu32
			", \"events\": %" PRIu64 ", \"schedules\": %" PRIu64
			", \"longest\": %" PRIu64 ", \"complete\": %s}",
			e->max_misfortunes, e->max_ticks, e->schedules, e->longest,
			e->done ? "true" : "false");
}

static void cell(FILE *out, const struct cli_run *run, const struct cli_result *r)
{
	static const char *const verdicts[] = {"pass", "fail", "bad-run"};

	const struct any_lab_scenario *scenario = cli_platform_of(run, r)->scenario;

	fprintf(out,
		"\n      {\"driver\": \"%s\", \"seed\": %" PRIu64
		", \"verdict\": \"%s\", \"expected\": %s",
		scenario    ? "scenario"
		: r->bypass ? "bypass"
			    : "api",
		r->seed, verdicts[r->verdict], cli_expected(run, r) ? "true" : "false");
	fprintf(out, ", \"adversary\": %s", r->adversary ? "true" : "false");
	exhaustive(out, r->exhaust);
	counters(out, &r->counters);
	fprintf(out,
		",\n        \"seconds\": %.6f, \"log_hash\": \"%016" PRIx64 "\", \"sha256\": \"",
		r->seconds > 0 && r->seconds < 1e12 ? r->seconds : 0.0, r->log_hash);
	for (size_t i = 0; i < sizeof(r->sha256); i++)
		fprintf(out, "%02x", r->sha256[i]);
	fputs("\"", out);
	report(out, run, r);
	fputs("}", out);
}

static void platform(FILE *out, const struct cli_run *run, size_t i)
{
	const struct cli_platform *p = &run->platforms[i];

	fputs("\n    {", out);
	text(out, "name", p->name);
	fputs(", ", out);
	if (p->scenario) {
		text(out, "scenario", p->scenario->name);
		fputs(", ", out);
	}
	text(out, "warts", p->warts);
	fputs(", ", out);
	text(out, "device", p->device[0] ? p->device : NULL);
	fputs(", ", out);
	text(out, "situation", p->situation);
	fprintf(out, ", \"identity\": %s, \"cells\": [", p->identity ? "true" : "false");
	for (size_t k = 0; k < run->per_platform; k++) {
		fputs(k ? "," : "", out);
		cell(out, run, &cli_row(run, i)[k]);
	}
	fputs("]}", out);
}

/* What the image driver was asked to do, and a scenario is not. */
static void block_header(FILE *out, const struct cli_run *run)
{
	const struct cli_options *o = run->options;

	fputs("\"image\": {", out);
	text(out, "path", run->image.path);
	fprintf(out, ", \"bytes\": %" PRIu64 "},\n  ", run->image.size);
	fprintf(out, "\"write\": %s, \"access_platform\": %s, ", o->write ? "true" : "false",
		o->access_platform ? "true" : "false");
}

/* What was found and not told. */
static void exceptions(FILE *out, const struct cli_run *run)
{
	const struct cli_options *o = run->options;

	fprintf(out, "  \"allowed\": %" PRIu64 ", \"suppressions\": [", run->allowed);
	for (uint32_t i = 0; i < o->n_suppress; i++) {
		const struct any_lab_suppression *s = &o->suppress[i];

		fprintf(out, "%s\n    {\"line\": %" PRIu32 ", ", i ? "," : "", s->line);
		text(out, "rule", any_lab_rules[s->rule].id);
		fputs(", ", out);
		text(out, "place", s->place);
		fputs(", ", out);
		text(out, "reason", s->reason);
		fprintf(out, ", \"times\": %" PRIu64 "}", run->suppressed[i]);
	}
	fputs("],\n", out);
}

static void bypass_totals(FILE *out, const struct cli_totals *t)
{
	fprintf(out,
		"\"bypass\": %" PRIu64 ", \"bypass_passed\": %" PRIu64
		", \"bypass_failed_as_expected\": %" PRIu64 ", \"bypass_unexpected\": %" PRIu64
		", ",
		t->bypass, t->bypass_passed, t->expected, t->unexpected);
}

static void header(FILE *out, const struct cli_run *run)
{
	const struct cli_options *o = run->options;
	struct cli_totals t = cli_totals(run);

	fputs("{\n  \"format\": 1, \"anydma\": \"" ANYDMA_VERSION "\",\n  ", out);
	if (cli_users(run))
		text(out, "program", o->command);
	if (cli_users(run))
		fputs(", ", out);
	else
		block_header(out, run);
	fprintf(out, "\"seed\": %" PRIu64 ", \"seeds\": %" PRIu64 ", \"exit\": %d,\n  ", o->seed,
		o->seeds, cli_status(run));
	text(out, "html", run->html);
	fprintf(out, ",\n  \"totals\": {\"platforms\": %zu, ",
		cli_users(run) ? run->n_platforms / o->n_scenarios : run->n_platforms);
	fprintf(out,
		cli_users(run) ? "\"runs\": %" PRIu64 ", \"passed\": %" PRIu64 ", "
			       : "\"api\": %" PRIu64 ", \"api_passed\": %" PRIu64 ", ",
		t.api, t.api_passed);
	if (!cli_users(run))
		bypass_totals(out, &t);
	fprintf(out, "\"not_run\": %" PRIu64 "},\n", t.broken);
	exceptions(out, run);
}

int cli_json(const struct cli_run *run, FILE *out)
{
	header(out, run);
	fputs("  \"platforms\": [", out);
	for (size_t i = 0; i < run->n_platforms; i++) {
		fputs(i ? "," : "", out);
		platform(out, run, i);
	}
	fputs("\n  ]\n}\n", out);
	return fflush(out) || ferror(out) ? -1 : 0;
}
