/* SPDX-License-Identifier: BSD-2-Clause */
/* A block device's life: it grows, asks for a reset, is refused, is stopped and started again. */
#include "rig.h"

static void vg_bk_05_the_disk_grows(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_int_equal(r->blk.limits.capacity, DISK_SECTORS);
	r->disk.backend.capacity = DISK_SECTORS / 2;
	any_blk_device_resized(&r->dev);
	assert_int_equal(any_blk_interrupt(&r->blk), 0);
	assert_int_equal(r->blk.limits.capacity, DISK_SECTORS / 2);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS / 2, r->world.ram, 512),
			 -ANY_EINVAL);
	assert_int_equal(any_blk_interrupt(&r->blk), 0); /* acknowledged: VG-ST-16, nothing new */
	rig_down(r);
}

static void vg_st_11_needs_reset_and_on_again(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	const struct any_blk_request req = {
		.type = ANY_BLK_T_IN, .buf = r->world.ram, .len = 512, .cookie = r};
	struct any_blk_completion done;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	any_blk_kick(&r->blk);
	any_virtio_blk_device_process(&r->dev, 2);
	any_virtio_device_fail(&r->dev.virtio, "test");
	assert_int_equal(any_blk_interrupt(&r->blk), -ANY_EPROTO);
	assert_int_equal(any_blk_abort(&r->blk, &done), -ANY_EBUSY);
	assert_int_equal(any_blk_stop(&r->blk), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(any_blk_abort(&r->blk, &done), 0);
		assert_ptr_equal(done.cookie, r);
		assert_int_equal(done.result, -ANY_EIO);
	}
	assert_int_equal(any_blk_abort(&r->blk, &done), -ANY_EAGAIN);
	assert_int_equal(r->world.pool.counters.live, 0);
	assert_int_equal(any_blk_fini(&r->blk), 0);
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static int init_fails(struct rig *r, size_t bytes)
{
	int err = any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory, bytes);

	assert_non_null(r->blk.virtio.why);
	assert_int_equal(r->world.coherent.pages_used, 0);
	assert_false(any_virtio_device_queue_ready(&r->dev.virtio, 0));
	return err;
}

static void init_refuses_and_leaves_nothing(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, false);
	const size_t all = sizeof(r->memory);

	(void)state;
	r->transport.device_id = 1;
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	r->transport.device_id = ANY_VIRTIO_ID_BLOCK;
	r->transport.config_len = 7; /* VG-CF-05 */
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->transport.config_len = ANY_BLK_CFG_BYTES;
	assert_int_equal(init_fails(r, ANY_BLK_BYTES(3)), -ANY_ENOSPC);
	r->disk.backend.capacity = UINT64_MAX;
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->disk.backend.capacity = DISK_SECTORS;
	r->dev.queue.max = 2; /* no room for a request */
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->dev.queue.max = QUEUE;
	r->dev.virtio.offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(init_fails(r, all), -ANY_EPERM);
	r->dev.virtio.offered |= ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory, all),
			 0);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static void nonsense_limits_are_refused(void **state)
{
	static const struct any_blk_device_config bad[] = {
		{.size_max = 511}, {.blk_size = 513}, {.blk_size = 256}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		struct rig *r = rig_of(WORLD_OFFSET, PLAT, &bad[i], false);

		assert_int_equal(init_fails(r, sizeof(r->memory)), -ANY_ENODEV);
		world_fini(&r->world);
		free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_bk_05_the_disk_grows),
		cmocka_unit_test(vg_st_11_needs_reset_and_on_again),
		cmocka_unit_test(init_refuses_and_leaves_nothing),
		cmocka_unit_test(nonsense_limits_are_refused),
	};

	int failed = 0;

	RIG_EACH_RING(failed, tests);
	return failed;
}
