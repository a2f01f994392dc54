/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of some bytes of memory in a run. */
#ifndef ANYDMA_LAB_HISTORY_H
#define ANYDMA_LAB_HISTORY_H

#include "../core/machine.h"

#define LAB_PAST 64 /* power of two; more than a report has room for */

struct lab_past {
	struct lab_event ev; /* the latest of its kind */
	uint64_t trace[LAB_TRACE], times;
};

struct lab_history {
	uint64_t phys, len; /* whose */
	uint64_t n;	    /* ever; the newest LAB_PAST are kept */
	struct lab_past past[LAB_PAST];
};

void lab_history_open(struct lab_sink *sink, struct lab_history *h);
void lab_history_tell(const struct lab_history *h, struct any_lab_report *r);

#endif
