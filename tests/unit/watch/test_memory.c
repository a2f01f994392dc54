/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C5: memory that must not be mapped, or still is; and what no debug layer looks at. */
#include "checked.h"

static void test_C5_09_10_D2_stacks_and_code(void **state)
{
	struct any_check_section sections[2];
	struct any_dma_mapping map;
	struct any_dma_extent ext;
	struct any_dma_sg sg;
	unsigned count;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	sections[0] = (struct any_check_section){mock_buf(&m, 4096), 4096, ANY_CHECK_MAP_STACK};
	sections[1] = (struct any_check_section){mock_buf(&m, 16384), 4096, ANY_CHECK_MAP_TEXT};
	check.sections = sections;
	check.n_sections = 2;
	check.refuse = true;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 4095), 2, ANY_DMA_BOTH, &map),
			 -ANY_EINVAL);
	expect(ANY_CHECK_MAP_STACK);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 20479), 2, ANY_DMA_BOTH, &map),
			 -ANY_EINVAL);
	expect(ANY_CHECK_MAP_TEXT);
	sg = (struct any_dma_sg){.buf = mock_buf(&m, 5000), .len = 64};
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, &ext, 1, &count),
			 -ANY_EINVAL);
	expect(ANY_CHECK_MAP_STACK);
	map = mapped(0, 4096, ANY_DMA_BOTH); /* up to it, and from its end on, is right */
	any_dma_unmap(&m.dev, &map);
	map = mapped(8192, 8192, ANY_DMA_BOTH);
	any_dma_unmap(&m.dev, &map);
	stop();
}

static void test_C5_11_no_memory_at_all(void **state)
{
	struct any_dma_mapping map;
	struct any_dma_extent ext;
	struct any_dma_sg sg;
	unsigned count;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, &sg, 8, ANY_DMA_BOTH, &map), -ANY_EFAULT);
	expect(ANY_CHECK_MAP_NOT_RAM);
	sg = (struct any_dma_sg){.buf = &sg, .len = 8};
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, &ext, 1, &count),
			 -ANY_EFAULT);
	expect(ANY_CHECK_MAP_NOT_RAM);
	stop();
}

static void test_C5_21_D3_overlap(void **state)
{
	struct any_dma_mapping a, b;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	a = mapped(0, 64, ANY_DMA_FROM_DEVICE);
	b = mapped(63, 64, ANY_DMA_TO_DEVICE); /* one byte of both */
	expect(ANY_CHECK_OVERLAP);
	any_dma_unmap(&m.dev, &b);
	b = mapped(64, 64, ANY_DMA_FROM_DEVICE);
	expect(0);
	any_dma_unmap(&m.dev, &b);
	any_dma_unmap(&m.dev, &a);
	a = mapped(0, 64, ANY_DMA_TO_DEVICE);
	b = mapped(32, 64, ANY_DMA_BOTH);
	expect(ANY_CHECK_OVERLAP);
	any_dma_unmap(&m.dev, &b);
	any_dma_unmap(&m.dev, &a);
	stop();
	start(&mock_nosnoop, MOCK_ALL);
	a = mapped(10, 10, ANY_DMA_FROM_DEVICE); /* bounced: it has no line here */
	b = mapped(20, 10, ANY_DMA_TO_DEVICE);
	expect(0);
	any_dma_unmap(&m.dev, &b);
	b = mapped(19, 10, ANY_DMA_TO_DEVICE);
	expect(ANY_CHECK_OVERLAP);
	any_dma_unmap(&m.dev, &b);
	any_dma_unmap(&m.dev, &a);
	stop();
}

static void test_C5_22_many_readers_are_a_leak(void **state)
{
	struct any_dma_mapping maps[9];

	(void)state;
	start(&mock_flat, MOCK_ALL);
	for (unsigned i = 0; i < 8; i++)
		maps[i] = mapped(0, 64, ANY_DMA_TO_DEVICE);
	expect(0);
	maps[8] = mapped(0, 64, ANY_DMA_TO_DEVICE);
	expect(ANY_CHECK_OVERLAP_MANY);
	for (unsigned i = 0; i < 9; i++)
		any_dma_unmap(&m.dev, &maps[i]);
	stop();
}

static void test_C5_24_full_turns_the_checker_off(void **state)
{
	struct any_dma_mapping maps[17];

	(void)state;
	start(&mock_flat, MOCK_ALL);
	for (unsigned i = 0; i < 17; i++)
		maps[i] = mapped(i * 64, 64, ANY_DMA_BOTH);
	expect(ANY_CHECK_FULL);
	assert_true(check.off);
	assert_int_equal(check.peak, 16);
	for (unsigned i = 0; i < 17; i++)
		any_dma_unmap(&m.dev, &maps[i]);
	any_dma_unmap(&m.dev, &maps[0]);
	expect(0); /* silent from then on */
	mock_stop(&m);
}

static void test_C5_25_detach_with_something_live(void **state)
{
	struct any_dma_coherent mem;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	(void)mapped(0, 64, ANY_DMA_BOTH);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	any_dma_detach(&m.dev);
	assert_int_equal(n_rules, 2);
	assert_true(rules[0] == ANY_CHECK_DETACH_LIVE && rules[1] == ANY_CHECK_DETACH_LIVE);
	assert_int_equal(check.used, 0);
	mock_stop(&m);
}

static void test_C5_26_ram_in_map_resource(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	assert_int_equal(
		any_dma_map_resource(&m.dev, any_phys(mock_phys(0) - 1), 2, ANY_DMA_BOTH, &map),
		-ANY_EINVAL);
	expect(ANY_CHECK_RESOURCE_RAM);
	stop();
}

static void test_extra_28_the_cpu_touched_what_the_device_owns(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	for (size_t at = 0; at <= SHORT_END; at += SHORT_END) { /* in place and bounced */
		start(&mock_short, MOCK_ALL);
		check.sums = true;
		map = mapped(at, 64, ANY_DMA_TO_DEVICE);
		any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
		mock_buf(&m, at)[5]++; /* lent: its right */
		any_dma_sync_for_device(&m.dev, &map, 0, 64);
		expect(0);
		mock_buf(&m, at)[5]++; /* not lent: a missing sync_for_cpu */
		any_dma_unmap(&m.dev, &map);
		expect(ANY_CHECK_CPU_TOUCH);
		stop();
	}
}

static void test_extra_28_seen_at_sync_for_device_too(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_flat, MOCK_ALL);
	check.sums = true;
	map = mapped(0, 64, ANY_DMA_TO_DEVICE);
	mock_buf(&m, 0)[63]++;
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	expect(ANY_CHECK_CPU_TOUCH);
	any_dma_unmap(&m.dev, &map); /* said once */
	stop();
}

static void test_extra_29_the_device_wrote_what_it_was_given_to_read(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	start(&mock_short, MOCK_ALL);
	check.sums = true;
	map = mapped(SHORT_END, 64, ANY_DMA_TO_DEVICE);
	assert_true(mock_device_write(&m, map.addr.raw + 63, 1, 1));
	any_dma_unmap(&m.dev, &map);
	expect(ANY_CHECK_DEVICE_WROTE);
	stop();
}

/* The table under churn: everything found, nothing left. */
static void test_the_table_forgets_nothing_but_what_ended(void **state)
{
	struct any_dma_mapping maps[16];
	bool live[16] = {false};
	uint32_t x = 1;

	(void)state;
	start(&mock_flat, MOCK_IOMMU);
	for (unsigned step = 0; step < 4000; step++) {
		const unsigned i = (x = x * 1103515245u + 12345u) >> 16 & 15;

		mock_forget(&m);
		if (live[i])
			any_dma_unmap(&m.dev, &maps[i]);
		else
			maps[i] = mapped(i * 64, 64, ANY_DMA_BOTH);
		live[i] = !live[i];
		expect(0);
	}
	for (unsigned i = 0; i < 16; i++)
		if (live[i])
			any_dma_unmap(&m.dev, &maps[i]);
	stop();
	assert_int_equal(any_dma_check_init(&check, entries, 0, report, &m), -ANY_EINVAL);
	assert_int_equal(any_dma_check_init(&check, NULL, 4, report, &m), -ANY_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_C5_09_10_D2_stacks_and_code),
		cmocka_unit_test(test_C5_11_no_memory_at_all),
		cmocka_unit_test(test_C5_21_D3_overlap),
		cmocka_unit_test(test_C5_22_many_readers_are_a_leak),
		cmocka_unit_test(test_C5_24_full_turns_the_checker_off),
		cmocka_unit_test(test_C5_25_detach_with_something_live),
		cmocka_unit_test(test_C5_26_ram_in_map_resource),
		cmocka_unit_test(test_extra_28_the_cpu_touched_what_the_device_owns),
		cmocka_unit_test(test_extra_28_seen_at_sync_for_device_too),
		cmocka_unit_test(test_extra_29_the_device_wrote_what_it_was_given_to_read),
		cmocka_unit_test(test_the_table_forgets_nothing_but_what_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
