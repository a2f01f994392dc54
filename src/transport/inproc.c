/* SPDX-License-Identifier: BSD-2-Clause */
/* A transport that is a function call: driver and device in one process, no registers in between.
 */
#include <anydma/virtio_device.h>

static uint64_t get_features(void *ctx)
{
	const struct any_virtio_device *dev = ctx;

	return dev->offered;
}

static void set_features(void *ctx, uint64_t features)
{
	any_virtio_device_set_features(ctx, features);
}

static uint8_t get_status(void *ctx)
{
	const struct any_virtio_device *dev = ctx;

	return dev->status;
}

static void set_status(void *ctx, uint8_t status)
{
	any_virtio_device_set_status(ctx, status);
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	return any_virtio_device_config_read(ctx, offset, width);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	any_virtio_device_config_write(ctx, offset, width, value);
}

static uint32_t config_generation(void *ctx)
{
	const struct any_virtio_device *dev = ctx;

	return dev->generation;
}

static uint32_t queue_max(void *ctx, uint16_t queue)
{
	return any_virtio_device_queue_max(ctx, queue);
}

static int queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
		       struct any_dma_addr avail, struct any_dma_addr used)
{
	return any_virtio_device_queue_setup(ctx, queue, size, desc, avail, used);
}

static int queue_reset(void *ctx, uint16_t queue)
{
	any_virtio_device_queue_reset(ctx, queue);
	return 0;
}

static void kick(void *ctx, uint32_t notification)
{
	any_virtio_device_kick(ctx, notification);
}

static uint32_t read_isr(void *ctx)
{
	struct any_virtio_device *dev = ctx;
	const uint32_t isr = dev->isr;

	any_virtio_device_isr_ack(dev, isr);
	return isr;
}

static const struct any_virtio_transport_ops inproc_ops = {
	.get_features = get_features,
	.set_features = set_features,
	.get_status = get_status,
	.set_status = set_status,
	.config_read = config_read,
	.config_write = config_write,
	.config_generation = config_generation,
	.queue_max = queue_max,
	.queue_setup = queue_setup,
	.queue_reset = queue_reset,
	.kick = kick,
	.read_isr = read_isr,
};

void any_virtio_inproc_init(struct any_virtio_transport *transport, struct any_virtio_device *dev)
{
	*transport = (struct any_virtio_transport){
		.ops = &inproc_ops,
		.ctx = dev,
		.device_id = dev->device_id,
		.config_len = dev->config_len,
		.features = ANY_VIRTIO_F_RING_RESET,
	};
}
