/* SPDX-License-Identifier: BSD-2-Clause */
/* A device with two queues, its memory at another address than the CPU's, and a driver by hand. */
#ifndef ANYDMA_TESTS_DEVICE_RIG_H
#define ANYDMA_TESTS_DEVICE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/endian.h>
#include <anydma/virtio_device.h>

#define BUS  0x90000000ull
#define SIZE 8u
#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)
#define GOOD (ANY_VIRTIO_F_VERSION_1 | PLAT)

struct rig {
	struct any_space space;
	struct any_space_region regions[1];
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[2];
	struct any_ring_piece pieces[2][SIZE];
	struct any_vring_layout layout;
	struct any_vring parts; /* as the driver sees them */
	uint8_t *mem;
	uint32_t interrupts, resets, config;
	bool refuses;
};

#define MEM 65536u

static void on_interrupt(void *ctx, uint32_t isr)
{
	struct rig *r = ctx;

	assert_int_not_equal(isr, 0);
	r->interrupts++;
}

static bool on_features_ok(void *ctx, uint64_t features)
{
	struct rig *r = ctx;

	(void)features;
	return !r->refuses;
}

static uint32_t on_config_read(void *ctx, uint32_t offset, unsigned width)
{
	struct rig *r = ctx;

	return r->config + offset * 16 + width;
}

static void on_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct rig *r = ctx;

	r->config = offset + width + value;
}

static void on_reset(void *ctx)
{
	struct rig *r = ctx;

	r->resets++;
}

static const struct any_virtio_device_ops ops = {
	.features_ok = on_features_ok,
	.config_read = on_config_read,
	.config_write = on_config_write,
	.reset = on_reset,
};

static inline int setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = aligned_alloc(4096, MEM);
	memset(r->mem, 0, MEM);
	r->regions[0] = (struct any_space_region){any_dma(BUS), MEM, r->mem, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&r->space, r->regions, 1), 0);
	for (int i = 0; i < 2; i++) {
		r->queues[i].max = SIZE;
		r->queues[i].pieces = r->pieces[i];
	}
	assert_int_equal(
		any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2, PLAT | 0x6), 0);
	r->dev.config_len = 12;
	r->dev.interrupt = on_interrupt;
	r->dev.interrupt_ctx = r;
	any_vring_layout(SIZE, 64, &r->layout);
	r->parts = any_vring_at(r->mem, &r->layout);
	*state = r;
	return 0;
}

static inline int teardown(void **state)
{
	struct rig *r = *state;

	free(r->mem);
	free(r);
	return 0;
}

static inline void negotiate(struct rig *r, uint64_t features)
{
	any_virtio_device_set_status(&r->dev, 0);
	any_virtio_device_set_status(&r->dev, 1);
	any_virtio_device_set_status(&r->dev, 3);
	any_virtio_device_set_features(&r->dev, features);
	any_virtio_device_set_status(&r->dev, 0xb);
}

static inline bool accepted(const struct rig *r)
{
	return r->dev.status & ANY_VIRTIO_STATUS_FEATURES_OK;
}

static inline int setup_queue(struct rig *r, uint32_t queue, uint32_t size)
{
	return any_virtio_device_queue_setup(&r->dev, queue, size, any_dma(BUS + r->layout.desc),
					     any_dma(BUS + r->layout.avail),
					     any_dma(BUS + r->layout.used));
}

/* One readable descriptor of 16 bytes at BUS + 0x8000 in avail slot `idx`. */
static inline void fill(struct rig *r, uint16_t idx)
{
	any_store_le64(&r->parts.desc[0].addr, BUS + 0x8000);
	any_store_le32(&r->parts.desc[0].len, 16);
	any_store_le16(&r->parts.desc[0].flags, 0);
	any_store_le16(&r->parts.avail->ring[idx % SIZE], 0);
	any_store_le16(&r->parts.avail->idx, (uint16_t)(idx + 1));
}

static inline void bring_up(struct rig *r)
{
	negotiate(r, GOOD);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	any_virtio_device_set_status(&r->dev, 0xf);
	assert_int_equal(r->dev.status, 0xf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
