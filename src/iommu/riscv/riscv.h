/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and structures of the RISC-V IOMMU, and what its files say to each other. */
#ifndef ANYDMA_IOMMU_RISCV_PRIVATE_H
#define ANYDMA_IOMMU_RISCV_PRIVATE_H

#include <anydma/endian.h>
#include <anydma/iommu/riscv.h>

#include "any_arch.h"

#define RV_CAPABILITIES 0x00u
#define RV_FCTL		0x08u
#define RV_DDTP		0x10u
#define RV_CQB		0x18u
#define RV_CQH		0x20u
#define RV_CQT		0x24u
#define RV_FQB		0x28u
#define RV_FQH		0x30u
#define RV_FQT		0x34u
#define RV_CQCSR	0x48u
#define RV_FQCSR	0x4cu
#define RV_PQCSR	0x50u

#define RV_CAP_SV39	(1ull << 9)
#define RV_CAP_SV48	(1ull << 10)
#define RV_CAP_MSI_FLAT (1ull << 22)
#define RV_FCTL_BE	(1u << 0)
#define RV_DDTP_BUSY	(1u << 4)
#define RV_Q_ENABLE	(1u << 0)
#define RV_Q_ON		(1u << 16)
#define RV_Q_BUSY	(1u << 17)
#define RV_CQ_ERRORS	(7u << 8) /* memory fault, timeout, illegal command */
#define RV_FQ_ERRORS	(3u << 8)
#define RV_FQ_FAULT	(1u << 8)
#define RV_FQ_OVERFLOW	(1u << 9)

#define RV_IOTINVAL_VMA	 0x01ull
#define RV_IOFENCE_C	 0x02ull
#define RV_IODIR_DDT	 0x03ull
#define RV_ADDRESS_VALID (1ull << 10) /* of IOTINVAL */
#define RV_PSCID_VALID	 (1ull << 32)
#define RV_DEVICE_VALID	 (1ull << 33)
#define RV_FENCE_RW	 (3ull << 12) /* what devices did before is seen, too */

#define RV_COMMAND_BYTES 16u
#define RV_REPORT_BYTES	 32u

/* Looks at a register before the IOMMU is given up. */
#define RV_POLLS (1u << 22)

static inline uint32_t rv_read(const struct any_riscv_iommu *iommu, uint32_t reg)
{
	return any_mmio_read32(iommu->regs + reg);
}

static inline void rv_write(struct any_riscv_iommu *iommu, uint32_t reg, uint32_t value)
{
	any_mmio_write32(iommu->regs + reg, value);
}

/* Registers of 64 bits may be accessed by halves; the one that acts is the low one, so last. */
static inline void rv_write64(struct any_riscv_iommu *iommu, uint32_t reg, uint64_t value)
{
	rv_write(iommu, reg + 4, (uint32_t)(value >> 32));
	rv_write(iommu, reg, (uint32_t)value);
}

/* A structure's word, and on its way. */
static inline void rv_put(struct any_riscv_iommu *iommu, uint64_t *word, uint64_t value)
{
	*(volatile uint64_t *)word = any_cpu_to_le64(value);
	any_iommu_pages_clean(iommu->pages, word, sizeof(*word));
}

static inline uint64_t rv_get(const uint64_t *word)
{
	return any_le64_to_cpu(*(volatile const uint64_t *)word);
}

/* Where a page is, as registers and directories say it: its number from bit 10 on. */
static inline uint64_t rv_place(const struct any_riscv_iommu *iommu, const void *page)
{
	return any_iommu_pages_addr(iommu->pages, page).raw >> 12 << 10;
}

/* ---- riscv.c */
int any_riscv_iommu_await(struct any_riscv_iommu *iommu, uint32_t reg, uint32_t mask,
			  uint32_t value);

/* ---- queue.c */
int any_riscv_iommu_queue_init(struct any_riscv_iommu *iommu, struct any_riscv_iommu_queue *queue,
			       uint32_t entry);
/* Off, and on with this memory. `base`: its register; `csr`: its control. */
int any_riscv_iommu_queue_stop(struct any_riscv_iommu *iommu, uint32_t csr);
int any_riscv_iommu_queue_start(struct any_riscv_iommu *iommu,
				const struct any_riscv_iommu_queue *queue, uint32_t base,
				uint32_t csr);
/* One command; waits for room. */
int any_riscv_iommu_command(struct any_riscv_iommu *iommu, uint64_t first, uint64_t second);
/* All commands before are done, and what they took away is out of reach. */
int any_riscv_iommu_sync(struct any_riscv_iommu *iommu);

/* ---- directory.c */
int any_riscv_iommu_directory_init(struct any_riscv_iommu *iommu, uint64_t capabilities);
void any_riscv_iommu_directory_fini(struct any_riscv_iommu *iommu);
void any_riscv_iommu_close(struct any_riscv_iommu_domain *domain);

/* ---- domain.c */
void any_riscv_iommu_inval_domain(struct any_riscv_iommu_domain *domain);

#endif
