/* SPDX-License-Identifier: BSD-2-Clause */
/* What each direction asks for and what it does not, of a buffer and of a list, and what is told of
 * it. Each test fails for a mutant that nothing else noticed (docs/mutation.md). */
#include "mock.h"

#define N 4u

static struct mock m;
static struct any_dma_sg sg[N];
static struct any_dma_extent ext[N];
static unsigned count;

static void map_list(enum any_dma_dir dir)
{
	for (unsigned i = 0; i < N; i++)
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, i * 2 * LINE), .len = LINE};
	assert_int_equal(any_dma_map_sg(&m.dev, sg, N, dir, ext, N, &count), 0);
}

/* Any call that gives the CPU its bytes back, of a buffer or of a list. */
static void taken_back(enum any_dma_dir dir, bool list, bool unmap)
{
	struct any_dma_mapping map;
	const unsigned inbound = dir & ANY_DMA_FROM_DEVICE ? 1 : 0, n = list ? N : 1;

	if (list)
		map_list(dir);
	else
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), LINE, dir, &map), 0);
	assert_int_equal(m.count[MOCK_CLEAN], n); /* whatever the direction (C3) */
	mock_forget(&m);
	if (list && unmap)
		any_dma_unmap_sg(&m.dev, sg, N);
	else if (list)
		any_dma_sync_sg_for_cpu(&m.dev, sg, N);
	else if (unmap)
		any_dma_unmap(&m.dev, &map);
	else
		any_dma_sync_for_cpu(&m.dev, &map, 0, LINE);
	assert_int_equal(m.count[MOCK_DRAIN_IN], inbound);
	assert_int_equal(m.count[MOCK_DRAIN_OUT], 0);
	assert_int_equal(m.count[MOCK_INVAL], n * inbound);
	assert_int_equal(m.count[MOCK_SYNC], inbound);
	assert_int_equal(m.n_log, (n + 2) * inbound);
}

static void test_C3_each_direction_has_its_work_and_no_other(void **state)
{
	struct any_dma_facts facts = mock_nosnoop;

	(void)state;
	facts.drains = ANY_DMA_BOTH;
	for (unsigned dir = ANY_DMA_TO_DEVICE; dir <= ANY_DMA_BOTH; dir++)
		for (unsigned how = 0; how < 4; how++) {
			mock_start(&m, &facts, MOCK_ALL);
			taken_back((enum any_dma_dir)dir, how & 1, how & 2);
			mock_stop(&m);
		}
}

static void test_DA_39_a_drain_is_work_for_what_the_device_may_write(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	facts.drains = ANY_DMA_BOTH;
	mock_start(&m, &facts, MOCK_ALL);
	for (unsigned dir = ANY_DMA_TO_DEVICE; dir <= ANY_DMA_BOTH; dir++) {
		assert_int_equal(
			any_dma_map(&m.dev, mock_buf(&m, 0), 64, (enum any_dma_dir)dir, &map), 0);
		assert_int_equal(any_dma_needs_sync(&m.dev, &map), dir != ANY_DMA_TO_DEVICE);
		any_dma_unmap(&m.dev, &map);
	}
	mock_stop(&m);
}

static void test_DA_06_an_error_waits_for_no_later_invalidation(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_DEFERRED);
	m.map_room = 1;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 2 * GRANULE, ANY_DMA_BOTH, &map),
			 -ANY_ENOMEM);
	assert_int_equal(m.iova.live, 0);
	assert_int_equal(m.iommu.deferred_used, 0);
	for (unsigned i = 0; i < N; i++)
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, i * GRANULE), .len = GRANULE};
	assert_int_equal(any_dma_map_sg(&m.dev, sg, N, ANY_DMA_BOTH, ext, N, &count), -ANY_ENOMEM);
	assert_int_equal(m.iova.live, 0);
	assert_int_equal(m.iommu.deferred_used, 0);
	assert_int_equal(m.map_room, 1);
	mock_stop(&m);
}

static enum any_dma_dir told;

static int note(struct any_dma_watch *watch, const struct any_dma_event *event)
{
	(void)watch;
	if (event->op == ANY_DMA_OP_ALLOC_COHERENT)
		told = event->dir;
	return 0;
}

static void test_coherent_memory_is_told_of_as_both_ways(void **state)
{
	struct any_dma_watch watch = {.event = note};
	struct any_dma_coherent mem;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	any_dma_watch_add(&m.dev, &watch);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_int_equal(told, ANY_DMA_BOTH);
	any_dma_free_coherent(&m.dev, &mem);
	any_dma_watch_remove(&m.dev, &watch);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_C3_each_direction_has_its_work_and_no_other),
		cmocka_unit_test(test_DA_39_a_drain_is_work_for_what_the_device_may_write),
		cmocka_unit_test(test_DA_06_an_error_waits_for_no_later_invalidation),
		cmocka_unit_test(test_coherent_memory_is_told_of_as_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
