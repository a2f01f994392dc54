/* SPDX-License-Identifier: BSD-2-Clause */
/* Network driver and network device together: frames both ways, on every small platform. */
#include "rig.h"

static const size_t sizes[] = {14, 15, 60, 64, 333, 1500, 1514, 2035, 2036, 2037, 4083, 4084, 9014};

static void frames_out_on_each_platform(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);

		for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++) {
			const uint32_t pieces = 1 + (uint32_t)i % 14;

			make_frame(r->world.ram + SEND_AT, sizes[i], (uint32_t)i);
			assert_int_equal(send(r, 0, &plain, sizes[i], pieces), 0);
			assert_int_equal(last_sent(r)->len, sizes[i]);
			assert_memory_equal(last_sent(r)->bytes, r->world.ram + SEND_AT, sizes[i]);
			assert_int_equal(last_sent(r)->offload.flags, 0);
		}
		assert_int_equal(r->dev.counters.sent, ANY_ARRAY_SIZE(sizes));
		rig_down(r);
	}
}

/* VD-NT-12, -13: as many buffers as it takes, all but the last one full. */
static void merged_frames_in_on_each_platform(void **state)
{
	uint8_t *frame = malloc(65536);

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);

		for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++) {
			const size_t need = sizes[i] + 12;

			post_all(r, (uint32_t)(need + BUFFER - 1) / BUFFER, BUFFER);
			make_frame(frame, sizes[i], (uint32_t)i);
			assert_int_equal(deliver(r, &plain, frame, sizes[i]), 0);
			expect_packet(r, frame, sizes[i], (uint32_t)(need + BUFFER - 1) / BUFFER);
		}
		assert_int_equal(rig_give_back(r), 0);
		rig_free(r);
	}
	free(frame);
}

static void too_few_buffers_and_then_enough(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	uint8_t frame[9000];

	(void)state;
	make_frame(frame, sizeof(frame), 3);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), -ANY_EAGAIN);
	post_all(r, 3, BUFFER);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), -ANY_EAGAIN);
	/* what was taken for it is there for a shorter one, and the rest stays for the next */
	assert_int_equal(deliver(r, &plain, frame, 3000), 0);
	expect_packet(r, frame, 3000, 2);
	for (uint32_t i = 3; i < 8; i++)
		post(r, 0, i, BUFFER);
	any_net_kick_receive(&r->net, 0);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), 0);
	expect_packet(r, frame, sizeof(frame), 5);
	assert_int_equal(rig_give_back(r), 1);
	rig_free(r);
}

static void tiny_buffers_hold_the_header_and_no_less(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT);
	struct any_net_buffer small = {.buf = r->world.ram, .len = 11};
	uint8_t frame[60];

	(void)state;
	assert_int_equal(any_net_post(&r->net, 0, &small), -ANY_EINVAL); /* VG-NT-19 */
	make_frame(frame, sizeof(frame), 1);
	post_all(r, 6, 12);
	assert_int_equal(deliver(r, &plain, frame, sizeof(frame)), 0);
	expect_packet(r, frame, sizeof(frame), 6);
	rig_down(r);
}

/* VG-NT-18, VD-NT-12: without merging one buffer holds everything. */
static void without_merging(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, ALL & ~ANY_NET_F_MRG_RXBUF & ~ANY_NET_F_MTU, true);
	struct any_net_packet packet;
	uint8_t frame[4000];

	(void)state;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->net.buffer_min, ANY_NET_BUFFER_MIN);
	/* large receives need large buffers, and none were promised */
	assert_false(any_virtio_has(&r->net.virtio, ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN));
	make_frame(frame, sizeof(frame), 9);
	post_all(r, 2, BUFFER);
	assert_int_equal(deliver(r, &plain, frame, 2037), -ANY_E2BIG);
	assert_int_equal(deliver(r, &plain, frame, 2036), 0);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(((const uint8_t *)packet.first->buf)[10], 1); /* num_buffers */
	assert_int_equal(packet.len, 2036);
	rig_down(r);
}

static void vg_nt_18_large_receives_into_large_buffers(void **state)
{
	struct rig *r = rig_of(WORLD_FLAT, ALL & ~ANY_NET_F_MRG_RXBUF, true);

	(void)state;
	r->options.buffer = ANY_NET_BUFFER_GSO;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->net.buffer_min, ANY_NET_BUFFER_GSO);
	assert_true(any_virtio_has(&r->net.virtio, ANY_NET_F_GUEST_TSO4));
	rig_down(r);
}

static void refused_before_it_is_sent(void **state)
{
	const struct any_net_offload
		beyond = {.flags = ANY_NET_NEEDS_CSUM, .csum_start = 40, .csum_offset = 19},
		valid = {.flags = ANY_NET_DATA_VALID},
		unsummed = {.gso_type = ANY_NET_GSO_TCPV4, .gso_size = 500},
		unsized = {.flags = ANY_NET_NEEDS_CSUM, .gso_type = ANY_NET_GSO_TCPV4},
		other = {.flags = ANY_NET_NEEDS_CSUM, .gso_type = 3, .gso_size = 9};
	struct rig *r = rig_up(WORLD_OFFSET);
	const struct any_net_piece outside = {r, 60};
	struct any_net_frame frame = {.pieces = &outside, .n = 1};

	(void)state;
	assert_int_equal(send(r, 0, &plain, 13, 1), -ANY_EINVAL);
	assert_int_equal(send(r, 0, &plain, 14, 15), -ANY_EINVAL);  /* an empty piece */
	assert_int_equal(send(r, 0, &plain, 9019, 1), -ANY_EINVAL); /* VG-NT-04 */
	assert_int_equal(send(r, 0, &plain, 100, ANY_NET_MAX_PIECES + 1), -ANY_E2BIG);
	assert_int_equal(send(r, 0, &beyond, 60, 1), -ANY_EINVAL);
	assert_int_equal(send(r, 0, &valid, 60, 1), -ANY_EINVAL); /* VG-NT-15 */
	assert_int_equal(send(r, 0, &unsummed, 60, 1), -ANY_EINVAL);
	assert_int_equal(send(r, 0, &unsized, 60, 1), -ANY_EINVAL); /* VG-NT-13 */
	assert_int_equal(send(r, 0, &other, 60, 1), -ANY_ENOTSUP);  /* VG-NT-10 */
	assert_int_equal(send(r, 1, &plain, 60, 1), -ANY_EINVAL);   /* VG-NT-29 */
	assert_int_equal(send(r, PAIRS, &plain, 60, 1), -ANY_EINVAL);
	for (int i = 0; i < 100; i++) /* a slot is not lost by any of them */
		assert_int_equal(any_net_transmit(&r->net, 0, &frame), -ANY_EFAULT);
	assert_int_equal(r->net.pairs[0].tx.ring.made, 0);
	assert_int_equal(send(r, 0, &plain, 9018, ANY_NET_MAX_PIECES), 0);
	rig_down(r);
}

static void as_many_as_fit_and_no_more(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	uint32_t n = 0;
	void *cookie;

	(void)state;
	while (send_pieces(r, 0, &plain, 60, 1) == 0)
		n++;
	assert_int_equal(n, QUEUE / 2);
	assert_int_equal(send_pieces(r, 0, &plain, 60, 1), -ANY_ENOMEM);
	any_net_kick_transmit(&r->net, 0);
	run_device(r);
	for (; n; n--)
		assert_int_equal(any_net_reclaim(&r->net, 0, &cookie), 0);
	assert_int_equal(any_net_reclaim(&r->net, 0, &cookie), -ANY_EAGAIN);
	for (n = 0; n < QUEUE; n++) {
		r->buffers[0] = (struct any_net_buffer){.buf = r->world.ram, .len = 64};
		assert_int_equal(any_net_post(&r->net, 0, &r->buffers[0]), 0);
	}
	assert_int_equal(any_net_post(&r->net, 0, &r->buffers[0]), -ANY_ENOMEM);
	assert_int_equal(any_net_post(&r->net, PAIRS, &r->buffers[0]), -ANY_EINVAL);
	rig_down(r);
}

/* What the backend does not take is lost, and the driver is told that it was used all the same. */
static void the_wire_is_down(void **state)
{
	struct rig *r = rig_up(WORLD_FLAT);

	(void)state;
	r->send_error = -ANY_EIO;
	assert_int_equal(send(r, 0, &plain, 60, 1), 0);
	assert_int_equal(r->dev.counters.dropped, 1);
	assert_int_equal(r->dev.counters.sent, 0);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_out_on_each_platform),
		cmocka_unit_test(merged_frames_in_on_each_platform),
		cmocka_unit_test(too_few_buffers_and_then_enough),
		cmocka_unit_test(tiny_buffers_hold_the_header_and_no_less),
		cmocka_unit_test(without_merging),
		cmocka_unit_test(vg_nt_18_large_receives_into_large_buffers),
		cmocka_unit_test(refused_before_it_is_sent),
		cmocka_unit_test(as_many_as_fit_and_no_more),
		cmocka_unit_test(the_wire_is_down),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
