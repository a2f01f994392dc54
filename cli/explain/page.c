/* SPDX-License-Identifier: BSD-2-Clause */
/* The page around the maps: one section for each different answer, self-contained. */
#include <inttypes.h>
#include <string.h>

#include "cli/explain/explain.h"

static const char style[] =
	"<style>\n"
	":root{--ink:#1c2430;--dim:#5b6675;--line:#c9d1db;--paper:#fff;--card:#f6f8fa;"
	"--ram:#9cc4ec;--win:#9fd6b4;--apert:#d3b8ee;--bad:#c0392b;--res:#8894a5;--pool:#f2b84b}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e9f0;--dim:#98a4b3;--line:#3b4654;"
	"--paper:#12171d;--card:#1a2129;--ram:#2c5f91;--win:#2b7049;--apert:#634388;"
	"--bad:#ff8a7a;--res:#5c6877;--pool:#9c6d10}}\n"
	"body{margin:0;background:var(--paper);color:var(--ink);"
	"font:15px/1.45 system-ui,sans-serif}\n"
	"main{max-width:1180px;margin:0 auto;padding:24px}\n"
	"h1{font-size:22px;margin:0}h2{font-size:15px;font-family:ui-monospace,monospace;margin:0;"
	"overflow-wrap:anywhere;font-weight:600}\n"
	".sub,.key{color:var(--dim)}section{background:var(--card);border:1px solid var(--line);"
	"border-radius:8px;padding:16px 20px;margin:20px 0}\n"
	".say{font-size:16px;margin:10px 0}.also{color:var(--dim);font-size:13px;"
	"overflow-wrap:anywhere;margin:4px 0}\n"
	"table{border-collapse:collapse;font-size:13.5px;margin:8px 0}"
	"th{text-align:left;font-weight:500;color:var(--dim);padding:2px 18px 2px 0;"
	"vertical-align:top;white-space:nowrap}"
	"td{font-family:ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;"
	"padding:2px 0}\n"
	"svg.map{max-width:100%;height:auto;display:block;margin:8px 0}\n"
	"svg text{fill:var(--ink);font:12px ui-monospace,monospace}"
	"svg .head{font:600 13px system-ui,sans-serif;text-anchor:middle}"
	"svg .cpu{text-anchor:end}svg .word{text-anchor:middle;font:12px system-ui,sans-serif;"
	"paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-opacity:.8}\n"
	".strip{fill:none;stroke:var(--line)}.ram{fill:var(--ram);stroke:var(--ink);"
	"stroke-width:.5}.unreachable{fill:url(#hatch);stroke:var(--bad)}"
	".reserved{fill:var(--res);fill-opacity:.55}.pool{fill:var(--pool);stroke:var(--ink);"
	"stroke-width:.5}"
	".window,.band{fill:var(--win);stroke:var(--ink);stroke-width:.5}.band{fill-opacity:.35}"
	".seen{fill:var(--ram);fill-opacity:.6}.aperture{fill:var(--apert);fill-opacity:.6;"
	"stroke:var(--ink);stroke-width:.5}.hole{fill:url(#hatch)}"
	".tables{fill:var(--apert);fill-opacity:.25;stroke:var(--ink);stroke-width:.5;"
	"stroke-dasharray:5 4}.tick{stroke:var(--dim)}\n"
	".key span{display:inline-block;width:14px;height:12px;margin:0 6px 0 16px;"
	"border:1px solid var(--line);vertical-align:-1px}\n"
	"</style>\n"
	"<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
	"<pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
	"patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"#fff\" "
	"fill-opacity=\".55\"/><path d=\"M0 0v7\" stroke=\"#c0392b\" stroke-width=\"3\"/>"
	"</pattern></defs></svg>\n";

static const char key[] =
	"<p class=\"key\"><span style=\"background:var(--ram)\"></span>RAM"
	"<span style=\"background:var(--win)\"></span>window: CPU and DMA address of the same byte"
	"<span style=\"background:repeating-linear-gradient(45deg,#c0392b 0 2px,#fff 2px 5px)\">"
	"</span>out of reach: bounces, or never given out"
	"<span style=\"background:var(--apert)\"></span>what an IOMMU may map"
	"<span style=\"background:var(--res)\"></span>reserved"
	"<span style=\"background:var(--pool)\"></span>pool</p>\n";

static void row(FILE *out, const char *name, const char *text)
{
	fputs("<tr><th>", out);
	cli_put_html(out, name);
	fputs("</th><td>", out);
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		cli_put_html(out, line);
		text += n + (text[n] == '\n');
		if (*text)
			fputs("<br>", out);
	}
	fputs("</td></tr>\n", out);
}

static void reasons(const struct cli_master *m, FILE *out)
{
	for (size_t i = 0; i < m->n_facts; i++) {
		const struct cli_fact *f = &m->facts[i];
		char line[512];

		snprintf(line, sizeof(line), "%s%s%s%s%s", f->path, f->property ? " " : "",
			 f->property ? f->property : "", f->meaning && *f->meaning ? ": " : "",
			 f->meaning ? f->meaning : "");
		row(out, cli_fact_name(f->fact), line);
	}
}

static void heading(const struct explained *e, size_t first, FILE *out)
{
	size_t others = 0;

	fputs("<h2>", out);
	cli_put_html(out, e->masters.list[first]->found.path);
	fputs("</h2>\n", out);
	for (size_t i = first + 1; i < e->masters.n; i++) {
		if (e->group[i] != first)
			continue;
		fputs(others++ ? ", " : "<p class=\"also\">the same for ", out);
		cli_put_html(out, e->masters.list[i]->found.path);
	}
	if (others)
		fputs("</p>\n", out);
}

static void section(const struct explained *e, size_t first, FILE *out)
{
	const struct cli_answer *a = &e->answers[first];
	const struct cli_master *m = e->masters.list[first];

	fputs("<section class=\"device\">\n", out);
	heading(e, first, out);
	if (a->line[CLI_LINE_WORDS]) {
		fputs("<p class=\"say\">", out);
		cli_put_html(out, a->line[CLI_LINE_WORDS]);
		fputs("</p>\n", out);
	}
	if (!m->err)
		explain_map(m, first, out);
	fputs("<table class=\"facts\">\n", out);
	for (int line = 0; line < CLI_LINES; line++)
		if (a->line[line] && line != CLI_LINE_WORDS)
			row(out, cli_line_names[line], a->line[line]);
	fputs("</table>\n", out);
	if (e->options->why && m->n_facts) {
		fputs("<details open><summary>why</summary><table class=\"why\">\n", out);
		reasons(m, out);
		fputs("</table></details>\n", out);
	}
	fputs("</section>\n", out);
}

void explain_page(const struct explained *e, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width\"><title>",
	      out);
	cli_put_html(out, e->board.name);
	fputs(": DMA address map</title>\n</head><body>\n", out);
	fputs(style, out);
	fputs("<main><h1>", out);
	cli_put_html(out, e->board.model[0] ? e->board.model : e->board.name);
	fputs("</h1>\n<p class=\"sub\">", out);
	cli_put_html(out, e->board.name);
	fprintf(out, " &middot; %zu devices that master a bus, as %s reads the tree</p>\n",
		e->masters.n, e->options->as == ANY_READER_LINUX ? "Linux" : "U-Boot");
	fputs(key, out);
	for (size_t i = 0; i < e->masters.n; i++)
		if (e->group[i] == i)
			section(e, i, out);
	fputs("</main></body></html>\n", out);
}
