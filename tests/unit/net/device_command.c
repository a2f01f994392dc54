/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of a driver that writes its chains by hand (D19, VD-NT-33). */
#include "raw.h"

/* A command of `len` bytes, cut after `cut` of them; its answer, or what else came of it. */
static int64_t command(struct rig *r, const void *bytes, uint32_t len, uint32_t cut,
		       uint32_t answer)
{
	int64_t n;

	memcpy(r->mem + HEAD, bytes, len);
	memset(r->mem + ANSWER, 0xee, 16);
	r->n_desc = 0;
	if (cut)
		piece(r, CTRL, BUS + HEAD, cut, false);
	if (len > cut)
		piece(r, CTRL, BUS + HEAD + cut, len - cut, false);
	for (uint32_t i = 0; i < answer; i++)
		piece(r, CTRL, BUS + ANSWER + i, 1, true);
	n = run(r, CTRL);
	assert_int_equal(r->dev.virtio.status, 0xf);
	assert_int_equal(n, answer ? 1 : 0);
	assert_int_equal(r->mem[ANSWER + 1], 0xee);
	return r->mem[ANSWER];
}

static void vd_nt_33_commands(void **state)
{
	static const struct {
		uint32_t len;
		uint8_t answer, bytes[12];
	} rows[] = {
		{3, 0, {0, 0, 1}},
		{2, 1, {0, 0}},
		{1, 1, {0}},
		{3, 1, {0, 2, 1}},
		{3, 1, {0, 6, 1}},
		{3, 1, {0, 255, 1}},
		{8, 0, {1, 1, 2, 0}},
		{7, 1, {1, 1, 2, 0}},
		{8, 1, {1, 1, 3, 0}},
		{10, 0, {1, 0}},
		{9, 1, {1, 0}},
		{10, 1, {1, 0, 1}},
		{10, 1, {1, 0, 0xff, 0xff, 0xff, 0xff}},
		{10, 1, {1, 2}},
		{4, 0, {2, 0, 5, 0}},
		{3, 1, {2, 0, 5}},
		{4, 1, {2, 0, 0, 0x10}},
		{4, 1, {2, 2, 5, 0}},
		{2, 0, {3, 0}},
		{2, 1, {3, 1}},
		{4, 0, {4, 0, 2, 0}},
		{4, 1, {4, 0, 0, 0}},
		{4, 1, {4, 0, 3, 0}},
		{4, 1, {4, 0, 0, 0x80}},
		{4, 1, {4, 1, 1, 0}},
		{10, 0, {5, 0, 2}},
		{10, 1, {5, 0, 0x80}},
		{10, 1, {5, 0, 0, 1}},
		{9, 1, {5, 0, 2}},
		{10, 1, {5, 1, 2}},
		{4, 1, {6, 0, 0, 0}},
		{4, 1, {255, 255, 0, 0}},
	};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++)
		for (uint32_t cut = 0; cut <= rows[i].len; cut++)
			assert_int_equal(command(r, rows[i].bytes, rows[i].len, cut, 1 + cut % 3),
					 rows[i].answer);
	/* no room for an answer: given back, and not done */
	assert_false(r->dev.filter.modes & 2);
	assert_int_equal(command(r, (uint8_t[]){0, 1, 1}, 3, 0, 0), 0xee);
	assert_false(r->dev.filter.modes & 2);
	rig_down(r);
}

/* A table that does not fit lets everything through, and one that is cut short changes nothing. */
static void tables(void **state)
{
	uint8_t bytes[2 + 4 + 65 * 6 + 4 + 6] = {1, 0, 65};
	struct rig *r = rig_up();

	(void)state;
	bytes[6 + 65 * 6] = 1;
	assert_int_equal(command(r, bytes, sizeof(bytes) - 1, 300, 1), ANY_NET_CTRL_ERR);
	assert_false(r->dev.filter.all_unicast);
	assert_int_equal(command(r, bytes, sizeof(bytes), 300, 1), ANY_NET_CTRL_OK);
	assert_true(r->dev.filter.all_unicast);
	assert_false(r->dev.filter.all_multicast);
	assert_int_equal(r->dev.filter.n_multicast, 1);
	bytes[2] = 64; /* and the other table does not fit behind it */
	bytes[6 + 64 * 6] = 1;
	assert_int_equal(command(r, bytes, 6 + 64 * 6 + 10, 13, 1), ANY_NET_CTRL_OK);
	assert_false(r->dev.filter.all_unicast);
	assert_true(r->dev.filter.all_multicast);
	assert_int_equal(r->dev.filter.n_unicast, 64);
	rig_down(r);
}

static void a_command_that_is_not_the_drivers(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	r->n_desc = 0;
	piece(r, CTRL, BUS + MEM - 1, 3, false);
	piece(r, CTRL, BUS + ANSWER, 1, true);
	assert_int_equal(run(r, CTRL), -1);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	bring_up(r, 0);
	r->n_desc = 0;
	memcpy(r->mem + HEAD, (uint8_t[]){0, 0, 1}, 3);
	piece(r, CTRL, BUS + HEAD, 3, false);
	piece(r, CTRL, BUS + MEM, 1, true);
	assert_int_equal(run(r, CTRL), -1);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	rig_down(r);
}

/* Without MQ the control queue is number 2, however many pairs were offered (5.1.2). */
static void the_control_queue_moves(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	bring_up(r, ANY_NET_F_MQ | ANY_NET_F_CTRL_VQ | ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN |
			    ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_CTRL_MAC_ADDR |
			    ANY_NET_F_CTRL_GUEST_OFFLOADS);
	assert_int_equal(any_net_device_process(&r->dev, 5), 0);
	any_virtio_device_set_status(&r->dev.virtio, 0);
	any_virtio_device_set_status(&r->dev.virtio, 3);
	any_virtio_device_set_features(&r->dev.virtio, r->dev.virtio.offered & ~ANY_NET_F_MQ);
	any_virtio_device_set_status(&r->dev.virtio, 0xb);
	set_up_queue(r, 2);
	any_virtio_device_set_status(&r->dev.virtio, 0xf);
	memcpy(r->mem + HEAD, (uint8_t[]){0, 0, 1}, 3);
	r->n_desc = 0;
	piece(r, 2, BUS + HEAD, 3, false);
	piece(r, 2, BUS + ANSWER, 1, true);
	assert_int_equal(run(r, 2), 1);
	assert_int_equal(r->mem[ANSWER], ANY_NET_CTRL_OK);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_nt_33_commands),
		cmocka_unit_test(tables),
		cmocka_unit_test(a_command_that_is_not_the_drivers),
		cmocka_unit_test(the_control_queue_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
