/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the report page. */
#ifndef ANYDMA_LAB_REPORT_HTML_H
#define ANYDMA_LAB_REPORT_HTML_H

#include "../main/run.h"

struct html {
	FILE *out;
	const struct cli_run *run;
	const struct cli_result **list; /* what has a section; its index is the section's id */
	size_t n;
};

extern const char cli_html_style[];

/* "good", "bad", "odd" (bypass, not as expected) or "known" (bypass, failed as expected). */
const char *cli_html_class(const struct cli_run *run, const struct cli_result *result);
void cli_html_failure(const struct html *h, size_t index);
void cli_html_picture(FILE *out, const struct any_lab_report *report);
/* What was found and not told: the list's lines, and how often each was met. */
void cli_html_exceptions(const struct html *h);
/* The lines around file:line; nothing where the source cannot be read. */
void cli_html_source(FILE *out, const char *file, uint32_t line);

#endif
