/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A8, between our two sides: the block driver over our MMIO transport, on our device's registers,
 * each access seen on its way. The transport is built with accessors that end here.
 */
#include "mock_blk.h"

#include "../unit/blk/disk.h"
#include "any_arch.h"

#include <anydma/virtio/mmio.h>

#define WINDOW 0x200u

/* Table 4.1: what may be read, what may be written. */
static const uint16_t readable[] = {0x00, 0x04, 0x08, 0x0c, 0x10, 0x34, 0x44, 0x60,
				    0x70, 0xb0, 0xb4, 0xb8, 0xbc, 0xc0, 0xfc};
static const uint16_t writable[] = {0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64, 0x70,
				    0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4, 0xac, 0xc0};

static struct {
	struct world world;
	struct disk disk;
	struct any_blk_device dev;
	struct any_ring_piece pieces[BLK_QUEUE];
	struct any_packed_held held[BLK_QUEUE];
	struct any_virtio_queue_registers queues[1];
	struct any_virtio_mmio_device regs;
	struct any_virtio_mmio mmio;
	struct any_virtio_transport transport;
	struct any_blk blk;
	uint64_t memory[ANY_BLK_BYTES(BLK_QUEUE) / 8];
	uint8_t window[WINDOW];
	/* what was seen */
	uint32_t reads, writes, kicks, acks, last_isr, extra_isr, kick;
	bool sel_written, ready_read; /* since the queue was selected */
	bool ordered; /* a barrier since the last ring access may have been needed */
} it;

static bool is_in(const uint16_t *list, size_t n, uint32_t offset)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == offset)
			return true;
	return false;
}

static uint32_t offset_of(const volatile void *reg, unsigned width)
{
	const uint32_t offset = (uint32_t)((const volatile uint8_t *)reg - it.window);

	assert_true(offset < WINDOW && offset % width == 0);
	assert_true(offset >= ANY_VIRTIO_MMIO_CONFIG || width == 4);
	return offset;
}

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t offset = offset_of(reg, width);
	uint32_t value = any_virtio_mmio_device_read(&it.regs, offset, width);

	it.reads++;
	assert_true(offset >= ANY_VIRTIO_MMIO_CONFIG ||
		    is_in(readable, ANY_ARRAY_SIZE(readable), offset));
	if (offset == ANY_VIRTIO_MMIO_QUEUE_READY)
		it.ready_read = true;
	if (offset == ANY_VIRTIO_MMIO_ISR)
		it.last_isr = value |= it.extra_isr;
	return value;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t offset = offset_of(reg, width);
	const bool live = any_virtio_device_queue_ready(&it.dev.virtio, it.regs.queue_sel);

	it.writes++;
	assert_true(offset >= ANY_VIRTIO_MMIO_CONFIG ||
		    is_in(writable, ANY_ARRAY_SIZE(writable), offset));
	if (offset == ANY_VIRTIO_MMIO_QUEUE_SEL)
		it.ready_read = false;
	if (offset == ANY_VIRTIO_MMIO_QUEUE_NUM || (offset >= 0x80 && offset < 0xa8)) {
		assert_false(live);	    /* VG-MM-07 */
		assert_true(it.ready_read); /* and the driver looked (VG-MM-13) */
	}
	if (offset == ANY_VIRTIO_MMIO_QUEUE_NUM)
		assert_true(value && value <= it.dev.queue.max);
	if (offset == ANY_VIRTIO_MMIO_QUEUE_READY && value)
		assert_true(it.queues[0].size && it.queues[0].parts[0] && it.queues[0].parts[1] &&
			    it.queues[0].parts[2]);
	if (offset == ANY_VIRTIO_MMIO_ISR_ACK) {
		assert_int_equal(value & ~it.last_isr, 0);
		assert_int_equal(value & ~3u, 0);
		it.acks++;
	}
	if (offset == ANY_VIRTIO_MMIO_NOTIFY) {
		assert_true(it.ordered);
		it.kicks++;
		it.kick = value;
	}
	any_virtio_mmio_device_write(&it.regs, offset, width, value);
	it.ordered = false;
}

void mock_barrier(const char *name)
{
	it.ordered |= strcmp(name, "wmb") == 0;
}

static void it_init(uint64_t features)
{
	const struct any_blk_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM | features,
		.held = it.held};

	memset(&it, 0, sizeof(it));
	world_init(&it.world, WORLD_OFFSET);
	disk_init(&it.disk, false);
	assert_int_equal(any_blk_device_init(&it.dev, &it.disk.backend, &it.disk, &config,
					     &it.world.space, it.pieces, BLK_QUEUE),
			 0);
	any_virtio_mmio_device_init(&it.regs, &it.dev.virtio, it.queues, 0);
	assert_int_equal(any_virtio_mmio_init(&it.mmio, &it.transport, it.window, WINDOW), 0);
	assert_int_equal(it.reads, 3);
	assert_int_equal(any_blk_init(&it.blk, &it.transport, &it.world.dev, BLK_QUEUE, it.memory,
				      sizeof(it.memory)),
			 0);
}

static void it_fini(void)
{
	struct any_blk_completion done;

	assert_int_equal(any_blk_stop(&it.blk), 0);
	while (any_blk_abort(&it.blk, &done) == 0)
		;
	assert_int_equal(any_blk_fini(&it.blk), 0);
	world_fini(&it.world);
}

static void one(enum any_blk_type type, uint64_t sector, void *buf, size_t len)
{
	struct any_blk_completion done;

	assert_int_equal(any_blk_submit(&it.blk, &(struct any_blk_request){.type = type,
									   .sector = sector,
									   .buf = buf,
									   .len = len}),
			 0);
	any_blk_kick(&it.blk);
	while (any_virtio_blk_device_process(&it.dev, 8))
		;
	assert_int_equal(any_blk_interrupt(&it.blk), 0);
	assert_int_equal(any_blk_poll(&it.blk, &done), 0);
	assert_int_equal(done.result, 0);
	assert_int_equal(any_blk_poll(&it.blk, &done), -ANY_EAGAIN); /* asks for the next call */
}

static const uint64_t forms[] = {
	0, ANY_VIRTIO_F_RING_PACKED, ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_EVENT_IDX,
	ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_RING_RESET};

/* A disk's life over registers: every access was one that the table has. */
static void a_disk_over_registers(void **state)
{
	(void)state;
	for (size_t f = 0; f < ANY_ARRAY_SIZE(forms); f++) {
		uint8_t *buf;

		it_init(forms[f]);
		buf = it.world.ram;
		for (uint32_t i = 0; i < 100; i++) {
			memset(buf, (int)i, 1024);
			one(ANY_BLK_T_OUT, i % 200, buf, 1024);
			memset(buf, 0xee, 1024);
			one(ANY_BLK_T_IN, i % 200, buf, 1024);
			assert_int_equal(buf[1023], i);
		}
		assert_int_equal(it.acks, 200);
		assert_int_equal(any_blk_set_writeback(&it.blk, false), 0); /* one byte wide */
		assert_int_equal(it.dev.writeback, 0);
		it_fini();
		assert_true(it.reads > 200 && it.writes > 400);
	}
}

static void a_kick_says_what_was_negotiated(void **state)
{
	(void)state;
	for (size_t f = 0; f < ANY_ARRAY_SIZE(forms); f++) {
		it_init(forms[f]);
		for (uint32_t i = 1; i < 100; i++) {
			const uint32_t at = forms[f] & ANY_VIRTIO_F_RING_PACKED ? 2 * i : i;
			uint32_t want = 0;

			one(ANY_BLK_T_FLUSH, 0, NULL, 0); /* two descriptors */
			if (forms[f] & ANY_VIRTIO_F_NOTIFICATION_DATA)
				want = forms[f] & ANY_VIRTIO_F_RING_PACKED
					       ? (at % BLK_QUEUE | (uint32_t) !(at / BLK_QUEUE & 1u)
									   << 15)
							 << 16
					       : at << 16;
			assert_int_equal(it.kick, want);
		}
		it_fini();
	}
}

/* Causes that have no meaning are not acknowledged, and what stands behind 1 and 2 is handled. */
static void causes_without_a_meaning(void **state)
{
	(void)state;
	it_init(0);
	for (unsigned bit = 2; bit < 32; bit++) {
		const uint32_t acks = it.acks;

		it.extra_isr = 1u << bit;
		assert_int_equal(any_blk_interrupt(&it.blk), 0);
		assert_int_equal(it.acks, acks);
		one(ANY_BLK_T_FLUSH, 0, NULL, 0);
		assert_int_equal(it.acks, acks + 1);
	}
	it.disk.backend.capacity = 100; /* both causes at once */
	any_blk_device_resized(&it.dev);
	one(ANY_BLK_T_FLUSH, 0, NULL, 0);
	assert_int_equal(it.blk.limits.capacity, 100);
	assert_int_equal(it.dev.virtio.isr, 0);
	it_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(a_disk_over_registers,
		     "VG-MM-01 VG-MM-02 VG-MM-06 VG-MM-07 VG-MM-12 VG-MM-13 VD-MM-02"),
		SPEC(a_kick_says_what_was_negotiated, "VG-MM-14 VG-FB-16"),
		SPEC(causes_without_a_meaning, "VG-MM-09 VG-MM-12"),
	};

	return cmocka_run_group_tests_name("a8_driver", tests, NULL, NULL);
}
