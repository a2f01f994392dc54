/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: a table for each request. Who does without does not link this. */
#include "blk.h"

int any_blk_use_tables(struct any_blk_queue *q, uint32_t entries, void *memory, size_t bytes)
{
	struct any_dma_dev *dma = q->blk->virtio.dma;
	const uint32_t depth = q->vq.ring.size;
	struct any_dma_coherent wire;
	int err;

	if (entries < 3 || q->vq.ring.made)
		return -ANY_EINVAL;
	if (q->vq.cached)
		return -ANY_ENOTSUP;
	err = any_dma_alloc_coherent(dma, (size_t)q->stride * depth, &wire);
	if (err)
		return err;
	/* The old memory goes: what was written to registers must have arrived, and a read says so.
	 */
	err = any_virtio_check(&q->blk->virtio);
	if (!err)
		err = any_virtqueue_use_tables(&q->vq, entries, memory, bytes);
	any_dma_free_coherent(dma, err ? &wire : &q->wire);
	if (err)
		return err;
	q->wire = wire;
	q->depth = depth;
	any_blk_clear_slots(q);
	return 0;
}
