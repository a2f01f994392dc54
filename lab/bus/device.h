/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device model as the machine drives it: registers behind MMIO, a step function that does one
 * piece of work, and an interrupt line. Models live in lab/run and in users' scenarios.
 */
#ifndef ANYDMA_LAB_DEVICE_H
#define ANYDMA_LAB_DEVICE_H

#include "../core/machine.h"

/* A register write on its way: doorbells always travel, others where the tree says so (M14). */
struct lab_posted {
	uint32_t offset, bytes;
	uint64_t value;
};

struct lab_device {
	uint64_t (*read)(void *ctx, uint32_t offset, unsigned bytes);
	void (*write)(void *ctx, uint32_t offset, uint64_t value, unsigned bytes);
	/* A notification of `queue` has arrived (posted doorbells arrive late). */
	/* NULL: by write(). */
	void (*kick)(void *ctx, uint32_t value);
	/* One piece of work; true if anything was done. */
	bool (*step)(void *ctx);
	void *ctx;
	uint32_t doorbell;	/* offset of the notify register, */
	uint32_t doorbell_size; /* and its size; 0: one */
	bool polled;		/* its driver looks instead of waiting for an interrupt */
	/* run-time */
	struct lab_posted posted[16];
	uint32_t n_posted;
	bool awake;	/* has a reason to look: a kick since it last found nothing */
	bool irq;	/* asserted, not yet taken */
	uint32_t looks; /* of that driver, since something moved */
};

static inline bool lab_is_doorbell(const struct lab_device *dev, uint32_t offset)
{
	return offset - dev->doorbell < (dev->doorbell_size ? dev->doorbell_size : 1);
}

/* The CPU takes the interrupt that is asserted. */
void lab_interrupt_taken(struct lab_machine *m);

/* lab/scenario/irq.c: the device did something, so that a loop may go on waiting for it. */
void lab_scenario_moved(struct lab_machine *m);

/* Called by a model while it runs: asserts the interrupt. */
void lab_device_interrupt(struct lab_machine *m);
/* A register write leaves the CPU; a full path delivers what is ahead of it. */
void lab_device_post(struct lab_machine *m, uint32_t offset, uint64_t value, uint32_t bytes);
/* Is a write other than a doorbell still on its way? The device is not yet what it was told to be.
 */
bool lab_device_unsettled(const struct lab_machine *m);
/* Writes on their way arrive. */
void lab_device_deliver(struct lab_machine *m);
/* Nothing moves: does not return if that is because a load of the driver's overtook its own store
 * and it therefore did not kick. */
void lab_judge_lost_kick(struct lab_machine *m);
/*
 * The driver waits for an interrupt: time passes until one comes (true, taken) or nothing can
 * happen any more (does not return: a hang is reported).
 */
void lab_cpu_wait(struct lab_machine *m);
/* The driver of a polled device looked at a ring: some time passes with it. */
void lab_device_looked(struct lab_machine *m);

#endif
