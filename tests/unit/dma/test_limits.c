/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C2: limits and queries. */
#include "mock.h"

static struct mock m;

static void test_DA_30_masks_default_to_32_bits_and_are_separate(void **state)
{
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	assert_true(m.dev.mask == UINT32_MAX && m.dev.coherent_mask == UINT32_MAX);
	m.ram.phys.raw = m.coherent.mem.phys.raw = 1ull << 32;
	m.plat.bounce = NULL;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), -ANY_ENOMEM);
	assert_int_equal(any_dma_set_coherent_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	any_dma_free_coherent(&m.dev, &mem);
	mock_stop(&m);
}

static void test_DA_30_an_impossible_mask_changes_nothing(void **state)
{
	const struct any_dma_facts high = {.coherent = true, .dma_min = RAM_PHYS};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &high, 0);
	assert_int_equal(any_dma_set_mask(&m.dev, RAM_PHYS - 1), -ANY_EIO);
	assert_int_equal(any_dma_set_coherent_mask(&m.dev, RAM_PHYS - 1), -ANY_EIO);
	assert_int_equal(any_dma_set_mask(&m.dev, 0), -ANY_EINVAL);
	assert_int_equal(any_dma_set_mask(&m.dev, 0xffff0000), -ANY_EINVAL);
	assert_true(m.dev.mask == UINT32_MAX && m.dev.coherent_mask == UINT32_MAX);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0); /* never fails where memory is */
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_set_mask(&m.dev, IOVA_BASE - 1), -ANY_EIO);
	assert_int_equal(any_dma_set_mask(&m.dev, 2 * IOVA_BASE - 1), 0);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

static void test_DA_31_required_mask_covers_all_memory(void **state)
{
	const struct any_dma_segment down = {{RAM_PHYS + BUF_AT}, {0}, 0x10000};
	const struct any_dma_facts low = {.coherent = true, .segments = &down, .n_segments = 1};
	struct any_dma_facts sme = mock_flat;

	(void)state;
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(any_dma_required_mask(&m.dev), UINT32_MAX);
	m.ram.phys.raw = 1ull << 36;
	assert_true(any_dma_required_mask(&m.dev) == (1ull << 37) - 1);
	mock_stop(&m);
	mock_start(&m, &low, 0);
	assert_int_equal(any_dma_required_mask(&m.dev), 0xffff);
	mock_stop(&m);
	sme.private_bits = 1ull << 47;
	mock_start(&m, &sme, 0);
	assert_true(any_dma_required_mask(&m.dev) == (1ull << 48) - 1);
	mock_stop(&m);
}

static void test_DA_32_cache_alignment(void **state)
{
	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	assert_int_equal(any_dma_cache_alignment(&m.dev), LINE);
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_ALL);
	m.plat.facts.line = LINE; /* lines there are, but the bus snoops them */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_cache_alignment(&m.dev), 1);
	mock_stop(&m);
}

static void test_DA_35_max_mapping_len(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL); /* nothing ever bounces */
	assert_int_equal(any_dma_max_mapping_len(&m.dev), UINT32_MAX);
	assert_int_equal(any_dma_set_mask(&m.dev, RAM_PHYS + 0x7fffffff), 0);
	mock_stop(&m);
	mock_start(&m, &mock_short, MOCK_ALL);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 65536);
	assert_int_equal(any_dma_set_min_align(&m.dev, 4095), 0);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 65536 - 4095);
	mock_stop(&m);
	mock_start(&m, &mock_short, 0);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), UINT32_MAX);
	mock_stop(&m);
}

static void test_DA_35_what_max_mapping_len_says_maps(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	assert_int_equal(any_dma_set_min_align(&m.dev, 4095), 0);
	for (size_t at = 0; at < 8192; at += 511) { /* whatever the low bits */
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END + at),
					     any_dma_max_mapping_len(&m.dev), ANY_DMA_BOTH, &map),
				 0);
		any_dma_unmap(&m.dev, &map);
	}
	mock_stop(&m);
}

static void test_DA_36_segment_limits_default_and_refuse_nonsense(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(m.dev.max_segment, 65536);
	assert_true(m.dev.boundary == UINT64_MAX);
	assert_int_equal(any_dma_set_max_segment(&m.dev, 0), -ANY_EINVAL);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0), -ANY_EINVAL);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xfff0), -ANY_EINVAL);
	assert_int_equal(m.dev.max_segment, 65536);
	assert_true(m.dev.boundary == UINT64_MAX);
	mock_stop(&m);
}

static void test_DA_37_min_align_bits_survive_bouncing(void **state)
{
	const uint32_t masks[] = {0, 7, 255, 511, 4095, 65535};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	assert_int_equal(any_dma_set_min_align(&m.dev, 6), -ANY_EINVAL);
	assert_int_equal(any_dma_set_min_align(&m.dev, 131071), -ANY_EINVAL);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(masks); i++) {
		assert_int_equal(any_dma_set_min_align(&m.dev, masks[i]), 0);
		for (size_t at = 0; at < 5000; at += 123) {
			unsigned char *buf = mock_buf(&m, SHORT_END + at);

			memset(buf, 5, 100);
			assert_int_equal(any_dma_map(&m.dev, buf, 100, ANY_DMA_BOTH, &map), 0);
			assert_int_equal((map.addr.raw ^ mock_phys(SHORT_END + at)) & masks[i], 0);
			assert_true(mock_device_sees(&m, map.addr.raw, 5, 100));
			assert_true(mock_device_write(&m, map.addr.raw, 6, 100));
			any_dma_unmap(&m.dev, &map);
			assert_true(all_are(buf, 6, 100));
		}
	}
	assert_int_equal(m.pool.counters.live, 0);
	for (unsigned c = 0; c < 3; c++)
		assert_int_equal(m.pool.classes[c].free, m.pool.classes[c].count);
	mock_stop(&m);
}

static void test_DA_37_with_a_pool_that_is_elsewhere_on_the_bus(void **state)
{
	/* The bus is 0x200 off: low bits of a slot are not those of its address. */
	const struct any_dma_segment off = {{RAM_PHYS}, {0x40000200}, BUF_AT + SHORT_END};
	const struct any_dma_facts facts = {.coherent = true, .segments = &off, .n_segments = 1};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, MOCK_ALL);
	assert_int_equal(any_dma_set_min_align(&m.dev, 4095), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END + 77), 100, ANY_DMA_BOTH, &map),
			 0);
	assert_int_equal((map.addr.raw ^ mock_phys(SHORT_END + 77)) & 4095, 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_DA_38_merge_boundary(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(any_dma_merge_boundary(&m.dev), 0);
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_merge_boundary(&m.dev), GRANULE - 1);
	assert_int_equal(any_dma_set_min_align(&m.dev, GRANULE - 1), 0);
	assert_int_equal(any_dma_set_min_align(&m.dev, 2 * GRANULE - 1), -ANY_EINVAL);
	mock_stop(&m);
}

static bool needs_sync(const struct any_dma_facts *facts, size_t at, enum any_dma_dir dir)
{
	struct any_dma_mapping map;
	bool needs;

	mock_start(&m, facts, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 64, dir, &map), 0);
	needs = any_dma_needs_sync(&m.dev, &map);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	return needs;
}

static void test_DA_39_needs_sync(void **state)
{
	struct any_dma_facts drains = mock_flat;

	(void)state;
	drains.drains = ANY_DMA_FROM_DEVICE;
	assert_false(needs_sync(&mock_short, 0, ANY_DMA_BOTH));
	assert_true(needs_sync(&mock_short, SHORT_END, ANY_DMA_BOTH)); /* bounced */
	assert_true(needs_sync(&mock_nosnoop, 0, ANY_DMA_TO_DEVICE));
	assert_true(needs_sync(&drains, 0, ANY_DMA_FROM_DEVICE)); /* hazard 10 */
	assert_false(needs_sync(&drains, 0, ANY_DMA_TO_DEVICE));
}

static void test_DA_41_answers_follow_the_mask(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	m.ram.phys.raw = 1ull << 32;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_false(any_dma_is_flat(&m.dev));
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 65536);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_BOUNCED);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_true(any_dma_is_flat(&m.dev));
	assert_int_equal(any_dma_max_mapping_len(&m.dev), UINT32_MAX);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_is_flat_only_where_nothing_has_work(void **state)
{
	const struct any_dma_segment same = {{RAM_PHYS}, {RAM_PHYS}, RAM_SIZE};
	const struct any_dma_segment off = {{RAM_PHYS}, {0}, RAM_SIZE};
	const struct {
		struct any_dma_facts facts;
		unsigned with;
		bool flat;
	} rows[] = {
		{{.coherent = true}, MOCK_ALL, true},
		{{.coherent = true, .line = LINE, .speculates = true}, 0, true},
		{{.coherent = true, .segments = &same, .n_segments = 1}, 0, true},
		{{.coherent = true, .segments = &off, .n_segments = 1}, 0, false},
		{{.line = LINE}, MOCK_ALL, false},
		{{.coherent = true}, MOCK_IOMMU, false},
		{{.coherent = true, .shared_only = true}, MOCK_ALL, false},
		{{.coherent = true, .bounce_always = true}, MOCK_ALL, false},
		{{.coherent = true, .private_bits = 1ull << 30}, 0, false},
		{{.coherent = true, .dma_max = RAM_PHYS + BUF_AT}, MOCK_ALL, false},
		{{.coherent = true, .dma_min = RAM_PHYS + BUF_AT + 1}, MOCK_ALL, false},
		{{.coherent = true, .dma_forbidden = 1u << 19}, 0, false},
		{{.coherent = true, .drains = ANY_DMA_TO_DEVICE}, 0, false},
		{{.coherent = true, .drains = ANY_DMA_FROM_DEVICE}, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++) {
		mock_start(&m, &rows[i].facts, rows[i].with);
		assert_int_equal(any_dma_is_flat(&m.dev), rows[i].flat);
		mock_stop(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_30_masks_default_to_32_bits_and_are_separate),
		cmocka_unit_test(test_DA_30_an_impossible_mask_changes_nothing),
		cmocka_unit_test(test_DA_31_required_mask_covers_all_memory),
		cmocka_unit_test(test_DA_32_cache_alignment),
		cmocka_unit_test(test_DA_35_max_mapping_len),
		cmocka_unit_test(test_DA_35_what_max_mapping_len_says_maps),
		cmocka_unit_test(test_DA_36_segment_limits_default_and_refuse_nonsense),
		cmocka_unit_test(test_DA_37_min_align_bits_survive_bouncing),
		cmocka_unit_test(test_DA_37_with_a_pool_that_is_elsewhere_on_the_bus),
		cmocka_unit_test(test_DA_38_merge_boundary),
		cmocka_unit_test(test_DA_39_needs_sync),
		cmocka_unit_test(test_DA_41_answers_follow_the_mask),
		cmocka_unit_test(test_is_flat_only_where_nothing_has_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
