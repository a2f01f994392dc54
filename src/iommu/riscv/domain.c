/* SPDX-License-Identifier: BSD-2-Clause */
/* One device's address space: tables, and what of them the IOMMU remembers. */
#include "riscv.h"

#define MOST 16u /* pages invalidated one by one; more: the whole domain */

/* With an address, leaves alone; without, also the tables on the way to them. */
static void inval_at(struct any_riscv_iommu_domain *domain, uint64_t flags, uint64_t addr)
{
	const uint64_t tag = (uint64_t)domain->tag << 12 | RV_PSCID_VALID;

	/* Errors are counted there, and it is dead. */
	(void)!any_riscv_iommu_command(domain->iommu, RV_IOTINVAL_VMA | tag | flags, addr >> 2);
}

void any_riscv_iommu_inval_domain(struct any_riscv_iommu_domain *domain)
{
	inval_at(domain, 0, 0);
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	struct any_riscv_iommu_domain *domain = ctx;

	if (domain->iommu->dead)
		return -ANY_ENODEV;
	return any_iommu_table_map(&domain->table, iova, phys, len, prot);
}

/* What cannot be unmapped is closed: strict is what it says, at the device's expense. */
static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_riscv_iommu_domain *domain = ctx;

	if (!any_iommu_table_unmap(&domain->table, iova, len))
		return;
	domain->iommu->errors++;
	any_riscv_iommu_close(domain);
}

/*
 * Tables set aside are given back at the next sync: what was unmapped before, and is invalidated
 * later, may have left some, so then it is the whole domain.
 */
static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_riscv_iommu_domain *domain = ctx;

	if (!len || len > MOST * ANY_IOMMU_PAGE || domain->table.gone) {
		any_riscv_iommu_inval_domain(domain);
		return;
	}
	for (uint64_t at = 0; at < len; at += ANY_IOMMU_PAGE)
		inval_at(domain, RV_ADDRESS_VALID, iova.raw + at);
}

static void sync(void *ctx)
{
	struct any_riscv_iommu_domain *domain = ctx;

	if (!any_riscv_iommu_sync(domain->iommu))
		any_iommu_table_reclaim(&domain->table);
}

/* RISC-V lets an entry that is not valid be remembered: also as a pointer that was not there. */
static void map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_riscv_iommu_domain *domain = ctx;

	(void)iova;
	(void)len;
	any_riscv_iommu_inval_domain(domain);
	(void)!any_riscv_iommu_sync(domain->iommu);
}

const struct any_iommu_ops any_riscv_iommu_ops = {
	.map = map, .unmap = unmap, .map_sync = map_sync, .inval = inval, .sync = sync};
