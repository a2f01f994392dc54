/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A5, A6 and A10, the device's rows: the block device before a driver that writes its ring by hand,
 * and before memory that may be read or written, never both.
 */
#include "../unit/blk/raw.h"
#include "spec.h"

static uint32_t reads, writes; /* spans of buffers that were asked for */
static uint64_t readable_to;   /* below: what the driver lets the device read */
static struct any_space inside;

/* Ring parts, header and data out are readable; used ring, data in and status are writable. */
static int resolve(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		   struct any_space_span *span)
{
	const struct rig *r = ctx;
	const uint64_t at = addr.raw - BUS;
	const bool ring = at < 0x8000;
	const bool used = ring && at >= (uint64_t)((uint8_t *)r->parts.used - r->mem);
	const bool status = at >= STATUS && at < STATUS + 64;
	const bool writable = used || status || (at >= DATA && addr.raw >= readable_to);

	assert_true(dir == ANY_DMA_TO_DEVICE || dir == ANY_DMA_FROM_DEVICE);
	assert_int_equal(writable, dir == ANY_DMA_FROM_DEVICE);
	if (!ring)
		*(writable ? &writes : &reads) += 1;
	return any_space_resolve(&inside, addr, len, dir, span);
}

static const struct any_space_ops one_way = {resolve};

static struct rig *one_way_rig(void)
{
	struct rig *r = rig_up();

	assert_int_equal(any_space_init_regions(&inside, &r->region, 1), 0);
	any_space_init_ops(&r->space, &one_way, r);
	bring_up(r, 0);
	reads = writes = 0;
	return r;
}

/* Every request the device knows, and some it does not. */
static void each_buffer_is_used_one_way(void **state)
{
	static const struct {
		uint32_t type, len;
		bool in;
	} rows[] = {{ANY_BLK_T_IN, 1024, true},
		    {ANY_BLK_T_OUT, 1024, false},
		    {ANY_BLK_T_FLUSH, 0, true},
		    {ANY_BLK_T_GET_ID, 20, true},
		    {ANY_BLK_T_DISCARD, 16, false},
		    {ANY_BLK_T_WRITE_ZEROES, 32, false},
		    {99, 512, true},
		    {99, 512, false},
		    {ANY_BLK_T_IN, 511, true},
		    {ANY_BLK_T_OUT, 511, false},
		    {ANY_BLK_T_IN, 512, false},
		    {ANY_BLK_T_OUT, 512, true}};
	struct rig *r = one_way_rig();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++) {
		uint8_t before[1024];

		memset(r->mem + DATA, 0, 1024);
		range(r, 0, 1, 1, 0);
		range(r, 1, 2, 1, 0);
		memcpy(before, r->mem + DATA, sizeof(before));
		readable_to = rows[i].in ? 0 : UINT64_MAX;
		assert_true(request(r, rows[i].type, 0, rows[i].len, rows[i].in) >= 0);
		assert_int_not_equal(r->mem[STATUS], ANSWER);
		if (!rows[i].in) /* what was to be read is as it was */
			assert_memory_equal(before, r->mem + DATA, sizeof(before));
	}
	assert_true(reads >= ANY_ARRAY_SIZE(rows) && writes >= ANY_ARRAY_SIZE(rows));
	assert_int_equal(r->dev.virtio.status, 0xf);
	rig_down(r);
}

/* used.len never promises a byte that was not written: poison below it is gone. */
static void used_len_is_what_was_written(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (uint32_t fail = 0; fail < 6; fail++) {
		int64_t len;

		for (uint32_t i = 0; i < DISK_BYTES;
		     i++) /* nothing on the disk looks like poison */
			r->disk.data[i] = (uint8_t)(i % 0xa0);
		memset(r->mem + DATA, 0xaa, 4 * 512);
		header(r, ANY_BLK_T_IN, 0);
		begin(r);
		piece(r, BUS + HEADER, 16, false);
		for (uint32_t i = 0; i < 4; i++)
			piece(r, BUS + DATA + 512 * i, 512, true);
		piece(r, BUS + STATUS, 1, true);
		r->disk.fail_after = fail;
		len = run(r);
		assert_true(len >= 0);
		for (int64_t i = 0; i < len && i < 4 * 512; i++)
			assert_int_not_equal(r->mem[DATA + i], 0xaa);
		assert_int_equal(r->mem[STATUS],
				 fail && fail <= 4 ? ANY_BLK_S_IOERR : ANY_BLK_S_OK);
		assert_int_equal(len == 4 * 512 + 1, r->mem[STATUS] == ANY_BLK_S_OK);
	}
	rig_down(r);
}

/* Chains of every length up to the ring's, and one more. */
static void a_chain_is_as_long_as_the_ring_at_most(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= SIZE + 1; n++) {
		struct rig *r = rig_up();

		header(r, ANY_BLK_T_GET_ID, 0);
		begin(r);
		piece(r, BUS + HEADER, 16, false);
		for (uint32_t i = 2; i < n && i < SIZE; i++)
			piece(r, BUS + DATA + i, 1, true);
		piece(r, BUS + STATUS, 1, true);
		if (n > SIZE) { /* on and on */
			any_store_le16(&r->parts.desc[SIZE - 1].flags, ANY_VRING_DESC_WRITE | 1);
			any_store_le16(&r->parts.desc[SIZE - 1].next, 1);
			assert_int_equal(run(r), -1);
			assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
		} else {
			assert_true(run(r) >= 0);
			assert_int_equal(r->mem[STATUS], n == 22 ? ANY_BLK_S_OK : ANY_BLK_S_IOERR);
		}
		rig_down(r);
	}
}

static void kicks_without_work_do_nothing(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		any_virtio_device_kick(&r->dev.virtio, i % 3);
		assert_int_equal(any_virtio_blk_device_process(&r->dev, 4), 0);
	}
	assert_int_equal(r->interrupts, 0);
	assert_int_equal(any_load_le16(&r->parts.used->idx), 0);
	assert_int_equal(request(r, ANY_BLK_T_IN, 0, 512, true), 513);
	rig_down(r);
}

/* Zones were not negotiated and are not there. */
static void zone_commands_are_unknown(void **state)
{
	static const uint32_t types[] = {15, 16, 18, 20, 22, 24, 26};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(types); i++) {
		expect(r, request(r, types[i], 0, 512, true), ANY_BLK_S_UNSUPP);
		expect(r, request(r, types[i], 0, 0, false), ANY_BLK_S_UNSUPP);
	}
	rig_down(r);
}

/* write_zeroes_may_unmap says what the back end can; a change is announced. */
static void may_unmap_is_the_back_ends(void **state)
{
	struct rig *r = rig_up();
	struct any_virtio_device *v = &r->dev.virtio;

	(void)state;
	assert_int_equal(any_virtio_device_config_read(v, ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP, 1), 1);
	r->disk.backend.may_unmap = false;
	any_blk_device_resized(&r->dev);
	assert_int_equal(any_virtio_device_config_read(v, ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP, 1), 0);
	assert_int_equal(v->generation, 1);
	assert_int_equal(v->isr, ANY_VIRTIO_ISR_CONFIG);
	assert_int_equal(r->interrupts, 1);
	rig_down(r);
}

/* No zones, no lifetime: neither can be honoured, so neither is offered, whatever the back end. */
static void nothing_is_offered_that_is_not_there(void **state)
{
	const struct any_blk_device_config config = {
		.features = PLAT, .size_max = 4096, .seg_max = 4, .blk_size = 512};
	struct rig *r = rig_with(true, &config);

	(void)state;
	assert_int_equal(r->dev.virtio.offered & (1u << 15 | 1u << 16 | 1u << 17 | 1u << 4), 0);
	assert_true(r->dev.virtio.offered & ANY_BLK_F_FLUSH);
	for (uint32_t at = ANY_BLK_CFG_BYTES; at < 128; at++)
		assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, at, 1), 0);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(each_buffer_is_used_one_way, "VD-SR-03 VD-SR-04 VD-SR-05 VD-PR-03"),
		SPEC(used_len_is_what_was_written, "VD-SR-15 VD-BK-16"),
		SPEC(a_chain_is_as_long_as_the_ring_at_most, "VD-SR-02 VG-SR-07 VD-SR-20"),
		SPEC(kicks_without_work_do_nothing, "VD-SR-18"),
		SPEC(zone_commands_are_unknown, "VD-BK-14"),
		SPEC(may_unmap_is_the_back_ends, "VD-BK-11 VD-BK-07"),
		SPEC(nothing_is_offered_that_is_not_there, "VD-BK-13 VD-BK-04 VD-BK-01"),
	};

	return cmocka_run_group_tests_name("a5_device", tests, NULL, NULL);
}
