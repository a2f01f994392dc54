/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's queue: its memory, its size, and the way back. */
#include "queue.h"
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
	const uint64_t base = vq->cached ? vq->out.addr.raw : vq->mem.addr.raw;

	return t->ops->queue_setup(t->ctx, vq->index, vq->ring.size, any_dma(base + layout->desc),
				   any_dma(base + layout->avail),
				   vq->cached ? vq->in.addr : any_dma(base + layout->used));
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
		.in_order = any_virtio_has(vq->driver, ANY_VIRTIO_F_IN_ORDER),
	};
	int err;

	carve(vq, size, memory, &shadow);
	err = any_ring_driver_init(&vq->ring, &config, shadow);
	if (!err && vq->cached)
		err = vq->cached->map(vq, layout);
	if (err)
		return err;
	/* The cleared ring must be where the device looks before it is enabled. */
	any_dma_drain(vq->driver->dma, ANY_DMA_TO_DEVICE);
	err = setup(vq, layout);
	if (err && vq->cached)
		vq->cached->unmap(vq);
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
static int find_rings(struct any_virtqueue *vq, uint32_t *size,
		      const struct any_queue_memory *memory, struct any_vring_layout *layout)
{
	struct any_dma_dev *dma = vq->driver->dma;

	if (!memory->cached) {
		(is_packed(vq->driver) ? any_packed_layout : any_vring_layout)(
			*size, any_dma_cache_alignment(dma), layout);
		return any_dma_alloc_coherent(dma, layout->bytes, &vq->mem);
	}
	if (is_packed(vq->driver))
		return -ANY_ENOTSUP;
	vq->cached = memory->cached;
	return vq->cached->place(vq, size, memory->rings, memory->ring_bytes, layout);
}

int any_queue_init(struct any_virtqueue *vq, struct any_virtio_driver *driver, uint16_t index,
		   uint32_t size, const struct any_queue_memory *memory)
{
	const struct any_virtio_transport *t = driver->transport;
	const uint32_t max = t->ops->queue_max(t->ctx, index);
	struct any_vring_layout layout;
	int err;

	if ((uintptr_t)memory->own % 8)
		return -ANY_EINVAL;
	if (!max)
		return -ANY_ENOENT;
	size = choose_size(max, size, memory->own_bytes, is_packed(driver));
	if (!size)
		return -ANY_ENOSPC;
	*vq = (struct any_virtqueue){.driver = driver, .index = index};
	err = find_rings(vq, &size, memory, &layout);
	if (err)
		return err;
	err = build(vq, size, memory->own, &layout);
	if (err)
		forget_rings(vq);
	return err;
}

int any_virtqueue_init(struct any_virtqueue *vq, struct any_virtio_driver *driver, uint16_t index,
		       uint32_t size, void *memory, size_t bytes)
{
	return any_queue_init(vq, driver, index, size,
			      &(struct any_queue_memory){.own = memory, .own_bytes = bytes});
}

int any_virtqueue_fini(struct any_virtqueue *vq)
{
	if (!any_queue_let_go(vq))
		return -ANY_EBUSY;
	any_queue_unmap_given_up(vq);
	if (vq->ring.n_free != vq->ring.size)
		return -ANY_EBUSY;
	if (vq->cached)
		vq->cached->unmap(vq);
	if (vq->table_entries)
		any_dma_free_coherent(vq->driver->dma, &vq->tables);
	vq->table_entries = 0;
	forget_rings(vq);
	return 0;
}
