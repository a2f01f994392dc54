/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio block, the driver, where there is no coherent memory: rings and slots in memory of the
 * caller's that is mapped as it changes hands. Who has coherent memory does not link this.
 */
#include "blk.h"

size_t any_blk_shared_bytes(const struct any_dma_dev *dma, uint32_t size)
{
	const size_t stride = blk_status_at(dma) + blk_line(dma);

	return any_virtqueue_ring_bytes(dma, size) + blk_line(dma) - 1 + size / 3 * stride;
}

/* Not more entries than there is room for slots of. */
static int make_ring(struct any_blk_queue *q, uint16_t index, uint32_t size,
		     const struct any_blk_memory *m)
{
	struct any_virtio_driver *v = &q->blk->virtio;

	while (size && any_blk_shared_bytes(v->dma, size) > m->shared_bytes)
		size /= 2;
	if (size < BLK_MIN_QUEUE)
		return -ANY_ENOSPC;
	return any_virtqueue_init_cached(&q->vq, v, index, size, m->own, ANY_VIRTQUEUE_BYTES(size),
					 m->shared, m->shared_bytes);
}

/* Whole slots behind the rings, from a line's start on. */
static int make_wire(struct any_blk_queue *q, const struct any_blk_memory *memory)
{
	const size_t line = blk_line(q->blk->virtio.dma);
	const uintptr_t from = (uintptr_t)q->vq.mem.cpu + q->vq.mem.size;
	char *base = (char *)q->vq.mem.cpu + q->vq.mem.size + (-from & (line - 1));
	const size_t used = (size_t)(base - (char *)memory->shared);

	if (used > memory->shared_bytes || (memory->shared_bytes - used) / q->stride < q->depth)
		return -ANY_ENOSPC;
	q->wire = (struct any_dma_coherent){.cpu = base, .size = (size_t)q->stride * q->depth};
	return 0;
}

const struct any_blk_cached any_blk_cached = {.make_ring = make_ring, .make_wire = make_wire};

int any_blk_init_cached(struct any_blk *blk, const struct any_virtio_transport *transport,
			struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes,
			void *shared, size_t shared_bytes)
{
	const struct any_blk_memory m = {memory,	  bytes,  size,
					 &any_blk_cached, shared, shared_bytes};

	return any_blk_init_with(blk, transport, dma, &m);
}
