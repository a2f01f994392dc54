/* SPDX-License-Identifier: BSD-2-Clause */
/* One failure, told so that it can be mended without running it again. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../core/source.h"
#include "html.h"

#define AROUND	   3
#define PATH_BYTES 4096

/* The paths come from debug data of code under test: only what lies under the root is opened. */
static FILE *open_source(const char *file)
{
	char path[PATH_BYTES];
	int n;

	if (!file[0] || file[0] == '/' || strstr(file, ".."))
		return NULL;
	n = snprintf(path, sizeof(path), "%s/%s", lab_source_root(), file);
	return n > 0 && (size_t)n < sizeof(path) ? fopen(path, "re") : NULL;
}

void cli_html_source(FILE *out, const char *file, uint32_t line)
{
	FILE *in = line ? open_source(file) : NULL;
	char text[512];
	bool begins = true, any = false;

	for (uint32_t at = 1; in && fgets(text, sizeof(text), in);) {
		size_t n = strlen(text);
		bool ends = n && text[n - 1] == '\n',
		     near = at + AROUND >= line && at <= line + AROUND;

		text[n - ends] = 0;
		if (near && begins)
			fprintf(out, "%s<span%s><i>%" PRIu32 "</i>",
				any ? "" : "<pre class=\"src\">",
				at == line ? " class=\"hit\"" : "", at);
		if (near)
			cli_put_html(out, text);
		if (near && ends)
			fputs("\n</span>", out);
		any |= near;
		begins = ends;
		if (ends && at++ > line + AROUND)
			break;
	}
	if (any)
		fputs(begins ? "</pre>\n" : "</span></pre>\n", out);
	if (in)
		fclose(in);
}

static void site(const struct html *h, const char *when, const struct any_lab_site *s)
{
	if (!s->what[0] && !s->file[0])
		return;
	fprintf(h->out, "<div class=\"site\"><p><b>%s</b> ", when);
	cli_put_html(h->out, s->what);
	fputs("</p>\n<p class=\"where\"><code>", h->out);
	if (s->function[0] && s->function[0] != '?') {
		cli_put_html(h->out, s->function);
		fputs("()</code> <code>", h->out);
	}
	cli_put_html(h->out, s->file[0] ? s->file : "place unknown");
	if (s->line)
		fprintf(h->out, ":%" PRIu32, s->line);
	fprintf(h->out, "</code> <small>event %" PRIu64 "</small></p>\n", s->step);
	cli_html_source(h->out, s->file, s->line);
	fputs("</div>\n", h->out);
}

static void fact(const struct html *h, const char *class, const char *name, const char *text)
{
	if (!text[0])
		return;
	fprintf(h->out, "<dt>%s</dt><dd class=\"%s\">", name, class);
	cli_put_html(h->out, text);
	fputs("</dd>\n", h->out);
}

static void facts(const struct html *h, const struct cli_result *r)
{
	const struct any_lab_rule_text *t = cli_rule(r);
	bool known = r->report->rule != ANY_LAB_OK;

	fputs("<dl>\n", h->out);
	fact(h, "", "Mapping", r->report->mapping);
	fact(h, "", "This platform", r->report->cause);
	if (r->report->needs[0])
		fact(h, "", "It takes", r->report->needs);
	if (known) {
		fact(h, "", "Rule", t->why);
		fact(h, "fix", "Fix", cli_fix(r));
		fact(h, "", "Also breaks on", cli_elsewhere(h->run, r));
	}
	fputs("</dl>\n", h->out);
}

static void history(const struct html *h, const struct any_lab_report *r)
{
	if (!r->n_history)
		return;
	fputs("<h4>What was done to these bytes</h4>\n<ol class=\"history\">\n", h->out);
	for (uint32_t i = 0; i < r->n_history; i++) {
		const struct any_lab_site *past = &r->history[i];

		fputs("<li>", h->out);
		cli_put_html(h->out, past->what);
		if (past->line) {
			fputs(" <code>", h->out);
			cli_put_html(h->out, past->function);
			fputs("()</code> <code>", h->out);
			cli_put_html(h->out, past->file);
			fprintf(h->out, ":%" PRIu32 "</code>", past->line);
		}
		fprintf(h->out, " <small>event %" PRIu64 "</small></li>\n", past->step);
	}
	fputs("</ol>\n", h->out);
}

static void events(const struct html *h, const struct any_lab_report *r)
{
	if (!r->n_events)
		return;
	fprintf(h->out,
		"<details><summary>The last %" PRIu32 " events</summary>\n<pre class=\"events\">",
		r->n_events);
	for (uint32_t i = 0; i < r->n_events; i++) {
		cli_put_html(h->out, r->events[i]);
		fputc('\n', h->out);
	}
	fputs("</pre></details>\n", h->out);
}

static void replay(const struct html *h, const struct cli_result *r)
{
	char *line = cli_replay(h->run, r);

	fputs("<pre class=\"replay\">", h->out);
	cli_put_html(h->out, line ? line : "");
	fputs("</pre>\n", h->out);
	free(line);
}

static void title(const struct html *h, const struct cli_result *r)
{
	const struct any_lab_rule_text *t = cli_rule(r);
	struct cli_alike n = cli_alike(h->run, r);

	fputs("<h3>", h->out);
	cli_put_html(h->out, cli_platform_of(h->run, r)->name);
	fprintf(h->out, " <small>%s, seed %" PRIu64 "%s", cli_driver_name(h->run, r), r->seed,
		r->exhaust ? "" : cli_chance(h->run, r));
	if (n.runs > 1)
		fprintf(h->out, " and %zu more", n.runs - 1);
	if (n.platforms > 1)
		fprintf(h->out, ", on %zu platforms", n.platforms);
	fputs("</small></h3>\n<p class=\"rule\">", h->out);
	if (r->verdict == ANY_LAB_PASS)
		fputs("<b>passed</b> although this platform has warts</p>\n", h->out);
	else if (r->verdict == ANY_LAB_BAD_RUN)
		fputs("<b>could not be run</b></p>\n", h->out);
	else
		fprintf(h->out, "<b>%s</b> %s</p>\n", t->id, t->title);
}

void cli_html_failure(const struct html *h, size_t index)
{
	const struct cli_result *r = h->list[index];
	const struct any_lab_report *report = r->report;

	fprintf(h->out, "<article class=\"%s\" id=\"f-%zu\">\n", cli_html_class(h->run, r), index);
	title(h, r);
	if (report) {
		fputs("<p class=\"text\">", h->out);
		cli_put_html(h->out, report->text);
		fputs("</p>\n", h->out);
		cli_html_picture(h->out, report);
		fputs("<div class=\"sites\">\n", h->out);
		site(h, "First:", &report->before);
		site(h, report->before.what[0] ? "Then:" : "Here:", &report->at);
		fputs("</div>\n", h->out);
		history(h, report);
		facts(h, r);
		events(h, report);
	}
	replay(h, r);
	fputs("</article>\n", h->out);
}
