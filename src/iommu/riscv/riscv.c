/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RISC-V IOMMU from reset to translating, and back. Nothing passes at any moment: off it stops
 * everything, and so does an empty directory.
 */
#include "riscv.h"

#include "base/bits.h"

int any_riscv_iommu_await(struct any_riscv_iommu *iommu, uint32_t reg, uint32_t mask,
			  uint32_t value)
{
	for (uint32_t i = 0; i < RV_POLLS; i++) {
		if ((rv_read(iommu, reg) & mask) == value)
			return 0;
		any_cpu_relax();
	}
	iommu->dead = true;
	return -ANY_ENODEV;
}

/* The directory first: then no fault is written any more, and no command is awaited. */
static int stop(struct any_riscv_iommu *iommu)
{
	static const uint32_t queues[] = {RV_CQCSR, RV_FQCSR, RV_PQCSR};
	int err = any_riscv_iommu_await(iommu, RV_DDTP, RV_DDTP_BUSY, 0);

	if (err)
		return err;
	rv_write64(iommu, RV_DDTP, 0);
	err = any_riscv_iommu_await(iommu, RV_DDTP, RV_DDTP_BUSY | 0xfu, 0);
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(queues) && !err; i++)
		err = any_riscv_iommu_queue_stop(iommu, queues[i]);
	return err;
}

static int choose(struct any_riscv_iommu *iommu, uint64_t capabilities)
{
	const uint32_t pas = (uint32_t)(capabilities >> 32) & 0x3fu;

	if (capabilities == UINT64_MAX)
		return -ANY_ENODEV;
	if ((capabilities & 0xf0u) != 0x10u || pas < 32)
		return -ANY_EPROTO; /* version 1, and physical addresses of some width */
	if (!(capabilities & (RV_CAP_SV39 | RV_CAP_SV48)))
		return -ANY_ENOTSUP;
	iommu->format = capabilities & RV_CAP_SV39 ? any_iommu_riscv_sv39 : any_iommu_riscv_sv48;
	iommu->format.output_bits = (uint8_t)(pas < 56 ? pas : 56);
	return 0;
}

/* Little-endian, as the tables are. What it cannot change it does not take. */
static int set_features(struct any_riscv_iommu *iommu)
{
	rv_write(iommu, RV_FCTL, rv_read(iommu, RV_FCTL) & ~RV_FCTL_BE);
	return rv_read(iommu, RV_FCTL) & RV_FCTL_BE ? -ANY_ENOTSUP : 0;
}

/* What any of its caches may hold from before. */
static int inval_all(struct any_riscv_iommu *iommu)
{
	int err = any_riscv_iommu_command(iommu, RV_IODIR_DDT, 0);

	if (!err)
		err = any_riscv_iommu_command(iommu, RV_IOTINVAL_VMA, 0);
	return err ? err : any_riscv_iommu_sync(iommu);
}

static int start(struct any_riscv_iommu *iommu, uint64_t capabilities)
{
	int err = set_features(iommu);

	if (!err)
		err = any_riscv_iommu_queue_init(iommu, &iommu->cmd, RV_COMMAND_BYTES);
	if (!err)
		err = any_riscv_iommu_queue_init(iommu, &iommu->faults, RV_REPORT_BYTES);
	if (!err)
		err = any_riscv_iommu_queue_start(iommu, &iommu->cmd, RV_CQB, RV_CQCSR);
	if (!err)
		err = any_riscv_iommu_queue_start(iommu, &iommu->faults, RV_FQB, RV_FQCSR);
	if (!err)
		err = any_riscv_iommu_directory_init(iommu, capabilities);
	return err ? err : inval_all(iommu);
}

static void give_pages(struct any_riscv_iommu *iommu)
{
	if (iommu->cmd.mem)
		any_iommu_pages_give(iommu->pages, iommu->cmd.mem);
	if (iommu->faults.mem)
		any_iommu_pages_give(iommu->pages, iommu->faults.mem);
	any_riscv_iommu_directory_fini(iommu);
}

int any_riscv_iommu_init(struct any_riscv_iommu *iommu, volatile void *regs,
			 struct any_iommu_pages *pages)
{
	uint64_t capabilities;
	int err;

	*iommu = (struct any_riscv_iommu){.regs = regs, .pages = pages};
	capabilities = rv_read(iommu, RV_CAPABILITIES) |
		       (uint64_t)rv_read(iommu, RV_CAPABILITIES + 4) << 32;
	err = choose(iommu, capabilities);
	if (!err)
		err = stop(iommu);
	if (err)
		return err;
	err = start(iommu, capabilities);
	if (!err)
		return 0;
	if (stop(iommu))
		err = -ANY_ENODEV;
	else
		give_pages(iommu);
	iommu->dead = true;
	return err;
}

int any_riscv_iommu_fini(struct any_riscv_iommu *iommu)
{
	int err;

	for (unsigned i = 0; i < ANY_RISCV_IOMMU_DOMAINS / 64; i++)
		if (iommu->taken[i])
			return -ANY_EBUSY;
	err = stop(iommu);
	if (!err)
		give_pages(iommu);
	iommu->dead = true;
	return err;
}
