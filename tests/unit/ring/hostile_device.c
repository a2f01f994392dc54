/* SPDX-License-Identifier: BSD-2-Clause */
/* The device lies: the driver breaks its ring, forgets nothing, reads nothing back (D13). */
#include "pair.h"

#include <anydma/endian.h>

static void lie_used(struct pair *p, uint16_t at, uint32_t id, uint32_t len)
{
	any_store_le32(&p->parts.used->ring[at & (p->config.size - 1)].id, id);
	any_store_le32(&p->parts.used->ring[at & (p->config.size - 1)].len, len);
}

/* The driver refuses, says so for ever, and still has everything that was out. */
static void expect_broken(struct pair *p, uint32_t chains_out)
{
	const struct any_ring_buf buf = {0x1000, 16};
	struct any_ring_done done = {77, 77, 77};
	uint16_t id = 77;
	uint32_t n = 0;

	assert_int_equal(any_ring_take_used(&p->driver, &done), -ANY_EPROTO);
	assert_int_equal(done.written, 77);
	assert_int_equal(any_ring_take_used(&p->driver, &done), -ANY_EPROTO);
	assert_int_equal(any_ring_make_avail(&p->driver, &buf, 1, 0, &id), -ANY_EPROTO);
	assert_int_equal(id, 77);
	assert_false(any_ring_publish_avail(&p->driver));
	assert_false(any_ring_kick_needed(&p->driver));
	while (any_ring_detach(&p->driver, &done) == 0)
		n++;
	assert_int_equal(n, chains_out);
	assert_int_equal(p->driver.n_free, p->config.size);
	/* init makes it whole again */
	assert_int_equal(any_ring_driver_init(&p->driver, &p->config, p->shadow), 0);
	assert_int_equal(any_ring_device_init(&p->device, &p->config), 0);
	pair_give(p, 0, 1);
	pair_serve(p, 16);
	assert_int_equal(any_ring_take_used(&p->driver, &done), 0);
	pair_fini(p);
}

static void one_lie(uint32_t id_offset, uint32_t id_is, uint32_t len)
{
	struct pair p;
	uint16_t head;

	pair_init(&p, 8, false);
	pair_give(&p, 0, 1);
	head = pair_give(&p, 1, 2);
	lie_used(&p, 0, id_is == UINT32_MAX ? head + id_offset : id_is, len);
	any_store_le16(&p.parts.used->idx, 1);
	expect_broken(&p, 2);
}

static void d13_used_id_out_of_range(void **state)
{
	(void)state;
	one_lie(0, 8, 0);
	one_lie(0, 0x10000, 0); /* its low 16 bits name a head */
	one_lie(0, 0x80000000, 0);
}

static void d13_used_id_not_a_head(void **state)
{
	struct pair p;
	uint16_t head;

	(void)state;
	pair_init(&p, 8, false);
	head = pair_give(&p, 1, 2);
	lie_used(&p, 0, any_ring_next(&p.driver, head), 0);
	any_store_le16(&p.parts.used->idx, 1);
	expect_broken(&p, 1);
}

static void d13_used_id_not_outstanding(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	pair_give(&p, 0, 1);
	lie_used(&p, 0, any_ring_free_at(&p.driver, 3), 0);
	any_store_le16(&p.parts.used->idx, 1);
	expect_broken(&p, 1);
}

static void d13_used_id_twice(void **state)
{
	struct any_ring_done done;
	struct pair p;
	uint16_t id;

	(void)state;
	pair_init(&p, 8, false);
	id = pair_give(&p, 0, 1);
	pair_give(&p, 0, 1);
	lie_used(&p, 0, id, 1);
	lie_used(&p, 1, id, 1);
	any_store_le16(&p.parts.used->idx, 2);
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	expect_broken(&p, 1);
}

/* A chain that is made but not shown yet cannot have been used. */
static void d13_used_id_not_yet_published(void **state)
{
	const struct any_ring_buf buf = {0x1000, 16};
	struct pair p;
	uint16_t id;

	(void)state;
	pair_init(&p, 8, false);
	pair_give(&p, 0, 1);
	assert_int_equal(any_ring_make_avail(&p.driver, &buf, 0, 1, &id), 0);
	lie_used(&p, 0, id, 0);
	any_store_le16(&p.parts.used->idx, 1);
	expect_broken(&p, 2);
}

static void d13_used_len_above_what_is_writable(void **state)
{
	(void)state;
	one_lie(0, UINT32_MAX, 33);
	one_lie(0, UINT32_MAX, 1u << 31);
	one_lie(0, UINT32_MAX, UINT32_MAX);
}

static void d13_used_len_of_a_readable_chain(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	lie_used(&p, 0, pair_give(&p, 2, 0), 1);
	any_store_le16(&p.parts.used->idx, 1);
	expect_broken(&p, 1);
}

static void d9_used_idx_runs_ahead_or_back(void **state)
{
	static const uint16_t lies[] = {3, 9, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(lies); i++) {
		struct pair p;

		pair_init(&p, 8, false);
		pair_give(&p, 0, 1);
		pair_give(&p, 0, 1);
		any_store_le16(&p.parts.used->idx, lies[i]);
		expect_broken(&p, 2);
	}
}

/* What the device scribbles over the driver's own parts is never read back. */
static void driver_never_reads_back_the_table(void **state)
{
	struct any_ring_done done;
	struct pair p;
	uint16_t id;

	(void)state;
	pair_init(&p, 8, false);
	for (int i = 0; i < 1000; i++) {
		id = pair_give(&p, 1, 2);
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
		memset(p.parts.desc, 0xff, any_vring_desc_bytes(8));
		any_store_le16(&p.parts.avail->ring[i & 7], 0xffff);
		any_ring_make_used(&p.device, id, 32);
		assert_true(any_ring_publish_used(&p.device));
		assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		assert_int_equal(done.count, 3);
		assert_int_equal(p.driver.n_free, 8);
	}
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d13_used_id_out_of_range),
		cmocka_unit_test(d13_used_id_not_a_head),
		cmocka_unit_test(d13_used_id_not_outstanding),
		cmocka_unit_test(d13_used_id_twice),
		cmocka_unit_test(d13_used_id_not_yet_published),
		cmocka_unit_test(d13_used_len_above_what_is_writable),
		cmocka_unit_test(d13_used_len_of_a_readable_chain),
		cmocka_unit_test(d9_used_idx_runs_ahead_or_back),
		cmocka_unit_test(driver_never_reads_back_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
