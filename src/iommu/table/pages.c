/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages for tables and queues: taken and given back in constant time. */
#include <anydma/iommu/table.h>

#include "any_arch.h"
#include "base/bits.h"
#include "base/mem.h"

int any_iommu_pages_init(struct any_iommu_pages *pages)
{
	if (!pages->cpu || !pages->page || !pages->count || pages->count > ANY_IOMMU_PAGES_MAX ||
	    ((uintptr_t)pages->cpu | pages->addr.raw) % ANY_IOMMU_PAGE ||
	    (pages->cache && pages->phys.raw % ANY_IOMMU_PAGE))
		return -ANY_EINVAL;
	pages->used = pages->peak = pages->fresh = 0;
	pages->free = 0;
	return 0;
}

static uint8_t *page_at(const struct any_iommu_pages *pages, uint32_t index)
{
	return (uint8_t *)pages->cpu + (size_t)index * ANY_IOMMU_PAGE;
}

static uint32_t index_of(const struct any_iommu_pages *pages, const void *at)
{
	return (uint32_t)(((uintptr_t)at - (uintptr_t)pages->cpu) / ANY_IOMMU_PAGE);
}

static void push(struct any_iommu_pages *pages, uint32_t index)
{
	pages->page[index].next = pages->free;
	pages->free = (uint16_t)(index + 1);
}

/* From those that were never taken; what alignment passes over is taken one by one later. */
static bool neighbours(struct any_iommu_pages *pages, uint32_t n, uint32_t *index)
{
	const uint64_t first = pages->addr.raw / ANY_IOMMU_PAGE;
	const uint64_t at = any_align_up(first + pages->fresh, n) - first;

	if (at > pages->count || n > pages->count - at)
		return false;
	for (; pages->fresh < at; pages->fresh++)
		push(pages, pages->fresh);
	*index = pages->fresh;
	pages->fresh += n;
	return true;
}

void *any_iommu_pages_take(struct any_iommu_pages *pages, uint32_t n)
{
	uint32_t index;
	uint8_t *page;

	if (n == 1 && pages->free) {
		index = pages->free - 1u;
		pages->free = pages->page[index].next;
	} else if (!any_is_pow2(n) || !neighbours(pages, n, &index)) {
		return NULL;
	}
	pages->used += n;
	pages->peak = pages->used > pages->peak ? pages->used : pages->peak;
	pages->page[index] = (struct any_iommu_page){0, 0};
	page = page_at(pages, index);
	memset(page, 0, (size_t)n * ANY_IOMMU_PAGE);
	any_iommu_pages_clean(pages, page, (size_t)n * ANY_IOMMU_PAGE);
	any_iommu_pages_sync(pages);
	return page;
}

void any_iommu_pages_give(struct any_iommu_pages *pages, void *page)
{
	push(pages, index_of(pages, page));
	pages->used--;
}

struct any_dma_addr any_iommu_pages_addr(const struct any_iommu_pages *pages, const void *at)
{
	return any_dma(pages->addr.raw + ((uintptr_t)at - (uintptr_t)pages->cpu));
}

void *any_iommu_pages_at(const struct any_iommu_pages *pages, struct any_dma_addr addr)
{
	const uint64_t index = (addr.raw - pages->addr.raw) / ANY_IOMMU_PAGE;

	if (addr.raw % ANY_IOMMU_PAGE || index >= pages->count)
		return NULL;
	return page_at(pages, (uint32_t)index);
}

static struct any_phys_addr phys_of(const struct any_iommu_pages *pages, const void *at)
{
	return any_phys(pages->phys.raw + ((uintptr_t)at - (uintptr_t)pages->cpu));
}

void any_iommu_pages_clean(const struct any_iommu_pages *pages, void *at, size_t len)
{
	if (pages->cache)
		pages->cache->clean(pages->ctx, at, phys_of(pages, at), len);
}

void any_iommu_pages_inval(const struct any_iommu_pages *pages, void *at, size_t len)
{
	if (!pages->cache)
		return;
	pages->cache->inval(pages->ctx, at, phys_of(pages, at), len);
	pages->cache->sync(pages->ctx);
}

void any_iommu_pages_sync(const struct any_iommu_pages *pages)
{
	if (pages->cache)
		pages->cache->sync(pages->ctx);
	/* Partner: the IOMMU's fetch through what is written next, a pointer or a register. */
	any_mmio_wmb();
}
