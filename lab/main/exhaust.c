/* SPDX-License-Identifier: BSD-2-Clause */
/* --exhaustive K[,T]: every schedule of a small program, on each platform, shared by processes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define EVENTS 200u /* T unless it is said */

/* What one process came to. */
struct share {
	struct any_lab_exhaust e;
	struct any_lab_cell cell;
	bool ended;
};

bool cli_exhaust_parse(const char *text, struct cli_options *o)
{
	char first[16];
	const char *comma = strchr(text, ',');
	size_t n = comma ? (size_t)(comma - text) : strlen(text);

	o->exhaust_ticks = EVENTS;
	if (n < sizeof(first)) {
		memcpy(first, text, n);
		first[n] = 0;
		if (cli_number(first, false, &o->exhaust) && o->exhaust && o->exhaust <= 8 &&
		    (!comma || (cli_number(comma + 1, false, &o->exhaust_ticks) &&
				o->exhaust_ticks && o->exhaust_ticks <= 100000)))
			return true;
	}
	cli_error(
		"--exhaustive '%s' is not K or K,T: at most K misfortunes (1 to 8) in the first T "
		"events (1 to 100000)",
		text);
	return false;
}

static void part(const struct cli_run *run, const struct cli_platform *p, uint32_t i, uint32_t of,
		 struct share *s)
{
	const struct any_lab_config config = {
		.dtb = p->dtb,
		.dtb_size = p->size,
		.name = p->name,
		.device = p->device[0] ? p->device : run->options->device,
		.seed = run->options->seed,
		.strict = run->options->strict,
		.operations = run->options->operations,
		.suppress = run->options->suppress,
		.n_suppress = run->options->n_suppress,
		.scenario = p->scenario,
		.access_platform = true,
		.source = -1,
		.target = -1,
	};

	s->e = (struct any_lab_exhaust){.max_misfortunes = (uint32_t)run->options->exhaust,
					.max_ticks = run->options->exhaust_ticks,
					.part = i,
					.parts = of};
	if (any_lab_exhaust(&config, &s->e, &s->cell))
		s->cell.verdict = ANY_LAB_BAD_RUN;
	s->ended = true;
}

/* All of one platform's schedules; false: a process could not be had. */
static bool share_out(const struct cli_run *run, const struct cli_platform *p, struct share *shares,
		      uint32_t n)
{
	bool ok = true;

	fflush(NULL);
	for (uint32_t i = 0; i < n && ok; i++) {
		pid_t pid = fork();

		ok = pid >= 0;
		if (pid)
			continue;
		part(run, p, i, n, &shares[i]);
		_exit(0);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return ok;
}

/* The first part that did not pass; NULL: all did, and `sum` is what they covered together. */
static const struct share *add_up(struct share *shares, uint32_t n, struct any_lab_exhaust *sum)
{
	*sum = shares[0].e;
	sum->schedules = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (!shares[i].ended || shares[i].cell.verdict != ANY_LAB_PASS)
			return &shares[i];
		sum->schedules += shares[i].e.schedules;
		if (shares[i].e.longest > sum->longest)
			sum->longest = shares[i].e.longest;
	}
	return NULL;
}

static void failed(const struct cli_run *run, const struct cli_platform *p, const struct share *s)
{
	const struct any_lab_report *r = &s->cell.report;

	if (!s->ended) {
		puts("the process died");
		return;
	}
	if (s->cell.verdict == ANY_LAB_FAIL)
		printf("%s at ", any_lab_rules[r->rule].id);
	cli_put_plain(stdout, r->at.function);
	fputs(" ", stdout);
	cli_put_plain(stdout, r->at.file);
	printf(":%u, after %" PRIu64 " schedules\n    ", r->at.line, s->e.schedules);
	cli_put_plain(stdout, r->text);
	fputs("\n    ", stdout);
	cli_put_shell(stdout, run->options->command);
	if (run->options->operations)
		printf(" --operations %" PRIu64, run->options->operations);
	printf(" --replay %s:%" PRIu64 "%s%s\n", p->argument, s->cell.seed, r->plan[0] ? ":" : "",
	       r->plan);
}

static int one(const struct cli_run *run, const struct cli_platform *p, struct share *shares,
	       uint32_t n)
{
	struct any_lab_exhaust sum;
	const struct share *bad;
	char text[ANY_LAB_TEXT];

	memset(shares, 0, sizeof(*shares) * n);
	if (!share_out(run, p, shares, n)) {
		cli_error("no process can be had: %s", strerror(errno));
		return CLI_USAGE;
	}
	bad = add_up(shares, n, &sum);
	printf("%s%s%s: ", p->name, run->options->n_scenarios > 1 ? " " : "",
	       run->options->n_scenarios > 1 ? p->scenario->name : "");
	if (bad) {
		failed(run, p, bad);
		return !bad->ended || bad->cell.verdict == ANY_LAB_FAIL ? CLI_FAILED : CLI_USAGE;
	}
	any_lab_exhaust_text(&sum, text, sizeof(text));
	puts(text);
	return CLI_OK;
}

int cli_exhaust(const struct cli_run *run)
{
	uint32_t n = run->options->jobs ? (uint32_t)run->options->jobs
					: (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
	struct share *shares = mmap(NULL, sizeof(*shares) * n, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = CLI_OK;

	if (shares == MAP_FAILED) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	for (size_t i = 0; i < run->n_platforms; i++) {
		int came = one(run, &run->platforms[i], shares, n);

		status = came > status ? came : status;
	}
	munmap(shares, sizeof(*shares) * n);
	return status;
}
