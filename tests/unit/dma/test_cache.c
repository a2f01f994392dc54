/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C3, the cache half, and what has an order: caches, copies, drains (hazards 5 and 10).
 */
#include "mock.h"

static struct mock m;

static void test_C3_matrix(void **state)
{
	(void)state;
	for (int d = ANY_DMA_TO_DEVICE; d <= ANY_DMA_BOTH; d++) {
		const enum any_dma_dir dir = (enum any_dma_dir)d;
		const unsigned after = dir == ANY_DMA_TO_DEVICE ? 0 : 1;
		struct any_dma_mapping map;

		mock_start(&m, &mock_nosnoop, MOCK_ALL);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 256, dir, &map), 0);
		assert_int_equal(m.count[MOCK_CLEAN], 1); /* every direction, variant b */
		assert_int_equal(m.count[MOCK_INVAL], 0);
		assert_int_equal(m.count[MOCK_SYNC], 1);
		assert_int_equal(m.log[0].at, mock_phys(0));
		assert_int_equal(m.log[0].len, 256);
		assert_true(mock_when(&m, MOCK_SYNC, 0) > mock_when(&m, MOCK_CLEAN, 0));

		mock_forget(&m);
		any_dma_sync_for_cpu(&m.dev, &map, 64, 128);
		assert_int_equal(m.count[MOCK_INVAL], after);
		assert_int_equal(m.count[MOCK_SYNC], after);
		assert_int_equal(m.n_log, 2 * after);
		assert_true(!after || (m.log[0].at == mock_phys(64) && m.log[0].len == 128));

		mock_forget(&m);
		any_dma_sync_for_device(&m.dev, &map, 64, 128);
		assert_int_equal(m.count[MOCK_CLEAN], 1);
		assert_int_equal(m.n_log, 2);
		assert_int_equal(m.log[0].at, mock_phys(64));
		assert_int_equal(m.log[0].len, 128);

		mock_forget(&m);
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(m.count[MOCK_INVAL], after);
		assert_int_equal(m.n_log, 2 * after);
		assert_int_equal(m.dev.stats.lines_cleaned, 4 + 2);
		assert_int_equal(m.dev.stats.lines_invalidated, after * (2 + 4));
		mock_stop(&m);
	}
}

static void test_C3_a_coherent_bus_gets_no_cache_work(void **state)
{
	struct any_dma_facts facts = mock_short;
	struct any_dma_mapping map;

	(void)state;
	facts.line = LINE;
	mock_start(&m, &facts, MOCK_ALL);
	for (size_t at = 1; at <= SHORT_END + 1; at += SHORT_END) {
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 99, ANY_DMA_BOTH, &map), 0);
		any_dma_sync_for_cpu(&m.dev, &map, 0, 99);
		any_dma_sync_for_device(&m.dev, &map, 0, 99);
		any_dma_unmap(&m.dev, &map);
	}
	assert_int_equal(m.n_log, 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_LINE], 0);
	mock_stop(&m);
}

/* Bytes the device does not write survive although the whole buffer is invalidated afterwards. */
static void test_C3_b_from_device_keeps_what_the_device_leaves_alone(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	buf = mock_buf(&m, 0);
	memset(buf, 1, 256);
	assert_int_equal(any_dma_map(&m.dev, buf, 256, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_false(map.flags & ANY_DMA_MAP_BOUNCED);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 10));
	any_dma_unmap_written(&m.dev, &map, 10);
	assert_true(all_are(buf, 2, 10) && all_are(buf + 10, 1, 246));
	/* The count is the device's word: lines it wrote behind it are not left stale. */
	assert_int_equal(any_dma_map(&m.dev, buf, 256, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(mock_device_write(&m, map.addr.raw, 3, 256));
	any_dma_unmap_written(&m.dev, &map, 10);
	assert_true(all_are(buf, 3, 256));
	mock_stop(&m);
}

static void shares_lines(size_t at, size_t len, enum any_dma_dir dir, bool bounces)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	buf = mock_buf(&m, at);
	assert_int_equal(any_dma_map(&m.dev, buf, len, dir, &map), 0);
	assert_int_equal(!!(map.flags & ANY_DMA_MAP_BOUNCED), bounces);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_LINE], bounces);
	buf[-1] = buf[len] = 77; /* the neighbours go on living */
	if (dir & ANY_DMA_FROM_DEVICE)
		assert_true(mock_device_write(&m, map.addr.raw, 5, len));
	any_dma_unmap(&m.dev, &map);
	if (dir & ANY_DMA_FROM_DEVICE)
		assert_true(all_are(buf, 5, len));
	if (bounces || dir == ANY_DMA_TO_DEVICE)
		assert_true(buf[-1] == 77 && buf[len] == 77);
	mock_stop(&m);
}

static void test_DA_33_DA_34_a_written_buffer_that_shares_lines_bounces(void **state)
{
	(void)state;
	for (size_t at = 1024; at < 1024 + LINE; at += 7) {
		for (size_t len = 1; len < 2 * LINE; len += 9) {
			const bool owns = at % LINE == 0 && len % LINE == 0;

			shares_lines(at, len, ANY_DMA_FROM_DEVICE, !owns);
			shares_lines(at, len, ANY_DMA_BOTH, !owns);
			shares_lines(at, len, ANY_DMA_TO_DEVICE, false);
		}
	}
	shares_lines(1024, 2 * LINE, ANY_DMA_FROM_DEVICE, false);
}

static void test_DA_33_without_a_pool_it_is_refused(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_nosnoop, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 1), 64, ANY_DMA_FROM_DEVICE, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 1), 64, ANY_DMA_TO_DEVICE, &map), 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_an_uncached_region_needs_no_maintenance(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	m.ram.flags = ANY_REGION_UNCACHED;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 3), 5, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.n_log, 0);
	mock_stop(&m);
}

static void test_hazard_5_copy_then_clean_and_invalidate_then_copy(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	buf = mock_buf(&m, 1);
	memset(buf, 1, 64);
	m.look = m.view + POOL_AT + 0x28000; /* first small slot, as the CPU sees it */
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.slot, 0x28000);
	assert_int_equal(m.log[mock_when(&m, MOCK_CLEAN, 0)].byte, 1); /* copied before */
	assert_int_equal(m.log[0].at, RAM_PHYS + POOL_AT + map.slot);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 64));
	m.look = buf;
	mock_forget(&m);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	assert_int_equal(m.log[mock_when(&m, MOCK_INVAL, 0)].byte, 1); /* not copied yet */
	assert_int_equal(m.log[mock_when(&m, MOCK_SYNC, 0)].byte, 1);
	assert_true(all_are(buf, 2, 64)); /* the device's bytes, not the slot's old line */
	memset(buf, 3, 64);
	m.look = m.view + POOL_AT + map.slot;
	mock_forget(&m);
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	assert_int_equal(m.log[mock_when(&m, MOCK_CLEAN, 0)].byte, 3);
	assert_true(mock_device_write(&m, map.addr.raw, 4, 64));
	m.look = buf;
	mock_forget(&m);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.log[mock_when(&m, MOCK_INVAL, 0)].byte, 3);
	assert_true(all_are(buf, 4, 64));
	mock_stop(&m);
}

static void drains_before(const struct any_dma_facts *facts, size_t at)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	mock_start(&m, facts, MOCK_ALL);
	buf = mock_buf(&m, at);
	memset(buf, 1, 64);
	m.look = buf;
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_int_equal(m.count[MOCK_DRAIN_OUT] + m.count[MOCK_DRAIN_IN], 0);
	mock_forget(&m);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	assert_int_equal(m.count[MOCK_DRAIN_IN], 1);
	assert_int_equal(mock_when(&m, MOCK_DRAIN_IN, 0), 0);
	mock_forget(&m);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 64));
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.count[MOCK_DRAIN_IN], 1);
	assert_int_equal(mock_when(&m, MOCK_DRAIN_IN, 0), 0); /* before cache and copy */
	assert_true(facts->n_segments || !(map.flags & ANY_DMA_MAP_BOUNCED) || m.log[0].byte == 1);
	assert_int_equal(m.count[MOCK_DRAIN_OUT], 0);
	assert_true(all_are(buf, 2, 64));
	mock_stop(&m);
}

static void test_hazard_10_inbound_is_drained_first_on_coherent_machines_too(void **state)
{
	struct any_dma_facts flat = mock_flat, low = mock_short, nosnoop = mock_nosnoop;

	(void)state;
	flat.drains = low.drains = nosnoop.drains = ANY_DMA_BOTH;
	drains_before(&flat, 0);
	drains_before(&low, SHORT_END);
	drains_before(&nosnoop, 0);
	drains_before(&nosnoop, 9);
}

static void test_drain_does_the_directions_that_exist(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	facts.drains = ANY_DMA_TO_DEVICE;
	mock_start(&m, &facts, 0);
	any_dma_drain(&m.dev, ANY_DMA_FROM_DEVICE);
	assert_int_equal(m.n_log, 0);
	any_dma_drain(&m.dev, ANY_DMA_TO_DEVICE);
	any_dma_drain(&m.dev, ANY_DMA_BOTH);
	assert_int_equal(m.count[MOCK_DRAIN_OUT], 2);
	assert_int_equal(m.count[MOCK_DRAIN_IN], 0);
	assert_int_equal(m.dev.stats.drains, 2);
	/* Nothing inbound to drain: maps are as fast as anywhere. */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_FAST);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	facts.drains = ANY_DMA_BOTH;
	mock_start(&m, &facts, 0);
	any_dma_drain(&m.dev, ANY_DMA_BOTH);
	assert_int_equal(m.count[MOCK_DRAIN_OUT], 1);
	assert_int_equal(m.count[MOCK_DRAIN_IN], 1);
	mock_forget(&m);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &map), 0);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	any_dma_unmap(&m.dev, &map); /* the device wrote nothing: nothing can be on its way */
	assert_int_equal(m.n_log, 0);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_C3_matrix),
		cmocka_unit_test(test_C3_a_coherent_bus_gets_no_cache_work),
		cmocka_unit_test(test_C3_b_from_device_keeps_what_the_device_leaves_alone),
		cmocka_unit_test(test_DA_33_DA_34_a_written_buffer_that_shares_lines_bounces),
		cmocka_unit_test(test_DA_33_without_a_pool_it_is_refused),
		cmocka_unit_test(test_an_uncached_region_needs_no_maintenance),
		cmocka_unit_test(test_hazard_5_copy_then_clean_and_invalidate_then_copy),
		cmocka_unit_test(test_hazard_10_inbound_is_drained_first_on_coherent_machines_too),
		cmocka_unit_test(test_drain_does_the_directions_that_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
