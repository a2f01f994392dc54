/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report: one page that needs nothing but itself. No script, no font, no network: it is mailed,
 * attached to CI runs and opened years later. It is XML too, so that any parser reads it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

#define SECTIONS_MAX 500 /* beyond that nobody reads; the JSON has them all */

const char *cli_html_class(const struct cli_run *run, const struct cli_result *r)
{
	bool expected = cli_expected(run, r);

	if (expected)
		return r->verdict == ANY_LAB_PASS ? "good" : "known";
	return r->bypass && r->verdict != ANY_LAB_BAD_RUN ? "odd" : "bad";
}

static void tile(FILE *out, const char *class, uint64_t value, uint64_t of, const char *what)
{
	fprintf(out, "<div class=\"tile %s\"><b>%" PRIu64, class, value);
	if (of != value)
		fprintf(out, "<small>/%" PRIu64 "</small>", of);
	fprintf(out, "</b><span>%s</span></div>\n", what);
}

static uint64_t schedules(const struct cli_run *run)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < cli_cells(run); i++)
		sum += run->results[i].exhaust ? run->results[i].exhaust->schedules : 0;
	return sum;
}

static void tiles(const struct html *h)
{
	struct cli_totals t = cli_totals(h->run);
	size_t scenarios = h->run->options->n_scenarios,
	       n = h->run->n_platforms / (scenarios ? scenarios : 1);

	fputs("<section class=\"tiles\">\n", h->out);
	tile(h->out, "", n, n, "platforms");
	if (h->run->n_api)
		tile(h->out, t.api == t.api_passed + t.refused ? "good" : "bad", t.api_passed,
		     t.api, cli_users(h->run) ? "runs passed" : "runs on the DMA API passed");
	if (t.refused)
		tile(h->out, "known", t.refused, t.refused, "devices refused, as they must be");
	if (h->run->n_bypass) {
		tile(h->out, "", t.bypass_passed, t.bypass, "runs bypassing it passed");
		tile(h->out, "known", t.expected, t.expected, "of them failed as expected");
	}
	if (t.unexpected)
		tile(h->out, "odd", t.unexpected, t.unexpected, "runs bypassing it surprised us");
	if (t.broken)
		tile(h->out, "bad", t.broken, t.broken, "could not be run");
	if (h->run->options->exhaust)
		tile(h->out, "", schedules(h->run), schedules(h->run), "schedules");
	if (h->run->allowed)
		tile(h->out, "known", h->run->allowed, h->run->allowed, "findings allowed");
	fputs("</section>\n", h->out);
}

static void image(const struct html *h)
{
	char buf[CLI_UNIT], end;

	cli_put_html(h->out, h->run->image.path ? h->run->image.path : "made-up image");
	cli_bytes(buf, h->run->image.size);
	end = buf[strlen(buf) - 1];
	fprintf(h->out, ", %.*s%s%s, %s", (int)strcspn(buf, "KMGTPE"), buf,
		end < 'A' ? " byte" : (const char[]){' ', end, 'i', 'B', 0}, end < 'A' ? "s" : "",
		h->run->options->write ? "written and read back" : "read");
}

static void header(const struct html *h)
{
	const struct cli_options *o = h->run->options;

	fputs("<header>\n<h1>", h->out);
	cli_put_html(h->out, cli_program);
	fputs("</h1>\n<p>", h->out);
	for (size_t i = 0; i < o->n_scenarios; i++)
		fprintf(h->out, "%s%s",
			i		     ? ", "
			: o->n_scenarios > 1 ? "scenarios "
					     : "scenario ",
			o->scenarios[i]->name);
	if (!cli_users(h->run))
		image(h);
	fprintf(h->out, ", seed %" PRIu64, o->seed);
	if (o->seeds > 1)
		fprintf(h->out, " to %" PRIu64, o->seed + o->seeds - 1);
	if (o->exhaust)
		fprintf(h->out,
			", every schedule of at most %" PRIu64 " misfortune%s in %" PRIu64
			" events",
			o->exhaust, o->exhaust == 1 ? "" : "s", o->exhaust_ticks);
	fputs(", anydma " ANYDMA_VERSION "</p>\n</header>\n", h->out);
	tiles(h);
}

/* The section of a result; h->n: it has none. */
static size_t section(const struct html *h, const struct cli_result *r)
{
	size_t i = 0;

	if (r->verdict == ANY_LAB_PASS && cli_expected(h->run, r))
		return h->n;
	while (i < h->n && !cli_same(h->run, h->list[i], r))
		i++;
	return i;
}

static size_t failed_seeds(const struct html *h, const struct cli_result *r)
{
	const struct cli_result *end = h->run->results + cli_cells(h->run);
	const struct cli_platform *p = cli_platform_of(h->run, r);
	size_t failed = 0;

	for (; r < end && cli_platform_of(h->run, r) == p; r++)
		failed += r->verdict != ANY_LAB_PASS;
	return failed;
}

static void verdict(const struct html *h, const struct cli_result *r)
{
	size_t at = r ? section(h, r) : h->n;

	if (!r) {
		fputs("<td></td>", h->out);
		return;
	}
	fprintf(h->out, "<td class=\"v %s\">", cli_html_class(h->run, r));
	if (at < h->n)
		fprintf(h->out, "<a href=\"#f-%zu\">", at);
	fputs(r->verdict == ANY_LAB_PASS   ? "pass"
	      : r->verdict == ANY_LAB_FAIL ? cli_rule(r)->id
					   : "could not run",
	      h->out);
	if (r->verdict == ANY_LAB_PASS && !cli_expected(h->run, r))
		fputs(", not expected", h->out);
	if (at < h->n)
		fputs("</a>", h->out);
	if (!r->bypass && r->verdict != ANY_LAB_PASS && h->run->n_api > 1 && !h->run->n_bypass)
		fprintf(h->out, " <small>%zu of %zu seeds</small>", failed_seeds(h, r),
			h->run->n_api);
	if (r->exhaust)
		fprintf(h->out, " <small>%" PRIu64 " schedules</small>", r->exhaust->schedules);
	fputs("</td>", h->out);
}

static void row(const struct html *h, size_t platform)
{
	const struct cli_platform *p = &h->run->platforms[platform];
	const struct cli_result *api = cli_first(h->run, platform, false);
	const struct cli_result *bypass = cli_first(h->run, platform, true);
	const struct cli_result *shown = api ? api : bypass;
	const struct any_lab_counters *c = &shown->counters;
	const char *warts = p->warts[0] ? p->warts : p->identity ? "flat and coherent" : "";
	char b[6][CLI_UNIT];

	/* Twice, because a phone has no room for a column of them: the style shows one. */
	fputs("<tr><th scope=\"row\">", h->out);
	if (h->run->options->n_scenarios > 1)
		fprintf(h->out, "%s ", p->scenario->name);
	cli_put_html(h->out, p->name);
	fputs("<small class=\"warts\">", h->out);
	cli_put_html(h->out, warts);
	fputs("</small></th><td class=\"warts\">", h->out);
	cli_put_html(h->out, warts);
	fputs("</td>", h->out);
	if (h->run->n_api)
		verdict(h, api);
	if (h->run->n_bypass)
		verdict(h, bypass);
	fprintf(h->out, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
		cli_bytes(b[0], c->bounced_bytes), cli_count(b[1], c->lines_cleaned),
		cli_count(b[2], c->lines_invalidated), cli_count(b[3], c->iommu_maps),
		cli_count(b[4], c->drains), cli_rate(b[5], c->bytes, shown->seconds));
}

static void matrix(const struct html *h)
{
	fputs("<section>\n<h2>Platforms</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
	      "<th scope=\"col\">platform</th><th scope=\"col\" class=\"warts\">warts</th>",
	      h->out);
	if (h->run->n_api)
		fprintf(h->out, "<th scope=\"col\">%s</th>",
			cli_users(h->run) ? "verdict" : "on the DMA API");
	if (h->run->n_bypass)
		fputs("<th scope=\"col\">bypassing it</th>", h->out);
	fputs("<th scope=\"col\">bytes bounced</th><th scope=\"col\">lines cleaned</th>"
	      "<th scope=\"col\">lines inval&#173;idated</th><th scope=\"col\">IOMMU maps</th>"
	      "<th scope=\"col\">drains</th><th scope=\"col\">MB/s</th></tr></thead>\n<tbody>\n",
	      h->out);
	for (size_t i = 0; i < h->run->n_platforms; i++)
		row(h, i);
	fputs("</tbody></table></div>\n</section>\n", h->out);
}

static const char *group(const struct html *h, const struct cli_result *r)
{
	if (cli_users(h->run))
		return "Failures";
	if (!cli_expected(h->run, r))
		return r->bypass ? "Not as expected" : "On the DMA API";
	return r->bypass ? "Bypassing the DMA API: as expected" : "Refused, as expected";
}

static void sections(const struct html *h, size_t all)
{
	const char *last = "";

	for (size_t i = 0; i < h->n; i++) {
		const char *name = group(h, h->list[i]);

		if (strcmp(name, last) != 0)
			fprintf(h->out, "%s<section>\n<h2>%s</h2>\n", i ? "</section>\n" : "",
				name);
		last = name;
		cli_html_failure(h, i);
	}
	if (h->n)
		fputs("</section>\n", h->out);
	if (all > h->n)
		fprintf(h->out, "<p>%zu more are in the output of --json.</p>\n", all - h->n);
}

int cli_html(const struct cli_run *run, FILE *out)
{
	struct html h = {.out = out, .run = run};
	size_t all;

	h.list = calloc(cli_cells(run), sizeof(const struct cli_result *));
	if (!h.list)
		return -1;
	all = cli_failures(run, h.list);
	h.n = all < SECTIONS_MAX ? all : SECTIONS_MAX;
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	      "<title>",
	      out);
	cli_put_html(out, cli_program);
	fputs("</title>\n<style>\n", out);
	fputs(cli_html_style, out);
	fputs("</style>\n</head>\n<body>\n<main>\n", out);
	header(&h);
	matrix(&h);
	sections(&h, all);
	cli_html_exceptions(&h);
	fputs("</main>\n</body>\n</html>\n", out);
	free(h.list);
	return fflush(out) || ferror(out) ? -1 : 0;
}
