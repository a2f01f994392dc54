/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's queue: a ring whose parts and buffers are found through a space. */
#include "device_table.h"

#include "base/bits.h"
#include "base/mem.h"

/* ---- finding the ring ------------------------------------------------------------------------ */

static int find_part(struct any_virtio_device *dev, struct any_dma_addr addr, size_t bytes,
		     enum any_dma_dir dir, unsigned align, void **part)
{
	struct any_space_span span;
	int err = any_space_resolve_whole(dev->space, addr, bytes, dir, &span);

	if (err)
		return err;
	if ((uintptr_t)span.cpu % align)
		return -ANY_EFAULT;
	*part = span.cpu;
	return 0;
}

/* A packed ring is read and written; only its event structures have one writer each. */
static int find_packed(struct any_virtio_device *dev, const struct any_virtio_device_queue *q,
		       struct any_vring *parts)
{
	const size_t bytes = sizeof(struct any_packed_desc) * (size_t)q->size;
	const size_t event = sizeof(struct any_packed_event);
	void *read, *desc, *avail, *used;
	int err = find_part(dev, q->desc, bytes, ANY_DMA_TO_DEVICE, 16, &read);

	if (!err)
		err = find_part(dev, q->desc, bytes, ANY_DMA_FROM_DEVICE, 16, &desc);
	if (!err && read != desc)
		err = -ANY_EFAULT;
	if (!err)
		err = find_part(dev, q->avail, event, ANY_DMA_TO_DEVICE, 4, &avail);
	if (!err)
		err = find_part(dev, q->used, event, ANY_DMA_FROM_DEVICE, 4, &used);
	if (err)
		return err;
	*parts = (struct any_vring){.desc = desc, .avail = avail, .used = used};
	return 0;
}

static int find_parts(struct any_virtio_device *dev, const struct any_virtio_device_queue *q,
		      struct any_vring *parts)
{
	void *desc, *avail, *used;
	int err = find_part(dev, q->desc, any_vring_desc_bytes(q->size), ANY_DMA_TO_DEVICE, 16,
			    &desc);

	if (!err)
		err = find_part(dev, q->avail, any_vring_avail_bytes(q->size), ANY_DMA_TO_DEVICE, 2,
				&avail);
	if (!err)
		err = find_part(dev, q->used, any_vring_used_bytes(q->size), ANY_DMA_FROM_DEVICE, 4,
				&used);
	if (err)
		return err;
	*parts = (struct any_vring){.desc = desc, .avail = avail, .used = used};
	return 0;
}

/* Again after every invalidation: no pointer outlives the epoch it was found in (D11). */
static ANY_NOINLINE bool find_ring(struct any_virtio_device *dev, struct any_virtio_device_queue *q)
{
	const uint32_t epoch = dev->space->epoch;
	struct any_vring parts;

	q->found = false;
	if (q->ring.packed ? find_packed(dev, q, &parts) : find_parts(dev, q, &parts)) {
		any_virtio_device_fail(dev, "a ring lies outside the device's memory");
		return false;
	}
	any_ring_device_move(&q->ring, &parts);
	q->epoch = epoch;
	q->found = true;
	return true;
}

/* The queue, if the device may touch it now (VD-ST-01, VD-ST-05). */
static struct any_virtio_device_queue *usable(struct any_virtio_device *dev, uint32_t queue)
{
	struct any_virtio_device_queue *q;

	if (queue >= dev->n_queues || !(dev->status & ANY_VIRTIO_STATUS_DRIVER_OK) ||
	    (dev->status & (ANY_VIRTIO_STATUS_NEEDS_RESET | ANY_VIRTIO_STATUS_FAILED)))
		return NULL;
	q = &dev->queues[queue];
	if (!q->ready)
		return NULL;
	if (ANY_UNLIKELY(!q->found || q->epoch != dev->space->epoch) && !find_ring(dev, q))
		return NULL;
	return q;
}

/* ---- chains ---------------------------------------------------------------------------------- */

static bool ask(struct any_virtio_device_queue *q)
{
	q->mute = false;
	q->asked = q->taken;
	any_ring_enable_kick(&q->ring);
	return any_ring_more_avail(&q->ring);
}

/* With EVENT_IDX a kick answers one request for it: that is made anew where the burst ends. */
static bool ask_again(struct any_virtio_device_queue *q)
{
	return q->ring.event_idx && !q->mute && q->asked != q->taken && ask(q);
}

int any_virtio_device_take(struct any_virtio_device *dev, uint32_t queue,
			   struct any_ring_chain *chain)
{
	struct any_virtio_device_queue *q = usable(dev, queue);
	int err;

	if (!q)
		return dev->status & ANY_VIRTIO_STATUS_NEEDS_RESET ? -ANY_EPROTO : -ANY_EAGAIN;
	if (ANY_UNLIKELY(dev->suspending)) /* VD-ST-12 */
		return -ANY_EAGAIN;
	chain->piece = q->pieces;
	chain->max = q->max;
	err = any_ring_take_avail(&q->ring, chain);
	if (err == -ANY_EAGAIN && ask_again(q))
		err = any_ring_take_avail(&q->ring, chain);
	if (ANY_UNLIKELY(err == ANY_RING_TABLE))
		err = any_virtio_read_table(dev, &q->ring, chain);
	if (err == -ANY_EPROTO)
		any_virtio_device_fail(dev, "the driver broke the ring");
	q->taken += !err;
	return err;
}

void any_virtio_device_use(struct any_virtio_device *dev, uint32_t queue, uint16_t head,
			   uint32_t written)
{
	struct any_virtio_device_queue *q = usable(dev, queue);

	if (q)
		any_ring_make_used(&q->ring, head, written);
}

static void publish(struct any_virtio_device *dev, uint32_t queue)
{
	struct any_virtio_device_queue *q = usable(dev, queue);

	if (!q || !any_ring_publish_used(&q->ring) || !any_ring_call_needed(&q->ring))
		return;
	dev->isr |= ANY_VIRTIO_ISR_QUEUE;
	dev->cause = ANY_VIRTIO_ISR_QUEUE;
	dev->calling = (uint16_t)queue;
	if (dev->interrupt)
		dev->interrupt(dev->interrupt_ctx, dev->isr);
}

void any_virtio_device_publish(struct any_virtio_device *dev, uint32_t queue)
{
	publish(dev, queue);
	if (ANY_UNLIKELY(dev->suspending))
		any_virtio_device_drained(dev);
}

void any_virtio_device_disable_kick(struct any_virtio_device *dev, uint32_t queue)
{
	struct any_virtio_device_queue *q = usable(dev, queue);

	if (!q)
		return;
	q->mute = true;
	any_ring_disable_kick(&q->ring);
}

bool any_virtio_device_enable_kick(struct any_virtio_device *dev, uint32_t queue)
{
	struct any_virtio_device_queue *q = usable(dev, queue);

	return q && ask(q);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

struct any_virtio_cursor any_virtio_cursor_out(const struct any_ring_chain *chain)
{
	return (struct any_virtio_cursor){
		.piece = chain->piece,
		.end = chain->piece + chain->n_out,
		.dir = ANY_DMA_TO_DEVICE,
	};
}

struct any_virtio_cursor any_virtio_cursor_in(const struct any_ring_chain *chain)
{
	return (struct any_virtio_cursor){
		.piece = chain->piece + chain->n_out,
		.end = chain->piece + chain->n_out + chain->n_in,
		.dir = ANY_DMA_FROM_DEVICE,
	};
}

int any_virtio_device_next(struct any_virtio_device *dev, struct any_virtio_cursor *cursor,
			   uint64_t max, struct any_space_span *span)
{
	const struct any_ring_piece *piece = cursor->piece;
	uint32_t left;
	int err;

	if (piece == cursor->end || !max)
		return -ANY_EAGAIN;
	left = piece->len - cursor->skip;
	err = any_space_resolve(dev->space, any_dma(piece->addr + cursor->skip),
				any_min_u64(left, max), cursor->dir, span);
	if (err)
		return -ANY_EFAULT;
	if (span->len < left) {
		cursor->skip += (uint32_t)span->len;
	} else {
		cursor->piece++;
		cursor->skip = 0;
	}
	return 0;
}

static int short_is_fault(int err)
{
	return err == -ANY_EAGAIN ? -ANY_EFAULT : err;
}

int any_virtio_device_load(struct any_virtio_device *dev, struct any_virtio_cursor *cursor,
			   void *to, size_t len)
{
	struct any_space_span span;
	char *at = to;

	while (len) {
		int err = any_virtio_device_next(dev, cursor, len, &span);

		if (err)
			return short_is_fault(err);
		memcpy(at, span.cpu, (size_t)span.len);
		at += span.len;
		len -= (size_t)span.len;
	}
	return 0;
}

int any_virtio_device_store(struct any_virtio_device *dev, struct any_virtio_cursor *cursor,
			    const void *from, size_t len)
{
	struct any_space_span span;
	const char *at = from;

	while (len) {
		int err = any_virtio_device_next(dev, cursor, len, &span);

		if (err)
			return short_is_fault(err);
		memcpy(span.cpu, at, (size_t)span.len);
		at += span.len;
		len -= (size_t)span.len;
	}
	return 0;
}
