/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio entropy, the driver: one queue of device-writable buffers (VG-RN-01). */
#include <anydma/rng.h>

#define REQUESTS 0u

static int begin(struct any_rng *rng, const struct any_virtio_transport *transport,
		 struct any_dma_dev *dma)
{
	int err;

	*rng = (struct any_rng){.virtio = {.transport = transport}};
	err = any_virtio_begin(&rng->virtio, transport, dma, 0, 0);
	if (err)
		return err;
	if (transport->device_id == ANY_VIRTIO_ID_RNG)
		return 0;
	any_virtio_fail(&rng->virtio, "the device is not an entropy device");
	return -ANY_ENODEV;
}

static int ready(struct any_rng *rng, int err)
{
	if (err)
		any_virtio_fail(&rng->virtio, "no memory for the queue");
	else
		any_virtio_ready(&rng->virtio);
	return err;
}

int any_rng_init(struct any_rng *rng, const struct any_virtio_transport *transport,
		 struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes)
{
	const int err = begin(rng, transport, dma);

	return err ? err
		   : ready(rng, any_virtqueue_init(&rng->vq, &rng->virtio, REQUESTS, size, memory,
						   bytes));
}

int any_rng_init_cached(struct any_rng *rng, const struct any_virtio_transport *transport,
			struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes,
			void *rings, size_t ring_bytes)
{
	const int err = begin(rng, transport, dma);

	return err ? err
		   : ready(rng, any_virtqueue_init_cached(&rng->vq, &rng->virtio, REQUESTS, size,
							  memory, bytes, rings, ring_bytes));
}

int any_rng_ask(struct any_rng *rng, void *buf, size_t len, void *cookie)
{
	const struct any_virtqueue_buf piece = {.cpu = buf, .len = len};

	return any_virtqueue_add(&rng->vq, &piece, 0, 1, cookie);
}

void any_rng_kick(struct any_rng *rng)
{
	any_virtqueue_kick(&rng->vq);
}

int any_rng_poll(struct any_rng *rng, void **cookie, uint32_t *len)
{
	int err = any_virtqueue_take(&rng->vq, cookie, len);

	return err ? err : *len ? 0 : -ANY_EIO;
}

int any_rng_stop(struct any_rng *rng)
{
	return any_virtio_reset(&rng->virtio);
}

int any_rng_abort(struct any_rng *rng, void **cookie)
{
	return any_virtqueue_detach(&rng->vq, cookie);
}

int any_rng_fini(struct any_rng *rng)
{
	return rng->vq.mem.size ? any_virtqueue_fini(&rng->vq) : 0; /* it may never have come up */
}
