/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that every event of a run goes to: the log, and a trace for viewers. */
#ifndef ANYDMA_LAB_TRACE_H
#define ANYDMA_LAB_TRACE_H

#include <stdio.h>

struct lab_event;
struct lab_machine;
struct any_lab_cell;

struct lab_sink {
	FILE *file; /* NULL: kept in memory */
	void (*event)(struct lab_sink *sink, const struct lab_machine *m,
		      const struct lab_event *ev);
	/* NULL: nothing to do. The run is over: what came of it. */
	void (*end)(struct lab_sink *sink, const struct lab_machine *m,
		    const struct any_lab_cell *cell);
	void *ctx; /* of one that has no file */
	/* of the trace */
	struct lab_span {
		uint64_t phys;
		uint32_t len, id;
	} * open;
	uint32_t n_open, room, ids, rung; /* rung: the doorbell that no device has heard yet */
};

/* False: the file cannot be made. */
bool lab_log_open(struct lab_sink *sink, const char *path);
bool lab_trace_open(struct lab_sink *sink, const char *path);
/* False: not all of it could be written. */
bool lab_sink_close(struct lab_sink *sink, const struct lab_machine *m,
		    const struct any_lab_cell *cell);

#endif
