/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts as a driver has them, and the passing of time. */
#include "scenario.h"
#include "../cpu/cpu.h"
#include "../mem/mem.h"
#include "../rt/rt.h"

#define PATIENCE 20000u		   /* looks of a polling loop at a machine where nothing moves */
#define COMPUTES (100u * PATIENCE) /* glances of a driver at its own memory */
#define LOOKS	 64u		   /* after so many the other CPU may have what is waited for */

static void handle(struct any_lab *lab)
{
	lab->in_handler = true;
	lab->handler(lab->handler_ctx);
	lab->in_handler = false;
}

static bool may_interrupt(const struct any_lab *lab)
{
	return lab->handler && !lab->m->cpus->irq_off && !lab->in_handler && lab->device.irq;
}

/* The first CPU takes the interrupts. */
static bool here(const struct any_lab *lab)
{
	return lab->m->cpu == lab->m->cpus;
}

bool lab_irq_for_joiner(const struct lab_machine *m)
{
	return may_interrupt(m->lab);
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
	lab->m->cpu->irq_off++;
}

void any_lab_irq_enable(struct any_lab *lab)
{
	if (!lab->m->cpu->irq_off)
		any_lab_misuse("Interrupts are enabled more often than they were disabled.");
	lab->m->cpu->irq_off--;
	if (here(lab) && may_interrupt(lab)) {
		lab_interrupt_taken(lab->m);
		handle(lab);
	}
}

/* Not inside the DMA library: a device belongs to one caller at a time. */
bool lab_may_interrupt(const struct lab_machine *m)
{
	return here(m->lab) && !m->cpu->in_api && !m->turns.hold && !m->calm &&
	       may_interrupt(m->lab);
}

bool lab_scenario_tick(struct lab_machine *m)
{
	if (!lab_may_interrupt(m))
		return false;
	lab_interrupt_taken(m);
	handle(m->lab);
	return true;
}

/* All that is on its way gets where it goes. False: nothing is. */
static bool hurry(struct any_lab *lab)
{
	struct lab_machine *m = lab->m;

	if (here(lab) && may_interrupt(lab)) {
		lab_interrupt_taken(m);
		handle(lab);
		return true;
	}
	lab_device_deliver(m);
	if (!lab_device_run(m, true) && !lab_pending(m) && m->delivered == m->write_head)
		return false;
	lab_drain_every(m);
	lab_arrival_deliver(m, m->write_head);
	return true;
}

static bool others_turn(struct lab_machine *m, uint32_t before, uint32_t after)
{
	return m->turns.two && before / LOOKS != after / LOOKS && lab_cpu_switch(m);
}

static _Noreturn void stuck(struct lab_machine *m)
{
	lab_judge_lost_kick(m);
	lab_fail(m, ANY_LAB_HANG, lab_caller_pc(), 0, 0, 0, 0,
		 "The driver polls, and the device has nothing left to do: nothing is on its way.");
}

/* Somebody polls. If nothing can move any more, it polls for ever. */
static void polled(struct any_lab *lab, uint32_t looks)
{
	uint32_t before = lab->idle;

	lab->idle += looks;
	if (others_turn(lab->m, before, lab->idle) || lab->idle < PATIENCE)
		return;
	lab->idle = 0;
	if (!hurry(lab))
		stuck(lab->m);
}

/* Its own memory: it waits for what a handler stores there, or computes, which takes long. */
void lab_scenario_computed(struct lab_machine *m)
{
	struct any_lab *lab = m->lab;
	uint32_t before = lab->glances++;

	if (m->master != LAB_CPU || others_turn(m, before, lab->glances) || lab->glances % PATIENCE)
		return;
	if (!hurry(lab) && lab->glances >= COMPUTES)
		stuck(m);
}

void lab_scenario_looked(struct lab_machine *m)
{
	if (m->master == LAB_CPU && !m->calm)
		polled(m->lab, 1);
}

void lab_scenario_moved(struct lab_machine *m)
{
	m->lab->idle = m->lab->glances = 0;
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
	if (here(lab) && may_interrupt(lab)) {
		lab_interrupt_taken(m);
		handle(lab);
	}
	polled(lab, 100);
}
