/* SPDX-License-Identifier: BSD-2-Clause */
/* What went wrong in other people's packed rings, by project and number of the report. */
#include "../ring/packed_pair.h"

/* A chain as long as the ring ends where it began, one lap on: the counter turns all the same. */
static void openvmm_2983_a_chain_that_fills_the_ring(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	for (uint32_t size = 1; size <= 16; size++) {
		packed_init(&p, size, false);
		for (uint32_t lap = 0; lap < 9; lap++) {
			const uint32_t n_out = lap % (size + 1);
			const uint16_t id = packed_give(&p, n_out, size - n_out);

			packed_serve(&p, 16);
			assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
			assert_int_equal(done.id, id);
			assert_int_equal(done.count, size);
			assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
			assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
		}
		packed_fini(&p);
	}
}

/* Where the other side asks to be told is its own word: behind the ring, it is told too often. */
static void openvmm_2983_an_event_behind_the_ring(void **state)
{
	static const uint16_t at[] = {4, 5, 0x7fff, 0x8004, 0xffff};
	struct packed p;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(at); i++) {
		struct any_packed_event event = {any_cpu_to_le16(at[i]),
						 any_cpu_to_le16(ANY_PACKED_EVENT_DESC)};
		struct any_ring_done done;

		packed_init(&p, 4, true);
		memcpy(p.parts.used, &event, sizeof(event));
		memcpy(p.parts.avail, &event, sizeof(event));
		for (int lap = 0; lap < 9; lap++) {
			packed_give(&p, 0, 1);
			any_ring_kick_needed(&p.driver);
			packed_serve(&p, 1);
			any_ring_call_needed(&p.device);
			assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		}
		assert_false(p.driver.broken || p.device.broken);
		packed_fini(&p);
	}
}

/* Every slot says there is one more: the walk ends with the ring, and no second one begins. */
static void openvmm_4045_a_chain_without_an_end(void **state)
{
	struct packed p;

	(void)state;
	for (uint32_t size = 1; size <= 8; size++) {
		packed_init(&p, size, false);
		for (uint32_t i = 0; i < size; i++)
			p.slots[i] = (struct any_packed_desc){
				any_cpu_to_le64(0x1000), any_cpu_to_le32(16), 0,
				any_cpu_to_le16(AVAIL(1) | ANY_VRING_DESC_NEXT)};
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EPROTO);
		for (uint32_t i = 0; i < size; i++) /* mending it afterwards is too late */
			p.slots[i].flags = any_cpu_to_le16(AVAIL(1));
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EPROTO);
		assert_false(any_ring_publish_used(&p.device));
		packed_fini(&p);
	}
}

/* Nor does it go on through slots the device still has in hand. */
static void openvmm_4045_a_chain_over_what_is_out(void **state)
{
	struct packed p;

	(void)state;
	for (uint32_t size = 2; size <= 8; size++) {
		packed_init(&p, size, false);
		packed_give(&p, 0, 1);
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
		for (uint32_t i = 0; i < size; i++)
			p.slots[i] = (struct any_packed_desc){
				any_cpu_to_le64(0x1000), any_cpu_to_le32(16), 0,
				any_cpu_to_le16(i ? AVAIL(1) | ANY_VRING_DESC_NEXT : AVAIL(0))};
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EPROTO);
		packed_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openvmm_2983_a_chain_that_fills_the_ring),
		cmocka_unit_test(openvmm_2983_an_event_behind_the_ring),
		cmocka_unit_test(openvmm_4045_a_chain_without_an_end),
		cmocka_unit_test(openvmm_4045_a_chain_over_what_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
