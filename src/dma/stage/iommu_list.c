/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists behind an IOMMU: one range of I/O virtual addresses for what goes through it. */
#include "iommu.h"

#include "dma/verbs/extents.h"

static void place_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
		     struct dma_place *place)
{
	any_dma_place_of(dev, map, place);
	place->len = map->len;
}

static unsigned prot_of(const struct any_dma_sg *sg)
{
	return any_dma_iommu_prot((enum any_dma_dir)sg->map.dir);
}

/* Bytes of I/O virtual address space of the pieces that are in it. They lie there as in memory. */
static uint64_t room_of(const struct any_dma_dev *dev, const struct any_dma_sg *sg, unsigned n)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < n; i++) {
		struct dma_place place;

		if (!(sg[i].map.flags & ANY_DMA_MAP_IOMMU))
			continue;
		place_of(dev, &sg[i].map, &place);
		total += any_dma_iommu_room(dev->plat->iommu, place.phys.raw, place.len,
					    prot_of(&sg[i]));
	}
	return total;
}

/* Out of the tables with the first n pieces: in one call where nothing lies between them. */
static void leave_all(struct any_dma_dev *dev, const struct any_dma_sg *sg, unsigned n,
		      struct any_dma_addr base, uint64_t size)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;

	if (dma_iommu_unit(iommu) == iommu->granule) {
		iommu->ops->unmap(iommu->ctx, base, size);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		if (sg[i].map.flags & ANY_DMA_MAP_IOMMU)
			any_dma_iommu_leave(
				dev, any_dma(sg[i].map.addr.raw | dev->plat->facts.implied_bits),
				sg[i].map.len, prot_of(&sg[i]));
}

/* One piece into the tables, from *at on. */
static int enter(struct any_dma_dev *dev, struct any_dma_sg *sg, const struct dma_place *place,
		 struct any_dma_addr *at)
{
	const struct dma_entry entry = {place->phys, place->len, prot_of(sg),
					place->shared ? DMA_SHARED : DMA_PRIVATE};
	struct any_dma_addr addr;
	int err = any_dma_iommu_enter(dev, *at, &entry, &addr);

	if (err)
		return err;
	sg->map.addr.raw = addr.raw & ~dev->plat->facts.implied_bits;
	at->raw += any_dma_iommu_room(dev->plat->iommu, place->phys.raw, place->len, entry.prot);
	return 0;
}

/* *done: pieces that were entered, or need not be. */
static int enter_all(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
		     struct any_dma_addr *at, struct extents *x, unsigned *done)
{
	for (*done = 0; *done < n; ++*done) {
		struct any_dma_sg *piece = &sg[*done];
		struct dma_place place;
		int err;

		place_of(dev, &piece->map, &place);
		if (piece->map.flags & ANY_DMA_MAP_IOMMU) {
			err = enter(dev, piece, &place, at);
			if (err)
				return err;
			err = emit(x, piece->map.addr.raw, place.len);
		} else {
			err = dma_translate_place(dev, &place);
			if (!err)
				err = any_dma_emit_direct(dev, &place, x);
		}
		if (err) {
			++*done;
			return err;
		}
	}
	return 0;
}

/* One range for the list; neighbours that fill their granules are neighbours for the device. */
int any_dma_iommu_map_list(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
			   struct extents *x)
{
	const uint64_t size = room_of(dev, sg, n);
	struct any_dma_addr base = {0}, at;
	unsigned done;
	int err = size ? any_dma_iommu_take(dev, size, dev->reach_max, &base) : 0;

	if (err)
		return err;
	at = base;
	err = enter_all(dev, sg, n, &at, x, &done);
	if (!size)
		return err;
	if (!err) {
		any_dma_iommu_ready(dev, base, size);
		return 0;
	}
	if (at.raw != base.raw)
		leave_all(dev, sg, done, base, at.raw - base.raw);
	any_dma_iommu_release(dev, base, size, true);
	return err;
}

void any_dma_iommu_unmap_list(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	const uint64_t size = room_of(dev, sg, n);
	struct any_dma_addr base;
	unsigned first = 0;

	if (!size)
		return;
	while (!(sg[first].map.flags & ANY_DMA_MAP_IOMMU))
		first++;
	base.raw = any_align_down(sg[first].map.addr.raw | dev->plat->facts.implied_bits,
				  dma_iommu_unit(dev->plat->iommu));
	leave_all(dev, sg, n, base, size);
	any_dma_iommu_release(dev, base, size, false);
}
