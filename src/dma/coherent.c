/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory both sides see without maintenance: on a coherent machine any, else an uncached alias that
 * the platform set aside. One bit a page, first fit; this is not a hot path.
 */
#include "pipeline.h"

#include "base/bits.h"
#include "base/mem.h"

static bool usable(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	if (!plat->coherent || plat->facts.no_coherent)
		return false;
	if ((dev->stages & ANY_STAGE_CACHE) && !(plat->coherent->mem.flags & ANY_REGION_UNCACHED))
		return false;
	return !(dev->stages & ANY_STAGE_SHARED) || (plat->coherent->mem.flags & ANY_REGION_SHARED);
}

static bool is_free(const struct any_coherent_region *r, uint64_t page, uint64_t n)
{
	for (uint64_t i = page; i < page + n; i++)
		if (r->bitmap[i / 64] >> (i % 64) & 1)
			return false;
	return true;
}

static void mark(struct any_coherent_region *r, uint64_t page, uint64_t n, bool taken)
{
	for (uint64_t i = page; i < page + n; i++) {
		const uint64_t bit = 1ull << (i % 64);

		r->bitmap[i / 64] = taken ? r->bitmap[i / 64] | bit : r->bitmap[i / 64] & ~bit;
	}
	r->pages_used = taken ? r->pages_used + (uint32_t)n : r->pages_used - (uint32_t)n;
}

/* Whole pages, and whole granules where an IOMMU shows them to the device. */
static uint64_t pages_of(const struct any_dma_dev *dev, size_t size)
{
	uint64_t unit = ANY_COHERENT_PAGE;

	if (dev->plat->iommu)
		unit = any_max_u64(unit, dev->plat->iommu->granule);
	return any_align_up(size, unit) / ANY_COHERENT_PAGE;
}

static uint64_t reach_of(const struct any_dma_dev *dev)
{
	const uint64_t max = dev->plat->facts.dma_max;

	return max ? any_min_u64(dev->coherent_mask, max) : dev->coherent_mask;
}

/* The address of the piece if it is in reach and as aligned as it must be (DA-10). */
static int address(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
		   uint64_t align, struct any_dma_addr *addr)
{
	const struct any_dma_platform *plat = dev->plat;
	uint64_t run;
	int err;

	if (dev->stages & ANY_STAGE_IOMMU) {
		if (phys.raw & (plat->iommu->granule - 1))
			return -ANY_ERANGE;
		/* Naturally aligned up to the IOVA allocator's largest class. */
		return any_dma_iommu_map(dev, phys, bytes, ANY_IOMMU_READ | ANY_IOMMU_WRITE,
					 reach_of(dev), addr);
	}
	err = any_dma_translate_run(&plat->facts, phys, bytes,
				    plat->coherent->mem.flags & ANY_REGION_SHARED,
				    plat->facts.dma_min, reach_of(dev), addr, &run);
	return err || run < bytes || (addr->raw & (align - 1)) ? -ANY_ERANGE : 0;
}

static int find(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	struct any_coherent_region *r = dev->plat->coherent;
	const uint64_t pages = r->mem.size / ANY_COHERENT_PAGE, n = pages_of(dev, size);
	const uint64_t bytes = n * ANY_COHERENT_PAGE, align = 1ull << any_order(bytes);

	for (uint64_t page = 0; page < pages && n <= pages - page; page++) {
		struct any_dma_coherent m = {.size = size};
		int err;

		if (!is_free(r, page, n) ||
		    (dev->plat->iommu && page % (align / ANY_COHERENT_PAGE)))
			continue;
		err = address(dev, any_phys(r->mem.phys.raw + page * ANY_COHERENT_PAGE), bytes,
			      align, &m.addr);
		if (err == -ANY_ERANGE)
			continue;
		if (err)
			return err;
		mark(r, page, n, true);
		m.cpu = (char *)r->mem.cpu + page * ANY_COHERENT_PAGE;
		*mem = m;
		return 0;
	}
	return -ANY_ENOMEM;
}

static int alloc_now(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	int err;

	if (!size)
		return -ANY_EINVAL;
	if (!usable(dev))
		return -ANY_ENOTSUP;
	if (size > dev->plat->coherent->mem.size)
		return -ANY_ENOMEM;
	err = find(dev, size, mem);
	if (!err)
		memset(mem->cpu, 0, (size_t)pages_of(dev, size) * ANY_COHERENT_PAGE);
	return err;
}

int any_dma_alloc_coherent(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_ALLOC_COHERENT, .dev = dev, .len = size, .dir = ANY_DMA_BOTH};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = alloc_now(dev, size, mem);
	event.mem = mem;
	any_dma_watch_end(&event, err);
	return err;
}

/* Is it a piece that was handed out? Memory of another device's region, or of none, is left alone.
 */
static bool is_ours(const struct any_dma_dev *dev, const struct any_dma_coherent *mem)
{
	const struct any_coherent_region *r = dev->plat->coherent;
	const uint64_t at = r ? (uint64_t)((uintptr_t)mem->cpu - (uintptr_t)r->mem.cpu) : 0;

	if (!r || !mem->size || at % ANY_COHERENT_PAGE || mem->size > r->mem.size ||
	    !any_range_within(at, pages_of(dev, mem->size) * ANY_COHERENT_PAGE, 0, r->mem.size))
		return false;
	for (uint64_t i = 0; i < pages_of(dev, mem->size); i++)
		if (is_free(r, at / ANY_COHERENT_PAGE + i, 1))
			return false;
	return true;
}

static void free_now(struct any_dma_dev *dev, const struct any_dma_coherent *mem)
{
	struct any_coherent_region *r = dev->plat->coherent;
	const uint64_t n = pages_of(dev, mem->size);

	if (dev->stages & ANY_STAGE_IOMMU) /* strict: the pages have a new owner soon */
		any_dma_iommu_unmap(dev, mem->addr, n * ANY_COHERENT_PAGE, true);
	mark(r, (uint64_t)((uintptr_t)mem->cpu - (uintptr_t)r->mem.cpu) / ANY_COHERENT_PAGE, n,
	     false);
}

void any_dma_free_coherent(struct any_dma_dev *dev, struct any_dma_coherent *mem)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_FREE_COHERENT,
				      .dev = dev,
				      .mem = mem,
				      .cpu = mem->cpu,
				      .len = mem->size};
	int err;

	if (!mem->cpu)
		return; /* DA-10: nothing, and no complaint */
	err = any_dma_watch_begin(&event);
	if (!err && !is_ours(dev, mem))
		err = -ANY_EINVAL;
	if (!err)
		free_now(dev, mem);
	any_dma_watch_end(&event, err);
	if (!err)
		mem->cpu = NULL;
}
