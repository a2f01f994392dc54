/* SPDX-License-Identifier: BSD-2-Clause */
/* The pool itself: DA-53, its classes, its lock. */
#include "mock.h"

static struct mock m;

static void test_DA_53_dry_pool_fails_and_loses_nothing(void **state)
{
	struct any_dma_mapping maps[SLOTS_SMALL + SLOTS_MID + SLOTS_LARGE], extra, before;
	const unsigned n = ANY_ARRAY_SIZE(maps);

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	for (unsigned i = 0; i < n; i++) { /* small slots first, then the larger */
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END + i * 256), 200,
					     ANY_DMA_BOTH, &maps[i]),
				 0);
		assert_int_equal(maps[i].size_class, i < SLOTS_SMALL		   ? 0
						     : i < SLOTS_SMALL + SLOTS_MID ? 1
										   : 2);
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(maps[i].slot, maps[k].slot);
	}
	memset(&extra, 0x5a, sizeof(extra));
	before = extra;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 200, ANY_DMA_BOTH, &extra),
			 -ANY_ENOMEM);
	assert_memory_equal(&extra, &before, sizeof(extra));
	assert_int_equal(m.pool.counters.dry, 1);
	assert_int_equal(m.pool.counters.live, n);
	any_dma_unmap(&m.dev, &maps[3]);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 200, ANY_DMA_BOTH, &maps[3]),
			 0);
	for (unsigned i = 0; i < n; i++)
		any_dma_unmap(&m.dev, &maps[i]);
	assert_int_equal(m.pool.counters.live, 0);
	assert_int_equal(m.pool.counters.peak, n);
	assert_int_equal(m.pool.classes[0].free, SLOTS_SMALL);
	assert_int_equal(m.pool.classes[1].free, SLOTS_MID);
	assert_int_equal(m.pool.classes[2].free, SLOTS_LARGE);
	mock_stop(&m);
}

static void test_DA_53_a_slot_out_of_reach_is_refused_and_kept(void **state)
{
	/* The pool itself lies beyond: its address is checked again after bouncing. */
	const struct any_dma_facts below = {.coherent = true, .dma_max = RAM_PHYS - 1};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &below, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), -ANY_ERANGE);
	assert_int_equal(m.pool.counters.live, 0);
	assert_int_equal(m.pool.classes[0].free, SLOTS_SMALL);
	mock_stop(&m);
}

static void test_DA_53_no_slot_is_long_enough(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 65536);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 65537, ANY_DMA_BOTH, &map),
			 -ANY_E2BIG);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 65536, ANY_DMA_BOTH, &map),
			 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

/* The pool of several callers: every touch of its state is inside the lock. */
static int depth, entries;

static void take_lock(void *ctx)
{
	(void)ctx;
	assert_int_equal(depth++, 0);
	entries++;
}

static void give_lock(void *ctx)
{
	(void)ctx;
	assert_int_equal(--depth, 0);
}

static void test_a_shared_pool_is_locked(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	m.pool.lock = take_lock;
	m.pool.unlock = give_lock;
	depth = entries = 0;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(entries, 1);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(entries, 2); /* count of bytes and slot at once */
	assert_int_equal(depth, 0);
	mock_stop(&m);
}

static void test_pool_init_refuses_nonsense(void **state)
{
	static unsigned char mem[8192];
	const struct any_dma_region region = {mem, {0}, sizeof(mem), 0};
	const struct any_bounce_class bad[][2] = {
		{{.slot = 100, .count = 1}, {.slot = 128, .count = 1}},
		{{.slot = 128, .count = 0}, {.slot = 256, .count = 1}},
		{{.slot = 256, .count = 1}, {.slot = 128, .count = 1}},
		{{.slot = 4096, .count = 1}, {.slot = 8192, .count = 1}},
	};
	struct any_bounce_pool pool;
	uint32_t stack[4];

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++)
		assert_int_equal(any_bounce_pool_init(&pool, &region, bad[i], 2, stack),
				 -ANY_EINVAL);
	assert_int_equal(any_bounce_pool_init(&pool, &region, bad[0], 0, stack), -ANY_EINVAL);
	memset(mem, 1, sizeof(mem));
	assert_int_equal(any_bounce_pool_init(&pool, &region, &bad[3][0], 1, stack), 0);
	assert_true(all_are(mem, 0, 4096)); /* every slot starts zeroed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_53_dry_pool_fails_and_loses_nothing),
		cmocka_unit_test(test_DA_53_a_slot_out_of_reach_is_refused_and_kept),
		cmocka_unit_test(test_DA_53_no_slot_is_long_enough),
		cmocka_unit_test(test_a_shared_pool_is_locked),
		cmocka_unit_test(test_pool_init_refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
