/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the block driver share. */
#ifndef ANYDMA_DRIVER_BLK_H
#define ANYDMA_DRIVER_BLK_H

#include <anydma/blk.h>

#define BLK_MIN_QUEUE 4u /* header, data, status, and a power of two */

struct any_blk_memory;
/* Where there is no coherent memory (blk_cached.c): rings and slots in the caller's. */
struct any_blk_cached {
	int (*make_ring)(struct any_blk_queue *q, uint16_t index, uint32_t size,
			 const struct any_blk_memory *memory);
	int (*make_wire)(struct any_blk_queue *q, const struct any_blk_memory *memory);
};
extern const struct any_blk_cached any_blk_cached;

/* One queue's: private memory, and memory for rings and slots where there is none that is
 * coherent. */
struct any_blk_memory {
	void *own;
	size_t own_bytes;
	uint32_t size;			     /* entries to aim for */
	const struct any_blk_cached *cached; /* NULL: there is */
	void *shared;
	size_t shared_bytes;
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

/* Up with one queue, and ready. */
ANY_MUST_CHECK int any_blk_init_with(struct any_blk *blk,
				     const struct any_virtio_transport *transport,
				     struct any_dma_dev *dma, const struct any_blk_memory *memory);

void any_blk_clear_slots(struct any_blk_queue *q); /* all free, the first one first */

/*
 * A slot: header and range, read by the device; behind them, on a line of its own, the status byte
 * it writes (DA-33). Never on a stack (VG-CN-05).
 */
static inline size_t blk_line(const struct any_dma_dev *dma)
{
	const size_t line = any_dma_cache_alignment(dma);

	return line < 16 ? 16 : line;
}

static inline size_t blk_status_at(const struct any_dma_dev *dma)
{
	const size_t line = blk_line(dma);

	return (sizeof(struct any_blk_header) + sizeof(struct any_blk_range) + line - 1) &
	       ~(line - 1);
}

#endif
