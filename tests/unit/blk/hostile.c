/* SPDX-License-Identifier: BSD-2-Clause */
/* The block driver against a device that answers wrongly (D13, VG-SR-13). */
#include "rig.h"

#include <anydma/endian.h>

/* Plays the device for one IN request of 512 bytes. */
static int answer(struct rig *r, int status, uint32_t data, uint32_t written)
{
	const struct any_blk_request req = {.type = ANY_BLK_T_IN, .buf = r->world.ram, .len = 512};
	struct any_virtio_cursor cursor;
	struct any_blk_completion done;
	struct any_ring_chain chain;
	uint8_t bytes[512], last = (uint8_t)status;
	int err;

	memset(bytes, 0x99, sizeof(bytes));
	assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	any_blk_kick(&r->blk);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, 0, &chain), 0);
	assert_int_equal(chain.in_len, 513);
	cursor = any_virtio_cursor_in(&chain);
	assert_int_equal(any_virtio_device_store(&r->dev.virtio, &cursor, bytes, data), 0);
	if (status >= 0) {
		chain.piece += chain.n_out + chain.n_in - 1;
		chain.n_out = 0;
		chain.n_in = 1;
		cursor = any_virtio_cursor_in(&chain);
		assert_int_equal(any_virtio_device_store(&r->dev.virtio, &cursor, &last, 1), 0);
	}
	any_virtio_device_use(&r->dev.virtio, 0, chain.head, written);
	any_virtio_device_publish(&r->dev.virtio, 0);
	err = any_blk_poll(&r->blk, &done);
	return err ? err : done.result;
}

static void honest_answers(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);

	(void)state;
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 513), 0);
	assert_int_equal(answer(r, ANY_BLK_S_IOERR, 0, 0), -ANY_EIO);
	assert_int_equal(answer(r, ANY_BLK_S_UNSUPP, 0, 0), -ANY_ENOTSUP);
	rig_down(r);
}

/* Success with fewer bytes than were asked for is no success: the rest was never written. */
static void vg_sr_13_ok_but_short(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);

	(void)state;
	memset(r->world.ram, 0x11, 512);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 512), -ANY_EPROTO);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 100, 100), -ANY_EPROTO);
	memset(r->world.ram, 0x11, 512);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 0), -ANY_EPROTO);
	for (int i = 0; i < 512; i++)
		assert_int_equal(r->world.ram[i], 0x11);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 513), 0); /* the ring itself is well */
	rig_down(r);
}

static void a_status_nobody_defined(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	for (int status = 3; status <= 255; status++)
		assert_int_equal(answer(r, status, 512, 513), -ANY_EIO);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 513), 0);
	/* never written: an old OK in the same place does not count */
	assert_int_equal(answer(r, -1, 512, 513), -ANY_EIO);
	rig_down(r);
}

static void d13_too_long_breaks_and_is_recovered(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	struct any_blk_request req = {.type = ANY_BLK_T_IN, .buf = r->world.ram, .len = 512};
	struct any_blk_completion done;

	(void)state;
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 514), -ANY_EPROTO);
	assert_int_equal(any_blk_poll(&r->blk, &done), -ANY_EPROTO);
	assert_int_equal(any_blk_submit(&r->blk, &req), -ANY_EPROTO);
	assert_int_equal(r->world.pool.counters.live, 1); /* the device may still write there */
	assert_int_equal(any_blk_stop(&r->blk), 0);
	assert_int_equal(any_blk_abort(&r->blk, &done), 0);
	assert_int_equal(done.result, -ANY_EIO);
	assert_int_equal(any_blk_fini(&r->blk), 0);
	assert_int_equal(r->world.pool.counters.live, 0);
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(answer(r, ANY_BLK_S_OK, 512, 513), 0);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_answers),
		cmocka_unit_test(vg_sr_13_ok_but_short),
		cmocka_unit_test(a_status_nobody_defined),
		cmocka_unit_test(d13_too_long_breaks_and_is_recovered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
