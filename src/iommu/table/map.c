/* SPDX-License-Identifier: BSD-2-Clause */
/* What tables say: the largest leaves that fit, and nothing of what was unmapped. */
#include "table.h"

#include "base/bits.h"

/* The leaf's table holds the same in smaller leaves; then the part that goes can go. */
static int split(struct any_iommu_table *t, struct iommu_way *way, uint64_t iova)
{
	const struct any_iommu_table_format *f = t->format;
	const unsigned level = way->level;
	const uint64_t size = iommu_size(level), part = iommu_size(level - 1);
	uint64_t *slot = &way->table[level][iommu_index(t, iova, level)];
	const uint64_t entry = iommu_get(slot);
	const uint64_t bits = (entry & ~(f->address | f->leaf[level])) | f->leaf[level - 1];
	const uint64_t phys = iommu_address_of(t, entry) & ~(size - 1);
	uint64_t *lower = any_iommu_new_table(t);

	if (!lower)
		return -ANY_ENOMEM;
	for (uint32_t i = 0; i < iommu_entries(t, level - 1); i++)
		iommu_put(&lower[i], iommu_bits_of(t, phys + i * part) | bits);
	iommu_page_of(t, lower)->live = (uint16_t)iommu_entries(t, level - 1);
	any_iommu_pages_clean(t->pages, lower, ANY_IOMMU_PAGE);
	if (t->inval) {
		any_iommu_write(t, way, slot, 0);
		any_iommu_pages_clean(t->pages, slot, sizeof(*slot));
		any_iommu_pages_sync(t->pages);
		t->inval(t->ctx, any_dma(any_align_down(iova, size)), size);
	}
	any_iommu_pages_sync(t->pages); /* the leaves before what points to them */
	any_iommu_link(t, way, slot, lower);
	return 0;
}

/* Leaves of one table from `iova` on, as far as they go whole. Returns bytes. */
static uint64_t clear(struct any_iommu_table *t, struct iommu_way *way, uint64_t iova, uint64_t len)
{
	const unsigned level = way->level;
	const uint32_t index = iommu_index(t, iova, level), all = iommu_entries(t, level);
	uint64_t *slot = &way->table[level][index];
	uint32_t n = 0;

	for (; n < all - index && (n + 1ull) << iommu_shift(level) <= len; n++) {
		const uint64_t entry = iommu_get(&slot[n]);

		if (iommu_is_present(t, entry) && !iommu_is_leaf(t, entry, level))
			break;
		any_iommu_write(t, way, &slot[n], 0);
	}
	any_iommu_pages_clean(t->pages, slot, (size_t)n * sizeof(*slot));
	any_iommu_prune(t, way, iova);
	return (uint64_t)n << iommu_shift(level);
}

static int unmap_run(struct any_iommu_table *t, uint64_t iova, uint64_t len, uint64_t *done)
{
	struct iommu_way way;
	int err = any_iommu_way(t, iova, 0, &way);
	uint64_t size, before;

	if (err)
		return err;
	size = iommu_size(way.level);
	before = iova & (size - 1);
	*done = any_min_u64(len, size - before);
	if (!iommu_is_present(t, iommu_get(&way.table[way.level][iommu_index(t, iova, way.level)])))
		return 0;
	if (!before && len >= size) {
		*done = clear(t, &way, iova, len);
		return 0;
	}
	*done = 0;
	return split(t, &way, iova);
}

static int take_away(struct any_iommu_table *t, uint64_t iova, uint64_t len)
{
	uint64_t at = 0, n = 0;
	int err = 0;

	for (; !err && at < len; at += n)
		err = unmap_run(t, iova + at, len - at, &n);
	return err;
}

int any_iommu_table_unmap(struct any_iommu_table *table, struct any_dma_addr iova, uint64_t len)
{
	int err = any_iommu_range(table, iova.raw, len);

	if (!err)
		err = take_away(table, iova.raw, len);
	/* Before the invalidation that follows: partner, the walk that comes after it. */
	any_iommu_pages_sync(table->pages);
	return err;
}

/* ---- map */

static unsigned level_for(const struct any_iommu_table *t, uint64_t where, uint64_t len)
{
	unsigned level = t->format->levels - 1u;

	while (level && (!(t->format->leaves >> level & 1u) || len < iommu_size(level) ||
			 where & (iommu_size(level) - 1)))
		level--;
	return level;
}

/* Down to `level`, with tables where there were none. */
static int make_way(struct any_iommu_table *t, uint64_t iova, unsigned level, struct iommu_way *way)
{
	int err = any_iommu_way(t, iova, level, way);

	while (!err && way->level > level) {
		uint64_t *slot = &way->table[way->level][iommu_index(t, iova, way->level)];
		uint64_t *table;

		if (iommu_is_present(t, iommu_get(slot)))
			return -ANY_EBUSY; /* a block */
		table = any_iommu_new_table(t);
		if (!table)
			return -ANY_ENOMEM;
		any_iommu_link(t, way, slot, table);
		way->table[--way->level] = table;
	}
	return err;
}

static uint64_t leaf_bits(const struct any_iommu_table *t, unsigned level, unsigned prot)
{
	const struct any_iommu_table_format *f = t->format;

	return f->leaf[level] | f->access[prot & 3u] |
	       (prot & ANY_IOMMU_MMIO ? f->mmio
		: t->snooped	      ? f->snooped
				      : f->unsnooped);
}

/* The leaves that stand in one table; *done: bytes, also when it fails. */
static int map_run(struct any_iommu_table *t, uint64_t iova, uint64_t phys, uint64_t len,
		   unsigned prot, uint64_t *done)
{
	const unsigned level = level_for(t, iova | phys, len);
	const uint64_t size = iommu_size(level), bits = leaf_bits(t, level, prot);
	const uint32_t index = iommu_index(t, iova, level);
	const uint64_t room = iommu_entries(t, level) - index;
	const uint64_t n = any_min_u64(len >> iommu_shift(level), room);
	struct iommu_way way;
	uint64_t *first;
	uint64_t i = 0;
	int err = make_way(t, iova, level, &way);

	if (!err) {
		first = &way.table[level][index];
		for (; i < n && !iommu_get(&first[i]); i++)
			any_iommu_write(t, &way, &first[i],
					iommu_bits_of(t, phys + i * size) | bits);
		any_iommu_pages_clean(t->pages, first, (size_t)n * sizeof(*first));
		err = i < n ? -ANY_EBUSY : 0;
	}
	if (err != -ANY_EPROTO && err)
		any_iommu_prune(t, &way, iova);
	*done = i * size;
	return err;
}

int any_iommu_table_map(struct any_iommu_table *table, struct any_dma_addr iova,
			struct any_phys_addr phys, uint64_t len, unsigned prot)
{
	const uint64_t last = phys.raw + (len - 1);
	int err = any_iommu_range(table, iova.raw, len);
	uint64_t at = 0, n;

	if (err)
		return err;
	if (phys.raw % ANY_IOMMU_PAGE || !table->format->access[prot & 3u])
		return -ANY_EINVAL;
	if (last < phys.raw || last >> table->format->output_bits)
		return -ANY_ERANGE;
	for (; !err && at < len; at += n)
		err = map_run(table, iova.raw + at, phys.raw + at, len - at, prot, &n);
	if (err && at)
		(void)take_away(table, iova.raw, at); /* whole leaves of ours */
	any_iommu_pages_sync(table->pages);	      /* before a device hears of the address */
	return err;
}
