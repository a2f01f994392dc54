/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the block driver share. */
#ifndef ANYDMA_DRIVER_BLK_H
#define ANYDMA_DRIVER_BLK_H

#include <anydma/blk.h>

/* One queue's: private memory, and memory for rings and slots where there is none that is coherent
 * (NULL: there is). */
struct any_blk_memory {
	void *own;
	size_t own_bytes;
	void *shared;
	size_t shared_bytes;
	uint32_t size; /* entries to aim for */
};

/* Up to the first queue, with `more` features wanted. An error leaves nothing. */
ANY_MUST_CHECK int any_blk_begin(struct any_blk *blk, const struct any_virtio_transport *transport,
				 struct any_dma_dev *dma, uint64_t more,
				 const struct any_blk_memory *memory);
/* Resets, gives all queues back and sets FAILED; blk->virtio.why says what was wrong. */
void any_blk_undo(struct any_blk *blk);
/* Of a cleared queue. An error leaves what any_blk_undo takes away. */
ANY_MUST_CHECK int any_blk_make_queue(struct any_blk_queue *q, struct any_blk *blk, uint16_t index,
				      const struct any_blk_memory *memory);

void any_blk_clear_slots(struct any_blk_queue *q); /* all free, the first one first */

#endif
