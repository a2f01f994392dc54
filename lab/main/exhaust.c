/* SPDX-License-Identifier: BSD-2-Clause */
/* --exhaustive K[,T]: every schedule of a small program, on each platform, shared by processes. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define EVENTS 200u /* T unless it is said */

/* What one process came to. */
struct share {
	struct any_lab_exhaust e;
	struct any_lab_cell cell;
	pid_t pid;
	int status; /* of the process */
	bool ended; /* with an answer */
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
	if (s->cell.verdict == ANY_LAB_FAIL && any_lab_history(&config, &s->cell))
		s->cell.report.n_history = 0;
	s->ended = true;
}

static void child(const struct cli_run *run, const struct cli_platform *p, uint32_t i, uint32_t of,
		  struct share *s)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	part(run, p, i, of, s);
	_exit(0);
}

/* All of one platform's schedules; false: a process could not be had. */
static bool share_out(const struct cli_run *run, const struct cli_platform *p, struct share *shares,
		      uint32_t n)
{
	bool ok = true;

	fflush(NULL);
	for (uint32_t i = 0; i < n && ok; i++) {
		pid_t pid = fork();

		if (!pid)
			child(run, p, i, n, &shares[i]);
		ok = pid > 0;
		shares[i].pid = ok ? pid : 0;
	}
	for (uint32_t i = 0; i < n; i++)
		while (shares[i].pid && waitpid(shares[i].pid, &shares[i].status, 0) < 0 &&
		       errno == EINTR)
			for (uint32_t k = i; cli_ended_by() && k < n; k++)
				if (shares[k].pid)
					kill(shares[k].pid, SIGKILL);
	return ok;
}

/* What the parts covered together; and the first that did not pass, else the first. */
static struct share *add_up(struct share *shares, uint32_t n, struct any_lab_exhaust *sum)
{
	struct share *bad = NULL;

	*sum = shares[0].e;
	for (uint32_t i = 0; i < n; i++) {
		const struct any_lab_exhaust *e = &shares[i].e;

		if (!bad && (!shares[i].ended || shares[i].cell.verdict != ANY_LAB_PASS))
			bad = &shares[i];
		if (!i)
			continue;
		sum->schedules += e->schedules;
		sum->allowed += e->allowed;
		for (uint32_t k = 0; k < ANY_LAB_SUPPRESSIONS; k++)
			sum->suppressed[k] += e->suppressed[k];
		sum->longest = e->longest > sum->longest ? e->longest : sum->longest;
	}
	sum->done = !bad;
	return bad ? bad : &shares[0];
}

static void failed(const struct cli_run *run, const struct cli_result *r, const struct share *s)
{
	const struct any_lab_report *report = r->report;
	char *replay = cli_replay(run, r);

	if (!s->ended) {
		puts("the process died");
	} else if (report) {
		if (r->verdict == ANY_LAB_FAIL)
			printf("%s at ", any_lab_rules[report->rule].id);
		cli_put_plain(stdout, report->at.function);
		fputs(" ", stdout);
		cli_put_plain(stdout, report->at.file);
		printf(":%u, after %" PRIu64 " schedules\n    ", report->at.line, s->e.schedules);
		cli_put_plain(stdout, report->text);
		printf("\n    %s\n", replay ? replay : "");
	}
	free(replay);
}

static void say(const struct cli_run *run, const struct cli_result *r, const struct share *s)
{
	const struct cli_platform *p = cli_platform_of(run, r);
	char text[ANY_LAB_TEXT];

	if (run->options->json)
		return;
	printf("%s%s%s: ", p->name, run->options->n_scenarios > 1 ? " " : "",
	       run->options->n_scenarios > 1 ? p->scenario->name : "");
	if (r->verdict != ANY_LAB_PASS) {
		failed(run, r, s);
		return;
	}
	any_lab_exhaust_text(r->exhaust, text, sizeof(text));
	puts(text);
}

/* A platform has one result: what its schedules came to, all together. */
static int one(struct cli_run *run, struct cli_result *r, struct share *shares, uint32_t n)
{
	struct any_lab_exhaust *sum = calloc(1, sizeof(*sum));
	struct share *s;

	memset(shares, 0, sizeof(*shares) * n);
	if (!sum || !share_out(run, cli_platform_of(run, r), shares, n)) {
		cli_error("no process can be had: %s", strerror(errno));
		free(sum);
		return CLI_USAGE;
	}
	if (cli_ended_by()) {
		free(sum);
		return -cli_ended_by();
	}
	s = add_up(shares, n, sum);
	r->exhaust = sum;
	s->cell.allowed = (uint32_t)sum->allowed;
	for (uint32_t i = 0; i < ANY_LAB_SUPPRESSIONS; i++)
		s->cell.suppressed[i] = (uint32_t)sum->suppressed[i];
	cli_cell_take(run, r, &s->cell, s->ended ? CLI_END_WHOLE : CLI_END_DIED, s->status, 0);
	say(run, r, s);
	return 0;
}

int cli_exhaust(struct cli_run *run)
{
	uint32_t n = run->options->jobs ? (uint32_t)run->options->jobs
					: (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
	struct share *shares = mmap(NULL, sizeof(*shares) * n, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;

	if (shares == MAP_FAILED) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	cli_catch_signals();
	for (size_t i = 0; i < cli_cells(run) && !status; i++)
		status = one(run, &run->results[i], shares, n);
	munmap(shares, sizeof(*shares) * n);
	return status;
}
