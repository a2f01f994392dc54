/* SPDX-License-Identifier: BSD-2-Clause */
/* Barriers, by what they order (conformance A4.2). */
#include "mem.h"

#include "any_arch.h" /* enum any_lab_barrier: the lab's own instruction set */

/* A device that is hardware is outside the SMP domain: the CPU's light barriers mean nothing to it.
 */
static bool counts(const struct lab_machine *m, unsigned kind)
{
	return !m->hardware || kind >= ANY_LAB_DMA_WMB;
}

static void order_stores(struct lab_machine *m)
{
	m->cpu->epoch++;
}

/* Everything the device wrote and that has arrived is ordered before the loads that follow. */
static void order_loads(struct lab_machine *m)
{
	m->cpu->acquired = m->delivered - 1;
	m->cpu->cpu_seen = 0;
}

static void order_all(struct lab_machine *m)
{
	order_stores(m);
	order_loads(m);
	lab_drain_all(m);
	m->cpu->passed_pc = 0;
}

void lab_barrier(struct lab_machine *m, unsigned kind, uint64_t pc)
{
	lab_log_event(m, LAB_EV_BARRIER, LAB_MMIO, kind, 0, pc);
	/* Private memory (lab/scenario/program.h) knows no store buffer: what is stored to it next
	 * is there at once, and what is ordered before it must be. */
	if (m->turns.two && kind != ANY_LAB_SMP_RMB && kind != ANY_LAB_DMA_RMB &&
	    kind != ANY_LAB_MMIO_RMB)
		lab_drain_all(m);
	if (!counts(m, kind))
		return;
	switch (kind) {
	case ANY_LAB_SMP_WMB:
	case ANY_LAB_DMA_WMB:
		order_stores(m);
		break;
	case ANY_LAB_SMP_RMB:
	case ANY_LAB_DMA_RMB:
	case ANY_LAB_MMIO_RMB:
		order_loads(m);
		break;
	case ANY_LAB_MMIO_WMB:
		order_stores(m);
		lab_drain_all(m);
		m->cpu->mmio_fenced = m->cpu->store_head;
		break;
	case ANY_LAB_FULL_MB:
		order_all(m);
		m->cpu->mmio_fenced = m->cpu->store_head;
		break;
	default:
		order_all(m);
		break;
	}
	lab_tick(m);
}
