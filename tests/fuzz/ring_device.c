/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that writes anything anywhere against the device's ring and block device. The input is
 * the driver's memory and what it does to it between two steps of the device. Nothing outside that
 * memory and the disk may be touched, every step ends, and no more comes back than was taken.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/blk.h>
#include <anydma/endian.h>

#include "hand.h"

#define BUS	0x10000ull
#define MEM	8192u
#define MAX	64u
#define SECTORS 16u

struct state {
	struct any_blk_backend backend;
	struct any_blk_device dev;
	struct any_space space;
	struct any_space_region regions[2];
	struct any_ring_piece pieces[MAX];
	struct any_packed_held held[MAX];
	uint8_t *mem, *disk;
};

struct input {
	const uint8_t *at;
	size_t left;
};

static uint32_t take(struct input *in, unsigned bytes)
{
	uint32_t value = 0;

	for (; bytes && in->left; bytes--, in->left--)
		value = value << 8 | *in->at++;
	return value;
}

static void check(const uint8_t *disk, uint64_t offset, uint64_t len)
{
	if (!disk || !len || offset >= SECTORS * 512 || len > SECTORS * 512 - offset)
		abort();
}

static int disk_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	const uint8_t *disk = ctx;

	check(disk, offset, len);
	memcpy(to, disk + offset, len);
	return 0;
}

static int disk_write(void *ctx, uint64_t offset, const void *from, size_t len)
{
	uint8_t *disk = ctx;

	check(disk, offset, len);
	memcpy(disk + offset, from, len);
	return 0;
}

static int disk_discard(void *ctx, uint64_t offset, uint64_t len)
{
	check(ctx, offset, len);
	return 0;
}

static int disk_zeroes(void *ctx, uint64_t offset, uint64_t len, bool unmap)
{
	uint8_t *disk = ctx;

	(void)unmap;
	check(disk, offset, len);
	memset(disk + offset, 0, len);
	return 0;
}

static int disk_sync(void *ctx)
{
	(void)ctx;
	return 0;
}

static void create(struct state *s, bool read_only, bool packed)
{
	const struct any_blk_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX |
			    ANY_VIRTIO_F_RING_RESET | ANY_VIRTIO_F_INDIRECT_DESC |
			    (packed ? ANY_VIRTIO_F_RING_PACKED : 0),
		.max_ranges = 4,
		.held = s->held};

	memset(s, 0, sizeof(*s));
	s->mem = calloc(1, MEM);
	s->disk = calloc(SECTORS, 512);
	s->backend = (struct any_blk_backend){.read = disk_read,
					      .write = disk_write,
					      .discard = disk_discard,
					      .write_zeroes = disk_zeroes,
					      .sync = disk_sync,
					      .capacity = SECTORS,
					      .read_only = read_only};
	/* the last quarter may only be read */
	s->regions[0] = (struct any_space_region){any_dma(BUS), MEM * 3 / 4, s->mem, ANY_DMA_BOTH};
	s->regions[1] = (struct any_space_region){any_dma(BUS + MEM * 3 / 4), MEM / 4,
						  s->mem + MEM * 3 / 4, ANY_DMA_TO_DEVICE};
	if (any_space_init_regions(&s->space, s->regions, 2) ||
	    any_blk_device_init(&s->dev, &s->backend, s->disk, &config, &s->space, s->pieces, MAX))
		abort();
}

static void bring_up(struct state *s, struct input *in)
{
	struct any_virtio_device *v = &s->dev.virtio;
	uint64_t drop = take(in, 1) & 1 ? 1ull << (take(in, 1) & 63) : 0;
	uint32_t size = 1u << (take(in, 1) % 8);

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered ^ drop);
	any_virtio_device_set_status(v, 0xb);
	if (any_virtio_device_queue_setup(
		    v, take(in, 1) & 1 ? take(in, 1) : 0, size, any_dma(BUS + take(in, 1) * 16),
		    any_dma(BUS + 1024 + take(in, 1) * 2), any_dma(BUS + 2048 + take(in, 2) * 4)))
		return;
	any_virtio_device_set_status(v, 0xf);
}

/* What the driver does between two steps of the device. */
static void act(struct state *s, struct input *in)
{
	struct any_virtio_device *v = &s->dev.virtio;
	uint32_t at, len;

	switch (take(in, 1) % 8) {
	case 0:
		bring_up(s, in);
		break;
	case 1:
		any_virtio_device_queue_reset(v, take(in, 1));
		break;
	case 2:
		any_virtio_device_set_status(v, (uint8_t)take(in, 1));
		break;
	case 3:
		any_virtio_device_config_write(v, take(in, 1), take(in, 1) % 5, take(in, 1));
		(void)any_virtio_device_config_read(v, take(in, 1), take(in, 1) % 5);
		break;
	case 4:
		any_space_invalidate(&s->space);
		break;
	default: /* memory: anywhere */
		at = take(in, 2) % MEM;
		len = 1 + take(in, 1) % 64;
		for (; len && at < MEM; len--, at++)
			s->mem[at] = (uint8_t)take(in, 1);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state s;
	uint32_t flags;

	flags = take(&in, 1);
	create(&s, flags & 1, flags & 2);
	bring_up(&s, &in);
	while (in.left) {
		act(&s, &in);
		any_virtio_device_kick(&s.dev.virtio, take(&in, 1));
		if (any_virtio_blk_device_process(&s.dev, 8) > 8)
			abort();
		if (in_hand(&s.dev.queue.ring) > MAX)
			abort();
	}
	free(s.mem);
	free(s.disk);
	return 0;
}
