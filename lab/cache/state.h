/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine remembers of its caches. */
#ifndef ANYDMA_LAB_CACHE_STATE_H
#define ANYDMA_LAB_CACHE_STATE_H

#include <anydma/platform.h>

#define LAB_LINE_MAX   128
#define LAB_DIRTY_LIST 4096  /* power of two */
#define LAB_GHOSTS     64    /* invalidated lines that may still be written back */
#define LAB_RESIDENT   16384 /* lines of a cache that is maintained as a whole */
#define LAB_READ_AHEAD 64    /* lines of a read-ahead buffer */
#define LAB_WARTS      12

/* What a cache knows of one line. Bytes by mask, lines up to 128 bytes. */
struct lab_line {
	uint64_t dirty[2]; /* CPU wrote, what is below has not got it */
	uint64_t stale[2]; /* device wrote since this line was (or may have been) filled */
	uint64_t cpu_pc;   /* last CPU store */
	uint32_t cpu_step;
	uint8_t valid, cleaning; /* cleaning: a clean was issued, its sync has not come */
	uint8_t cores;		 /* which have it: of machines that maintain locally */
	uint8_t pad;
};
ANY_STATIC_ASSERT(sizeof(struct lab_line) == 48, "three times the smallest line fits the region");

/* Bytes that no maintenance by address reaches any more, and that may still go to memory. */
struct lab_ghost {
	uint64_t base, pc;
	uint32_t step;
	uint8_t view;
	uint8_t bytes[LAB_LINE_MAX];
};

struct lab_cache_wart;

struct lab_cache {
	/* hazards of this machine, from the list of all */
	const struct lab_cache_wart *warts[LAB_WARTS];
	unsigned n_warts;
	uint64_t snooped_base, snooped_size; /* M11: coherent here, though not elsewhere */

	unsigned core;	 /* the driver runs here: of machines that maintain locally */
	bool prefixed;	 /* an uncached load came just before */
	uint64_t at, to; /* the store at hand: announced, its bytes not there yet */

	uint32_t lower_line, lower_shift; /* outer cache or read-ahead buffer; 0: none */
	uint32_t n_lower_cleaning, n_resident, n_ghosts, n_ahead;
	uint64_t lower_cleaning[LAB_DIRTY_LIST], ahead[LAB_READ_AHEAD];
	struct {
		uint64_t line;
		uint8_t view;
	} resident[LAB_RESIDENT];
	struct lab_ghost ghosts[LAB_GHOSTS];
};

#endif
