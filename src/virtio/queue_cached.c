/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings on a machine without coherent memory (M16, hazard 11: PCX-S and PCX-T cannot map a page
 * uncached): ordinary memory, mapped, and lent back and forth in pieces.
 *
 *	driver to device	lend, store descriptors and entry, sync; store the index, sync
 *	device to driver	sync the index, load it; sync the entry, load it
 *
 * The device may look at any time, so what it has been shown must be complete without the next
 * step: entries are in memory before the index is stored, and an entry is invalidated after the
 * index that announces it was loaded. Partner of both: the device's own order of stores and loads.
 * A line has one writer: used begins on a line of its own (any_vring_layout).
 */
#include "queue.h"
#include "queue_cached.h"

#include "base/bits.h"
#include "base/mem.h"

#define IDX	2u /* in avail and used: behind the flags */
#define IDX_LEN sizeof(uint16_t)
#define RING	4u

static uint64_t unit_of(const struct any_dma_dev *dma)
{
	return any_max_u64(any_dma_cache_alignment(dma), 16); /* descriptors': 16 (VG-SR-01) */
}

size_t any_virtqueue_ring_bytes(const struct any_dma_dev *dma, uint32_t size)
{
	struct any_vring_layout layout;

	any_vring_layout(size, (size_t)unit_of(dma), &layout);
	return layout.bytes + (size_t)unit_of(dma) - 1; /* to begin on a line */
}

static int place(struct any_virtqueue *vq, uint32_t *size, void *rings, size_t ring_bytes,
		 struct any_vring_layout *layout)
{
	const struct any_dma_dev *dma = vq->driver->dma;
	const uint64_t unit = unit_of(dma);
	char *base = (char *)rings + (-(uintptr_t)rings & (uintptr_t)(unit - 1));

	while (*size && any_virtqueue_ring_bytes(dma, *size) > ring_bytes)
		*size /= 2;
	if (!*size)
		return -ANY_ENOSPC;
	any_vring_layout(*size, (size_t)unit, layout);
	memset(base, 0, layout->bytes);
	vq->mem = (struct any_dma_coherent){.cpu = base, .size = layout->bytes};
	return 0;
}

static int map(struct any_virtqueue *vq, const struct any_vring_layout *layout)
{
	struct any_dma_dev *dma = vq->driver->dma;
	char *base = vq->mem.cpu;
	int err = any_dma_map(dma, base, layout->used, ANY_DMA_TO_DEVICE, &vq->out);

	if (err)
		return err;
	err = any_dma_map(dma, base + layout->used, layout->bytes - layout->used,
			  ANY_DMA_FROM_DEVICE, &vq->in);
	if (err)
		any_dma_unmap(dma, &vq->out);
	return err;
}

static void unmap(struct any_virtqueue *vq)
{
	any_dma_unmap(vq->driver->dma, &vq->in);
	any_dma_unmap(vq->driver->dma, &vq->out);
}

static size_t offset_of(const struct any_virtqueue *vq, const void *at)
{
	return (size_t)((const char *)at - (const char *)vq->out.cpu);
}

/* The driver is about to store into what the device reads. */
static void lend_out(struct any_virtqueue *vq)
{
	any_dma_sync_for_cpu(vq->driver->dma, &vq->out, 0, vq->out.len);
}

static void show(struct any_virtqueue *vq, const void *at, size_t len)
{
	any_dma_sync_for_device(vq->driver->dma, &vq->out, offset_of(vq, at), len);
}

static int make_avail(struct any_virtqueue *vq, uint32_t n_out, uint32_t n_in, uint16_t *head)
{
	const struct any_ring_driver *ring = &vq->ring;
	uint16_t id;
	int err;

	lend_out(vq);
	err = any_ring_make_avail(&vq->ring, vq->bufs, n_out, n_in, head);
	if (err)
		return err;
	id = *head;
	for (uint32_t i = 0; i < n_out + n_in; i++, id = any_ring_next(ring, id))
		show(vq, &ring->parts.desc[id], sizeof(ring->parts.desc[id]));
	show(vq, &ring->parts.avail->ring[(ring->made - 1) & (ring->size - 1)], sizeof(uint16_t));
	return 0;
}

static bool publish(struct any_virtqueue *vq)
{
	bool any;

	lend_out(vq);
	any = any_ring_publish_avail(&vq->ring);
	show(vq, &vq->ring.parts.avail->idx, IDX_LEN);
	vq->ring.kicked = (uint16_t)vq->ring.published;
	return any;
}

static void wish(struct any_virtqueue *vq, void (*say)(struct any_ring_driver *ring))
{
	const struct any_vring_avail *avail = vq->ring.parts.avail;

	lend_out(vq);
	say(&vq->ring);
	show(vq, &avail->flags, sizeof(avail->flags));
	show(vq, &avail->ring[vq->ring.size], sizeof(uint16_t)); /* used_event */
}

/* Has the device published more? 0, or as any_ring_see_used. */
static int see_used(struct any_virtqueue *vq)
{
	struct any_dma_dev *dma = vq->driver->dma;
	int err;

	any_dma_sync_for_cpu(dma, &vq->in, IDX, IDX_LEN);
	err = any_ring_see_split(&vq->ring);
	any_dma_sync_for_device(dma, &vq->in, IDX, IDX_LEN);
	return err;
}

static int take(struct any_virtqueue *vq, struct any_ring_done *done)
{
	struct any_dma_dev *dma = vq->driver->dma;
	size_t at;
	int err = 0;

	if (vq->ring.used_idx == vq->ring.used_seen)
		err = see_used(vq);
	if (err)
		return err;
	at = RING + sizeof(struct any_vring_used_elem) * (vq->ring.used_idx & (vq->ring.size - 1));
	any_dma_sync_for_cpu(dma, &vq->in, at, sizeof(struct any_vring_used_elem));
	err = any_ring_take_used(&vq->ring, done);
	any_dma_sync_for_device(dma, &vq->in, at, sizeof(struct any_vring_used_elem));
	return err;
}

static bool more(struct any_virtqueue *vq)
{
	bool any;

	any_dma_sync_for_cpu(vq->driver->dma, &vq->in, IDX, IDX_LEN);
	any = any_ring_more_used(&vq->ring);
	any_dma_sync_for_device(vq->driver->dma, &vq->in, IDX, IDX_LEN);
	return any;
}

static const struct any_virtqueue_cached cached = {
	.place = place,
	.map = map,
	.unmap = unmap,
	.make_avail = make_avail,
	.publish = publish,
	.take = take,
	.wish = wish,
	.more = more,
};

int any_virtqueue_init_cached(struct any_virtqueue *vq, struct any_virtio_driver *driver,
			      uint16_t index, uint32_t size, void *memory, size_t bytes,
			      void *rings, size_t ring_bytes)
{
	const struct any_queue_memory all = {memory, bytes, &cached, rings, ring_bytes};

	return rings ? any_queue_init(vq, driver, index, size, &all) : -ANY_EINVAL;
}
