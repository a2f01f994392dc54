/* SPDX-License-Identifier: BSD-2-Clause */
/* One stream's address space: tables, and what of them the SMMU remembers. */
#include "smmu.h"

#define MOST 16u /* pages invalidated one by one; more: the whole domain */

static void command(struct any_smmu *smmu, enum smmu_command what, uint64_t tag, uint64_t addr)
{
	/* ASIDs stand above VMIDs; leaf 0: the walk caches, too. */
	const unsigned at = what == SMMU_TLBI_NH_ASID || what == SMMU_TLBI_NH_VA ? 48 : 32;

	(void)!any_smmu_command(smmu, what | tag << at, addr); /* counted there, and it is dead */
}

void any_smmu_inval_domain(struct any_smmu_domain *domain)
{
	command(domain->smmu, domain->smmu->stage2 ? SMMU_TLBI_S12_VMALL : SMMU_TLBI_NH_ASID,
		domain->tag, 0);
}

/* The block is out before its parts come. */
void any_smmu_inval_block(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_smmu_domain *domain = ctx;

	(void)iova;
	(void)len;
	any_smmu_inval_domain(domain);
	(void)!any_smmu_sync(domain->smmu);
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	struct any_smmu_domain *domain = ctx;

	if (domain->smmu->dead)
		return -ANY_ENODEV;
	return any_iommu_table_map(&domain->table, iova, phys, len, prot);
}

/* What cannot be unmapped is closed: strict is what it says, at the stream's expense. */
static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_smmu_domain *domain = ctx;

	if (!any_iommu_table_unmap(&domain->table, iova, len))
		return;
	domain->smmu->errors++;
	any_smmu_close(domain);
}

/*
 * Tables set aside are given back at the next sync: what was unmapped before, and is invalidated
 * later, may have left some, so then it is the whole domain.
 */
static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_smmu_domain *domain = ctx;
	const enum smmu_command what = domain->smmu->stage2 ? SMMU_TLBI_S2_IPA : SMMU_TLBI_NH_VA;

	if (!len || len > MOST * ANY_IOMMU_PAGE || domain->table.gone) {
		any_smmu_inval_domain(domain);
		return;
	}
	for (uint64_t at = 0; at < len; at += ANY_IOMMU_PAGE)
		command(domain->smmu, what, domain->tag, iova.raw + at);
}

static void sync(void *ctx)
{
	struct any_smmu_domain *domain = ctx;

	if (!any_smmu_sync(domain->smmu))
		any_iommu_table_reclaim(&domain->table);
}

/*
 * An SMMU remembers nothing that is not valid; but it may remember the way through a table that was
 * set aside, where there is another now.
 */
static void map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_smmu_domain *domain = ctx;

	(void)iova;
	(void)len;
	if (!domain->table.gone)
		return;
	any_smmu_inval_domain(domain);
	sync(domain);
}

const struct any_iommu_ops any_smmu_ops = {
	.map = map, .unmap = unmap, .map_sync = map_sync, .inval = inval, .sync = sync};
