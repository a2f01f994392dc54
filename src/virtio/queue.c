/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's queue: a ring whose buffers go through the DMA API. What was mapped is remembered in
 * private memory, descriptor by descriptor; ring memory is never asked (AP-11).
 */
#include "queue_cached.h"

#include "base/bits.h"

static bool is_packed(const struct any_virtio_driver *driver)
{
	return any_virtio_has(driver, ANY_VIRTIO_F_RING_PACKED);
}

/* Largest that everybody allows, in a split ring a power of two; 0: none. */
static uint32_t choose_size(uint32_t device_max, uint32_t size, size_t bytes, bool packed)
{
	uint64_t most = any_min_u64(any_min_u64(device_max, size), ANY_RING_MAX_SIZE);

	most = any_min_u64(most, bytes / ANY_VIRTQUEUE_BYTES(1));
	if (packed)
		return (uint32_t)most; /* VG-PR-02 */
	return most ? 1u << any_log2(most) : 0;
}

static void carve(struct any_virtqueue *vq, uint32_t size, void *memory,
		  struct any_ring_shadow **shadow)
{
	vq->slots = memory;
	*shadow = (void *)(vq->slots + size);
	vq->bufs = (void *)(*shadow + size);
	for (uint32_t i = 0; i < size; i++)
		vq->slots[i] = (struct any_virtqueue_slot){.cookie = NULL};
}

static int setup(struct any_virtqueue *vq, const struct any_vring_layout *layout)
{
	const struct any_virtio_transport *t = vq->driver->transport;
	const uint64_t base = vq->mem.addr.raw;

	if (vq->cached)
		return t->ops->queue_setup(t->ctx, vq->index, vq->ring.size, vq->out.addr,
					   any_dma(vq->out.addr.raw + layout->avail), vq->in.addr);
	return t->ops->queue_setup(t->ctx, vq->index, vq->ring.size, any_dma(base + layout->desc),
				   any_dma(base + layout->avail), any_dma(base + layout->used));
}

static int build(struct any_virtqueue *vq, uint32_t size, void *memory,
		 const struct any_vring_layout *layout)
{
	struct any_ring_shadow *shadow;
	struct any_ring_config config = {
		.parts = any_vring_at(vq->mem.cpu, layout),
		.size = size,
		.order_platform = any_virtio_has(vq->driver, ANY_VIRTIO_F_ORDER_PLATFORM),
		.event_idx = any_virtio_has(vq->driver, ANY_VIRTIO_F_EVENT_IDX),
		.packed = is_packed(vq->driver),
	};
	int err;

	carve(vq, size, memory, &shadow);
	err = any_ring_driver_init(&vq->ring, &config, shadow);
	if (!err && vq->cached)
		err = any_queue_cached_map(vq, layout);
	if (err)
		return err;
	/* The cleared ring must be where the device looks before it is enabled. */
	any_dma_drain(vq->driver->dma, ANY_DMA_TO_DEVICE);
	err = setup(vq, layout);
	if (err && vq->cached)
		any_queue_cached_unmap(vq);
	return err;
}

static void forget_rings(struct any_virtqueue *vq)
{
	if (!vq->cached)
		any_dma_free_coherent(vq->driver->dma, &vq->mem);
	vq->mem = (struct any_dma_coherent){.cpu = NULL};
}

/* Ring memory: coherent, never streaming (DA-56), or the caller's where there is none; no line has
 * two writers. */
static int find_rings(struct any_virtqueue *vq, uint32_t *size, void *rings, size_t ring_bytes,
		      struct any_vring_layout *layout)
{
	struct any_dma_dev *dma = vq->driver->dma;

	if (!rings) {
		(is_packed(vq->driver) ? any_packed_layout : any_vring_layout)(
			*size, any_dma_cache_alignment(dma), layout);
		return any_dma_alloc_coherent(dma, layout->bytes, &vq->mem);
	}
	if (is_packed(vq->driver))
		return -ANY_ENOTSUP;
	vq->cached = true;
	return any_queue_cached_place(vq, size, rings, ring_bytes, layout);
}

static int init(struct any_virtqueue *vq, struct any_virtio_driver *driver, uint16_t index,
		uint32_t size, void *memory, size_t bytes, void *rings, size_t ring_bytes)
{
	const struct any_virtio_transport *t = driver->transport;
	const uint32_t max = t->ops->queue_max(t->ctx, index);
	struct any_vring_layout layout;
	int err;

	if ((uintptr_t)memory % 8)
		return -ANY_EINVAL;
	if (!max)
		return -ANY_ENOENT;
	size = choose_size(max, size, bytes, is_packed(driver));
	if (!size)
		return -ANY_ENOSPC;
	*vq = (struct any_virtqueue){.driver = driver, .index = index};
	err = find_rings(vq, &size, rings, ring_bytes, &layout);
	if (err)
		return err;
	err = build(vq, size, memory, &layout);
	if (err)
		forget_rings(vq);
	return err;
}

int any_virtqueue_init(struct any_virtqueue *vq, struct any_virtio_driver *driver, uint16_t index,
		       uint32_t size, void *memory, size_t bytes)
{
	return init(vq, driver, index, size, memory, bytes, NULL, 0);
}

int any_virtqueue_init_cached(struct any_virtqueue *vq, struct any_virtio_driver *driver,
			      uint16_t index, uint32_t size, void *memory, size_t bytes,
			      void *rings, size_t ring_bytes)
{
	return rings ? init(vq, driver, index, size, memory, bytes, rings, ring_bytes)
		     : -ANY_EINVAL;
}

/* The device can no longer reach buffers of this queue (VG-ST-15). */
static bool let_go(const struct any_virtqueue *vq)
{
	return vq->driver->status == 0 || vq->stopped;
}

int any_virtqueue_fini(struct any_virtqueue *vq)
{
	if (!let_go(vq) || vq->ring.n_free != vq->ring.size)
		return -ANY_EBUSY;
	if (vq->cached)
		any_queue_cached_unmap(vq);
	forget_rings(vq);
	return 0;
}

static void unmap_slot(struct any_virtqueue *vq, uint16_t id, size_t written)
{
	struct any_virtqueue_slot *slot = &vq->slots[id];

	if (slot->map.flags & ANY_DMA_MAP_LIVE)
		any_dma_unmap_written(vq->driver->dma, &slot->map, written);
	slot->map.flags = 0;
}

/* Maps one buffer into the slot of the descriptor that will carry it. */
static int map_slot(struct any_virtqueue *vq, uint16_t id, const struct any_virtqueue_buf *buf,
		    enum any_dma_dir dir, struct any_ring_buf *out)
{
	struct any_virtqueue_slot *slot = &vq->slots[id];
	int err;

	if (buf->len > UINT32_MAX)
		return -ANY_E2BIG;
	out->len = (uint32_t)buf->len;
	if (buf->coherent) {
		slot->map.len = out->len;
		slot->map.dir = (uint8_t)dir;
		out->addr = buf->addr.raw;
		return 0;
	}
	err = any_dma_map(vq->driver->dma, buf->cpu, buf->len, dir, &slot->map);
	if (err)
		return err;
	out->addr = slot->map.addr.raw;
	return 0;
}

static void unmap_first(struct any_virtqueue *vq, uint32_t n)
{
	while (n--)
		unmap_slot(vq, any_ring_free_at(&vq->ring, n), 0);
}

static int map_all(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		   uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		enum any_dma_dir dir = i < n_out ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE;
		int err = map_slot(vq, any_ring_free_at(&vq->ring, i), &buf[i], dir, &vq->bufs[i]);

		if (err) {
			unmap_first(vq, i);
			return err;
		}
	}
	return 0;
}

int any_virtqueue_add(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		      uint32_t n_in, void *cookie)
{
	const uint64_t n = (uint64_t)n_out + n_in;
	uint16_t head;
	int err;

	if (vq->ring.broken)
		return -ANY_EPROTO;
	if (n > vq->ring.size)
		return -ANY_E2BIG;
	if (n > vq->ring.n_free)
		return -ANY_ENOMEM; /* before anything is mapped */
	err = map_all(vq, buf, n_out, (uint32_t)n);
	if (err)
		return err;
	if (ANY_UNLIKELY(vq->cached))
		err = any_queue_cached_make_avail(vq, n_out, n_in, &head);
	else
		err = any_ring_make_avail(&vq->ring, vq->bufs, n_out, n_in, &head);
	if (err) {
		unmap_first(vq, (uint32_t)n);
		return err;
	}
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
	if (ANY_UNLIKELY(vq->cached) ? !any_queue_cached_publish(vq)
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
static void unmap_chain(struct any_virtqueue *vq, const struct any_ring_done *done)
{
	size_t left = done->written;
	uint16_t id = done->id;

	for (uint32_t i = 0; i < done->count; i++) {
		const struct any_dma_mapping *map = &vq->slots[id].map;
		size_t part = 0;

		if (map->dir == ANY_DMA_FROM_DEVICE)
			part = (size_t)any_min_u64(left, map->len);
		left -= part;
		unmap_slot(vq, id, part);
		id = any_ring_next(&vq->ring, id);
	}
}

static int take(struct any_virtqueue *vq, struct any_ring_done *done)
{
	/* The last mile in: what the device wrote before it signalled, the index among it, must be
	 * in memory before the index is believed. Once a burst. */
	if (vq->ring.used_idx == vq->ring.used_seen)
		any_dma_drain(vq->driver->dma, ANY_DMA_FROM_DEVICE);
	return ANY_UNLIKELY(vq->cached) ? any_queue_cached_take(vq, done)
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
	unmap_chain(vq, &done);
	*cookie = vq->slots[done.id].cookie;
	*written = done.written;
	return 0;
}

void any_virtqueue_disable_call(struct any_virtqueue *vq)
{
	vq->mute = true;
	if (ANY_UNLIKELY(vq->cached))
		any_queue_cached_wish(vq, any_ring_disable_call);
	else
		any_ring_disable_call(&vq->ring);
}

bool any_virtqueue_enable_call(struct any_virtqueue *vq)
{
	vq->mute = false;
	vq->asked = vq->taken;
	if (ANY_UNLIKELY(vq->cached))
		any_queue_cached_wish(vq, any_ring_enable_call);
	else
		any_ring_enable_call(&vq->ring);
	any_dma_drain(vq->driver->dma, ANY_DMA_TO_DEVICE);
	any_dma_drain(vq->driver->dma, ANY_DMA_FROM_DEVICE);
	return ANY_UNLIKELY(vq->cached) ? any_queue_cached_more(vq) : any_ring_more_used(&vq->ring);
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

int any_virtqueue_detach(struct any_virtqueue *vq, void **cookie)
{
	struct any_ring_done done;
	int err;

	if (!let_go(vq))
		return -ANY_EBUSY;
	err = any_ring_detach(&vq->ring, &done);
	if (err)
		return err;
	unmap_chain(vq, &done);
	*cookie = vq->slots[done.id].cookie;
	return 0;
}
