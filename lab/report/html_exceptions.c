/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found and not told, and why: a page that says "passed" owns up to its exceptions. */
#include <inttypes.h>

#include "html.h"

static void row(const struct html *h, uint32_t i)
{
	const struct any_lab_suppression *s = &h->run->options->suppress[i];

	fprintf(h->out, "<tr><th scope=\"row\">%s</th><td class=\"words\"><code>",
		any_lab_rules[s->rule].id);
	cli_put_html(h->out, s->place);
	fputs("</code></td><td class=\"words\">", h->out);
	cli_put_html(h->out, s->reason);
	if (h->run->suppressed[i])
		fprintf(h->out, "</td><td>%" PRIu64 "</td></tr>\n", h->run->suppressed[i]);
	else
		fputs("</td><td>never</td></tr>\n", h->out);
}

void cli_html_exceptions(const struct html *h)
{
	const struct cli_options *o = h->run->options;

	if (!h->run->allowed && !o->n_suppress)
		return;
	fprintf(h->out,
		"<section id=\"exceptions\">\n<h2>Allowed</h2>\n<p>%" PRIu64
		" findings were allowed, by the list or by the driver's own any_lab_allow().</p>\n",
		h->run->allowed);
	if (o->n_suppress) {
		fputs("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">rule</th>"
		      "<th scope=\"col\" class=\"words\">place</th>"
		      "<th scope=\"col\" class=\"words\">reason</th>"
		      "<th scope=\"col\">times</th></tr></thead>\n<tbody>\n",
		      h->out);
		for (uint32_t i = 0; i < o->n_suppress; i++)
			row(h, i);
		fputs("</tbody></table></div>\n", h->out);
	}
	fputs("</section>\n", h->out);
}
