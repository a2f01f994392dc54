/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each side's accesses to the ring and its barriers, in program order, against table A4.2; and that
 * the device reads each word of a descriptor once, even if the driver changes it at once (D8).
 */
#include "traced.h"

/* A4.2, rows 1 to 4 and the device's mirror, without ORDER_PLATFORM: SMP barriers (OP-2). */
static void a4_2_order_platform_off(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(false, false);
	make_two();
	expect("st:desc st:avail.entry smp_wmb st:avail.idx smp_mb ld:used.flags");
	serve();
	expect("ld:avail.idx smp_rmb ld:avail.entry ld:desc st:used.entry smp_wmb st:used.idx "
	       "smp_mb ld:avail.flags");
	assert_int_equal(any_ring_take_used(&pair.driver, &done), 0);
	expect("ld:used.idx smp_rmb ld:used.entry");
	any_ring_enable_call(&pair.driver);
	(void)any_ring_more_used(&pair.driver);
	expect("st:avail.flags smp_mb ld:used.idx");
	any_ring_enable_kick(&pair.device);
	(void)any_ring_more_avail(&pair.device);
	expect("st:used.flags smp_mb ld:avail.idx");
	unwatch();
}

/* VG-FB-13: with it, the same places and the platform's barriers. */
static void a4_2_order_platform_on(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(true, true);
	make_two();
	expect("st:desc st:avail.entry dma_wmb st:avail.idx dma_mb ld:avail_event");
	serve();
	expect("ld:avail.idx dma_rmb ld:avail.entry ld:desc st:used.entry dma_wmb st:used.idx "
	       "dma_mb ld:used_event");
	assert_int_equal(any_ring_take_used(&pair.driver, &done), 0);
	expect("ld:used.idx dma_rmb ld:used.entry");
	any_ring_enable_call(&pair.driver);
	(void)any_ring_more_used(&pair.driver);
	expect("st:used_event dma_mb ld:used.idx");
	any_ring_enable_kick(&pair.device);
	(void)any_ring_more_avail(&pair.device);
	expect("st:avail_event dma_mb ld:avail.idx");
	unwatch();
}

/* One index store, one barrier of each kind for a burst, whatever its length. */
static void a_burst_pays_once(void **state)
{
	const struct any_ring_buf buf = {0x1000, 16};
	uint16_t id;

	(void)state;
	watch(true, false);
	for (int i = 0; i < 4; i++)
		assert_int_equal(any_ring_make_avail(&pair.driver, &buf, 1, 0, &id), 0);
	assert_null(strstr(trace, "mb"));
	assert_null(strstr(trace, "idx"));
	trace[0] = 0;
	assert_true(any_ring_publish_avail(&pair.driver));
	(void)any_ring_kick_needed(&pair.driver);
	expect("dma_wmb st:avail.idx dma_mb ld:used.flags");
	assert_int_equal(any_ring_take_avail(&pair.device, &pair.chain), 0);
	trace[0] = 0;
	assert_int_equal(any_ring_take_avail(&pair.device, &pair.chain), 0);
	expect("ld:avail.entry ld:desc");
	unwatch();
}

/* ---- D8: every word once ----------------------------------------------------------------------
 */

static uint8_t reads[4096];
static size_t last_read;
static unsigned last_bytes;
static bool flip;

static void on_read(void *ctx, uintptr_t at, unsigned bytes, bool store)
{
	uint8_t *mem = pair.mem;
	const size_t offset = at - (uintptr_t)mem;

	(void)ctx;
	if (store)
		return;
	/* what was read a moment ago is something else by now */
	if (flip)
		memset(mem + last_read, 0xff, last_bytes);
	last_read = offset;
	last_bytes = bytes;
	for (unsigned i = 0; i < bytes; i++)
		reads[offset + i]++;
}

static void d8_each_word_of_the_driver_is_read_once(void **state)
{
	struct any_ring_buf buf[4];
	uint16_t id;

	(void)state;
	for (int round = 0; round < 2; round++) {
		watch(false, false);
		watched.access = NULL;
		for (uint32_t i = 0; i < 4; i++)
			buf[i] = (struct any_ring_buf){0x1000ull * (i + 1), 16 + i};
		assert_int_equal(any_ring_make_avail(&pair.driver, buf, 2, 2, &id), 0);
		assert_true(any_ring_publish_avail(&pair.driver));
		memset(reads, 0, sizeof(reads));
		flip = round;
		last_bytes = 0;
		watched.access = on_read;
		assert_int_equal(any_ring_take_avail(&pair.device, &pair.chain), 0);
		watched.access = NULL;
		for (size_t i = 0; i < sizeof(reads); i++)
			assert_true(reads[i] <= 1);
		assert_int_equal(reads[0], 1);
		assert_int_equal(pair.chain.n_out, 2);
		assert_int_equal(pair.chain.n_in, 2);
		for (uint32_t i = 0; i < 4; i++) {
			assert_true(pair.pieces[i].addr == buf[i].addr);
			assert_int_equal(pair.pieces[i].len, buf[i].len);
		}
		unwatch();
	}
}

/* The driver's turn: used entries once, its own parts never. */
static void d8_driver_reads_only_the_used_ring_and_once(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(false, false);
	watched.access = NULL;
	make_two();
	serve();
	memset(reads, 0, sizeof(reads));
	flip = true;
	last_bytes = 0;
	watched.access = on_read;
	assert_int_equal(any_ring_take_used(&pair.driver, &done), 0);
	watched.access = NULL;
	for (size_t i = 0; i < sizeof(reads); i++) {
		bool used = within((uintptr_t)pair.mem + i, &pair.parts.used->idx, 2) ||
			    within((uintptr_t)pair.mem + i, pair.parts.used->ring, 8);

		assert_int_equal(reads[i], used);
	}
	assert_int_equal(done.written, 16);
	unwatch();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a4_2_order_platform_off),
		cmocka_unit_test(a4_2_order_platform_on),
		cmocka_unit_test(a_burst_pays_once),
		cmocka_unit_test(d8_each_word_of_the_driver_is_read_once),
		cmocka_unit_test(d8_driver_reads_only_the_used_ring_and_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
