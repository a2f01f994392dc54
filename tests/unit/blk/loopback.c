/* SPDX-License-Identifier: BSD-2-Clause */
/* Block driver and block device together: every request and limit, on every small platform. */
#include "rig.h"

static void each_request_on_each_platform(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);
		uint8_t *buf = r->world.ram;

		assert_int_equal(run_data(r, ANY_BLK_T_IN, 5, buf, 1024), 0);
		assert_memory_equal(buf, r->disk.data + 5 * 512, 1024);
		assert_int_equal(buf[1024], 0x5a);
		memset(buf, 0x42, 512);
		assert_int_equal(run_data(r, ANY_BLK_T_OUT, DISK_SECTORS - 1, buf, 512), 0);
		assert_memory_equal(r->disk.data + DISK_BYTES - 512, buf, 512);
		assert_int_equal(run_data(r, ANY_BLK_T_GET_ID, 0, buf, 20), 0);
		assert_memory_equal(buf, r->disk.backend.id, 20);
		assert_int_equal(run(r, (struct any_blk_request){.type = ANY_BLK_T_FLUSH}), 0);
		assert_int_equal(r->disk.syncs, 1);
		assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 7, 2, true), 0);
		assert_int_equal(r->disk.zeroes, 100);
		assert_int_equal(r->disk.data[7 * 512 + 1], 0);
		assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 8, 2, false), 0);
		assert_int_equal(r->disk.zeroes, 101);
		assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 20, 2, true), 0);
		assert_int_equal(r->disk.discards, 1); /* VG-BK-12: unmap is not passed on */
		rig_down(r);
	}
}

/* What the driver must never send (VG-BK-06 to -10) and what the device does not have. */
static void refused_before_it_is_sent(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	uint8_t *buf = r->world.ram;

	(void)state;
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS, buf, 512), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS - 1, buf, 1024), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, UINT64_MAX, buf, 512), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, buf, 0), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, buf, 511), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_GET_ID, 0, buf, 21), -ANY_EINVAL);
	assert_int_equal(run_data(r, (enum any_blk_type)2, 0, buf, 512), -ANY_ENOTSUP);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 0, false), -ANY_EINVAL);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, DISK_SECTORS - 1, 2, false), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r, 512), -ANY_EFAULT); /* not RAM */
	assert_int_equal(r->blk.queue.vq.ring.made, 0);
	/* and a slot is not lost by any of them */
	for (int i = 0; i < 100; i++)
		assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r, 512), -ANY_EFAULT);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 512), 0);
	rig_down(r);
}

static void vg_bk_07_read_only(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, true);

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_true(r->blk.limits.read_only);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), -ANY_EPERM);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 1, false), -ANY_EPERM);
	assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 0, 1, false), -ANY_EPERM);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static void without_options(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, false);

	(void)state;
	r->dev.virtio.offered &= ~(ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES | ANY_BLK_F_FLUSH |
				   ANY_BLK_F_CONFIG_WCE);
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_false(r->blk.limits.writeback); /* VG-BK-02 */
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 1, false), -ANY_ENOTSUP);
	assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 0, 1, false), -ANY_ENOTSUP);
	assert_int_equal(run(r, (struct any_blk_request){.type = ANY_BLK_T_FLUSH}), -ANY_ENOTSUP);
	assert_int_equal(any_blk_set_writeback(&r->blk, true), -ANY_ENOTSUP);
	rig_down(r);
}

static void writeback_is_the_drivers_choice(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_true(r->blk.limits.writeback);
	assert_int_equal(any_blk_set_writeback(&r->blk, false), 0);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), 0);
	assert_int_equal(r->disk.unsynced, 0);
	assert_int_equal(any_blk_set_writeback(&r->blk, true), 0);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), 0);
	assert_int_equal(r->disk.unsynced, 1);
	rig_down(r);
}

/* Limits of the device and of the platform cut one buffer into segments. */
static void segments(void **state)
{
	const struct any_blk_device_config config = {
		.size_max = 1000, .seg_max = 6, .blk_size = 512};
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, &config, false);
	uint8_t *buf = r->world.ram + 1;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(r->blk.limits.size_max, 512);
	assert_int_equal(any_blk_max_bytes(&r->blk), 6 * 512);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 7 * 512), -ANY_E2BIG);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 6 * 512), 0);
	assert_memory_equal(buf, r->disk.data, 6 * 512);
	assert_int_equal(r->disk.reads, 6);
	rig_down(r);
}

static void segments_of_a_bounce_pool(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	uint8_t *buf = r->world.ram + 3;

	(void)state;
	assert_true(r->blk.limits.size_max <= 16384);
	assert_true(any_blk_max_bytes(&r->blk) >= 65536);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 1, buf, 65536), 0);
	assert_memory_equal(buf, r->disk.data + 512, 65536);
	rig_down(r);
}

/* On a machine with cache lines no line belongs to two mappings, nor to a header and a status. */
static void da_33_lines_are_not_shared(void **state)
{
	const struct any_blk_device_config config = {.size_max = 1024};
	struct rig *r = rig_of(WORLD_NONCOHERENT, PLAT, &config, false);
	const struct any_blk_request req = {
		.type = ANY_BLK_T_IN, .buf = r->world.ram + 10, .len = 4096};
	const struct any_ring_driver *ring = &r->blk.queue.vq.ring;
	uint16_t id;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	id = any_ring_free_at(ring, 0);
	assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	assert_int_equal(ring->shadow[id].count, 1 + 5 + 1); /* 10 bytes into a line */
	id = any_ring_next(ring, id);
	for (int i = 1; i < 5; i++) {
		id = any_ring_next(ring, id);
		assert_int_equal((uintptr_t)r->blk.queue.vq.slots[id].map.cpu % 64, 0);
	}
	assert_int_equal(r->blk.queue.status_at % 64, 0);
	assert_true(r->blk.queue.status_at >= 32);
	assert_true(r->blk.queue.stride - r->blk.queue.status_at >= 64);
	assert_int_equal(r->blk.queue.stride % 64, 0);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_on_each_platform),
		cmocka_unit_test(refused_before_it_is_sent),
		cmocka_unit_test(vg_bk_07_read_only),
		cmocka_unit_test(without_options),
		cmocka_unit_test(writeback_is_the_drivers_choice),
		cmocka_unit_test(segments),
		cmocka_unit_test(segments_of_a_bounce_pool),
		cmocka_unit_test(da_33_lines_are_not_shared),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
