/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma lab: from options to exit status. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/lab/run.h"

#define CELLS_MAX 20000000u

/* One result a cell, in the order they run: a platform's API seeds, then its bypass seeds. */
static int plan(struct cli_run *run)
{
	const struct cli_options *o = run->options;

	run->n_api = o->api ? o->seeds : 0;
	run->n_bypass = o->bypass ? o->seeds : 0;
	run->per_platform = run->n_api + run->n_bypass;
	if (run->per_platform > CELLS_MAX / run->n_platforms) {
		cli_error("lab: %zu platforms and %zu runs each are more than %u runs",
			  run->n_platforms, run->per_platform, CELLS_MAX);
		return CLI_USAGE;
	}
	run->results = calloc(cli_cells(run), sizeof(*run->results));
	if (!run->results) {
		cli_error("lab: out of memory");
		return CLI_USAGE;
	}
	for (size_t i = 0; i < cli_cells(run); i++) {
		size_t k = i % run->per_platform;

		run->results[i].bypass = k >= run->n_api;
		run->results[i].seed = o->seed + (k < run->n_api ? k : k - run->n_api);
	}
	return 0;
}

struct report {
	char *path;
	int fd;
	bool made; /* by us: an interrupted run leaves no empty file */
};

/* Opened before the first run: an hour of work must not end at "permission denied". */
static int report_open(struct cli_run *run, struct report *report)
{
	const struct cli_options *o = run->options;
	const char *name = o->html ? o->html : "anydma-lab.html";

	if (o->out && cli_directory(o->out))
		return CLI_USAGE;
	if (!o->report)
		return 0;
	if (o->out && !(o->html && strchr(o->html, '/'))) {
		if (asprintf(&report->path, "%s/%s", o->out, name) < 0)
			report->path = NULL;
	} else {
		report->path = strdup(name);
	}
	if (!report->path)
		return CLI_USAGE;
	report->fd = cli_output(report->path, &run->image, &report->made);
	if (report->fd < 0)
		return CLI_USAGE;
	run->html = report->path;
	return 0;
}

static void report_drop(struct report *report)
{
	if (report->fd >= 0)
		close(report->fd);
	if (report->made)
		unlink(report->path);
	report->fd = -1;
}

static int report_write(const struct cli_run *run, struct report *report)
{
	FILE *out;
	int err;

	if (report->fd < 0)
		return 0;
	/* A terminal or /dev/null cannot be cut short, and need not be. */
	out = ftruncate(report->fd, 0) && errno != EINVAL ? NULL : fdopen(report->fd, "w");
	err = !out || cli_html(run, out) || fflush(out) ? errno : 0;
	if (out && fclose(out) && !err)
		err = errno;
	if (!err)
		return 0;
	cli_error("lab: cannot write %s: %s", report->path, strerror(err));
	report->fd = -1;
	report_drop(report);
	return CLI_USAGE;
}

static int outputs(struct cli_run *run, struct report *report)
{
	bool made;
	char *log;
	int fd;

	if (run->options->log) {
		log = cli_log_path(run, run->results);
		fd = log ? cli_output(log, &run->image, &made) : -1;
		free(log);
		if (fd < 0)
			return CLI_USAGE;
		close(fd);
	}
	if (run->options->keep && cli_keep_prepare(run))
		return CLI_USAGE;
	return report_open(run, report);
}

/* After the runs: everything that reads the results. */
static int tell(struct cli_run *run, struct report *report, const struct cli_screen *screen)
{
	int status = cli_status(run);

	if (cli_image_changed(&run->image)) {
		cli_error("lab: %s changed during the run: nothing was proved", run->image.path);
		report_drop(report);
		return CLI_USAGE;
	}
	if (report_write(run, report)) {
		run->html = NULL;
		status = CLI_USAGE;
	}
	if (!run->options->json) {
		cli_screen_failures(screen);
		cli_screen_end(screen);
	} else if (cli_json(run, stdout)) {
		cli_error("lab: cannot write JSON: %s", strerror(errno));
		status = CLI_USAGE;
	}
	return status;
}

static int go(struct cli_run *run, struct report *report)
{
	struct cli_screen screen;
	int status = outputs(run, report);

	if (!status) {
		cli_screen_start(&screen, run);
		status = cli_jobs(run, run->options->json ? NULL : &screen);
	}
	if (status) {
		report_drop(report);
		return status;
	}
	return tell(run, report, &screen);
}

int cli_lab(int argc, char **argv)
{
	struct cli_options options;
	struct cli_run run = {.options = &options};
	struct report report = {.fd = -1};
	int status = cli_options(argc, argv, &options);

	if (status)
		return status;
	if (options.help) {
		cli_lab_usage();
		return CLI_OK;
	}
	if (options.list)
		return cli_list_platforms(&options);
	status = cli_image_open(options.image, &run.image);
	if (!status)
		status = cli_platforms(&options, &run.platforms, &run.n_platforms);
	if (!status)
		status = plan(&run);
	if (!status)
		status = go(&run, &report);
	if (status < 0) { /* die of the signal, so that the shell and CI see which */
		signal(-status, SIG_DFL);
		raise(-status);
	}
	return status;
}
