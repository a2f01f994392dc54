/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways from a device to memory, one for each window of its bus: which nodes, which window of
 * each. Linux translates the start of a window through the buses above and takes the rest to
 * follow on; so do these.
 */
#ifndef ANYDMA_CLI_WALK_H
#define ANYDMA_CLI_WALK_H

#include "cli/board/board.h"
#include "cli/board/nodes.h"

#define WALK_STEPS  CLI_DEPTH
#define WALK_ROUTES 64

enum walk_how {
	WALK_WINDOW, /* through a window of this bus */
	WALK_EMPTY,  /* dma-ranges is there and empty: 1:1 */
	WALK_ABSENT, /* no dma-ranges: 1:1 */
	WALK_MISS,   /* in none of its windows: the way ends here */
};

struct walk_step {
	size_t bus;
	enum walk_how how;
	int index; /* of the window */
	struct cli_window window;
};

struct walk_route {
	struct walk_step steps[WALK_STEPS]; /* from the device upwards */
	size_t n;
	uint64_t dma, cpu, size; /* size 0: all of 64 bits */
	bool reaches;		 /* no step is a miss */
};

struct walk {
	struct walk_route routes[WALK_ROUTES];
	size_t n;
	bool identity; /* no windows, or what they miss: 1:1 */
};

/* False: the windows make no sense, or are too many. */
bool walk_routes(const struct cli_nodes *t, size_t device, enum any_platform_reader as,
		 struct walk *out);
bool walk_covers(uint64_t base, uint64_t size, uint64_t at);
/* The window of `steps[i]`, or the nearest one where it missed. */
bool walk_nearest(const struct cli_nodes *t, size_t bus, uint64_t at, bool above,
		  struct cli_window *out);

#endif
