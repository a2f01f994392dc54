/* SPDX-License-Identifier: BSD-2-Clause */
/* M3, M4, M15 behind an IOMMU: windows after it, what goes around it, colours, guards. */
#include "mock.h"

static struct mock m;

#define HALF 0x50000u /* of the drivers' memory */

static uint64_t table_of(uint64_t iova)
{
	return m.table[(iova - IOVA_BASE) / GRANULE].phys;
}

static unsigned prot_of(uint64_t iova)
{
	return m.table[(iova - IOVA_BASE) / GRANULE].prot;
}

static void nothing_is_left(void)
{
	assert_int_equal(m.iova.live, 0);
	assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
	assert_int_equal(m.pool.counters.live, 0);
}

/* MediaTek's 4 GiB mode: two banks, the second lower; and a part the IOMMU does not reach. */
static const struct any_dma_segment out[] = {
	{{RAM_PHYS}, {0x40000000}, BUF_AT + HALF},
	{{RAM_PHYS + BUF_AT + HALF}, {0x20000000}, 0x20000},
};

static void start_out(const struct any_dma_facts *facts, unsigned with)
{
	mock_start(&m, facts, with);
	m.iommu.out = out;
	m.iommu.n_out = ANY_ARRAY_SIZE(out);
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
}

static void test_M3_tables_say_what_the_iommus_bus_says(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	start_out(&mock_flat, MOCK_POOL | MOCK_IOMMU);
	buf = mock_buf(&m, HALF - 100); /* one address range, two calls */
	memset(buf, 1, 200);
	assert_int_equal(any_dma_map(&m.dev, buf, 200, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.count[MOCK_MAP], 2);
	assert_int_equal(m.count[MOCK_MAP_SYNC], 1);
	assert_true(table_of(map.addr.raw) == 0x40000000 + BUF_AT + HALF - GRANULE);
	assert_true(table_of(map.addr.raw + 199) == 0x20000000);
	assert_true(mock_device_sees(&m, map.addr.raw, 1, 200));
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.count[MOCK_UNMAP], 1);
	nothing_is_left();
	/* Room for one of the two granules: nothing stays. */
	m.map_room = 1;
	assert_int_equal(any_dma_map(&m.dev, buf, 200, ANY_DMA_BOTH, &map), -ANY_ENOMEM);
	m.map_room += IOVA_SIZE / GRANULE - 1;
	nothing_is_left();
	mock_stop(&m);
}

static void test_M3_what_the_iommu_does_not_reach_bounces(void **state)
{
	struct any_dma_mapping map;
	const size_t beyond = HALF + 0x20000;

	(void)state;
	start_out(&mock_flat, MOCK_POOL | MOCK_IOMMU);
	memset(mock_buf(&m, beyond - 8), 1, 16);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, beyond - 8), 8, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags & ANY_DMA_MAP_BOUNCED, 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, beyond - 8), 16, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 1);
	assert_true(mock_device_sees(&m, map.addr.raw, 1, 16));
	any_dma_unmap(&m.dev, &map);
	assert_true(any_dma_max_mapping_len(&m.dev) == 65536);
	nothing_is_left();
	mock_stop(&m);
	start_out(&mock_flat, MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, beyond), 8, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	nothing_is_left();
	mock_stop(&m);
}

/* AMD-Vi with SME, and its opposite: the device never sees the bit. */
static void test_hazard_12_bits_of_pages_are_the_tables(void **state)
{
	const struct any_dma_facts sme = {.coherent = true, .private_bits = 1ull << 47};
	const struct any_dma_facts cca = {.coherent = true, .shared_bits = 1ull << 47};
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		mock_start(&m, shared ? &cca : &sme, MOCK_COHERENT | MOCK_IOMMU);
		m.coherent.mem.flags |= ANY_REGION_SHARED;
		memset(mock_buf(&m, 0), 1, 64);
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
		assert_true(map.addr.raw >> 47 == 0);
		assert_int_equal(table_of(map.addr.raw) >> 47, !shared);
		assert_true(mock_device_sees(&m, map.addr.raw, 1, 64));
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
		assert_int_equal(table_of(mem.addr.raw) >> 47, shared);
		any_dma_free_coherent(&m.dev, &mem);
		/* Registers are nobody's page. */
		assert_int_equal(
			any_dma_map_resource(&m.dev, any_phys(0x1000), 4, ANY_DMA_BOTH, &map), 0);
		assert_true(table_of(map.addr.raw) == 0x1000);
		any_dma_unmap(&m.dev, &map);
		nothing_is_left();
		mock_stop(&m);
	}
}

/* A GART: memory beyond the device's reach is mapped, the rest goes by. */
static void start_partial(unsigned with)
{
	mock_start(&m, &mock_short, with);
	m.iommu.partial = true;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
}

static void test_M4_partial_maps_only_what_would_bounce(void **state)
{
	struct any_dma_mapping map;
	struct any_dma_coherent mem;

	(void)state;
	start_partial(MOCK_ALL | MOCK_IOMMU);
	assert_int_equal(m.dev.fast_span, SHORT_END);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST);
	assert_true(map.addr.raw == mock_phys(0));
	any_dma_unmap(&m.dev, &map);
	memset(mock_buf(&m, SHORT_END - 8), 1, 16);
	for (size_t at = SHORT_END - 8; at <= SHORT_END; at += 8) { /* across, and beyond */
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 9, ANY_DMA_BOTH, &map), 0);
		assert_int_equal(map.flags, ANY_DMA_MAP_LIVE | ANY_DMA_MAP_IOMMU);
		assert_true(mock_device_sees(&m, map.addr.raw, 1, 8));
		any_dma_unmap(&m.dev, &map);
		assert_null(mock_bus(&m, map.addr.raw, false));
	}
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_true(mem.addr.raw - RAM_PHYS < RAM_SIZE);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(m.pool.counters.maps, 0);
	nothing_is_left();
	/* Out of reach, coherent memory is mapped too. */
	assert_int_equal(any_dma_set_coherent_mask(&m.dev, 2 * IOVA_BASE - 1), 0);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_true(mem.addr.raw - IOVA_BASE < IOVA_SIZE);
	assert_true(mock_device_sees(&m, mem.addr.raw, 0, 64));
	any_dma_free_coherent(&m.dev, &mem);
	nothing_is_left();
	mock_stop(&m);
}

/* In the aperture the IOMMU answers: memory whose address lies there is not reached by going by. */
static void test_M4_partial_stays_clear_of_its_aperture(void **state)
{
	const struct any_dma_segment into = {{RAM_PHYS}, {IOVA_BASE - BUF_AT - 0x1000}, RAM_SIZE};
	const struct any_dma_facts facts = {.coherent = true, .segments = &into, .n_segments = 1};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, MOCK_IOMMU);
	m.iommu.partial = true;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	memset(mock_buf(&m, 0), 1, 0x2000);
	for (size_t at = 0; at < 0x2000; at += 0xf80) {
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 0x80, ANY_DMA_BOTH, &map),
				 0);
		assert_int_equal(!!(map.flags & ANY_DMA_MAP_IOMMU), at >= 0x1000);
		assert_true(mock_device_sees(&m, map.addr.raw, 1, 0x80));
		any_dma_unmap(&m.dev, &map);
	}
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0xff0), 0x20, ANY_DMA_BOTH, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_IOMMU);
	any_dma_unmap(&m.dev, &map);
	nothing_is_left();
	mock_stop(&m);
}

static void test_M4_partial_lists_keep_their_order(void **state)
{
	const size_t at[] = {0, SHORT_END, 0x3000, SHORT_END + 0x5000};
	struct any_dma_extent extent[8];
	struct any_dma_sg sg[4];
	unsigned n = 0;

	(void)state;
	start_partial(MOCK_ALL | MOCK_IOMMU);
	for (unsigned i = 0; i < 4; i++) {
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, at[i]), .len = 0x1000};
		memset(sg[i].buf, (int)i + 1, 0x1000);
	}
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 4, ANY_DMA_BOTH, extent, 8, &n), 0);
	assert_int_equal(n, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(!!(sg[i].map.flags & ANY_DMA_MAP_IOMMU), i % 2);
		assert_true(mock_device_sees(&m, extent[i].addr.raw, (unsigned char)(i + 1),
					     extent[i].len));
		assert_true(mock_device_write(&m, extent[i].addr.raw, (unsigned char)(i + 9),
					      extent[i].len));
	}
	assert_int_equal(m.count[MOCK_MAP_SYNC], 1);
	any_dma_unmap_sg(&m.dev, sg, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_true(all_are(sg[i].buf, (unsigned char)(i + 9), 0x1000));
	assert_int_equal(m.count[MOCK_IOTLB_SYNC], 1);
	nothing_is_left();
	m.map_room = 1; /* the second translated piece finds the tables full */
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 4, ANY_DMA_BOTH, extent, 8, &n), -ANY_ENOMEM);
	m.map_room += IOVA_SIZE / GRANULE - 1;
	nothing_is_left();
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 4, ANY_DMA_BOTH, extent, 3, &n), -ANY_ENOSPC);
	nothing_is_left();
	mock_stop(&m);
}

/* HyperSPARC: its virtually indexed caches snoop by the colour of the I/O virtual address. */
#define COLOUR (16u * GRANULE)

static void start_colour(unsigned with)
{
	mock_start(&m, &mock_flat, with);
	m.iommu.colour = COLOUR;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
}

static void test_M4_colours_agree(void **state)
{
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	for (unsigned with = MOCK_IOMMU; with <= MOCK_DEFERRED; with += MOCK_IOMMU) {
		start_colour(MOCK_ALL | with);
		for (size_t at = 0x123; at < 3 * COLOUR; at += 0x2f00) {
			const size_t len = 3 * at / 2;

			memset(mock_buf(&m, at), 1, len);
			assert_int_equal(
				any_dma_map(&m.dev, mock_buf(&m, at), len, ANY_DMA_BOTH, &map), 0);
			assert_true((map.addr.raw ^ mock_phys(at)) % COLOUR == 0);
			assert_true(mock_device_sees(&m, map.addr.raw, 1, len));
			/* Entries are for granules, not for colours: neighbours stay hidden. */
			assert_int_equal(IOVA_SIZE / GRANULE - m.map_room,
					 ((mock_phys(at) % GRANULE) + len + GRANULE - 1) / GRANULE);
			any_dma_unmap(&m.dev, &map);
			assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
			mock_forget(&m);
		}
		for (unsigned i = 0; i < 20; i++) { /* pages of all colours */
			m.bitmap[0] = (1u << i) - 1;
			assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
			assert_true((mem.addr.raw ^ (RAM_PHYS + COH_AT + i * PAGE)) % COLOUR == 0);
			any_dma_free_coherent(&m.dev, &mem);
		}
		any_dma_detach(&m.dev);
		assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
		mock_stop(&m);
	}
}

static void test_M4_colours_agree_in_lists(void **state)
{
	struct any_dma_extent extent[4];
	struct any_dma_sg sg[3];
	unsigned n = 0;

	(void)state;
	start_colour(MOCK_ALL | MOCK_IOMMU);
	for (unsigned i = 0; i < 3; i++) {
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, 0x11000 * i + 0x1800),
					    .len = 0x1000};
		memset(sg[i].buf, (int)i + 1, 0x1000);
	}
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 3, ANY_DMA_BOTH, extent, 4, &n), 0);
	assert_int_equal(n, 3);
	for (unsigned i = 0; i < n; i++) {
		assert_true((extent[i].addr.raw ^ mock_phys(0x11000 * i + 0x1800)) % COLOUR == 0);
		assert_true(
			mock_device_sees(&m, extent[i].addr.raw, (unsigned char)(i + 1), 0x1000));
	}
	any_dma_unmap_sg(&m.dev, sg, 3);
	nothing_is_left();
	m.map_room = 3; /* two granules a piece: the second is torn */
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 3, ANY_DMA_BOTH, extent, 4, &n), -ANY_ENOMEM);
	m.map_room += IOVA_SIZE / GRANULE - 3;
	nothing_is_left();
	assert_int_equal(any_dma_merge_boundary(&m.dev), COLOUR - 1);
	mock_stop(&m);
}

/* Alpha's bridges read ahead of a device that reads, into a page that holds nothing. */
static void test_M4_the_bus_reads_ahead_into_the_guard(void **state)
{
	const enum any_dma_dir dirs[] = {ANY_DMA_TO_DEVICE, ANY_DMA_FROM_DEVICE, ANY_DMA_BOTH};
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL | MOCK_IOMMU);
	m.iommu.guard = GRANULE + 1; /* two of them */
	m.iommu.guard_page = any_phys(mock_phys(0x9f000));
	memset(mock_buf(&m, 0x9f000), 0xee, GRANULE);
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(dirs); i++) {
		const bool reads = dirs[i] & ANY_DMA_TO_DEVICE;
		uint64_t ahead;

		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 8), 64, dirs[i], &map), 0);
		ahead = (map.addr.raw & ~(GRANULE - 1ull)) + GRANULE;
		assert_int_equal(IOVA_SIZE / GRANULE - m.map_room, reads ? 3 : 1);
		if (reads) {
			assert_true(mock_device_sees(&m, ahead, 0xee, 2 * GRANULE));
			assert_int_equal(prot_of(ahead), ANY_IOMMU_READ);
			m.map_room = 1; /* no room for the guard: no mapping */
			assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 8), 64, dirs[i], &map),
					 -ANY_ENOMEM);
			m.map_room = IOVA_SIZE / GRANULE - 3;
		}
		any_dma_unmap(&m.dev, &map);
		nothing_is_left();
	}
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_true(mock_device_sees(&m, mem.addr.raw + GRANULE, 0xee, 2 * GRANULE));
	any_dma_free_coherent(&m.dev, &mem);
	nothing_is_left();
	mock_stop(&m);
}

static void test_M4_lists_have_guards_too(void **state)
{
	struct any_dma_extent extent[2];
	struct any_dma_sg sg[2] = {{0}};
	unsigned n = 0;

	(void)state;
	for (int colour = 0; colour < 2; colour++) {
		mock_start(&m, &mock_flat, MOCK_ALL | MOCK_IOMMU);
		m.iommu.guard = GRANULE;
		m.iommu.colour = colour ? COLOUR : 0;
		m.iommu.guard_page = any_phys(mock_phys(0x9f000));
		memset(mock_buf(&m, 0x9f000), 0xee, GRANULE);
		assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
		sg[0] = (struct any_dma_sg){.buf = mock_buf(&m, 0), .len = GRANULE};
		sg[1] = (struct any_dma_sg){.buf = mock_buf(&m, 0x3000), .len = GRANULE};
		assert_int_equal(any_dma_map_sg(&m.dev, sg, 2, ANY_DMA_TO_DEVICE, extent, 2, &n),
				 0);
		assert_int_equal(n, 2);
		for (unsigned i = 0; i < 2; i++)
			assert_true(
				mock_device_sees(&m, extent[i].addr.raw + GRANULE, 0xee, GRANULE));
		any_dma_unmap_sg(&m.dev, sg, 2);
		nothing_is_left();
		assert_int_equal(any_dma_merge_boundary(&m.dev), 0);
		mock_stop(&m);
	}
}

static void test_M10_coherent_memory_is_said_to_be(void **state)
{
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL | MOCK_IOMMU);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	assert_int_equal(prot_of(mem.addr.raw),
			 ANY_IOMMU_READ | ANY_IOMMU_WRITE | ANY_IOMMU_COHERENT);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(prot_of(map.addr.raw), ANY_IOMMU_READ | ANY_IOMMU_WRITE);
	any_dma_unmap(&m.dev, &map);
	any_dma_free_coherent(&m.dev, &mem);
	nothing_is_left();
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_M3_tables_say_what_the_iommus_bus_says),
		cmocka_unit_test(test_M3_what_the_iommu_does_not_reach_bounces),
		cmocka_unit_test(test_hazard_12_bits_of_pages_are_the_tables),
		cmocka_unit_test(test_M4_partial_maps_only_what_would_bounce),
		cmocka_unit_test(test_M4_partial_stays_clear_of_its_aperture),
		cmocka_unit_test(test_M4_partial_lists_keep_their_order),
		cmocka_unit_test(test_M4_colours_agree),
		cmocka_unit_test(test_M4_colours_agree_in_lists),
		cmocka_unit_test(test_M4_the_bus_reads_ahead_into_the_guard),
		cmocka_unit_test(test_M4_lists_have_guards_too),
		cmocka_unit_test(test_M10_coherent_memory_is_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
