/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arm SMMUv3 from reset to translating, and back. Nothing passes at any moment: while it is off,
 * GBPA says abort; once it is on, an empty stream table does.
 */
#include "smmu.h"

#include "base/bits.h"

static int await(struct any_smmu *smmu, uint32_t reg, uint32_t mask, uint32_t value)
{
	for (uint32_t i = 0; i < SMMU_POLLS; i++) {
		if ((smmu_read(smmu, reg) & mask) == value)
			return 0;
		any_cpu_relax();
	}
	smmu->dead = true;
	return -ANY_ENODEV;
}

static int enable(struct any_smmu *smmu, uint32_t bits)
{
	smmu_write(smmu, SMMU_CR0, bits);
	return await(smmu, SMMU_CR0ACK, bits | SMMU_CR0_SMMUEN, bits);
}

/* Off, as the firmware may not have left it; what devices still send is stopped. */
static int stop(struct any_smmu *smmu)
{
	int err = await(smmu, SMMU_GBPA, SMMU_GBPA_UPDATE, 0);

	if (err)
		return err;
	smmu_write(smmu, SMMU_GBPA, SMMU_GBPA_UPDATE | SMMU_GBPA_ABORT);
	err = await(smmu, SMMU_GBPA, SMMU_GBPA_UPDATE, 0);
	if (err)
		return err;
	smmu_write(smmu, SMMU_CR0, 0);
	return await(smmu, SMMU_CR0ACK, UINT32_MAX, 0);
}

/*
 * Stage 1 where there is one: a hypervisor keeps stage 2 for itself, and a machine without one has
 * no use for it. Formats are those of table/format.c.
 */
static int choose(struct any_smmu *smmu, uint32_t idr0, uint32_t idr1, uint32_t idr5)
{
	static const uint8_t output[] = {32, 36, 40, 42, 44, 48, 52};
	const uint32_t oas = idr5 & 7u, stall = idr0 >> 24 & 3u, endian = idr0 >> 21 & 3u;

	if (idr0 == UINT32_MAX && idr1 == UINT32_MAX)
		return -ANY_ENODEV;
	if (oas >= ANY_ARRAY_SIZE(output) || stall == 3 || endian == 1)
		return -ANY_EPROTO;
	if (!(idr0 & (SMMU_IDR0_S1P | SMMU_IDR0_S2P)) || !(idr0 & SMMU_IDR0_AARCH64) ||
	    !(idr5 & SMMU_IDR5_GRAN4K) || (idr1 & SMMU_IDR1_FIXED) || stall == 2 || endian == 3)
		return -ANY_ENOTSUP;
	smmu->stage2 = !(idr0 & SMMU_IDR0_S1P);
	smmu->coherent = idr0 & SMMU_IDR0_COHACC;
	smmu->ips = (uint8_t)(oas < 5 ? oas : 5); /* 52 bits are said otherwise than here */
	smmu->format = smmu->stage2 ? any_iommu_arm_s2 : any_iommu_arm_s1;
	smmu->format.output_bits = output[smmu->ips];
	if (smmu->coherent)
		smmu->pages->cache = NULL;
	return 0;
}

static void attributes(struct any_smmu *smmu)
{
	const uint32_t sh = smmu_sh(smmu), cache = smmu_cache(smmu);
	const uint32_t one = sh << 4 | cache << 2 | cache; /* of queues, and of tables */

	smmu_write(smmu, SMMU_CR1, one | one << 6);
	/* What is not ours to broadcast is not listened to; streams out of range are reported. */
	smmu_write(smmu, SMMU_CR2, SMMU_CR2_PTM | SMMU_CR2_RECINVSID);
	smmu_write(smmu, SMMU_IRQ_CTRL, 0); /* queues are looked at */
}

static int start_commands(struct any_smmu *smmu, uint32_t idr1)
{
	int err = any_smmu_queue_init(smmu, &smmu->cmd, idr1 >> 21 & 0x1fu, SMMU_CMD_BYTES);

	if (err)
		return err;
	smmu_write64(smmu, SMMU_CMDQ_BASE, any_smmu_queue_base(smmu, &smmu->cmd));
	smmu_write(smmu, SMMU_CMDQ_PROD, 0);
	smmu_write(smmu, SMMU_CMDQ_CONS, 0);
	smmu_write(smmu, SMMU_GERRORN, smmu_read(smmu, SMMU_GERROR)); /* of the past */
	return enable(smmu, SMMU_CR0_CMDQEN);
}

static int start_events(struct any_smmu *smmu, uint32_t idr1)
{
	int err = any_smmu_queue_init(smmu, &smmu->events, idr1 >> 16 & 0x1fu, SMMU_EVENT_BYTES);

	if (err)
		return err;
	smmu_write64(smmu, SMMU_EVENTQ_BASE, any_smmu_queue_base(smmu, &smmu->events));
	smmu_write(smmu, SMMU_EVENTQ_PROD, 0);
	smmu_write(smmu, SMMU_EVENTQ_CONS, 0);
	return enable(smmu, SMMU_CR0_CMDQEN | SMMU_CR0_EVENTQEN);
}

/* What any of its caches may hold from before. */
static int inval_all(struct any_smmu *smmu, uint32_t idr0)
{
	int err = any_smmu_command(smmu, SMMU_CFGI_ALL, 31);

	if (!err && (idr0 & SMMU_IDR0_HYP))
		err = any_smmu_command(smmu, SMMU_TLBI_EL2_ALL, 0);
	if (!err)
		err = any_smmu_command(smmu, SMMU_TLBI_NSNH_ALL, 0);
	return err ? err : any_smmu_sync(smmu);
}

static int start(struct any_smmu *smmu, uint32_t idr0, uint32_t idr1)
{
	int err;

	attributes(smmu);
	err = any_smmu_streams_init(smmu, idr0, idr1);
	if (!err)
		err = start_commands(smmu, idr1);
	if (!err)
		err = inval_all(smmu, idr0);
	if (!err)
		err = start_events(smmu, idr1);
	return err ? err : enable(smmu, SMMU_CR0_CMDQEN | SMMU_CR0_EVENTQEN | SMMU_CR0_SMMUEN);
}

static void give_pages(struct any_smmu *smmu)
{
	uint8_t *one[2 + ANY_SMMU_DOMAINS / 64] = {smmu->cmd.mem, smmu->events.mem};

	for (unsigned i = 0; i < ANY_SMMU_DOMAINS / 64; i++)
		one[2 + i] = (uint8_t *)smmu->contexts[i];
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(one); i++)
		if (one[i])
			any_iommu_pages_give(smmu->pages, one[i]);
	any_smmu_streams_fini(smmu);
}

int any_smmu_init(struct any_smmu *smmu, volatile void *regs, struct any_iommu_pages *pages)
{
	uint32_t idr0, idr1;
	int err;

	*smmu = (struct any_smmu){.regs = regs, .pages = pages};
	idr0 = smmu_read(smmu, SMMU_IDR0);
	idr1 = smmu_read(smmu, SMMU_IDR1);
	err = choose(smmu, idr0, idr1, smmu_read(smmu, SMMU_IDR5));
	if (!err)
		err = stop(smmu);
	if (err)
		return err;
	err = start(smmu, idr0, idr1);
	if (!err)
		return 0;
	if (stop(smmu))
		err = -ANY_ENODEV;
	else
		give_pages(smmu);
	smmu->dead = true;
	return err;
}

int any_smmu_fini(struct any_smmu *smmu)
{
	int err;

	for (unsigned i = 0; i < ANY_SMMU_DOMAINS / 64; i++)
		if (smmu->taken[i])
			return -ANY_EBUSY;
	err = stop(smmu);
	if (!err)
		give_pages(smmu);
	smmu->dead = true;
	return err;
}
