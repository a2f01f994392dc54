/* SPDX-License-Identifier: BSD-2-Clause */
/* A RISC-V IOMMU with three devices, driven as the pipeline does. */
#ifndef ANYDMA_TESTS_IOMMU_RISCV_RIG_H
#define ANYDMA_TESTS_IOMMU_RISCV_RIG_H

#include "riscv_regs.h"

#define PAGE 4096ull
#define BASE 0x3fe00000ull /* a block, a border of 1 GiB, and another block */
#define N    1024u
#define DEVS 3u

static struct any_riscv_iommu iommu;
static struct any_riscv_iommu_domain domains[DEVS];
static const uint32_t devices[DEVS] = {0x08, 0x7f, 0x1234};
static const struct variant {
	bool msi_flat, sv48, noncoherent;
} variants[] = {{false, false, false}, {true, false, true}, {true, true, false}};
#define EACH_VARIANT(v)                                                                            \
	for (const struct variant *v = variants;                                                   \
	     v < variants + sizeof(variants) / sizeof(*variants); v++)

static inline void begin(const struct variant *v, uint32_t pages)
{
	model_init(pages, v->msi_flat, v->sv48, v->noncoherent);
	memset(domains, 0, sizeof(domains));
}

static inline void up(const struct variant *v)
{
	begin(v, ARENA);
	assert_int_equal(any_riscv_iommu_init(&iommu, x.regs, &x.m.pages), 0);
}

static inline void attach(unsigned i)
{
	assert_int_equal(any_riscv_iommu_attach(&iommu, &domains[i], devices[i]), 0);
}

/* What the pipeline does (dma/iommu.c), strictly. */
static inline void unmap(unsigned i, uint64_t iova, uint64_t len)
{
	any_riscv_iommu_ops.unmap(&domains[i], any_dma(iova), len);
	any_riscv_iommu_ops.inval(&domains[i], any_dma(iova), len);
	any_riscv_iommu_ops.sync(&domains[i]);
	assert_true(x.ordered);
}

static inline int map(unsigned i, uint64_t iova, uint64_t phys, uint64_t len, unsigned prot)
{
	int err = any_riscv_iommu_ops.map(&domains[i], any_dma(iova), any_phys(phys), len, prot);

	if (!err)
		any_riscv_iommu_ops.map_sync(&domains[i], any_dma(iova), len);
	return err;
}

static inline void expect_fault(uint32_t device, enum any_iommu_reason reason, uint64_t va,
				unsigned access)
{
	struct any_iommu_fault fault;

	assert_int_equal(any_riscv_iommu_fault(&iommu, &fault), 0);
	assert_int_equal(fault.device, device);
	assert_int_equal(fault.reason, reason);
	assert_true(fault.has_addr);
	assert_int_equal(fault.addr.raw, va);
	assert_int_equal(fault.access, access);
	assert_int_equal(any_riscv_iommu_fault(&iommu, &fault), -ANY_EAGAIN);
}

#endif
