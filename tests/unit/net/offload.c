/* SPDX-License-Identifier: BSD-2-Clause */
/* Checksums and segments that one side leaves to the other, as agreed and no further. */
#include "rig.h"

#define LEN 1000u

/* TCP over IPv4: the transport header begins at 34, the sum lies 16 behind that. */
static const struct any_net_offload tcp = {
	.flags = ANY_NET_NEEDS_CSUM, .csum_start = 34, .csum_offset = 16, .hdr_len = 54};
static const struct any_net_offload tso = {.flags = ANY_NET_NEEDS_CSUM,
					   .gso_type = ANY_NET_GSO_TCPV4,
					   .gso_size = 1448,
					   .hdr_len = 54,
					   .csum_start = 34,
					   .csum_offset = 16};

/* Written down another way than in the device: words of big-endian bytes, added with their carry.
 */
static bool sums_up(const uint8_t *frame, size_t start, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = start; i < len; i += 2) {
		sum += (uint32_t)(frame[i] << 8 | (i + 1 < len ? frame[i + 1] : 0));
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum == 0xffff;
}

/* A frame as a driver leaves it: in the place of the sum a part of it, here none. */
static void unsummed(uint8_t *at, size_t len, uint32_t seed)
{
	make_frame(at, len, seed);
	at[34 + 16] = at[34 + 17] = 0;
}

static void the_device_completes_what_its_wire_does_not_take(void **state)
{
	struct rig *r =
		rig_of(WORLD_BOUNCE, ALL & ~ANY_NET_F_HOST_GSO & ~ANY_NET_F_HOST_ECN, false);
	uint8_t *out = r->world.ram + SEND_AT;

	(void)state;
	assert_int_equal(rig_start(r), 0);
	for (uint32_t len = 54; len < LEN; len += 13) { /* odd and even */
		unsummed(out, len, len);
		assert_int_equal(send(r, 0, &tcp, len, 3), 0);
		assert_int_equal(last_sent(r)->offload.flags, 0);
		assert_true(sums_up(last_sent(r)->bytes, 34, len));
		assert_memory_equal(last_sent(r)->bytes, out, 50);
		assert_memory_equal(last_sent(r)->bytes + 52, out + 52, len - 52);
		assert_int_equal(out[50] | out[51], 0); /* the driver's own bytes stay */
	}
	assert_int_equal(send(r, 0, &tso, LEN, 1), -ANY_ENOTSUP);
	rig_down(r);
}

static void vg_nt_12_and_13_go_through_where_they_are_taken(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	unsummed(r->world.ram + SEND_AT, 60000, 1);
	assert_int_equal(send(r, 0, &tso, 60000, 4), 0);
	assert_memory_equal(&last_sent(r)->offload, &tso, sizeof(tso));
	assert_memory_equal(last_sent(r)->bytes, r->world.ram + SEND_AT, 60000);
	assert_int_equal(send(r, 0, &tcp, 60, 1), 0);
	assert_memory_equal(&last_sent(r)->offload, &tcp, sizeof(tcp));
	rig_down(r);
}

static void vg_nt_09_nothing_agreed_nothing_left(void **state)
{
	struct rig *r = rig_with(WORLD_OFFSET, ANY_NET_F_MAC | ANY_NET_F_MRG_RXBUF);

	(void)state;
	assert_int_equal(send(r, 0, &tcp, LEN, 1), -ANY_ENOTSUP);
	assert_int_equal(send(r, 0, &tso, LEN, 1), -ANY_ENOTSUP);
	assert_int_equal(send(r, 0, &plain, LEN, 1), 0);
	rig_down(r);
}

/* What lies in front of a frame, as the device finds it. */
static void vg_nt_07_08_the_header(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_virtio_cursor out;
	struct any_ring_chain chain;
	uint8_t bytes[12];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(send_pieces(r, 0, i ? &tso : &plain, 60, 1), 0);
		any_net_kick_transmit(&r->net, 0);
		assert_int_equal(any_virtio_device_take(&r->dev.virtio, 1, &chain), 0);
		assert_int_equal(chain.out_len, 12 + 60);
		out = any_virtio_cursor_out(&chain);
		assert_int_equal(any_virtio_device_load(&r->dev.virtio, &out, bytes, 12), 0);
		assert_int_equal(bytes[0], i ? 1 : 0); /* VG-NT-09 */
		assert_int_equal(bytes[1], i ? 1 : 0);
		assert_int_equal(bytes[4] | bytes[5] << 8, i ? 1448 : 0);
		assert_int_equal(bytes[6], i ? 34 : 0);
		assert_int_equal(bytes[8], i ? 16 : 0);
		assert_int_equal(bytes[10] | bytes[11], 0);
	}
	rig_down(r);
}

static void vg_nt_11_ecn_where_agreed(void **state)
{
	struct any_net_offload ecn = tso;
	struct rig *r = rig_with(WORLD_OFFSET, ALL & ~ANY_NET_F_HOST_ECN);

	(void)state;
	ecn.gso_type |= ANY_NET_GSO_ECN;
	assert_int_equal(send(r, 0, &ecn, LEN, 1), -ANY_ENOTSUP);
	assert_int_equal(send(r, 0, &tso, LEN, 1), 0);
	rig_down(r);
	r = rig_up(WORLD_OFFSET);
	assert_int_equal(send(r, 0, &ecn, LEN, 1), 0);
	assert_int_equal(last_sent(r)->offload.gso_type, 0x81);
	rig_down(r);
}

/* To the byte, a tag not counted; what is cut up later may be longer. */
static void vd_nt_03_the_mtu(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	uint8_t *frame = calloc(1, 60000);

	(void)state;
	memcpy(frame, own_mac, 6);
	post_all(r, 32, BUFFER);
	assert_int_equal(deliver(r, &plain, frame, 9013), 0);
	assert_int_equal(deliver(r, &plain, frame, 9014), 0);
	assert_int_equal(deliver(r, &plain, frame, 9015), -ANY_E2BIG);
	assert_int_equal(deliver(r, &tso, frame, 20000), 0);
	frame[12] = 0x81;
	assert_int_equal(done(r, any_net_set_vlan(&r->net, 0, true)), 0);
	assert_int_equal(deliver(r, &plain, frame, 9018), 0);
	assert_int_equal(deliver(r, &plain, frame, 9019), -ANY_E2BIG);
	assert_int_equal(r->dev.counters.delivered, 4);
	free(frame);
	rig_down(r);
}

static void into_buffers(struct rig *r, const struct any_net_offload *o, size_t len,
			 struct any_net_packet *packet, uint8_t *bytes)
{
	uint8_t *frame = malloc(len);

	unsummed(frame, len, (uint32_t)len);
	post_all(r, 32, BUFFER);
	assert_int_equal(deliver(r, o, frame, len), 0);
	assert_int_equal(any_net_receive(&r->net, 0, packet), 0);
	assert_int_equal(packet->result, 0);
	assert_int_equal(packet->len, len);
	collect(packet, bytes);
	assert_memory_equal(bytes, frame, 50);
	assert_memory_equal(bytes + 52, frame + 52, len - 52);
	free(frame);
}

static void what_comes_in_unsummed_stays_so_where_agreed(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	uint8_t *bytes = malloc(65536);
	struct any_net_packet packet;

	(void)state;
	into_buffers(r, &tso, 60000, &packet, bytes);
	assert_memory_equal(&packet.offload, &tso, sizeof(tso));
	assert_int_equal(bytes[50] | bytes[51], 0);
	rig_down(r);
	free(bytes);
}

/* VD-NT-14: flags 0 and a full sum. */
static void what_comes_in_unsummed_is_completed_where_not(void **state)
{
	struct any_net_offload valid = {.flags = ANY_NET_DATA_VALID};
	uint8_t bytes[4096], frame[LEN];
	struct any_net_packet packet;
	struct rig *r;

	(void)state;
	for (size_t len = 54; len < 4000; len += 131) {
		r = rig_with(WORLD_OFFSET, ANY_NET_F_MAC | ANY_NET_F_MRG_RXBUF);
		into_buffers(r, &tcp, len, &packet, bytes);
		assert_memory_equal(&packet.offload, &plain, sizeof(plain));
		assert_true(sums_up(bytes, 34, len));
		rig_down(r);
	}
	r = rig_with(WORLD_OFFSET, ANY_NET_F_MAC | ANY_NET_F_MRG_RXBUF);
	make_frame(frame, LEN, 1);
	post_all(r, 2, BUFFER);
	assert_int_equal(deliver(r, &tso, frame, LEN), -ANY_ENOTSUP); /* VD-NT-15 */
	assert_int_equal(deliver(r, &valid, frame, LEN), 0);	      /* VD-NT-17 */
	assert_int_equal(((uint8_t *)r->world.ram)[BUF_AT], 0);
	rig_down(r);
}

static void vd_nt_17_valid_where_agreed(void **state)
{
	const struct any_net_offload valid = {.flags = ANY_NET_DATA_VALID};
	struct rig *r = rig_up(WORLD_FLAT);
	struct any_net_packet packet;
	uint8_t frame[60];

	(void)state;
	make_frame(frame, sizeof(frame), 1);
	post_all(r, 1, BUFFER);
	assert_int_equal(deliver(r, &valid, frame, sizeof(frame)), 0);
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.offload.flags, ANY_NET_DATA_VALID);
	rig_down(r);
}

static void vg_nt_32_offloads_can_be_turned_off(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	uint8_t bytes[4096], frame[LEN];
	struct any_net_packet packet;

	(void)state;
	assert_int_equal(any_net_set_offloads(&r->net, ANY_NET_F_GUEST_UFO), -ANY_EINVAL);
	assert_int_equal(any_net_set_offloads(&r->net, ANY_NET_F_GUEST_TSO4), -ANY_EINVAL);
	assert_int_equal(done(r, any_net_set_offloads(&r->net, ANY_NET_F_GUEST_CSUM)), 0);
	make_frame(frame, LEN, 1);
	assert_int_equal(deliver(r, &tso, frame, LEN), -ANY_ENOTSUP);
	into_buffers(r, &tcp, LEN, &packet, bytes);
	assert_int_equal(packet.offload.flags, ANY_NET_NEEDS_CSUM);
	assert_int_equal(done(r, any_net_set_offloads(&r->net, 0)), 0);
	assert_int_equal(deliver(r, &tcp, frame, LEN), 0); /* into one that is left */
	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result | packet.offload.flags, 0);
	rig_down(r);
}

/* Offsets of the wire are checked like the driver's. */
static void vd_nt_11_nonsense_is_not_delivered(void **state)
{
	static const struct any_net_offload bad[] = {
		{.flags = ANY_NET_NEEDS_CSUM, .csum_start = 59},
		{.flags = ANY_NET_NEEDS_CSUM, .csum_start = 0xffff, .csum_offset = 0xffff},
		{.flags = ANY_NET_NEEDS_CSUM, .gso_type = ANY_NET_GSO_TCPV4},
		{.gso_type = ANY_NET_GSO_TCPV4, .gso_size = 1},
	};
	struct rig *r = rig_up(WORLD_OFFSET);
	uint8_t frame[60] = {0};

	(void)state;
	post_all(r, 4, BUFFER);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++)
		assert_int_equal(deliver(r, &bad[i], frame, sizeof(frame)), -ANY_EINVAL);
	assert_int_equal(deliver(r, &plain, frame, 13), -ANY_EINVAL);
	assert_int_equal(r->dev.hands[0].n, 0);
	rig_down(r);
}

/* The device's view of a header, sent or delivered. */
static uint16_t hdr_len_sent(struct rig *r, struct any_net_offload o, uint16_t hdr_len, size_t len)
{
	o.hdr_len = hdr_len;
	assert_int_equal(send(r, 0, &o, len, 2), 0);
	return last_sent(r)->offload.hdr_len;
}

/* Never less than the headers; who does not know says the whole frame. */
static void vg_nt_14_all_headers_or_the_whole_frame(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_net_offload o = tso;

	(void)state;
	assert_int_equal(hdr_len_sent(r, tso, 54, 60000), 54);
	assert_int_equal(hdr_len_sent(r, tso, 66, 60000), 66);
	assert_int_equal(hdr_len_sent(r, tso, 0, 60000), 60000);
	assert_int_equal(hdr_len_sent(r, tso, 0, 65540), 65535);
	assert_int_equal(hdr_len_sent(r, tcp, 0, 100), 100);
	assert_int_equal(hdr_len_sent(r, plain, 0, 60), 60);
	assert_int_equal(hdr_len_sent(r, plain, 34, 60), 34);
	o.hdr_len = 53; /* a TCP header has 20 bytes */
	assert_int_equal(send(r, 0, &o, 60000, 1), -ANY_EINVAL);
	o = tcp;
	o.hdr_len = 51; /* the sum lies behind */
	assert_int_equal(send(r, 0, &o, 60, 1), -ANY_EINVAL);
	o.hdr_len = 61;
	assert_int_equal(send(r, 0, &o, 60, 1), -ANY_EINVAL);
	rig_down(r);
}

static uint16_t hdr_len_received(uint64_t features, struct any_net_offload o, uint16_t hdr_len,
				 size_t len)
{
	struct rig *r = rig_with(WORLD_OFFSET, features);
	uint8_t *bytes = malloc(65536);
	struct any_net_packet packet;

	o.hdr_len = hdr_len;
	into_buffers(r, &o, len, &packet, bytes);
	rig_down(r);
	free(bytes);
	return packet.offload.hdr_len;
}

static void vd_nt_19_all_headers_or_the_whole_frame(void **state)
{
	const uint64_t none = ALL & ~ANY_NET_F_GUEST_GSO & ~ANY_NET_F_GUEST_ECN;
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_net_offload o = tso;
	uint8_t frame[2000];

	(void)state;
	assert_int_equal(hdr_len_received(ALL, tso, 54, 20000), 54);
	assert_int_equal(hdr_len_received(ALL, tso, 0, 20000), 20000);
	assert_int_equal(hdr_len_received(ALL, tcp, 0, 1000), 1000);
	assert_int_equal(hdr_len_received(none, tcp, 0, 1000), 0); /* as it was given */
	make_frame(frame, sizeof(frame), 1);
	o.hdr_len = 53;
	assert_int_equal(deliver(r, &o, frame, sizeof(frame)), -ANY_EINVAL);
	o.hdr_len = sizeof(frame) + 1;
	assert_int_equal(deliver(r, &o, frame, sizeof(frame)), -ANY_EINVAL);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_completes_what_its_wire_does_not_take),
		cmocka_unit_test(vg_nt_12_and_13_go_through_where_they_are_taken),
		cmocka_unit_test(vg_nt_07_08_the_header),
		cmocka_unit_test(vg_nt_11_ecn_where_agreed),
		cmocka_unit_test(vd_nt_03_the_mtu),
		cmocka_unit_test(vg_nt_09_nothing_agreed_nothing_left),
		cmocka_unit_test(what_comes_in_unsummed_stays_so_where_agreed),
		cmocka_unit_test(what_comes_in_unsummed_is_completed_where_not),
		cmocka_unit_test(vd_nt_17_valid_where_agreed),
		cmocka_unit_test(vg_nt_32_offloads_can_be_turned_off),
		cmocka_unit_test(vd_nt_11_nonsense_is_not_delivered),
		cmocka_unit_test(vg_nt_14_all_headers_or_the_whole_frame),
		cmocka_unit_test(vd_nt_19_all_headers_or_the_whole_frame),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
