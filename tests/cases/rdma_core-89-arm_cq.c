/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux-rdma/rdma-core #89 (and #666, #867, the same argument): to arm a completion queue the
 * driver writes a doorbell record in memory and then a register of the device. The barrier between
 * was the one for memory, which does not order memory before registers: the device may look at the
 * record before it has been written.
 */
#include "any_arch.h"
#include "case.h"

#include <stdlib.h>

struct regs {
	uint64_t record;
	uint32_t arm, armed;
};

struct device {
	struct any_lab *lab;
	uint64_t record;
	uint32_t armed;
	bool look;
};

static uint64_t device_read(void *ctx, uint32_t offset, unsigned bytes)
{
	const struct device *d = ctx;

	(void)bytes;
	return offset == offsetof(struct regs, armed) ? d->armed : 0;
}

static void device_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct device *d = ctx;

	(void)bytes;
	if (offset == offsetof(struct regs, record)) {
		d->record = value;
		any_lab_model_shares(d->lab, value, 8);
		any_lab_model_announced(d->lab, value, 0); /* the register tells */
	}
	d->look |= offset == offsetof(struct regs, arm);
}

/* Arms for the consumer index that the record has. */
static bool device_step(void *ctx)
{
	struct device *d = ctx;
	uint32_t record[2];

	if (!d->look)
		return false;
	any_lab_bus_read(d->lab, d->record, record, sizeof(record));
	d->armed = record[1];
	d->look = false;
	return true;
}

static ANY_NOINLINE void arm_cq(struct any_dma_dev *dma, volatile struct regs *uar,
				volatile uint32_t *dbrec, uint32_t ci, bool fixed)
{
	dbrec[1] = ci; /* BUG: not ordered before the register */
	any_dma_drain(dma, ANY_DMA_TO_DEVICE);
	if (fixed)
		any_mmio_wmb(); /* partner: the device reads the record after the register */
	else
		any_dma_wmb();
	any_mmio_write32(&uar->arm, ci);
}

static int run(struct any_lab *lab, bool fixed)
{
	struct device *d = any_lab_keep(lab, sizeof(*d));
	const struct any_lab_model model = {
		.read = device_read,
		.write = device_write,
		.step = device_step,
		.ctx = d,
		.doorbell = offsetof(struct regs, arm),
		.doorbell_size = 4,
	};
	struct any_dma_dev *dma = any_lab_dma(lab);
	volatile struct regs *uar = any_lab_attach(lab, &model);
	struct any_dma_coherent mem;
	int err = any_dma_alloc_coherent(dma, 8, &mem);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory */
	d->lab = lab;
	any_lab_mmio_write(&uar->record, mem.addr.raw, 8);
	for (uint32_t ci = 1; ci < 8; ci++) {
		arm_cq(dma, uar, mem.cpu, ci, fixed);
		while (any_mmio_read32(&uar->armed) != ci)
			any_lab_relax(lab);
	}
	any_dma_free_coherent(dma, &mem);
	return 0;
}

ANY_CASE(rdma_core_arm_cq, run, .name = "rdma_core-89-arm_cq",
	 .issue = "linux-rdma/rdma-core #89, #666",
	 .bug = "a memory barrier between a doorbell record and the doorbell",
	 .rule = ANY_LAB_DOORBELL, .platform = "arm64-nc");
