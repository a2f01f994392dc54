/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `anydma lab` in its parts: options -> platforms and image -> one child process a cell -> screen,
 * JSON and HTML, which all read the same struct cli_run.
 *
 * A cell is platform x driver (on the DMA API, or bypassing it) x seed.
 */
#ifndef ANYDMA_CLI_RUN_H
#define ANYDMA_CLI_RUN_H

#include <sys/types.h>

#include <anydma/lab.h>

#include "cli/cli.h"

struct cli_options {
	const char *image, *html, *out, *log, *keep, *device;
	const char **wanted; /* --platform, in order */
	size_t n_wanted;
	uint64_t seed, seeds, limit, jobs, timeout;
	bool write, json, list, api, bypass, report, access_platform, verbose, quiet, help;
	enum cli_color color;
};

/* A platform to run on: from the catalogue or from a file. */
struct cli_platform {
	char name[64];
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
	struct any_lab_report *report; /* NULL when it passed */
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
	const char *html; /* path of the report, NULL: none */
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

/* options.c. 0, or an enum cli_exit after one line on standard error. */
int cli_options(int argc, char **argv, struct cli_options *options);
void cli_lab_usage(void);

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

/* cell.c: one cell, in the child, and what the parent makes of the answer. */
struct cli_work {
	const struct cli_run *run;
	const struct cli_platform *platform;
	const struct cli_result *cell;
	_Atomic uint32_t *permille;
	pid_t parent;
};
void cli_cell_run(const struct cli_work *work, int fd) __attribute__((noreturn));
enum cli_end { CLI_END_WHOLE, CLI_END_DIED, CLI_END_TIMEOUT };
void cli_cell_take(struct cli_run *run, struct cli_result *result, struct any_lab_cell *cell,
		   enum cli_end end, int status, unsigned permille);

/* totals.c */
bool cli_expected(const struct cli_run *run, const struct cli_result *result);
struct cli_totals cli_totals(const struct cli_run *run);
int cli_status(const struct cli_run *run);
const struct any_lab_rule_text *cli_rule(const struct cli_result *result);
const struct cli_result *cli_first(const struct cli_run *run, size_t platform, bool bypass);
/* What deserves words: worst first; returns how many of `list` (cells long) were filled. */
size_t cli_failures(const struct cli_run *run, const struct cli_result **list);
size_t cli_alike(const struct cli_run *run, const struct cli_result *result);
/* The command line that runs this cell again; the caller frees it. */
char *cli_replay(const struct cli_run *run, const struct cli_result *result);
const char *cli_driver_name(const struct cli_result *result);

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

/* json.c, html.c: 0 or -1 with errno. */
int cli_json(const struct cli_run *run, FILE *out);
int cli_html(const struct cli_run *run, FILE *out);

#endif
