/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists: DA-04, DA-06, DA-36, D20, banks, one wait for all. */
#include "mock.h"

#define N 8u

static struct mock m;
static struct any_dma_sg sg[N];
static struct any_dma_extent ext[64];
static unsigned count;

/* N pieces of `len`, `gap` bytes apart. */
static void list(size_t at, size_t len, size_t gap)
{
	for (unsigned i = 0; i < N; i++) {
		memset(&sg[i], 0x5a, sizeof(sg[i])); /* what a driver leaves there means nothing */
		sg[i].buf = mock_buf(&m, at + i * (len + gap));
		sg[i].len = len;
		memset(sg[i].buf, (int)i + 1, len);
	}
}

/* The extents in order are the list's bytes in order, each piece wholly its number. */
static void extents_lead_to_the_pieces(size_t len)
{
	unsigned e = 0;
	uint64_t at = 0;

	for (unsigned i = 0; i < N; i++) {
		for (size_t k = 0; k < len; k++) {
			assert_true(e < count);
			assert_true(mock_device_sees(&m, ext[e].addr.raw + at,
						     (unsigned char)(i + 1), 1));
			if (++at == ext[e].len) {
				at = 0;
				e++;
			}
		}
	}
	assert_int_equal(e, count);
}

static void map_list(enum any_dma_dir dir)
{
	assert_int_equal(any_dma_map_sg(&m.dev, sg, N, dir, ext, ANY_ARRAY_SIZE(ext), &count), 0);
}

static void test_DA_06_neighbours_merge(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, 0);
	list(0, 100, 0);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(count, 1);
	assert_int_equal(ext[0].len, N * 100);
	extents_lead_to_the_pieces(100);
	any_dma_unmap_sg(&m.dev, sg, N);
	list(0, 100, 1);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(count, N);
	extents_lead_to_the_pieces(100);
	any_dma_unmap_sg(&m.dev, sg, N);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(sg[i].map.flags, 0);
	mock_stop(&m);
}

static void test_DA_36_max_segment_is_kept(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(any_dma_set_max_segment(&m.dev, 250), 0);
	list(0, 100, 0);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(count, 4); /* 250 250 250 50 */
	for (unsigned i = 0; i < count; i++)
		assert_true(ext[i].len <= 250);
	extents_lead_to_the_pieces(100);
	any_dma_unmap_sg(&m.dev, sg, N);
	mock_stop(&m);
}

static void test_D20_one_byte_more_than_the_default_segment_is_split(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, 0);
	sg[0].buf = mock_buf(&m, 0);
	sg[0].len = 65537;
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 1, ANY_DMA_BOTH, ext, 1, &count), -ANY_ENOSPC);
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 1, ANY_DMA_BOTH, ext, 2, &count), 0);
	assert_true(count == 2 && ext[0].len == 65536 && ext[1].len == 1);
	any_dma_unmap_sg(&m.dev, sg, 1);
	mock_stop(&m);
}

static void test_DA_36_boundary_is_never_crossed(void **state)
{
	const uint64_t masks[] = {15, 127, 4095};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(masks); i++) {
		for (unsigned with = 0; with <= MOCK_IOMMU; with += MOCK_IOMMU) {
			mock_start(&m, &mock_flat, with);
			assert_int_equal(any_dma_set_boundary(&m.dev, masks[i]), 0);
			list(4090, 35, 0);
			map_list(ANY_DMA_BOTH);
			for (unsigned e = 0; e < count; e++)
				assert_true((ext[e].addr.raw | masks[i]) ==
					    ((ext[e].addr.raw + ext[e].len - 1) | masks[i]));
			extents_lead_to_the_pieces(35);
			any_dma_unmap_sg(&m.dev, sg, N);
			mock_stop(&m);
		}
	}
}

static void test_hazard_3_a_piece_across_banks_is_split_in_list_order(void **state)
{
	const struct any_dma_segment banks[] = {{{RAM_PHYS}, {0x40000000}, BUF_AT + 350},
						{{RAM_PHYS + BUF_AT + 350}, {0x20000000}, 0x10000}};
	const struct any_dma_facts facts = {.coherent = true, .segments = banks, .n_segments = 2};

	(void)state;
	mock_start(&m, &facts, MOCK_ALL);
	list(0, 100, 0);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(count, 2);
	assert_true(ext[0].len == 350 && ext[1].len == 450 && ext[1].addr.raw == 0x20000000);
	assert_int_equal(m.pool.counters.maps, 0);
	extents_lead_to_the_pieces(100);
	any_dma_unmap_sg(&m.dev, sg, N);
	mock_stop(&m);
}

static void test_pieces_out_of_reach_bounce_each(void **state)
{
	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	list(SHORT_END - 350, 100, 0); /* three in reach, one half, four out */
	map_list(ANY_DMA_BOTH);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 5);
	extents_lead_to_the_pieces(100);
	for (unsigned e = 0; e < count; e++)
		assert_true(mock_device_write(&m, ext[e].addr.raw, 99, ext[e].len));
	any_dma_sync_sg_for_cpu(&m.dev, sg, N);
	assert_true(all_are(sg[0].buf, 99, N * 100));
	memset(sg[0].buf, 98, N * 100);
	any_dma_sync_sg_for_device(&m.dev, sg, N);
	for (unsigned e = 0; e < count; e++)
		assert_true(mock_device_sees(&m, ext[e].addr.raw, 98, ext[e].len));
	assert_true(mock_device_write(&m, ext[0].addr.raw, 97, ext[0].len));
	any_dma_unmap_sg(&m.dev, sg, N);
	assert_true(all_are(sg[0].buf, 97, ext[0].len));
	assert_int_equal(m.pool.counters.live, 0);
	mock_stop(&m);
}

static void test_one_cache_sync_and_one_drain_a_list(void **state)
{
	struct any_dma_facts facts = mock_nosnoop;

	(void)state;
	facts.drains = ANY_DMA_FROM_DEVICE;
	mock_start(&m, &facts, MOCK_ALL);
	list(0, 4 * LINE, LINE);
	sg[3].buf = (char *)sg[3].buf + 1; /* one that bounces among them */
	memset(sg[3].buf, 4, 4 * LINE);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(m.count[MOCK_CLEAN], N);
	assert_int_equal(m.count[MOCK_SYNC], 1);
	assert_int_equal(mock_when(&m, MOCK_SYNC, 0), N);
	extents_lead_to_the_pieces(4 * LINE);
	mock_forget(&m);
	any_dma_sync_sg_for_cpu(&m.dev, sg, N);
	assert_int_equal(mock_when(&m, MOCK_DRAIN_IN, 0), 0);
	assert_int_equal(m.count[MOCK_DRAIN_IN], 1);
	assert_int_equal(m.count[MOCK_INVAL], N);
	assert_int_equal(mock_when(&m, MOCK_SYNC, 0), N + 1);
	mock_forget(&m);
	any_dma_sync_sg_for_device(&m.dev, sg, N);
	assert_true(m.count[MOCK_CLEAN] == N && m.count[MOCK_SYNC] == 1 && m.n_log == N + 1);
	mock_forget(&m);
	any_dma_unmap_sg(&m.dev, sg, N);
	assert_true(m.count[MOCK_DRAIN_IN] == 1 && m.count[MOCK_INVAL] == N &&
		    m.count[MOCK_SYNC] == 1 && m.n_log == N + 2);
	mock_stop(&m);
}

static void test_M4_one_iova_range_and_one_invalidation_a_list(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	list(0, GRANULE, 0);
	map_list(ANY_DMA_BOTH);
	assert_int_equal(count, 1); /* DA-38: whole granules merge, wherever they lie */
	assert_int_equal(m.iova.live, N);
	assert_int_equal(m.count[MOCK_MAP_SYNC], 1);
	extents_lead_to_the_pieces(GRANULE);
	mock_forget(&m);
	any_dma_unmap_sg(&m.dev, sg, N);
	assert_int_equal(m.count[MOCK_UNMAP], 1);
	assert_int_equal(m.count[MOCK_IOTLB_INVAL], 1);
	assert_int_equal(m.count[MOCK_IOTLB_SYNC], 1);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_IOMMU); /* scattered granules merge too */
	list(0, GRANULE, GRANULE);
	map_list(ANY_DMA_TO_DEVICE);
	assert_int_equal(count, 1);
	extents_lead_to_the_pieces(GRANULE);
	any_dma_unmap_sg(&m.dev, sg, N);
	mock_stop(&m);
}

static void test_iommu_lists_of_any_shape(void **state)
{
	(void)state;
	for (unsigned with = MOCK_IOMMU; with <= MOCK_DEFERRED; with *= 2) {
		mock_start(&m, &mock_flat, with);
		for (size_t len = 1; len < 9000; len += 1237) {
			list(len * 3 % 4096, len, len % 500);
			map_list(ANY_DMA_BOTH);
			extents_lead_to_the_pieces(len);
			any_dma_unmap_sg(&m.dev, sg, N);
			assert_true(with == MOCK_DEFERRED || m.iova.live == 0);
			mock_forget(&m);
		}
		any_dma_detach(&m.dev);
		assert_int_equal(m.iova.live, 0);
		assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
		mock_stop(&m);
	}
}

/* D3: fail at every step; nothing may stay mapped, no slot and no address may be lost. */
static void test_D3_an_error_unwinds_everything(void **state)
{
	struct any_dma_facts facts = mock_short;

	(void)state;
	for (unsigned bad = 0; bad < N; bad++) {
		mock_start(&m, &facts, MOCK_ALL);
		list(SHORT_END, 100, 10);
		sg[bad].buf = NULL;
		count = 77;
		assert_int_equal(any_dma_map_sg(&m.dev, sg, N, ANY_DMA_BOTH, ext, 64, &count),
				 -ANY_EFAULT);
		assert_int_equal(count, 77);
		assert_int_equal(m.pool.counters.live, 0);
		mock_stop(&m);

		mock_start(&m, &facts, MOCK_ALL);
		list(SHORT_END, 100, 10);
		assert_int_equal(any_dma_map_sg(&m.dev, sg, N, ANY_DMA_BOTH, ext, bad, &count),
				 -ANY_ENOSPC);
		assert_int_equal(m.pool.counters.live, 0);
		mock_stop(&m);

		facts.untrusted = true;
		mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
		list(0, 100, 10);
		m.map_room = bad; /* the tables are full after so many */
		m.plat.facts.dma_max = m.facts.dma_max = 0;
		assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
		assert_int_equal(any_dma_map_sg(&m.dev, sg, N, ANY_DMA_BOTH, ext, 64, &count),
				 -ANY_ENOMEM);
		assert_int_equal(m.pool.counters.live, 0);
		assert_int_equal(m.iova.live, 0);
		assert_int_equal(m.map_room, bad);
		m.map_room = 64; /* and then it works */
		map_list(ANY_DMA_BOTH);
		extents_lead_to_the_pieces(100);
		any_dma_unmap_sg(&m.dev, sg, N);
		mock_stop(&m);
		facts.untrusted = false;
	}
}

static void test_dry_pool_in_a_list_loses_nothing(void **state)
{
	struct any_dma_mapping hold[SLOTS_LARGE];

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	for (unsigned i = 0; i < SLOTS_LARGE; i++)
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 60000,
					     ANY_DMA_TO_DEVICE, &hold[i]),
				 0);
	list(SHORT_END, 3000, 0);
	sg[7].len = 5000; /* needs a large slot; there is none */
	assert_int_equal(any_dma_map_sg(&m.dev, sg, N, ANY_DMA_BOTH, ext, 64, &count), -ANY_ENOMEM);
	assert_int_equal(m.pool.counters.live, SLOTS_LARGE);
	assert_int_equal(m.pool.counters.dry, 1);
	for (unsigned i = 0; i < SLOTS_LARGE; i++)
		any_dma_unmap(&m.dev, &hold[i]);
	mock_stop(&m);
}

static void test_DA_04_pieces_and_lists_are_not_confused(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 0, ANY_DMA_BOTH, ext, 64, &count), -ANY_EINVAL);
	list(0, 100, 10);
	map_list(ANY_DMA_BOTH);
	any_dma_unmap(&m.dev, &sg[2].map); /* refused: the range is the list's */
	assert_true(sg[2].map.flags & ANY_DMA_MAP_LIVE);
	assert_int_equal(m.count[MOCK_UNMAP], 0);
	any_dma_unmap_sg(&m.dev, sg, N);
	any_dma_unmap_sg(&m.dev, sg, N); /* twice does nothing */
	assert_int_equal(m.count[MOCK_UNMAP], 1);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	sg[0].map = map;
	any_dma_unmap_sg(&m.dev, sg, 1); /* not a list's piece */
	assert_int_equal(m.iova.live, 1);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_06_neighbours_merge),
		cmocka_unit_test(test_DA_36_max_segment_is_kept),
		cmocka_unit_test(test_D20_one_byte_more_than_the_default_segment_is_split),
		cmocka_unit_test(test_DA_36_boundary_is_never_crossed),
		cmocka_unit_test(test_hazard_3_a_piece_across_banks_is_split_in_list_order),
		cmocka_unit_test(test_pieces_out_of_reach_bounce_each),
		cmocka_unit_test(test_one_cache_sync_and_one_drain_a_list),
		cmocka_unit_test(test_M4_one_iova_range_and_one_invalidation_a_list),
		cmocka_unit_test(test_iommu_lists_of_any_shape),
		cmocka_unit_test(test_D3_an_error_unwinds_everything),
		cmocka_unit_test(test_dry_pool_in_a_list_loses_nothing),
		cmocka_unit_test(test_DA_04_pieces_and_lists_are_not_confused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
