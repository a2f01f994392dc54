/* SPDX-License-Identifier: BSD-2-Clause */
/* The way back to one run: a command line out, one word of it in. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void word(FILE *out, const char *option, const char *value)
{
	if (!value)
		return;
	fprintf(out, " %s ", option);
	cli_put_shell(out, value);
}

/* What else decides what is found first. */
static void judged(FILE *out, const struct cli_run *run, const struct cli_result *result)
{
	static const char *const levels[] = {NULL, "board", "coherent"};
	const struct cli_options *o = run->options;

	word(out, "--strict", levels[o->strict]);
	word(out, "--suppress", o->suppress_file);
	/* A run that was ended would not end by itself. */
	if (o->timeout && result->report && result->report->rule == ANY_LAB_HANG)
		fprintf(out, " --timeout %" PRIu64, o->timeout);
}

static void block(FILE *out, const struct cli_run *run, const struct cli_result *result)
{
	const struct cli_options *o = run->options;

	word(out, "--platform", cli_platform_of(run, result)->argument);
	fprintf(out, " --seed %" PRIu64, result->seed);
	fputs(result->bypass ? " --bypass-only" : " --no-bypass", out);
	word(out, "--image", o->image);
	if (!cli_platform_of(run, result)->device[0])
		word(out, "--device", o->device);
	if (o->write)
		fputs(" --write", out);
	if (o->limit)
		fprintf(out, " --limit %" PRIu64, o->limit);
	if (!o->access_platform)
		fputs(" --no-access-platform", out);
	judged(out, run, result);
}

/* In one word what can be: PLATFORM:SEED, and how it was found where the seed alone is not all. */
static void scenario(FILE *out, const struct cli_run *run, const struct cli_result *result)
{
	const struct cli_options *o = run->options;
	const struct cli_platform *p = cli_platform_of(run, result);
	const char *plan = result->report ? result->report->plan : "";
	char *one = NULL;

	if (o->n_known > 1)
		word(out, "--scenario", p->scenario->name);
	if (!p->device[0])
		word(out, "--device", o->device);
	if (o->operations)
		fprintf(out, " --operations %" PRIu64, o->operations);
	if (asprintf(&one, "%s:%" PRIu64 "%s%s", p->argument, result->seed, *plan ? ":" : "",
		     plan) < 0)
		return;
	judged(out, run, result);
	word(out, "--replay", one);
	free(one);
}

char *cli_replay(const struct cli_run *run, const struct cli_result *result)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	if (cli_users(run)) {
		cli_put_shell(out, run->options->command);
		scenario(out, run, result);
	} else {
		fputs("anydma lab", out);
		block(out, run, result);
	}
	fclose(out);
	return line;
}

/* A plan begins with a letter: what is all digits is a seed. */
static bool is_plan(const char *text)
{
	if (!isalpha((unsigned char)*text) || strlen(text) >= ANY_LAB_PLAN)
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("._-+", *text))
			return false;
	return true;
}

static bool cut(char *text, char **last)
{
	char *colon = strrchr(text, ':');

	if (!colon)
		return false;
	*colon = 0;
	*last = colon + 1;
	return true;
}

bool cli_replay_parse(char *text, struct cli_options *o)
{
	char *last;

	if (!cut(text, &last))
		return false;
	if (!cli_number(last, false, &o->seed)) {
		if (!is_plan(last))
			return false;
		o->plan = last;
		if (!cut(text, &last) || !cli_number(last, false, &o->seed))
			return false;
	}
	if (!*text)
		return false;
	o->wanted[o->n_wanted++] = text;
	o->replay = true;
	return true;
}
