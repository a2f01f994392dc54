/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that fail, vanish, or do not answer a reset: what they had is theirs until somebody knows
 * that they have let go, and the requests are told of all the same.
 */
#include "lost.h"
#include "queue.h"

const char any_virtio_gone[] = "the device is gone: it reads as ones";

int any_virtio_check(struct any_virtio_driver *driver)
{
	const struct any_virtio_transport *t = driver->transport;
	const uint8_t now = driver->removed ? ANY_VIRTIO_STATUS_GONE : t->ops->get_status(t->ctx);

	if (now == ANY_VIRTIO_STATUS_GONE) {
		driver->why = any_virtio_gone;
		return -ANY_ENODEV;
	}
	if (now & ANY_VIRTIO_STATUS_NEEDS_RESET) {
		driver->why = "the device asks for a reset";
		return -ANY_EPROTO;
	}
	if (driver->status & ~now & ANY_VIRTIO_STATUS_DRIVER_OK) {
		driver->why = "the device has been reset";
		return -ANY_EPROTO;
	}
	return 0;
}

void any_virtio_removed(struct any_virtio_driver *driver)
{
	driver->removed = true;
	driver->status = 0;
	driver->resuming = false;
}

/* ---- requests -------------------------------------------------------------------------------- */

void any_queue_unmap_given_up(struct any_virtqueue *vq)
{
	struct any_ring_done done;

	for (uint32_t id = 0; id < vq->given_up; id++) {
		vq->ring.detach = (uint16_t)id;
		if (vq->ring.shadow[id].count && !any_ring_detach(&vq->ring, &done))
			any_queue_unmap_chain(vq, &done);
	}
	vq->given_up = 0;
}

/* Told of, and nothing else: the chain stays out and mapped (VG-ST-15). */
static int give_up(struct any_virtqueue *vq, void **cookie)
{
	any_ring_driver_break(&vq->ring);
	while (vq->given_up < vq->ring.size) {
		const uint32_t id = vq->given_up++;

		if (vq->ring.shadow[id].count) {
			*cookie = vq->slots[id].cookie;
			return -ANY_ENODEV;
		}
	}
	return -ANY_EAGAIN;
}

int any_virtqueue_detach(struct any_virtqueue *vq, void **cookie)
{
	struct any_ring_done done;
	int err;

	if (!any_queue_let_go(vq))
		return vq->driver->lost ? give_up(vq, cookie) : -ANY_EBUSY;
	any_queue_unmap_given_up(vq);
	err = any_ring_detach(&vq->ring, &done);
	if (err)
		return err;
	any_queue_unmap_chain(vq, &done);
	*cookie = vq->slots[done.id].cookie;
	return 0;
}
