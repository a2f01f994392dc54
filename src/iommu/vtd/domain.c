/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space, as the mapping pipeline drives it (VT-d 6.5, 6.8, 6.1). Strict: unmap clears,
 * inval says so to the unit, sync waits for its answer. Where any of that cannot be had, the domain
 * is closed: no function reaches anything by it.
 */
#include "vtd.h"

int any_vtd_domain_init(struct any_vtd *unit, struct any_vtd_domain *domain, uint32_t id)
{
	if (unit->dead)
		return -ANY_ENODEV;
	if (!id || id >= any_vtd_domains(unit)) /* 0: what caching mode remembers of absent ones */
		return -ANY_EINVAL;
	if (any_vtd_attached(unit, id))
		return -ANY_EBUSY;
	*domain = (struct any_vtd_domain){
		.unit = unit,
		.table = {.format = &unit->format,
			  .pages = unit->pages,
			  .snooped = (unit->ecap & VTD_ECAP_SC) != 0},
		.stale_first = UINT64_MAX,
		.id = (uint16_t)id,
	};
	return any_iommu_table_init(&domain->table);
}

int any_vtd_domain_fini(struct any_vtd_domain *domain)
{
	if (any_vtd_attached(domain->unit, domain->id))
		return -ANY_EBUSY;
	if (domain->unit->dead) /* perhaps it never heard of the last detach */
		return -ANY_ENODEV;
	any_iommu_table_fini(&domain->table); /* the last detach made the unit forget it */
	return 0;
}

static void wrong(struct any_vtd_domain *domain)
{
	domain->unit->errors++;
	(void)any_vtd_close(domain);
}

/* Where messages of MSI go, nothing is translated: a mapping would never be used. */
static bool is_msi(uint64_t first, uint64_t len)
{
	return first < ANY_VTD_MSI + ANY_VTD_MSI_SIZE &&
	       (first >= ANY_VTD_MSI || len > ANY_VTD_MSI - first);
}

static void stale(struct any_vtd_domain *domain, uint64_t first, uint64_t len)
{
	const uint64_t last = first + (len - 1);

	domain->stale_first = first < domain->stale_first ? first : domain->stale_first;
	domain->stale_last = last > domain->stale_last ? last : domain->stale_last;
	domain->covered = false;
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	struct any_vtd_domain *domain = ctx;
	int err = is_msi(iova.raw, len)
			  ? -ANY_EINVAL
			  : any_iommu_table_map(&domain->table, iova, phys, len, prot);

	if (err && domain->table.gone) /* of what it had begun */
		stale(domain, iova.raw, len);
	return err;
}

static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_vtd_domain *domain = ctx;

	if (any_iommu_table_unmap(&domain->table, iova, len)) {
		wrong(domain);
		return;
	}
	stale(domain, iova.raw, len);
}

/*
 * One descriptor: the smallest aligned power of two of pages around the range, where the unit takes
 * so many; else the domain.
 */
static void inval_range(struct any_vtd_domain *domain, uint64_t iova, uint64_t len)
{
	const struct any_vtd *u = domain->unit;
	const uint64_t last = iova + (len - 1);
	unsigned order = 0;

	while (iova >> (12 + order) != last >> (12 + order))
		order++;
	if (!vtd_cap(u, VTD_CAP_PSI) || order > (u->cap >> 48 & 63u)) {
		any_vtd_inval_iotlb(domain->unit, VTD_DOMAIN, domain->id, 0);
		domain->covered = true;
		return;
	}
	any_vtd_inval_iotlb(domain->unit, VTD_SINGLE, domain->id,
			    iova >> (12 + order) << (12 + order) | order);
}

/*
 * Tables set aside are reachable from what the unit remembers of any address that was cleared: if
 * there are such, and this range is not all of them, the whole domain goes.
 */
static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_vtd_domain *domain = ctx;
	const bool all =
		iova.raw <= domain->stale_first && (!len || domain->stale_last - iova.raw < len);

	if (any_vtd_seen(domain->unit))
		domain->unit->errors++;
	if (len && (all || !domain->table.gone)) {
		inval_range(domain, iova.raw, len);
		domain->covered |= all;
		return;
	}
	any_vtd_inval_iotlb(domain->unit, VTD_DOMAIN, domain->id, 0);
	domain->covered = true;
}

static void sync(void *ctx)
{
	struct any_vtd_domain *domain = ctx;

	if (any_vtd_wait(domain->unit)) {
		domain->unit->errors++;
		return; /* tables that were set aside stay so */
	}
	if (!domain->covered)
		return;
	domain->covered = false;
	domain->stale_first = UINT64_MAX;
	domain->stale_last = 0;
	any_iommu_table_reclaim(&domain->table);
}

/*
 * Caching mode remembers that nothing was there, too. Without it a unit reads the tables, but may
 * have a buffer before them; and it may remember the way through a table that was set aside, where
 * there is another now.
 */
static void map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_vtd_domain *domain = ctx;

	if (any_vtd_seen(domain->unit))
		domain->unit->errors++;
	if (!vtd_cap(domain->unit, VTD_CAP_CM) && !domain->table.gone)
		return;
	inval_range(domain, iova.raw, len);
	if (any_vtd_wait(domain->unit))
		domain->unit->errors++;
}

const struct any_iommu_ops any_vtd_ops = {
	.map = map, .unmap = unmap, .map_sync = map_sync, .inval = inval, .sync = sync};
