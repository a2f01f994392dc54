/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's own memory as memory of the machine: stack, heap and static data lie in one piece
 * of RAM. Most of it no device will ever hear of, and it costs one look; from the moment a device
 * is told of a part (a mapping, a cache operation, an access of the device's), that part is
 * followed byte by byte.
 */
#ifndef ANYDMA_LAB_PROGRAM_H
#define ANYDMA_LAB_PROGRAM_H

#include "../core/machine.h"

/* Writable data of the program that is not the lab's, while a scenario runs; else size 0. */
struct lab_statics {
	uint64_t from, size;
};
extern struct lab_statics lab_statics;

/* Where the program's memory lies in the machine; all by place, in view 0. */
struct lab_program {
	uint64_t base, size;	  /* all of it; CPU physical */
	uint64_t place;		  /* of base */
	uint64_t stack_size;	  /* from base */
	uint64_t heap, heap_size; /* CPU physical */
	uint64_t statics;	  /* CPU physical; of lab_statics.from */
	bool stack_told;	  /* raw drivers only: elsewhere it is an error */
};

#define LAB_OWN_TOLD 0x08u /* of program memory: followed from now on */

/* What the most frequent question needs, by the program's own addresses; the running scenario's. */
struct lab_private {
	uint64_t from, size; /* of its memory but for static data; size 0: no scenario runs */
	const uint8_t *own;  /* LAB_OWN_* of it */
	struct lab_machine *m;
	uint32_t looks; /* the CPU's accesses to memory that no device knows */
	uint32_t every; /* so many of them, less one, between two that may matter; a mask */
};
extern struct lab_private lab_private;

#define LAB_GLANCE 256u /* accesses to private memory that take the time of one event */
#define LAB_LOOKS  16u	/* the same of two CPUs, since either may wait for the other */
/* That look was one of these: does time pass? */
void lab_program_look(struct lab_machine *m);

static inline void lab_look(struct lab_machine *m)
{
	if (ANY_UNLIKELY((++lab_private.looks & lab_private.every) < 2))
		lab_program_look(m);
}

/* An access of the CPU's to its own memory, which no device knows: all that happens then. */
static inline bool lab_is_own_business(uint64_t host, size_t len)
{
	uint64_t at = host - lab_private.from, end = at + len - 1;

	if (at >= lab_private.size || len - 1 >= 64 || lab_private.m->plain.bytes ||
	    lab_private.m->master != LAB_CPU ||
	    (lab_private.own[at >> 6] | lab_private.own[end >> 6]) & LAB_OWN_TOLD)
		return false;
	lab_look(lab_private.m);
	return true;
}

/* From a pointer of the program's to the byte of the machine that it means. */
static inline uint64_t lab_home(const struct lab_machine *m, uint64_t host)
{
	if (ANY_UNLIKELY(host - lab_statics.from < lab_statics.size))
		return lab_raw(m, LAB_VIEW0, lab_place(m, m->program->statics)) +
		       (host - lab_statics.from);
	return host;
}

/* Nobody but the CPU knows of [host, host + len): nothing can go wrong there. */
static inline bool lab_is_private(const struct lab_machine *m, uint64_t host, size_t len)
{
	const struct lab_program *p = m->program;
	uint64_t at = (host & ((1ull << LAB_MACHINE_SHIFT) - 1)) - p->place;
	const uint8_t *own;

	if (at >= p->size)
		return false;
	own = (const uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, (p->place + at) >> 6);
	for (uint64_t i = 0; i <= ((at + len - 1) >> 6) - (at >> 6); i++)
		if (own[i] & LAB_OWN_TOLD)
			return false;
	return true;
}

/* The CPU tells of it: whatever it stored there may still be on its way to memory. */
void lab_program_told(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc);
/* Is that news? Asked first where the place of the event costs a look at the debug information. */
bool lab_program_is_news(const struct lab_machine *m, uint64_t phys, uint64_t len);
/* The device comes upon it by itself. */
void lab_program_met(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc);

bool lab_program_is_dead(const struct lab_machine *m, uint64_t phys);

/* The CPU's access to memory of which a device knows a part. */
void lab_program_mixed(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc);

/* heap.c */
void *lab_heap_alloc(struct any_lab *lab, size_t size, size_t align);
bool lab_heap_owns(const struct lab_machine *m, const void *p);
size_t lab_heap_size(struct any_lab *lab, const void *p);
void lab_heap_free(struct any_lab *lab, void *p);
/* whoever's it is, at the caller's line */
void lab_free(void *p, uint64_t pc);

/* statics.c: before the first access and after the last one of a run */
bool lab_statics_size(uint64_t *size);
void lab_statics_begin(struct any_lab *lab);
void lab_statics_end(void);

/* program.c: all of it is there; it is not any more */
void lab_program_begin(struct lab_machine *m);
void lab_program_end(void);

#endif
