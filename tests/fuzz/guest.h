/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that writes anything anywhere, against a device: its memory, of which the last quarter
 * may only be read, the registers, and chains that are nearly as they should be, since most of what
 * there is to find lies behind one.
 */
#ifndef ANYDMA_FUZZ_GUEST_H
#define ANYDMA_FUZZ_GUEST_H

#include <anydma/endian.h>
#include <anydma/virtio_device.h>

#include "input.h"

#define BUS   0x10000ull
#define MEM   16384u
#define QUEUE 16u
#define PARTS 1024u /* of a queue, from its place in memory on */

struct guest {
	struct any_virtio_device *dev;
	struct any_space space;
	struct any_space_region regions[2];
	uint8_t *mem;
};

static inline void guest_init(struct guest *g, struct any_virtio_device *dev)
{
	g->dev = dev;
	g->mem = calloc(1, MEM);
	g->regions[0] = (struct any_space_region){any_dma(BUS), MEM * 3 / 4, g->mem, ANY_DMA_BOTH};
	g->regions[1] = (struct any_space_region){any_dma(BUS + MEM * 3 / 4), MEM / 4,
						  g->mem + MEM * 3 / 4, ANY_DMA_TO_DEVICE};
	if (any_space_init_regions(&g->space, g->regions, 2))
		abort();
}

static inline void guest_bring_up(struct guest *g, struct input *in)
{
	struct any_virtio_device *v = g->dev;
	const uint64_t drop = take(in, 3);

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~drop);
	any_virtio_device_set_status(v, 0xb);
	for (uint32_t queue = 0; queue < v->n_queues; queue++) {
		const uint64_t at = BUS + queue * PARTS;

		if (any_virtio_device_queue_setup(v, queue, 1u << take(in, 1) % 5, any_dma(at),
						  any_dma(at + 256), any_dma(at + 512)))
			return;
	}
	any_virtio_device_set_status(v, 0xf);
}

/* Bytes of the driver's memory, written as a request or at random. */
static inline void guest_write(struct guest *g, struct input *in)
{
	uint32_t at = take(in, 2) % MEM, len = 1 + take(in, 1) % 64;

	for (; len && at < MEM; len--, at++)
		g->mem[at] = (uint8_t)take(in, 1);
}

/* One more chain of a split ring, of up to four descriptors. */
static inline void guest_chain(struct guest *g, struct input *in)
{
	const uint32_t queue = take(in, 1) % g->dev->n_queues, n = 1 + take(in, 1) % 4;
	const uint32_t size = g->dev->queues[queue].size;
	uint8_t *at = g->mem + queue * PARTS;
	struct any_vring_avail *avail = (void *)(at + 256);
	struct any_vring_desc *desc = (void *)at;

	if (g->dev->queues[queue].ring.packed || size < 4)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t flags = take(in, 1);

		any_store_le64(&desc[i].addr, BUS + 6000 + take(in, 1) * 8);
		any_store_le32(&desc[i].len, take(in, 1) * (flags & 0x40 ? 5 : 1));
		any_store_le16(&desc[i].flags,
			       (uint16_t)((i + 1 < n) | (flags & (flags & 0x30 ? 2 : 6))));
		any_store_le16(&desc[i].next, (uint16_t)(i + 1));
	}
	any_store_le16(&avail->ring[any_load_le16(&avail->idx) % size], 0);
	any_store_le16(&avail->idx, (uint16_t)(any_load_le16(&avail->idx) + 1));
}

/* What any driver does between two steps of the device. */
static inline void guest_act(struct guest *g, struct input *in)
{
	switch (take(in, 1) % 8) {
	case 0:
		guest_bring_up(g, in);
		break;
	case 1:
		any_virtio_device_queue_reset(g->dev, take(in, 1) % 8);
		break;
	case 2:
		any_virtio_device_set_status(g->dev, (uint8_t)take(in, 1));
		break;
	case 3:
		any_virtio_device_config_write(g->dev, take(in, 1), take(in, 1) % 5, take(in, 1));
		(void)any_virtio_device_config_read(g->dev, take(in, 1), take(in, 1) % 5);
		break;
	case 4:
		any_space_invalidate(&g->space);
		break;
	case 5:
	case 6:
		guest_chain(g, in);
		break;
	default:
		guest_write(g, in);
	}
	any_virtio_device_kick(g->dev, take(in, 1));
}

#endif
