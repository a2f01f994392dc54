/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of commands, and its end: CMD_SYNC, consumed when all before it is done. */
#include "smmu.h"

int any_smmu_queue_init(struct any_smmu *smmu, struct any_smmu_queue *queue, uint32_t log2,
			uint32_t entry)
{
	while ((uint64_t)entry << log2 > ANY_IOMMU_PAGE)
		log2--;
	*queue = (struct any_smmu_queue){any_iommu_pages_take(smmu->pages, 1), log2, 0, 0};
	return queue->mem ? 0 : -ANY_ENOMEM;
}

uint64_t any_smmu_queue_base(const struct any_smmu *smmu, const struct any_smmu_queue *queue)
{
	return any_iommu_pages_addr(smmu->pages, queue->mem).raw | queue->log2 | SMMU_RA;
}

static uint32_t mask_of(const struct any_smmu_queue *queue)
{
	return (2u << queue->log2) - 1; /* the index and the bit above it */
}

static int fail(struct any_smmu *smmu, int err)
{
	smmu->dead = true;
	smmu->errors++;
	return err;
}

/* CONS as it is now. It says how far the SMMU came: never back, never past what was written. */
static int look(struct any_smmu *smmu)
{
	struct any_smmu_queue *q = &smmu->cmd;
	const uint32_t cons = smmu_read(smmu, SMMU_CMDQ_CONS);
	const uint32_t gerror = smmu_read(smmu, SMMU_GERROR);
	const uint32_t active = gerror ^ smmu_read(smmu, SMMU_GERRORN);

	if (active & (SMMU_GERROR_CMDQ | SMMU_GERROR_SFM))
		return fail(smmu, -ANY_EIO); /* it stopped at a command, or altogether */
	if (((q->prod - cons) & mask_of(q)) > ((q->prod - q->cons) & mask_of(q)))
		return fail(smmu, -ANY_EPROTO);
	q->cons = cons & mask_of(q);
	return 0;
}

/* At most `left` commands wait. */
static int await(struct any_smmu *smmu, uint32_t left)
{
	struct any_smmu_queue *q = &smmu->cmd;

	for (uint32_t i = 0; i < SMMU_POLLS; i++) {
		if (((q->prod - q->cons) & mask_of(q)) <= left)
			return 0;
		int err = look(smmu);

		if (err)
			return err;
		any_cpu_relax();
	}
	return fail(smmu, -ANY_ENODEV);
}

int any_smmu_command(struct any_smmu *smmu, uint64_t first, uint64_t second)
{
	struct any_smmu_queue *q = &smmu->cmd;
	uint64_t *at;
	int err = smmu->dead ? -ANY_ENODEV : await(smmu, (1u << q->log2) - 1);

	if (err)
		return err;
	at = (uint64_t *)(void *)(q->mem + (q->prod & ((1u << q->log2) - 1)) * SMMU_CMD_BYTES);
	smmu_put(smmu, &at[0], first);
	smmu_put(smmu, &at[1], second);
	any_iommu_pages_sync(smmu->pages); /* before PROD: partner, the SMMU's fetch */
	q->prod = (q->prod + 1) & mask_of(q);
	smmu_write(smmu, SMMU_CMDQ_PROD, q->prod);
	return 0;
}

/* No interrupt, no message: it is consumed, and that is told by CONS. */
int any_smmu_sync(struct any_smmu *smmu)
{
	int err = any_smmu_command(smmu, SMMU_CMD_SYNC, 0);

	if (!err)
		err = await(smmu, 0);
	if (err)
		return err;
	/* Before memory is used anew: partner, the accesses that SYNC waited for. */
	any_mmio_rmb();
	return 0;
}
