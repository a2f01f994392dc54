/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: a queue, and where headers and status bytes lie. */
#include "blk.h"

#include "base/bits.h"

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

	q->status_at = (uint32_t)blk_status_at(dma);
	q->stride = (uint32_t)(blk_status_at(dma) + blk_line(dma));
	q->depth = q->vq.ring.size / 3;
	q->slots = slots;
	err = memory->cached ? memory->cached->make_wire(q, memory)
			     : any_dma_alloc_coherent(dma, (size_t)q->stride * q->depth, &q->wire);
	if (!err)
		any_blk_clear_slots(q);
	return err;
}

int any_blk_make_queue(struct any_blk_queue *q, struct any_blk *blk, uint16_t index,
		       const struct any_blk_memory *memory)
{
	uint32_t most = ANY_RING_MAX_SIZE;
	int err;

	q->blk = blk;
	while (most > memory->size || ANY_BLK_BYTES(most) > memory->own_bytes)
		most /= 2;
	if (most < BLK_MIN_QUEUE)
		return -ANY_ENOSPC;
	err = memory->cached ? memory->cached->make_ring(q, index, most, memory)
			     : any_virtqueue_init(&q->vq, &blk->virtio, index, most, memory->own,
						  ANY_VIRTQUEUE_BYTES(most));
	if (err)
		return err;
	if (q->vq.ring.size < BLK_MIN_QUEUE)
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
