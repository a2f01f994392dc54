/* SPDX-License-Identifier: BSD-2-Clause */
/* Kicks and calls: flags, EVENT_IDX windows over the wrap, suppression without losing one. */
#include "pair.h"

#include <anydma/endian.h>

static uint16_t *used_event(struct pair *p)
{
	return &p->parts.avail->ring[p->config.size];
}

static uint16_t *avail_event(struct pair *p)
{
	return (uint16_t *)(void *)&p->parts.used->ring[p->config.size];
}

static void give_n(struct pair *p, uint32_t n)
{
	const struct any_ring_buf buf = {0x1000, 16};
	uint16_t id;

	while (n--)
		assert_int_equal(any_ring_make_avail(&p->driver, &buf, 0, 1, &id), 0);
	assert_true(any_ring_publish_avail(&p->driver));
}

static void serve_n(struct pair *p, uint32_t n)
{
	while (n--) {
		assert_int_equal(any_ring_take_avail(&p->device, &p->chain), 0);
		any_ring_make_used(&p->device, p->chain.head, 0);
	}
	assert_true(any_ring_publish_used(&p->device));
}

static void collect_n(struct pair *p, uint32_t n)
{
	struct any_ring_done done;

	while (n--)
		assert_int_equal(any_ring_take_used(&p->driver, &done), 0);
}

/* Both indices stand just before the wrap. */
static void pair_at(struct pair *p, uint32_t size, bool event_idx, uint32_t start)
{
	pair_init(p, size, event_idx);
	for (uint32_t i = 0; i < start; i++) {
		give_n(p, 1);
		serve_n(p, 1);
		collect_n(p, 1);
	}
	(void)any_ring_kick_needed(&p->driver);
	(void)any_ring_call_needed(&p->device);
}

static void one_publish_and_one_question_a_burst(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 16, false);
	assert_false(any_ring_publish_avail(&p.driver));
	assert_false(any_ring_kick_needed(&p.driver));
	give_n(&p, 5);
	assert_int_equal(p.parts.avail->idx, 5);
	assert_false(any_ring_publish_avail(&p.driver));
	assert_true(any_ring_kick_needed(&p.driver));
	assert_false(any_ring_kick_needed(&p.driver)); /* asked and answered */
	serve_n(&p, 5);
	assert_false(any_ring_publish_used(&p.device));
	assert_true(any_ring_call_needed(&p.device));
	assert_false(any_ring_call_needed(&p.device));
	pair_fini(&p);
}

static void vg_sr_15_used_flags_govern_kicks(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	any_store_le16(avail_event(&p), 0); /* ignored without EVENT_IDX */
	any_ring_disable_kick(&p.device);
	assert_int_equal(p.parts.used->flags, 1); /* VD-SR-17 */
	give_n(&p, 1);
	assert_false(any_ring_kick_needed(&p.driver));
	any_ring_enable_kick(&p.device);
	assert_int_equal(p.parts.used->flags, 0);
	assert_true(any_ring_more_avail(&p.device)); /* the gap is seen */
	give_n(&p, 1);
	assert_true(any_ring_kick_needed(&p.driver));
	pair_fini(&p);
}

static void vd_sr_09_10_avail_flags_govern_calls(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	any_store_le16(used_event(&p), 0x1234); /* VD-SR-08: garbage there means nothing */
	any_ring_disable_call(&p.driver);
	assert_int_equal(p.parts.avail->flags, 1); /* VG-SR-10 */
	give_n(&p, 2);
	serve_n(&p, 1);
	assert_false(any_ring_call_needed(&p.device));
	any_ring_enable_call(&p.driver);
	assert_int_equal(p.parts.avail->flags, 0);
	assert_true(any_ring_more_used(&p.driver)); /* VG-SR-19 */
	collect_n(&p, 1);
	assert_false(any_ring_more_used(&p.driver));
	serve_n(&p, 1);
	assert_true(any_ring_call_needed(&p.device));
	assert_true(any_ring_more_used(&p.driver));
	pair_fini(&p);
}

/* Every event index around a burst that crosses 0xffff -> 0: inside asks, outside does not. */
static void vg_sr_16_kick_window_over_the_wrap(void **state)
{
	(void)state;
	for (int event = -6; event <= 10; event++) {
		struct pair p;

		pair_at(&p, 8, true, 0xfffe);
		any_store_le16(&p.parts.used->flags, 1); /* ignored */
		any_store_le16(avail_event(&p), (uint16_t)(0xfffe + event));
		give_n(&p, 5);
		assert_int_equal(any_ring_kick_needed(&p.driver), event >= 0 && event < 5);
		pair_fini(&p);
	}
}

static void vd_sr_12_13_call_window_over_the_wrap(void **state)
{
	(void)state;
	for (int event = -6; event <= 10; event++) {
		struct pair p;

		pair_at(&p, 8, true, 0xfffe);
		any_store_le16(&p.parts.avail->flags, 1); /* VD-SR-11: ignored */
		any_store_le16(used_event(&p), (uint16_t)(0xfffe + event));
		give_n(&p, 5);
		serve_n(&p, 5);
		assert_int_equal(any_ring_call_needed(&p.device), event >= 0 && event < 5);
		pair_fini(&p);
	}
}

static void event_idx_enable_and_disable(void **state)
{
	struct pair p;

	(void)state;
	pair_at(&p, 8, true, 0xfffd);
	any_ring_disable_call(&p.driver);
	any_ring_disable_kick(&p.device);
	for (int i = 0; i < 6; i++) {
		give_n(&p, 1);
		assert_false(any_ring_kick_needed(&p.driver));
		serve_n(&p, 1);
		assert_false(any_ring_call_needed(&p.device));
		assert_true(any_ring_more_used(&p.driver));
		collect_n(&p, 1);
	}
	any_ring_enable_call(&p.driver);
	any_ring_enable_kick(&p.device);
	assert_false(any_ring_more_used(&p.driver));
	assert_false(any_ring_more_avail(&p.device));
	give_n(&p, 1);
	assert_true(any_ring_kick_needed(&p.driver));
	assert_true(any_ring_more_avail(&p.device));
	serve_n(&p, 1);
	assert_true(any_ring_call_needed(&p.device));
	assert_int_equal(p.parts.avail->flags, 0); /* VG-SR-11 */
	assert_int_equal(p.parts.used->flags, 0);
	pair_fini(&p);
}

/* VG-SR-12, VD-SR-18: spurious notifications find nothing and do no harm. */
static void spurious_looks_find_nothing(void **state)
{
	struct any_ring_done done;
	struct pair p;

	(void)state;
	pair_init(&p, 8, false);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(any_ring_take_used(&p.driver, &done), -ANY_EAGAIN);
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), -ANY_EAGAIN);
		assert_false(any_ring_more_used(&p.driver));
		assert_false(any_ring_more_avail(&p.device));
	}
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_publish_and_one_question_a_burst),
		cmocka_unit_test(vg_sr_15_used_flags_govern_kicks),
		cmocka_unit_test(vd_sr_09_10_avail_flags_govern_calls),
		cmocka_unit_test(vg_sr_16_kick_window_over_the_wrap),
		cmocka_unit_test(vd_sr_12_13_call_window_over_the_wrap),
		cmocka_unit_test(event_idx_enable_and_disable),
		cmocka_unit_test(spurious_looks_find_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
