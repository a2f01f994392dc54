/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: a queue, and where headers and status bytes lie. */
#include "blk.h"

#include "base/bits.h"

#define MIN_QUEUE 4u /* header, data, status, and a power of two */

/*
 * A slot: header and range, read by the device; behind them, on a line of its own, the status byte
 * it writes (DA-33). Never on a stack (VG-CN-05).
 */
static uint64_t line_of(const struct any_dma_dev *dma)
{
	return any_max_u64(any_dma_cache_alignment(dma), 16);
}

static uint32_t status_offset(const struct any_dma_dev *dma)
{
	return (uint32_t)any_align_up(sizeof(struct any_blk_header) + sizeof(struct any_blk_range),
				      line_of(dma));
}

size_t any_blk_shared_bytes(const struct any_dma_dev *dma, uint32_t size)
{
	const size_t stride = status_offset(dma) + (size_t)line_of(dma);

	return any_virtqueue_ring_bytes(dma, size) + (size_t)line_of(dma) - 1 + size / 3 * stride;
}

/* Whole slots behind the rings, from a line's start on. */
static int carve_wire(struct any_blk_queue *q, const struct any_blk_memory *memory)
{
	const uint64_t line = line_of(q->blk->virtio.dma);
	const uintptr_t from = (uintptr_t)q->vq.mem.cpu + q->vq.mem.size;
	char *base = (char *)q->vq.mem.cpu + q->vq.mem.size + (-from & (uintptr_t)(line - 1));
	const size_t used = (size_t)(base - (char *)memory->shared);

	if (used > memory->shared_bytes || (memory->shared_bytes - used) / q->stride < q->depth)
		return -ANY_ENOSPC;
	q->wire = (struct any_dma_coherent){.cpu = base, .size = (size_t)q->stride * q->depth};
	return 0;
}

void any_blk_clear_slots(struct any_blk_queue *q)
{
	for (uint32_t i = 0; i < q->depth; i++)
		q->slots[i] = (struct any_blk_slot){.next = (uint16_t)(i + 1)};
	q->free_slot = 0;
}

static int make_slots(struct any_blk_queue *q, void *slots, const struct any_blk_memory *memory)
{
	struct any_dma_dev *dma = q->blk->virtio.dma;
	int err;

	q->status_at = status_offset(dma);
	q->stride = q->status_at + (uint32_t)line_of(dma);
	q->depth = q->vq.ring.size / 3;
	q->slots = slots;
	if (memory->shared)
		err = carve_wire(q, memory);
	else
		err = any_dma_alloc_coherent(dma, (size_t)q->stride * q->depth, &q->wire);
	if (err)
		return err;
	any_blk_clear_slots(q);
	return 0;
}

static int make_ring(struct any_blk_queue *q, uint16_t index, uint32_t size,
		     const struct any_blk_memory *m)
{
	struct any_virtio_driver *v = &q->blk->virtio;

	if (m->shared) /* not more entries than there is room for slots of */
		while (size && any_blk_shared_bytes(v->dma, size) > m->shared_bytes)
			size /= 2;
	if (size < MIN_QUEUE)
		return -ANY_ENOSPC;
	if (m->shared)
		return any_virtqueue_init_cached(&q->vq, v, index, size, m->own,
						 ANY_VIRTQUEUE_BYTES(size), m->shared,
						 m->shared_bytes);
	return any_virtqueue_init(&q->vq, v, index, size, m->own, ANY_VIRTQUEUE_BYTES(size));
}

int any_blk_make_queue(struct any_blk_queue *q, struct any_blk *blk, uint16_t index,
		       const struct any_blk_memory *memory)
{
	uint64_t most = any_min_u64(memory->size, memory->own_bytes / ANY_BLK_BYTES(1));
	int err;

	q->blk = blk;
	if (most < MIN_QUEUE)
		return -ANY_ENOSPC;
	most = any_min_u64(1ull << any_log2(most), ANY_RING_MAX_SIZE);
	err = make_ring(q, index, (uint32_t)most, memory);
	if (err)
		return err;
	if (q->vq.ring.size < MIN_QUEUE)
		return -ANY_ENODEV;
	return make_slots(q, (char *)memory->own + ANY_VIRTQUEUE_BYTES(most), memory);
}

size_t any_blk_queue_max_bytes(const struct any_blk_queue *q)
{
	const struct any_blk_limits *l = &q->blk->limits;
	const uint64_t segments = any_min_u64(l->seg_max, q->vq.ring.size - 2);
	/* a buffer that starts in the middle of a line gives up the rest of one segment */
	const uint64_t bytes =
		segments * l->size_max - (any_dma_cache_alignment(q->blk->virtio.dma) - 1);

	return (size_t)any_align_down(any_min_u64(bytes, 1u << 30), ANY_BLK_SECTOR);
}
