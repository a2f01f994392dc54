/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree of tables: made, walked, pruned, given back. */
#include "table.h"

static bool is_sane(const struct any_iommu_table_format *f)
{
	return f && f->levels && f->levels <= ANY_IOMMU_LEVELS && f->root_bits &&
	       f->root_bits <= 13 && (f->leaves & 1u) && !(f->leaves >> f->levels) &&
	       f->input_bits <= 12u + ANY_IOMMU_INDEX_BITS * (f->levels - 1u) + f->root_bits &&
	       f->input_bits < 64 && f->output_bits < 64;
}

static uint32_t root_pages(const struct any_iommu_table_format *f)
{
	return f->root_bits > ANY_IOMMU_INDEX_BITS ? 1u << (f->root_bits - ANY_IOMMU_INDEX_BITS)
						   : 1u;
}

int any_iommu_table_init(struct any_iommu_table *table)
{
	if (!is_sane(table->format))
		return -ANY_EINVAL;
	table->gone = 0;
	table->root = any_iommu_pages_take(table->pages, root_pages(table->format));
	return table->root ? 0 : -ANY_ENOMEM;
}

struct any_dma_addr any_iommu_table_root(const struct any_iommu_table *table)
{
	return any_iommu_pages_addr(table->pages, table->root);
}

void any_iommu_table_reclaim(struct any_iommu_table *table)
{
	struct any_iommu_pages *pages = table->pages;

	while (table->gone) {
		const uint32_t index = table->gone - 1u;

		table->gone = pages->page[index].next;
		any_iommu_pages_give(pages, (uint8_t *)pages->cpu + (size_t)index * ANY_IOMMU_PAGE);
	}
}

/* Each table after the ones below it. */
void any_iommu_table_fini(struct any_iommu_table *table)
{
	const unsigned top = table->format->levels - 1u;
	uint64_t *at[ANY_IOMMU_LEVELS], *below;
	uint32_t next[ANY_IOMMU_LEVELS];
	unsigned level = top;

	any_iommu_table_reclaim(table);
	at[top] = table->root;
	next[top] = 0;
	while (level < top || next[top] < iommu_entries(table, top)) {
		if (next[level] == iommu_entries(table, level)) {
			any_iommu_pages_give(table->pages, at[level++]);
			continue;
		}
		const uint64_t entry = iommu_get(&at[level][next[level]++]);

		if (!iommu_is_present(table, entry) || iommu_is_leaf(table, entry, level))
			continue;
		below = iommu_table_at(table, entry);
		if (below) {
			at[--level] = below;
			next[level] = 0;
		}
	}
	for (uint32_t i = 0; i < root_pages(table->format); i++)
		any_iommu_pages_give(table->pages,
				     (uint8_t *)table->root + (size_t)i * ANY_IOMMU_PAGE);
	table->root = NULL;
}

int any_iommu_range(const struct any_iommu_table *t, uint64_t iova, uint64_t len)
{
	if (!len || (iova | len) % ANY_IOMMU_PAGE)
		return -ANY_EINVAL;
	if (iova >> t->format->input_bits || (iova + (len - 1)) >> t->format->input_bits ||
	    iova + (len - 1) < iova)
		return -ANY_ERANGE;
	return 0;
}

int any_iommu_way(const struct any_iommu_table *t, uint64_t iova, unsigned level,
		  struct iommu_way *way)
{
	way->level = t->format->levels - 1u;
	way->table[way->level] = t->root;
	while (way->level > level) {
		const uint64_t entry =
			iommu_get(&way->table[way->level][iommu_index(t, iova, way->level)]);
		uint64_t *below;

		if (!iommu_is_present(t, entry) || iommu_is_leaf(t, entry, way->level))
			return 0;
		below = iommu_table_at(t, entry);
		if (!below)
			return -ANY_EPROTO;
		way->table[--way->level] = below;
	}
	return 0;
}

void any_iommu_write(struct any_iommu_table *t, struct iommu_way *way, uint64_t *slot,
		     uint64_t entry)
{
	struct any_iommu_page *page = iommu_page_of(t, way->table[way->level]);
	const bool was = iommu_get(slot), is = entry;

	if (is && !was)
		page->live++;
	else if (was && !is && page->live)
		page->live--;
	iommu_put(slot, entry);
}

uint64_t *any_iommu_new_table(struct any_iommu_table *t)
{
	return any_iommu_pages_take(t->pages, 1); /* its zeroes are seen before what points to it */
}

void any_iommu_link(struct any_iommu_table *t, struct iommu_way *way, uint64_t *slot,
		    const uint64_t *table)
{
	const uint64_t at = any_iommu_pages_addr(t->pages, table).raw;

	any_iommu_write(t, way, slot, iommu_bits_of(t, at) | t->format->table);
	any_iommu_pages_clean(t->pages, slot, sizeof(*slot));
}

void any_iommu_prune(struct any_iommu_table *t, struct iommu_way *way, uint64_t iova)
{
	while (way->level + 1u < t->format->levels) {
		struct any_iommu_page *page = iommu_page_of(t, way->table[way->level]);
		uint64_t *slot;

		if (page->live)
			return;
		way->level++;
		slot = &way->table[way->level][iommu_index(t, iova, way->level)];
		any_iommu_write(t, way, slot, 0);
		any_iommu_pages_clean(t->pages, slot, sizeof(*slot));
		page->next = t->gone;
		t->gone = (uint16_t)(page - t->pages->page + 1);
	}
}

/* ---- for people */

static unsigned access_of(const struct any_iommu_table_format *f, uint64_t entry)
{
	const uint64_t all = f->access[1] | f->access[2] | f->access[3];

	for (unsigned i = 3; i; i--)
		if (f->access[i] && (entry & all) == f->access[i])
			return i;
	return 0;
}

int any_iommu_table_walk(const struct any_iommu_table *table, struct any_dma_addr iova,
			 struct any_iommu_walk *walk)
{
	struct iommu_way way;
	uint64_t size;
	int err;

	*walk = (struct any_iommu_walk){.level = table->format->levels - 1u};
	if (iova.raw >> table->format->input_bits)
		return -ANY_ENOENT;
	err = any_iommu_way(table, iova.raw, 0, &way);
	if (err)
		return err;
	size = iommu_size(way.level);
	walk->level = way.level;
	walk->entry = iommu_get(&way.table[way.level][iommu_index(table, iova.raw, way.level)]);
	if (!iommu_is_present(table, walk->entry))
		return -ANY_ENOENT;
	walk->size = size;
	walk->access = access_of(table->format, walk->entry);
	walk->phys = any_phys((iommu_address_of(table, walk->entry) & ~(size - 1)) |
			      (iova.raw & (size - 1)));
	return 0;
}
