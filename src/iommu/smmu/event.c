/* SPDX-License-Identifier: BSD-2-Clause */
/* What the SMMU stopped, as it reports it. */
#include "smmu.h"

#include "base/mem.h"

#define OVERFLOW (1u << 31) /* PROD: toggles when reports are lost; CONS: seen */

enum event {
	C_BAD_STREAMID = 0x02,
	C_BAD_STE = 0x04,
	F_STREAM_DISABLED = 0x06,
	F_TRANSLATION = 0x10,
	F_ADDR_SIZE = 0x11,
	F_ACCESS = 0x12,
	F_PERMISSION = 0x13,
};

static bool has_address(uint32_t type)
{
	return type >= F_TRANSLATION && type <= F_PERMISSION;
}

static enum any_iommu_reason reason_of(uint32_t type)
{
	if (type == C_BAD_STREAMID || type == C_BAD_STE || type == F_STREAM_DISABLED)
		return ANY_IOMMU_FAULT_DOMAIN;
	return has_address(type) ? ANY_IOMMU_FAULT_MAPPING : ANY_IOMMU_FAULT_UNKNOWN;
}

static bool understand(const uint64_t words[4], struct any_iommu_fault *fault)
{
	const uint32_t type = (uint32_t)words[0] & 0xffu;
	const bool read = words[1] >> 35 & 1;

	*fault = (struct any_iommu_fault){
		.device = (uint32_t)(words[0] >> 32),
		.addr = any_dma(has_address(type) ? words[2] : 0),
		.has_addr = has_address(type),
		.access = !has_address(type) ? 0
			  : read	     ? ANY_IOMMU_READ
					     : ANY_IOMMU_WRITE,
		.reason = reason_of(type),
	};
	return type; /* 0 is none */
}

static int fail(struct any_smmu *smmu, int err)
{
	smmu->dead = true;
	smmu->errors++;
	return err;
}

/* Lost reports, and errors of the whole SMMU: acknowledged, and remembered. */
static int take_errors(struct any_smmu *smmu, uint32_t prod)
{
	const uint32_t gerror = smmu_read(smmu, SMMU_GERROR);
	const uint32_t active = gerror ^ smmu_read(smmu, SMMU_GERRORN);
	const bool overflow = prod & OVERFLOW;

	if (active & (SMMU_GERROR_CMDQ | SMMU_GERROR_SFM))
		return fail(smmu, -ANY_ENODEV);
	if (active) {
		smmu->dropped++;
		smmu_write(smmu, SMMU_GERRORN, gerror);
	}
	smmu->dropped += overflow != smmu->overflow;
	smmu->overflow = overflow;
	return 0;
}

/* The next report that PROD promises, and room for another. */
static int take(struct any_smmu *smmu, uint64_t words[4])
{
	struct any_smmu_queue *q = &smmu->events;
	const uint32_t mask = (2u << q->log2) - 1, prod = smmu_read(smmu, SMMU_EVENTQ_PROD);
	uint8_t *at = q->mem + (q->cons & (mask >> 1)) * SMMU_EVENT_BYTES;
	int err = take_errors(smmu, prod);

	if (err)
		return err;
	if (((prod - q->cons) & mask) > 1u << q->log2)
		return fail(smmu, -ANY_EPROTO);
	if (((prod - q->cons) & mask) == 0)
		return -ANY_EAGAIN;
	any_mmio_rmb(); /* PROD before the report: partner, the SMMU's write of both */
	any_iommu_pages_inval(smmu->pages, at, SMMU_EVENT_BYTES);
	for (unsigned i = 0; i < 4; i++) /* read once */
		words[i] = any_le64_to_cpu(((volatile const uint64_t *)(void *)at)[i]);
	q->cons = (q->cons + 1) & mask;
	smmu_write(smmu, SMMU_EVENTQ_CONS, q->cons | (smmu->overflow ? OVERFLOW : 0));
	return 0;
}

/* Never longer than a whole queue of nonsense: PROD may run ahead for ever. */
int any_smmu_fault(struct any_smmu *smmu, struct any_iommu_fault *fault)
{
	uint64_t words[4];

	if (smmu->dead)
		return -ANY_ENODEV;
	for (uint32_t i = 0; i < 1u << smmu->events.log2; i++) {
		struct any_iommu_fault found;
		int err = take(smmu, words);

		if (err)
			return err;
		if (understand(words, &found)) {
			*fault = found;
			return 0;
		}
		smmu->dropped++;
	}
	return fail(smmu, -ANY_EPROTO);
}
