/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Behind an IOMMU: an address space of the device's own, in whole granules. Taking away is the hard
 * half: the IOMMU goes on using what it cached until an invalidation has completed (M5), so an
 * address is given out again only after one.
 */
#include "pipeline.h"

#include <anydma/iova.h>

#include "base/bits.h"

/* The device gets no more than the direction says (DA-08). */
unsigned any_dma_iommu_prot(enum any_dma_dir dir)
{
	return (dir & ANY_DMA_TO_DEVICE ? ANY_IOMMU_READ : 0) |
	       (dir & ANY_DMA_FROM_DEVICE ? ANY_IOMMU_WRITE : 0);
}

/* Bytes of the granules that [at, at + len) touches. */
uint64_t any_dma_iommu_span(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len)
{
	return any_align_up((at & (iommu->granule - 1)) + len, iommu->granule);
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

/* Limits hold for I/O virtual addresses as for any other the device must say. */
static bool sayable(const struct any_dma_dev *dev, uint64_t base, uint64_t size, uint64_t max)
{
	const uint64_t bits = dev->plat->facts.dma_forbidden, low = bits & (~bits + 1);

	return base >= dev->plat->facts.dma_min && base <= max && size - 1 <= max - base &&
	       !(base & bits) && (!low || size <= low - (base & (low - 1)));
}

int any_dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		       struct any_dma_addr *base)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_dma_addr addr;
	int err = any_iova_alloc(iommu->iova, size, max, &addr);

	if (err == -ANY_ENOMEM && iommu->deferred_used) {
		any_dma_iommu_flush(dev);
		err = any_iova_alloc(iommu->iova, size, max, &addr);
	}
	if (err)
		return err == -ANY_EINVAL ? -ANY_E2BIG : err;
	if (!sayable(dev, addr.raw, size, max)) {
		give_back(iommu, addr, size);
		return -ANY_ERANGE;
	}
	*base = addr;
	return 0;
}

/* Enters whole granules; the low bits of phys are those of the address within its first one. */
int any_dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr iova,
			struct any_phys_addr phys, uint64_t len, unsigned prot)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_phys_addr start = any_phys(any_align_down(phys.raw, iommu->granule));
	int err = iommu->ops->map(iommu->ctx, iova, start, any_dma_iommu_span(iommu, phys.raw, len),
				  prot);

	if (!err)
		dev->stats.iommu_maps++;
	return err;
}

/* Hazard 8: an IOMMU may have remembered "nothing here", or not yet see what the tables say. */
void any_dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;

	if (iommu->ops->map_sync)
		iommu->ops->map_sync(iommu->ctx, base, size);
}

int any_dma_iommu_map(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      unsigned prot, uint64_t max, struct any_dma_addr *addr)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t size = any_dma_iommu_span(iommu, phys.raw, len);
	struct any_dma_addr base;
	int err = any_dma_iommu_take(dev, size, max, &base);

	if (err)
		return err;
	err = any_dma_iommu_enter(dev, base, phys, len, prot);
	if (err) {
		give_back(iommu, base, size);
		return err;
	}
	any_dma_iommu_ready(dev, base, size);
	addr->raw = base.raw + (phys.raw & (iommu->granule - 1));
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

void any_dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 bool strict)
{
	struct any_dma_iommu *iommu = dev->plat->iommu;
	const struct any_dma_addr base = any_dma(any_align_down(addr.raw, iommu->granule));
	const uint64_t size = any_dma_iommu_span(iommu, addr.raw, len);

	iommu->ops->unmap(iommu->ctx, base, size);
	any_dma_iommu_release(dev, base, size, strict);
}
