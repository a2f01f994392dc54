/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the compiler announces to the machine's events. */
#ifndef ANYDMA_LAB_RT_H
#define ANYDMA_LAB_RT_H

#include "../scenario/program.h"

#define LAB_STACK 128

struct lab_stack {
	uint64_t sites[LAB_STACK];
	uint32_t depth;
};
extern struct lab_stack lab_stack;

void lab_access(uint64_t host, size_t len, bool store, uint64_t pc);

/* What is not the program's own business may still be no memory of the lab's. */
static inline void lab_announce_other(uint64_t host, size_t len, bool store, uint64_t pc)
{
	if (ANY_LIKELY(host - LAB_BASE < LAB_SPAN || host - lab_statics.from < lab_statics.size))
		lab_access(host, len, store, pc);
}

/* A few compares for what is nobody's business, and for everything that is not lab memory. */
static inline void lab_announce(const volatile void *p, size_t len, bool store, uint64_t pc)
{
	uint64_t host = (uint64_t)(uintptr_t)p;

	if (ANY_UNLIKELY(!lab_is_own_business(host, len)))
		lab_announce_other(host, len, store, pc);
}

/* mmio.c: registers that are accessed as plain volatile memory */
void lab_mmio_plain(struct lab_machine *m, uint32_t offset, uint32_t len, bool is_store,
		    uint64_t pc);
void lab_mmio_take(struct lab_machine *m);

/* A plain store to a register is taken up before anything else happens. */
static inline void lab_mmio_settle(struct lab_machine *m)
{
	if (ANY_UNLIKELY(m->plain.bytes))
		lab_mmio_take(m);
}

/* lab/scenario/trust.c: a load while a completion is out that cannot be */
void lab_trust_looked(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		      uint64_t pc);

/* lab/scenario/irq.c: somebody looked at a register or a word and may go on looking */
void lab_scenario_looked(struct lab_machine *m);
/* the same, many times, at memory of its own */
void lab_scenario_computed(struct lab_machine *m);

/* lab/scenario/shim.c: what a raw port's barriers do besides */
void lab_scenario_drain(struct lab_machine *m, unsigned barrier);

/* A call into the lab stands for its caller's line while it lasts. */
static inline void lab_enter(uint64_t pc)
{
	if (lab_stack.depth < LAB_STACK)
		lab_stack.sites[lab_stack.depth] = pc;
	lab_stack.depth++;
}

static inline void lab_leave(void)
{
	lab_stack.depth--;
}

#define LAB_PC() ((uint64_t)(uintptr_t)__builtin_return_address(0) - 1)

#endif
