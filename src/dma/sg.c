/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists. The stages are those of one buffer (map.c), done for all pieces with one drain, one cache
 * sync and one IOTLB invalidation, since waiting is what costs. Behind an IOMMU the list is one
 * range of I/O virtual addresses; without one, a piece that crosses a bank border becomes several
 * extents.
 */
#include "bounce.h"

/* The caller's extents as they fill, and the device's rules for one segment (DA-36). */
struct extents {
	struct any_dma_extent *e;
	unsigned n, max;
	uint32_t max_segment;
	uint64_t boundary;
};

/* How much of [addr, addr + len) the last extent may take, 0: none. There is one. */
static uint64_t room_in_last(const struct extents *x, uint64_t addr, uint64_t len)
{
	const struct any_dma_extent *last = &x->e[x->n - 1];

	if (last->len >= x->max_segment || last->addr.raw + last->len != addr ||
	    (last->addr.raw | x->boundary) != (addr | x->boundary))
		return 0;
	len = any_min_u64(len, x->max_segment - last->len);
	return any_min_u64(len - 1, x->boundary - (addr & x->boundary)) + 1;
}

static int emit(struct extents *x, uint64_t addr, uint64_t len)
{
	while (len) {
		uint64_t n = x->n ? room_in_last(x, addr, len) : 0;

		if (!n) {
			if (x->n == x->max)
				return -ANY_ENOSPC;
			n = any_min_u64(len, x->max_segment);
			n = any_min_u64(n - 1, x->boundary - (addr & x->boundary)) + 1;
			x->e[x->n++] = (struct any_dma_extent){any_dma(addr), 0};
		}
		x->e[x->n - 1].len += (uint32_t)n;
		addr += n;
		len -= n;
	}
	return 0;
}

static int emit_direct(struct any_dma_dev *dev, const struct dma_place *place, struct extents *x)
{
	struct any_dma_addr addr = place->addr;
	uint64_t run = place->run;
	int err = emit(x, addr.raw, run);

	for (uint64_t at = run; !err && at < place->len; at += run) {
		err = any_dma_translate(dev, any_phys(place->phys.raw + at), place->len - at,
					place->shared, &addr, &run);
		if (!err)
			err = emit(x, addr.raw, run);
	}
	return err;
}

static void give_slots(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (sg[i].map.flags & ANY_DMA_MAP_BOUNCED)
			bounce_give(dev, sg[i].map.slot, sg[i].map.class);
		sg[i].map.flags = 0;
	}
}

/* Every stage but the address of an IOMMU. On an error nothing is kept. */
static int place_all(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
		     enum any_dma_dir dir, struct extents *x)
{
	for (unsigned i = 0; i < n; i++) {
		struct dma_place place;
		int err = any_dma_place(dev, sg[i].buf, sg[i].len, dir, !dev->plat->iommu, &place);

		if (err) {
			give_slots(dev, sg, i);
			return err;
		}
		place.flags |= ANY_DMA_MAP_SG;
		dma_place_done(&place, sg[i].buf, sg[i].len, dir, &sg[i].map);
		if (dev->plat->iommu)
			continue;
		err = emit_direct(dev, &place, x);
		if (err) {
			give_slots(dev, sg, i + 1);
			return err;
		}
	}
	return 0;
}

static struct any_phys_addr phys_of(const struct any_dma_dev *dev,
				    const struct any_dma_mapping *map)
{
	struct dma_place place;

	any_dma_place_of(dev, map, &place);
	return place.phys;
}

/* Bytes of I/O virtual address space of the whole list. Mapped pieces: by their addresses. */
static uint64_t span_of(const struct any_dma_dev *dev, const struct any_dma_sg *sg, unsigned n)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct any_dma_mapping *map = &sg[i].map;
		uint64_t at =
			map->flags & ANY_DMA_MAP_IOMMU ? map->addr.raw : phys_of(dev, map).raw;

		total += any_dma_iommu_span(dev->plat->iommu, at, map->len);
	}
	return total;
}

static int enter_all(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
		     enum any_dma_dir dir, struct any_dma_addr base, struct extents *x,
		     uint64_t *entered)
{
	const struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_dma_addr at = base;

	for (unsigned i = 0; i < n; i++) {
		const struct any_phys_addr phys = phys_of(dev, &sg[i].map);
		int err =
			any_dma_iommu_enter(dev, at, phys, sg[i].map.len, any_dma_iommu_prot(dir));

		if (err)
			return err;
		sg[i].map.addr.raw = at.raw + (phys.raw & (iommu->granule - 1));
		sg[i].map.flags |= ANY_DMA_MAP_IOMMU;
		at.raw += any_dma_iommu_span(iommu, phys.raw, sg[i].map.len);
		*entered = at.raw - base.raw;
		err = emit(x, sg[i].map.addr.raw, sg[i].map.len);
		if (err)
			return err;
	}
	return 0;
}

/* One range for the list; neighbours that fill their granules are neighbours for the device. */
static int map_behind_iommu(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
			    enum any_dma_dir dir, struct extents *x)
{
	const uint64_t size = span_of(dev, sg, n);
	struct any_dma_iommu *iommu = dev->plat->iommu;
	struct any_dma_addr base;
	uint64_t entered = 0;
	int err = any_dma_iommu_take(dev, size, dev->reach_max, &base);

	if (err)
		return err;
	err = enter_all(dev, sg, n, dir, base, x, &entered);
	if (!err) {
		any_dma_iommu_ready(dev, base, size);
		return 0;
	}
	if (entered)
		iommu->ops->unmap(iommu->ctx, base, entered);
	any_dma_iommu_release(dev, base, size, true);
	return err;
}

static int map_now(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n, enum any_dma_dir dir,
		   struct extents *x)
{
	int err;

	if (!n)
		return -ANY_EINVAL;
	err = place_all(dev, sg, n, dir, x);
	if (err)
		return err;
	if (dev->plat->iommu) {
		err = map_behind_iommu(dev, sg, n, dir, x);
		if (err) {
			give_slots(dev, sg, n);
			return err;
		}
	}
	if (dev->stages & ANY_STAGE_CACHE)
		any_dma_cache_sync(dev);
	dev->stats.maps += n;
	return 0;
}

static bool is_piece(const struct any_dma_sg *sg)
{
	return (~sg->map.flags & (ANY_DMA_MAP_LIVE | ANY_DMA_MAP_SG)) == 0;
}

/* DA-04: the list as it was mapped, from its first piece to its last. */
static bool is_mapped(const struct any_dma_sg *sg, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!is_piece(&sg[i]))
			return false;
	return n > 0;
}

static void all_for_cpu(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	if (!(sg[0].map.dir & ANY_DMA_FROM_DEVICE))
		return;
	for (unsigned i = 0; i < n && (dev->stages & ANY_STAGE_CACHE); i++) {
		struct dma_place place;

		any_dma_place_of(dev, &sg[i].map, &place);
		any_dma_cache_inval(dev, &place, 0, sg[i].map.len);
	}
	if (dev->stages & ANY_STAGE_CACHE)
		any_dma_cache_sync(dev);
	for (unsigned i = 0; i < n; i++)
		if (sg[i].map.flags & ANY_DMA_MAP_BOUNCED)
			bounce_out(dev, &sg[i].map, 0, sg[i].map.len);
}

static void all_for_device(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct dma_place place;

		if (sg[i].map.flags & ANY_DMA_MAP_BOUNCED)
			bounce_in(dev, &sg[i].map, 0, sg[i].map.len);
		if (!(dev->stages & ANY_STAGE_CACHE))
			continue;
		any_dma_place_of(dev, &sg[i].map, &place);
		any_dma_cache_clean(dev, &place, 0, sg[i].map.len);
	}
	if (dev->stages & ANY_STAGE_CACHE)
		any_dma_cache_sync(dev);
}

static void unmap_now(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	dma_drain(dev, sg[0].map.dir & ANY_DMA_FROM_DEVICE);
	if (sg[0].map.flags & ANY_DMA_MAP_IOMMU) {
		const uint64_t mask = dev->plat->iommu->granule - 1;

		any_dma_iommu_unmap(dev, any_dma(sg[0].map.addr.raw & ~mask), span_of(dev, sg, n),
				    false);
	}
	all_for_cpu(dev, sg, n);
	give_slots(dev, sg, n);
	dev->stats.unmaps += n;
}

/* ---- the same, under observation ---- */

/* Inside the list's own event each piece announces itself; nobody can refuse a piece. */
static void tell_pieces(struct any_dma_dev *dev, const struct any_dma_sg *sg, unsigned n,
			enum any_dma_op op)
{
	for (unsigned i = 0; dev->watch && i < n; i++) {
		struct any_dma_event event = {.op = op,
					      .dev = dev,
					      .map = op == ANY_DMA_OP_MAP ? NULL : &sg[i].map,
					      .cpu = sg[i].map.cpu,
					      .len = sg[i].map.len,
					      .written = sg[i].map.len,
					      .dir = (enum any_dma_dir)sg[i].map.dir,
					      .piece = true};

		any_dma_watch_tell(&event);
		event.phase = ANY_DMA_END;
		event.map = &sg[i].map;
		any_dma_watch_tell(&event);
	}
}

int any_dma_map_sg(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n, enum any_dma_dir dir,
		   struct any_dma_extent *extent, unsigned max, unsigned *count)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_MAP_SG, .dev = dev, .sg = sg, .n = n, .dir = dir};
	struct extents x = {extent, 0, max, dev->max_segment, dev->boundary};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = map_now(dev, sg, n, dir, &x);
	if (!err) {
		*count = x.n;
		tell_pieces(dev, sg, n, ANY_DMA_OP_MAP);
	}
	any_dma_watch_end(&event, err);
	return err;
}

static int begin_list(struct any_dma_event *event)
{
	int err = any_dma_watch_begin(event);

	return err ? err : is_mapped(event->sg, event->n) ? 0 : -ANY_EINVAL;
}

void any_dma_unmap_sg(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_UNMAP_SG, .dev = dev, .sg = sg, .n = n};
	int err = begin_list(&event);

	if (!err) {
		tell_pieces(dev, sg, n, ANY_DMA_OP_UNMAP);
		unmap_now(dev, sg, n);
	}
	any_dma_watch_end(&event, err);
}

void any_dma_sync_sg_for_device(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_SYNC_SG_FOR_DEVICE, .dev = dev, .sg = sg, .n = n};
	int err = begin_list(&event);

	if (!err) {
		all_for_device(dev, sg, n);
		tell_pieces(dev, sg, n, ANY_DMA_OP_SYNC_FOR_DEVICE);
	}
	any_dma_watch_end(&event, err);
}

void any_dma_sync_sg_for_cpu(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_SYNC_SG_FOR_CPU, .dev = dev, .sg = sg, .n = n};
	int err = begin_list(&event);

	if (!err) {
		tell_pieces(dev, sg, n, ANY_DMA_OP_SYNC_FOR_CPU);
		dma_drain(dev, sg[0].map.dir & ANY_DMA_FROM_DEVICE);
		all_for_cpu(dev, sg, n);
	}
	any_dma_watch_end(&event, err);
}
