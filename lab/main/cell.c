/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cells of a child, and what the parent believes of its answers. The child ran code under test,
 * so an answer is bytes from outside: terminated, bounded, and only then used.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

struct at {
	const struct cli_work *work;
	const struct cli_result *cell;
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct at *at = ctx;
	double part = total ? (double)done / (double)total : 0;

	atomic_store_explicit(at->work->permille, (uint32_t)(part < 1 ? part * 1000 : 1000),
			      memory_order_relaxed);
}

static bool keeps(const struct at *at)
{
	const struct cli_run *run = at->work->run;

	return run->options->keep &&
	       at->cell == cli_row(run, (size_t)(cli_platform_of(run, at->cell) - run->platforms));
}

/* The medium the device keeps, only for the run whose result the user asked to see. */
static int target(const struct at *at)
{
	const struct cli_run *run = at->work->run;
	char *path;
	int fd;

	if (!keeps(at))
		return -1;
	path = cli_keep_path(run, cli_platform_of(run, at->cell));
	fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	free(path);
	return fd;
}

static struct any_lab_config configure(const struct at *at)
{
	const struct cli_run *run = at->work->run;
	const struct cli_options *o = run->options;
	const struct cli_platform *p = cli_platform_of(run, at->cell);

	return (struct any_lab_config){
		.dtb = p->dtb,
		.dtb_size = p->size,
		.name = p->name,
		.device = p->device[0] ? p->device : o->device,
		.seed = at->cell->seed,
		.plan = o->plan,
		.trace = at->work->run->n_platforms * at->work->run->per_platform == 1 ? o->trace
										       : NULL,
		.strict = o->strict,
		.operations = o->operations,
		.suppress = o->suppress,
		.n_suppress = o->n_suppress,
		.scenario = p->scenario,
		.bypass = at->cell->bypass,
		.access_platform = o->access_platform,
		.write = o->write,
		.source = run->image.fd,
		.target = -1,
		.limit = o->limit < run->image.size ? o->limit : 0,
		.log = o->log ? cli_log_path(run, at->cell) : NULL,
		.progress = progress,
	};
}

/* A failure's story is told with what it needs and no more: a few seconds' worth of runs. */
static void shorten(const struct any_lab_config *config, struct any_lab_cell *cell)
{
	uint64_t runs = 4000000 / (cell->counters.events + 20000);

	if (cell->verdict == ANY_LAB_FAIL &&
	    any_lab_shrink(config, cell,
			   runs < ANY_LAB_SHRINK_RUNS ? (uint32_t)runs : ANY_LAB_SHRINK_RUNS))
		return; /* it does not fail again so: the seed alone is its story */
}

static void run_it(const struct at *at, struct any_lab_cell *cell)
{
	struct any_lab_config config = configure(at);
	bool adversary;
	int err;

	config.progress_ctx = (void *)(uintptr_t)at;
	config.target = target(at);
	config.keep_image = config.target >= 0;
	if (keeps(at) && !config.keep_image) {
		snprintf(cell->report.text, sizeof(cell->report.text),
			 "cannot open the image to keep: %s", strerror(errno));
		cell->verdict = ANY_LAB_BAD_RUN;
		return;
	}
	err = any_lab_run(&config, cell);
	adversary = cell->adversary;
	if (!err && cli_users(at->work->run) && !config.plan)
		shorten(&config, cell);
	cell->adversary = adversary; /* of the run that found it, not of the shortest */
	if (!err && cell->verdict == ANY_LAB_FAIL && any_lab_history(&config, cell))
		cell->report.n_history = 0; /* it does not fail again so: its story has no past */
	free((void *)(uintptr_t)config.log);
	if (!err)
		return;
	cell->verdict = ANY_LAB_BAD_RUN;
	if (!cell->report.text[0])
		snprintf(cell->report.text, sizeof(cell->report.text), "%s", any_strerror(err));
}

static void tell(int fd, const struct any_lab_cell *cell)
{
	const char *from = (const char *)cell;
	size_t left = cell->verdict == ANY_LAB_PASS ? CLI_HEAD : sizeof(*cell);

	while (left) {
		ssize_t n = write(fd, from, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		from += n;
		left -= (size_t)n;
	}
}

void cli_cell_run(const struct cli_work *work, int fd)
{
	static struct any_lab_cell cell;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != work->parent) /* it died before the line above */
		_exit(1);
	signal(SIGINT, SIG_IGN); /* the terminal's; the parent ends its children itself */
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	for (size_t i = work->first; i < work->end; i++) {
		const struct at at = {work, &work->run->results[i]};

		memset(&cell, 0, sizeof(cell));
		atomic_store_explicit(work->permille, 0, memory_order_relaxed);
		run_it(&at, &cell);
		tell(fd, &cell);
	}
	fflush(NULL); /* what a scenario printed */
	_exit(0);
}

#define TERMINATE(array) ((array)[sizeof(array) - 1] = 0)

static void sane_site(struct any_lab_site *site)
{
	TERMINATE(site->what);
	TERMINATE(site->function);
	TERMINATE(site->file);
}

static void sane(struct any_lab_report *r)
{
	if ((unsigned)r->rule >= ANY_LAB_RULES)
		r->rule = ANY_LAB_OK;
	TERMINATE(r->text);
	TERMINATE(r->mapping);
	TERMINATE(r->cause);
	TERMINATE(r->fix);
	TERMINATE(r->plan);
	TERMINATE(r->needs);
	sane_site(&r->at);
	sane_site(&r->before);
	if (r->n_lines > ANY_LAB_LINES)
		r->n_lines = ANY_LAB_LINES;
	for (uint32_t i = 0; i < r->n_lines; i++) {
		TERMINATE(r->lines[i].label);
		TERMINATE(r->lines[i].state);
	}
	if (r->n_history > ANY_LAB_HISTORY)
		r->n_history = ANY_LAB_HISTORY;
	for (uint32_t i = 0; i < r->n_history; i++)
		sane_site(&r->history[i]);
	if (r->n_events > ANY_LAB_EVENTS)
		r->n_events = ANY_LAB_EVENTS;
	for (uint32_t i = 0; i < r->n_events; i++)
		TERMINATE(r->events[i]);
}

/* A run that gave no answer becomes one: dead, or silent for longer than the user allows. */
static void no_answer(const struct cli_run *run, uint64_t seed, struct any_lab_cell *cell,
		      enum cli_end end, int status, unsigned permille)
{
	struct any_lab_report *r = &cell->report;
	char why[96];

	memset(cell, 0, sizeof(*cell));
	cell->verdict = ANY_LAB_FAIL;
	cell->adversary = !run->options->plan && !run->options->exhaust &&
			  any_lab_adversarial(ANY_LAB_BY_SEED, seed);
	r->rule = end == CLI_END_TIMEOUT ? ANY_LAB_HANG : ANY_LAB_CRASH;
	if (end == CLI_END_TIMEOUT)
		snprintf(why, sizeof(why), "No progress within --timeout: the run was ended");
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "Signal %d (%s) ended the run", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "The run left with exit status %d and no result",
			 WEXITSTATUS(status));
	if (cli_users(run))
		snprintf(r->text, sizeof(r->text), "%s.", why);
	else
		snprintf(r->text, sizeof(r->text), "%s, after %u.%u %% of its bytes.", why,
			 permille / 10, permille % 10);
}

/* The lab read the tree for the device that was really driven (--device). */
static void learn(struct cli_platform *platform, struct any_lab_cell *cell)
{
	TERMINATE(cell->warts);
	memcpy(platform->warts, cell->warts, sizeof(platform->warts));
	platform->identity = cell->identity;
}

/*
 * Of a user's driver each mistake is kept once a row, by its first seed: a mistake that every seed
 * finds must not fill memory with its stories. The image's runs are few and keep their own.
 */
static void share(struct cli_run *run, struct cli_result *result)
{
	struct cli_result *row =
		cli_row(run, (size_t)(cli_platform_of(run, result) - run->platforms));
	struct any_lab_report *others = NULL;

	for (size_t i = 0; i < run->per_platform; i++) {
		struct cli_result *r = &row[i];

		if (r == result || !r->done || r->borrowed || !cli_same(run, r, result) ||
		    !r->report)
			continue;
		if (r < result) {
			free(result->report);
			result->report = r->report;
			result->borrowed = true;
			return;
		}
		others = r->report;
	}
	for (struct cli_result *r = row; others && r < row + run->per_platform; r++)
		if (r->report == others) {
			r->report = result->report;
			r->borrowed = true;
		}
	free(others);
}

void cli_cell_take(struct cli_run *run, struct cli_result *result, struct any_lab_cell *cell,
		   enum cli_end end, int status, unsigned permille)
{
	size_t platform = (size_t)(result - run->results) / run->per_platform;

	if (end != CLI_END_WHOLE)
		no_answer(run, result->seed, cell, end, status, permille);
	else if (run->options->device && cell->verdict != ANY_LAB_BAD_RUN)
		learn(&run->platforms[platform], cell);
	if ((unsigned)cell->verdict > ANY_LAB_BAD_RUN)
		cell->verdict = ANY_LAB_BAD_RUN;
	cli_suppress_take(run, cell);
	result->verdict = cell->verdict;
	result->counters = cell->counters;
	result->seconds = cell->seconds;
	result->log_hash = cell->log_hash;
	result->adversary = cell->adversary;
	memcpy(result->sha256, cell->sha256, sizeof(result->sha256));
	result->done = true;
	if (cell->verdict == ANY_LAB_PASS)
		return;
	sane(&cell->report);
	result->report = malloc(sizeof(*result->report));
	if (result->report) /* without memory the verdict stays, its story does not */
		*result->report = cell->report;
	if (result->report && cli_users(run))
		share(run, result);
}
