/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the report page. */
#ifndef ANYDMA_CLI_HTML_H
#define ANYDMA_CLI_HTML_H

#include "cli/lab/run.h"

struct html {
	FILE *out;
	const struct cli_run *run;
	const struct cli_result **list; /* what has a section; its index is the section's id */
	size_t n;
};

extern const char html_style[];

/* "good", "bad", "odd" (bypass, not as expected) or "known" (bypass, failed as expected). */
const char *html_class(const struct cli_run *run, const struct cli_result *result);
void html_failure(const struct html *h, size_t index);
void html_picture(FILE *out, const struct any_lab_report *report);
/* The lines around file:line; nothing where the source cannot be read. */
void html_source(FILE *out, const char *file, uint32_t line);

#endif
