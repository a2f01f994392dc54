/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma explain: one answer, shown as text, JSON, a picture, a difference or a census. */
#ifndef ANYDMA_CLI_EXPLAIN_H
#define ANYDMA_CLI_EXPLAIN_H

#include "cli/board/board.h"

struct explain {
	bool json, why, diff, summary, markdown;
	const char *html, *device;
	enum any_platform_reader as;
	uint64_t jobs; /* 0: one a CPU */
	char **files;
	size_t n_files;
};

/* A board and what its devices answered. */
struct explained {
	const struct explain *options;
	struct cli_board board;
	struct cli_masters masters;
	struct cli_answer *answers; /* one a master */
	struct cli_answer
		*linux_says; /* --as u-boot: what the answers are compared with, or NULL */
	size_t *group; /* the first master with an equal answer (and equal reasons, with --why) */
};

int explain_open(const struct explain *options, const char *file, struct explained *out);
void explain_close(struct explained *e);
/* The master whose answer tells about the memory of the board, or NULL. */
const struct any_platform *explain_memory(const struct explained *e);

void explain_text(const struct explained *e);
void explain_json(const struct explained *e);
int explain_diff(const struct explain *options);
int explain_summary(const struct explain *options);

/* page.c, map.c, scale.c */
void explain_page(const struct explained *e, FILE *out);
void explain_map(const struct cli_master *m, size_t id, FILE *out);

/* Addresses of one space on a strip of paper: every border apart enough for its label. */
#define SCALE_BORDERS 96
struct scale {
	uint64_t at[SCALE_BORDERS]; /* first addresses, ascending; the last is the end, inclusive */
	double y[SCALE_BORDERS];
	size_t n;
};
void scale_add(struct scale *s, uint64_t first, uint64_t last);
void scale_finish(struct scale *s, double top);
double scale_y(const struct scale *s, uint64_t first);	  /* where this address begins */
double scale_y_end(const struct scale *s, uint64_t last); /* where it ends */
double scale_bottom(const struct scale *s);

#endif
