/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's queue: a ring whose buffers go through the DMA API. What was mapped is remembered in
 * private memory, descriptor by descriptor; ring memory is never asked (AP-11).
 */
#include "queue.h"
#include "queue_cached.h"

#include "base/bits.h"

void any_queue_unmap(struct any_virtqueue *vq, struct any_dma_mapping *map, size_t *written)
{
	size_t part = 0;

	if (map->dir == ANY_DMA_FROM_DEVICE)
		part = (size_t)any_min_u64(*written, map->len);
	*written -= part;
	if (map->flags & ANY_DMA_MAP_LIVE)
		any_dma_unmap_written(vq->driver->dma, map, part);
	map->flags = 0;
}

/* What is coherent is not mapped, but its length counts. */
int any_queue_map(struct any_virtqueue *vq, struct any_dma_mapping *map,
		  const struct any_virtqueue_buf *buf, enum any_dma_dir dir,
		  struct any_ring_buf *out)
{
	int err;

	if (buf->len > UINT32_MAX)
		return -ANY_E2BIG;
	if (!buf->len)
		return -ANY_EINVAL;
	out->len = (uint32_t)buf->len;
	if (buf->coherent) {
		map->len = out->len;
		map->dir = (uint8_t)dir;
		out->addr = buf->addr.raw;
		return 0;
	}
	err = any_dma_map(vq->driver->dma, buf->cpu, buf->len, dir, map);
	if (err)
		return err;
	out->addr = map->addr.raw;
	return 0;
}

static void unmap_first(struct any_virtqueue *vq, uint32_t n)
{
	size_t none = 0;

	while (n--)
		any_queue_unmap(vq, &vq->slots[any_ring_free_at(&vq->ring, n)].map, &none);
}

static int map_all(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		   uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		enum any_dma_dir dir = i < n_out ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE;
		int err = any_queue_map(vq, &vq->slots[any_ring_free_at(&vq->ring, i)].map, &buf[i],
					dir, &vq->bufs[i]);

		if (err) {
			unmap_first(vq, i);
			return err;
		}
	}
	return 0;
}

/* Each descriptor has a slot, and each slot a buffer's mapping. */
static int add_direct(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		      uint32_t n_in, uint16_t *head)
{
	int err = map_all(vq, buf, n_out, n_out + n_in);

	if (err)
		return err;
	if (ANY_UNLIKELY(vq->cached))
		err = vq->cached->make_avail(vq, n_out, n_in, head);
	else
		err = any_ring_make_avail(&vq->ring, vq->bufs, n_out, n_in, head);
	if (err)
		unmap_first(vq, n_out + n_in);
	return err;
}

static bool fits_table(const struct any_virtqueue *vq, uint64_t n)
{
	return n > 1 && n <= vq->table_entries;
}

int any_virtqueue_add(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		      uint32_t n_in, void *cookie)
{
	const uint64_t n = (uint64_t)n_out + n_in;
	const bool table = fits_table(vq, n);
	uint16_t head;
	int err;

	if (vq->ring.broken)
		return -ANY_EPROTO;
	if (n > vq->ring.size)
		return -ANY_E2BIG;
	if ((table ? 1 : n) > vq->ring.n_free)
		return -ANY_ENOMEM; /* before anything is mapped */
	if (ANY_UNLIKELY(table))
		err = vq->via->add(vq, buf, n_out, n_in, &head);
	else
		err = add_direct(vq, buf, n_out, n_in, &head);
	if (err)
		return err;
	vq->slots[head].cookie = cookie;
	return 0;
}

/* VG-FB-16 */
static uint32_t notification(const struct any_virtqueue *vq)
{
	if (!any_virtio_has(vq->driver, ANY_VIRTIO_F_NOTIFICATION_DATA))
		return vq->index;
	return (uint32_t)any_ring_next_avail(&vq->ring) << 16 | vq->index;
}

bool any_virtqueue_kick(struct any_virtqueue *vq)
{
	const struct any_virtio_transport *t = vq->driver->transport;

	if (!(vq->driver->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false; /* VG-ST-07: what was added waits for the first kick after ready */
	if (ANY_UNLIKELY(vq->cached) ? !vq->cached->publish(vq)
				     : !any_ring_publish_avail(&vq->ring))
		return false;
	/* The last mile out, kick or no kick: a device that polls must find the index too. */
	any_dma_drain(vq->driver->dma, ANY_DMA_TO_DEVICE);
	if (ANY_LIKELY(!vq->cached) && !any_ring_kick_needed(&vq->ring))
		return false;
	t->ops->kick(t->ctx, notification(vq));
	return true;
}

/* Splits `written` over the in-buffers in chain order and unmaps each. */
void any_queue_unmap_chain(struct any_virtqueue *vq, const struct any_ring_done *done)
{
	size_t left = done->written;
	uint16_t id = done->id;

	if (ANY_UNLIKELY(any_queue_has_table(vq, id))) {
		vq->via->unmap(vq, id, left);
		return;
	}
	for (uint32_t i = 0; i < done->count; i++) {
		any_queue_unmap(vq, &vq->slots[id].map, &left);
		id = any_ring_next(&vq->ring, id);
	}
}

static int take(struct any_virtqueue *vq, struct any_ring_done *done)
{
	/* The last mile in: what the device wrote before it signalled, the index among it, must be
	 * in memory before the index is believed. Once a burst. */
	if (vq->ring.used_idx == vq->ring.used_seen)
		any_dma_drain(vq->driver->dma, ANY_DMA_FROM_DEVICE);
	return ANY_UNLIKELY(vq->cached) ? vq->cached->take(vq, done)
					: any_ring_take_used(&vq->ring, done);
}

/* With EVENT_IDX a call answers one request for it: that is made anew where the burst ends. */
static bool ask_again(struct any_virtqueue *vq)
{
	return vq->ring.event_idx && !vq->mute && vq->asked != vq->taken &&
	       any_virtqueue_enable_call(vq);
}

int any_virtqueue_take(struct any_virtqueue *vq, void **cookie, uint32_t *written)
{
	struct any_ring_done done;
	int err = take(vq, &done);

	if (err == -ANY_EAGAIN && ANY_UNLIKELY(ask_again(vq)))
		err = take(vq, &done);
	if (err)
		return err;
	vq->taken++;
	any_queue_unmap_chain(vq, &done);
	*cookie = vq->slots[done.id].cookie;
	*written = done.written;
	return 0;
}

void any_virtqueue_disable_call(struct any_virtqueue *vq)
{
	vq->mute = true;
	if (ANY_UNLIKELY(vq->cached))
		vq->cached->wish(vq, any_ring_disable_call);
	else
		any_ring_disable_call(&vq->ring);
}

bool any_virtqueue_enable_call(struct any_virtqueue *vq)
{
	vq->mute = false;
	vq->asked = vq->taken;
	if (ANY_UNLIKELY(vq->cached))
		vq->cached->wish(vq, any_ring_enable_call);
	else
		any_ring_enable_call(&vq->ring);
	any_dma_drain(vq->driver->dma, ANY_DMA_TO_DEVICE);
	any_dma_drain(vq->driver->dma, ANY_DMA_FROM_DEVICE);
	return ANY_UNLIKELY(vq->cached) ? vq->cached->more(vq) : any_ring_more_used(&vq->ring);
}

int any_virtqueue_reset(struct any_virtqueue *vq)
{
	const struct any_virtio_transport *t = vq->driver->transport;
	int err;

	if (!any_virtio_has(vq->driver, ANY_VIRTIO_F_RING_RESET))
		return -ANY_ENOTSUP;
	err = t->ops->queue_reset(t->ctx, vq->index);
	if (err)
		return err; /* it may still hold the buffers (VG-FB-19) */
	vq->stopped = true;
	vq->ring.broken = true; /* nothing more goes in until init (VG-FB-20) */
	return 0;
}
