/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C5: calls that contradict an earlier call. Right use gives no report. */
#include "checked.h"

static struct any_dma_sg sg[3];
static struct any_dma_extent ext[3];
static unsigned count;

static void map_list(size_t len, size_t stride)
{
	for (unsigned i = 0; i < 3; i++)
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, i * stride), .len = len};
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 3, ANY_DMA_BOTH, ext, 3, &count), 0);
}

static void right_use_of_mappings(void)
{
	struct any_dma_mapping a = mapped(0, 64, ANY_DMA_TO_DEVICE);
	struct any_dma_mapping b = mapped(0, 64, ANY_DMA_TO_DEVICE); /* two may read the same */
	struct any_dma_mapping c = mapped(128, 64, ANY_DMA_FROM_DEVICE);

	any_dma_sync_for_cpu(&m.dev, &a, 0, 64);
	any_dma_sync_for_device(&m.dev, &a, 0, 64);
	any_dma_sync_for_cpu(&m.dev, &c, 10, 20);
	any_dma_sync_for_device(&m.dev, &c, 10, 20);
	any_dma_unmap(&m.dev, &b);
	any_dma_unmap(&m.dev, &a);
	any_dma_unmap_written(&m.dev, &c, 3);
	map_list(100, 256);
	any_dma_sync_sg_for_cpu(&m.dev, sg, 3);
	any_dma_sync_sg_for_device(&m.dev, sg, 3);
	any_dma_unmap_sg(&m.dev, sg, 3);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0), 4, ANY_DMA_BOTH, &a), 0);
	any_dma_unmap(&m.dev, &a);
	any_dma_drain(&m.dev, ANY_DMA_BOTH);
}

static void right_use_of_coherent_memory(void)
{
	struct any_dma_coherent mem, block;
	struct any_dma_pool pool;
	uint16_t stack[4];

	assert_int_equal(any_dma_alloc_coherent(&m.dev, 100, &mem), 0);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 32, 32, 0, 4, stack), 0);
	assert_int_equal(any_dma_pool_alloc(&pool, &block), 0);
	assert_int_equal(any_dma_pool_free(&pool, &block), 0);
	assert_int_equal(any_dma_pool_fini(&pool), 0);
}

static void test_right_use_is_silent(void **state)
{
	const struct any_dma_facts *machines[] = {&mock_flat, &mock_nosnoop, &mock_short};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		start(machines[i], MOCK_ALL);
		check.sums = true;
		right_use_of_mappings();
		right_use_of_coherent_memory();
		stop();
		assert_int_equal(check.reports, 0);
		assert_int_equal(check.peak, 3);
	}
}

static void test_C5_01_unmap_of_what_map_refused(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_short, 0);
	memset(&map, 0xff, sizeof(map)); /* what a stack leaves there: flags all set */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	check.refuse = true;
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_UNMAP_FAILED);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_UNMAP_UNKNOWN); /* it was made in the meantime */
	stop();
}

static void test_C5_02_unmap_of_what_is_not_mapped(void **state)
{
	struct any_dma_mapping map, copy;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	map = mapped(0, 64, ANY_DMA_BOTH);
	copy = map;
	any_dma_unmap(&m.dev, &map);
	expect(0);
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_UNMAP_UNKNOWN);
	any_dma_unmap(&m.dev, &copy); /* a copy still says "live"; the checker knows better */
	expect(ANY_CHECK_UNMAP_UNKNOWN);
	stop();
}

static void test_C5_03_size_differs(void **state)
{
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	map = mapped(0, 64, ANY_DMA_BOTH);
	map.len = 32;
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_UNMAP_SIZE);
	map.len = 64;
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 100, &mem), 0);
	mem.size = 5000;
	any_dma_free_coherent(&m.dev, &mem);
	expect(ANY_CHECK_UNMAP_SIZE);
	mem.size = 100;
	any_dma_free_coherent(&m.dev, &mem);
	stop();
}

static void test_C5_04_pieces_and_lists(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	map_list(64, 64);
	any_dma_unmap(&m.dev, &sg[1].map);
	expect(ANY_CHECK_UNMAP_KIND);
	any_dma_unmap_sg(&m.dev, sg, 3);
	expect(0);
	map = sg[0].map = mapped(0, 64, ANY_DMA_BOTH);
	any_dma_unmap_sg(&m.dev, sg, 1);
	expect(ANY_CHECK_UNMAP_KIND);
	any_dma_unmap(&m.dev, &map);
	stop();
}

static void test_C5_04_D5_coherent_and_streaming(void **state)
{
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	map = (struct any_dma_mapping){.addr = mem.addr,
				       .cpu = mem.cpu,
				       .len = 64,
				       .dir = ANY_DMA_BOTH,
				       .flags = ANY_DMA_MAP_LIVE};
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_UNMAP_KIND);
	any_dma_free_coherent(&m.dev, &mem);
	map = mapped(0, 64, ANY_DMA_BOTH);
	mem = (struct any_dma_coherent){map.cpu, map.addr, 64};
	any_dma_free_coherent(&m.dev, &mem);
	expect(ANY_CHECK_UNMAP_KIND);
	any_dma_unmap(&m.dev, &map);
	stop();
}

static void test_C5_05_free_with_another_cpu_address(void **state)
{
	struct any_dma_coherent mem, wrong;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	wrong = mem;
	wrong.cpu = (char *)mem.cpu + 4096;
	any_dma_free_coherent(&m.dev, &wrong);
	expect(ANY_CHECK_FREE_CPU);
	wrong = mem;
	wrong.addr.raw += 4096;
	any_dma_free_coherent(&m.dev, &wrong);
	expect(ANY_CHECK_UNMAP_UNKNOWN);
	any_dma_free_coherent(&m.dev, &mem);
	stop();
}

static void test_C5_06_18_list_counts_differ(void **state)
{
	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	map_list(64, 64);
	assert_int_equal(count, 1);
	any_dma_sync_sg_for_cpu(&m.dev, sg,
				count); /* DA-04: the original count, not the returned */
	expect(ANY_CHECK_SG_SYNC_COUNT);
	any_dma_sync_sg_for_device(&m.dev, sg, 2);
	expect(ANY_CHECK_SG_SYNC_COUNT);
	any_dma_unmap_sg(&m.dev, sg, count);
	expect(ANY_CHECK_SG_UNMAP_COUNT);
	any_dma_unmap_sg(&m.dev, sg, 3);
	expect(0);
	stop();
}

static void test_C5_07_15_D4_direction_differs(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.refuse = true;
	for (int was = 1; was <= 3; was++) { /* every pair */
		for (int is = 1; is <= 3; is++) {
			map = mapped(0, 64, (enum any_dma_dir)was);
			map.dir = (uint8_t)is;
			any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
			expect(was == is ? 0 : ANY_CHECK_SYNC_DIR);
			any_dma_unmap(&m.dev, &map);
			expect(was == is ? 0 : ANY_CHECK_UNMAP_DIR);
			map.dir = (uint8_t)was;
			if (was != is)
				any_dma_unmap(&m.dev, &map);
			expect(0);
		}
	}
	stop();
}

static void test_C5_13_14_sync_of_nothing_and_beyond(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	map = mapped(0, 64, ANY_DMA_BOTH);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 65);
	expect(ANY_CHECK_SYNC_BEYOND);
	any_dma_sync_for_device(&m.dev, &map, 64, 1);
	expect(ANY_CHECK_SYNC_BEYOND);
	any_dma_sync_for_device(&m.dev, &map, 1, SIZE_MAX);
	expect(ANY_CHECK_SYNC_BEYOND);
	any_dma_unmap(&m.dev, &map);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	expect(ANY_CHECK_SYNC_UNKNOWN);
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	expect(ANY_CHECK_SYNC_UNKNOWN);
	stop();
}

static void test_extra_30_31_lengths_and_directions(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	map = mapped(0, 64, ANY_DMA_FROM_DEVICE);
	any_dma_unmap_written(&m.dev, &map, 65);
	expect(ANY_CHECK_WRITTEN);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 0, ANY_DMA_BOTH, &map), -ANY_EINVAL);
	expect(ANY_CHECK_ARGUMENT);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 1, (enum any_dma_dir)0, &map),
			 -ANY_EINVAL);
	expect(ANY_CHECK_ARGUMENT);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_use_is_silent),
		cmocka_unit_test(test_C5_01_unmap_of_what_map_refused),
		cmocka_unit_test(test_C5_02_unmap_of_what_is_not_mapped),
		cmocka_unit_test(test_C5_03_size_differs),
		cmocka_unit_test(test_C5_04_pieces_and_lists),
		cmocka_unit_test(test_C5_04_D5_coherent_and_streaming),
		cmocka_unit_test(test_C5_05_free_with_another_cpu_address),
		cmocka_unit_test(test_C5_06_18_list_counts_differ),
		cmocka_unit_test(test_C5_07_15_D4_direction_differs),
		cmocka_unit_test(test_C5_13_14_sync_of_nothing_and_beyond),
		cmocka_unit_test(test_extra_30_31_lengths_and_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
