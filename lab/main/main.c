/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma lab, and the programs that are linked with a scenario: from options to exit status. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define CELLS_MAX 20000000u

/* One result a cell, in the order they run: a platform's API seeds, then its bypass seeds. */
static int plan(struct cli_run *run)
{
	const struct cli_options *o = run->options;

	run->n_api = o->api ? o->seeds : 0;
	run->n_bypass = o->bypass ? o->seeds : 0;
	run->per_platform = run->n_api + run->n_bypass;
	if (run->per_platform > CELLS_MAX / run->n_platforms) {
		cli_error("%zu platforms and %zu runs each are more than %u runs", run->n_platforms,
			  run->per_platform, CELLS_MAX);
		return CLI_USAGE;
	}
	run->results = calloc(cli_cells(run), sizeof(*run->results));
	if (!run->results) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	for (size_t i = 0; i < cli_cells(run); i++) {
		size_t k = i % run->per_platform;

		run->results[i].bypass = k >= run->n_api;
		run->results[i].seed = o->seed + (k < run->n_api ? k : k - run->n_api);
	}
	return 0;
}

/* A file that is written at the end. */
struct report {
	char *path;
	int fd;
	bool made; /* by us: an interrupted run leaves no empty file */
	int (*write)(const struct cli_run *run, FILE *out);
};

struct reports {
	struct report html, junit;
};

/* Opened before the first run: an hour of work must not end at "permission denied". */
static int report_open(const struct cli_run *run, struct report *report, const char *name)
{
	const struct cli_options *o = run->options;
	bool in_out = o->out && !strchr(name, '/');

	if (asprintf(&report->path, "%s%s%s", in_out ? o->out : "", in_out ? "/" : "", name) < 0) {
		report->path = NULL;
		return CLI_USAGE;
	}
	report->fd = cli_output(report->path, &run->image, &report->made);
	return report->fd < 0 ? CLI_USAGE : 0;
}

static int reports_open(struct cli_run *run, struct reports *reports)
{
	const struct cli_options *o = run->options;

	if (o->out && cli_directory(o->out))
		return CLI_USAGE;
	if (o->report && report_open(run, &reports->html, o->html ? o->html : "anydma-lab.html"))
		return CLI_USAGE;
	run->html = reports->html.path;
	return o->junit ? report_open(run, &reports->junit, o->junit) : 0;
}

static void report_drop(struct report *report)
{
	if (report->fd >= 0)
		close(report->fd);
	if (report->made)
		unlink(report->path);
	report->fd = -1;
}

static void reports_drop(struct reports *reports)
{
	report_drop(&reports->html);
	report_drop(&reports->junit);
}

static int report_write(const struct cli_run *run, struct report *report)
{
	FILE *out;
	int err;

	if (report->fd < 0)
		return 0;
	/* A terminal or /dev/null cannot be cut short, and need not be. */
	out = ftruncate(report->fd, 0) && errno != EINVAL ? NULL : fdopen(report->fd, "w");
	err = !out || report->write(run, out) || fflush(out) ? errno : 0;
	if (out && fclose(out) && !err)
		err = errno;
	if (!err)
		return 0;
	cli_error("cannot write %s: %s", report->path, strerror(err));
	report->fd = -1;
	report_drop(report);
	return CLI_USAGE;
}

static int outputs(struct cli_run *run, struct reports *reports)
{
	bool made;
	char *log;
	int fd;

	if (run->options->trace && run->n_platforms * run->per_platform != 1) {
		cli_error("--trace takes a single run: one --platform, one --seed%s",
			  cli_users(run) ? "" : ", --no-bypass or --bypass-only");
		return CLI_USAGE;
	}
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
	return reports_open(run, reports);
}

/* After the runs: everything that reads the results. */
static int tell(struct cli_run *run, struct reports *reports, const struct cli_screen *screen)
{
	int status = cli_status(run);

	if (cli_image_changed(&run->image)) {
		cli_error("%s changed during the run: nothing was proved", run->image.path);
		reports_drop(reports);
		return CLI_USAGE;
	}
	if (report_write(run, &reports->html)) {
		run->html = NULL;
		status = CLI_USAGE;
	}
	if (report_write(run, &reports->junit))
		status = CLI_USAGE;
	if (!run->options->json && run->options->exhaust) {
		cli_suppress_tell(run);
	} else if (!run->options->json) {
		cli_screen_failures(screen);
		cli_suppress_tell(run);
		cli_screen_end(screen);
	} else if (cli_json(run, stdout)) {
		cli_error("cannot write JSON: %s", strerror(errno));
		status = CLI_USAGE;
	}
	return status;
}

static int go(struct cli_run *run, struct reports *reports)
{
	struct cli_screen screen;
	int status = outputs(run, reports);

	if (!status && run->options->exhaust) {
		status = cli_exhaust(run);
	} else if (!status) {
		cli_screen_start(&screen, run);
		status = cli_jobs(run, run->options->json ? NULL : &screen);
	}
	if (status) {
		reports_drop(reports);
		return status;
	}
	return tell(run, reports, &screen);
}

/* What is to run, and it. */
static int work(struct cli_run *run)
{
	struct reports reports = {.html = {.fd = -1, .write = cli_html},
				  .junit = {.fd = -1, .write = cli_junit}};
	int status = 0;

	run->image.fd = -1;
	if (!cli_users(run))
		status = cli_image_open(run->options->image, &run->image);
	if (!status)
		status = cli_platforms(run->options, &run->platforms, &run->n_platforms);
	if (!status)
		status = plan(run);
	if (!status)
		status = go(run, &reports);
	free(reports.html.path);
	free(reports.junit.path);
	if (status < 0) { /* die of the signal, so that the shell and CI see which */
		signal(-status, SIG_DFL);
		raise(-status);
	}
	return status;
}

static int command(int argc, char **argv, struct cli_options *options)
{
	struct cli_run run = {.options = options};
	int status = cli_options(argc, argv, options);

	if (!status)
		status = cli_suppress_read(options);
	if (status)
		return status;
	if (options->help) {
		cli_lab_usage(options);
		return CLI_OK;
	}
	return options->list ? cli_list_platforms(options) : work(&run);
}

int cli_lab_command(int argc, char **argv)
{
	struct cli_options options = {.command = "anydma lab"};

	cli_program = "anydma lab";
	return command(argc, argv, &options);
}

/* ---- a user's program */

/* The compiler's own runtime: linked in by -fsanitize=thread on the line that links. Its entry
 * points may be in the place of the lab's, and then the lab sees nothing. */
void *__tsan_create_fiber(unsigned flags) __attribute__((weak));

static bool sound(const struct any_lab_scenario *scenarios, size_t n)
{
	if (__tsan_create_fiber) {
		cli_error("linked with the compiler's own -fsanitize=thread: the option belongs "
			  "on the lines that compile, not on the one that links");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const char *name = scenarios[i].name;

		if (scenarios[i].run && name && *name && strlen(name) < 64 &&
		    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0)
			continue;
		cli_error("scenario %zu has no function, or a name that is not of [a-z0-9_-]", i);
		return false;
	}
	if (!n)
		cli_error("no scenario is linked");
	return n != 0;
}

int anydma_lab_main(int argc, char **argv, const struct any_lab_scenario *scenarios, size_t n)
{
	struct cli_options options = {.command = argc > 0 && argv[0][0] ? argv[0] : "./lab"};
	const char *slash = strrchr(options.command, '/');

	cli_program = slash && slash[1] ? slash + 1 : options.command;
	if (!cli_standard_files() || !sound(scenarios, n))
		return CLI_USAGE;
	options.scenarios = calloc(n, sizeof(*options.scenarios));
	if (!options.scenarios) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	for (size_t i = 0; i < n; i++)
		options.scenarios[i] = &scenarios[i];
	options.n_scenarios = options.n_known = n;
	return cli_finish(command(argc, argv, &options));
}
