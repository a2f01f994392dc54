/* SPDX-License-Identifier: BSD-2-Clause */
/* The packed ring between two honest sides: by hand, and every state of small rings. */
#include "packed_pair.h"

static void vg_pr_01_layout_keeps_alignment_and_lines_apart(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= ANY_RING_MAX_SIZE; size = size * 2 + size % 3) {
		for (size_t line = 1; line <= 128; line *= 2) {
			struct any_vring_layout l;

			any_packed_layout(size, line, &l);
			assert_int_equal(l.desc % 16, 0);
			assert_int_equal(l.avail % 4, 0);
			assert_int_equal(l.used % 4, 0);
			assert_true(l.avail >= (size_t)16 * size);
			assert_true((l.avail + 3) / line < l.used / line || line < 4);
			assert_true(l.used >= l.avail + 4 && l.bytes >= l.used + 4);
		}
	}
}

static void vg_pr_02_any_size_and_no_other_alignment(void **state)
{
	static const uint32_t good[] = {1, 2, 3, 5, 7, 255, 32768}, bad[] = {0, 32769, UINT32_MAX};
	struct packed p;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(good); i++) {
		packed_init(&p, good[i], false);
		packed_fini(&p);
	}
	packed_init(&p, 8, false);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		p.config.size = bad[i];
		assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), -ANY_EINVAL);
		assert_int_equal(any_ring_device_init(&p.device, &p.config), -ANY_EINVAL);
	}
	p.config.size = 8;
	p.config.parts.avail = (void *)((char *)p.parts.avail + 2);
	assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), -ANY_EINVAL);
	p.config.parts = p.parts;
	p.config.held = NULL;
	assert_int_equal(any_ring_device_init(&p.device, &p.config), -ANY_EINVAL);
	packed_fini(&p);
}

static void vg_pr_14_init_clears_the_ring_and_both_wishes(void **state)
{
	struct packed p;

	(void)state;
	packed_init(&p, 5, false);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(p.slots[i].flags, 0);
	assert_int_equal(p.parts.avail->flags | p.parts.avail->idx, 0);
	assert_int_equal(p.parts.used->flags | p.parts.used->idx, 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN); /* VD-PR-04 */
	packed_fini(&p);
}

static void vg_pr_11_flags_of_every_slot_and_the_id_in_the_last(void **state)
{
	const struct any_ring_buf buf[3] = {{0x1000, 16}, {0x2000, 1}, {UINT64_MAX - 7, 8}};
	struct packed p;
	uint16_t id;

	(void)state;
	packed_init(&p, 8, false);
	assert_int_equal(any_ring_make_avail(&p.driver, buf, 1, 2, &id), 0);
	assert_int_equal(p.slots[0].flags, 0); /* VG-PR-09: not before publish */
	assert_true(any_ring_publish_avail(&p.driver));
	assert_int_equal(p.slots[0].flags, 0x80 | 1);
	assert_int_equal(p.slots[1].flags, 0x80 | 1 | 2);
	assert_int_equal(p.slots[2].flags, 0x80 | 2);
	assert_int_equal(p.slots[2].id, id);
	assert_int_equal(p.slots[2].addr, UINT64_MAX - 7);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_int_equal(p.chain.n_out, 1);
	assert_int_equal(p.chain.n_in, 2);
	assert_int_equal(p.chain.in_len, 9);
	assert_int_equal(p.pieces[1].addr, 0x2000);
	packed_fini(&p);
}

/* VG-PR-08: nothing of a chain that is refused can be seen, now or with a shorter one later. */
static void vg_pr_08_a_refused_chain_leaves_no_trace(void **state)
{
	const struct any_ring_buf empty[3] = {{0x1000, 16}, {0x2000, 16}, {0x3000, 0}},
				  huge[2] = {{0, UINT32_MAX}, {0, 1}};
	struct any_ring_buf many[5] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
	struct packed p;
	uint16_t id;

	(void)state;
	packed_init(&p, 4, false);
	assert_int_equal(any_ring_make_avail(&p.driver, empty, 3, 0, &id), -ANY_EINVAL);
	assert_int_equal(any_ring_make_avail(&p.driver, huge, 1, 1, &id), -ANY_E2BIG);
	assert_int_equal(any_ring_make_avail(&p.driver, many, 5, 0, &id), -ANY_E2BIG);
	assert_int_equal(any_ring_make_avail(&p.driver, many, 0, 0, &id), -ANY_EINVAL);
	packed_give(&p, 1, 0);
	assert_int_equal(any_ring_make_avail(&p.driver, many, 4, 0, &id), -ANY_ENOMEM);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
	packed_fini(&p);
}

/* openvmm's: the counter must turn for a chain that ends at, or crosses, the end (VB-PR-01). */
static void vb_pr_01_chains_that_fill_or_cross_the_end(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= 7; size++) {
		for (uint32_t n = 1; n <= size; n++) {
			struct any_ring_done done;
			struct packed p;

			packed_init(&p, size, false);
			for (uint32_t i = 0; i < 4 * size + 3; i++) {
				uint16_t id = packed_give(&p, 0, n);

				packed_serve(&p, i);
				assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
				assert_int_equal(done.id, id);
				assert_int_equal(done.count, n);
				assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
				assert_int_equal(any_ring_take_avail(&p.device, &p.chain),
						 -ANY_EAGAIN);
			}
			packed_fini(&p);
		}
	}
}

static void a_burst_appears_at_once(void **state)
{
	const struct any_ring_buf buf = {0x1000, 16};
	struct any_ring_done done;
	struct packed p;
	uint16_t id[3];

	(void)state;
	packed_init(&p, 4, false);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(any_ring_make_avail(&p.driver, &buf, 0, 1, &id[i]), 0);
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
	}
	assert_true(any_ring_publish_avail(&p.driver));
	assert_false(any_ring_publish_avail(&p.driver));
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
		any_ring_make_used(&p.device, p.chain.head, i);
		assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN); /* VD-PR-10 */
	}
	assert_true(any_ring_publish_used(&p.device));
	assert_false(any_ring_publish_used(&p.device));
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		assert_int_equal(done.id, id[i]);
		assert_int_equal(done.written, i);
	}
	packed_fini(&p);
}

/* Gives and takes back n slots, one chain each: both sides move on. */
static void walk(struct packed *p, uint32_t n)
{
	struct any_ring_done done;

	while (n--) {
		packed_give(p, 0, 1);
		packed_serve(p, 0);
		assert_int_equal(any_ring_take_used(&p->driver, &done), 0);
	}
}

/* Is the driver asked for a kick, with this word of the device's, for n slots up to `now`? */
static bool kicked(uint32_t size, uint32_t now, uint32_t n, uint32_t word)
{
	struct packed p;
	bool kick;

	packed_init(&p, size, true);
	walk(&p, now - n);
	(void)any_ring_kick_needed(&p.driver);
	while (n--)
		packed_give(&p, 0, 1);
	any_store_le32((uint32_t *)(void *)p.parts.used, word);
	kick = any_ring_kick_needed(&p.driver);
	packed_fini(&p);
	return kick;
}

/* The window, against a count of slots by hand, for every place, offset and lap. */
static void vb_pr_02_the_window_of_an_event(void **state)
{
	uint32_t tried = 0;

	(void)state;
	for (uint32_t size = 1; size <= 5; size++)
		for (uint32_t now = size; now < 3 * size; now++)
			for (uint32_t n = 1; n <= size; n++)
				for (uint32_t at = now - size; at < now + size; at++, tried++)
					assert_int_equal(
						kicked(size, now, n,
						       2u << 16 |
							       (uint32_t) !(at / size & 1) << 15 |
							       at % size),
						at < now && at + n >= now);
	assert_true(tried > 500);
}

static void vb_pr_02_the_other_wishes(void **state)
{
	static const struct {
		uint32_t word;
		bool wanted;
	} row[] = {{0, true},
		   {0xffff, true}, /* off_wrap means nothing here */
		   {1u << 16, false},
		   {3u << 16, true},			      /* reserved */
		   {2u << 16 | 1u << 15 | 8, true},	      /* no such slot */
		   {0xfffcu << 16 | 2u << 16 | 0x8002, true}, /* bits that must be 0 */
		   {2u << 16 | 0x8003, false}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(row); i++)
		assert_int_equal(kicked(8, 3, 1, row[i].word), row[i].wanted);
}

static void kicks_and_calls_as_they_were_asked_for(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	for (unsigned event_idx = 0; event_idx < 2; event_idx++) {
		packed_init(&p, 3, event_idx);
		for (unsigned lap = 0; lap < 9; lap++) {
			any_ring_enable_kick(&p.device);
			assert_false(any_ring_more_avail(&p.device));
			packed_give(&p, 0, 1);
			assert_true(any_ring_kick_needed(&p.driver));
			assert_false(any_ring_kick_needed(&p.driver));
			assert_true(any_ring_more_avail(&p.device));
			any_ring_disable_kick(&p.device);
			packed_give(&p, 0, 1);
			assert_false(any_ring_kick_needed(&p.driver));
			any_ring_enable_call(&p.driver);
			assert_false(any_ring_more_used(&p.driver));
			packed_serve(&p, 1);
			assert_true(any_ring_call_needed(&p.device));
			assert_false(any_ring_call_needed(&p.device));
			assert_true(any_ring_more_used(&p.driver));
			any_ring_disable_call(&p.driver);
			packed_serve(&p, 1);
			assert_false(any_ring_call_needed(&p.device));
			assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
			assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		}
		packed_fini(&p);
	}
}

static void detach_hands_out_what_was_never_returned(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	packed_init(&p, 5, false);
	packed_give(&p, 1, 1);
	packed_give(&p, 0, 2);
	packed_serve(&p, 0);
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(any_ring_detach(&p.driver, &done), 0);
	assert_int_equal(done.count, 2);
	assert_int_equal(any_ring_detach(&p.driver, &done), -ANY_EAGAIN);
	assert_int_equal(p.driver.n_free, 5);
	packed_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_pr_01_layout_keeps_alignment_and_lines_apart),
		cmocka_unit_test(vg_pr_02_any_size_and_no_other_alignment),
		cmocka_unit_test(vg_pr_14_init_clears_the_ring_and_both_wishes),
		cmocka_unit_test(vg_pr_11_flags_of_every_slot_and_the_id_in_the_last),
		cmocka_unit_test(vg_pr_08_a_refused_chain_leaves_no_trace),
		cmocka_unit_test(vb_pr_01_chains_that_fill_or_cross_the_end),
		cmocka_unit_test(a_burst_appears_at_once),
		cmocka_unit_test(vb_pr_02_the_window_of_an_event),
		cmocka_unit_test(vb_pr_02_the_other_wishes),
		cmocka_unit_test(kicks_and_calls_as_they_were_asked_for),
		cmocka_unit_test(detach_hands_out_what_was_never_returned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
