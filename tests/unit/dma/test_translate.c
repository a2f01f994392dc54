/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows, banks, holes, limits, bits; and the fast window, which must never disagree with them. */
#include "mock.h"

static struct mock m;

#define HALF 0x50000u /* of the drivers' memory */

static const struct any_dma_segment offset_window[] = {{{RAM_PHYS}, {0x1000}, RAM_SIZE}};
/* Two banks, the second lower on the bus than the first; a third that the first hides. */
static const struct any_dma_segment banks[] = {
	{{RAM_PHYS}, {0x40000000}, BUF_AT + HALF},
	{{RAM_PHYS + BUF_AT + HALF}, {0x20000000}, RAM_SIZE - BUF_AT - HALF},
	{{RAM_PHYS}, {0x70000000}, RAM_SIZE},
};
/* A hole of 64 KiB in the middle. */
static const struct any_dma_segment holes[] = {
	{{RAM_PHYS}, {RAM_PHYS}, BUF_AT + 0x20000},
	{{RAM_PHYS + BUF_AT + 0x30000}, {RAM_PHYS + BUF_AT + 0x30000}, 0x70000},
};
/* Neighbours on both sides: one run. */
static const struct any_dma_segment joined[] = {
	{{RAM_PHYS + BUF_AT + HALF}, {0x1000000 + BUF_AT + HALF}, RAM_SIZE - BUF_AT - HALF},
	{{RAM_PHYS}, {0x1000000}, BUF_AT + HALF},
};

/* A short one at the start, one at the end; what lies around them is outside, or goes 1:1. */
static const struct any_dma_segment short_window[] = {{{RAM_PHYS + BUF_AT}, {0x1000000}, 0x10000}};
static const struct any_dma_segment late_window[] = {
	{{RAM_PHYS + BUF_AT + 0x60000}, {0x1000000}, 0x40000}};

#define WINDOWS(w)                                                                                 \
	{                                                                                          \
		.coherent = true, .segments = w, .n_segments = ANY_ARRAY_SIZE(w)                   \
	}

#define ALL (RAM_SIZE - BUF_AT)

static const struct machine {
	struct any_dma_facts facts;
	size_t fast; /* the longest run of drivers' memory that needs an add only */
} machines[] = {
	{{.coherent = true}, ALL},
	{WINDOWS(offset_window), ALL},
	{WINDOWS(banks), HALF},
	{WINDOWS(holes), 0x70000},
	{WINDOWS(joined), ALL},
	{{.coherent = true, .segments = banks, .n_segments = 1, .miss_identity = true}, HALF},
	{{.coherent = true, .dma_max = RAM_PHYS + BUF_AT + 0x1ffff}, 0x20000},
	{{.coherent = true, .dma_min = RAM_PHYS + BUF_AT + 0x8000}, ALL - 0x8000},
	{{.coherent = true, .dma_forbidden = 0x10000}, 0x10000},
	{{.coherent = true, .private_bits = 1u << 28}, ALL},
	{{.coherent = true, .shared_bits = 1u << 28}, ALL},
	{{.coherent = true, .drains = ANY_DMA_BOTH}, 0},
	{{.coherent = true, .segments = banks, .n_segments = 3, .dma_max = 0x3fffffff}, ALL - HALF},
	{{.coherent = true, .segments = short_window, .n_segments = 1, .miss_identity = true},
	 ALL - 0x10000},
	{{.coherent = true, .segments = late_window, .n_segments = 1, .miss_identity = true},
	 0x60000},
	{{.coherent = true, .segments = late_window, .n_segments = 1, .dma_min = 0x1010000},
	 0x30000},
	{{.coherent = true, .segments = late_window, .n_segments = 1}, 0x40000},
	{{.coherent = true, .segments = offset_window, .n_segments = 1, .dma_min = 0x69000},
	 ALL - 0x8000},
};

/* Anything maps, or it needs a pool and the pool itself lies outside. */
static bool maps(size_t at, size_t len, struct any_dma_mapping *map)
{
	struct any_dma_addr addr;
	const int err = any_dma_map(&m.dev, mock_buf(&m, at), len, ANY_DMA_BOTH, map);

	if (!err)
		return true;
	assert_int_equal(err, -ANY_ERANGE);
	assert_int_equal(any_dma_translate(&m.dev, any_phys(RAM_PHYS), 1, false, &addr, NULL),
			 -ANY_ERANGE);
	return false;
}

/* Every map anywhere: what the device is given leads to the buffer's bytes, or it is refused. */
static void test_every_address_leads_to_the_buffer(void **state)
{
	unsigned mapped = 0;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		mock_start(&m, &machines[i].facts, MOCK_ALL);
		for (size_t at = 0x10; at < RAM_SIZE - BUF_AT - 300; at += 0xfd0) {
			struct any_dma_mapping map;
			unsigned char *buf = mock_buf(&m, at);

			memset(buf, 1, 257);
			if (!maps(at, 257, &map))
				continue;
			mapped++;
			assert_true(mock_device_sees(&m, map.addr.raw, 1, 257));
			assert_true(mock_device_write(&m, map.addr.raw, 2, 257));
			any_dma_unmap(&m.dev, &map);
			assert_true(all_are(buf, 2, 257));
			mock_forget(&m);
		}
		mock_stop(&m);
	}
	assert_true(mapped > 2000);
}

/* Watching empties the fast window: the slow path must then give the same addresses. */
static int look(struct any_dma_watch *watch, const struct any_dma_event *event)
{
	(void)watch, (void)event;
	return 0;
}

static void test_the_fast_window_agrees_with_the_slow_path(void **state)
{
	struct any_dma_watch watch = {.event = look};
	size_t fast = 0;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		mock_start(&m, &machines[i].facts, MOCK_ALL);
		for (size_t at = 0; at < RAM_SIZE - BUF_AT - 16; at += 0x7fc) {
			struct any_dma_mapping map, slow;

			if (!maps(at, 16, &map))
				continue;
			fast += !!(map.flags & ANY_DMA_MAP_FAST);
			any_dma_watch_add(&m.dev, &watch);
			assert_int_equal(m.dev.fast_span, 0);
			assert_int_equal(
				any_dma_map(&m.dev, mock_buf(&m, at), 16, ANY_DMA_BOTH, &slow), 0);
			assert_false(slow.flags & ANY_DMA_MAP_FAST);
			if (map.flags & ANY_DMA_MAP_FAST) {
				assert_false(slow.flags & ANY_DMA_MAP_BOUNCED);
				assert_true(slow.addr.raw == map.addr.raw);
			}
			any_dma_unmap(&m.dev, &slow);
			any_dma_watch_remove(&m.dev, &watch);
			any_dma_unmap(&m.dev, &map);
			mock_forget(&m);
		}
		mock_stop(&m);
	}
	assert_true(fast > 1000);
}

static size_t fast_span(const struct any_dma_facts *facts)
{
	size_t span;

	mock_start(&m, facts, MOCK_ALL);
	span = m.dev.fast_span;
	mock_stop(&m);
	return span;
}

static void test_the_fast_window_is_the_longest_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++)
		assert_int_equal(fast_span(&machines[i].facts), machines[i].fast);
	assert_int_equal(fast_span(&mock_nosnoop), 0);
}

static void test_hazard_2_lower_bounds_and_holes_in_the_mask(void **state)
{
	/* sta2x11 is wrong below a limit, SA-1111 where one address bit is set. */
	const struct any_dma_facts below = {.coherent = true,
					    .dma_min = RAM_PHYS + BUF_AT + 0x8000};
	const struct any_dma_facts hole = {.coherent = true, .dma_forbidden = 0x10000};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &below, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x7fff), 2, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x8000), 2, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	mock_start(&m, &hole, 0);
	assert_int_equal(mock_phys(0xffff) & 0x10000, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0xffff), 1, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0xffff), 2, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0x10000), 1, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	mock_stop(&m);
}

static void test_M6_the_last_byte_counts(void **state)
{
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_short, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END - 8), 8, ANY_DMA_BOTH, &map),
			 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END - 8), 9, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	mock_stop(&m);
}

static void test_hazard_3_a_buffer_across_banks_bounces(void **state)
{
	const struct any_dma_facts facts = WINDOWS(banks);
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, HALF - 8), 16, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_SPLIT], 1);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
	mock_start(&m, &facts, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, HALF - 8), 16, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, HALF - 8), 8, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);
}

static void test_hazard_12_address_bits(void **state)
{
	const struct any_dma_facts sme = {.coherent = true, .private_bits = 1ull << 47};
	const struct any_dma_facts cca = {
		.coherent = true, .shared_only = true, .shared_bits = 1ull << 40};
	struct any_dma_mapping map;
	struct any_dma_coherent mem;

	(void)state;
	mock_start(&m, &sme, MOCK_ALL);
	/* With the bit beyond its mask the device can not say the address: shared memory must do.
	 */
	m.pool.mem.flags = m.coherent.mem.flags = ANY_REGION_SHARED;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_BOUNCED && map.addr.raw >> 47 == 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == (mock_phys(0) | 1ull << 47));
	any_dma_unmap(&m.dev, &map);
	mock_stop(&m);

	mock_start(&m, &cca, MOCK_ALL);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_set_coherent_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true((map.flags & ANY_DMA_MAP_BOUNCED) && map.addr.raw >> 40 == 1);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_true(mem.addr.raw >> 40 == 1);
	any_dma_free_coherent(&m.dev, &mem);
	mock_stop(&m);
}

static void test_M1_first_match_wins(void **state)
{
	const struct any_dma_segment two[] = {{{RAM_PHYS + 0x1000}, {0x1000000}, 0x1000},
					      {{RAM_PHYS}, {0x2000000}, 0x10000}};
	const struct any_dma_facts facts = WINDOWS(two);
	struct any_dma_watch watch = {.event = look};
	struct any_dma_mapping map;
	struct any_dma_addr addr;
	uint64_t run;

	(void)state;
	mock_start(&m, &facts, 0);
	assert_int_equal(any_dma_translate(&m.dev, any_phys(RAM_PHYS), 0x10000, false, &addr, &run),
			 0);
	assert_true(addr.raw == 0x2000000 && run == 0x1000); /* the first window cuts it short */
	assert_int_equal(
		any_dma_translate(&m.dev, any_phys(RAM_PHYS + 0x1800), 0x10000, false, &addr, &run),
		0);
	assert_true(addr.raw == 0x1000800 && run == 0x800);
	assert_int_equal(
		any_dma_translate(&m.dev, any_phys(RAM_PHYS + 0x1800), 0x801, false, &addr, NULL),
		-ANY_ERANGE);
	assert_int_equal(
		any_dma_translate(&m.dev, any_phys(RAM_PHYS + 0x10000), 1, false, &addr, NULL),
		-ANY_ERANGE);
	/* BCM3384: what no window has goes out as it is, up to the next window. */
	m.plat.facts.miss_identity = true;
	m.plat.facts.n_segments = 1;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_translate(&m.dev, any_phys(RAM_PHYS), 0x10000, false, &addr, &run),
			 0);
	assert_true(addr.raw == RAM_PHYS && run == 0x1000);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == mock_phys(0));
	any_dma_unmap(&m.dev, &map);
	any_dma_watch_add(&m.dev, &watch);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == mock_phys(0));
	any_dma_unmap(&m.dev, &map);
	any_dma_watch_remove(&m.dev, &watch);
	assert_int_equal(any_dma_translate(&m.dev, any_phys(RAM_PHYS), 0, false, &addr, NULL),
			 -ANY_EINVAL);
	assert_int_equal(any_dma_translate(&m.dev, any_phys(UINT64_MAX), 2, false, &addr, NULL),
			 -ANY_EOVERFLOW);
	mock_stop(&m);
}

static void test_M8_aliases_are_regions_first_match_wins(void **state)
{
	struct any_dma_region regions[2];
	const struct any_dma_region *found;
	struct any_phys_addr phys;

	(void)state;
	mock_start(&m, &mock_flat, 0);
	regions[0] = regions[1] = m.ram;
	regions[1].cpu = m.view; /* another address of the same memory */
	m.plat.ram = regions;
	m.plat.n_ram = 2;
	assert_int_equal(any_dma_virt_to_phys(&m.plat, m.view + 5, 10, &phys, &found), 0);
	assert_true(phys.raw == m.ram.phys.raw + 5 && found == &regions[1]);
	assert_int_equal(any_dma_virt_to_phys(&m.plat, mock_buf(&m, 5), 10, &phys, &found), 0);
	assert_true(phys.raw == m.ram.phys.raw + 5 && found == &regions[0]);
	assert_int_equal(any_dma_virt_to_phys(&m.plat, mock_buf(&m, 5), RAM_SIZE, &phys, &found),
			 -ANY_EFAULT);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_address_leads_to_the_buffer),
		cmocka_unit_test(test_the_fast_window_agrees_with_the_slow_path),
		cmocka_unit_test(test_the_fast_window_is_the_longest_run),
		cmocka_unit_test(test_hazard_2_lower_bounds_and_holes_in_the_mask),
		cmocka_unit_test(test_M6_the_last_byte_counts),
		cmocka_unit_test(test_hazard_3_a_buffer_across_banks_bounces),
		cmocka_unit_test(test_hazard_12_address_bits),
		cmocka_unit_test(test_M1_first_match_wins),
		cmocka_unit_test(test_M8_aliases_are_regions_first_match_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
