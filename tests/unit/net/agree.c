/* SPDX-License-Identifier: BSD-2-Clause */
/* What a network driver and its device agree on, and configurations nobody can mean. */
#include "rig.h"

/* A device whose configuration is the test's. */
static uint8_t lies[ANY_NET_CFG_BYTES];
static uint32_t lied;

static uint32_t lying_config(void *ctx, uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	(void)ctx;
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)lies[offset + i] << 8 * i;
	lied++;
	return value;
}

static void no_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx;
	fail_msg("the driver wrote %u to %u (%u bytes): VG-NT-01", value, offset, width);
}

static struct any_virtio_transport_ops lying_ops;

static struct rig *liar(uint64_t features)
{
	static const uint8_t good[ANY_NET_CFG_BYTES] = {
		2, 0, 0, 0, 0, 7, 1, 0, 4, 0, 0x28, 35 /* 9000 */, 0, 0x10, 0, 0, 1};
	struct rig *r = rig_of(WORLD_OFFSET, features, true);

	memcpy(lies, good, sizeof(lies));
	lying_ops = *r->transport.ops;
	lying_ops.config_read = lying_config;
	lying_ops.config_write = no_config_write;
	r->transport.ops = &lying_ops;
	return r;
}

static void put_config(struct rig *r, uint32_t at, uint8_t byte)
{
	(void)r;
	lies[at] = byte;
}

static void facts_are_read(void **state)
{
	struct rig *r = liar(ALL);

	(void)state;
	assert_int_equal(rig_start(r), 0);
	assert_memory_equal(r->net.facts.mac, own_mac, 6);
	assert_true(r->net.facts.has_mac && r->net.facts.up && !r->net.facts.announce);
	assert_int_equal(r->net.facts.mtu, 9000);
	assert_int_equal(r->net.facts.max_pairs, 4);
	assert_int_equal(r->net.facts.speed, 4096);
	assert_int_equal(r->net.facts.duplex, 1);
	assert_int_equal(r->net.virtio.features & ALL, ALL);
	rig_down(r);
}

/* VG-CF-03, VG-NT-02, VG-NT-03: what was not agreed on is not asked for. */
static void nothing_offered_nothing_read(void **state)
{
	struct rig *r = liar(0);

	(void)state;
	lied = 0;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(lied, 0);
	assert_true(r->net.facts.up && !r->net.facts.has_mac);
	assert_int_equal(r->net.facts.mtu, 0);
	assert_int_equal(r->net.facts.speed, ANY_NET_SPEED_UNKNOWN);
	assert_int_equal(r->net.facts.duplex, ANY_NET_DUPLEX_UNKNOWN);
	assert_int_equal(r->net.n_pairs, 1);
	assert_int_equal(r->net.ctrl.mem.size, 0);
	assert_int_equal(send(r, 0, &plain, 18 + 65535, 2), 0);
	rig_down(r);
}

/* An MTU nobody can have is not accepted; nor one that the buffers do not hold (VG-NT-04). */
static void the_mtu_is_refused(void **state)
{
	static const uint16_t bad[] = {0, 1, 67};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		struct rig *r = liar(ALL);

		put_config(r, ANY_NET_CFG_MTU, (uint8_t)bad[i]);
		put_config(r, ANY_NET_CFG_MTU + 1, 0);
		assert_int_equal(rig_start(r), 0);
		assert_false(any_virtio_has(&r->net.virtio, ANY_NET_F_MTU));
		assert_int_equal(r->net.facts.mtu, 0);
		rig_down(r);
	}
	for (uint32_t buffer = 9029; buffer <= 9030; buffer++) { /* 12 + 14 + 4 + 9000 */
		struct rig *r = liar(ALL & ~ANY_NET_F_MRG_RXBUF);

		r->options.buffer = buffer;
		assert_int_equal(rig_start(r), 0);
		assert_int_equal(any_virtio_has(&r->net.virtio, ANY_NET_F_MTU), buffer == 9030);
		assert_int_equal(r->net.buffer_min, buffer == 9030 ? 9030 : ANY_NET_BUFFER_MIN);
		rig_down(r);
	}
}

static void speeds_nobody_has(void **state)
{
	struct rig *r = liar(ALL);

	(void)state;
	put_config(r, ANY_NET_CFG_SPEED + 3, 0x80); /* VG-NT-05 */
	put_config(r, ANY_NET_CFG_DUPLEX, 2);
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->net.facts.speed, ANY_NET_SPEED_UNKNOWN);
	assert_int_equal(r->net.facts.duplex, ANY_NET_DUPLEX_UNKNOWN);
	rig_down(r);
}

/* 0x8000 would put the control queue at number 0. */
static void pairs_nobody_has(void **state)
{
	static const uint16_t bad[] = {0, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		struct rig *r = liar(ALL);

		put_config(r, ANY_NET_CFG_MAX_PAIRS, (uint8_t)bad[i]);
		put_config(r, ANY_NET_CFG_MAX_PAIRS + 1, (uint8_t)(bad[i] >> 8));
		assert_int_equal(rig_start(r), 0);
		assert_false(any_virtio_has(&r->net.virtio, ANY_NET_F_MQ));
		assert_int_equal(r->net.n_pairs, 1);
		assert_int_equal(r->net.ctrl.index, 2);
		assert_int_equal(done(r, any_net_set_vlan(&r->net, 1, true)), 0);
		rig_down(r);
	}
}

static int start_fails(struct rig *r)
{
	int err = rig_start(r);

	assert_non_null(r->net.virtio.why);
	assert_int_equal(r->world.coherent.pages_used, 0);
	for (uint32_t queue = 0; queue < 2 * PAIRS + 1; queue++)
		assert_false(any_virtio_device_queue_ready(&r->dev.virtio, queue));
	return err;
}

static void more_pairs_than_there_are_queues(void **state)
{
	struct rig *r = liar(ALL);

	(void)state;
	put_config(r, ANY_NET_CFG_MAX_PAIRS, 9); /* the control queue would be number 18 */
	assert_int_equal(start_fails(r), -ANY_ENOENT);
	rig_free(r);
}

static void addresses_nobody_has(void **state)
{
	static const uint8_t bad[] = {0, 1, 3, 0xff};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		struct rig *r = liar(ALL);

		put_config(r, 0, bad[i]);
		if (!bad[i])
			put_config(r, 5, 0);
		assert_int_equal(start_fails(r), -ANY_ENODEV);
		rig_free(r);
	}
}

/* VD-NT-01 as a driver sees it: a bit without those it needs is not accepted. */
static void offers_that_contradict_themselves(void **state)
{
	static const uint64_t pairs[][2] = {
		/* dropped where the second is not offered */
		{ANY_NET_F_GUEST_TSO4 | ANY_NET_F_GUEST_TSO6 | ANY_NET_F_GUEST_ECN,
		 ANY_NET_F_GUEST_CSUM},
		{ANY_NET_F_GUEST_ECN, ANY_NET_F_GUEST_GSO},
		{ANY_NET_F_HOST_TSO4 | ANY_NET_F_HOST_TSO6 | ANY_NET_F_HOST_ECN, ANY_NET_F_CSUM},
		{ANY_NET_F_HOST_ECN, ANY_NET_F_HOST_GSO},
		{ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_CTRL_RX_EXTRA |
			 ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR |
			 ANY_NET_F_CTRL_GUEST_OFFLOADS,
		 ANY_NET_F_CTRL_VQ},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(pairs); i++) {
		struct rig *r = liar(ALL);

		r->dev.virtio.offered &= ~pairs[i][1];
		assert_int_equal(rig_start(r), 0);
		assert_int_equal(r->net.virtio.features & ALL, ALL & ~pairs[i][1] & ~pairs[i][0]);
		rig_down(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_read),
		cmocka_unit_test(nothing_offered_nothing_read),
		cmocka_unit_test(the_mtu_is_refused),
		cmocka_unit_test(speeds_nobody_has),
		cmocka_unit_test(pairs_nobody_has),
		cmocka_unit_test(more_pairs_than_there_are_queues),
		cmocka_unit_test(addresses_nobody_has),
		cmocka_unit_test(offers_that_contradict_themselves),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
