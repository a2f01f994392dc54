/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device in the machine: its registers, its space (the bus), its interrupt. The device
 * code itself is src/device/NAME.c, seen like the driver; this file only connects it. What is
 * behind it: model_blk.c, net/.
 */
#include <anydma/virtio/mmio.h>

#include "run.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

static int resolve(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		   struct any_space_span *span)
{
	struct lab_machine *m = ctx;
	uint64_t contiguous = 0;
	uint64_t phys = lab_bus_resolve(m, addr.raw, len, dir == ANY_DMA_FROM_DEVICE,
					lab_caller_pc(), &contiguous);

	span->cpu = lab_ptr(m, LAB_DRAM, phys);
	span->len = contiguous;
	return 0;
}

static const struct any_space_ops space_ops = {resolve};

/* What a driver asks once, and of the queue it selected. */
static uint32_t other_reg(struct lab_model *d, uint32_t offset)
{
	switch (offset) {
	case ANY_VIRTIO_MMIO_MAGIC:
		return ANY_VIRTIO_MMIO_MAGIC_VALUE;
	case ANY_VIRTIO_MMIO_VERSION:
		return 2;
	case ANY_VIRTIO_MMIO_DEVICE_ID:
		return d->virtio->device_id;
	case ANY_VIRTIO_MMIO_QUEUE_MAX:
		return any_virtio_device_queue_max(d->virtio, d->queue_sel);
	case ANY_VIRTIO_MMIO_QUEUE_READY:
		return any_virtio_device_queue_ready(d->virtio, d->queue_sel);
	default:
		return 0;
	}
}

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct lab_model *d = ctx;

	if (offset >= ANY_VIRTIO_MMIO_CONFIG)
		return any_virtio_device_config_read(d->virtio, offset - ANY_VIRTIO_MMIO_CONFIG,
						     bytes);
	switch (offset) {
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES:
		return d->features_sel > 1
			       ? 0
			       : (uint32_t)(d->virtio->offered >> (32 * d->features_sel));
	case ANY_VIRTIO_MMIO_STATUS:
		return d->virtio->status;
	case ANY_VIRTIO_MMIO_ISR:
		return d->virtio->isr;
	case ANY_VIRTIO_MMIO_GENERATION:
		return d->virtio->generation;
	default:
		return other_reg(d, offset);
	}
}

static void put_half(uint64_t *value, uint32_t half, uint64_t word)
{
	unsigned shift = half ? 32 : 0;

	*value = (*value & ~(0xffffffffull << shift)) | (word & 0xffffffffull) << shift;
}

static void tell_each(struct lab_machine *m, uint64_t bus, struct lab_words words,
		      struct lab_words *list, uint32_t *n)
{
	const struct lab_mapping *map = lab_mapping_by_bus(m, bus, words.size);

	if (!map || *n == ANY_ARRAY_SIZE(m->polled))
		return;
	words.base = map->phys + (bus - map->bus);
	list[(*n)++] = words;
}

static void tell(struct lab_machine *m, uint64_t bus, uint64_t len, struct lab_words *list,
		 uint32_t *n)
{
	tell_each(m, bus, (struct lab_words){0, len, len, 1, false}, list, n);
}

static void tell_wish(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	tell_each(m, bus, (struct lab_words){0, len, len, 1, true}, m->polled, &m->n_polled);
}

/* The flags of each descriptor announce it to either side; the device's wish is polled. */
static void tell_packed(struct lab_model *d)
{
	const struct lab_words flags = {0, 2, sizeof(struct any_packed_desc),
					d->queues[d->queue_sel].size, false};
	const uint64_t at =
		d->queues[d->queue_sel].parts[0] + offsetof(struct any_packed_desc, flags);
	struct lab_machine *m = d->machine;

	tell_each(m, at, flags, m->polled, &m->n_polled);
	tell_wish(m, d->queues[d->queue_sel].parts[2], sizeof(struct any_packed_event));
	tell_each(m, at, flags, m->announcing, &m->n_announcing);
}

/* used.flags, used.idx and avail_event are words a driver polls; avail.idx is the word that
 * announces everything else to the device. */
static void tell_words(struct lab_model *d)
{
	struct lab_machine *m = d->machine;

	tell_wish(m, d->queues[d->queue_sel].parts[2], 2);
	tell(m, d->queues[d->queue_sel].parts[2] + 2, 2, m->polled, &m->n_polled);
	tell_wish(m, d->queues[d->queue_sel].parts[2] + 4 + 8ull * d->queues[d->queue_sel].size, 2);
	tell(m, d->queues[d->queue_sel].parts[1] + 2, 2, m->announcing, &m->n_announcing);
}

static void queue_write(struct lab_model *d, uint32_t offset, uint64_t value)
{
	struct any_virtio_device *dev = d->virtio;

	if (offset == ANY_VIRTIO_MMIO_QUEUE_SEL)
		d->queue_sel = (uint32_t)value;
	else if (d->queue_sel >= LAB_MODEL_QUEUES)
		return;
	else if (offset >= ANY_VIRTIO_MMIO_QUEUE_DESC && offset < ANY_VIRTIO_MMIO_QUEUE_USED + 8)
		put_half(&d->queues[d->queue_sel].parts[(offset - ANY_VIRTIO_MMIO_QUEUE_DESC) >> 4],
			 offset & 4, value);
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_NUM)
		d->queues[d->queue_sel].size = (uint32_t)value;
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_RESET && value)
		any_virtio_device_queue_reset(dev, d->queue_sel);
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_READY && value) {
		if (dev->features & ANY_VIRTIO_F_RING_PACKED)
			tell_packed(d);
		else
			tell_words(d);
		d->refused = any_virtio_device_queue_setup(
			dev, d->queue_sel, d->queues[d->queue_sel].size,
			any_dma(d->queues[d->queue_sel].parts[0]),
			any_dma(d->queues[d->queue_sel].parts[1]),
			any_dma(d->queues[d->queue_sel].parts[2]));
	}
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct lab_model *d = ctx;
	struct any_virtio_device *dev = d->virtio;

	if (offset >= ANY_VIRTIO_MMIO_CONFIG) {
		any_virtio_device_config_write(dev, offset - ANY_VIRTIO_MMIO_CONFIG, bytes,
					       (uint32_t)value);
		return;
	}
	switch (offset) {
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		d->features_sel = (uint32_t)value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		d->driver_sel = (uint32_t)value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES:
		if (d->driver_sel < 2)
			put_half(&d->driver_features, d->driver_sel, value);
		any_virtio_device_set_features(dev, d->driver_features);
		break;
	case ANY_VIRTIO_MMIO_STATUS:
		if (!value)
			d->driver_features = 0;
		any_virtio_device_set_status(dev, (uint8_t)value);
		break;
	case ANY_VIRTIO_MMIO_ISR_ACK:
		any_virtio_device_isr_ack(dev, (uint32_t)value);
		break;
	default:
		queue_write(d, offset, value);
	}
}

static void on_kick(void *ctx, uint32_t value)
{
	struct lab_model *d = ctx;

	any_virtio_device_kick(d->virtio, value);
}

static void on_interrupt(void *ctx, uint32_t isr)
{
	(void)isr;
	lab_device_interrupt(ctx);
}

void lab_model_connect(struct lab_model *d, struct lab_machine *m, struct any_virtio_device *virtio,
		       bool (*step)(void *ctx))
{
	d->machine = m;
	d->virtio = virtio;
	virtio->interrupt = on_interrupt;
	virtio->interrupt_ctx = m;
	d->device = (struct lab_device){.read = reg_read,
					.write = reg_write,
					.kick = on_kick,
					.step = step,
					.ctx = d,
					.doorbell = ANY_VIRTIO_MMIO_NOTIFY};
	m->device = &d->device;
}

uint64_t lab_model_features(struct lab_model *d, struct lab_machine *m,
			    const struct any_lab_config *config)
{
	uint64_t features = config->access_platform && !config->bypass
				    ? ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM
				    : 0;

	memset(d, 0, sizeof(*d));
	any_space_init_ops(&d->space, &space_ops, m);
	m->hardware = features != 0;
	features |= config->packed ? ANY_VIRTIO_F_RING_PACKED : 0;
	features |= config->event_idx ? ANY_VIRTIO_F_EVENT_IDX : 0;
	return features;
}
