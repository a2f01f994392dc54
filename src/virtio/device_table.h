/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_VIRTIO_DEVICE_TABLE_H
#define ANYDMA_VIRTIO_DEVICE_TABLE_H

#include <anydma/virtio_device.h>

/* The rest of a chain (ANY_RING_TABLE). EPROTO: it makes no sense, or lies elsewhere. */
ANY_MUST_CHECK int any_virtio_read_table(struct any_virtio_device *dev,
					 struct any_ring_device *ring,
					 struct any_ring_chain *chain);

#endif
