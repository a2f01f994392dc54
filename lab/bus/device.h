/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device model as the machine drives it: registers behind MMIO, a step function that does one
 * piece of work, and an interrupt line. Models live in lab/run and in users' scenarios.
 */
#ifndef ANYDMA_LAB_DEVICE_H
#define ANYDMA_LAB_DEVICE_H

#include "../core/machine.h"

/* MMIO offsets of the machine itself; below LAB_MMIO_BRIDGE everything is the device's. */
#define LAB_MMIO_BRIDGE	   0x8000u
#define LAB_MMIO_DRAIN_OUT (LAB_MMIO_BRIDGE + 0x0) /* host-to-device ritual */
#define LAB_MMIO_DRAIN_IN  (LAB_MMIO_BRIDGE + 0x8) /* device-to-host ritual */

struct lab_device {
	uint64_t (*read)(void *ctx, uint32_t offset, unsigned bytes);
	void (*write)(void *ctx, uint32_t offset, uint64_t value, unsigned bytes);
	/* A notification of `queue` has arrived (posted doorbells arrive late). */
	void (*kick)(void *ctx, uint32_t value);
	/* One piece of work; true if anything was done. */
	bool (*step)(void *ctx);
	void *ctx;
	uint32_t doorbell; /* offset of the notify register */
	/* run-time */
	uint32_t posted[16]; /* doorbells on their way */
	uint32_t n_posted;
	bool awake; /* has a reason to look: a kick since it last found nothing */
	bool irq;   /* asserted, not yet taken */
};

/* Called by a model while it runs: asserts the interrupt. */
void lab_device_interrupt(struct lab_machine *m);
/* Doorbells on their way arrive. */
void lab_device_deliver(struct lab_machine *m);
/*
 * The driver waits for an interrupt: time passes until one comes (true, taken) or nothing can
 * happen any more (does not return: a hang is reported).
 */
void lab_cpu_wait(struct lab_machine *m);

#endif
