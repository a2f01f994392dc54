/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance C3, the bounce half: DA-50 to DA-55 and what makes a buffer bounce. */
#include "mock.h"

static struct mock m;

static void poison_pool(void)
{
	memset(m.dram + POOL_AT, 0x66, POOL_SIZE);
	memset(m.view + POOL_AT, 0x66, POOL_SIZE);
}

static uint64_t reasons(enum any_bounce_reason reason)
{
	return m.pool.counters.reasons[reason];
}

/* D14: what another DMA left in the slot must never reach this caller. */
static void partly_written(const struct any_dma_facts *facts, size_t at, size_t device, size_t told)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	mock_start(&m, facts, MOCK_ALL);
	poison_pool();
	buf = mock_buf(&m, at);
	memset(buf, 1, 129);
	assert_int_equal(any_dma_map(&m.dev, buf, 128, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_BOUNCED);
	assert_true(mock_device_write(&m, map.addr.raw, 9, device));
	any_dma_unmap_written(&m.dev, &map, told);
	assert_int_equal(buf[128], 1);
	assert_true(all_are(buf, 9, device < told ? device : told));
	if (device < 128)
		assert_true(all_are(buf + device, 1, 128 - device));
	if (told < device)
		assert_true(all_are(buf + told, 1, 128 - told));
	mock_stop(&m);
}

static void test_DA_50_from_map_copies_in(void **state)
{
	const size_t sizes[] = {0, 1, 64, 128};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++) {
		partly_written(&mock_short, SHORT_END, sizes[i], 128);
		partly_written(&mock_nosnoop, 32, sizes[i], 128);
		partly_written(&mock_short, SHORT_END, 128,
			       sizes[i]); /* only what it says it wrote */
		partly_written(&mock_nosnoop, 32, 128, sizes[i]);
	}
	partly_written(&mock_short, SHORT_END, 128, 4096); /* a lie about the length: clipped */
}

static void test_DA_50_every_direction_copies_in(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	for (int dir = ANY_DMA_TO_DEVICE; dir <= ANY_DMA_BOTH; dir++) {
		mock_start(&m, &mock_short, MOCK_ALL);
		poison_pool();
		memset(mock_buf(&m, SHORT_END), 7, 100);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 100,
					     (enum any_dma_dir)dir, &map),
				 0);
		assert_true(mock_device_sees(&m, map.addr.raw, 7, 100));
		assert_int_equal(m.pool.counters.bytes_in, 100);
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(m.pool.counters.bytes_out, dir == ANY_DMA_TO_DEVICE ? 0 : 100);
		mock_stop(&m);
	}
}

static void test_DA_51_sync_for_device_from_does_not_overwrite(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	buf = mock_buf(&m, SHORT_END);
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 64));
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	assert_true(all_are(buf, 2, 64));
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_C3_to_device_never_copies_back(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	buf = mock_buf(&m, SHORT_END);
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_TO_DEVICE, &map), 0);
	assert_true(mock_device_write(&m, map.addr.raw, 2, 64)); /* against its direction */
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	assert_true(all_are(buf, 1, 64));
	memset(buf, 3, 64);
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	assert_true(mock_device_sees(&m, map.addr.raw, 3, 64));
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 3, 64));
	mock_stop(&m);
}

static void test_DA_52_an_untrusted_device_sees_whole_granules_of_zeroes(void **state)
{
	struct any_dma_facts facts[] = {mock_flat, mock_nosnoop};
	struct any_dma_mapping map;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		facts[i].untrusted = true;
		mock_start(&m, &facts[i], MOCK_ALL | MOCK_IOMMU);
		poison_pool();
		assert_int_equal(any_dma_set_min_align(&m.dev, 255),
				 0); /* so that bytes precede it */
		memset(mock_buf(&m, 192), 7, 100);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 192), 100, ANY_DMA_BOTH, &map),
				 0);
		assert_int_equal(reasons(ANY_BOUNCE_GRANULE) + reasons(ANY_BOUNCE_LINE), 1);
		assert_int_equal(map.addr.raw % GRANULE, 192);
		assert_true(mock_device_sees(&m, map.addr.raw, 7, 100));
		assert_true(mock_device_sees(&m, map.addr.raw - 192, 0, 192));
		assert_true(mock_device_sees(&m, map.addr.raw + 100, 0, GRANULE - 292));
		any_dma_unmap(&m.dev, &map);
		mock_stop(&m);
	}
}

static void test_DA_52_slots_of_untrusted_devices_are_granules(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping a, b;

	(void)state;
	facts.untrusted = true;
	mock_start(&m, &facts, MOCK_ALL | MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 16, ANY_DMA_TO_DEVICE, &a), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 16), 16, ANY_DMA_TO_DEVICE, &b), 0);
	assert_true(m.pool.classes[a.size_class].slot >= GRANULE);
	assert_int_not_equal(a.slot / GRANULE, b.slot / GRANULE);
	any_dma_unmap(&m.dev, &a);
	any_dma_unmap(&m.dev, &b);
	/* A whole granule of its own shows nobody else's bytes: no slot. */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), GRANULE, ANY_DMA_BOTH, &a), 0);
	assert_false(a.flags & ANY_DMA_MAP_BOUNCED);
	any_dma_unmap(&m.dev, &a);
	mock_stop(&m);
}

static void test_DA_54_restricted_pool_bounces_everything(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	facts.bounce_always = true;
	mock_start(&m, &facts, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 4096, ANY_DMA_TO_DEVICE, &map), 0);
	assert_true(map.addr.raw - RAM_PHYS < POOL_SIZE);
	assert_int_equal(reasons(ANY_BOUNCE_ALWAYS), 1);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	mock_start(&m, &facts, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &map),
			 -ANY_ERANGE);
	mock_stop(&m);
}

static void test_M15_private_memory_of_an_encrypted_guest_bounces(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_mapping map;

	(void)state;
	facts.shared_only = true;
	mock_start(&m, &facts, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(reasons(ANY_BOUNCE_SHARED), 1);
	any_dma_unmap(&m.dev, &map);
	m.ram.flags = ANY_REGION_SHARED; /* already shared: in place, and fast */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_DA_55_partial_sync_copies_only_its_range(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_short, MOCK_ALL);
	buf = mock_buf(&m, SHORT_END);
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_BOTH, &map), 0);
	for (size_t at = 0; at < 64; at++) { /* one byte each way at every offset */
		buf[at] = (unsigned char)(at + 10);
		any_dma_sync_for_device(&m.dev, &map, at, 1);
		assert_true(mock_device_sees(&m, map.addr.raw + at, (unsigned char)(at + 10), 1));
		assert_true(at == 63 || mock_device_sees(&m, map.addr.raw + at + 1, 1, 63 - at));
	}
	for (size_t at = 0; at < 64; at++) {
		assert_true(mock_device_write(&m, map.addr.raw, 99, 64));
		assert_true(mock_device_write(&m, map.addr.raw + at, (unsigned char)(at + 100), 1));
		any_dma_sync_for_cpu(&m.dev, &map, at, 1);
		assert_int_equal(buf[at], at + 100);
		assert_true(at == 63 || buf[at + 1] == at + 11);
	}
	any_dma_unmap_written(&m.dev, &map, 0);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_50_from_map_copies_in),
		cmocka_unit_test(test_DA_50_every_direction_copies_in),
		cmocka_unit_test(test_DA_51_sync_for_device_from_does_not_overwrite),
		cmocka_unit_test(test_C3_to_device_never_copies_back),
		cmocka_unit_test(test_DA_52_an_untrusted_device_sees_whole_granules_of_zeroes),
		cmocka_unit_test(test_DA_52_slots_of_untrusted_devices_are_granules),
		cmocka_unit_test(test_DA_54_restricted_pool_bounces_everything),
		cmocka_unit_test(test_M15_private_memory_of_an_encrypted_guest_bounces),
		cmocka_unit_test(test_DA_55_partial_sync_copies_only_its_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
