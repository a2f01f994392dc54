/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chance, in streams that do not disturb one another: what the driver is asked to do, what the
 * device makes of it, and what goes wrong in between. The last is made of single misfortunes, each
 * a tick and a small number: a run can be asked to have these and no others.
 *
 * A tick is an access of the CPU or a choice that the machine makes on the way; they are counted
 * together from where the driver begins.
 */
#ifndef ANYDMA_LAB_CHANCE_H
#define ANYDMA_LAB_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct lab_machine;

/* What may happen between two accesses. A number is kind + 16 * which. */
enum lab_mishap_kind {
	LAB_MISHAP_NONE,
	LAB_MISHAP_EVICT,     /* which: of the dirty lines */
	LAB_MISHAP_FILL,      /* 0 and 1: first and last line maintained; then of the mappings */
	LAB_MISHAP_DRAIN,     /* which: of the stores that may leave now, oldest first */
	LAB_MISHAP_DELIVER,   /* which + 1 device writes arrive */
	LAB_MISHAP_DEVICE,    /* it does one piece of work */
	LAB_MISHAP_POSTED,    /* register writes on their way arrive */
	LAB_MISHAP_WART,      /* what this machine's caches do of themselves */
	LAB_MISHAP_INTERRUPT, /* the driver's handler runs here */
	LAB_MISHAP_SWITCH,    /* the other CPU goes on */
	LAB_MISHAP_KINDS,
};
#define LAB_MISHAP(kind, which) ((uint32_t)(kind) + 16 * (uint32_t)(which))

struct lab_mishap {
	uint64_t tick;
	uint32_t what; /* of a choice: what is chosen, never 0 */
};

/* A list of misfortunes, in the order of time. */
struct lab_list {
	struct lab_mishap *at;
	uint32_t n, room;
	bool full; /* there were more */
};

/* What a run is to have, and what it had; NULL: chance, and nobody remembers. */
struct lab_history;
struct lab_tape {
	const struct lab_mishap *plan; /* NULL: chance decides */
	uint32_t n_plan, next;
	struct lab_list *record;     /* what happened; NULL: nobody asks */
	struct lab_list *options;    /* what else could have, after the plan's end; NULL: same */
	uint64_t until;		     /* ... before this tick */
	uint64_t ticks;		     /* of the whole run */
	struct lab_history *history; /* what becomes of some bytes; NULL: nobody asks */
};

struct lab_chance {
	uint64_t device, mishap;    /* streams; the workload's is the machine's */
	uint64_t due;		    /* the tick that follows the one at which the fuse is out */
	bool adversary, holds_back; /* the second: one of its two tempers (explore/adversary.c) */
	uint8_t n_wishes;
	uint32_t wishes[4]; /* what the adversary wants at the next tick */
	struct lab_tape *tape;
	struct {
		uint64_t phys, len;
		unsigned view;
	} maintained; /* last */
};

/* Moments that hurt; the adversary may strike at, or right after, them. */
enum lab_hot {
	LAB_HOT_PUBLISH,    /* a store that announces others */
	LAB_HOT_LOOK,	    /* a load of what the device announces */
	LAB_HOT_MAINTAINED, /* lines were cleaned or invalidated */
	LAB_HOT_BELL,	    /* the doorbell is about to be rung */
	LAB_HOT_RUNG,	    /* ... and was */
};

static inline uint64_t lab_draw(uint64_t *stream)
{
	uint64_t x = *stream += 0x9e3779b97f4a7c15ull; /* splitmix64 */

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

void lab_chance_init(struct lab_machine *m, uint64_t seed);
/* The driver begins: tick 0. */
void lab_chance_begin(struct lab_machine *m);
/* The same for the plan's next entry, if there is a plan. */
bool lab_set_fuse_by_plan(struct lab_machine *m);

/* The machine's own choices: 0 is what an idle machine does. */
uint32_t lab_choice(struct lab_machine *m, uint32_t n);
bool lab_happens(struct lab_machine *m, uint32_t n); /* once in n */

bool lab_list_add(struct lab_list *list, uint64_t tick, uint32_t what);
/* An empty list is a plan too: at is not NULL after this. */
bool lab_list_reserve(struct lab_list *list);
void lab_list_free(struct lab_list *list);
/* "p12.3+40.18": tick.number, the numbers as they are. False: it is no plan, or too long. */
bool lab_list_parse(struct lab_list *list, const char *text);
bool lab_list_print(const struct lab_list *list, char *text, size_t size);

#endif
