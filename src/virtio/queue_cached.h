/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a queue that differ where its rings are streaming memory. */
#ifndef ANYDMA_VIRTIO_QUEUE_CACHED_H
#define ANYDMA_VIRTIO_QUEUE_CACHED_H

#include <anydma/virtio.h>

/* Where in `rings` the ring of at most *size entries lies; ENOSPC: there is no room for one. */
int any_queue_cached_place(struct any_virtqueue *vq, uint32_t *size, void *rings, size_t ring_bytes,
			   struct any_vring_layout *layout);
/* The cleared rings to the device, and back. */
int any_queue_cached_map(struct any_virtqueue *vq, const struct any_vring_layout *layout);
void any_queue_cached_unmap(struct any_virtqueue *vq);

int any_queue_cached_make_avail(struct any_virtqueue *vq, uint32_t n_out, uint32_t n_in,
				uint16_t *head);
bool any_queue_cached_publish(struct any_virtqueue *vq);
int any_queue_cached_take(struct any_virtqueue *vq, struct any_ring_done *done);
/* A word of the driver's that asks for calls, or for none. */
void any_queue_cached_wish(struct any_virtqueue *vq, void (*wish)(struct any_ring_driver *ring));
bool any_queue_cached_more(struct any_virtqueue *vq);

#endif
