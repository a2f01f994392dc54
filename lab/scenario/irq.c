/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts as a driver has them, and the passing of time. */
#include "scenario.h"
#include "../mem/mem.h"
#include "../rt/rt.h"

#define PATIENCE 20000u /* looks of a polling loop at a machine where nothing moves */

static void handle(struct any_lab *lab)
{
	lab->in_handler = true;
	lab->handler(lab->handler_ctx);
	lab->in_handler = false;
}

static bool may_interrupt(const struct any_lab *lab)
{
	return lab->handler && !lab->irq_off && !lab->in_handler && lab->device.irq;
}

void any_lab_wait(struct any_lab *lab)
{
	if (!lab->attached)
		any_lab_misuse("The driver waits for an interrupt, and there is no device.");
	lab_mmio_settle(lab->m);
	lab_enter(LAB_PC());
	lab_cpu_wait(lab->m);
	lab_leave();
	if (lab->handler && !lab->in_handler)
		handle(lab);
}

void any_lab_on_interrupt(struct any_lab *lab, void (*handler)(void *ctx), void *ctx)
{
	lab->handler = handler;
	lab->handler_ctx = ctx;
}

void any_lab_irq_disable(struct any_lab *lab)
{
	lab->irq_off++;
}

void any_lab_irq_enable(struct any_lab *lab)
{
	if (!lab->irq_off)
		any_lab_misuse("Interrupts are enabled more often than they were disabled.");
	lab->irq_off--;
	if (may_interrupt(lab)) {
		lab_interrupt_taken(lab->m);
		handle(lab);
	}
}

/* Not inside the DMA library: a device belongs to one caller at a time. */
bool lab_may_interrupt(const struct lab_machine *m)
{
	return !m->cpu->in_api && !m->calm && may_interrupt(m->lab);
}

bool lab_scenario_tick(struct lab_machine *m)
{
	if (!lab_may_interrupt(m))
		return false;
	lab_interrupt_taken(m);
	handle(m->lab);
	return true;
}

/* Somebody polls. If nothing can move any more, it polls for ever. */
static void polled(struct any_lab *lab, uint32_t looks)
{
	struct lab_machine *m = lab->m;

	lab->idle += looks;
	if (lab->idle < PATIENCE)
		return;
	lab->idle = 0;
	if (may_interrupt(lab)) {
		lab_interrupt_taken(m);
		handle(lab);
		return;
	}
	lab_device_deliver(m);
	if (lab_device_run(m, true) || m->cpu->n_pending || m->delivered != m->write_head) {
		lab_drain_all(m);
		lab_arrival_deliver(m, m->write_head);
		return;
	}
	lab_fail(m, ANY_LAB_HANG, lab_caller_pc(), 0, 0, 0, 0,
		 "The driver polls, and the device has nothing left to do: nothing is on its way.");
}

void lab_scenario_looked(struct lab_machine *m)
{
	if (m->master == LAB_CPU && !m->calm)
		polled(m->lab, 1);
}

void lab_scenario_moved(struct lab_machine *m)
{
	m->lab->idle = 0;
}

void any_lab_relax(struct any_lab *lab)
{
	struct lab_machine *m = lab->m;

	lab_mmio_settle(m);
	lab_log_event(m, LAB_EV_RELAX, LAB_MMIO, 0, 0, LAB_PC());
	if (lab_happens(m, 2))
		lab_device_deliver(m);
	lab_device_run(m, false);
	lab_drain_one(m);
	if (may_interrupt(lab)) {
		lab_interrupt_taken(m);
		handle(lab);
	}
	polled(lab, 100);
}
