/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage that an IOMMU brings: single buffers, registers and coherent memory; lists are in
 * iommu_list.c. */
#include "iommu.h"

#include <anydma/iova.h>

/* ---- buffers ---- */

static bool tables_reach(const struct any_dma_dev *dev, const struct dma_place *place)
{
	return ANY_LIKELY(!(dev->stages & ANY_STAGE_TABLES)) ||
	       any_dma_iommu_reaches(dev, place->phys, place->len,
				     place->shared ? DMA_SHARED : DMA_PRIVATE);
}

static enum any_bounce_reason show(const struct any_dma_dev *dev, bool list,
				   struct dma_place *place)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t edges = place->phys.raw | place->len;

	if (!tables_reach(dev, place))
		return ANY_BOUNCE_REACH;
	if ((dev->stages & ANY_STAGE_PAD) && (edges & (iommu->granule - 1)))
		return ANY_BOUNCE_GRANULE;
	/* Above its lowest unit an I/O virtual address is as aligned as it must be. */
	if (ANY_UNLIKELY(dev->stages & ANY_STAGE_LIMITS) && !list &&
	    dma_crosses(dev->boundary, place->phys.raw & (dma_iommu_unit(iommu) - 1), place->len))
		return ANY_BOUNCE_LIMIT;
	place->flags |= ANY_DMA_MAP_IOMMU;
	return ANY_BOUNCE_NONE;
}

static bool show_slot(const struct any_dma_dev *dev, bool list, struct dma_place *place)
{
	const uint64_t unit = dma_iommu_unit(dev->plat->iommu);

	if (!tables_reach(dev, place) ||
	    (!list && dma_crosses(dev->boundary, place->phys.raw & (unit - 1), place->len)))
		return false;
	place->flags |= ANY_DMA_MAP_IOMMU;
	return true;
}

static int map(struct any_dma_dev *dev, const struct dma_place *place, enum any_dma_dir dir,
	       struct any_dma_addr *addr)
{
	const struct dma_entry entry = {place->phys, place->len, any_dma_iommu_prot(dir),
					place->shared ? DMA_SHARED : DMA_PRIVATE};
	int err = any_dma_iommu_map(dev, &entry, dev->boundary, dev->reach_max, addr);

	if (err && (place->flags & ANY_DMA_MAP_BOUNCED))
		dma_bounce(dev)->give(dev, place->slot, place->size_class);
	return err;
}

static int map_registers(struct any_dma_dev *dev, struct any_phys_addr phys, size_t len,
			 enum any_dma_dir dir, struct any_dma_addr *addr)
{
	const struct dma_entry entry = {phys, len, any_dma_iommu_prot(dir) | ANY_IOMMU_MMIO,
					DMA_REGISTERS};

	return any_dma_iommu_map(dev, &entry, UINT64_MAX, dev->reach_max, addr);
}

static void unmap(struct any_dma_dev *dev, const struct any_dma_mapping *map)
{
	any_dma_iommu_unmap(dev, map->addr, map->len,
			    any_dma_iommu_prot((enum any_dma_dir)map->dir), false);
}

/* ---- coherent memory ---- */

/* Coherent memory's entries are said to be: no streaming buffer may hold them back (SPARC64). */
static struct dma_entry entry_of(const struct any_dma_dev *dev, struct any_phys_addr phys,
				 uint64_t bytes)
{
	return (struct dma_entry){phys, bytes,
				  ANY_IOMMU_READ | ANY_IOMMU_WRITE | ANY_IOMMU_COHERENT,
				  dma_memory_of(&dev->plat->coherent->mem)};
}

/* Routing bits go on top of the I/O virtual address (M14): the device must be able to say both. */
static int map_coherent(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
			uint64_t align, struct any_dma_addr *addr)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	const uint64_t bits = dev->plat->facts.coherent_bits;
	const uint64_t max = any_dma_reach_max(&dev->plat->facts, dev->coherent_mask);
	const struct dma_entry entry = entry_of(dev, phys, bytes);
	int err;

	if ((phys.raw - dev->plat->coherent->mem.phys.raw) & (align - 1))
		return -ANY_ERANGE; /* the CPU's address is aligned, too */
	/* Naturally aligned up to the IOVA allocator's largest class; below a unit it is as in
	 * memory. */
	if (phys.raw & ((iommu->granule - 1) | ((dma_iommu_unit(iommu) - 1) & (align - 1))))
		return -ANY_ERANGE;
	if (bits > max || (bits & (iommu->iova->base | iommu->iova->limit)) ||
	    !any_dma_iommu_reaches(dev, phys, bytes, entry.memory))
		return -ANY_ERANGE;
	err = any_dma_iommu_map(dev, &entry, UINT64_MAX, max, addr);
	if (!err)
		addr->raw |= bits;
	return err;
}

/* Is it the IOMMU's? What goes around it is never in the aperture. */
static bool is_translated(const struct any_dma_dev *dev, uint64_t dma)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	return (dev->stages & ANY_STAGE_IOMMU) ||
	       ((dev->stages & ANY_STAGE_PARTIAL) && dma >= iommu->iova->base &&
		dma <= iommu->iova->limit);
}

static void unmap_coherent(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t bytes)
{
	const struct dma_entry entry = entry_of(dev, any_phys(0), bytes);

	addr.raw = (addr.raw | dev->plat->facts.implied_bits) & ~dev->plat->facts.coherent_bits;
	if (is_translated(dev, addr.raw)) /* strict: the pages have a new owner soon */
		any_dma_iommu_unmap(dev, addr, entry.len, entry.prot, true);
}

const struct any_iommu_stage any_dma_iommu_stage = {
	.is_sane = any_dma_iommu_is_sane,
	.show = show,
	.show_slot = show_slot,
	.map = map,
	.map_registers = map_registers,
	.unmap = unmap,
	.map_coherent = map_coherent,
	.unmap_coherent = unmap_coherent,
	.map_list = any_dma_iommu_map_list,
	.unmap_list = any_dma_iommu_unmap_list,
	.reaches = any_dma_iommu_reaches,
	.has_room = any_dma_iommu_has_room,
	.flush = any_dma_iommu_flush,
};
