/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network driver against a device that lies (D13, VG-NT-22, VG-NT-24, peers 66 to 68): a packet
 * is lost, the buffers never, and nothing outside them is looked at.
 */
#include "rig.h"

#include <anydma/endian.h>

#define NO_MORE UINT32_MAX

/* Plays the device: uses posted buffers, the first with a header in front. */
static void use(struct rig *r, const struct any_net_header *header, const uint32_t *written)
{
	struct any_virtio_cursor cursor;
	struct any_ring_chain chain;
	uint8_t bytes[BUFFER];

	memset(bytes, 0x77, sizeof(bytes));
	memcpy(bytes, header, sizeof(*header));
	for (; *written != NO_MORE; written++) {
		assert_int_equal(any_virtio_device_take(&r->dev.virtio, 0, &chain), 0);
		cursor = any_virtio_cursor_in(&chain);
		assert_int_equal(any_virtio_device_store(&r->dev.virtio, &cursor, bytes,
							 *written < BUFFER ? *written : BUFFER),
				 0);
		any_virtio_device_use(&r->dev.virtio, 0, chain.head, *written);
	}
	any_virtio_device_publish(&r->dev.virtio, 0);
}

static struct any_net_header header(uint8_t flags, uint8_t gso, unsigned size, unsigned start,
				    unsigned offset, unsigned buffers)
{
	return (struct any_net_header){.flags = flags,
				       .gso_type = gso,
				       .gso_size = any_cpu_to_le16((uint16_t)size),
				       .csum_start = any_cpu_to_le16((uint16_t)start),
				       .csum_offset = any_cpu_to_le16((uint16_t)offset),
				       .num_buffers = any_cpu_to_le16((uint16_t)buffers)};
}

/* One packet of a lying device: refused, `n` buffers come back, and the next packet is fine. */
static void lie(struct rig *r, struct any_net_header h, uint32_t w0, uint32_t w1, uint32_t n)
{
	const struct any_net_header good = header(0, 0, 0, 0, 0, 1);
	const uint32_t written[] = {w0, w1, NO_MORE}, fine[] = {72, NO_MORE};
	struct any_net_packet packet = {.result = 1};
	const struct any_net_buffer *b;

	post_all(r, 3, BUFFER);
	use(r, &h, written);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, -ANY_EPROTO);
	assert_int_equal(packet.len, 0);
	for (b = packet.first; b; b = b->next, n--)
		assert_true(b->offset + (uint64_t)b->bytes <= b->len);
	assert_int_equal(n, 0);
	while (r->net.pairs[0].posted > 1) /* the second, if it was not of that packet */
		assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	use(r, &good, fine);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, 0);
	assert_int_equal(packet.len, 60);
	assert_int_equal(r->net.pairs[0].posted, 0);
}

static void vg_nt_24_num_buffers(void **state)
{
	static const unsigned bad[] = {0, 4, 5, 0x7fff, 0x8000, 0xffff};

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);

		for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++)
			lie(r, header(0, 0, 0, 0, 0, bad[i]), BUFFER, 100, 1);
		rig_down(r);
	}
}

static void vg_nt_24_lengths(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);

	(void)state;
	for (uint32_t written = 0; written < 12 + 14; written++) /* no header, or no frame */
		lie(r, header(0, 0, 0, 0, 0, 1), written, 100, 1);
	lie(r, header(0, 0, 0, 0, 0, 2), BUFFER - 1, 100, 2); /* a gap (VD-NT-13) */
	lie(r, header(0, 0, 0, 0, 0, 2), BUFFER, 0, 2);
	lie(r, header(0, 0, 0, 0, 0, 2), 12, 100, 2);
	rig_down(r);
}

static void vg_nt_22_offsets_and_segments(void **state)
{
	const uint8_t csum = ANY_NET_NEEDS_CSUM;
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	lie(r, header(csum, 0, 0, 59, 0, 1), 72, 100, 1);
	lie(r, header(csum, 0, 0, 34, 25, 1), 72, 100, 1);
	lie(r, header(csum, 0, 0, 0xffff, 0xffff, 1), 72, 100, 1);
	lie(r, header(csum, 0, 0, 0xffff, 3, 1), 72, 100, 1);
	lie(r, header(csum, ANY_NET_GSO_TCPV4, 0, 34, 16, 1), 72, 100, 1);
	lie(r, header(0, ANY_NET_GSO_TCPV4, 1000, 34, 16, 1), 72, 100, 1);
	lie(r, header(csum, 2, 1000, 34, 16, 1), 72, 100, 1);
	lie(r, header(csum, 3, 1000, 34, 16, 1), 72, 100, 1); /* UFO: never agreed on */
	lie(r, header(csum, 0x7f, 1000, 34, 16, 1), 72, 100, 1);
	lie(r, header(csum, ANY_NET_GSO_ECN, 1000, 34, 16, 1), 72, 100, 1);
	rig_down(r);
}

/* Flags nobody defined mean nothing, and none does where nothing was agreed on. */
static void vg_nt_22_unknown_flags(void **state)
{
	const uint32_t written[] = {72, NO_MORE};
	struct any_net_packet packet;
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_net_header h = header(0xfe, 0, 0, 0xffff, 0xffff, 1);

	(void)state;
	h.hdr_len = 0xffff;
	post_all(r, 1, BUFFER);
	use(r, &h, written);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, 0);
	assert_int_equal(packet.offload.flags, ANY_NET_DATA_VALID);
	rig_down(r);
	r = rig_with(WORLD_OFFSET, ANY_NET_F_MAC);
	h = header(0xff, 0, 0, 0xffff, 0xffff, 7); /* nor the number, where nothing merges */
	post_all(r, 1, BUFFER);
	use(r, &h, written);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, 0);
	assert_int_equal(packet.offload.flags, 0);
	rig_down(r);
}

/* The rest of a packet never comes: nothing is returned half, and after a reset it all comes back.
 */
static void a_packet_never_becomes_whole(void **state)
{
	const struct any_net_header three = header(0, 0, 0, 0, 0, 3);
	const uint32_t one[] = {BUFFER, NO_MORE};
	struct rig *r = rig_up(WORLD_BOUNCE);
	struct any_net_packet packet;

	(void)state;
	post_all(r, 5, BUFFER);
	use(r, &three, one);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), -ANY_EAGAIN);
	use(r, &three, one);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), -ANY_EAGAIN);
	assert_int_equal(r->net.pairs[0].posted, 3);
	assert_int_equal(rig_give_back(r), 5);
	assert_int_equal(r->world.pool.counters.live, 0);
	/* and a late one is a packet as it should be */
	assert_int_equal(rig_start(r), 0);
	post_all(r, 5, BUFFER);
	use(r, &three, one);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), -ANY_EAGAIN);
	use(r, &three, one);
	use(r, &three, one);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, 0);
	assert_int_equal(packet.len, 3 * BUFFER - 12);
	rig_down(r);
}

/* D13: more than the buffer holds breaks the ring; the bytes behind it were never believed. */
static void d13_longer_than_the_buffer(void **state)
{
	const struct any_net_header one = header(0, 0, 0, 0, 0, 1);
	const uint32_t written[] = {BUFFER + 1, NO_MORE};
	struct rig *r = rig_up(WORLD_BOUNCE);
	struct any_net_packet packet;

	(void)state;
	post_all(r, 4, BUFFER);
	use(r, &one, written);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), -ANY_EPROTO);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), -ANY_EPROTO);
	assert_int_equal(any_net_post(&r->net, 0, &r->buffers[5]), -ANY_EINVAL);
	r->buffers[5] = r->buffers[0];
	assert_int_equal(any_net_post(&r->net, 0, &r->buffers[5]), -ANY_EPROTO);
	assert_int_equal(rig_give_back(r), 4);
	rig_free(r);
}

/* ---- the control queue ----------------------------------------------------------------------- */

/* What the driver makes of an answer. */
static int answered(struct rig *r, uint8_t byte, uint32_t stored, uint32_t written)
{
	const uint32_t queue = 2 * PAIRS;
	struct any_virtio_cursor in;
	struct any_ring_chain chain;

	assert_int_equal(any_net_set_rx_mode(&r->net, ANY_NET_CTRL_RX_PROMISC, true), 0);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, queue, &chain), 0);
	in = any_virtio_cursor_in(&chain);
	assert_int_equal(any_virtio_device_store(&r->dev.virtio, &in, &byte, stored), 0);
	any_virtio_device_use(&r->dev.virtio, queue, chain.head, written);
	any_virtio_device_publish(&r->dev.virtio, queue);
	return any_net_done(&r->net);
}

static void answers_that_are_none(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_int_equal(answered(r, ANY_NET_CTRL_OK, 1, 1), 0);
	assert_int_equal(answered(r, ANY_NET_CTRL_ERR, 1, 1), -ANY_EIO);
	for (unsigned byte = 2; byte < 256; byte++)
		assert_int_equal(answered(r, (uint8_t)byte, 1, 1), -ANY_EPROTO);
	/* an old OK in the same place does not count, nor one that was not written */
	assert_int_equal(answered(r, ANY_NET_CTRL_OK, 1, 1), 0);
	assert_int_equal(answered(r, ANY_NET_CTRL_OK, 0, 1), -ANY_EPROTO);
	assert_int_equal(answered(r, ANY_NET_CTRL_OK, 1, 0), -ANY_EPROTO);
	assert_int_equal(answered(r, ANY_NET_CTRL_OK, 1, 2), -ANY_EPROTO); /* the ring is broken */
	assert_int_equal(any_net_done(&r->net), -ANY_EPROTO);
	rig_down(r);
}

/* A transmit chain has nothing to write into. */
static void a_frame_that_was_written(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_ring_chain chain;
	void *cookie;

	(void)state;
	assert_int_equal(send_pieces(r, 0, &plain, 60, 1), 0);
	any_net_kick_transmit(&r->net, 0);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, 1, &chain), 0);
	any_virtio_device_use(&r->dev.virtio, 1, chain.head, 1);
	any_virtio_device_publish(&r->dev.virtio, 1);
	assert_int_equal(any_net_reclaim(&r->net, 0, &cookie), -ANY_EPROTO);
	assert_int_equal(send_pieces(r, 0, &plain, 60, 1), -ANY_EPROTO);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_nt_24_num_buffers),
		cmocka_unit_test(vg_nt_24_lengths),
		cmocka_unit_test(vg_nt_22_offsets_and_segments),
		cmocka_unit_test(vg_nt_22_unknown_flags),
		cmocka_unit_test(a_packet_never_becomes_whole),
		cmocka_unit_test(d13_longer_than_the_buffer),
		cmocka_unit_test(answers_that_are_none),
		cmocka_unit_test(a_frame_that_was_written),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
