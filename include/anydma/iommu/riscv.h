/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V IOMMU, version 1.0. Each attached device has an address space of its own (first stage);
 * every other device reaches nothing, and its tries are reported. One IOMMU belongs to one caller
 * at a time.
 */
#ifndef ANYDMA_IOMMU_RISCV_H
#define ANYDMA_IOMMU_RISCV_H

#include <anydma/iommu.h>
#include <anydma/iommu/table.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_RISCV_IOMMU_DEVICE_BITS 16u	 /* device numbers to aim for: PCI's requesters */
#define ANY_RISCV_IOMMU_DOMAINS	    256u /* number 0 is not given out */
#define ANY_RISCV_IOMMU_REGS	    0x1000u

struct any_riscv_iommu_queue {
	uint8_t *mem;
	uint32_t log2, head, tail;
};

struct any_riscv_iommu {
	volatile uint8_t *regs;
	struct any_iommu_pages *pages;
	struct any_iommu_table_format format; /* as wide as the bus */
	uint8_t levels, device_bits, context_bytes;
	uint64_t *directory;
	uint64_t taken[ANY_RISCV_IOMMU_DOMAINS / 64];
	struct any_riscv_iommu_queue cmd, faults;
	uint32_t errors;  /* commands that failed, unmaps that were refused */
	uint32_t dropped; /* reports that made no sense, and overflows */
	bool dead;	  /* it no longer answers, or stopped at a command */
};

struct any_riscv_iommu_domain {
	struct any_riscv_iommu *iommu; /* NULL: attached to nothing */
	struct any_iommu_table table;
	uint32_t device;
	uint16_t tag; /* PSCID */
};

/*
 * From here on nothing passes it but what is attached. `pages`: coherent memory, or cache
 * operations where the IOMMU does not snoop; no register says so. ENODEV: it does not answer;
 * ENOTSUP: neither Sv39 nor Sv48, or a directory it will not have; EPROTO: registers that make no
 * sense; EIO: it stopped at a command; ENOMEM: too few pages. On failure all pages come back,
 * unless it does not even turn off (ENODEV).
 */
ANY_MUST_CHECK int any_riscv_iommu_init(struct any_riscv_iommu *iommu, volatile void *regs,
					struct any_iommu_pages *pages);
/* Off, everything still stopped. EBUSY: a domain is attached; ENODEV: it keeps its memory. */
ANY_MUST_CHECK int any_riscv_iommu_fini(struct any_riscv_iommu *iommu);

/*
 * ERANGE: no such device; EBUSY: attached; ENOMEM: too few pages, or domains; ENODEV: it does not
 * answer.
 */
ANY_MUST_CHECK int any_riscv_iommu_attach(struct any_riscv_iommu *iommu,
					  struct any_riscv_iommu_domain *domain, uint32_t device);
/* ENODEV: whether the device is out is not known; memory stays taken. */
ANY_MUST_CHECK int any_riscv_iommu_detach(struct any_riscv_iommu_domain *domain);
/* ctx: the domain. One of which something cannot be unmapped is closed until it is detached. */
extern const struct any_iommu_ops any_riscv_iommu_ops;

/* The next report. EAGAIN: none; EPROTO, ENODEV: the IOMMU is of no use any more. */
ANY_MUST_CHECK int any_riscv_iommu_fault(struct any_riscv_iommu *iommu,
					 struct any_iommu_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
