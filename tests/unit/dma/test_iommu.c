/* SPDX-License-Identifier: BSD-2-Clause */
/* M4, M5: granules, permissions, what is visible when, strict and deferred, and who is isolated. */
#include "mock.h"

static struct mock m;

static void test_M4_granules_are_rounded_and_low_bits_kept(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	for (size_t at = 0; at < 2 * GRANULE; at += 509) {
		for (size_t len = 1; len < 3 * GRANULE; len += 1021) {
			const size_t granules =
				((BUF_AT + at) % GRANULE + len + GRANULE - 1) / GRANULE;

			memset(mock_buf(&m, at), 7, len);
			assert_int_equal(
				any_dma_map(&m.dev, mock_buf(&m, at), len, ANY_DMA_BOTH, &map), 0);
			assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_IOMMU);
			assert_int_equal((map.addr.raw ^ mock_phys(at)) % GRANULE, 0);
			assert_true(mock_device_sees(&m, map.addr.raw, 7, len));
			assert_int_equal(m.map_room, IOVA_SIZE / GRANULE - granules);
			assert_int_equal(m.log[mock_when(&m, MOCK_MAP_SYNC, 0)].len,
					 granules * GRANULE);
			any_dma_unmap(&m.dev, &map);
			assert_int_equal(m.iova.live, 0);
			assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
			mock_forget(&m);
		}
	}
	mock_stop(&m);
}

static void test_hazard_8_map_makes_its_entries_visible(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(m.n_log == 2 && m.log[0].op == MOCK_MAP && m.log[1].op == MOCK_MAP_SYNC);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_M5_strict_unmap_ends_the_devices_access(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	mock_forget(&m);
	any_dma_unmap(&m.dev, &map);
	assert_true(m.n_log == 3 && m.log[0].op == MOCK_UNMAP && m.log[1].op == MOCK_IOTLB_INVAL &&
		    m.log[2].op == MOCK_IOTLB_SYNC);
	assert_true(m.log[1].at == m.log[0].at && m.log[1].len == GRANULE);
	assert_null(mock_bus(&m, map.addr.raw, false));
	mock_stop(&m);
}

static void test_M5_deferred_invalidates_once_a_ring_and_reuses_nothing_before(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_DEFERRED);
	for (unsigned i = 0; i < 5 * DEFERRED; i++) { /* the mock dies of an early reuse */
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(m.count[MOCK_IOTLB_INVAL], (i + 1) / DEFERRED);
		assert_int_equal(m.count[MOCK_IOTLB_SYNC], (i + 1) / DEFERRED);
		assert_int_equal(m.count[MOCK_UNMAP], i + 1); /* the tables change at once */
	}
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	any_dma_detach(&m.dev); /* and nothing waits for ever */
	assert_int_equal(m.count[MOCK_IOTLB_INVAL], 6);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

static void test_M5_exhaustion_collects_what_waits(void **state)
{
	static struct any_dma_mapping maps[3];

	(void)state;
	mock_start(&m, &mock_flat, MOCK_DEFERRED);
	/* An aperture of four granules, three of them waiting for an invalidation. */
	assert_int_equal(any_iova_init(&m.iova, IOVA_BASE, 4 * GRANULE, GRANULE, m.ranges, 32), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &maps[i]),
				 0);
	for (unsigned i = 0; i < 3; i++)
		any_dma_unmap(&m.dev, &maps[i]);
	assert_int_equal(m.count[MOCK_IOTLB_INVAL], 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &maps[i]),
				 0);
	assert_int_equal(m.count[MOCK_IOTLB_INVAL], 1);
	for (unsigned i = 0; i < 3; i++)
		any_dma_unmap(&m.dev, &maps[i]);
	mock_stop(&m);
}

static void test_DA_01_full_tables_and_full_space_lose_nothing(void **state)
{
	static struct any_dma_mapping maps[IOVA_SIZE / GRANULE];
	const unsigned n = ANY_ARRAY_SIZE(maps);
	struct any_dma_facts facts = mock_nosnoop;
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
	m.map_room = 0;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 1), 64, ANY_DMA_BOTH, &map), -ANY_ENOMEM);
	assert_int_equal(m.iova.live, 0);
	assert_int_equal(m.pool.counters.live, 0); /* it had bounced */
	mock_stop(&m);

	mock_start(&m, &mock_flat, MOCK_IOMMU);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &maps[i]),
				 0);
		mock_forget(&m);
	}
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), -ANY_ENOMEM);
	any_dma_unmap(&m.dev, &maps[5]);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &maps[5]), 0);
	for (unsigned i = 0; i < n; i++) {
		any_dma_unmap(&m.dev, &maps[i]);
		mock_forget(&m);
	}
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

static void test_limits_hold_for_io_virtual_addresses(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_set_mask(&m.dev, 2 * IOVA_BASE - 1), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw < 2 * IOVA_BASE);
	any_dma_unmap(&m.dev, &map);
	m.plat.facts.dma_min = IOVA_BASE + IOVA_SIZE; /* the aperture and the bus do not meet */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), -ANY_ERANGE);
	m.plat.facts.dma_min = 0;
	m.plat.facts.dma_forbidden = IOVA_BASE;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), -ANY_ERANGE);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

static void test_hazard_13_untrusted_sub_granule_buffers_bounce(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	for (int untrusted = 0; untrusted < 2; untrusted++) {
		const size_t at[] = {0, 200,
				     GRANULE - 100}; /* ends inside, in the middle, begins inside */

		facts.untrusted = untrusted;
		mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
		memset(mock_buf(&m, 0), 0x11, 2 * GRANULE); /* a secret all around */
		for (size_t i = 0; i < ANY_ARRAY_SIZE(at); i++) {
			uint64_t granule, seen = 0;

			assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at[i]), 100,
						     ANY_DMA_TO_DEVICE, &map),
					 0);
			granule = map.addr.raw & ~(uint64_t)(GRANULE - 1);
			for (size_t k = 0; k < GRANULE; k++)
				seen += mock_device_sees(&m, granule + k, 0x11, 1);
			assert_int_equal(seen, untrusted ? 100 : GRANULE);
			any_dma_unmap(&m.dev, &map);
		}
		assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_GRANULE], untrusted ? 3 : 0);
		mock_stop(&m);
	}
}

static void test_untrusted_devices_are_strict(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	facts.untrusted = true;
	mock_start(&m, &facts, MOCK_ALL | MOCK_DEFERRED);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev,
		      &map); /* a slot must not be another's while the device still sees it */
	assert_int_equal(m.count[MOCK_IOTLB_SYNC], 1);
	mock_stop(&m);
	mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
	m.pool.mem.phys.raw += 256; /* granules of the pool would be shared with who knows what */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	mock_stop(&m);
}

/* The device is out before the CPU looks: what is copied is what stays. */
static void test_access_ends_before_the_copy_back(void **state)
{
	struct any_dma_facts facts = mock_nosnoop;
	struct any_dma_mapping map;

	(void)state;
	facts.drains = ANY_DMA_FROM_DEVICE;
	mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
	memset(mock_buf(&m, 1), 1, 64);
	m.look = mock_buf(&m, 1);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 1), 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 64));
	mock_forget(&m);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(mock_when(&m, MOCK_DRAIN_IN, 0), 0);
	assert_true(mock_when(&m, MOCK_IOTLB_SYNC, 0) < mock_when(&m, MOCK_INVAL, 0));
	assert_int_equal(m.log[mock_when(&m, MOCK_SYNC, 0)].byte, 1);
	assert_true(all_are(mock_buf(&m, 1), 2, 64));
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_M4_granules_are_rounded_and_low_bits_kept),
		cmocka_unit_test(test_hazard_8_map_makes_its_entries_visible),
		cmocka_unit_test(test_M5_strict_unmap_ends_the_devices_access),
		cmocka_unit_test(
			test_M5_deferred_invalidates_once_a_ring_and_reuses_nothing_before),
		cmocka_unit_test(test_M5_exhaustion_collects_what_waits),
		cmocka_unit_test(test_DA_01_full_tables_and_full_space_lose_nothing),
		cmocka_unit_test(test_limits_hold_for_io_virtual_addresses),
		cmocka_unit_test(test_hazard_13_untrusted_sub_granule_buffers_bounce),
		cmocka_unit_test(test_untrusted_devices_are_strict),
		cmocka_unit_test(test_access_ends_before_the_copy_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
