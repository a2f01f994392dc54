/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device model of your own: copy this file, and write down what your device's datasheet says.
 * This one adds up the 32-bit words of a buffer and writes the sum behind them.
 */
#include <anydma/lab/model.h>

/* Registers, as the driver has them. */
#define SUM_ADDRESS 0x00 /* bus address of the words; 64 bits */
#define SUM_COUNT   0x08 /* how many: the sum goes behind them */
#define SUM_START   0x0c /* the doorbell */
#define SUM_STATUS  0x10 /* 1: done; reading it clears it */

struct sum {
	struct any_lab *lab;
	uint64_t address;
	uint32_t count, done, sum;
	bool busy, finished;
};

static uint64_t sum_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct sum *s = ctx;
	uint32_t status = s->finished;

	(void)bytes;
	if (offset != SUM_STATUS)
		return 0;
	s->finished = false;
	return status;
}

static void sum_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct sum *s = ctx;

	if (offset == SUM_ADDRESS && bytes == 8)
		s->address = value;
	else if (offset == SUM_COUNT)
		s->count = (uint32_t)value;
	else if (offset == SUM_START) {
		s->busy = true;
		s->done = s->sum = 0;
		/* Only the doorbell tells the device of what was stored before. */
		any_lab_model_announced(s->lab, 0, 0);
		/* For drivers that do not map (ANY_LAB_RAW): from here on the buffer is ours. */
		any_lab_model_takes(s->lab, s->address, 4ull * s->count + 4, ANY_DMA_BOTH);
	}
}

/* One piece of work: the driver runs between any two, so keep them as small as your device's bus
 * accesses are. False: there is nothing to do. */
static bool sum_step(void *ctx)
{
	struct sum *s = ctx;
	uint32_t word;

	if (!s->busy)
		return false;
	if (s->done < s->count) {
		any_lab_bus_read(s->lab, s->address + 4ull * s->done++, &word, sizeof(word));
		s->sum += word;
		return true;
	}
	any_lab_bus_write(s->lab, s->address + 4ull * s->count, &s->sum, sizeof(s->sum));
	any_lab_model_returns(s->lab, s->address, 4ull * s->count + 4);
	s->busy = false;
	s->finished = true;
	any_lab_interrupt(s->lab);
	return true;
}

volatile void *sum_attach(struct any_lab *lab);
volatile void *sum_attach(struct any_lab *lab)
{
	struct sum *s = any_lab_keep(lab, sizeof(*s));
	const struct any_lab_model model = {.read = sum_read,
					    .write = sum_write,
					    .step = sum_step,
					    .ctx = s,
					    .doorbell = SUM_START,
					    .doorbell_size = 4};

	s->lab = lab;
	return any_lab_attach(lab, &model);
}
