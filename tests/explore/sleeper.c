/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that sleeps when it has looked in vain, and says so in memory: before it sleeps it
 * clears AWAKE and looks once more. A driver that publishes and then finds AWAKE set need not ring;
 * without a full barrier in between it may have looked before its own store was out. The moment is
 * one access long, and only hurts while the device is about to sleep.
 */
#include <stdlib.h>
#include <string.h>

#include "any_arch.h"
#include "sleeper.h"

#include <anydma/lab/model.h>

#define PRIVATE_WORK 40u

struct shared {
	uint32_t index, data[4]; /* the driver's */
	uint32_t awake, done;	 /* the device's */
};

struct sleeper {
	struct any_lab *lab;
	uint64_t bus;
	uint32_t seen;
	bool on;
};

static void put(struct sleeper *s, size_t at, uint32_t value)
{
	any_lab_bus_write(s->lab, s->bus + at, &value, sizeof(value));
}

static uint32_t get(struct sleeper *s, size_t at)
{
	uint32_t value = 0;

	any_lab_bus_read(s->lab, s->bus + at, &value, sizeof(value));
	return value;
}

static bool work(struct sleeper *s)
{
	if (get(s, offsetof(struct shared, index)) == s->seen)
		return false;
	get(s, offsetof(struct shared, data) + 4 * (s->seen % 4));
	put(s, offsetof(struct shared, done), ++s->seen);
	any_lab_interrupt(s->lab);
	return true;
}

static bool step(void *ctx)
{
	struct sleeper *s = ctx;

	if (!s->on || work(s))
		return s->on;
	put(s, offsetof(struct shared, awake), 0);
	any_lab_barrier(ANY_LAB_DMA_MB); /* the device's own: partner is the driver's barrier */
	if (!work(s))
		s->on = false;
	else
		put(s, offsetof(struct shared, awake), 1);
	return s->on;
}

static void write_reg(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct sleeper *s = ctx;

	(void)bytes;
	if (offset == 0) {
		s->bus = value;
		any_lab_model_shares(s->lab, value, sizeof(struct shared));
		any_lab_model_announced(s->lab, value + offsetof(struct shared, index), 4);
		any_lab_model_polled(s->lab, value + offsetof(struct shared, awake), 8);
	} else if (!s->on) {
		s->on = true;
		put(s, offsetof(struct shared, awake), 1);
	}
}

static void submit(volatile struct shared *sh, volatile uint64_t *regs, uint32_t n, bool barrier)
{
	sh->data[n % 4] = n;
	any_dma_wmb(); /* partner: the device's read of the index */
	sh->index = n + 1;
	if (barrier)
		any_dma_mb(); /* partner: the device's between AWAKE and its last look */
	if (!sh->awake) {
		any_mmio_wmb();
		regs[1] = 1;
	} else {
		(void)sh->data[n % 4]; /* any access: the moment */
	}
	any_dma_mb();
}

static int requests(struct any_lab *lab, bool barrier)
{
	struct sleeper s = {.lab = lab};
	const struct any_lab_model model = {
		.write = write_reg, .step = step, .ctx = &s, .doorbell = 8, .doorbell_size = 8};
	volatile uint64_t *regs = any_lab_attach(lab, &model);
	struct any_dma_coherent mem;
	volatile struct shared *sh;
	volatile uint32_t private = 0;
	int err = any_dma_alloc_coherent(any_lab_dma(lab), 4096, &mem);

	if (err)
		return err;
	sh = mem.cpu;
	regs[0] = mem.addr.raw;
	for (uint32_t n = 0; n < 2; n++) {
		submit(sh, regs, n, barrier);
		any_lab_wait(lab);
		any_dma_rmb(); /* partner: the device's order of DONE and the interrupt */
		ANY_LAB_CHECK(lab, sh->done == n + 1);
		for (uint32_t i = 0; i < PRIVATE_WORK; i++)
			sh->data[(n + 2) % 4] = private + i;
	}
	any_dma_free_coherent(any_lab_dma(lab), &mem);
	return 0;
}

int sleeper_fixed(struct any_lab *lab)
{
	return requests(lab, true);
}

int sleeper_broken(struct any_lab *lab)
{
	return requests(lab, false);
}

int sleeper_allowed(struct any_lab *lab)
{
	int err;

	any_lab_allow(lab, "L10", "the test's own");
	err = sleeper_always(lab);
	any_lab_disallow(lab, "L10-cpu-touch");
	return err;
}

int sleeper_no_reason(struct any_lab *lab)
{
	any_lab_allow(lab, "L10", "");
	return 0;
}

/* Needs nothing to go wrong: the buffer is the driver's no more. */
int sleeper_always(struct any_lab *lab)
{
	struct any_dma_mapping map;
	uint8_t *buf = any_lab_alloc(lab, 256);
	int err = any_dma_map(any_lab_dma(lab), buf, 256, ANY_DMA_FROM_DEVICE, &map);

	if (err)
		return err;
	*(volatile uint8_t *)buf = 1;
	any_dma_unmap(any_lab_dma(lab), &map);
	return 0;
}
