/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for a driver, and a device in it that takes chains as it should and lies about all they
 * are for: its configuration, its answers, its rings. RAM first, coherent memory behind it.
 */
#ifndef ANYDMA_FUZZ_LIAR_H
#define ANYDMA_FUZZ_LIAR_H

#include <anydma/dma.h>
#include <anydma/virtio_device.h>

#include "input.h"

#define RAM	 65536u
#define COHERENT 65536u
#define QUEUE	 16u
#define QUEUES	 5u

struct liar {
	struct any_dma_platform plat;
	struct any_dma_region ram;
	struct any_coherent_region coherent;
	uint64_t bits[1];
	struct any_dma_dev dma;
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[QUEUES];
	struct any_ring_piece pieces[QUEUES][QUEUE];
	struct any_packed_held held[QUEUES][QUEUE];
	struct any_space space;
	struct any_space_region seen;
	struct any_virtio_transport transport;
	uint8_t config[64];
	uint8_t *mem;
};

static inline uint32_t liar_config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct liar *l = ctx;
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)l->config[offset + i] << 8 * i;
	return value;
}

/* Where a driver writes what it may not, a target says so. */
static inline void liar_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx, (void)offset, (void)width, (void)value;
}

static const struct any_virtio_device_ops liar_ops = {.config_read = liar_config_read,
						      .config_write = liar_config_write};

static inline void liar_machine(struct liar *l)
{
	l->mem = aligned_alloc(4096, RAM + COHERENT);
	memset(l->mem, 0x5a, RAM + COHERENT);
	l->ram = (struct any_dma_region){l->mem, any_phys((uintptr_t)l->mem), RAM + COHERENT, 0};
	l->coherent.mem = (struct any_dma_region){l->mem + RAM, any_phys((uintptr_t)l->mem + RAM),
						  COHERENT, 0};
	l->coherent.bitmap = l->bits;
	l->plat = (struct any_dma_platform){.name = "fuzz",
					    .facts = {.coherent = true},
					    .ram = &l->ram,
					    .n_ram = 1,
					    .coherent = &l->coherent};
	if (any_dma_attach(&l->dma, &l->plat) || any_dma_set_mask(&l->dma, UINT64_MAX) ||
	    any_dma_set_coherent_mask(&l->dma, UINT64_MAX))
		abort();
}

/* `type`: the features of its device type that it offers. Its configuration is `bytes` long. */
static inline void liar_init(struct liar *l, struct input *in, uint32_t device_id,
			     uint16_t n_queues, uint64_t type, uint32_t bytes)
{
	const uint64_t ring = take(in, 1) & 1 ? ANY_VIRTIO_F_RING_PACKED : 0;

	memset(l, 0, sizeof(*l));
	liar_machine(l);
	l->seen = (struct any_space_region){any_dma((uintptr_t)l->mem), RAM + COHERENT, l->mem,
					    ANY_DMA_BOTH};
	if (any_space_init_regions(&l->space, &l->seen, 1))
		abort();
	for (uint32_t i = 0; i < n_queues; i++)
		l->queues[i] = (struct any_virtio_device_queue){
			.max = QUEUE, .pieces = l->pieces[i], .held = l->held[i]};
	if (any_virtio_device_init(&l->dev, &liar_ops, l, &l->space, l->queues, n_queues,
				   (type & ANY_VIRTIO_F_DEVICE_TYPE) | ring |
					   ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX |
					   ANY_VIRTIO_F_RING_RESET))
		abort();
	l->dev.device_id = device_id;
	l->dev.config_len = bytes;
	for (unsigned i = 0; i < bytes; i++)
		l->config[i] = (uint8_t)take(in, 1);
	any_virtio_inproc_init(&l->transport, &l->dev);
}

/* Everything is the driver's again: no page, no mapping is left. */
static inline void liar_fini(struct liar *l)
{
	if (l->coherent.pages_used || l->dma.stats.maps != l->dma.stats.unmaps)
		abort();
	free(l->mem);
}

/* Uses one chain of a queue as it should be, but for what it says. */
static inline void liar_use(struct liar *l, struct input *in, uint32_t queue)
{
	struct any_virtio_cursor cursor;
	struct any_ring_chain chain;
	uint8_t bytes[24];

	if (any_virtio_device_take(&l->dev, queue, &chain))
		return;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)take(in, 1);
	cursor = any_virtio_cursor_in(&chain);
	(void)!any_virtio_device_store(&l->dev, &cursor, bytes, 1 + take(in, 1) % sizeof(bytes));
	any_virtio_device_use(&l->dev, queue, chain.head, take(in, 2));
	if (take(in, 1) & 1)
		any_virtio_device_publish(&l->dev, queue);
}

/* The rings, headers and answers: one byte anywhere in coherent memory. */
static inline void liar_scribble(struct liar *l, struct input *in)
{
	l->mem[RAM + take(in, 2) % COHERENT] = (uint8_t)take(in, 1);
}

static inline void liar_reconfigure(struct liar *l, struct input *in)
{
	l->config[take(in, 1) % sizeof(l->config)] = (uint8_t)take(in, 1);
	any_virtio_device_config_changed(&l->dev);
}

#endif
