/* SPDX-License-Identifier: BSD-2-Clause */
/* The split ring between two honest sides. */
#include "pair.h"

static void vg_sr_02_part_sizes(void **state)
{
	(void)state;
	assert_int_equal(any_vring_desc_bytes(256), 4096);
	assert_int_equal(any_vring_avail_bytes(256), 6 + 512);
	assert_int_equal(any_vring_used_bytes(256), 6 + 2048);
}

static void vg_sr_01_layout_keeps_alignment_and_lines_apart(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= ANY_RING_MAX_SIZE; size *= 2) {
		for (size_t line = 1; line <= 128; line *= 2) {
			struct any_vring_layout l;

			any_vring_layout(size, line, &l);
			assert_int_equal(l.desc % 16, 0);
			assert_int_equal(l.avail % 2, 0);
			assert_int_equal(l.used % 4, 0);
			assert_true(l.avail >= any_vring_desc_bytes(size));
			assert_true(l.used >= l.avail + any_vring_avail_bytes(size));
			assert_true(l.bytes >= l.used + any_vring_used_bytes(size));
			/* the last line the driver writes is not the first the device writes */
			assert_true((l.avail + any_vring_avail_bytes(size) - 1) / line <
				    l.used / line);
		}
	}
}

static void vg_sr_02_other_sizes_and_alignments_are_refused(void **state)
{
	static const uint32_t bad[] = {0, 3, 6, 255, 32767, 32769, 65536, UINT32_MAX};
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		p.config.size = bad[i];
		assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), -ANY_EINVAL);
		assert_int_equal(any_ring_device_init(&p.device, &p.config), -ANY_EINVAL);
	}
	p.config.size = 4;
	p.config.parts.desc = (void *)((char *)p.mem + 8);
	assert_int_equal(any_ring_device_init(&p.device, &p.config), -ANY_EINVAL);
	p.config.parts.desc = p.parts.desc;
	p.config.parts.avail = (void *)((char *)p.mem + 1);
	assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), -ANY_EINVAL);
	p.config.parts.avail = p.parts.avail;
	p.config.parts.used = (void *)((char *)p.mem + 2);
	assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), -ANY_EINVAL);
	pair_fini(&p);
}

static void vg_sr_14_init_clears_flags_and_indices(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	assert_int_equal(p.parts.used->flags, 0);
	assert_int_equal(p.parts.used->idx, 0);
	assert_int_equal(p.parts.avail->flags, 0);
	assert_int_equal(p.parts.avail->idx, 0);
	pair_fini(&p);
}

static void vg_sr_03_chain_arrives_as_it_was_made(void **state)
{
	const struct any_ring_buf buf[5] = {
		{0, 16}, {0x2000, 1}, {UINT64_MAX - 7, 8}, {0x4000, 4096}, {0x5000, 3}};
	struct pair p;
	uint16_t id = 99;

	(void)state;
	pair_init(&p, 8, false);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 3, 2, &id), 0);
	/* not before publish */
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
	assert_true(any_ring_publish_avail(&p.driver));
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_int_equal(p.chain.head, id);
	assert_int_equal(p.chain.n_out, 3);
	assert_int_equal(p.chain.n_in, 2);
	assert_int_equal(p.chain.out_len, 16 + 1 + 8);
	assert_int_equal(p.chain.in_len, 4096 + 3);
	for (int i = 0; i < 5; i++) {
		assert_true(p.pieces[i].addr == buf[i].addr);
		assert_int_equal(p.pieces[i].len, buf[i].len);
	}
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
	pair_fini(&p);
}

static void vg_sr_05_refusals_change_nothing(void **state)
{
	struct any_ring_buf buf[9];
	struct pair p;
	uint16_t id = 99;

	(void)state;
	pair_init(&p, 8, false);
	for (int i = 0; i < 9; i++)
		buf[i] = (struct any_ring_buf){0x1000, 0x20000000};
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 0, 0, &id), -ANY_EINVAL);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 9, 0, &id), -ANY_E2BIG);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 4, 5, &id), -ANY_E2BIG);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, UINT32_MAX, 2, &id), -ANY_E2BIG);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 2, UINT32_MAX, &id), -ANY_E2BIG);
	/* 8 * 2^29 = 2^32 */
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 4, 4, &id), -ANY_E2BIG);
	buf[2].len = 0;
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 1, 2, &id), -ANY_EINVAL);
	assert_int_equal(any_ring_make_avail(&p.driver, buf + 2, 1, 0, &id), -ANY_EINVAL);
	assert_int_equal(id, 99);
	assert_int_equal(p.driver.n_free, 8);
	assert_false(any_ring_publish_avail(&p.driver));
	buf[2].len = 0x1fffffff; /* 2^32 - 1 is fine */
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 4, 4, &id), 0);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 1, 0, &id), -ANY_ENOMEM);
	pair_fini(&p);
}

static void vd_sr_14_completion_carries_id_and_length(void **state)
{
	struct any_ring_done done;
	struct pair p;
	uint16_t id;

	(void)state;
	pair_init(&p, 8, false);
	assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
	id = pair_give(&p, 1, 2);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	any_ring_make_used(&p.device, id, 20);
	assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
	assert_true(any_ring_publish_used(&p.device));
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(done.id, id);
	assert_int_equal(done.written, 20);
	assert_int_equal(done.count, 3);
	assert_int_equal(p.driver.n_free, 8);
	pair_fini(&p);
}

/* D9: many times round 2^16, chains of every length, used out of order. */
static void run_wrap(uint32_t size, bool event_idx)
{
	uint32_t given = 0, back = 0, n_held = 0;
	struct {
		uint16_t head;
		uint32_t len;
	} held[256];
	uint32_t expect[256];
	struct any_ring_done done;
	struct pair p;

	pair_init(&p, size, event_idx);
	while (back < 200000) {
		uint32_t n = 1 + pair_random(&p, size < 4 ? size : 4);

		while (given < 200000 && n <= p.driver.n_free) {
			uint32_t n_in = pair_random(&p, n + 1);
			uint16_t id = pair_give(&p, n - n_in, n_in);

			expect[id] = n_in * 16;
			given++;
			(void)any_ring_kick_needed(&p.driver);
			n = 1 + pair_random(&p, size < 4 ? size : 4);
		}
		while (any_ring_take_avail(&p.device, &p.chain) == 0) {
			held[n_held].head = p.chain.head;
			held[n_held++].len = (uint32_t)p.chain.in_len;
		}
		assert_true(n_held <= size); /* D15 */
		for (uint32_t k = 1 + pair_random(&p, n_held); n_held && k; k--) {
			uint32_t pick = pair_random(&p, n_held);

			any_ring_make_used(&p.device, held[pick].head, held[pick].len);
			held[pick] = held[--n_held];
		}
		(void)any_ring_publish_used(&p.device);
		(void)any_ring_call_needed(&p.device);
		while (any_ring_take_used(&p.driver, &done) == 0) {
			assert_int_equal(done.written, expect[done.id]);
			back++;
		}
		assert_false(p.driver.broken);
		assert_false(p.device.broken);
	}
	assert_int_equal(given, back);
	assert_int_equal(p.driver.n_free, size);
	pair_fini(&p);
}

static void d9_index_wrap_size_1(void **state)
{
	(void)state;
	run_wrap(1, false);
}

static void d9_index_wrap_size_2(void **state)
{
	(void)state;
	run_wrap(2, true);
}

static void d9_index_wrap_size_8(void **state)
{
	(void)state;
	run_wrap(8, false);
}

static void d9_index_wrap_size_256(void **state)
{
	(void)state;
	run_wrap(256, true);
}

/* The largest ring, full, twice. */
static void d9_full_ring_of_32768(void **state)
{
	const struct any_ring_buf buf = {0x1000, 64};
	struct any_ring_done done;
	struct pair p;
	uint16_t id;

	(void)state;
	pair_init(&p, ANY_RING_MAX_SIZE, false);
	for (int round = 0; round < 5; round++) {
		for (uint32_t i = 0; i < ANY_RING_MAX_SIZE; i++)
			assert_int_equal(any_ring_make_avail(&p.driver, &buf, 0, 1, &id), 0);
		assert_int_equal(any_ring_make_avail(&p.driver, &buf, 0, 1, &id), -ANY_ENOMEM);
		assert_true(any_ring_publish_avail(&p.driver));
		for (uint32_t i = 0; i < ANY_RING_MAX_SIZE; i++) {
			assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
			any_ring_make_used(&p.device, p.chain.head, 1);
		}
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
		assert_true(any_ring_publish_used(&p.device));
		for (uint32_t i = 0; i < ANY_RING_MAX_SIZE; i++)
			assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
	}
	pair_fini(&p);
}

static void detach_hands_out_what_never_came_back(void **state)
{
	struct any_ring_done done;
	struct pair p;
	bool seen[8] = {false};

	(void)state;
	pair_init(&p, 8, false);
	uint16_t a = pair_give(&p, 1, 1), b = pair_give(&p, 0, 3), c = pair_give(&p, 1, 0);
	pair_serve(&p, 16); /* a comes back */
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(done.id, a);
	assert_int_equal(any_ring_detach(&p.driver, &done), 0);
	seen[done.id] = true;
	assert_int_equal(any_ring_detach(&p.driver, &done), 0);
	seen[done.id] = true;
	assert_true(seen[b] && seen[c]);
	assert_int_equal(any_ring_detach(&p.driver, &done), -ANY_EAGAIN);
	assert_int_equal(p.driver.n_free, 8);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_sr_02_part_sizes),
		cmocka_unit_test(vg_sr_01_layout_keeps_alignment_and_lines_apart),
		cmocka_unit_test(vg_sr_02_other_sizes_and_alignments_are_refused),
		cmocka_unit_test(vg_sr_14_init_clears_flags_and_indices),
		cmocka_unit_test(vg_sr_03_chain_arrives_as_it_was_made),
		cmocka_unit_test(vg_sr_05_refusals_change_nothing),
		cmocka_unit_test(vd_sr_14_completion_carries_id_and_length),
		cmocka_unit_test(d9_index_wrap_size_1),
		cmocka_unit_test(d9_index_wrap_size_2),
		cmocka_unit_test(d9_index_wrap_size_8),
		cmocka_unit_test(d9_index_wrap_size_256),
		cmocka_unit_test(d9_full_ring_of_32768),
		cmocka_unit_test(detach_hands_out_what_never_came_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
