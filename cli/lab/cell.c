/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One cell: the child's side, and what the parent believes of its answer. The child ran code under
 * test, so its answer is bytes from outside: terminated, bounded, and only then used.
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

#include "cli/lab/run.h"

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct cli_work *work = ctx;
	double part = total ? (double)done / (double)total : 0;

	atomic_store_explicit(work->permille, (uint32_t)(part < 1 ? part * 1000 : 1000),
			      memory_order_relaxed);
}

/* The medium the device keeps, only for the run whose result the user asked to see. */
static int target(const struct cli_work *work)
{
	const struct cli_result *first =
		cli_row(work->run, (size_t)(work->platform - work->run->platforms));
	char *path;
	int fd;

	if (!work->run->options->keep || work->cell != first)
		return -1;
	path = cli_keep_path(work->run, work->platform);
	fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	free(path);
	return fd;
}

static struct any_lab_config configure(const struct cli_work *work)
{
	const struct cli_options *o = work->run->options;

	return (struct any_lab_config){
		.dtb = work->platform->dtb,
		.dtb_size = work->platform->size,
		.name = work->platform->name,
		.device = work->platform->device[0] ? work->platform->device : o->device,
		.seed = work->cell->seed,
		.bypass = work->cell->bypass,
		.access_platform = o->access_platform,
		.write = o->write,
		.source = work->run->image.fd,
		.target = -1,
		.limit = o->limit < work->run->image.size ? o->limit : 0,
		.log = o->log ? cli_log_path(work->run, work->cell) : NULL,
		.progress = progress,
	};
}

static void run_it(const struct cli_work *work, struct any_lab_cell *cell)
{
	struct any_lab_config config = configure(work);
	const struct cli_options *o = work->run->options;
	int err;

	config.progress_ctx = (void *)(uintptr_t)work;
	config.target = target(work);
	config.keep_image = config.target >= 0;
	if (o->keep && !config.keep_image &&
	    work->cell == cli_row(work->run, (size_t)(work->platform - work->run->platforms))) {
		snprintf(cell->report.text, sizeof(cell->report.text),
			 "cannot open the image to keep: %s", strerror(errno));
		cell->verdict = ANY_LAB_BAD_RUN;
		return;
	}
	err = any_lab_run(&config, cell);
	if (!err)
		return;
	cell->verdict = ANY_LAB_BAD_RUN;
	if (!cell->report.text[0])
		snprintf(cell->report.text, sizeof(cell->report.text), "%s", any_strerror(err));
}

void cli_cell_run(const struct cli_work *work, int fd)
{
	static struct any_lab_cell cell;
	const char *from = (const char *)&cell;
	size_t left = sizeof(cell);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != work->parent) /* it died before the line above */
		_exit(1);
	signal(SIGINT, SIG_IGN); /* the terminal's; the parent ends its children itself */
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	run_it(work, &cell);
	while (left) {
		ssize_t n = write(fd, from, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		from += n;
		left -= (size_t)n;
	}
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
	sane_site(&r->at);
	sane_site(&r->before);
	if (r->n_lines > ANY_LAB_LINES)
		r->n_lines = ANY_LAB_LINES;
	for (uint32_t i = 0; i < r->n_lines; i++) {
		TERMINATE(r->lines[i].label);
		TERMINATE(r->lines[i].state);
	}
	if (r->n_events > ANY_LAB_EVENTS)
		r->n_events = ANY_LAB_EVENTS;
	for (uint32_t i = 0; i < r->n_events; i++)
		TERMINATE(r->events[i]);
}

/* A run that gave no answer becomes one: dead, or silent for longer than the user allows. */
static void no_answer(struct any_lab_cell *cell, enum cli_end end, int status, unsigned permille)
{
	struct any_lab_report *r = &cell->report;
	char why[96];

	memset(cell, 0, sizeof(*cell));
	cell->verdict = ANY_LAB_FAIL;
	r->rule = end == CLI_END_TIMEOUT ? ANY_LAB_HANG : ANY_LAB_CRASH;
	if (end == CLI_END_TIMEOUT)
		snprintf(why, sizeof(why), "No progress within --timeout: the run was ended");
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "Signal %d (%s) ended the run", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "The run left with exit status %d and no result",
			 WEXITSTATUS(status));
	snprintf(r->text, sizeof(r->text), "%s, after %u.%u %% of its bytes.", why, permille / 10,
		 permille % 10);
}

/* The lab read the tree for the device that was really driven (--device). */
static void learn(struct cli_platform *platform, struct any_lab_cell *cell)
{
	TERMINATE(cell->warts);
	memcpy(platform->warts, cell->warts, sizeof(platform->warts));
	platform->identity = cell->identity;
}

void cli_cell_take(struct cli_run *run, struct cli_result *result, struct any_lab_cell *cell,
		   enum cli_end end, int status, unsigned permille)
{
	size_t platform = (size_t)(result - run->results) / run->per_platform;

	if (end != CLI_END_WHOLE)
		no_answer(cell, end, status, permille);
	else if (run->options->device && cell->verdict != ANY_LAB_BAD_RUN)
		learn(&run->platforms[platform], cell);
	if ((unsigned)cell->verdict > ANY_LAB_BAD_RUN)
		cell->verdict = ANY_LAB_BAD_RUN;
	result->verdict = cell->verdict;
	result->counters = cell->counters;
	result->seconds = cell->seconds;
	result->log_hash = cell->log_hash;
	memcpy(result->sha256, cell->sha256, sizeof(result->sha256));
	result->done = true;
	if (cell->verdict == ANY_LAB_PASS)
		return;
	sane(&cell->report);
	result->report = malloc(sizeof(*result->report));
	if (result->report) /* without memory the verdict stays, its story does not */
		*result->report = cell->report;
}
