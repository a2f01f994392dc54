/* SPDX-License-Identifier: BSD-2-Clause */
/* M6: what one transfer of a device may be, and that every single mapping is one. */
#include "mock.h"

static struct mock m;

#define BORDER 0x10000u /* of 64 KiB, in the drivers' memory as on the bus */

static bool crosses(const struct any_dma_mapping *map, uint64_t boundary)
{
	return (map->addr.raw | boundary) != ((map->addr.raw + map->len - 1) | boundary);
}

static void test_DA_36_a_mapping_does_not_cross_the_boundary(void **state)
{
	struct any_dma_mapping map;
	unsigned fast = 0;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xffff), 0);
	for (size_t at = 0; at < 2 * BORDER; at += 0xff0) {
		memset(mock_buf(&m, at), 1, 0x2000);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 0x2000, ANY_DMA_BOTH, &map),
				 0);
		assert_false(crosses(&map, 0xffff));
		assert_int_equal(!!(map.flags & ANY_DMA_MAP_BOUNCED),
				 mock_phys(at) % BORDER > BORDER - 0x2000);
		fast += !!(map.flags & ANY_DMA_MAP_FAST);
		assert_true(mock_device_sees(&m, map.addr.raw, 1, 0x2000));
		any_dma_unmap(&m.dev, &map);
	}
	assert_true(fast > 5);
	assert_true(m.pool.counters.reasons[ANY_BOUNCE_LIMIT] > 1);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 65536);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 65536, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 65537, ANY_DMA_BOTH, &map),
			 -ANY_E2BIG);
	mock_stop(&m);
	/* Without a pool it is refused, not truncated. */
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xffff), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, BORDER - 1), 2, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 65537, ANY_DMA_BOTH, &map),
			 -ANY_E2BIG); /* longer than any place could help */
	mock_stop(&m);
}

/* A pool that is not aligned has slots across the boundary: they are passed over. */
static void test_DA_36_slots_do_not_cross_the_boundary(void **state)
{
	const struct any_bounce_class class = {.slot = 0x4000, .count = 8};
	const struct any_dma_region mem = {NULL, {RAM_PHYS + 0x2000}, 0x20000, 0};
	struct any_dma_mapping maps[8], more;
	struct any_dma_region at;

	(void)state;
	mock_start(&m, &mock_short, MOCK_POOL);
	at = mem;
	at.cpu = m.view + 0x2000;
	assert_int_equal(any_bounce_pool_init(&m.pool, &at, &class, 1, m.stack), 0);
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xffff), 0);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 6; i++) {
			assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 0x4000,
						     ANY_DMA_BOTH, &maps[i]),
					 0);
			assert_false(crosses(&maps[i], 0xffff));
			for (unsigned k = 0; k < i; k++)
				assert_true(maps[k].addr.raw != maps[i].addr.raw);
		}
		assert_int_equal(
			any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 0x4000, ANY_DMA_BOTH, &more),
			-ANY_ENOMEM);
		assert_int_equal(m.pool.counters.live, 6);
		/* Half a slot fits before the border. */
		assert_int_equal(
			any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 0x2000, ANY_DMA_BOTH, &more),
			0);
		any_dma_unmap(&m.dev, &more);
		for (unsigned i = 0; i < 6; i++)
			any_dma_unmap(&m.dev, &maps[i]);
		assert_int_equal(m.pool.counters.live, 0);
	}
	mock_stop(&m);
}

static void test_DA_36_io_virtual_addresses_do_not_cross_it_either(void **state)
{
	struct any_dma_mapping map, all[3];

	(void)state;
	mock_start(&m, &mock_flat, MOCK_POOL | MOCK_IOMMU);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xffff), 0);
	for (size_t at = 0; at < 2 * BORDER; at += 0xff0) {
		assert_int_equal(
			any_dma_map(&m.dev, mock_buf(&m, at), BORDER - 0x1000, ANY_DMA_BOTH, &map),
			0);
		assert_false(crosses(&map, 0xffff));
		assert_int_equal(map.flags & ANY_DMA_MAP_BOUNCED, 0); /* addresses are ours */
		any_dma_unmap(&m.dev, &map);
		mock_forget(&m);
	}
	/* From the middle of a granule on, 64 KiB do not fit between two borders. */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x800), BORDER, ANY_DMA_BOTH, &map), 0);
	assert_true((map.flags & ANY_DMA_MAP_BOUNCED) && !crosses(&map, 0xffff));
	any_dma_unmap(&m.dev, &map);
	/* Above the allocator's classes addresses are less aligned than long. */
	assert_int_equal(any_iova_reserve(&m.iova, IOVA_BASE + 0x310000, 0xf0000), 0);
	assert_int_equal(any_dma_set_boundary(&m.dev, 0xfffff), 0);
	for (unsigned i = 0; i < 3; i++) {
		mock_forget(&m);
		assert_int_equal(
			any_dma_map(&m.dev, mock_buf(&m, 0), 0x90000, ANY_DMA_TO_DEVICE, &all[i]),
			0);
		assert_false(crosses(&all[i], 0xfffff));
	}
	for (unsigned i = 0; i < 3; i++)
		any_dma_unmap(&m.dev, &all[i]);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

/* A driver that said how long a transfer may be is told when one is longer: only it can cut. */
static void test_DA_36_longer_than_a_transfer_is_the_drivers_error(void **state)
{
	struct any_dma_extent extent[4];
	struct any_dma_mapping map;
	struct any_dma_sg sg = {0};
	unsigned n;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	/* 64 KiB, the default, is for lists; nobody said it of this device. */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 0x20000, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_set_max_segment(&m.dev, 4096), 0);
	for (size_t at = 0; at < 0x20000; at += 0x10000) { /* in the fast window, and outside */
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 4096, ANY_DMA_BOTH, &map),
				 0);
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 4097, ANY_DMA_BOTH, &map),
				 -ANY_E2BIG);
	}
	assert_int_equal(m.pool.counters.maps, 0);
	assert_int_equal(any_dma_max_mapping_len(&m.dev), 4096);
	sg = (struct any_dma_sg){.buf = mock_buf(&m, 0), .len = 4 * 4096};
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, extent, 4, &n), 0);
	assert_int_equal(n, 4);
	any_dma_unmap_sg(&m.dev, &sg, 1);
	mock_stop(&m);
}

static void test_DA_37_windows_that_lose_the_low_bits_bounce(void **state)
{
	const struct any_dma_segment odd = {{RAM_PHYS}, {0x40000800}, RAM_SIZE};
	const struct any_dma_facts facts = {.coherent = true, .segments = &odd, .n_segments = 1};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, MOCK_ALL);
	assert_int_equal(any_dma_set_min_align(&m.dev, 2047), 0); /* these the window keeps */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x123), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags & ANY_DMA_MAP_BOUNCED, 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_set_min_align(&m.dev, 4095), 0);
	assert_int_equal(m.dev.fast_span, 0);
	memset(mock_buf(&m, 0x123), 1, 64);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x123), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_LIMIT], 1);
	assert_int_equal(map.addr.raw % 4096, 0x123);
	assert_true(mock_device_sees(&m, map.addr.raw, 1, 64));
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_36_a_mapping_does_not_cross_the_boundary),
		cmocka_unit_test(test_DA_36_slots_do_not_cross_the_boundary),
		cmocka_unit_test(test_DA_36_io_virtual_addresses_do_not_cross_it_either),
		cmocka_unit_test(test_DA_36_longer_than_a_transfer_is_the_drivers_error),
		cmocka_unit_test(test_DA_37_windows_that_lose_the_low_bits_bounce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
