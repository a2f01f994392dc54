/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio entropy, the device. */
#include <anydma/rng.h>

static const struct any_virtio_device_ops rng_ops = {.features_ok = NULL};

int any_rng_device_init(struct any_rng_device *dev, size_t (*fill)(void *ctx, void *to, size_t len),
			void *ctx, struct any_space *space, struct any_ring_piece *pieces,
			struct any_packed_held *held, uint32_t queue_max, uint64_t features)
{
	int err;

	*dev = (struct any_rng_device){
		.queue = {.max = queue_max, .pieces = pieces, .held = held},
		.fill = fill,
		.ctx = ctx,
	};
	err = any_virtio_device_init(&dev->virtio, &rng_ops, dev, space, &dev->queue, 1, features);
	dev->virtio.device_id = ANY_VIRTIO_ID_RNG;
	return err;
}

/* Into the first bytes that lie together; a buffer need not be filled (VD-RN-01). False: the device
 * failed. */
static bool serve(struct any_rng_device *dev, const struct any_ring_chain *chain, uint32_t *written)
{
	struct any_virtio_cursor in = any_virtio_cursor_in(chain);
	struct any_space_span span;

	*written = 0;
	if (!chain->in_len) /* nothing to fill: a driver that asks so gets it back (VG-RN-01) */
		return true;
	if (any_virtio_device_next(&dev->virtio, &in, chain->in_len, &span)) {
		any_virtio_device_fail(&dev->virtio, "a buffer is not the driver's memory");
		return false;
	}
	*written = (uint32_t)dev->fill(dev->ctx, span.cpu, (size_t)span.len);
	return true;
}

uint32_t any_rng_device_process(struct any_rng_device *dev, uint32_t budget)
{
	struct any_ring_chain chain;
	uint32_t done = 0, written;

	while (done < budget && !any_virtio_device_take(&dev->virtio, 0, &chain)) {
		if (!serve(dev, &chain, &written))
			break;
		any_virtio_device_use(&dev->virtio, 0, chain.head, written);
		done++;
	}
	if (done)
		any_virtio_device_publish(&dev->virtio, 0);
	return done;
}
