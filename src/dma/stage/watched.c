/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs under observation. Without an observer nothing here is called; without a call of
 * any_dma_watch_add nothing here is linked. */
#include "dma/pipeline.h"

/* The newest is told first. One that refuses ends the round; all who were told are told the end. */
int any_dma_watch_begin(struct any_dma_event *event)
{
	int err = 0;

	event->phase = ANY_DMA_BEGIN;
	for (struct any_dma_watch *w = event->dev->watch; w && !err; w = w->next) {
		err = w->event(w, event);
		event->refused = err ? w : NULL;
	}
	return err;
}

void any_dma_watch_end(struct any_dma_event *event, int err)
{
	const struct any_dma_watch *last = event->refused;

	event->phase = ANY_DMA_END;
	event->err = err;
	for (struct any_dma_watch *w = event->dev->watch; w; w = w->next) {
		/* What an observer answers at the end changes nothing. */
		(void)w->event(w, event);
		if (w == last)
			return;
	}
}

void any_dma_watch_tell(const struct any_dma_event *event)
{
	for (struct any_dma_watch *w = event->dev->watch; w; w = w->next)
		(void)w->event(w, event);
}

static struct any_dma_event event_of(enum any_dma_op op, struct any_dma_dev *dev,
				     const struct any_dma_mapping *map)
{
	return (struct any_dma_event){.op = op,
				      .dev = dev,
				      .map = map,
				      .cpu = map->cpu,
				      .len = map->len,
				      .dir = (enum any_dma_dir)map->dir};
}

static int map_watched(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		       struct any_dma_mapping *map)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_MAP, .dev = dev, .cpu = buf, .len = len, .dir = dir};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = any_dma_map_now(dev, buf, len, dir, map);
	event.map = map;
	any_dma_watch_end(&event, err);
	return err;
}

static void unmap_watched(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written)
{
	struct any_dma_event event = event_of(ANY_DMA_OP_UNMAP, dev, map);
	int err;

	event.written = written;
	err = any_dma_watch_begin(&event);
	if (!err)
		err = any_dma_unmap_now(dev, map, written);
	any_dma_watch_end(&event, err);
}

static void sync_watched(struct any_dma_dev *dev, enum any_dma_op op,
			 const struct any_dma_mapping *map, size_t offset, size_t len)
{
	struct any_dma_event event = event_of(op, dev, map);
	int err;

	event.offset = offset;
	event.len = len;
	err = any_dma_watch_begin(&event);
	if (!err)
		err = any_dma_sync_now(dev, op, map, offset, len);
	any_dma_watch_end(&event, err);
}

static int alloc_watched(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem)
{
	struct any_dma_event event = {
		.op = ANY_DMA_OP_ALLOC_COHERENT, .dev = dev, .len = size, .dir = ANY_DMA_BOTH};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = any_dma_alloc_coherent_now(dev, size, mem);
	event.mem = mem;
	any_dma_watch_end(&event, err);
	return err;
}

static int free_watched(struct any_dma_dev *dev, struct any_dma_coherent *mem)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_FREE_COHERENT,
				      .dev = dev,
				      .mem = mem,
				      .cpu = mem->cpu,
				      .len = mem->size};
	int err = any_dma_watch_begin(&event);

	if (!err)
		err = any_dma_free_coherent_now(dev, mem);
	any_dma_watch_end(&event, err);
	return err;
}

static void drain_watched(struct any_dma_dev *dev, enum any_dma_dir dir)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_DRAIN, .dev = dev, .dir = dir};
	int err = any_dma_watch_begin(&event);

	if (!err)
		dma_drain(dev, (unsigned)dir);
	any_dma_watch_end(&event, err);
}

/* A device that goes, goes. */
static void detach_watched(struct any_dma_dev *dev)
{
	struct any_dma_event event = {.op = ANY_DMA_OP_DETACH, .dev = dev};

	(void)any_dma_watch_begin(&event);
	dma_iommu_flush(dev);
	any_dma_watch_end(&event, 0);
}

static uint32_t drains(const struct any_dma_dev *dev)
{
	for (const struct any_dma_watch *w = dev->watch; w; w = w->next)
		if (!w->no_drains)
			return ANY_DMA_BOTH;
	return dev->plat->facts.drains;
}

static const struct any_watch_stage stage = {
	.drains = drains,
	.map = map_watched,
	.unmap = unmap_watched,
	.sync = sync_watched,
	.alloc_coherent = alloc_watched,
	.free_coherent = free_watched,
	.drain = drain_watched,
	.detach = detach_watched,
};

void any_dma_watch_add(struct any_dma_dev *dev, struct any_dma_watch *watch)
{
	watch->stage = &stage;
	watch->next = dev->watch;
	dev->watch = watch;
	any_dma_refresh(dev); /* no fast window while somebody looks */
}

void any_dma_watch_remove(struct any_dma_dev *dev, struct any_dma_watch *watch)
{
	for (struct any_dma_watch **at = &dev->watch; *at; at = &(*at)->next) {
		if (*at != watch)
			continue;
		*at = watch->next;
		break;
	}
	any_dma_refresh(dev);
}
