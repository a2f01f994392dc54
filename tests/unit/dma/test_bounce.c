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
	memset(buf, 1, 128);
	assert_int_equal(any_dma_map(&m.dev, buf, 128, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_BOUNCED);
	assert_true(mock_device_write(&m, map.addr.raw, 9, device));
	any_dma_unmap_written(&m.dev, &map, told);
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
	assert_true(m.pool.classes[a.class].slot >= GRANULE);
	assert_int_not_equal(a.slot / GRANULE, b.slot / GRANULE);
	any_dma_unmap(&m.dev, &a);
	any_dma_unmap(&m.dev, &b);
	/* A whole granule of its own shows nobody else's bytes: no slot. */
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), GRANULE, ANY_DMA_BOTH, &a), 0);
	assert_false(a.flags & ANY_DMA_MAP_BOUNCED);
	any_dma_unmap(&m.dev, &a);
	mock_stop(&m);
}

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
		assert_int_equal(maps[i].class, i < SLOTS_SMALL		      ? 0
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
		assert_true(mock_device_write(&m, map.addr.raw, (unsigned char)(at + 100), 64));
		any_dma_sync_for_cpu(&m.dev, &map, at, 1);
		assert_int_equal(buf[at], at + 100);
		assert_true(at == 63 || buf[at + 1] == at + 11);
	}
	any_dma_unmap_written(&m.dev, &map, 0);
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
	assert_int_equal(entries, 3); /* count of bytes, slot */
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
		cmocka_unit_test(test_DA_50_from_map_copies_in),
		cmocka_unit_test(test_DA_50_every_direction_copies_in),
		cmocka_unit_test(test_DA_51_sync_for_device_from_does_not_overwrite),
		cmocka_unit_test(test_C3_to_device_never_copies_back),
		cmocka_unit_test(test_DA_52_an_untrusted_device_sees_whole_granules_of_zeroes),
		cmocka_unit_test(test_DA_52_slots_of_untrusted_devices_are_granules),
		cmocka_unit_test(test_DA_53_dry_pool_fails_and_loses_nothing),
		cmocka_unit_test(test_DA_53_a_slot_out_of_reach_is_refused_and_kept),
		cmocka_unit_test(test_DA_53_no_slot_is_long_enough),
		cmocka_unit_test(test_DA_54_restricted_pool_bounces_everything),
		cmocka_unit_test(test_M15_private_memory_of_an_encrypted_guest_bounces),
		cmocka_unit_test(test_DA_55_partial_sync_copies_only_its_range),
		cmocka_unit_test(test_a_shared_pool_is_locked),
		cmocka_unit_test(test_pool_init_refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
