/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C1: what the streaming calls promise. */
#include "mock.h"

static struct mock m;

static void test_DA_01_every_map_can_fail_and_address_0_is_valid(void **state)
{
	const struct any_dma_segment zero = {{RAM_PHYS + BUF_AT}, {0}, 0x10000};
	const struct any_dma_facts at_zero = {.coherent = true, .segments = &zero, .n_segments = 1};
	struct any_dma_mapping map, before;

	(void)state;
	mock_start(&m, &at_zero, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.addr.raw, 0);
	assert_true(map.flags & ANY_DMA_MAP_LIVE);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(map.flags, 0);
	memset(&map, 0x5a, sizeof(map));
	before = map;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x10000), 64, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_memory_equal(&map, &before, sizeof(map)); /* untouched on failure */
	mock_stop(&m);
}

static void test_DA_02_what_is_no_known_memory_is_refused(void **state)
{
	struct any_dma_mapping map;
	unsigned char on_the_stack[64];

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, on_the_stack, 64, ANY_DMA_TO_DEVICE, &map),
			 -ANY_EFAULT);
	assert_int_equal(any_dma_map(&m.dev, NULL, 64, ANY_DMA_TO_DEVICE, &map), -ANY_EFAULT);
	/* One byte beyond the last, and from the last byte on. */
	assert_int_equal(any_dma_map(&m.dev, m.view + RAM_SIZE, 1, ANY_DMA_TO_DEVICE, &map),
			 -ANY_EFAULT);
	assert_int_equal(any_dma_map(&m.dev, m.view + RAM_SIZE - 1, 2, ANY_DMA_TO_DEVICE, &map),
			 -ANY_EFAULT);
	assert_int_equal(
		any_dma_map(&m.dev, m.view + RAM_SIZE - 1, SIZE_MAX, ANY_DMA_TO_DEVICE, &map),
		sizeof(size_t) > 4 ? -ANY_E2BIG : -ANY_EFAULT);
	assert_int_equal(any_dma_map(&m.dev, m.view + RAM_SIZE - 1, 1, ANY_DMA_TO_DEVICE, &map), 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void ownership(const struct any_dma_facts *facts, unsigned with, size_t at)
{
	unsigned char *buf;
	struct any_dma_mapping map;

	mock_start(&m, facts, with);
	buf = mock_buf(&m, at);
	memset(buf, 1, 256);
	assert_int_equal(any_dma_map(&m.dev, buf, 256, ANY_DMA_BOTH, &map), 0);
	assert_true(mock_device_sees(&m, map.addr.raw, 1, 256));
	assert_true(mock_device_write(&m, map.addr.raw, 2, 256));
	any_dma_sync_for_cpu(&m.dev, &map, 0, 256);
	assert_true(all_are(buf, 2, 256));
	memset(buf, 3, 256);
	any_dma_sync_for_device(&m.dev, &map, 0, 256);
	assert_true(mock_device_sees(&m, map.addr.raw, 3, 256));
	assert_true(mock_device_write(&m, map.addr.raw, 4, 256));
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 4, 256));
	mock_stop(&m);
}

static void test_DA_03_ownership_goes_to_the_device_and_back(void **state)
{
	(void)state;
	ownership(&mock_flat, 0, 0);
	ownership(&mock_short, MOCK_ALL, 0);
	ownership(&mock_short, MOCK_ALL, SHORT_END);
	ownership(&mock_nosnoop, MOCK_ALL, 0);
	ownership(&mock_nosnoop, MOCK_ALL, 17); /* shares lines: a slot */
	ownership(&mock_flat, MOCK_IOMMU, 0x123);
	ownership(&mock_nosnoop, MOCK_ALL | MOCK_IOMMU, 0);
}

static void test_DA_04_second_unmap_and_stale_copies_do_nothing(void **state)
{
	struct any_dma_mapping map, copy;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map), 0);
	copy = map;
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.pool.counters.live, 0);
	any_dma_unmap(&m.dev, &map);
	any_dma_unmap(&m.dev, &copy); /* its slot is not out: not pushed a second time */
	assert_int_equal(m.pool.counters.live, 0);
	assert_int_equal(m.pool.classes[0].free, SLOTS_SMALL);
	mock_stop(&m);
}

static void test_DA_05_sync_covers_a_part_and_never_more(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	buf = mock_buf(&m, SHORT_END);
	memset(buf, 1, 256);
	assert_int_equal(any_dma_map(&m.dev, buf, 256, ANY_DMA_BOTH, &map), 0);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 256));
	any_dma_sync_for_cpu(&m.dev, &map, 64, 32);
	assert_true(all_are(buf, 1, 64) && all_are(buf + 64, 2, 32) && all_are(buf + 96, 1, 160));
	/* Beyond the end: nothing at all is done. */
	any_dma_sync_for_cpu(&m.dev, &map, 200, 57);
	any_dma_sync_for_cpu(&m.dev, &map, 256, 1);
	any_dma_sync_for_cpu(&m.dev, &map, 1, SIZE_MAX);
	assert_true(all_are(buf + 96, 1, 160));
	any_dma_unmap_written(&m.dev, &map, 0);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 256); /* not mapped any more */
	assert_true(all_are(buf + 96, 1, 160));
	mock_stop(&m);
}

static void test_DA_08_directions(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, (enum any_dma_dir)0, &map),
			 -ANY_EINVAL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, (enum any_dma_dir)4, &map),
			 -ANY_EINVAL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 0, ANY_DMA_BOTH, &map), -ANY_EINVAL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &map), 0);
	assert_null(mock_bus(&m, map.addr.raw, true)); /* the IOMMU holds it to what it may */
	assert_non_null(mock_bus(&m, map.addr.raw, false));
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_null(mock_bus(&m, map.addr.raw, false));
	assert_non_null(mock_bus(&m, map.addr.raw, true));
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	mock_start(&m, &mock_flat, 0); /* the fast path refuses the same */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, (enum any_dma_dir)0, &map),
			 -ANY_EINVAL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 0, ANY_DMA_BOTH, &map), -ANY_EINVAL);
	mock_stop(&m);
}

static void test_DA_09_beyond_the_mask_without_a_pool_is_an_error(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, 0);
	m.ram.phys.raw = 5ull << 30; /* memory at 5 GiB, the default mask is 32 bits */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &map), 0);
	assert_int_equal(map.addr.raw, 5ull << 30);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_DA_15_resources_beside_the_windows_of_a_bus(void **state)
{
	const struct any_dma_segment windows[] = {{{RAM_PHYS}, {0}, RAM_SIZE},
						  {{0x5000}, {0xa000}, 0x1000}};
	const struct any_dma_facts facts = {
		.coherent = true, .segments = windows, .n_segments = 2, .private_bits = 1u << 30};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, 0);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x1000), 4, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.addr.raw, 0x1000); /* no window: as the CPU has it, as Linux does */
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x5004), 4, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.addr.raw, 0xa004);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x5ffe), 4, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE); /* across its end */
	mock_stop(&m);
}

static void test_DA_15_resources_are_never_ram_and_get_no_work(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	assert_int_equal(
		any_dma_map_resource(&m.dev, any_phys(mock_phys(0)), 4, ANY_DMA_BOTH, &map),
		-ANY_EINVAL);
	assert_int_equal(
		any_dma_map_resource(&m.dev, any_phys(mock_phys(0) - 4), 5, ANY_DMA_BOTH, &map),
		-ANY_EINVAL);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(UINT64_MAX), 2, ANY_DMA_BOTH, &map),
			 -ANY_EOVERFLOW);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(1ull << 40), 4, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	mock_forget(&m);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x1001), 6, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.addr.raw, 0x1001);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 6);
	any_dma_sync_for_device(&m.dev, &map, 0, 6);
	assert_false(any_dma_needs_sync(&m.dev, &map));
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.n_log, 0);
	assert_int_equal(m.pool.counters.maps, 0);
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x1004), 4, ANY_DMA_TO_DEVICE, &map),
			 0);
	assert_int_equal(map.addr.raw % GRANULE, 4);
	assert_int_equal(m.table[(map.addr.raw - IOVA_BASE) / GRANULE].prot,
			 ANY_IOMMU_READ | ANY_IOMMU_MMIO);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

/* A platform that contradicts itself is refused, and the device then maps nothing. */
static void test_attach_refuses_contradictions(void **state)
{
	const struct any_dma_segment wraps = {{RAM_PHYS}, {UINT64_MAX - 1}, 4096};
	const struct any_dma_facts bad[] = {
		{.line = 48},
		{.coherent = true, .drains = 8},
		{.coherent = true, .dma_min = 2, .dma_max = 1},
		{.coherent = true, .segments = &wraps, .n_segments = 1},
		{.coherent = true, .n_segments = 1},
		{.coherent = true, .implied_bits = 4, .dma_forbidden = 4},
		{.coherent = true, .implied_bits = 4, .coherent_bits = 12},
		{.coherent = true, .implied_bits = 4, .private_bits = 4},
		{.coherent = true, .implied_bits = 4, .shared_bits = 4},
		{.coherent = true, .implied_bits = 1ull << 32, .dma_max = UINT32_MAX},
		{.coherent = true, .coherent_bits = 4, .dma_forbidden = 6},
		{.coherent = true, .coherent_bits = 4, .private_bits = 4},
	};
	struct any_dma_mapping map;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		assert_int_equal(mock_try(&m, &bad[i], 0), -ANY_EINVAL);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map),
				 -ANY_EFAULT);
		mock_stop(&m);
	}
	mock_start(&m, &mock_nosnoop, 0);
	m.ops.cache = NULL; /* nobody to clean the lines */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	mock_stop(&m);
	mock_start(&m, &mock_nosnoop, MOCK_POOL);
	m.pool.mem.phys.raw += 32; /* slots would share lines */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_POOL);
	m.plat.facts.shared_only = true; /* and the pool is not shared */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	mock_stop(&m);
}

static void test_attach_refuses_contradictions_of_an_iommu(void **state)
{
	const struct any_dma_segment torn = {{RAM_PHYS}, {0x40000800}, RAM_SIZE};
	const struct any_dma_segment low = {{0}, {0}, RAM_PHYS};
	const struct any_dma_segment wraps = {{UINT64_MAX - 4095}, {0}, 8192};
	const struct {
		struct any_dma_iommu iommu;
		bool untrusted;
		int err;
	} rows[] = {
		{{.partial = true}, false, 0},
		{{.partial = true}, true, -ANY_EINVAL}, /* what goes by is not confined */
		{{.colour = 1u << 19}, false, 0},
		{{.colour = 3u << 12}, false, -ANY_EINVAL},
		{{.colour = 1u << 20}, false, -ANY_EINVAL}, /* addresses are not so aligned */
		{{.guard = 1, .guard_page = {RAM_PHYS}}, false, 0},
		{{.guard = 1, .guard_page = {RAM_PHYS + 64}}, false, -ANY_EINVAL},
		{{.guard = IOVA_SIZE + 1, .guard_page = {RAM_PHYS}}, false, -ANY_EINVAL},
		{{.guard = 1, .guard_page = {RAM_PHYS}, .out = &low, .n_out = 1},
		 false,
		 -ANY_EINVAL}, /* the IOMMU does not reach its page */
		{{.out = &low, .n_out = 1}, false, 0},
		{{.out = &torn, .n_out = 1}, false, -ANY_EINVAL},
		{{.out = &wraps, .n_out = 1}, false, -ANY_EINVAL},
		{{.n_out = 1}, false, -ANY_EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++) {
		const struct any_dma_iommu *row = &rows[i].iommu;

		mock_start(&m, &mock_flat, MOCK_IOMMU);
		m.plat.facts.untrusted = rows[i].untrusted;
		m.iommu.partial = row->partial;
		m.iommu.colour = row->colour;
		m.iommu.guard = row->guard;
		m.iommu.guard_page = row->guard_page;
		m.iommu.out = row->out;
		m.iommu.n_out = row->n_out;
		assert_int_equal(any_dma_attach(&m.dev, &m.plat), rows[i].err);
		mock_stop(&m);
	}
}

static void test_detached_device_maps_nothing(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, 0);
	any_dma_detach(&m.dev);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), -ANY_EFAULT);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_01_every_map_can_fail_and_address_0_is_valid),
		cmocka_unit_test(test_DA_02_what_is_no_known_memory_is_refused),
		cmocka_unit_test(test_DA_03_ownership_goes_to_the_device_and_back),
		cmocka_unit_test(test_DA_04_second_unmap_and_stale_copies_do_nothing),
		cmocka_unit_test(test_DA_05_sync_covers_a_part_and_never_more),
		cmocka_unit_test(test_DA_08_directions),
		cmocka_unit_test(test_DA_09_beyond_the_mask_without_a_pool_is_an_error),
		cmocka_unit_test(test_DA_15_resources_are_never_ram_and_get_no_work),
		cmocka_unit_test(test_DA_15_resources_beside_the_windows_of_a_bus),
		cmocka_unit_test(test_attach_refuses_contradictions),
		cmocka_unit_test(test_attach_refuses_contradictions_of_an_iommu),
		cmocka_unit_test(test_detached_device_maps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
