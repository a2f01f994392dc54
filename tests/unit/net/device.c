/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of a driver that writes its chains by hand: everything that is wrong costs the frame, or
 * the device asks for a reset; nothing else is touched (AP-9, VD-NT-07 to -13).
 */
#include "raw.h"

/* ---- what the driver sends --------------------------------------------------------------------
 */

static struct any_net_header *head(struct rig *r)
{
	struct any_net_header *h = (void *)(r->mem + HEAD);

	memset(h, 0, sizeof(*h));
	r->n_desc = 0;
	return h;
}

static void expect_frame(struct rig *r, uint32_t frames, size_t len)
{
	assert_int_equal(r->frames, frames);
	if (frames)
		assert_int_equal(r->len, len);
	r->frames = 0;
	assert_int_equal(r->dev.virtio.status, 0xf); /* a bad frame is not a broken device */
}

/* VD-SR-01: header and frame may be cut anywhere. */
static void the_split_means_nothing(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (uint32_t cut = 1; cut < 12 + 60; cut++) {
		head(r);
		memset(r->mem + HEAD + 12, (int)cut, 60);
		piece(r, TX, BUS + HEAD, cut, false);
		piece(r, TX, BUS + HEAD + cut, 72 - cut, false);
		assert_int_equal(run(r, TX), 0);
		expect_frame(r, 1, 60);
		assert_memory_equal(r->stage, r->mem + HEAD + 12, 60);
	}
	head(r);
	for (uint32_t i = 0; i < SIZE; i++)
		piece(r, TX, BUS + HEAD + i, 1, false);
	assert_int_equal(run(r, TX), 0);
	expect_frame(r, 1, SIZE - 12);
	rig_down(r);
}

static void frames_that_are_none(void **state)
{
	static const uint32_t bad[] = {1, 11, 12, 13, 25, STAGE + 13, 200000};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		head(r);
		piece(r, TX, BUS + HEAD, bad[i], false);
		assert_int_equal(run(r, TX), 0);
		expect_frame(r, 0, 0);
	}
	head(r);
	piece(r, TX, BUS + HEAD, 72, true); /* nothing to read at all */
	assert_int_equal(run(r, TX), 0);
	expect_frame(r, 0, 0);
	assert_int_equal(r->dev.counters.dropped, ANY_ARRAY_SIZE(bad) + 1);
	head(r);
	piece(r, TX, BUS + HEAD, STAGE + 12, false);
	assert_int_equal(run(r, TX), 0);
	expect_frame(r, 1, STAGE);
	rig_down(r);
}

static uint32_t frames_of(struct rig *r, uint8_t flags, uint8_t gso, unsigned size, unsigned start,
			  unsigned offset)
{
	struct any_net_header *h = head(r);
	uint32_t frames;

	h->flags = flags;
	h->gso_type = gso;
	h->hdr_len = any_cpu_to_le16(0xffff); /* VD-NT-09 */
	h->gso_size = any_cpu_to_le16((uint16_t)size);
	h->csum_start = any_cpu_to_le16((uint16_t)start);
	h->csum_offset = any_cpu_to_le16((uint16_t)offset);
	piece(r, TX, BUS + HEAD, 72, false);
	assert_int_equal(run(r, TX), 0);
	frames = r->frames;
	assert_int_equal(r->dev.virtio.status, 0xf);
	r->frames = 0;
	return frames;
}

static void vd_nt_07_to_11_headers(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	assert_int_equal(frames_of(r, 0xfe, 0, 0, 0xffff, 0xffff), 1);
	assert_int_equal(r->offload.flags | r->offload.csum_start | r->offload.hdr_len, 0);
	assert_int_equal(frames_of(r, 1, 0, 0, 50, 8), 1);
	assert_int_equal(r->offload.flags, 1);
	assert_int_equal(frames_of(r, 1, 0, 0, 50, 9), 0);
	assert_int_equal(frames_of(r, 1, 0, 0, 59, 0), 0);
	assert_int_equal(frames_of(r, 1, 0, 0, 0xffff, 0xffff), 0);
	assert_int_equal(frames_of(r, 1, 0, 0, 1, 0xffff), 0);
	assert_int_equal(frames_of(r, 1, 1, 500, 34, 16), 1);
	assert_int_equal(frames_of(r, 1, 1, 0, 34, 16), 0);
	assert_int_equal(frames_of(r, 0, 1, 500, 34, 16), 0);
	assert_int_equal(frames_of(r, 1, 4, 500, 34, 16), 0); /* HOST_TSO6 was not offered */
	assert_int_equal(frames_of(r, 1, 3, 500, 34, 16), 0);
	assert_int_equal(frames_of(r, 1, 0x81, 500, 34, 16), 0);
	bring_up(r, ANY_NET_F_CSUM | ANY_NET_F_HOST_TSO4);
	assert_int_equal(frames_of(r, 1, 0, 0, 0xffff, 0xffff), 1); /* unused, VD-NT-08 */
	assert_int_equal(r->offload.flags, 0);
	assert_int_equal(frames_of(r, 1, 1, 500, 34, 16), 0);
	rig_down(r);
}

static void ap_9_a_frame_that_is_not_the_drivers(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	head(r);
	piece(r, TX, BUS + HEAD, 12, false);
	piece(r, TX, BUS + MEM - 30, 60, false);
	assert_int_equal(run(r, TX), -1);
	assert_int_equal(r->frames, 0);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_non_null(r->dev.virtio.why);
	bring_up(r, 0);
	assert_int_equal(frames_of(r, 0, 0, 0, 0, 0), 1);
	rig_down(r);
}

/* ---- receive buffers --------------------------------------------------------------------------
 */

static const struct any_net_offload plain;

static int deliver(struct rig *r, size_t len)
{
	static uint8_t frame[60000];
	int err;

	memset(frame, 0xff, sizeof(frame));
	err = any_net_device_deliver(&r->dev, 0, &plain, frame, len);
	any_net_device_publish(&r->dev);
	return err;
}

static void refused(struct rig *r)
{
	assert_int_equal(deliver(r, 60), -ANY_EPROTO);
	assert_int_equal(used(r, RX), -1);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_int_equal(deliver(r, 60), -ANY_EPROTO);
	bring_up(r, 0);
	r->n_desc = 0;
	piece(r, RX, BUS + FRAME, 72, true);
	publish(r, RX, 0);
	assert_int_equal(deliver(r, 60), 0);
	assert_int_equal(used(r, RX), 72);
	bring_up(r, 0);
	r->n_desc = 0;
}

static void receive_buffers_that_are_none(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	r->n_desc = 0;
	piece(r, RX, BUS + FRAME, 2000, false);
	publish(r, RX, 0);
	refused(r);
	piece(r, RX, BUS + FRAME, 11, true); /* VG-NT-19 */
	publish(r, RX, 0);
	refused(r);
	piece(r, RX, BUS + MEM - 30, 72, true); /* AP-9 */
	publish(r, RX, 0);
	refused(r);
	piece(r, RX, BUS + MEM, 72, true);
	publish(r, RX, 0);
	refused(r);
	rig_down(r);
}

/* One descriptor made available again and again: the device does not remember without end. */
static void more_buffers_than_descriptors(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	r->n_desc = 0;
	piece(r, RX, BUS + FRAME, 100, true);
	piece(r, RX, BUS + FRAME + 100, 100, true);
	for (uint32_t i = 0; i < SIZE; i++)
		publish(r, RX, 0);
	assert_int_equal(deliver(r, 60000), -ANY_EPROTO);
	assert_int_equal(r->dev.hands[0].n_pieces, SIZE);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	rig_down(r);
}

/* Merged packets cut anywhere, header included; and the queue is reset with buffers in hand. */
static void cut_and_reset(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (uint32_t cut = 1; cut < 72; cut++) {
		memset(r->mem + FRAME, 0xaa, 100);
		r->n_desc = 0;
		piece(r, RX, BUS + FRAME, cut, true);
		piece(r, RX, BUS + FRAME + cut, 80 - cut, true);
		publish(r, RX, 0);
		assert_int_equal(deliver(r, 60), 0);
		assert_int_equal(used(r, RX), 72);
		assert_int_equal(r->mem[FRAME + 10], 1);
		assert_int_equal(r->mem[FRAME + 12], 0xff);
		assert_int_equal(r->mem[FRAME + 71], 0xff);
		assert_int_equal(r->mem[FRAME + 72], 0xaa);
	}
	r->n_desc = 0;
	piece(r, RX, BUS + FRAME, 100, true);
	publish(r, RX, 0);
	assert_int_equal(deliver(r, 200), -ANY_EAGAIN);
	assert_int_equal(r->dev.hands[0].n, 1);
	any_virtio_device_queue_reset(&r->dev.virtio, RX); /* VD-FB-13 */
	memset(r->mem + FRAME, 0xaa, 100);
	assert_int_equal(deliver(r, 60), -ANY_EAGAIN);
	set_up_queue(r, RX);
	assert_int_equal(deliver(r, 60), -ANY_EAGAIN);
	assert_int_equal(r->mem[FRAME + 12], 0xaa); /* not its own any more */
	rig_down(r);
}

/* VD-NT-13: a packet's buffers are shown together. */
static void shown_together(void **state)
{
	static uint8_t frame[250];
	struct rig *r = rig_up();

	(void)state;
	memset(frame, 0xff, sizeof(frame));
	r->n_desc = 0;
	for (uint16_t i = 0; i < 3; i++) {
		r->n_desc = i;
		piece(r, RX, BUS + FRAME + i * 100, 100, true);
		if (i)
			any_store_le16(&r->parts[RX].desc[i - 1].flags, ANY_VRING_DESC_WRITE);
		publish(r, RX, i);
	}
	assert_int_equal(any_net_device_deliver(&r->dev, 0, &plain, frame, sizeof(frame)), 0);
	assert_int_equal(any_load_le16(&r->parts[RX].used->idx), 0);
	any_net_device_publish(&r->dev);
	assert_int_equal(any_load_le16(&r->parts[RX].used->idx), 3);
	assert_int_equal(r->mem[FRAME + 10] | r->mem[FRAME + 11] << 8, 3); /* VD-NT-12 */
	assert_int_equal(used(r, RX), 100);
	assert_int_equal(used(r, RX), 100);
	assert_int_equal(used(r, RX), 62);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_split_means_nothing),
		cmocka_unit_test(frames_that_are_none),
		cmocka_unit_test(vd_nt_07_to_11_headers),
		cmocka_unit_test(ap_9_a_frame_that_is_not_the_drivers),
		cmocka_unit_test(receive_buffers_that_are_none),
		cmocka_unit_test(more_buffers_than_descriptors),
		cmocka_unit_test(cut_and_reset),
		cmocka_unit_test(shown_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
