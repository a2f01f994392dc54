/* SPDX-License-Identifier: BSD-2-Clause */
/* What a queue does otherwise where its rings are streaming memory; linked by who has such. */
#ifndef ANYDMA_VIRTIO_QUEUE_CACHED_H
#define ANYDMA_VIRTIO_QUEUE_CACHED_H

#include <anydma/virtio.h>

struct any_virtqueue_cached {
	/* Where in `rings` the ring of at most *size entries lies; ENOSPC: no room for one. */
	int (*place)(struct any_virtqueue *vq, uint32_t *size, void *rings, size_t ring_bytes,
		     struct any_vring_layout *layout);
	/* The cleared rings to the device, and back. */
	int (*map)(struct any_virtqueue *vq, const struct any_vring_layout *layout);
	void (*unmap)(struct any_virtqueue *vq);
	int (*make_avail)(struct any_virtqueue *vq, uint32_t n_out, uint32_t n_in, uint16_t *head);
	bool (*publish)(struct any_virtqueue *vq);
	int (*take)(struct any_virtqueue *vq, struct any_ring_done *done);
	/* A word of the driver's that asks for calls, or for none. */
	void (*wish)(struct any_virtqueue *vq, void (*wish)(struct any_ring_driver *ring));
	bool (*more)(struct any_virtqueue *vq);
};

#endif
