/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver lies: the device breaks its ring, touches nothing outside (D9, D10, D12, D15). */
#include "pair.h"

#include <anydma/endian.h>

#define N 8u

static void desc(struct pair *p, uint32_t at, uint64_t addr, uint32_t len, uint16_t flags,
		 uint16_t next)
{
	any_store_le64(&p->parts.desc[at].addr, addr);
	any_store_le32(&p->parts.desc[at].len, len);
	any_store_le16(&p->parts.desc[at].flags, flags);
	any_store_le16(&p->parts.desc[at].next, next);
}

static void offer(struct pair *p, uint16_t head)
{
	any_store_le16(&p->parts.avail->ring[0], head);
	any_store_le16(&p->parts.avail->idx, 1);
}

static void expect_refused(struct pair *p)
{
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), -ANY_EPROTO);
	assert_true(p->device.broken);
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), -ANY_EPROTO);
	any_ring_make_used(&p->device, 0, 0);
	assert_false(any_ring_publish_used(&p->device));
	assert_false(any_ring_call_needed(&p->device));
	assert_int_equal(p->parts.used->idx, 0);
	pair_fini(p);
}

#define NEXT  ANY_VRING_DESC_NEXT
#define WRITE ANY_VRING_DESC_WRITE

static void vd_sr_20_head_out_of_range(void **state)
{
	static const uint16_t heads[] = {N, N + 1, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(heads); i++) {
		struct pair p;

		pair_init(&p, N, false);
		offer(&p, heads[i]);
		expect_refused(&p);
	}
}

static void vd_sr_20_next_out_of_range(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, N);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, 1);
	desc(&p, 1, 0x1000, 16, NEXT, 0xffff);
	offer(&p, 0);
	expect_refused(&p);
}

static void d10_loops_end(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 3, 0x1000, 16, NEXT, 3); /* itself */
	offer(&p, 3);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, 1); /* two */
	desc(&p, 1, 0x1000, 16, NEXT, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, 1, false);
	desc(&p, 0, 0x1000, 16, NEXT, 0); /* the smallest ring */
	offer(&p, 0);
	expect_refused(&p);
}

static void vg_sr_07_a_chain_of_exactly_size_is_fine(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	for (uint16_t i = 0; i < N; i++)
		desc(&p, i, 0x1000, 16, i + 1u < N ? NEXT : 0, (uint16_t)(i + 1));
	offer(&p, 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_int_equal(p.chain.n_out, N);
	pair_fini(&p);
}

static void d10_zero_length(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 0, 0, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, 1);
	desc(&p, 1, 0x1000, 0, WRITE, 0);
	offer(&p, 0);
	expect_refused(&p);
}

static void vg_sr_03_readable_after_writable(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, WRITE | NEXT, 1);
	desc(&p, 1, 0x1000, 16, 0, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, 1);
	desc(&p, 1, 0x1000, 16, WRITE | NEXT, 2);
	desc(&p, 2, 0x1000, 16, 0, 0);
	offer(&p, 0);
	expect_refused(&p);
}

static void vg_sr_08_indirect_not_negotiated(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, ANY_VRING_DESC_INDIRECT, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, NEXT, 1);
	desc(&p, 1, 0x1000, 16, ANY_VRING_DESC_INDIRECT | NEXT, 2);
	offer(&p, 0);
	expect_refused(&p);
}

static void d12_sums_and_addresses_that_wrap(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, UINT64_MAX, 2, 0, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, UINT64_MAX - 0xfffffffdull, UINT32_MAX, 0, 0);
	offer(&p, 0);
	expect_refused(&p);
	pair_init(&p, N, false);
	desc(&p, 0, 0, UINT32_MAX, NEXT, 1);
	desc(&p, 1, 0, 2, WRITE, 0); /* 2^32 + 1 */
	offer(&p, 0);
	expect_refused(&p);
	/* the largest there is: 2^32 bytes (VG-SR-05), and the last byte of the address space */
	pair_init(&p, N, false);
	desc(&p, 0, 0, UINT32_MAX, NEXT, 1);
	desc(&p, 1, UINT64_MAX, 1, WRITE, 0);
	offer(&p, 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_true(p.chain.out_len + p.chain.in_len == 1ull << 32);
	pair_fini(&p);
}

static void d10_avail_idx_leaps(void **state)
{
	static const uint16_t lies[] = {N + 1, 0x7fff, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(lies); i++) {
		struct pair p;

		pair_init(&p, N, false);
		any_store_le16(&p.parts.avail->idx, lies[i]);
		expect_refused(&p);
	}
}

/* D15: more requests than the ring has, by never taking completions back. */
static void d15_in_flight_never_above_size(void **state)
{
	struct pair p;
	uint32_t taken = 0;

	(void)state;
	pair_init(&p, N, false);
	for (uint16_t i = 0; i < N; i++) {
		desc(&p, i, 0x1000, 16, 0, 0);
		any_store_le16(&p.parts.avail->ring[i], i);
	}
	for (uint16_t idx = 1; idx < 100; idx++) {
		any_store_le16(&p.parts.avail->idx, idx);
		while (any_ring_take_avail(&p.device, &p.chain) == 0)
			taken++;
	}
	assert_int_equal(taken, N);
	assert_true(p.device.broken);
	pair_fini(&p);
}

static void avail_idx_goes_back(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	desc(&p, 0, 0x1000, 16, 0, 0);
	for (uint16_t i = 0; i < N; i++)
		any_store_le16(&p.parts.avail->ring[i], 0);
	any_store_le16(&p.parts.avail->idx, 2);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	any_store_le16(&p.parts.avail->idx, 1);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EPROTO);
	pair_fini(&p);
}

static void a_chain_array_too_short_is_the_callers_mistake(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	pair_give(&p, 1, 0);
	p.chain.max = N - 1;
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EINVAL);
	assert_false(p.device.broken);
	p.chain.max = N;
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	pair_fini(&p);
}

/* A model that returns what it never took must not reach the driver. */
static void make_used_needs_something_in_hand(void **state)
{
	struct any_ring_done done;
	struct pair p;

	(void)state;
	pair_init(&p, N, false);
	any_ring_make_used(&p.device, 0, 0);
	assert_false(any_ring_publish_used(&p.device));
	pair_give(&p, 1, 0);
	pair_serve(&p, 0);
	any_ring_make_used(&p.device, p.chain.head, 0);
	assert_false(any_ring_publish_used(&p.device));
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_sr_20_head_out_of_range),
		cmocka_unit_test(vd_sr_20_next_out_of_range),
		cmocka_unit_test(d10_loops_end),
		cmocka_unit_test(vg_sr_07_a_chain_of_exactly_size_is_fine),
		cmocka_unit_test(d10_zero_length),
		cmocka_unit_test(vg_sr_03_readable_after_writable),
		cmocka_unit_test(vg_sr_08_indirect_not_negotiated),
		cmocka_unit_test(d12_sums_and_addresses_that_wrap),
		cmocka_unit_test(d10_avail_idx_leaps),
		cmocka_unit_test(d15_in_flight_never_above_size),
		cmocka_unit_test(avail_idx_goes_back),
		cmocka_unit_test(a_chain_array_too_short_is_the_callers_mistake),
		cmocka_unit_test(make_used_needs_something_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
