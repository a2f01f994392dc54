/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists. The stages are those of one buffer (map.c), done for all pieces with one drain, one cache
 * sync and one IOTLB invalidation, since waiting is what costs. What goes through an IOMMU is one
 * range of I/O virtual addresses; what does not, and crosses a bank border, becomes several
 * extents.
 */
#include "extents.h"

int any_dma_emit_direct(struct any_dma_dev *dev, const struct dma_place *place, struct extents *x)
{
	struct dma_place rest = *place;
	int err = emit(x, rest.addr.raw, rest.run);

	while (!err && rest.run < rest.len) {
		rest.phys.raw += rest.run;
		rest.len -= (size_t)rest.run;
		err = any_dma_translate_place(dev, &rest);
		if (!err)
			err = emit(x, rest.addr.raw, rest.run);
	}
	return err;
}

static void give_slots(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (sg[i].map.flags & ANY_DMA_MAP_BOUNCED)
			dma_bounce(dev)->give(dev, sg[i].map.slot, sg[i].map.size_class);
		sg[i].map.flags = 0;
	}
}

/* Every stage but the address of an IOMMU. On an error nothing is kept. Extents are in list order:
 * where some pieces are translated, none is emitted yet. */
static int place_all(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
		     enum any_dma_dir dir, struct extents *x)
{
	for (unsigned i = 0; i < n; i++) {
		struct dma_place place;
		int err = any_dma_place(dev, sg[i].buf, sg[i].len, dir, true, &place);

		if (err) {
			give_slots(dev, sg, i);
			return err;
		}
		place.flags |= ANY_DMA_MAP_SG;
		dma_place_done(&place, sg[i].buf, sg[i].len, dir, &sg[i].map);
		if (dev->plat->iommu)
			continue;
		err = any_dma_emit_direct(dev, &place, x);
		if (err) {
			give_slots(dev, sg, i + 1);
			return err;
		}
	}
	return 0;
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
		err = dma_iommu(dev)->map_list(dev, sg, n, x);
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
			dma_bounce(dev)->copy_out(dev, &sg[i].map, 0, sg[i].map.len);
}

static void all_for_device(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct dma_place place;

		if (sg[i].map.flags & ANY_DMA_MAP_BOUNCED)
			dma_bounce(dev)->copy_in(dev, &sg[i].map, 0, sg[i].map.len);
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
	if (dev->plat->iommu)
		dma_iommu(dev)->unmap_list(dev, sg, n);
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
