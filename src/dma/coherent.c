/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory both sides see without maintenance: on a coherent machine any, else an uncached alias that
 * the platform set aside. One bit a page, first fit; this is not a hot path.
 */
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"
#include "base/mem.h"

static bool usable(const struct any_dma_dev *dev)
{
	const struct any_dma_platform *plat = dev->plat;

	if (!plat->coherent || plat->facts.no_coherent)
		return false;
	if ((dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(&plat->coherent->mem))
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

static int on_bus(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
		  struct any_dma_addr *addr)
{
	const struct any_dma_platform *plat = dev->plat;
	struct dma_path path = dma_path_of(dev, dma_memory_of(&plat->coherent->mem));
	uint64_t run;
	int err;

	path.bits |= plat->facts.coherent_bits;
	path.max = any_dma_reach_max(&plat->facts, dev->coherent_mask);
	err = any_dma_translate_run(&path, phys, bytes, addr, &run);
	return err || run < bytes ? -ANY_ERANGE : 0;
}

/* Coherent memory's entries are said to be: no streaming buffer may hold them back (SPARC64). */
static struct dma_entry entry_of(const struct any_dma_dev *dev, struct any_phys_addr phys,
				 uint64_t bytes)
{
	return (struct dma_entry){phys, bytes,
				  ANY_IOMMU_READ | ANY_IOMMU_WRITE | ANY_IOMMU_COHERENT,
				  dma_memory_of(&dev->plat->coherent->mem)};
}

/* Routing bits go on top of the I/O virtual address (M14): the device must be able to say both. */
static int behind_iommu(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
			uint64_t align, struct any_dma_addr *addr)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t bits = dev->plat->facts.coherent_bits;
	const uint64_t max = any_dma_reach_max(&dev->plat->facts, dev->coherent_mask);
	const struct dma_entry entry = entry_of(dev, phys, bytes);

	/* Naturally aligned up to the IOVA allocator's largest class; below a unit it is as in
	 * memory. */
	if (phys.raw & ((iommu->granule - 1) | ((dma_iommu_unit(iommu) - 1) & (align - 1))))
		return -ANY_ERANGE;
	if (bits > max || (bits & (iommu->iova->base | iommu->iova->limit)) ||
	    !any_dma_iommu_reaches(dev, phys, bytes, entry.memory))
		return -ANY_ERANGE;
	return any_dma_iommu_map(dev, &entry, UINT64_MAX, max, addr);
}

/* The address of the piece if it is in reach and as aligned as it must be (DA-10). */
static int address(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
		   uint64_t align, struct any_dma_addr *addr)
{
	int err = -ANY_ERANGE;

	if (!(dev->stages & ANY_STAGE_IOMMU)) {
		err = on_bus(dev, phys, bytes, addr);
		if (!err && (addr->raw & (align - 1)))
			err = -ANY_ERANGE;
	}
	if (!err || !(dev->stages & (ANY_STAGE_IOMMU | ANY_STAGE_PARTIAL)))
		return err;
	err = behind_iommu(dev, phys, bytes, align, addr);
	if (!err)
		addr->raw |= dev->plat->facts.coherent_bits;
	return err;
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
		    (dev->plat->iommu && (page & (align / ANY_COHERENT_PAGE - 1))))
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

/* Is it the IOMMU's? What goes around it is never in the aperture. */
static bool is_translated(const struct any_dma_dev *dev, uint64_t dma)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	return (dev->stages & ANY_STAGE_IOMMU) ||
	       ((dev->stages & ANY_STAGE_PARTIAL) && dma >= iommu->iova->base &&
		dma <= iommu->iova->limit);
}

static void free_now(struct any_dma_dev *dev, const struct any_dma_coherent *mem)
{
	struct any_coherent_region *r = dev->plat->coherent;
	const uint64_t n = pages_of(dev, mem->size);
	const struct dma_entry entry = entry_of(dev, any_phys(0), n * ANY_COHERENT_PAGE);
	const struct any_dma_addr addr = any_dma((mem->addr.raw | dev->plat->facts.implied_bits) &
						 ~dev->plat->facts.coherent_bits);

	if (is_translated(dev, addr.raw)) /* strict: the pages have a new owner soon */
		any_dma_iommu_unmap(dev, addr, entry.len, entry.prot, true);
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
