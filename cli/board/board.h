/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board's tree as the commands see it: loaded once, its bus masters found and asked, what they
 * answered put into words. explain, translate and lint stand on this.
 */
#ifndef ANYDMA_CLI_BOARD_H
#define ANYDMA_CLI_BOARD_H

#include <anydma/platform.h>

#include "cli/cli.h"

struct cli_board {
	const char *argument; /* as the user named it */
	char name[96];	      /* first compatible of the root, else the file */
	char model[96];	      /* or empty */
	void *bytes;	      /* ours, NULL for the catalogue's */
	size_t size;
	struct any_platform_node *nodes;
	struct any_platform_tree tree;
};

/* One property that decided something. */
struct cli_fact {
	enum any_platform_fact fact;
	char *path, *property, *meaning; /* property may be NULL */
};

/* Reserved memory that a device names in memory-region. */
#define CLI_REGIONS 8
struct cli_region {
	char path[ANY_PLATFORM_TEXT], kind[48]; /* first compatible */
	uint64_t base, size;			/* size 0: placed when the system starts */
};

/* A bus master and its answer. Not to be copied: the answer points into itself. */
struct cli_master {
	struct any_platform_master found;
	int err; /* 0, or the enum any_error that `error` puts into words */
	struct any_platform answer;
	struct any_platform_error error;
	struct cli_fact *facts;
	size_t n_facts;
	struct cli_region regions[CLI_REGIONS];
	size_t n_regions;
};

/* board.c. Load: 0 or CLI_USAGE, why not in error. Open: the same with the line printed. */
int cli_board_load(const char *argument, struct cli_board *board, char error[256]);
int cli_board_open(const char *command, const char *argument, struct cli_board *board);
void cli_board_close(struct cli_board *board);

/* device.c */
struct cli_master *cli_master_ask(const struct cli_board *board, const char *path,
				  enum any_platform_reader as, bool why);
void cli_master_free(struct cli_master *master);
struct cli_masters {
	struct cli_master **list;
	size_t n;
};
/* Every master of the board, or false: out of memory. */
bool cli_masters(const struct cli_board *board, enum any_platform_reader as, bool why,
		 struct cli_masters *out);
void cli_masters_free(struct cli_masters *masters);
/* From what the user typed to a path; 0 or CLI_USAGE, with candidates in the printed line. */
int cli_device(const char *command, const struct cli_board *board, const char *text,
	       char path[ANY_PLATFORM_TEXT]);
/* --as; false: printed why not. */
bool cli_reader(const char *command, const char *word, enum any_platform_reader *as);
const char *cli_reader_name(enum any_platform_reader as);
/* The last property that decided `fact`, or NULL. */
const struct cli_fact *cli_why(const struct cli_master *master, enum any_platform_fact fact);
const char *cli_fact_name(enum any_platform_fact fact);

/* region.c */
void cli_regions(const void *fdt, int device, struct cli_master *m);

/* reach.c: pieces of CPU memory that the device sees as one run, or not at all. */
struct cli_piece {
	uint64_t first, last; /* CPU physical, inclusive */
	uint64_t dma;	      /* of first, if reached */
	bool reached;
};
#define CLI_PIECES 128
size_t cli_reach(const struct any_platform *p, uint64_t first, uint64_t last,
		 struct cli_piece list[CLI_PIECES]);
/* The same over all RAM of the tree. */
size_t cli_reach_ram(const struct any_platform *p, struct cli_piece list[CLI_PIECES]);
/* Highest bus address, inclusive, and the width of the mask Linux trims to; 64: no limit. */
unsigned cli_limit(const struct any_platform *p, uint64_t *last);

/* answer.c: an answer in named lines, the same for text, comparisons and groups. */
enum cli_line {
	CLI_LINE_ERROR,
	CLI_LINE_WINDOWS,
	CLI_LINE_BOUNCES,
	CLI_LINE_LIMIT,
	CLI_LINE_COHERENT,
	CLI_LINE_IOMMU,
	CLI_LINE_POOLS,
	CLI_LINE_CACHE,
	CLI_LINE_PATH,
	CLI_LINE_WORDS,
	CLI_LINES,
};
struct cli_answer {
	char *line[CLI_LINES]; /* NULL: nothing to say; several lines: separated by \n */
};
extern const char *const cli_line_names[CLI_LINES];
bool cli_answer(const struct cli_master *master, struct cli_answer *out);
void cli_answer_free(struct cli_answer *answer);
bool cli_answer_same(const struct cli_answer *a, const struct cli_answer *b);

/* words.c */
const char *cli_noun(const struct any_platform_master *master);
void cli_words(FILE *out, const struct cli_master *master);
/* "1 GiB", exact: the largest unit that divides it */
const char *cli_size(char buf[32], uint64_t bytes);
/* "0x0-0x3fffffff" */
const char *cli_span(char buf[64], uint64_t first, uint64_t last);

/* writer.c: JSON with its commas. */
struct cli_json_writer {
	FILE *out;
	unsigned depth;
	bool more; /* something stands before, at this depth */
};
void cli_json_open(struct cli_json_writer *w, const char *key, char bracket);
void cli_json_close(struct cli_json_writer *w, char bracket);
void cli_json_text(struct cli_json_writer *w, const char *key, const char *text); /* NULL: null */
void cli_json_hex(struct cli_json_writer *w, const char *key, uint64_t value);
void cli_json_count(struct cli_json_writer *w, const char *key, uint64_t value);
void cli_json_flag(struct cli_json_writer *w, const char *key, bool value);
void cli_json_range(struct cli_json_writer *w, const char *key, uint64_t base, uint64_t size);
void cli_json_window(struct cli_json_writer *w, const struct any_dma_segment *s);

#endif
