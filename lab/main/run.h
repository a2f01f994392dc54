/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `anydma lab` and the programs of users' scenarios in their parts: options -> platforms and image
 * -> child processes that run cells -> screen, JSON, HTML and JUnit, which all read the same struct
 * cli_run.
 *
 * A cell is platform x driver x seed. The driver is the virtio block driver, on the DMA API or
 * bypassing it; or a user's scenario.
 */
#ifndef ANYDMA_LAB_MAIN_RUN_H
#define ANYDMA_LAB_MAIN_RUN_H

#include <stddef.h>
#include <sys/types.h>

#include <anydma/lab.h>

#include "../text/text.h"

struct cli_options {
	const char *command; /* what the user typed to get here */
	/* A user's scenarios, those that are to run; none: the virtio block driver and an image. */
	const struct any_lab_scenario **scenarios;
	size_t n_scenarios, n_known; /* to run, and linked */
	const char *image, *html, *out, *log, *keep, *device, *junit;
	const char *plan;  /* of --replay: how the run was found, in the words of who found it */
	const char *trace; /* of one run */
	enum any_lab_strict strict;
	const char *suppress_file;
	struct any_lab_suppression *suppress; /* what it says */
	uint32_t n_suppress;
	uint64_t exhaust, exhaust_ticks; /* --exhaustive K,T; 0: by seeds */
	const char **wanted_scenarios;
	size_t n_wanted_scenarios;
	bool replay;
	const char **wanted; /* --platform, in order */
	size_t n_wanted;
	uint64_t seed, seeds, limit, jobs, timeout, operations;
	bool write, json, list, api, bypass, report, access_platform, verbose, quiet, help;
	enum cli_color color;
};

/* A platform to run on, from the catalogue or from a file, and which scenario of the user's. */
struct cli_platform {
	char name[64];
	const struct any_lab_scenario *scenario; /* NULL: the virtio block driver */
	const char *argument; /* what --platform has to be given to get it again */
	const void *dtb;
	size_t size;
	char device[ANY_LAB_DEVICE]; /* of a board, its full path; the catalogue's: empty */
	char situation[ANY_LAB_SITUATION];
	char warts[ANY_LAB_WARTS];
	bool identity; /* flat and coherent: bypassing the API is expected to work */
};

struct cli_image {
	const char *path; /* NULL: made up */
	int fd;
	uint64_t size;
	int64_t changed_s, changed_ns;
};

/* What one cell came to. struct any_lab_cell without what is the same in every cell. */
struct cli_result {
	bool done, bypass;
	enum any_lab_verdict verdict;
	uint64_t seed, log_hash;
	struct any_lab_counters counters;
	double seconds;
	uint8_t sha256[32];
	bool adversary;			 /* chance preferred the moments that hurt */
	struct any_lab_exhaust *exhaust; /* NULL: a run by its seed */
	/* NULL when it passed. `borrowed`: an earlier seed of this row found the same, and this is
	 * its report: thousands of seeds find one mistake. */
	struct any_lab_report *report;
	bool borrowed;
};

struct cli_totals {
	uint64_t api, api_passed, bypass, bypass_passed;
	uint64_t refused;    /* on the API, and rightly: the device offers no ACCESS_PLATFORM */
	uint64_t expected;   /* the bypassing driver failed where the platform has warts */
	uint64_t unexpected; /* it passed where it should not, or failed on an identity machine */
	uint64_t broken;     /* cells that could not be run */
};

struct cli_run {
	const struct cli_options *options;
	struct cli_image image;
	struct cli_platform *platforms;
	size_t n_platforms;
	struct cli_result *results; /* n_platforms rows of per_platform; API seeds, then bypass */
	size_t per_platform, n_api, n_bypass;
	const char *html;				    /* path of the report, NULL: none */
	uint64_t allowed, suppressed[ANY_LAB_SUPPRESSIONS]; /* findings, of all runs */
};

static inline size_t cli_cells(const struct cli_run *run)
{
	return run->n_platforms * run->per_platform;
}

static inline struct cli_result *cli_row(const struct cli_run *run, size_t platform)
{
	return &run->results[platform * run->per_platform];
}

static inline const struct cli_platform *cli_platform_of(const struct cli_run *run,
							 const struct cli_result *result)
{
	return &run->platforms[(size_t)(result - run->results) / run->per_platform];
}

static inline bool cli_users(const struct cli_run *run)
{
	return run->options->n_known != 0;
}

/* main.c: the whole of `anydma lab`. */
int cli_lab_command(int argc, char **argv);

/* options.c. 0, or an enum cli_exit after one line on standard error. */
int cli_options(int argc, char **argv, struct cli_options *options);

/* usage.c */
void cli_lab_usage(const struct cli_options *options);

/* replay.c: PLATFORM:SEED or PLATFORM:SEED:PLAN, where a platform may hold colons. `text` is cut
 * into its parts. */
bool cli_replay_parse(char *text, struct cli_options *options);
/* The command line that runs this cell again; the caller frees it. */
char *cli_replay(const struct cli_run *run, const struct cli_result *result);

/* catalogue.c */
int cli_platforms(const struct cli_options *options, struct cli_platform **list, size_t *n);
int cli_list_platforms(const struct cli_options *options);

/* board.c: from FILE.dtb[:DEVICE] to a platform whose situation is still to be told. False: one
 * line was printed. */
bool cli_board_named(const char *text); /* it looks like a board or a folder of them */
bool cli_board(const char *text, const char *device, struct cli_platform *platform);
/* Every .dtb below a folder, in order. */
bool cli_board_folder(const char *path, char ***paths, size_t *n);

/* image.c */
int cli_image_open(const char *path, struct cli_image *image);
bool cli_image_changed(const struct cli_image *image);
/* Opens (and makes) a file to be written, refusing the image itself; -1 after one line. */
int cli_output(const char *path, const struct cli_image *image, bool *made);
int cli_directory(const char *path);
int cli_keep_prepare(const struct cli_run *run);
char *cli_keep_path(const struct cli_run *run, const struct cli_platform *platform);
char *cli_log_path(const struct cli_run *run, const struct cli_result *result);

/* cell.c: the cells of one child, and what the parent makes of each answer. */
#define CLI_HEAD offsetof(struct any_lab_cell, report) /* all that a passed cell sends */
struct cli_work {
	const struct cli_run *run;
	size_t first, end; /* cells of one row */
	_Atomic uint32_t *permille;
	pid_t parent;
};
void cli_cell_run(const struct cli_work *work, int fd) __attribute__((noreturn));
enum cli_end { CLI_END_WHOLE, CLI_END_DIED, CLI_END_TIMEOUT };
void cli_cell_take(struct cli_run *run, struct cli_result *result, struct any_lab_cell *cell,
		   enum cli_end end, int status, unsigned permille);

/* suppress.c: the list is read before the first run, and told about after the last. */
int cli_suppress_read(struct cli_options *o);
void cli_suppress_take(struct cli_run *run, const struct any_lab_cell *cell);
void cli_suppress_tell(const struct cli_run *run);

/* exhaust.c: in place of runs by seeds */
bool cli_exhaust_parse(const char *text, struct cli_options *o);
int cli_exhaust(struct cli_run *run); /* as cli_jobs() */

/* totals.c */
bool cli_expected(const struct cli_run *run, const struct cli_result *result);
struct cli_totals cli_totals(const struct cli_run *run);
int cli_status(const struct cli_run *run);
const struct any_lab_rule_text *cli_rule(const struct cli_result *result);
/* A platform where it breaks; and one beside that on which it was found, or empty. */
const char *cli_where(const struct cli_run *run, const struct cli_result *result);
const char *cli_elsewhere(const struct cli_run *run, const struct cli_result *result);
const char *cli_fix(const struct cli_result *result); /* in the words of the driver's API */
const struct cli_result *cli_first(const struct cli_run *run, size_t platform, bool bypass);
/* What deserves words: worst first; returns how many of `list` (cells long) were filled. */
size_t cli_failures(const struct cli_run *run, const struct cli_result **list);
/* The same rule at the same two places; of the block driver, on the same platform too. */
bool cli_same(const struct cli_run *run, const struct cli_result *a, const struct cli_result *b);
struct cli_alike {
	size_t runs, platforms; /* that found it, this one among them */
};
struct cli_alike cli_alike(const struct cli_run *run, const struct cli_result *result);
const char *cli_driver_name(const struct cli_run *run, const struct cli_result *result);

/* screen.c */
struct cli_screen {
	const struct cli_run *run;
	unsigned width[10], name, warts;
	bool color;
	size_t shown; /* rows printed */
};
void cli_screen_start(struct cli_screen *screen, const struct cli_run *run);
void cli_screen_row(struct cli_screen *screen, size_t platform);
void cli_screen_failures(const struct cli_screen *screen);
void cli_screen_end(const struct cli_screen *screen);

/*
 * jobs.c: runs every cell, rows going to `screen` (NULL: none) as they are complete. 0, an enum
 * cli_exit, or minus the signal that ended it.
 */
int cli_jobs(struct cli_run *run, struct cli_screen *screen);
/* From here on a signal that ends us is noted first: which one, or 0. */
void cli_catch_signals(void);
int cli_ended_by(void);

/* progress.c: one live line on a terminal, a few plain ones elsewhere. */
struct cli_progress {
	const struct cli_run *run;
	size_t done, failed, said;
	bool live, drawn;
	int64_t next_ms;
};
struct cli_active {
	const struct cli_result *cell; /* NULL: idle */
	unsigned permille;
};
void cli_progress_start(struct cli_progress *progress, const struct cli_run *run);
void cli_progress_done(struct cli_progress *progress, const struct cli_result *result);
void cli_progress_draw(struct cli_progress *progress, const struct cli_active *active, size_t n);
void cli_progress_clear(struct cli_progress *progress);
int64_t cli_now_ms(void);

/* found.c: one failure of a user's driver, told whole. */
const char *cli_chance(const struct cli_run *run, const struct cli_result *result);
void cli_found(const struct cli_screen *screen, const struct cli_result *result);

/* json.c, html.c, junit.c: 0 or -1 with errno. */
int cli_json(const struct cli_run *run, FILE *out);
int cli_html(const struct cli_run *run, FILE *out);
int cli_junit(const struct cli_run *run, FILE *out);

#endif
