/* SPDX-License-Identifier: BSD-2-Clause */
/* The block device and a driver that writes its chains by hand. */
#ifndef ANYDMA_TESTS_BLK_RAW_H
#define ANYDMA_TESTS_BLK_RAW_H

#include "disk.h"

#include <anydma/endian.h>

#define BUS  0x90000000ull
#define SIZE 64u
#define MEM  (1u << 20)
/* where the raw driver keeps things */
#define HEADER 0x8000u
#define DATA   0x10000u
#define STATUS 0x9000u
#define ANSWER 0xee /* what the status byte is before the device speaks */

struct rig {
	struct disk disk;
	struct any_space space;
	struct any_space_region region;
	struct any_blk_device dev;
	struct any_ring_piece pieces[SIZE];
	struct any_vring parts;
	uint8_t *mem;
	uint16_t n_desc, first, sent, seen;
	bool writing;
	uint32_t interrupts;
};

static void on_interrupt(void *ctx, uint32_t isr)
{
	struct rig *r = ctx;

	(void)isr;
	r->interrupts++;
}

#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

static inline void bring_up(struct rig *r, uint64_t without)
{
	struct any_virtio_device *v = &r->dev.virtio;
	struct any_vring_layout layout;

	memset(r->mem, 0xaa, MEM);
	any_vring_layout(SIZE, 64, &layout);
	memset(r->mem, 0, layout.bytes);
	r->parts = any_vring_at(r->mem, &layout);
	r->sent = r->seen = r->n_desc = 0;
	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~without);
	any_virtio_device_set_status(v, 0xb);
	assert_int_equal(any_virtio_device_queue_setup(v, 0, SIZE, any_dma(BUS + layout.desc),
						       any_dma(BUS + layout.avail),
						       any_dma(BUS + layout.used)),
			 0);
	any_virtio_device_set_status(v, 0xf);
	assert_int_equal(v->status, 0xf);
}

static inline struct rig *rig_with(bool read_only, const struct any_blk_device_config *config)
{
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = aligned_alloc(4096, MEM);
	r->region = (struct any_space_region){any_dma(BUS), MEM, r->mem, ANY_DMA_BOTH};
	disk_init(&r->disk, read_only);
	assert_int_equal(any_space_init_regions(&r->space, &r->region, 1), 0);
	assert_int_equal(any_blk_device_init(&r->dev, &r->disk.backend, &r->disk, config, &r->space,
					     r->pieces, SIZE),
			 0);
	r->dev.virtio.interrupt = on_interrupt;
	r->dev.virtio.interrupt_ctx = r;
	bring_up(r, 0);
	return r;
}

static inline struct rig *rig_up(void)
{
	const struct any_blk_device_config config = {
		.features = PLAT, .max_ranges = 4, .max_sectors = 128};

	return rig_with(false, &config);
}

static inline void rig_down(struct rig *r)
{
	free(r->mem);
	free(r);
}

static inline void begin(struct rig *r)
{
	r->n_desc = 0;
	r->first = 0;
}

static inline void piece(struct rig *r, uint64_t addr, uint32_t len, bool write)
{
	struct any_vring_desc *d = &r->parts.desc[r->n_desc];

	if (r->n_desc)
		any_store_le16(&d[-1].flags, (uint16_t)(any_load_le16(&d[-1].flags) | 1));
	any_store_le64(&d->addr, addr);
	any_store_le32(&d->len, len);
	any_store_le16(&d->flags, write ? ANY_VRING_DESC_WRITE : 0);
	any_store_le16(&d->next, ++r->n_desc);
}

static inline void header(struct rig *r, uint32_t type, uint64_t sector)
{
	struct any_blk_header *h = (void *)(r->mem + HEADER);

	any_store_le32(&h->type, type);
	any_store_le32(&h->reserved, 0);
	any_store_le64(&h->sector, sector);
	r->mem[STATUS] = ANSWER;
}

static inline void publish(struct rig *r)
{
	any_store_le16(&r->parts.avail->ring[r->sent % SIZE], 0);
	any_store_le16(&r->parts.avail->idx, ++r->sent);
}

/* Runs the one request that was sent; its used.len, or -1 if it never came back. */
static inline int64_t run(struct rig *r)
{
	publish(r);
	any_virtio_blk_device_process(&r->dev, 10);
	if (any_load_le16(&r->parts.used->idx) == r->seen)
		return -1;
	r->seen++;
	assert_int_equal(any_load_le16(&r->parts.used->idx), r->seen);
	return any_load_le32(&r->parts.used->ring[(r->seen - 1) % SIZE].len);
}

/* Header, then data in one piece, then status. */
static inline int64_t request(struct rig *r, uint32_t type, uint64_t sector, uint32_t len, bool in)
{
	header(r, type, sector);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	if (len)
		piece(r, BUS + DATA, len, in);
	piece(r, BUS + STATUS, 1, true);
	return run(r);
}

static inline void expect(struct rig *r, int64_t len, uint8_t status)
{
	assert_int_equal(len, 0 + (len != 0));
	assert_int_equal(r->mem[STATUS], status);
	assert_int_equal(r->dev.virtio.status, 0xf); /* a bad request is not a broken device */
}

static inline void range(struct rig *r, unsigned i, uint64_t sector, uint32_t sectors,
			 uint32_t flags)
{
	struct any_blk_range *at = (struct any_blk_range *)(void *)(r->mem + DATA) + i;

	any_store_le64(&at->sector, sector);
	any_store_le32(&at->sectors, sectors);
	any_store_le32(&at->flags, flags);
}

#endif
