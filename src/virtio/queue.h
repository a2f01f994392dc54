/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the driver's queue share. */
#ifndef ANYDMA_VIRTIO_QUEUE_H
#define ANYDMA_VIRTIO_QUEUE_H

#include <anydma/virtio.h>

/* The device can no longer reach buffers of this queue (VG-ST-15). */
static inline bool any_queue_let_go(const struct any_virtqueue *vq)
{
	return vq->driver->status == 0 || vq->stopped;
}

/* queue_init.c: where a queue's memory comes from. */
struct any_queue_memory {
	void *own;
	size_t own_bytes;
	const struct any_virtqueue_cached *cached; /* NULL: rings in coherent memory */
	void *rings;
	size_t ring_bytes;
};
ANY_MUST_CHECK int any_queue_init(struct any_virtqueue *vq, struct any_virtio_driver *driver,
				  uint16_t index, uint32_t size,
				  const struct any_queue_memory *memory);

/* queue.c: one buffer. Of what was written, its part is taken off. */
ANY_MUST_CHECK int any_queue_map(struct any_virtqueue *vq, struct any_dma_mapping *map,
				 const struct any_virtqueue_buf *buf, enum any_dma_dir dir,
				 struct any_ring_buf *out);
void any_queue_unmap(struct any_virtqueue *vq, struct any_dma_mapping *map, size_t *written);

/* queue.c: all buffers of a chain that came back. */
void any_queue_unmap_chain(struct any_virtqueue *vq, const struct any_ring_done *done);

/* lost.c: the device has let go, at last, of requests that were given up before. */
void any_queue_unmap_given_up(struct any_virtqueue *vq);

/* Through a table (queue_table.c). */
struct any_virtqueue_via {
	/* A request of no more buffers than a table has entries; a descriptor is free. */
	int (*add)(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
		   uint32_t n_in, uint16_t *head);
	void (*unmap)(struct any_virtqueue *vq, uint16_t id, size_t written);
};

/* Does the chain that begins at `id` go through its table? */
static inline bool any_queue_has_table(const struct any_virtqueue *vq, uint16_t id)
{
	return vq->table_entries && vq->table_maps[(size_t)id * vq->table_entries].len;
}

#endif
