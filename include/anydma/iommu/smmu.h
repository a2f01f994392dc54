/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arm SMMUv3. Each attached stream has an address space of its own; every other stream reaches
 * nothing, and its tries are reported. One SMMU belongs to one caller at a time.
 */
#ifndef ANYDMA_IOMMU_SMMU_H
#define ANYDMA_IOMMU_SMMU_H

#include <anydma/iommu.h>
#include <anydma/iommu/table.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_SMMU_STREAM_BITS 16u  /* streams that may be attached; PCI's requester numbers fit */
#define ANY_SMMU_DOMAINS     256u /* number 0 is not given out */
#define ANY_SMMU_REGS	     0x20000u

/* A ring in memory: index and wrap bit, as the registers have them. */
struct any_smmu_queue {
	uint8_t *mem;
	uint32_t log2, prod, cons;
};

struct any_smmu {
	volatile uint8_t *regs;
	struct any_iommu_pages *pages;
	struct any_iommu_table_format format; /* stage 1 or 2, as wide as the bus */
	bool stage2, coherent, two_level;
	uint8_t stream_bits, ips;
	uint8_t *streams;			   /* stream table, or its first level */
	uint64_t *contexts[ANY_SMMU_DOMAINS / 64]; /* stage 1: a page for 64 domains */
	uint64_t taken[ANY_SMMU_DOMAINS / 64];
	struct any_smmu_queue cmd, events;
	uint32_t errors;  /* commands that failed, unmaps that were refused */
	uint32_t dropped; /* reports that made no sense, and overflows */
	bool overflow;	  /* as CONS last acknowledged it */
	bool dead;	  /* it no longer answers, or stopped at a command */
};

struct any_smmu_domain {
	struct any_smmu *smmu; /* NULL: attached to nothing */
	struct any_iommu_table table;
	uint32_t stream;
	uint16_t tag; /* ASID or VMID */
};

/*
 * `regs`: both pages. From here on nothing passes it but what is attached. With IDR0.COHACC the
 * pages' cache operations are not used. ENODEV: it does not answer; ENOTSUP: a translation we do
 * not speak (no 64-bit formats of 4 KiB, fixed tables, faults that only stall); EPROTO: registers
 * that make no sense; EIO: it stopped at a command; ENOMEM: too few pages. On failure all pages
 * come back, unless it does not even turn off (ENODEV).
 */
ANY_MUST_CHECK int any_smmu_init(struct any_smmu *smmu, volatile void *regs,
				 struct any_iommu_pages *pages);
/* Off, everything still stopped. EBUSY: a domain is attached; ENODEV: it keeps its memory. */
ANY_MUST_CHECK int any_smmu_fini(struct any_smmu *smmu);

/*
 * `snooped`: the device's accesses see the CPU's caches. ERANGE: no such stream; EBUSY: attached;
 * ENOMEM: too few pages, or domains; ENODEV: it does not answer.
 */
ANY_MUST_CHECK int any_smmu_attach(struct any_smmu *smmu, struct any_smmu_domain *domain,
				   uint32_t stream, bool snooped);
/* ENODEV: whether the device is out is not known; memory stays taken. */
ANY_MUST_CHECK int any_smmu_detach(struct any_smmu_domain *domain);
/* ctx: the domain. One of which something cannot be unmapped is closed until it is detached. */
extern const struct any_iommu_ops any_smmu_ops;

/* The next report. EAGAIN: none; EPROTO, ENODEV: the SMMU is of no use any more. */
ANY_MUST_CHECK int any_smmu_fault(struct any_smmu *smmu, struct any_iommu_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
