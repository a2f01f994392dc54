/* SPDX-License-Identifier: BSD-2-Clause */
/* When the device runs, when its interrupt arrives, and what it means if neither can happen. */
#include "device.h"
#include "bus.h"
#include "../cpu/cpu.h"
#include "../mem/mem.h"

#define PATIENCE 64   /* rounds in which nothing moved before it is called a hang */
#define TURNS	 2000 /* of the other CPU, which may move something */
#define LOOKS	 5000 /* of a driver that polls a machine where nothing moves */

bool lab_device_run(struct lab_machine *m, bool force)
{
	struct lab_device *dev = m->device;
	bool did;

	/* A doorbell on its way arrives some time, whether or not somebody waits for it. */
	if (dev && m->lab && m->master == LAB_CPU && dev->n_posted && lab_happens(m, 2))
		lab_device_deliver(m);
	if (!dev || m->master == LAB_DEVICE || !(dev->awake || force))
		return false;
	m->master = LAB_DEVICE;
	lab_log_event(m, LAB_EV_DEVICE, LAB_MMIO, 0, 0, 0);
	did = dev->step(dev->ctx);
	if (did && m->lab)
		lab_scenario_moved(m);
	m->master = LAB_CPU;
	if (!did)
		dev->awake = false;
	return did;
}

void lab_device_interrupt(struct lab_machine *m)
{
	lab_log_event(m, LAB_EV_INTERRUPT, LAB_MMIO, 0, 0, 0);
	m->device->irq = true;
	m->irq_raised = m->write_head - 1;
	m->count.interrupts++;
}

void lab_device_deliver(struct lab_machine *m)
{
	struct lab_device *dev = m->device;
	enum lab_master before = m->master;
	uint64_t step = m->step;

	m->master = LAB_DEVICE;
	for (uint32_t i = 0; i < dev->n_posted; i++) {
		const struct lab_posted *p = &dev->posted[i];

		if (lab_is_doorbell(dev, p->offset) && dev->kick)
			dev->kick(dev->ctx, (uint32_t)p->value);
		else
			dev->write(dev->ctx, p->offset, p->value, p->bytes);
		dev->awake |= lab_is_doorbell(dev, p->offset);
	}
	m->master = before;
	dev->n_posted = 0;
	if (m->lab && m->step != step) /* it was done at once */
		lab_scenario_moved(m);
}

void lab_device_post(struct lab_machine *m, uint32_t offset, uint64_t value, uint32_t bytes)
{
	struct lab_device *dev = m->device;

	if (dev->n_posted == ANY_ARRAY_SIZE(dev->posted))
		lab_device_deliver(m);
	dev->posted[dev->n_posted++] = (struct lab_posted){offset, bytes, value};
}

bool lab_device_unsettled(const struct lab_machine *m)
{
	for (uint32_t i = 0; m->device && i < m->device->n_posted; i++)
		if (!lab_is_doorbell(m->device, m->device->posted[i].offset))
			return true;
	return false;
}

void lab_interrupt_taken(struct lab_machine *m)
{
	m->device->irq = false;
	m->irq_taken = m->irq_raised;
	if (!m->irq_pushes)
		return;
	lab_arrival_deliver(m, m->irq_taken + 1);
	if (m->pushed < m->irq_taken) /* the message is a write: it passes none, relaxed or not */
		m->pushed = m->irq_taken;
}

void lab_judge_lost_kick(struct lab_machine *m)
{
	const struct lab_store *st = &m->cpu->passed_store;

	if (m->cpu->passed_pc && m->cpu->stores[st->seq % LAB_STORES].seq == st->seq &&
	    m->cpu->stores[st->seq % LAB_STORES].missed)
		lab_fail(m, ANY_LAB_FULL_ORDER, m->cpu->passed_pc, st->pc, st->step, st->phys,
			 st->len,
			 "Both sides wait: the driver's load overtook its own store, which the "
			 "device missed; so the driver did not kick and the device does not look.");
}

static _Noreturn void hang(struct lab_machine *m)
{
	lab_judge_lost_kick(m);
	lab_fail(
		m, ANY_LAB_HANG, lab_caller_pc(), 0, 0, 0, 0,
		"The driver waits for an interrupt, the device for a kick; nothing is on its way.");
}

static bool waited(struct lab_machine *m)
{
	for (unsigned idle = 0; idle < PATIENCE; idle++) {
		if (m->device->irq) {
			lab_interrupt_taken(m);
			return true;
		}
		if (m->device->n_posted || m->device->awake)
			idle = 0;
		lab_device_deliver(m);
		if (lab_device_run(m, false))
			continue;
		/* Time passes: what a store buffer or a bridge holds gets out some day. */
		lab_drain_one(m);
	}
	return false;
}

void lab_cpu_wait(struct lab_machine *m)
{
	for (unsigned turns = 0; !waited(m); turns++)
		if (turns == TURNS || !lab_cpu_switch(m))
			hang(m);
}

void lab_device_looked(struct lab_machine *m)
{
	struct lab_device *dev = m->device;

	if (m->master != LAB_CPU || m->calm || !dev || !dev->polled)
		return;
	if (++dev->looks == LOOKS)
		hang(m);
	if (!lab_happens(m, 4))
		return;
	lab_device_deliver(m);
	if (lab_device_run(m, false) || lab_pending(m) || m->delivered != m->write_head)
		dev->looks = 0;
	lab_drain_one(m);
	lab_arrival_deliver(m, m->delivered + lab_happens(m, 4));
}
