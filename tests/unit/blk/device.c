/* SPDX-License-Identifier: BSD-2-Clause */
/* What the block device does with sound requests, and how it describes itself (A10). */
#include "raw.h"

static void reads_and_writes(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	assert_int_equal(request(r, ANY_BLK_T_IN, 3, 1024, true), 1025);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	assert_memory_equal(r->mem + DATA, r->disk.data + 3 * 512, 1024);
	assert_int_equal(r->mem[DATA + 1024], 0xaa);
	memset(r->mem + DATA, 0x77, 1536);
	assert_int_equal(request(r, ANY_BLK_T_OUT, DISK_SECTORS - 3, 1536, false), 1);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	assert_memory_equal(r->mem + DATA, r->disk.data + DISK_BYTES - 1536, 1536);
	assert_int_equal(request(r, ANY_BLK_T_GET_ID, 0, 20, true), 21);
	assert_memory_equal(r->mem + DATA, "0123456789abcdefghi", 20);
	assert_int_equal(request(r, ANY_BLK_T_FLUSH, 0, 0, false), 1);
	assert_int_equal(r->disk.syncs, 1);
	assert_int_equal(r->interrupts, 4);
	rig_down(r);
}

/* VD-SR-01, VD-BK-16: the same two requests, cut at every byte, and in 1-byte pieces. */
static void sweep(struct rig *r, uint32_t cut_out, uint32_t cut_in)
{
	const uint32_t out = 16 + 512; /* header and data lie together, as do data and status */

	memset(r->mem + HEADER + 16, (int)cut_out, 512);
	header(r, ANY_BLK_T_OUT, 9);
	begin(r);
	piece(r, BUS + HEADER, cut_out, false);
	if (cut_out < out)
		piece(r, BUS + HEADER + cut_out, out - cut_out, false);
	piece(r, BUS + STATUS, 1, true);
	assert_int_equal(run(r), 1);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	for (int i = 0; i < 512; i++)
		assert_int_equal(r->disk.data[9 * 512 + i], (uint8_t)cut_out);
	memset(r->mem + DATA, 0xaa, 600);
	header(r, ANY_BLK_T_IN, 9);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	piece(r, BUS + DATA, cut_in, true);
	if (cut_in < 513)
		piece(r, BUS + DATA + cut_in, 513 - cut_in, true);
	assert_int_equal(run(r), 513);
	assert_memory_equal(r->mem + DATA, r->disk.data + 9 * 512, 512);
	assert_int_equal(r->mem[DATA + 512], ANY_BLK_S_OK);
	assert_int_equal(r->mem[DATA + 513], 0xaa);
}

static void vd_sr_01_any_split(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (uint32_t cut = 1; cut <= 528; cut++)
		sweep(r, cut, 1 + cut % 513);
	/* the header and a GET_ID answer in 1-byte pieces */
	memset(r->mem + DATA, 0xaa, 64);
	header(r, ANY_BLK_T_GET_ID, 0);
	begin(r);
	for (uint32_t i = 0; i < 16; i++)
		piece(r, BUS + HEADER + i, 1, false);
	for (uint32_t i = 0; i < 21; i++)
		piece(r, BUS + DATA + 2 * i, 1, true);
	assert_int_equal(run(r), 21);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(r->mem[DATA + 2 * i], r->disk.backend.id[i]);
		assert_int_equal(r->mem[DATA + 2 * i + 1], 0xaa);
	}
	assert_int_equal(r->mem[DATA + 40], ANY_BLK_S_OK);
	rig_down(r);
}

static void vd_bk_09_10_flags_and_zeroes(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	range(r, 0, 4, 2, 0);
	range(r, 1, 9, 1, ANY_BLK_RANGE_UNMAP);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 32, false), ANY_BLK_S_OK);
	assert_int_equal(r->disk.zeroes, 101);
	for (uint32_t i = 4 * 512; i < 6 * 512; i++)
		assert_int_equal(r->disk.data[i], 0);
	assert_int_equal(r->disk.data[9 * 512], 0);
	assert_int_not_equal(r->disk.data[6 * 512 + 1], 0);
	range(r, 0, 4, 2, 2);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_UNSUPP);
	range(r, 0, 4, 2, ANY_BLK_RANGE_UNMAP);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	range(r, 0, 4, 2, 0x80000000);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	assert_int_equal(r->disk.discards, 0);
	range(r, 0, 4, 2, 0);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_OK);
	assert_int_equal(r->disk.discards, 1);
	rig_down(r);
}

static void writeback(struct rig *r, uint32_t value)
{
	any_virtio_device_config_write(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1, value);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1),
			 value);
}

static void vd_bk_12_stable_when_it_must_be(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 1); /* writeback: later */
	request(r, ANY_BLK_T_FLUSH, 0, 0, false);
	assert_int_equal(r->disk.unsynced, 0); /* (c) */
	writeback(r, 0);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 0); /* (b) */
	range(r, 0, 0, 1, 0);
	request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false);
	assert_int_equal(r->disk.unsynced, 0);
	writeback(r, 1);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 1);
	bring_up(r, ANY_BLK_F_FLUSH | ANY_BLK_F_CONFIG_WCE);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 0); /* (a) */
	bring_up(r, ANY_BLK_F_FLUSH);	       /* VD-BK-02 */
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1),
			 0);
	bring_up(r, 0);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1),
			 1);
	r->disk.fail_after = 2; /* a failed sync is a failed write */
	writeback(r, 0);
	expect(r, request(r, ANY_BLK_T_OUT, 0, 512, false), ANY_BLK_S_IOERR);
	rig_down(r);
}

static void budget_is_kept(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	header(r, ANY_BLK_T_FLUSH, 0);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	piece(r, BUS + STATUS, 1, true);
	for (int i = 0; i < 5; i++)
		publish(r);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 2), 2);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 0), 0);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 10), 3);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 10), 0);
	assert_int_equal(r->disk.syncs, 5);
	assert_int_equal(r->interrupts, 2); /* one a burst */
	rig_down(r);
}

static uint32_t field(struct rig *r, uint32_t offset, unsigned width)
{
	return any_virtio_device_config_read(&r->dev.virtio, offset, width);
}

static void configuration(void **state)
{
	const struct any_blk_device_config config = {.features = PLAT,
						     .size_max = 65536,
						     .seg_max = 14,
						     .blk_size = 4096,
						     .max_sectors = 128,
						     .max_ranges = 4};
	struct rig *r = rig_with(false, &config);

	(void)state;
	r->disk.backend.capacity = 0x123456789ull;
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY, 4), 0x23456789);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 4, 4), 1);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 1, 1), 0x67);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 2, 2), 0x2345);
	assert_int_equal(field(r, ANY_BLK_CFG_SIZE_MAX, 4), 65536);
	assert_int_equal(field(r, ANY_BLK_CFG_SEG_MAX, 4), 14);
	assert_int_equal(field(r, ANY_BLK_CFG_BLK_SIZE, 4), 4096);
	assert_int_equal(field(r, ANY_BLK_CFG_MAX_DISCARD_SECTORS, 4), 128);
	assert_int_equal(field(r, ANY_BLK_CFG_MAX_WRITE_ZERO_SEG, 4), 4);
	assert_int_equal(field(r, ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP, 1), 1);
	for (uint32_t i = 33; i < 36; i++) /* VD-BK-03: unused0; num_queues is not offered */
		assert_int_equal(field(r, i, 1), 0);
	for (uint32_t i = 57; i < 60; i++)
		assert_int_equal(field(r, i, 1), 0);
	any_blk_device_resized(&r->dev); /* VD-BK-07 */
	assert_int_equal(r->dev.virtio.generation, 1);
	assert_int_equal(r->dev.virtio.isr, ANY_VIRTIO_ISR_CONFIG);
	rig_down(r);
}

static void vd_bk_01_offers(void **state)
{
	const struct any_blk_device_config none = {.features = 0};
	struct any_ring_piece pieces[4];
	struct any_space space = {.n_regions = 0};
	struct any_blk_device dev;
	struct disk *disk = malloc(sizeof(*disk));

	(void)state;
	disk_init(disk, false);
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4),
			 0);
	assert_true(dev.virtio.offered ==
		    (ANY_VIRTIO_F_VERSION_1 | ANY_BLK_F_FLUSH | ANY_BLK_F_CONFIG_WCE |
		     ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES));
	disk->backend.sync = NULL;
	disk->backend.discard = NULL;
	disk->backend.write_zeroes = NULL;
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4),
			 0);
	assert_true(dev.virtio.offered == (ANY_VIRTIO_F_VERSION_1 | ANY_BLK_F_FLUSH));
	disk->backend.capacity = UINT64_MAX;
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4),
			 -ANY_EINVAL);
	free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(vd_sr_01_any_split),
		cmocka_unit_test(vd_bk_09_10_flags_and_zeroes),
		cmocka_unit_test(vd_bk_12_stable_when_it_must_be),
		cmocka_unit_test(budget_is_kept),
		cmocka_unit_test(configuration),
		cmocka_unit_test(vd_bk_01_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
