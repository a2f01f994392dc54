/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two CPUs, of which one runs at a time. They change places at announced events only, so that a run
 * is the same every time. Bytes of a CPU's stores that have not left its store buffer are nobody
 * else's to see: while it does not run they are kept beside the view that both look at.
 */
#ifndef ANYDMA_LAB_CPU_H
#define ANYDMA_LAB_CPU_H

#include "../core/machine.h"

/* switch.c */
void lab_cpu_start(struct lab_machine *m, void (*thread)(void *ctx), void *ctx);
void lab_cpu_join(struct lab_machine *m);
/* The other CPU goes on; false: there is none, or nothing for it to do. */
bool lab_cpu_switch(struct lab_machine *m);
bool lab_cpu_may_switch(const struct lab_machine *m);
/* Its part of the memory for stacks. */
void *lab_cpu_stack(const struct lab_machine *m, unsigned cpu, size_t *size);
/* Is this a byte of the stack of the CPU that runs? */
bool lab_cpu_has_stack(const struct lab_machine *m, uint64_t phys);

/* turn.c: by chance */
void lab_cpu_turn(struct lab_machine *m, uint64_t tick);
/* A moment that hurts: another CPU may look, or store, right now. */
void lab_cpu_hot(struct lab_machine *m);

/* view.c */
void lab_cpu_away(struct lab_machine *m);
void lab_cpu_back(struct lab_machine *m);

/*
 * atomic.c: an operation that is one for the other CPU and for interrupts. Between the two the
 * caller moves the bytes; they are visible to the other CPU when it ends.
 */
void lab_atomic_begin(const volatile void *p, size_t len, uint64_t pc);
void lab_atomic_end(const volatile void *p, size_t len);

/* lab/scenario/irq.c: an interrupt waits, and the first CPU would take it. */
bool lab_irq_for_joiner(const struct lab_machine *m);

#endif
