/* SPDX-License-Identifier: BSD-2-Clause */
/* A SMMUv3 with three devices, driven as the pipeline does. */
#ifndef ANYDMA_TESTS_IOMMU_SMMU_RIG_H
#define ANYDMA_TESTS_IOMMU_SMMU_RIG_H

#include "smmu_regs.h"

#define PAGE 4096ull
#define BASE 0x3fe00000ull /* a block, a border of 1 GiB, and another block */
#define N    1024u
#define DEVS 3u

static struct any_smmu smmu;
static struct any_smmu_domain domains[DEVS];
static const uint32_t streams[DEVS] = {0x08, 0x3f, 0x01};
struct variant {
	bool stage2, coherent, two_level;
};
static const struct variant variants[] = {
	{false, true, true}, {false, false, true}, {true, true, true}, {true, false, false}};
#define EACH_VARIANT(v)                                                                            \
	for (const struct variant *v = variants;                                                   \
	     v < variants + sizeof(variants) / sizeof(*variants); v++)

static inline void begin(const struct variant *v, uint32_t pages)
{
	model_init(pages, v->stage2, v->coherent, v->two_level);
	memset(domains, 0, sizeof(domains));
}

static inline void up(const struct variant *v)
{
	begin(v, ARENA);
	assert_int_equal(any_smmu_init(&smmu, x.regs, &x.m.pages), 0);
}

static inline void attach(unsigned i)
{
	assert_int_equal(any_smmu_attach(&smmu, &domains[i], streams[i], true), 0);
}

/* What the pipeline does (dma/iommu.c), strictly. */
static inline void unmap(unsigned i, uint64_t iova, uint64_t len)
{
	any_smmu_ops.unmap(&domains[i], any_dma(iova), len);
	any_smmu_ops.inval(&domains[i], any_dma(iova), len);
	any_smmu_ops.sync(&domains[i]);
	assert_true(x.ordered);
}

static inline int map(unsigned i, uint64_t iova, uint64_t phys, uint64_t len, unsigned prot)
{
	int err = any_smmu_ops.map(&domains[i], any_dma(iova), any_phys(phys), len, prot);

	if (!err)
		any_smmu_ops.map_sync(&domains[i], any_dma(iova), len);
	return err;
}

static inline void expect_fault(uint32_t stream, enum any_iommu_reason reason, uint64_t va,
				unsigned access)
{
	struct any_iommu_fault fault;

	assert_int_equal(any_smmu_fault(&smmu, &fault), 0);
	assert_int_equal(fault.device, stream);
	assert_int_equal(fault.reason, reason);
	assert_int_equal(fault.has_addr, reason == ANY_IOMMU_FAULT_MAPPING);
	if (fault.has_addr) {
		assert_int_equal(fault.addr.raw, va);
		assert_int_equal(fault.access, access);
	}
	assert_int_equal(any_smmu_fault(&smmu, &fault), -ANY_EAGAIN);
}

#endif
