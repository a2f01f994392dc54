/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations that are one for everybody, and the lock that is made of them. */
#include <anydma/lab/scenario.h>

#include "cpu.h"
#include "../mem/mem.h"
#include "../rt/rt.h"

void lab_atomic_begin(const volatile void *p, size_t len, uint64_t pc)
{
	if (lab_current)
		lab_current->turns.hold++;
	lab_announce(p, len, false, pc);
}

/* Among CPUs it is done when it is done: the line is this CPU's own meanwhile. */
void lab_atomic_end(const volatile void *p, size_t len)
{
	struct lab_machine *m = lab_current;
	uint64_t host = (uint64_t)(uintptr_t)p;

	if (!m)
		return;
	m->turns.hold--;
	if (!m->turns.two || !m->cpu->n_pending)
		return;
	if (m->program)
		host = lab_home(m, host);
	if (host - LAB_BASE < LAB_SPAN)
		lab_drain_overlapping(m, lab_phys_of(host), len);
}

static bool take(struct lab_machine *m, volatile uint32_t *lock, uint32_t mine, uint64_t pc)
{
	bool free;

	lab_atomic_begin(lock, sizeof(*lock), pc);
	free = !*lock;
	if (free) {
		lab_announce(lock, sizeof(*lock), true, pc);
		*lock = mine;
	}
	lab_atomic_end(lock, sizeof(*lock));
	m->turns.hot |= free && m->turns.two;
	return free;
}

void any_lab_lock(uint32_t *lock)
{
	struct lab_machine *m = lab_current;
	uint32_t mine;

	if (!m || !m->armed)
		return;
	lab_mmio_settle(m);
	lab_enter(LAB_PC());
	mine = (uint32_t)(m->cpu - m->cpus) + 1;
	while (!take(m, lock, mine, LAB_PC()))
		if (*lock == mine || !lab_cpu_switch(m))
			lab_fail(m, ANY_LAB_HANG, LAB_PC(), 0, 0, 0, 0,
				 "A CPU waits for a lock that %s holds, and that nobody will "
				 "release.",
				 *lock == mine ? "it" : "the other one");
	lab_leave();
}

/* The stores before it are visible to whoever takes it next; a device is nobody who takes locks. */
void any_lab_unlock(uint32_t *lock)
{
	struct lab_machine *m = lab_current;

	if (!m || !m->armed)
		return;
	lab_mmio_settle(m);
	lab_enter(LAB_PC());
	if (*lock != (uint32_t)(m->cpu - m->cpus) + 1)
		lab_fail(m, ANY_LAB_MISUSE, LAB_PC(), 0, 0, 0, 0,
			 "A lock is released by a CPU that does not hold it.");
	if (m->turns.two)
		lab_drain_all(m);
	lab_atomic_begin(lock, sizeof(*lock), LAB_PC());
	lab_announce(lock, sizeof(*lock), true, LAB_PC());
	*(volatile uint32_t *)lock = 0;
	lab_atomic_end(lock, sizeof(*lock));
	lab_leave();
}
