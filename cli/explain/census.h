/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of each board. */
#ifndef ANYDMA_CLI_CENSUS_H
#define ANYDMA_CLI_CENSUS_H

#include "cli/explain/explain.h"

enum census_count {
	CENSUS_MASTERS,
	CENSUS_WINDOWS,	    /* masters with windows of their own */
	CENSUS_OFFSETS,	    /* at least one window moves addresses */
	CENSUS_LIMITS,	    /* the bus ends below 2^64 */
	CENSUS_IOMMUS,	    /* an IOMMU translates */
	CENSUS_NONCOHERENT, /* the bus does not snoop */
	CENSUS_POOLS,	    /* a pool of its own, or one to bounce through */
	CENSUS_REFUSED,	    /* no answer: the tree is refused */
	CENSUS_COUNTS,
};

enum census_state { CENSUS_WAITING, CENSUS_STARTED, CENSUS_DONE, CENSUS_UNREADABLE };

struct census_row {
	enum census_state state;
	char file[96], board[64];
	uint32_t count[CENSUS_COUNTS];
	char error[256]; /* the first refusal, or why the file is no tree */
};

/* In a worker: sees only its row. */
void census_count(const char *file, enum any_platform_reader as, struct census_row *row);
void census_text(const struct census_row *rows, size_t n);
void census_markdown(const struct census_row *rows, size_t n);

#endif
