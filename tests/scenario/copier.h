/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest device there is: copies LEN bytes from SRC to DST when GO is written. */
#ifndef ANYDMA_TESTS_COPIER_H
#define ANYDMA_TESTS_COPIER_H

#include <stdlib.h>
#include <string.h>

#include <anydma/lab/model.h>

struct copier_regs {
	uint64_t src, dst;
	uint32_t len, go, done, pad;
};

struct copier {
	struct any_lab *lab;
	uint64_t src, dst;
	uint32_t len, done;
	bool busy;
};

static inline uint64_t copier_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct copier *c = ctx;

	(void)bytes;
	return offset == offsetof(struct copier_regs, done) ? c->done : 0;
}

static inline void copier_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct copier *c = ctx;

	(void)bytes;
	if (offset == offsetof(struct copier_regs, src))
		c->src = value;
	else if (offset == offsetof(struct copier_regs, dst))
		c->dst = value;
	else if (offset == offsetof(struct copier_regs, len))
		c->len = (uint32_t)value;
	else if (offset == offsetof(struct copier_regs, go))
		c->busy = true;
	else if (offset == offsetof(struct copier_regs, done))
		c->done = 0;
}

static inline bool copier_step(void *ctx)
{
	struct copier *c = ctx;
	uint8_t bytes[256];

	if (!c->busy)
		return false;
	any_lab_model_takes(c->lab, c->src, c->len, ANY_DMA_TO_DEVICE);
	any_lab_model_takes(c->lab, c->dst, c->len, ANY_DMA_FROM_DEVICE);
	for (uint32_t at = 0, n; at < c->len; at += n) {
		n = c->len - at < sizeof(bytes) ? c->len - at : (uint32_t)sizeof(bytes);
		any_lab_bus_read(c->lab, c->src + at, bytes, n);
		any_lab_bus_write(c->lab, c->dst + at, bytes, n);
	}
	any_lab_model_returns(c->lab, c->src, c->len);
	any_lab_model_returns(c->lab, c->dst, c->len);
	c->busy = false;
	c->done = 1;
	any_lab_interrupt(c->lab);
	return true;
}

static inline volatile struct copier_regs *copier_attach(struct any_lab *lab, struct copier *c)
{
	const struct any_lab_model model = {
		.read = copier_read,
		.write = copier_write,
		.step = copier_step,
		.ctx = c,
		.doorbell = offsetof(struct copier_regs, go),
		.doorbell_size = 4,
	};

	*c = (struct copier){.lab = lab};
	return (volatile struct copier_regs *)any_lab_attach(lab, &model);
}

#endif
