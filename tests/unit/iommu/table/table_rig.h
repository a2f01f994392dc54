/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of any format, in memory that an IOMMU sees late. */
#ifndef ANYDMA_TESTS_IOMMU_TABLE_RIG_H
#define ANYDMA_TESTS_IOMMU_TABLE_RIG_H

#include "../walker.h"

#define PAGE  4096ull
#define BLOCK (PAGE * 512)
#define BASE  (0x3f800000ull) /* 4 blocks, then a border of 1 GiB, then 4 more */
#define N     (8u * 512u)

static const struct kind {
	const struct any_iommu_table_format *format;
	walker *walk;
	uint64_t (*table)(uint64_t entry);
	bool breaks, write_alone;
} kinds[] = {
	{&any_iommu_arm_s1, walk_arm_s1, arm_table, true, false},
	{&any_iommu_arm_s2, walk_arm_s2, arm_table, true, true},
	{&any_iommu_vtd_second, walk_vtd, vtd_table, false, true},
	{&any_iommu_riscv_sv39, walk_sv39, sv_table, false, false},
	{&any_iommu_riscv_sv48, walk_sv48, sv_table, false, false},
};
#define EACH_KIND(k) for (const struct kind *k = kinds; k < kinds + sizeof(kinds) / sizeof(*k); k++)

static struct memory m;
static struct any_iommu_table table;
static unsigned broken; /* calls of `inval` */

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	(void)reg;
	(void)width;
	fail_msg("a register");
	return 0;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	(void)reg;
	(void)width;
	(void)value;
	fail_msg("a register");
}

void mock_barrier(const char *name)
{
	if (!strcmp(name, "wmb"))
		memory_barrier(&m);
}

static inline uint64_t root(void)
{
	return any_iommu_table_root(&table).raw;
}

/* The block is gone for all to see before its parts come. */
static inline void on_inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	const struct kind *k = ctx;
	struct found found;

	assert_int_equal(iova.raw % len, 0);
	assert_false(k->walk(&m, root(), iova.raw, &found));
	assert_false(k->walk(&m, root(), iova.raw + len - 1, &found));
	broken++;
}

static inline void begin(const struct kind *k, uint32_t pages, bool noncoherent)
{
	memory_init(&m, pages, noncoherent);
	broken = 0;
	table = (struct any_iommu_table){.format = k->format,
					 .pages = &m.pages,
					 .snooped = !noncoherent,
					 .inval = k->breaks ? on_inval : NULL,
					 .ctx = (void *)(uintptr_t)k};
	assert_int_equal(any_iommu_table_init(&table), 0);
	m.table = k->table;
}

static inline int map(uint32_t i, uint32_t n, uint64_t phys, unsigned prot)
{
	return any_iommu_table_map(&table, any_dma(BASE + i * PAGE), any_phys(phys), n * PAGE,
				   prot);
}

static inline int unmap(uint32_t i, uint32_t n)
{
	return any_iommu_table_unmap(&table, any_dma(BASE + i * PAGE), n * PAGE);
}

#endif
