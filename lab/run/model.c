/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device in the machine: its registers, its space (the bus), its interrupt. The device
 * code itself is src/device/NAME.c, seen like the driver; this file only connects it. What is
 * behind it: model_blk.c, net/.
 */

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

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct lab_model *d = ctx;

	return any_virtio_mmio_device_read(&d->mmio, offset, bytes);
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
static void tell_packed(struct lab_machine *m, const struct any_virtio_queue_registers *q)
{
	const struct lab_words flags = {0, 2, sizeof(struct any_packed_desc), q->size, false};
	const uint64_t at = q->parts[0] + offsetof(struct any_packed_desc, flags);

	tell_each(m, at, flags, m->polled, &m->n_polled);
	tell_wish(m, q->parts[2], sizeof(struct any_packed_event));
	tell_each(m, at, flags, m->announcing, &m->n_announcing);
}

/* used.flags, used.idx and avail_event are words a driver polls; avail.idx is the word that
 * announces everything else to the device. */
static void tell_split(struct lab_machine *m, const struct any_virtio_queue_registers *q)
{
	tell_wish(m, q->parts[2], 2);
	tell(m, q->parts[2] + 2, 2, m->polled, &m->n_polled);
	tell_wish(m, q->parts[2] + 4 + 8ull * q->size, 2);
	tell(m, q->parts[1] + 2, 2, m->announcing, &m->n_announcing);
}

static void tell_words(struct lab_model *d, const struct any_virtio_queue_registers *q)
{
	if (d->virtio->features & ANY_VIRTIO_F_RING_PACKED)
		tell_packed(d->machine, q);
	else
		tell_split(d->machine, q);
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct lab_model *d = ctx;

	if (offset == ANY_VIRTIO_MMIO_QUEUE_READY && value && d->mmio.queue_sel < LAB_MODEL_QUEUES)
		tell_words(d, &d->queues[d->mmio.queue_sel]);
	any_virtio_mmio_device_write(&d->mmio, offset, bytes, (uint32_t)value);
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
	any_virtio_mmio_device_init(&d->mmio, virtio, d->queues, 0);
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
