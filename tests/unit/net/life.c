/* SPDX-License-Identifier: BSD-2-Clause */
/* A network device's life: what is refused, the line, a reset, and on again. */
#include "rig.h"

static int start_fails(struct rig *r)
{
	int err = rig_start(r);

	assert_non_null(r->net.virtio.why);
	assert_int_equal(r->world.coherent.pages_used, 0);
	for (uint32_t queue = 0; queue < 2 * PAIRS + 1; queue++)
		assert_false(any_virtio_device_queue_ready(&r->dev.virtio, queue));
	return err;
}

static int device_of(struct rig *r, uint64_t features, bool takes, struct any_net_device_config c)
{
	struct any_net_device dev;

	r->backend.takes_csum = takes;
	c.features = features;
	return any_net_device_init(&dev, &r->backend, r, &c, &r->world.space, r->device_memory,
				   sizeof(r->device_memory), r->stage, STAGE);
}

/* ... and as a device: neither offered nor accepted. */
static void vd_nt_01_the_device_refuses(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, ALL, true);
	struct any_virtio_device *v = &r->dev.virtio;
	const uint64_t ring = ANY_VIRTIO_F_VERSION_1 | PLAT;

	(void)state;
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, ring | ANY_NET_F_GUEST_TSO4);
	any_virtio_device_set_status(v, 0xb);
	assert_int_equal(v->status, 3);
	any_virtio_device_set_features(v, ring | ANY_NET_F_GUEST_TSO4 | ANY_NET_F_GUEST_CSUM);
	any_virtio_device_set_status(v, 0xb);
	assert_int_equal(v->status, 0xb);
	any_virtio_device_set_status(v, 0);
	rig_free(r);
}

/* The address can be read before any reset. */
static void as_it_is_made(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, ALL, true);

	(void)state;
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_NET_CFG_MAC + 5, 1), 7);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_NET_CFG_MTU, 2), 9000);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_NET_CFG_STATUS, 2), 1);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_NET_CFG_SPEED, 4),
			 10000);
	rig_free(r);
}

static void devices_that_cannot_be(void **state)
{
	const struct any_net_device_config good = {.mtu = 1500, .pairs = 1, .queue_max = QUEUE};
	struct any_net_device_config c = good;
	struct rig *r = rig_of(WORLD_OFFSET, 0, true);

	(void)state;
	assert_int_equal(device_of(r, ALL & ~ANY_NET_F_MQ, true, good), 0);
	assert_int_equal(device_of(r, ANY_NET_F_GUEST_TSO4, true, good), -ANY_EINVAL);
	assert_int_equal(device_of(r, ANY_NET_F_CTRL_RX, true, good), -ANY_EINVAL);
	assert_int_equal(device_of(r, ANY_NET_F_CSUM | ANY_NET_F_HOST_TSO4, false, good),
			 -ANY_EINVAL);
	assert_int_equal(device_of(r, 1ull << 57, true, good), -ANY_EINVAL);
	assert_int_equal(device_of(r, ANY_VIRTIO_F_INDIRECT_DESC, true, good), -ANY_EINVAL);
	c.mtu = 67; /* VD-NT-02 */
	assert_int_equal(device_of(r, ANY_NET_F_MTU, true, c), -ANY_EINVAL);
	c = good;
	c.pairs = 0;
	assert_int_equal(device_of(r, 0, true, c), -ANY_EINVAL);
	c.pairs = 2;
	assert_int_equal(device_of(r, 0, true, c), -ANY_EINVAL);
	c.pairs = PAIRS + 1;
	assert_int_equal(device_of(r, ANY_NET_F_MQ | ANY_NET_F_CTRL_VQ, true, c), -ANY_ENOSPC);
	c = good;
	c.queue_max = 63;
	assert_int_equal(device_of(r, 0, true, c), -ANY_EINVAL);
	assert_int_equal(device_of(r, ANY_NET_F_CTRL_RX_EXTRA, true, good), -ANY_EINVAL);
	c = good;
	c.speed = 0x80000000u; /* VD-NT-05 */
	assert_int_equal(device_of(r, ANY_NET_F_SPEED_DUPLEX, true, c), -ANY_EINVAL);
	c.speed = ANY_NET_SPEED_UNKNOWN;
	assert_int_equal(device_of(r, ANY_NET_F_SPEED_DUPLEX, true, c), 0);
	c.duplex = 2;
	assert_int_equal(device_of(r, ANY_NET_F_SPEED_DUPLEX, true, c), -ANY_EINVAL);
	c = good;
	c.mac[0] = 1;
	assert_int_equal(device_of(r, ANY_NET_F_MAC, true, c), -ANY_EINVAL);
	rig_free(r);
}

static void init_refuses_and_leaves_nothing(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, ALL, true);

	(void)state;
	r->transport.device_id = ANY_VIRTIO_ID_BLOCK;
	assert_int_equal(start_fails(r), -ANY_ENODEV);
	r->transport.device_id = ANY_VIRTIO_ID_NET;
	assert_int_equal(any_net_init(&r->net, &r->transport, &r->world.dev, &r->options, r->memory,
				      ANY_NET_BYTES(PAIRS, 1)),
			 -ANY_ENOSPC);
	r->transport.config_len = 0; /* VG-CF-05: no address */
	assert_int_equal(start_fails(r), -ANY_ENODEV);
	r->transport.config_len = ANY_NET_CFG_BYTES;
	r->dev.virtio.queues[2 * PAIRS].max = 1; /* no room for a command and its answer */
	assert_int_equal(start_fails(r), -ANY_ENODEV);
	r->dev.virtio.queues[2 * PAIRS].max = QUEUE;
	r->options.size = 1;
	assert_int_equal(start_fails(r), -ANY_ENOSPC);
	r->options.size = QUEUE;
	r->options.buffer = 100;
	r->options.without = ANY_NET_F_MRG_RXBUF;
	assert_int_equal(start_fails(r), -ANY_EINVAL);
	r->options.without = 0;
	r->dev.virtio.offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(start_fails(r), -ANY_EPERM);
	r->dev.virtio.offered |= ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(send(r, 0, &plain, 60, 1), 0);
	rig_down(r);
}

static void vg_nt_03_the_line(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_true(r->net.facts.up);
	any_net_device_set_link(&r->dev, false);
	assert_true(r->net.facts.up); /* not before it is asked */
	assert_int_equal(any_net_interrupt(&r->net), 0);
	assert_false(r->net.facts.up);
	any_net_device_set_link(&r->dev, true);
	assert_int_equal(any_net_interrupt(&r->net), 0);
	assert_true(r->net.facts.up);
	assert_int_equal(any_net_interrupt(&r->net), 0);
	rig_down(r);
}

static void vg_st_11_needs_reset_and_on_again(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	struct any_net_buffer *buffer;
	uint8_t frame[60];
	void *cookie;

	(void)state;
	post_all(r, 4, BUFFER);
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_pieces(r, 0, &plain, 60, 1), 0);
	any_net_kick_transmit(&r->net, 0);
	any_virtio_device_fail(&r->dev.virtio, "test");
	assert_int_equal(any_net_interrupt(&r->net), -ANY_EPROTO);
	assert_int_equal(any_net_abort_receive(&r->net, 0, &buffer), -ANY_EBUSY);
	assert_int_equal(any_net_abort_transmit(&r->net, 0, &cookie), -ANY_EBUSY);
	assert_int_equal(any_net_stop(&r->net), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(any_net_abort_transmit(&r->net, 0, &cookie), 0);
		assert_ptr_equal(cookie, r);
	}
	assert_int_equal(any_net_abort_transmit(&r->net, 0, &cookie), -ANY_EAGAIN);
	assert_int_equal(any_net_fini(&r->net), -ANY_EBUSY); /* buffers are out */
	assert_int_equal(rig_give_back(r), 4);
	assert_int_equal(rig_start(r), 0);
	make_frame(frame, sizeof(frame), 1);
	post_all(r, 1, BUFFER);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), 0);
	expect_packet(r, frame, sizeof(frame), 1);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_nt_01_the_device_refuses),
		cmocka_unit_test(as_it_is_made),
		cmocka_unit_test(devices_that_cannot_be),
		cmocka_unit_test(init_refuses_and_leaves_nothing),
		cmocka_unit_test(vg_nt_03_the_line),
		cmocka_unit_test(vg_st_11_needs_reset_and_on_again),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
