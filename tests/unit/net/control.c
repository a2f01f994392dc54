/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands and what comes of them: filters, pairs, announcements (5.1.9.5). */
#include "rig.h"

static const uint8_t broadcast[6] = {255, 255, 255, 255, 255, 255};
static const uint8_t other[6] = {2, 0, 0, 0, 0, 8}, friend[6] = {2, 0, 0, 0, 0, 9};
static const uint8_t group[6] = {1, 0, 0x5e, 0, 0, 1}, group2[6] = {1, 0, 0x5e, 0, 0, 2};

/* Does a frame for `to` come through? The buffer goes back into the queue. */
static bool comes(struct rig *r, const uint8_t *to, int vlan)
{
	struct any_net_packet packet;
	uint8_t frame[60];
	bool came;

	make_frame(frame, sizeof(frame), 1);
	memcpy(frame, to, 6);
	if (vlan >= 0) {
		frame[12] = 0x81;
		frame[13] = 0;
		frame[14] = (uint8_t)(0xe0 | vlan >> 8); /* with a priority */
		frame[15] = (uint8_t)vlan;
	}
	if (!r->net.pairs[0].posted)
		post_all(r, 1, BUFFER);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), 0);
	came = any_net_receive(&r->net, 0, &packet) == 0;
	if (came)
		assert_int_equal(packet.result, 0);
	return came;
}

static int mode(struct rig *r, uint8_t command, bool on)
{
	return done(r, any_net_set_rx_mode(&r->net, command, on));
}

static void vd_nt_22_modes_and_what_comes_first(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_true(comes(r, own_mac, -1));
	assert_true(comes(r, broadcast, -1));
	assert_false(comes(r, other, -1));
	assert_false(comes(r, group, -1));
	assert_int_equal(r->dev.counters.filtered, 2);
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_ALLMULTI, true), 0);
	assert_true(comes(r, group, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_NOMULTI, true), 0);
	assert_false(comes(r, group, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_ALLUNI, true), 0);
	assert_true(comes(r, other, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_NOUNI, true), 0);
	assert_false(comes(r, own_mac, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_NOBCAST, true), 0);
	assert_false(comes(r, broadcast, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_PROMISC, true), 0);
	assert_true(comes(r, broadcast, -1) && comes(r, other, -1) && comes(r, group, -1));
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_PROMISC, false), 0);
	assert_false(comes(r, other, -1));
	assert_int_equal(any_net_set_rx_mode(&r->net, 6, true), -ANY_EINVAL);
	rig_down(r);
}

static void vd_nt_23_addresses(void **state)
{
	const uint8_t unicast[2][6] = {{2, 0, 0, 0, 0, 8}, {2, 0, 0, 0, 0, 9}};
	const uint8_t multicast[1][6] = {{1, 0, 0x5e, 0, 0, 1}};
	struct rig *r = rig_up(WORLD_BOUNCE);

	(void)state;
	assert_int_equal(done(r, any_net_set_mac_table(&r->net, unicast, 2, multicast, 1)), 0);
	assert_true(comes(r, other, -1) && comes(r, friend, -1) && comes(r, own_mac, -1));
	assert_true(comes(r, group, -1));
	assert_false(comes(r, group2, -1));
	assert_int_equal(done(r, any_net_set_mac_table(&r->net, NULL, 0, NULL, 0)), 0);
	assert_false(comes(r, other, -1) || comes(r, group, -1));
	assert_int_equal(done(r, any_net_set_mac(&r->net, other)), 0);
	assert_true(comes(r, other, -1));
	assert_false(comes(r, own_mac, -1));
	assert_int_equal(done(r, any_net_set_mac(&r->net, group)), -ANY_EIO);
	assert_true(comes(r, other, -1));
	assert_int_equal(any_net_set_mac_table(&r->net, unicast, 65, multicast, 0), -ANY_EINVAL);
	assert_int_equal(any_net_set_mac_table(&r->net, unicast, 2, multicast, UINT32_MAX),
			 -ANY_EINVAL);
	rig_down(r);
}

static void vd_nt_24_vlans(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_true(comes(r, own_mac, -1));
	assert_false(comes(r, own_mac, 5));
	assert_int_equal(done(r, any_net_set_vlan(&r->net, 5, true)), 0);
	assert_int_equal(done(r, any_net_set_vlan(&r->net, 4095, true)), 0);
	assert_true(comes(r, own_mac, 5) && comes(r, own_mac, 4095));
	assert_false(comes(r, own_mac, 37) || comes(r, other, 5));
	assert_int_equal(done(r, any_net_set_vlan(&r->net, 5, false)), 0);
	assert_false(comes(r, own_mac, 5));
	assert_int_equal(any_net_set_vlan(&r->net, 4096, true), -ANY_EINVAL);
	rig_down(r);
	r = rig_with(WORLD_OFFSET, ALL & ~ANY_NET_F_CTRL_VLAN & ~ANY_NET_F_CTRL_RX);
	assert_true(comes(r, own_mac, 5) && comes(r, other, -1) && comes(r, group, 77));
	rig_down(r);
}

static void vg_nt_26_only_what_was_agreed(void **state)
{
	struct rig *r = rig_with(WORLD_OFFSET, ANY_NET_F_MAC | ANY_NET_F_CTRL_VQ |
						       ANY_NET_F_CTRL_RX | ANY_NET_F_MRG_RXBUF);

	(void)state;
	assert_int_equal(any_net_set_mac(&r->net, other), -ANY_ENOTSUP);
	assert_int_equal(any_net_set_vlan(&r->net, 1, true), -ANY_ENOTSUP);
	assert_int_equal(any_net_set_pairs(&r->net, 1), -ANY_ENOTSUP);
	assert_int_equal(any_net_set_offloads(&r->net, 0), -ANY_ENOTSUP);
	assert_int_equal(any_net_announced(&r->net), -ANY_ENOTSUP);
	assert_int_equal(any_net_set_rx_mode(&r->net, ANY_NET_CTRL_RX_ALLUNI, true), -ANY_ENOTSUP);
	assert_int_equal(any_net_done(&r->net), -ANY_EINVAL); /* nothing was asked */
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_PROMISC, true), 0);
	rig_down(r);
}

static void one_command_at_a_time(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT);

	(void)state;
	assert_int_equal(any_net_set_rx_mode(&r->net, ANY_NET_CTRL_RX_PROMISC, true), 0);
	assert_int_equal(any_net_set_vlan(&r->net, 1, true), -ANY_EBUSY);
	run_device(r);
	assert_int_equal(any_net_set_vlan(&r->net, 1, true), -ANY_EBUSY);
	assert_int_equal(any_net_done(&r->net), 0);
	assert_int_equal(any_net_set_vlan(&r->net, 1, true), 0);
	rig_down(r); /* with one on its way */
}

static void vg_nt_21_29_pairs(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_net_packet packet;
	uint8_t frame[60];

	(void)state;
	assert_int_equal(r->net.n_pairs, PAIRS);
	assert_int_equal(send(r, 1, &plain, 60, 1), -ANY_EINVAL);
	assert_int_equal(any_net_set_pairs(&r->net, 0), -ANY_EINVAL);
	assert_int_equal(any_net_set_pairs(&r->net, PAIRS + 1), -ANY_EINVAL);
	make_frame(frame, sizeof(frame), 1);
	for (uint16_t pair = PAIRS; pair--;) { /* VG-NT-21: none that is empty */
		if (pair)
			assert_int_equal(any_net_set_pairs(&r->net, (uint16_t)(pair + 1)),
					 -ANY_EINVAL);
		post(r, pair, pair, BUFFER);
	}
	for (uint16_t pair = 0; pair < PAIRS; pair++)
		any_net_kick_receive(&r->net, pair);
	assert_int_equal(any_net_set_pairs(&r->net, PAIRS), 0);
	assert_int_equal(send_pieces(r, 1, &plain, 60, 1), -ANY_EINVAL); /* not yet */
	run_device(r);
	assert_int_equal(any_net_done(&r->net), 0);
	for (uint16_t pair = 0; pair < PAIRS; pair++) {
		assert_int_equal(send(r, pair, &plain, 60, 1), 0);
		assert_int_equal(last_sent(r)->pair, pair);
		assert_int_equal(any_net_device_deliver(&r->dev, pair, &plain, frame, 60), 0);
		any_net_device_publish(&r->dev);
		assert_int_equal(any_net_receive(&r->net, pair, &packet), 0);
		assert_ptr_equal(packet.first, &r->buffers[pair]);
	}
	assert_int_equal(any_net_set_pairs(&r->net, 2), 0);
	assert_int_equal(send_pieces(r, 2, &plain, 60, 1), -ANY_EINVAL); /* from now on */
	run_device(r);
	assert_int_equal(any_net_done(&r->net), 0);
	post(r, 1, 1, BUFFER);
	any_net_kick_receive(&r->net, 1);
	assert_int_equal(any_net_device_deliver(&r->dev, 3, &plain, frame, 60), 0); /* VD-NT-26 */
	any_net_device_publish(&r->dev);
	assert_int_equal(any_net_receive(&r->net, 1, &packet), 0);
	rig_down(r);
}

static void vg_nt_28_announce(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	any_net_device_announce(&r->dev);
	assert_int_equal(any_net_interrupt(&r->net), 0);
	assert_true(r->net.facts.announce);
	assert_int_equal(done(r, any_net_announced(&r->net)), 0);
	assert_false(r->dev.announce); /* VD-NT-25 */
	assert_false(r->net.facts.announce);
	rig_down(r);
}

/* VD-NT-23, -26: a reset forgets it all. */
static void a_reset_forgets(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_int_equal(mode(r, ANY_NET_CTRL_RX_PROMISC, true), 0);
	assert_int_equal(done(r, any_net_set_mac(&r->net, other)), 0);
	assert_int_equal(done(r, any_net_set_vlan(&r->net, 7, true)), 0);
	for (uint16_t pair = 1; pair < 3; pair++)
		post(r, pair, pair, BUFFER);
	assert_int_equal(done(r, any_net_set_pairs(&r->net, 3)), 0);
	assert_true(comes(r, own_mac, 7));
	rig_give_back(r);
	assert_int_equal(rig_start(r), 0);
	assert_memory_equal(r->net.facts.mac, own_mac, 6);
	assert_false(comes(r, other, -1) || comes(r, own_mac, 7));
	assert_int_equal(r->dev.active, 1);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_nt_22_modes_and_what_comes_first),
		cmocka_unit_test(vd_nt_23_addresses),
		cmocka_unit_test(vd_nt_24_vlans),
		cmocka_unit_test(vg_nt_26_only_what_was_agreed),
		cmocka_unit_test(one_command_at_a_time),
		cmocka_unit_test(vg_nt_21_29_pairs),
		cmocka_unit_test(vg_nt_28_announce),
		cmocka_unit_test(a_reset_forgets),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
