/* SPDX-License-Identifier: BSD-2-Clause */
/* --suppress: the list of findings that are known and meant, and what became of each line of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define LARGEST 65536u

static char *whole(const char *path, size_t *size)
{
	char *text = malloc(LARGEST);
	FILE *in = fopen(path, "re");

	if (in && text) {
		*size = fread(text, 1, LARGEST, in);
		if (!ferror(in) && *size < LARGEST) {
			fclose(in);
			return text;
		}
		errno = ferror(in) ? errno : EFBIG;
	}
	cli_error("%s: %s", path, strerror(errno));
	if (in)
		fclose(in);
	free(text);
	return NULL;
}

int cli_suppress_read(struct cli_options *o)
{
	char why[ANY_LAB_TEXT], *text;
	size_t size = 0;
	int n;

	if (!o->suppress_file)
		return 0;
	text = whole(o->suppress_file, &size);
	o->suppress = calloc(ANY_LAB_SUPPRESSIONS, sizeof(*o->suppress));
	if (!text || !o->suppress)
		return CLI_USAGE;
	n = any_lab_suppressions(text, size, o->suppress, ANY_LAB_SUPPRESSIONS, why);
	free(text);
	if (n < 0) {
		cli_error("%s: %s", o->suppress_file, why);
		return CLI_USAGE;
	}
	o->n_suppress = (uint32_t)n;
	return 0;
}

void cli_suppress_take(struct cli_run *run, const struct any_lab_cell *cell)
{
	run->allowed += cell->allowed;
	for (uint32_t i = 0; i < run->options->n_suppress; i++)
		run->suppressed[i] += cell->suppressed[i];
}

static void line(const struct cli_run *run, uint32_t i)
{
	const struct any_lab_suppression *s = &run->options->suppress[i];

	if (run->suppressed[i])
		printf("Suppressed %" PRIu64 " times: %s at ", run->suppressed[i],
		       any_lab_rules[s->rule].id);
	else
		printf("Never met: %s at ", any_lab_rules[s->rule].id);
	cli_put_plain(stdout, s->place);
	fputs(": ", stdout);
	cli_put_plain(stdout, s->reason);
	printf(" (%s:%u)\n", run->options->suppress_file, s->line);
}

void cli_suppress_tell(const struct cli_run *run)
{
	for (uint32_t i = 0; i < run->options->n_suppress; i++)
		line(run, i);
	if (run->allowed)
		printf("%" PRIu64 " findings were allowed, by this list or by the driver's own "
		       "any_lab_allow().\n",
		       run->allowed);
}
