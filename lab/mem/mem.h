/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory between the CPU and DRAM: the store buffer of directly visible memory, late arrival of
 * device writes, and the misfortune that makes wrong code fail. Caches are next door (lab/cache).
 */
#ifndef ANYDMA_LAB_MEM_H
#define ANYDMA_LAB_MEM_H

#include "../cache/cache.h"

/* Announced before the access happens; phys and len lie in RAM. */
void lab_cpu_load(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len, uint64_t pc);
void lab_cpu_store(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		   uint64_t pc);

/* direct.c: stores to memory devices see without a cache in between */
void lab_direct_load(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len);
void lab_direct_store(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		      uint64_t pc);
void lab_drain_one(struct lab_machine *m); /* a random one of the oldest epoch */
/* Of how many it may choose; and one of them by its number, if there are as many. */
uint32_t lab_drainable(const struct lab_machine *m);
bool lab_drain_nth(struct lab_machine *m, uint32_t which);
void lab_drain_all(struct lab_machine *m);   /* the running CPU's */
void lab_drain_every(struct lab_machine *m); /* every CPU's */
static inline bool lab_pending(const struct lab_machine *m)
{
	return m->cpus[0].n_pending | m->cpus[1].n_pending;
}
/* Drains what overlaps, with everything ordered before it. */
void lab_drain_overlapping(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_drain_overlapping_every(struct lab_machine *m, uint64_t phys, uint64_t len);

/* arrival.c: device writes on their way to the CPU */
void lab_arrival_record(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_arrival_deliver(struct lab_machine *m, uint64_t below); /* writes with seq < below */
void lab_arrival_copy(const struct lab_machine *m, void *to, uint64_t phys, uint64_t len);
void lab_arrival_observe(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);

/* relaxed.c: device writes that pass one another (M14) */
bool lab_write_pushes(const struct lab_machine *m, uint64_t phys);
void lab_relaxed_observe(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);

/* order.c */
void lab_barrier(struct lab_machine *m, unsigned kind, uint64_t pc);

/* misfortune.c */
void lab_misfortune(struct lab_machine *m);

/* lab/scenario/irq.c: may the driver be interrupted here? And it is, if it may. */
bool lab_may_interrupt(const struct lab_machine *m);
bool lab_scenario_tick(struct lab_machine *m);

static inline void lab_tick(struct lab_machine *m)
{
	if (ANY_UNLIKELY(--m->fuse == 0))
		lab_misfortune(m);
}

/* A word the driver looks at again and again (model.c): an old value is only a look too early. */
bool lab_polled(const struct lab_machine *m, uint64_t phys, uint32_t len);

#endif
