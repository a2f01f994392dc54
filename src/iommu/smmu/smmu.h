/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and structures of SMMUv3 (Arm IHI 0070), and what its files say to each other. */
#ifndef ANYDMA_IOMMU_SMMU_PRIVATE_H
#define ANYDMA_IOMMU_SMMU_PRIVATE_H

#include <anydma/endian.h>
#include <anydma/iommu/smmu.h>

#include "any_arch.h"

#define SMMU_IDR0	     0x00u
#define SMMU_IDR1	     0x04u
#define SMMU_IDR5	     0x14u
#define SMMU_CR0	     0x20u
#define SMMU_CR0ACK	     0x24u
#define SMMU_CR1	     0x28u
#define SMMU_CR2	     0x2cu
#define SMMU_GBPA	     0x44u
#define SMMU_IRQ_CTRL	     0x50u
#define SMMU_GERROR	     0x60u
#define SMMU_GERRORN	     0x64u
#define SMMU_STRTAB_BASE     0x80u
#define SMMU_STRTAB_BASE_CFG 0x88u
#define SMMU_CMDQ_BASE	     0x90u
#define SMMU_CMDQ_PROD	     0x98u
#define SMMU_CMDQ_CONS	     0x9cu
#define SMMU_EVENTQ_BASE     0xa0u
#define SMMU_EVENTQ_PROD     0x100a8u /* the second page */
#define SMMU_EVENTQ_CONS     0x100acu

#define SMMU_IDR0_S2P	  (1u << 0)
#define SMMU_IDR0_S1P	  (1u << 1)
#define SMMU_IDR0_AARCH64 (1u << 3) /* of TTF */
#define SMMU_IDR0_COHACC  (1u << 4)
#define SMMU_IDR0_HYP	  (1u << 9)
#define SMMU_IDR1_FIXED	  (3u << 29) /* queues, tables preset */
#define SMMU_IDR5_GRAN4K  (1u << 4)

#define SMMU_CR0_SMMUEN	   (1u << 0)
#define SMMU_CR0_EVENTQEN  (1u << 2)
#define SMMU_CR0_CMDQEN	   (1u << 3)
#define SMMU_CR2_RECINVSID (1u << 1)
#define SMMU_CR2_PTM	   (1u << 2)
#define SMMU_GBPA_UPDATE   (1u << 31)
#define SMMU_GBPA_ABORT	   (1u << 20)
#define SMMU_GERROR_CMDQ   (1u << 0)
#define SMMU_GERROR_SFM	   (1u << 8)
#define SMMU_RA		   (1ull << 62) /* a hint: allocate on read */

enum smmu_command {
	SMMU_CFGI_STE = 0x03,
	SMMU_CFGI_ALL = 0x04,
	SMMU_CFGI_CD_ALL = 0x06,
	SMMU_TLBI_NH_ASID = 0x11,
	SMMU_TLBI_NH_VA = 0x12,
	SMMU_TLBI_EL2_ALL = 0x20,
	SMMU_TLBI_S12_VMALL = 0x28,
	SMMU_TLBI_S2_IPA = 0x2a,
	SMMU_TLBI_NSNH_ALL = 0x30,
	SMMU_CMD_SYNC = 0x46,
};

#define SMMU_CMD_BYTES	 16u
#define SMMU_EVENT_BYTES 32u
#define SMMU_STE_BYTES	 64u
#define SMMU_SPLIT	 6u /* a second-level table is one page */

/* Looks at a register before the SMMU is given up. */
#define SMMU_POLLS (1u << 22)

/* Walks' and queues' attributes: inner shareable write-back where the SMMU snoops. */
static inline uint32_t smmu_sh(const struct any_smmu *smmu)
{
	return smmu->coherent ? 3u : 2u;
}
static inline uint32_t smmu_cache(const struct any_smmu *smmu)
{
	return smmu->coherent ? 1u : 0u;
}

static inline uint32_t smmu_read(const struct any_smmu *smmu, uint32_t reg)
{
	return any_mmio_read32(smmu->regs + reg);
}

static inline void smmu_write(struct any_smmu *smmu, uint32_t reg, uint32_t value)
{
	any_mmio_write32(smmu->regs + reg, value);
}

/* Registers of 64 bits may be written by halves. */
static inline void smmu_write64(struct any_smmu *smmu, uint32_t reg, uint64_t value)
{
	smmu_write(smmu, reg, (uint32_t)value);
	smmu_write(smmu, reg + 4, (uint32_t)(value >> 32));
}

/* A structure's word, and on its way. */
static inline void smmu_put(struct any_smmu *smmu, uint64_t *word, uint64_t value)
{
	*(volatile uint64_t *)word = any_cpu_to_le64(value);
	any_iommu_pages_clean(smmu->pages, word, sizeof(*word));
}

/* ---- queue.c */
int any_smmu_queue_init(struct any_smmu *smmu, struct any_smmu_queue *queue, uint32_t log2,
			uint32_t entry);
uint64_t any_smmu_queue_base(const struct any_smmu *smmu, const struct any_smmu_queue *queue);
/* One command; waits for room. */
int any_smmu_command(struct any_smmu *smmu, uint64_t first, uint64_t second);
/* All commands before are done, and what they took away is out of reach. */
int any_smmu_sync(struct any_smmu *smmu);

/* ---- stream.c */
int any_smmu_streams_init(struct any_smmu *smmu, uint32_t idr0, uint32_t idr1);
void any_smmu_streams_fini(struct any_smmu *smmu);
void any_smmu_close(struct any_smmu_domain *domain);

/* ---- domain.c */
void any_smmu_inval_domain(struct any_smmu_domain *domain);
void any_smmu_inval_block(void *ctx, struct any_dma_addr iova, uint64_t len);

#endif
