/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zephyr #115008: on a big-endian machine an index was used as an array's index before its bytes
 * were swapped. This program and its ring are built for the other byte order than the machine's:
 * what one side stores without a swap, the other reads wrongly, and every word lies swapped in
 * memory. (The tests of tests/unit/ring run like that, too, where they read no memory themselves.)
 */
#include "../ring/packed_pair.h"
#include "../ring/pair.h"

#define N 256u /* entries: low and high byte of an index differ */

static uint16_t raw16(const void *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static void zephyr_115008_an_index_of_the_other_order(void **state)
{
	struct any_ring_done done;
	struct pair p;

	(void)state;
	pair_init(&p, N, true);
	for (uint32_t i = 1; i < 66000; i++) {
		const uint16_t id = pair_give(&p, 1, 1);

		assert_int_equal(raw16(&p.parts.avail->idx), __builtin_bswap16((uint16_t)i));
		(void)any_ring_kick_needed(&p.driver);
		pair_serve(&p, 5);
		(void)any_ring_call_needed(&p.device);
		assert_int_equal(raw16(&p.parts.used->idx), __builtin_bswap16((uint16_t)i));
		assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		assert_true(done.id == id && done.written == 5);
	}
	pair_fini(&p);
}

static void zephyr_115008_and_packed(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	packed_init(&p, N - 1, true);
	for (uint32_t i = 0; i < 3000; i++) {
		const uint32_t slot = (uint16_t)p.driver.next;
		const uint16_t id = packed_give(&p, 1, 1);

		assert_int_equal(raw16(&p.slots[slot].id), __builtin_bswap16(id));
		(void)any_ring_kick_needed(&p.driver);
		packed_serve(&p, 5);
		assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		assert_true(done.id == id && done.written == 5);
	}
	packed_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zephyr_115008_an_index_of_the_other_order),
		cmocka_unit_test(zephyr_115008_and_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
