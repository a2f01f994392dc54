/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may pass, and through which tables. An entry that is all zeroes is not valid: it stops a
 * stream and says so (C_BAD_STE), where one that says "abort" (Config 0) would stop it in silence.
 */
#include "smmu.h"

#define STE_VALID      1ull
#define STE_S1	       (5ull << 1)
#define STE_S2	       (6ull << 1)
#define STE_INCOMING   (1ull << 44) /* SHCFG: as the device says */
#define STE_S2AA64     (1ull << 51)
#define STE_S2PTW      (1ull << 54) /* tables are not found in registers */
#define STE_S2R	       (1ull << 58) /* faults are recorded */
#define LEVEL1_SPAN    (SMMU_SPLIT + 1u)
#define ADDRESS	       0x000fffffffffffc0ull
#define T0SZ	       25u /* 39 bits: walks begin at level 1 */
#define S2_SL0	       (1ull << 6)
#define CD_EPD1	       (1ull << 30)
#define CD_VALID       (1ull << 31)
#define CD_AA64	       (1ull << 41)
#define CD_R	       (1ull << 45)
#define CD_A	       (1ull << 46)
#define CD_ASET	       (1ull << 47)
#define MAIR	       0x44ff04ull /* device nGnRE, write-back, uncached: table/format.c's order */
#define LEVEL1_STREAMS (1u << SMMU_SPLIT)

/* ---- the stream table */

static uint32_t table_pages(const struct any_smmu *smmu)
{
	const uint32_t bytes = smmu->two_level ? 8u << (smmu->stream_bits - SMMU_SPLIT)
					       : SMMU_STE_BYTES << smmu->stream_bits;

	return bytes <= ANY_IOMMU_PAGE ? 1 : bytes / ANY_IOMMU_PAGE;
}

int any_smmu_streams_init(struct any_smmu *smmu, uint32_t idr0, uint32_t idr1)
{
	const uint32_t bits = idr1 & 0x3fu;
	uint64_t base;

	if (bits > 32)
		return -ANY_EPROTO;
	smmu->stream_bits = (uint8_t)(bits < ANY_SMMU_STREAM_BITS ? bits : ANY_SMMU_STREAM_BITS);
	smmu->two_level = (idr0 >> 27 & 3u) == 1 && smmu->stream_bits > SMMU_SPLIT;
	smmu->streams = any_iommu_pages_take(smmu->pages, table_pages(smmu));
	if (!smmu->streams)
		return -ANY_ENOMEM;
	base = any_iommu_pages_addr(smmu->pages, smmu->streams).raw | SMMU_RA;
	smmu_write64(smmu, SMMU_STRTAB_BASE, base);
	smmu_write(smmu, SMMU_STRTAB_BASE_CFG,
		   smmu->stream_bits | (smmu->two_level ? 1u << 16 | SMMU_SPLIT << 6 : 0));
	return 0;
}

static uint64_t *level1(const struct any_smmu *smmu, uint32_t stream)
{
	return (uint64_t *)(void *)smmu->streams + (stream >> SMMU_SPLIT);
}

static uint64_t *level2(const struct any_smmu *smmu, uint32_t stream)
{
	const uint64_t entry =
		any_le64_to_cpu(*(volatile const uint64_t *)level1(smmu, stream)) & ADDRESS;

	return entry ? any_iommu_pages_at(smmu->pages, any_dma(entry)) : NULL;
}

void any_smmu_streams_fini(struct any_smmu *smmu)
{
	if (!smmu->streams)
		return;
	for (uint32_t s = 0; smmu->two_level && s < 1u << smmu->stream_bits; s += LEVEL1_STREAMS) {
		void *page = level2(smmu, s);

		if (page)
			any_iommu_pages_give(smmu->pages, page);
	}
	for (uint32_t i = 0; i < table_pages(smmu); i++)
		any_iommu_pages_give(smmu->pages, smmu->streams + (size_t)i * ANY_IOMMU_PAGE);
	smmu->streams = NULL;
}

/* The stream's entry; NULL: no page for it. */
static uint64_t *entry_of(struct any_smmu *smmu, uint32_t stream)
{
	uint64_t *page;

	if (!smmu->two_level)
		return (uint64_t *)(void *)(smmu->streams + (size_t)stream * SMMU_STE_BYTES);
	page = level2(smmu, stream);
	if (!page) {
		page = any_iommu_pages_take(smmu->pages, 1); /* zeroes first, then the pointer */
		if (!page)
			return NULL;
		smmu_put(smmu, level1(smmu, stream),
			 any_iommu_pages_addr(smmu->pages, page).raw | LEVEL1_SPAN);
	}
	return page + (size_t)(stream & (LEVEL1_STREAMS - 1)) * (SMMU_STE_BYTES / 8);
}

static int forget_entry(struct any_smmu *smmu, uint32_t stream)
{
	return any_smmu_command(smmu, SMMU_CFGI_STE | (uint64_t)stream << 32, 0);
}

/* A command also orders what was written before it (queue.c). */
static int inval_entry(struct any_smmu *smmu, uint32_t stream)
{
	int err = forget_entry(smmu, stream);

	return err ? err : any_smmu_sync(smmu);
}

/* ---- domains */

static int take_tag(struct any_smmu *smmu, uint16_t *tag)
{
	for (uint16_t i = 1; i < ANY_SMMU_DOMAINS; i++)
		if (!(smmu->taken[i / 64] >> (i % 64) & 1)) {
			smmu->taken[i / 64] |= 1ull << (i % 64);
			*tag = i;
			return 0;
		}
	return -ANY_ENOMEM;
}

static void free_tag(struct any_smmu *smmu, uint16_t tag)
{
	smmu->taken[tag / 64] &= ~(1ull << (tag % 64));
}

/* Stage 1's context: one page has 64. NULL: no page for it. */
static uint64_t *context_of(struct any_smmu *smmu, uint16_t tag)
{
	uint64_t **page = &smmu->contexts[tag / 64];

	if (!*page)
		*page = any_iommu_pages_take(smmu->pages, 1);
	return *page ? *page + (size_t)(tag % 64) * 8 : NULL;
}

static uint64_t walk_bits(const struct any_smmu *smmu)
{
	return T0SZ | (uint64_t)smmu_cache(smmu) << 8 | (uint64_t)smmu_cache(smmu) << 10 |
	       (uint64_t)smmu_sh(smmu) << 12;
}

static int fill_context(struct any_smmu *smmu, const struct any_smmu_domain *domain,
			uint64_t words[4])
{
	uint64_t *cd = context_of(smmu, domain->tag);
	const uint64_t at = cd ? any_iommu_pages_addr(smmu->pages, cd).raw : 0;

	if (!cd)
		return -ANY_ENOMEM;
	smmu_put(smmu, &cd[1], any_iommu_table_root(&domain->table).raw);
	smmu_put(smmu, &cd[3], MAIR);
	smmu_put(smmu, &cd[0],
		 walk_bits(smmu) | CD_EPD1 | CD_VALID | (uint64_t)smmu->ips << 32 | CD_AA64 | CD_R |
			 CD_A | CD_ASET | (uint64_t)domain->tag << 48);
	words[0] = STE_VALID | STE_S1 | at;
	words[1] = (uint64_t)smmu_cache(smmu) << 2 | (uint64_t)smmu_cache(smmu) << 4 |
		   (uint64_t)smmu_sh(smmu) << 6 | STE_INCOMING;
	words[2] = words[3] = 0;
	return 0;
}

static int fill(struct any_smmu *smmu, const struct any_smmu_domain *domain, uint64_t words[4])
{
	if (!smmu->stage2)
		return fill_context(smmu, domain, words);
	words[0] = STE_VALID | STE_S2;
	words[1] = STE_INCOMING;
	words[2] = domain->tag | (walk_bits(smmu) | S2_SL0 | (uint64_t)smmu->ips << 16) << 32 |
		   STE_S2AA64 | STE_S2PTW | STE_S2R;
	words[3] = any_iommu_table_root(&domain->table).raw;
	return 0;
}

/* All but the word with V, seen; then that one. An entry of the past may be cached: CFGI_STE. */
static int enter(struct any_smmu *smmu, uint64_t *ste, const uint64_t words[4], uint32_t stream)
{
	int err;

	for (unsigned i = 1; i < 4; i++)
		smmu_put(smmu, &ste[i], words[i]);
	err = inval_entry(smmu, stream);
	if (err)
		return err;
	smmu_put(smmu, &ste[0], words[0]);
	return inval_entry(smmu, stream);
}

static int attach(struct any_smmu *smmu, struct any_smmu_domain *domain, uint64_t *ste)
{
	uint64_t words[4];
	int err = any_iommu_table_init(&domain->table);

	if (err)
		return err;
	err = fill(smmu, domain, words);
	if (!err)
		err = enter(smmu, ste, words, domain->stream);
	if (err && !smmu->dead)
		any_iommu_table_fini(&domain->table);
	return err;
}

int any_smmu_attach(struct any_smmu *smmu, struct any_smmu_domain *domain, uint32_t stream,
		    bool snooped)
{
	uint64_t *ste;
	int err;

	if (stream >> smmu->stream_bits)
		return -ANY_ERANGE;
	ste = entry_of(smmu, stream);
	if (!ste)
		return -ANY_ENOMEM;
	if (*(volatile uint64_t *)ste)
		return -ANY_EBUSY;
	*domain = (struct any_smmu_domain){.stream = stream};
	domain->table = (struct any_iommu_table){.format = &smmu->format,
						 .pages = smmu->pages,
						 .snooped = snooped,
						 .inval = any_smmu_inval_block,
						 .ctx = domain};
	err = take_tag(smmu, &domain->tag);
	if (err)
		return err;
	domain->smmu = smmu;
	err = attach(smmu, domain, ste);
	if (err) {
		domain->smmu = NULL;
		if (!smmu->dead)
			free_tag(smmu, domain->tag);
	}
	return err;
}

/* Nothing passes by it any more, once the caller's CMD_SYNC is done; it is still attached. */
void any_smmu_close(struct any_smmu_domain *domain)
{
	struct any_smmu *smmu = domain->smmu;

	smmu_put(smmu, entry_of(smmu, domain->stream), 0);
	(void)!forget_entry(smmu, domain->stream); /* counted there, and it is dead */
}

/* First the stream, then what it left in the caches, and only then the memory. */
int any_smmu_detach(struct any_smmu_domain *domain)
{
	struct any_smmu *smmu = domain->smmu;
	uint64_t *ste;
	int err;

	if (!smmu)
		return -ANY_EINVAL;
	ste = entry_of(smmu, domain->stream);
	smmu_put(smmu, &ste[0], 0);
	err = forget_entry(smmu, domain->stream);
	if (!err)
		err = any_smmu_command(smmu, SMMU_CFGI_CD_ALL | (uint64_t)domain->stream << 32, 0);
	any_smmu_inval_domain(domain);
	if (!err)
		err = any_smmu_sync(smmu);
	if (err)
		return -ANY_ENODEV;
	any_iommu_table_fini(&domain->table);
	free_tag(smmu, domain->tag);
	domain->smmu = NULL;
	return 0;
}
