/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which function has which address space: a root entry for each bus, a context entry for each
 * function. What is absent is blocked.
 */
#include "vtd.h"

#define FUNCTIONS 256u
#define PRESENT	  1u

static uint64_t get(const uint64_t *word)
{
	return any_le64_to_cpu(*(volatile const uint64_t *)word);
}

static void put_half(uint64_t *word, unsigned half, uint64_t value)
{
	((volatile uint32_t *)word)[half] = any_cpu_to_le32((uint32_t)value);
}

/* Of an entry's 128 bits, those that make it one come last, by whatever pieces a CPU stores. */
static void set(const struct any_vtd *u, uint64_t *entry, uint64_t low, uint64_t high)
{
	put_half(&entry[1], 0, high);
	put_half(&entry[1], 1, high >> 32);
	put_half(&entry[0], 1, low >> 32);
	any_dma_wmb(); /* Partner: the unit's fetch of the entry */
	put_half(&entry[0], 0, low);
	any_iommu_pages_clean(u->pages, entry, 16);
}

/* And are gone first. */
static void clear(const struct any_vtd *u, uint64_t *entry)
{
	put_half(&entry[0], 0, 0);
	any_dma_wmb(); /* Partner: the unit's fetch of the entry */
	put_half(&entry[0], 1, 0);
	put_half(&entry[1], 0, 0);
	put_half(&entry[1], 1, 0);
	any_iommu_pages_clean(u->pages, entry, 16);
}

/* The functions of one bus; NULL: none was attached yet. */
static uint64_t *contexts(const struct any_vtd *u, uint32_t bus)
{
	const uint64_t root = get(&u->root[2u * bus]);

	return root & PRESENT ? any_iommu_pages_at(u->pages, any_dma(root & ~0xfffull)) : NULL;
}

static uint16_t id_of(const uint64_t *entry)
{
	return get(&entry[0]) & PRESENT ? (uint16_t)(get(&entry[1]) >> 8) : 0;
}

bool any_vtd_attached(const struct any_vtd *u, uint32_t id)
{
	for (uint32_t bus = 0; bus < 256; bus++) {
		const uint64_t *entry = contexts(u, bus);

		for (uint32_t f = 0; entry && f < FUNCTIONS; f++, entry += 2)
			if (id ? id_of(entry) == id : id_of(entry) != 0)
				return true;
	}
	return false;
}

void any_vtd_give_contexts(struct any_vtd *u)
{
	for (uint32_t bus = 0; bus < 256; bus++) {
		uint64_t *entry = contexts(u, bus);

		if (entry)
			any_iommu_pages_give(u->pages, entry);
	}
}

/* ---- attach and detach */

static uint64_t *new_contexts(struct any_vtd *u, uint32_t bus)
{
	uint64_t *table = any_iommu_pages_take(u->pages, 1);

	if (table)
		set(u, &u->root[2u * bus], any_iommu_pages_addr(u->pages, table).raw | PRESENT, 0);
	return table;
}

/* What the unit may have of the function and of the domain, in the order that leaves none behind.
 */
static int forget(struct any_vtd *u, unsigned granularity, uint16_t id, uint16_t owner,
		  uint16_t requester)
{
	int err = any_vtd_seen(u);

	if (err)
		return err;
	any_vtd_inval_context(u, granularity, owner, requester);
	err = any_vtd_wait(u);
	if (err)
		return err;
	any_vtd_inval_iotlb(u, VTD_DOMAIN, id, 0);
	return any_vtd_wait(u);
}

static int foreign(const struct any_vtd_domain *domain)
{
	const struct any_vtd *u = domain->unit;
	const uint64_t ours = any_iommu_table_root(&domain->table).raw;

	for (uint32_t bus = 0; bus < 256; bus++) {
		const uint64_t *entry = contexts(u, bus);

		for (uint32_t f = 0; entry && f < FUNCTIONS; f++, entry += 2)
			if (id_of(entry) == domain->id && (get(&entry[0]) & ~0xfffull) != ours)
				return true;
	}
	return false;
}

int any_vtd_attach(struct any_vtd_domain *domain, uint16_t requester)
{
	struct any_vtd *u = domain->unit;
	uint64_t *table = contexts(u, requester >> 8), *entry;

	if (u->dead)
		return -ANY_ENODEV;
	if ((table && id_of(&table[2u * (requester & 255u)])) || foreign(domain))
		return -ANY_EBUSY;
	if (!table)
		table = new_contexts(u, requester >> 8);
	if (!table)
		return -ANY_ENOMEM;
	entry = &table[2u * (requester & 255u)];
	/* Type 0: by the second level, of so many levels less two. */
	set(u, entry, any_iommu_table_root(&domain->table).raw | PRESENT,
	    (uint64_t)domain->id << 8 | (domain->table.format->levels - 2u));
	/* Caching mode: that there was nothing is remembered under domain 0. */
	return vtd_cap(u, VTD_CAP_CM) ? forget(u, VTD_SINGLE, domain->id, 0, requester)
				      : any_vtd_seen(u);
}

int any_vtd_detach(struct any_vtd_domain *domain, uint16_t requester)
{
	struct any_vtd *u = domain->unit;
	uint64_t *table = contexts(u, requester >> 8);

	if (!table || id_of(&table[2u * (requester & 255u)]) != domain->id)
		return -ANY_ENOENT;
	clear(u, &table[2u * (requester & 255u)]);
	return forget(u, VTD_SINGLE, domain->id, domain->id, requester);
}

int any_vtd_close(struct any_vtd_domain *domain)
{
	struct any_vtd *u = domain->unit;

	for (uint32_t bus = 0; bus < 256; bus++) {
		uint64_t *entry = contexts(u, bus);

		for (uint32_t f = 0; entry && f < FUNCTIONS; f++, entry += 2)
			if (id_of(entry) == domain->id)
				clear(u, entry);
	}
	return forget(u, VTD_DOMAIN, domain->id, domain->id, 0);
}
