/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory both sides see without maintenance: on a coherent machine any, else an uncached alias that
 * the platform set aside. One bit a page, first fit; this is not a hot path.
 */
#include "dma/pipeline.h"

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

/* Bits are this file's own: whose words they are in does not matter. */
static unsigned char *byte_of(const struct any_coherent_region *r, uint32_t page)
{
	return (unsigned char *)r->bitmap + page / 8;
}

static bool are_all(const struct any_coherent_region *r, uint32_t page, uint32_t n, bool taken)
{
	for (; n; page++, n--)
		if ((*byte_of(r, page) >> page % 8 & 1) != taken)
			return false;
	return true;
}

static void mark(struct any_coherent_region *r, uint32_t page, uint32_t n, bool taken)
{
	r->pages_used += taken ? n : -n;
	for (; n; page++, n--)
		*byte_of(r, page) ^= (unsigned char)(1u << page % 8);
}

static uint32_t pages_in(const struct any_coherent_region *r)
{
	return (uint32_t)(r->mem.size / ANY_COHERENT_PAGE);
}

/* Whole pages, and whole granules where an IOMMU shows them to the device; 0: beyond the region. */
static uint32_t pages_of(const struct any_dma_dev *dev, size_t size)
{
	uint64_t unit = ANY_COHERENT_PAGE;

	if (dev->plat->iommu)
		unit = any_max_u64(unit, dev->plat->iommu->granule);
	if (size - 1 >= dev->plat->coherent->mem.size)
		return 0;
	return (uint32_t)(any_align_up(size, unit) / ANY_COHERENT_PAGE);
}

static int on_bus(const struct any_dma_dev *dev, struct any_phys_addr phys, size_t bytes,
		  struct any_dma_addr *addr)
{
	const uint64_t max = any_dma_reach_max(&dev->plat->facts, dev->coherent_mask);
	struct any_dma_window w;
	uint64_t at;

	if (dev->bus)
		return dev->bus->coherent(dev, phys, bytes, max, addr);
	if (!any_dma_find_plain(dev->plat, dev->reach_min, max, &w))
		return -ANY_ERANGE;
	at = phys.raw - w.phys;
	if (at > w.span || bytes - 1 > w.span - at)
		return -ANY_ERANGE;
	addr->raw = w.dma + at;
	return 0;
}

/* The address of the piece if it is in reach and as aligned as it must be (DA-10). */
static int address(struct any_dma_dev *dev, struct any_phys_addr phys, size_t bytes,
		   struct any_dma_addr *addr)
{
	const size_t align = (size_t)1 << any_order(bytes);

	if (!(dev->stages & ANY_STAGE_IOMMU) && !on_bus(dev, phys, bytes, addr) &&
	    !(addr->raw & (align - 1)))
		return 0;
	return dev->plat->iommu ? dma_iommu(dev)->map_coherent(dev, phys, bytes, align, addr)
				: -ANY_ERANGE;
}

int any_dma_alloc_coherent_now(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	struct any_coherent_region *r = dev->plat->coherent;
	uint32_t pages, n;

	if (!size)
		return -ANY_EINVAL;
	if (!usable(dev))
		return -ANY_ENOTSUP;
	pages = pages_in(r);
	n = pages_of(dev, size);
	for (uint32_t page = 0; n && page < pages && n <= pages - page; page++) {
		const size_t at = (size_t)page * ANY_COHERENT_PAGE;
		const size_t bytes = (size_t)n * ANY_COHERENT_PAGE;
		struct any_dma_addr addr;
		int err;

		if (!are_all(r, page, n, false))
			continue;
		err = address(dev, any_phys(r->mem.phys.raw + at), bytes, &addr);
		if (err == -ANY_ERANGE)
			continue; /* another piece may do */
		if (err)
			return err;
		mark(r, page, n, true);
		mem->cpu = memset((char *)r->mem.cpu + at, 0, bytes);
		mem->addr = addr;
		mem->size = size;
		return 0;
	}
	return -ANY_ENOMEM;
}

int any_dma_alloc_coherent(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	if (dev->watch)
		return dev->watch->stage->alloc_coherent(dev, size, mem);
	return any_dma_alloc_coherent_now(dev, size, mem);
}

/* A piece that was handed out; memory of another device's region, or of none, is left alone. */
int any_dma_free_coherent_now(struct any_dma_dev *dev, const struct any_dma_coherent *mem)
{
	struct any_coherent_region *r = dev->plat->coherent;
	uint32_t page, n;
	size_t at;

	if (!r)
		return -ANY_EINVAL;
	at = (size_t)((uintptr_t)mem->cpu - (uintptr_t)r->mem.cpu);
	page = (uint32_t)(at / ANY_COHERENT_PAGE);
	n = pages_of(dev, mem->size);
	if (!n || at % ANY_COHERENT_PAGE || at >= r->mem.size || n > pages_in(r) - page ||
	    !are_all(r, page, n, true))
		return -ANY_EINVAL;
	if (dev->plat->iommu)
		dma_iommu(dev)->unmap_coherent(dev, mem->addr, (uint64_t)n * ANY_COHERENT_PAGE);
	mark(r, page, n, false);
	return 0;
}

void any_dma_free_coherent(struct any_dma_dev *dev, struct any_dma_coherent *mem)
{
	int err;

	if (!mem->cpu)
		return; /* DA-10: nothing, and no complaint */
	err = dev->watch ? dev->watch->stage->free_coherent(dev, mem)
			 : any_dma_free_coherent_now(dev, mem);
	if (!err)
		mem->cpu = NULL;
}
