/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device models: what a driver under test drives. Registers, a step function that does one piece of
 * work, memory as the device reaches it, an interrupt. The model is ordinary native code: only what
 * it does through the functions below is an event of the machine.
 *
 * Every bus access is judged: reach, translation, permission, versions, order. A wrong one ends the
 * run with a report; it does not return.
 */
#ifndef ANYDMA_LAB_MODEL_H
#define ANYDMA_LAB_MODEL_H

#include <anydma/lab/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_LAB_REGS 16384 /* bytes of the register window */

struct any_lab_model {
	/* A register of 1, 2, 4 or 8 bytes; offset below ANY_LAB_REGS. Reads may have effects. */
	uint64_t (*read)(void *ctx, uint32_t offset, unsigned bytes);
	void (*write)(void *ctx, uint32_t offset, uint64_t value, unsigned bytes);
	/* One piece of work, a few bus accesses; true if anything was done. Called at any time
	 * after a register write, until it has nothing to do. */
	bool (*step)(void *ctx);
	void *ctx;
	/* Writes to [doorbell, doorbell + doorbell_size) say "look at memory": they are posted, and
	 * whatever they point at must be visible by then. */
	uint32_t doorbell, doorbell_size;
};

/* Attaches the model, which lives as long as the run; the CPU's address of its registers. One a
 * run. Called by the scenario. */
volatile void *any_lab_attach(struct any_lab *lab, const struct any_lab_model *model);

/* The model that is attached, NULL: none. For functions of a model that a scenario calls. */
const struct any_lab_model *any_lab_attached(struct any_lab *lab);

/* Zeroed memory for the model's state: no memory of the machine, gone with the run, however the run
 * is left. Does not return NULL. */
void *any_lab_keep(struct any_lab *lab, size_t size);

/* Something came from outside (a frame, a key): step is to be called again. */
void any_lab_model_wake(struct any_lab *lab);

/* ---- model: the bus ------------------------------------------------------------------------ */

/* Moves bytes between the device and what the bus shows at `bus`. A model whose read must push its
 * earlier writes, as a bus master's does, calls any_lab_barrier(ANY_LAB_DMA_MB) between them. */
void any_lab_bus_read(struct any_lab *lab, uint64_t bus, void *to, size_t len);
void any_lab_bus_write(struct any_lab *lab, uint64_t bus, const void *from, size_t len);

/* Asserts the interrupt line; everything written before is ahead of it where the bus keeps order.
 */
void any_lab_interrupt(struct any_lab *lab);

/* The device's own stream of chance: how late, in what order, in what pieces. */
uint64_t any_lab_model_random(struct any_lab *lab);

/* ---- model: what it knows and the oracle cannot -------------------------------------------- */

/*
 * Both sides use this memory at the same time: a descriptor ring, a completion queue, a status
 * block. Said when the driver tells the device where it is; undone by len 0 (reset).
 */
void any_lab_model_shares(struct any_lab *lab, uint64_t bus, size_t len);
/* The driver looks here again and again: an old value is only a look too early. */
void any_lab_model_polled(struct any_lab *lab, uint64_t bus, size_t len);
/* A store here tells the device of all that was stored before (an index, an ownership bit). With
 * none declared, any may; with one of len 0, none does: only doorbells tell. */
void any_lab_model_announced(struct any_lab *lab, uint64_t bus, size_t len);
/* The same for one word in each of `count` descriptors, `stride` bytes apart: OWN bits. */
void any_lab_model_polled_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
			       size_t count);
void any_lab_model_announced_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
				  size_t count);

/*
 * A buffer is the device's: it has read the descriptor that gives it. And it is not any more: it
 * has written the completion. Without effect where the driver maps (the mapping tells, and tells
 * better); the source of ownership where it does not (ANY_LAB_RAW).
 */
void any_lab_model_takes(struct any_lab *lab, uint64_t bus, size_t len, enum any_dma_dir dir);
void any_lab_model_returns(struct any_lab *lab, uint64_t bus, size_t len);

/*
 * What the device has just written at `bus` (1 to 16 bytes: an entry, an index, a length) cannot
 * be: it completes what it was never given. A driver that reads it must refuse it, and its scenario
 * then calls any_lab_refused(); else the run ends with rule "trusted", at the load that read it.
 */
void any_lab_model_bogus(struct any_lab *lab, uint64_t bus, size_t len);

#ifdef __cplusplus
}
#endif
#endif
