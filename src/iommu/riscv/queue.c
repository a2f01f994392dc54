/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of commands, and its end: IOFENCE.C. The head passes other commands when they were
 * fetched, but a fence only when all before it is done.
 */
#include "riscv.h"

int any_riscv_iommu_queue_init(struct any_riscv_iommu *iommu, struct any_riscv_iommu_queue *queue,
			       uint32_t entry)
{
	uint32_t log2 = 0;

	while (entry << (log2 + 1) <= ANY_IOMMU_PAGE)
		log2++;
	*queue = (struct any_riscv_iommu_queue){any_iommu_pages_take(iommu->pages, 1), log2, 0, 0};
	return queue->mem ? 0 : -ANY_ENOMEM;
}

int any_riscv_iommu_queue_stop(struct any_riscv_iommu *iommu, uint32_t csr)
{
	int err = any_riscv_iommu_await(iommu, csr, RV_Q_BUSY, 0);

	if (err)
		return err;
	rv_write(iommu, csr, 0);
	return any_riscv_iommu_await(iommu, csr, RV_Q_BUSY | RV_Q_ON, 0);
}

int any_riscv_iommu_queue_start(struct any_riscv_iommu *iommu,
				const struct any_riscv_iommu_queue *queue, uint32_t base,
				uint32_t csr)
{
	/* Of the pair behind the base the driver's is set to 0; enabling does it for the other. */
	const uint32_t ours = base == RV_CQB ? RV_CQT : RV_FQH;

	rv_write64(iommu, base, rv_place(iommu, queue->mem) | (queue->log2 - 1));
	rv_write(iommu, ours, 0);
	/* Errors of the past go by writing 1. */
	rv_write(iommu, csr, RV_Q_ENABLE | (base == RV_CQB ? RV_CQ_ERRORS : RV_FQ_ERRORS));
	return any_riscv_iommu_await(iommu, csr, RV_Q_BUSY | RV_Q_ON, RV_Q_ON);
}

static int fail(struct any_riscv_iommu *iommu, int err)
{
	iommu->dead = true;
	iommu->errors++;
	return err;
}

static uint32_t waiting(const struct any_riscv_iommu_queue *q, uint32_t head)
{
	return (q->tail - head) & ((1u << q->log2) - 1);
}

/* How far it came: never back, never past what was written. */
static int look(struct any_riscv_iommu *iommu)
{
	struct any_riscv_iommu_queue *q = &iommu->cmd;
	const uint32_t head = rv_read(iommu, RV_CQH);

	if (rv_read(iommu, RV_CQCSR) & RV_CQ_ERRORS)
		return fail(iommu, -ANY_EIO);
	if (head >> q->log2 || waiting(q, head) > waiting(q, q->head))
		return fail(iommu, -ANY_EPROTO);
	q->head = head;
	return 0;
}

/* At most `left` commands wait. */
static int await(struct any_riscv_iommu *iommu, uint32_t left)
{
	for (uint32_t i = 0; i < RV_POLLS; i++) {
		if (waiting(&iommu->cmd, iommu->cmd.head) <= left)
			return 0;
		int err = look(iommu);

		if (err)
			return err;
		any_cpu_relax();
	}
	return fail(iommu, -ANY_ENODEV);
}

int any_riscv_iommu_command(struct any_riscv_iommu *iommu, uint64_t first, uint64_t second)
{
	struct any_riscv_iommu_queue *q = &iommu->cmd;
	uint64_t *at;
	/* A full queue looks like an empty one: one place stays free. */
	int err = iommu->dead ? -ANY_ENODEV : await(iommu, (1u << q->log2) - 2);

	if (err)
		return err;
	at = (uint64_t *)(void *)(q->mem + q->tail * RV_COMMAND_BYTES);
	rv_put(iommu, &at[0], first);
	rv_put(iommu, &at[1], second);
	any_iommu_pages_sync(iommu->pages); /* before the tail: partner, the IOMMU's fetch */
	q->tail = (q->tail + 1) & ((1u << q->log2) - 1);
	rv_write(iommu, RV_CQT, q->tail);
	return 0;
}

int any_riscv_iommu_sync(struct any_riscv_iommu *iommu)
{
	int err = any_riscv_iommu_command(iommu, RV_IOFENCE_C | RV_FENCE_RW, 0);

	if (!err)
		err = await(iommu, 0);
	if (err)
		return err;
	/* Before memory is used anew: partner, the accesses that the fence waited for. */
	any_mmio_rmb();
	return 0;
}
