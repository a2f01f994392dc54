/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which device has which tables: a directory of one to three levels. An entry of zeroes is not
 * valid: it stops a device, and that is reported.
 */
#include "riscv.h"

#define VALID	   1ull
#define PLACE	   0x003ffffffffffc00ull
#define MODE_SV39  (8ull << 60)
#define MODE_SV48  (9ull << 60)
#define INDEX_BITS 9u
#define LEVELS	   3u
#define MOST_BITS  24u

/* Device numbers that a page of contexts holds: 64 of 64 bytes, or 128 of 32. */
static uint32_t leaf_bits(const struct any_riscv_iommu *iommu)
{
	return iommu->context_bytes == 64 ? 6 : 7;
}

static uint32_t bits_of(const struct any_riscv_iommu *iommu, uint32_t levels)
{
	const uint32_t bits = leaf_bits(iommu) + INDEX_BITS * (levels - 1);

	return bits < MOST_BITS ? bits : MOST_BITS;
}

/* Mode: levels + 1. What it will not have it does not take: then one level less. */
static int accept(struct any_riscv_iommu *iommu, uint32_t levels)
{
	int err;

	rv_write64(iommu, RV_DDTP, rv_place(iommu, iommu->directory) | (levels + 1));
	err = any_riscv_iommu_await(iommu, RV_DDTP, RV_DDTP_BUSY, 0);
	if (err)
		return err;
	if ((rv_read(iommu, RV_DDTP) & 0xfu) != levels + 1)
		return -ANY_ENOTSUP;
	iommu->levels = (uint8_t)levels;
	iommu->device_bits = (uint8_t)bits_of(iommu, levels);
	return 0;
}

int any_riscv_iommu_directory_init(struct any_riscv_iommu *iommu, uint64_t capabilities)
{
	uint32_t levels = 1;
	int err;

	iommu->context_bytes = capabilities & RV_CAP_MSI_FLAT ? 64 : 32;
	while (levels < LEVELS && bits_of(iommu, levels) < ANY_RISCV_IOMMU_DEVICE_BITS)
		levels++;
	iommu->directory = any_iommu_pages_take(iommu->pages, 1);
	if (!iommu->directory)
		return -ANY_ENOMEM;
	do
		err = accept(iommu, levels);
	while (err == -ANY_ENOTSUP && --levels);
	return err;
}

static uint64_t *below(const struct any_riscv_iommu *iommu, uint64_t entry)
{
	return entry & VALID ? any_iommu_pages_at(iommu->pages, any_dma((entry & PLACE) << 2))
			     : NULL;
}

static void give_level(struct any_riscv_iommu *iommu, uint64_t *page)
{
	for (uint32_t i = 0; i < 1u << INDEX_BITS; i++) {
		void *next = below(iommu, rv_get(&page[i]));

		if (next)
			any_iommu_pages_give(iommu->pages, next);
	}
}

void any_riscv_iommu_directory_fini(struct any_riscv_iommu *iommu)
{
	if (!iommu->directory)
		return;
	for (uint32_t i = 0; iommu->levels == 3 && i < 1u << INDEX_BITS; i++) {
		uint64_t *next = below(iommu, rv_get(&iommu->directory[i]));

		if (next)
			give_level(iommu, next);
	}
	if (iommu->levels > 1)
		give_level(iommu, iommu->directory);
	any_iommu_pages_give(iommu->pages, iommu->directory);
	iommu->directory = NULL;
}

/* The device's context; NULL: no page on the way to it. */
static uint64_t *context_of(struct any_riscv_iommu *iommu, uint32_t device)
{
	uint64_t *at = iommu->directory;

	for (uint32_t level = iommu->levels - 1u; level; level--) {
		const uint32_t shift = leaf_bits(iommu) + INDEX_BITS * (level - 1);
		uint64_t *slot = &at[device >> shift & ((1u << INDEX_BITS) - 1)];

		at = below(iommu, rv_get(slot));
		if (at)
			continue;
		at = any_iommu_pages_take(iommu->pages, 1); /* zeroes first, then the pointer */
		if (!at)
			return NULL;
		rv_put(iommu, slot, rv_place(iommu, at) | VALID);
	}
	return at + (size_t)(device & ((1u << leaf_bits(iommu)) - 1)) * (iommu->context_bytes / 8u);
}

static int forget_context(struct any_riscv_iommu *iommu, uint32_t device)
{
	return any_riscv_iommu_command(iommu,
				       RV_IODIR_DDT | RV_DEVICE_VALID | (uint64_t)device << 40, 0);
}

/* A command also orders what was written before it (queue.c). */
static int inval_context(struct any_riscv_iommu *iommu, uint32_t device)
{
	int err = forget_context(iommu, device);

	return err ? err : any_riscv_iommu_sync(iommu);
}

/* ---- domains */

static int take_tag(struct any_riscv_iommu *iommu, uint16_t *tag)
{
	for (uint16_t i = 1; i < ANY_RISCV_IOMMU_DOMAINS; i++)
		if (!(iommu->taken[i / 64] >> (i % 64) & 1)) {
			iommu->taken[i / 64] |= 1ull << (i % 64);
			*tag = i;
			return 0;
		}
	return -ANY_ENOMEM;
}

static void free_tag(struct any_riscv_iommu *iommu, uint16_t tag)
{
	iommu->taken[tag / 64] &= ~(1ull << (tag % 64));
}

/* No second stage (iohgatp 0), the domain's number, its tables; then the word with V. */
static int attach(struct any_riscv_iommu *iommu, struct any_riscv_iommu_domain *domain,
		  uint64_t *dc)
{
	const uint64_t mode = iommu->format.levels == 3 ? MODE_SV39 : MODE_SV48;
	int err = any_iommu_table_init(&domain->table);

	if (err)
		return err;
	rv_put(iommu, &dc[2], (uint64_t)domain->tag << 12);
	rv_put(iommu, &dc[3], mode | any_iommu_table_root(&domain->table).raw >> 12);
	any_iommu_pages_sync(iommu->pages); /* partner: its fetch of what is valid */
	rv_put(iommu, &dc[0], VALID);
	err = inval_context(iommu, domain->device);
	return err ? -ANY_ENODEV : 0;
}

int any_riscv_iommu_attach(struct any_riscv_iommu *iommu, struct any_riscv_iommu_domain *domain,
			   uint32_t device)
{
	uint64_t *dc;
	int err;

	if (device >> iommu->device_bits)
		return -ANY_ERANGE;
	dc = context_of(iommu, device);
	if (!dc)
		return -ANY_ENOMEM;
	if (rv_get(dc))
		return -ANY_EBUSY;
	*domain = (struct any_riscv_iommu_domain){.device = device};
	domain->table = (struct any_iommu_table){.format = &iommu->format, .pages = iommu->pages};
	err = take_tag(iommu, &domain->tag);
	if (err)
		return err;
	domain->iommu = iommu;
	err = attach(iommu, domain, dc);
	if (err) {
		domain->iommu = NULL;
		if (!iommu->dead)
			free_tag(iommu, domain->tag);
	}
	return err;
}

/* Nothing passes by it any more, once the caller's fence is done; it is still attached. */
void any_riscv_iommu_close(struct any_riscv_iommu_domain *domain)
{
	struct any_riscv_iommu *iommu = domain->iommu;

	rv_put(iommu, context_of(iommu, domain->device), 0);
	(void)!forget_context(iommu, domain->device); /* counted there, and it is dead */
}

/* First the device, then what it left in the caches, and only then the memory. */
int any_riscv_iommu_detach(struct any_riscv_iommu_domain *domain)
{
	struct any_riscv_iommu *iommu = domain->iommu;
	uint64_t *dc;
	int err;

	if (!iommu)
		return -ANY_EINVAL;
	dc = context_of(iommu, domain->device);
	rv_put(iommu, &dc[0], 0);
	err = forget_context(iommu, domain->device);
	any_riscv_iommu_inval_domain(domain);
	if (!err)
		err = any_riscv_iommu_sync(iommu);
	if (err)
		return -ANY_ENODEV;
	any_iommu_table_fini(&domain->table);
	free_tag(iommu, domain->tag);
	domain->iommu = NULL;
	return 0;
}
