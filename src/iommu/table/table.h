/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries and tables, one at a time. */
#ifndef ANYDMA_IOMMU_TABLE_PRIVATE_H
#define ANYDMA_IOMMU_TABLE_PRIVATE_H

#include <anydma/endian.h>
#include <anydma/iommu/table.h>

#include "any_arch.h"

/* The tables on the way to one address, from the root to `level`. */
struct iommu_way {
	uint64_t *table[ANY_IOMMU_LEVELS];
	unsigned level;
};

static inline unsigned iommu_shift(unsigned level)
{
	return 12u + ANY_IOMMU_INDEX_BITS * level;
}

/* Bytes that one entry speaks of. */
static inline uint64_t iommu_size(unsigned level)
{
	return 1ull << iommu_shift(level);
}

static inline uint32_t iommu_entries(const struct any_iommu_table *t, unsigned level)
{
	return 1u << (level + 1u == t->format->levels ? t->format->root_bits
						      : ANY_IOMMU_INDEX_BITS);
}

static inline uint32_t iommu_index(const struct any_iommu_table *t, uint64_t iova, unsigned level)
{
	return (uint32_t)(iova >> iommu_shift(level)) & (iommu_entries(t, level) - 1u);
}

static inline uint64_t iommu_get(const uint64_t *slot)
{
	return any_le64_to_cpu(*(const volatile uint64_t *)slot);
}

static inline void iommu_put_half(uint64_t *slot, unsigned half, uint32_t value)
{
	((volatile uint32_t *)slot)[half] = any_cpu_to_le32(value);
}

/*
 * A walker never sees half an entry: where the CPU cannot store it at once, the half that makes it
 * one (every format has it in the low bits) goes first and comes last. Partner: its fetch.
 */
static inline void iommu_put(uint64_t *slot, uint64_t entry)
{
	if (sizeof(uintptr_t) >= sizeof(*slot)) {
		*(volatile uint64_t *)slot = any_cpu_to_le64(entry);
		return;
	}
	iommu_put_half(slot, 0, 0);
	any_dma_wmb();
	iommu_put_half(slot, 1, (uint32_t)(entry >> 32));
	any_dma_wmb();
	iommu_put_half(slot, 0, (uint32_t)entry);
}

static inline bool iommu_is_present(const struct any_iommu_table *t, uint64_t entry)
{
	return entry & t->format->present;
}

/* Of an entry that is present. */
static inline bool iommu_is_leaf(const struct any_iommu_table *t, uint64_t entry, unsigned level)
{
	return !level || (entry & t->format->kind) != (t->format->table & t->format->kind);
}

static inline uint64_t iommu_bits_of(const struct any_iommu_table *t, uint64_t address)
{
	return address >> t->format->shift & t->format->address;
}

static inline uint64_t iommu_address_of(const struct any_iommu_table *t, uint64_t entry)
{
	return (entry & t->format->address) << t->format->shift;
}

/* NULL: the entry points to no page of ours. */
static inline uint64_t *iommu_table_at(const struct any_iommu_table *t, uint64_t entry)
{
	return any_iommu_pages_at(t->pages, any_dma(iommu_address_of(t, entry)));
}

static inline struct any_iommu_page *iommu_page_of(const struct any_iommu_table *t,
						   const uint64_t *table)
{
	return &t->pages->page[((uintptr_t)table - (uintptr_t)t->pages->cpu) / ANY_IOMMU_PAGE];
}

/*
 * Down to the leaf, or to where the walk ends, or to `level`. EPROTO: something else wrote in the
 * tables.
 */
int any_iommu_way(const struct any_iommu_table *t, uint64_t iova, unsigned level,
		  struct iommu_way *way);
/* One entry; the pointer's or leaf's table is counted and cleaned. */
void any_iommu_write(struct any_iommu_table *t, struct iommu_way *way, uint64_t *slot,
		     uint64_t entry);
/* Tables on the way that hold nothing any more are unlinked and set aside. */
void any_iommu_prune(struct any_iommu_table *t, struct iommu_way *way, uint64_t iova);
/* A table below `way`, linked at `slot`. NULL: full. */
uint64_t *any_iommu_new_table(struct any_iommu_table *t);
void any_iommu_link(struct any_iommu_table *t, struct iommu_way *way, uint64_t *slot,
		    const uint64_t *table);

/* EINVAL, ERANGE: what no table could say. */
int any_iommu_range(const struct any_iommu_table *t, uint64_t iova, uint64_t len);

#endif
