/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over MMIO, version 2: only documented registers, each in its direction (VG-MM-01). */
#include <anydma/virtio/mmio.h>

#include "arch/width.h"

#define WINDOW	    4096u    /* a device's configuration is shorter than this */
#define RESET_POLLS 1000000u /* reads before a queue is given up */
#define GONE	    UINT32_MAX

static volatile void *reg(void *ctx, uint32_t offset)
{
	const struct any_virtio_mmio *mmio = ctx;

	return (volatile uint8_t *)mmio->regs + offset;
}

static uint32_t get(void *ctx, uint32_t offset)
{
	return any_mmio_read32(reg(ctx, offset));
}

static void put(void *ctx, uint32_t offset, uint32_t value)
{
	any_mmio_write32(reg(ctx, offset), value);
}

/* Which half comes first (VG-MM-05). */
static uint64_t get_features(void *ctx)
{
	uint64_t features;

	put(ctx, ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	features = get(ctx, ANY_VIRTIO_MMIO_DEVICE_FEATURES);
	put(ctx, ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	return features | (uint64_t)get(ctx, ANY_VIRTIO_MMIO_DEVICE_FEATURES) << 32;
}

static void set_features(void *ctx, uint64_t features)
{
	put(ctx, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	put(ctx, ANY_VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	put(ctx, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	put(ctx, ANY_VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
}

static uint8_t get_status(void *ctx)
{
	uint8_t status = (uint8_t)get(ctx, ANY_VIRTIO_MMIO_STATUS);

	any_mmio_rmb(); /* a reset device has let go of memory: nothing is read before that is known
			 */
	return status;
}

static void set_status(void *ctx, uint8_t status)
{
	/* Rings set up before DRIVER_OK must be in memory when the device starts to look. */
	any_mmio_wmb();
	put(ctx, ANY_VIRTIO_MMIO_STATUS, status);
}

/* Each field by its own width (VG-MM-02). */
static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	return any_mmio_read(reg(ctx, ANY_VIRTIO_MMIO_CONFIG + offset), width);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	any_mmio_write(reg(ctx, ANY_VIRTIO_MMIO_CONFIG + offset), width, value);
}

static uint32_t config_generation(void *ctx)
{
	return get(ctx, ANY_VIRTIO_MMIO_GENERATION);
}

/* A device that is gone reads as ones everywhere: it has no queues. */
static uint32_t queue_max(void *ctx, uint16_t queue)
{
	uint32_t max;

	put(ctx, ANY_VIRTIO_MMIO_QUEUE_SEL, queue);
	max = get(ctx, ANY_VIRTIO_MMIO_QUEUE_MAX);
	return max <= ANY_RING_MAX_SIZE ? max : 0;
}

static void put64(void *ctx, uint32_t offset, uint64_t value)
{
	put(ctx, offset, (uint32_t)value);
	put(ctx, offset + 4, (uint32_t)(value >> 32));
}

/* VG-MM-13's order; the registers of a live queue are left alone (VG-MM-07). */
static int queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
		       struct any_dma_addr avail, struct any_dma_addr used)
{
	put(ctx, ANY_VIRTIO_MMIO_QUEUE_SEL, queue);
	if (get(ctx, ANY_VIRTIO_MMIO_QUEUE_READY))
		return -ANY_EBUSY;
	if (size > get(ctx, ANY_VIRTIO_MMIO_QUEUE_MAX)) /* VG-MM-06 */
		return -ANY_EINVAL;
	put(ctx, ANY_VIRTIO_MMIO_QUEUE_NUM, size);
	put64(ctx, ANY_VIRTIO_MMIO_QUEUE_DESC, desc.raw);
	put64(ctx, ANY_VIRTIO_MMIO_QUEUE_AVAIL, avail.raw);
	put64(ctx, ANY_VIRTIO_MMIO_QUEUE_USED, used.raw);
	any_mmio_wmb(); /* zeroed rings before the device may look at them */
	put(ctx, ANY_VIRTIO_MMIO_QUEUE_READY, 1);
	return get(ctx, ANY_VIRTIO_MMIO_QUEUE_READY) ? 0 : -ANY_EINVAL;
}

/* Done when it reads 0 (VG-MM-10), and not if the device is gone: the queue's memory is its own. */
static int queue_reset(void *ctx, uint16_t queue)
{
	put(ctx, ANY_VIRTIO_MMIO_QUEUE_SEL, queue);
	put(ctx, ANY_VIRTIO_MMIO_QUEUE_RESET, 1);
	for (uint32_t i = 0; i < RESET_POLLS; i++) {
		const uint32_t busy = get(ctx, ANY_VIRTIO_MMIO_QUEUE_RESET);

		any_mmio_rmb(); /* as for status */
		if (!busy)
			return 0;
		if (busy == GONE)
			return -ANY_ENODEV;
		any_cpu_relax();
	}
	return -ANY_EBUSY;
}

static void kick(void *ctx, uint32_t notification)
{
	any_mmio_wmb(); /* A4.2, last row; the partner is the device's read of the ring after it */
	any_mmio_write32(reg(ctx, ANY_VIRTIO_MMIO_NOTIFY), notification);
}

/* What has no meaning is neither handled nor acknowledged (VG-MM-09). */
static uint32_t read_isr(void *ctx)
{
	const uint32_t isr =
		get(ctx, ANY_VIRTIO_MMIO_ISR) & (ANY_VIRTIO_ISR_QUEUE | ANY_VIRTIO_ISR_CONFIG);

	if (isr)
		put(ctx, ANY_VIRTIO_MMIO_ISR_ACK, isr);
	return isr;
}

static const struct any_virtio_transport_ops mmio_ops = {
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

int any_virtio_mmio_init(struct any_virtio_mmio *mmio, struct any_virtio_transport *transport,
			 volatile void *regs, uint64_t size)
{
	struct any_virtio_mmio here = {.regs = regs};
	uint32_t id;

	if (size < ANY_VIRTIO_MMIO_CONFIG)
		return -ANY_EINVAL;
	/* These three in this order, and after an id of 0 nothing else (VG-MM-11). */
	if (get(&here, ANY_VIRTIO_MMIO_MAGIC) != ANY_VIRTIO_MMIO_MAGIC_VALUE ||
	    get(&here, ANY_VIRTIO_MMIO_VERSION) != 2)
		return -ANY_ENODEV;
	id = get(&here, ANY_VIRTIO_MMIO_DEVICE_ID);
	if (!id)
		return -ANY_ENOENT;
	*mmio = here;
	*transport = (struct any_virtio_transport){
		.ops = &mmio_ops,
		.ctx = mmio,
		.device_id = id,
		.config_len = (uint32_t)(size < WINDOW ? size : WINDOW) - ANY_VIRTIO_MMIO_CONFIG,
		.features = ANY_VIRTIO_F_RING_RESET,
	};
	return 0;
}
