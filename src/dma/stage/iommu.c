/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Behind an IOMMU: an address space of the device's own, in whole granules. Taking away is the hard
 * half: the IOMMU goes on using what it cached until an invalidation has completed (M5), so an
 * address is given out again only after one.
 *
 * A mapping's room in that space is whole units (granules, or colours where those are larger), and
 * its bytes lie in the first unit as they do in memory. Only the granules they touch have entries,
 * and after them the guard. What the entries say is memory as the IOMMU's own bus sees it.
 */
#include "iommu.h"

#include <anydma/iova.h>

/* The device gets no more than the direction says (DA-08). */
unsigned any_dma_iommu_prot(enum any_dma_dir dir)
{
	return (dir & ANY_DMA_TO_DEVICE ? ANY_IOMMU_READ : 0) |
	       (dir & ANY_DMA_FROM_DEVICE ? ANY_IOMMU_WRITE : 0);
}

/* What the bus may read ahead of a device that reads (M4). */
static uint64_t guard_of(const struct any_dma_iommu *iommu, unsigned prot)
{
	return prot & ANY_IOMMU_READ ? any_align_up(iommu->guard, iommu->granule) : 0;
}

uint64_t any_dma_iommu_room(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len,
			    unsigned prot)
{
	const uint64_t unit = dma_iommu_unit(iommu);

	at &= unit - 1;
	len = dma_iommu_span(iommu, at, len) + guard_of(iommu, prot);
	return any_align_up(any_align_down(at, iommu->granule) + len, unit);
}

static void give_back(struct any_dma_iommu *iommu, struct any_dma_addr base, uint64_t size)
{
	any_iova_free(iommu->iova, base, size);
}

/* One invalidation for everything that waits; only then may its addresses be used again. */
void any_dma_iommu_flush(struct any_dma_dev *dev)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;

	if (!iommu || !iommu->deferred_used)
		return;
	iommu->ops->inval(iommu->ctx, any_dma(0), 0);
	iommu->ops->sync(iommu->ctx);
	dev->stats.iommu_invals++;
	for (uint32_t i = 0; i < iommu->deferred_used; i++)
		give_back(iommu, iommu->deferred[i].iova, iommu->deferred[i].len);
	iommu->deferred_used = 0;
}

/* Does `bits` stay as it is at `base` over all of the range? */
static bool constant(uint64_t bits, uint64_t base, uint64_t size)
{
	const uint64_t low = bits & (~bits + 1);

	return !low || size <= low - (base & (low - 1));
}

/* Limits hold for I/O virtual addresses as for any other the device must say. */
static bool sayable(const struct any_dma_dev *dev, uint64_t base, uint64_t size, uint64_t max)
{
	const struct any_dma_facts *f = &dev->plat->facts;

	return base >= f->dma_min && base <= max && size - 1 <= max - base &&
	       !(base & f->dma_forbidden) && !(~base & f->implied_bits) &&
	       constant(f->dma_forbidden | f->implied_bits, base, size);
}

static int take_some(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		     struct any_dma_addr *addr)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	int err = any_iova_alloc(iommu->iova, size, max, addr);

	if (err == -ANY_ENOMEM && iommu->deferred_used) {
		any_dma_iommu_flush(dev);
		err = any_iova_alloc(iommu->iova, size, max, addr);
	}
	return err == -ANY_EINVAL ? -ANY_E2BIG : err;
}

int any_dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		       struct any_dma_addr *base)
{
	struct any_dma_addr addr;
	int err = take_some(dev, size, max, &addr);

	if (err)
		return err;
	if (!sayable(dev, addr.raw, size, max)) {
		give_back(dev->plat->iommu, addr, size);
		return -ANY_ERANGE;
	}
	*base = addr;
	return 0;
}

/* Room in which the transfer crosses no boundary. Ranges are aligned to their size but for the
 * largest: such a one, if it lies across, is taken again from below the border. */
static int take_within(struct any_dma_dev *dev, const struct dma_entry *entry, uint64_t boundary,
		       uint64_t max, struct any_dma_addr *base)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t at = entry->phys.raw & (dma_iommu_unit(iommu) - 1);
	const uint64_t size = any_dma_iommu_room(iommu, at, entry->len, entry->prot);
	struct any_dma_addr addr;

	for (unsigned tries = 0; tries < 2; tries++) {
		int err = any_dma_iommu_take(dev, size, max, &addr);

		if (err)
			return err;
		if (ANY_LIKELY(!dma_crosses(boundary, addr.raw + at, entry->len))) {
			*base = addr;
			return 0;
		}
		give_back(dev->plat->iommu, addr, size);
		max = any_min_u64(max, (addr.raw + at) | boundary);
	}
	return -ANY_ERANGE;
}

/* As many calls as memory has borders on the way out (M3). */
static int enter_runs(struct any_dma_dev *dev, struct any_dma_addr iova,
		      const struct dma_entry *entry, uint64_t *entered)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_phys_addr at = any_phys(any_align_down(entry->phys.raw, iommu->granule));
	uint64_t left = dma_iommu_span(iommu, entry->phys.raw, entry->len), run = left;
	const bool plain = !(dev->stages & ANY_STAGE_TABLES);

	for (*entered = 0; left; left -= run, at.raw += run, *entered += run) {
		struct any_phys_addr out = at;
		int err = plain ? 0 : any_dma_table_run(dev, at, left, entry->memory, &out, &run);

		if (!err)
			err = iommu->ops->map(iommu->ctx, any_dma(iova.raw + *entered), out, run,
					      entry->prot);
		if (err)
			return err;
	}
	return 0;
}

static int enter_guard(struct any_dma_dev *dev, struct any_dma_addr iova, unsigned prot,
		       uint64_t *entered)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t end = *entered + guard_of(iommu, prot);

	for (; *entered < end; *entered += iommu->granule) {
		const struct dma_entry page = {iommu->guard_page, iommu->granule, ANY_IOMMU_READ,
					       DMA_PRIVATE};
		uint64_t n;
		int err = enter_runs(dev, any_dma(iova.raw + *entered), &page, &n);

		if (err)
			return err;
	}
	return 0;
}

int any_dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr base,
			const struct dma_entry *entry, struct any_dma_addr *addr)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t first = base.raw + (entry->phys.raw & (dma_iommu_unit(iommu) - 1));
	const struct any_dma_addr iova = any_dma(any_align_down(first, iommu->granule));
	uint64_t entered;
	int err = enter_runs(dev, iova, entry, &entered);

	if (!err && ANY_UNLIKELY(iommu->guard))
		err = enter_guard(dev, iova, entry->prot, &entered);
	if (err) {
		if (entered)
			iommu->ops->unmap(iommu->ctx, iova, entered);
		return err;
	}
	dev->stats.iommu_maps++;
	addr->raw = first;
	return 0;
}

/* Hazard 8: an IOMMU may have remembered "nothing here", or not yet see what the tables say. */
void any_dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;

	if (iommu->ops->map_sync)
		iommu->ops->map_sync(iommu->ctx, base, size);
}

int any_dma_iommu_map(struct any_dma_dev *dev, const struct dma_entry *entry, uint64_t boundary,
		      uint64_t max, struct any_dma_addr *addr)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t size = any_dma_iommu_room(iommu, entry->phys.raw, entry->len, entry->prot);
	struct any_dma_addr base, first;
	int err = take_within(dev, entry, boundary, max, &base);

	if (err)
		return err;
	err = any_dma_iommu_enter(dev, base, entry, &first);
	if (err) {
		any_dma_iommu_release(dev, base, size, true);
		return err;
	}
	any_dma_iommu_ready(dev, base, size);
	addr->raw = first.raw & ~dev->plat->facts.implied_bits;
	return 0;
}

/* Addresses whose entries are gone from the tables, but perhaps not from the IOMMU's caches. */
void any_dma_iommu_release(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size,
			   bool strict)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;

	if (!strict && iommu->deferred_size && !dev->plat->facts.untrusted) {
		iommu->deferred[iommu->deferred_used++] = (struct any_iommu_deferred){base, size};
		if (iommu->deferred_used == iommu->deferred_size)
			any_dma_iommu_flush(dev);
		return;
	}
	iommu->ops->inval(iommu->ctx, base, size);
	iommu->ops->sync(iommu->ctx);
	dev->stats.iommu_invals++;
	give_back(iommu, base, size);
}

/* Out of the tables: `addr` as the bus has it. */
void any_dma_iommu_leave(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;

	iommu->ops->unmap(iommu->ctx, any_dma(any_align_down(addr.raw, iommu->granule)),
			  dma_iommu_span(iommu, addr.raw, len) + guard_of(iommu, prot));
}

void any_dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot, bool strict)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	addr.raw |= dev->plat->facts.implied_bits;
	any_dma_iommu_leave(dev, addr, len, prot);
	any_dma_iommu_release(dev, any_dma(any_align_down(addr.raw, dma_iommu_unit(iommu))),
			      any_dma_iommu_room(iommu, addr.raw, len, prot), strict);
}
