/* SPDX-License-Identifier: BSD-2-Clause */
/* M2, M4, M11, M14: bits in addresses, page maps, memory that the bus snoops though not elsewhere.
 */
#include "mock.h"

static struct mock m;

#define ALL_BITS (1ull << 31) /* RAM_PHYS has it */

/* Does the device find `len` bytes of `what` there, and can it write them? */
static void reaches(uint64_t addr, unsigned char *buf, unsigned char what, size_t len)
{
	assert_true(mock_device_sees(&m, addr, what, len));
	assert_true(mock_device_write(&m, addr, (unsigned char)(what + 1), len));
	(void)buf;
}

static void test_M2_implied_bits_are_on_the_bus_and_not_said(void **state)
{
	const struct any_dma_facts ali = {.coherent = true, .implied_bits = ALL_BITS};
	const struct any_dma_segment low = {{RAM_PHYS}, {0x40000000}, RAM_SIZE};
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &ali, MOCK_ALL);
	buf = mock_buf(&m, 0);
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == (mock_phys(0) & ~ALL_BITS));
	reaches(map.addr.raw, buf, 1, 64);
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 2, 64));
	/* Without the fast window the same. */
	assert_int_equal(any_dma_map_slow(&m.dev, buf, 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == (mock_phys(0) & ~ALL_BITS));
	any_dma_unmap(&m.dev, &map);
	/* The mask is of what the device says: 19 bits reach half a MiB of this memory. */
	assert_int_equal(any_dma_set_mask(&m.dev, 0x7ffff), 0);
	assert_int_equal(any_dma_map(&m.dev, m.view + 0x80000 - 64, 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags & ANY_DMA_MAP_BOUNCED, 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, m.view + 0x80000 - 63, 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 1);
	assert_true(map.addr.raw < 0x80000);
	any_dma_unmap(&m.dev, &map);
	assert_false(any_dma_is_flat(&m.dev));
	assert_true(any_dma_required_mask(&m.dev) == 0xfffff);
	mock_stop(&m);
	/* Nobody can say an address of a window without the bit. */
	mock_start(&m, &ali, 0);
	m.plat.facts.segments = &low;
	m.plat.facts.n_segments = 1;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map(&m.dev, buf = mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), -ANY_EIO);
	mock_stop(&m);
}

/* Above the bit there are addresses without it, and a buffer may reach into them. */
static void test_M2_an_address_without_the_bit_is_nowhere(void **state)
{
	const struct any_dma_segment end = {{RAM_PHYS + BUF_AT}, {(1ull << 32) - PAGE}, 2 * PAGE};
	const struct any_dma_facts facts = {
		.coherent = true, .implied_bits = ALL_BITS, .segments = &end, .n_segments = 1};
	const struct any_dma_facts aperture = {.coherent = true, .implied_bits = IOVA_BASE >> 1};
	struct any_dma_mapping map;

	(void)state;
	mock_start(&m, &facts, 0);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, PAGE - 8), 8, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw == (1ull << 31) - 8);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, PAGE), 8, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, PAGE - 8), 9, ANY_DMA_BOTH, &map),
			 -ANY_ERANGE);
	mock_stop(&m);
	mock_start(&m, &aperture, MOCK_IOMMU);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 8, ANY_DMA_BOTH, &map), -ANY_ERANGE);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

/* What was given to the driver finds its I/O virtual address again at unmap. */
static void test_M2_implied_bits_behind_an_iommu(void **state)
{
	const struct any_dma_facts ali = {.coherent = true, .implied_bits = IOVA_BASE};
	struct any_dma_extent extent[2];
	struct any_dma_coherent mem;
	struct any_dma_mapping map;
	struct any_dma_sg sg[2];
	unsigned n;

	(void)state;
	mock_start(&m, &ali, MOCK_COHERENT | MOCK_IOMMU);
	assert_int_equal(any_dma_set_mask(&m.dev, IOVA_SIZE - 1), 0);
	memset(mock_buf(&m, 0), 1, 64);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 5), 59, ANY_DMA_BOTH, &map), 0);
	assert_true(map.addr.raw < IOVA_SIZE);
	reaches(map.addr.raw, mock_buf(&m, 5), 1, 59);
	any_dma_unmap(&m.dev, &map);
	assert_null(mock_bus(&m, map.addr.raw, false));
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 8192, &mem), 0);
	assert_true(mem.addr.raw < IOVA_SIZE);
	any_dma_free_coherent(&m.dev, &mem);
	sg[0] = (struct any_dma_sg){.buf = mock_buf(&m, 0), .len = PAGE};
	sg[1] = (struct any_dma_sg){.buf = mock_buf(&m, 4 * PAGE), .len = PAGE};
	assert_int_equal(any_dma_map_sg(&m.dev, sg, 2, ANY_DMA_BOTH, extent, 2, &n), 0);
	assert_true(extent[0].addr.raw < IOVA_SIZE);
	any_dma_unmap_sg(&m.dev, sg, 2);
	assert_int_equal(m.iova.live, 0);
	assert_int_equal(m.map_room, IOVA_SIZE / GRANULE);
	mock_stop(&m);
}

static void test_M14_routing_bits_are_those_of_coherent_memory_only(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	facts.coherent_bits = 1ull << 40;
	for (unsigned with = MOCK_COHERENT; with <= (MOCK_COHERENT | MOCK_IOMMU);
	     with += MOCK_IOMMU) {
		mock_start(&m, &facts, with);
		/* 32 bits cannot say bit 40, and without it the memory would not be in order. */
		assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), -ANY_ENOMEM);
		assert_int_equal(any_dma_set_coherent_mask(&m.dev, UINT64_MAX), 0);
		assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
		assert_true(mem.addr.raw >> 40 == 1);
		assert_true(mock_device_sees(&m, mem.addr.raw, 0, 64));
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
		assert_true(map.addr.raw >> 40 == 0);
		any_dma_unmap(&m.dev, &map);
		any_dma_free_coherent(&m.dev, &mem);
		assert_int_equal(m.coherent.pages_used, 0);
		assert_int_equal(m.iova.live, 0);
		assert_false(any_dma_is_flat(&m.dev));
		mock_stop(&m);
	}
}

static void test_M11_snooped_memory_of_a_device_that_does_not_snoop(void **state)
{
	struct any_dma_region ram[2];
	struct any_dma_mapping map;
	struct any_dma_coherent mem;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	ram[0] = m.ram;
	ram[0].size = 0x10000;
	ram[1] = (struct any_dma_region){
		m.dram + BUF_AT + 0x10000, {mock_phys(0x10000)}, 0x10000, ANY_REGION_SNOOPED};
	m.plat.ram = ram;
	m.plat.n_ram = 2;
	m.coherent.mem.flags = ANY_REGION_SNOOPED;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(m.dev.fast_span, 0x10000);
	buf = (unsigned char *)ram[1].cpu + 17; /* shares its lines, and nobody minds */
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_true(map.addr.raw == mock_phys(0x10011));
	reaches(map.addr.raw, buf, 1, 64);
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 2, 64));
	assert_int_equal(m.n_log, 0);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	any_dma_free_coherent(&m.dev, &mem);
	/* The rest of the memory is as it was. */
	assert_int_equal(any_dma_map(&m.dev, ram[0].cpu, 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_true(m.count[MOCK_CLEAN] == 1 && m.count[MOCK_INVAL] == 1);
	mock_stop(&m);
}

static void test_hazard_4_two_devices_two_addresses_two_answers(void **state)
{
	const struct any_dma_segment pci = {{RAM_PHYS}, {0x1000000}, RAM_SIZE};
	struct any_dma_platform on_chip;
	struct any_dma_mapping a, b;
	struct any_dma_dev other;
	struct any_dma_ops ops;

	(void)state;
	mock_start(&m, &mock_nosnoop, MOCK_ALL);
	on_chip = m.plat;
	on_chip.facts = (struct any_dma_facts){.coherent = true, .segments = &pci, .n_segments = 1};
	ops = m.ops;
	ops.cache = NULL;
	on_chip.ops = &ops;
	on_chip.coherent = NULL;
	assert_int_equal(any_dma_attach(&other, &on_chip), 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &a), 0);
	assert_int_equal(m.count[MOCK_CLEAN], 1);
	assert_int_equal(any_dma_map(&other, mock_buf(&m, 0), 64, ANY_DMA_TO_DEVICE, &b), 0);
	assert_int_equal(m.count[MOCK_CLEAN], 1);
	assert_true(a.addr.raw == mock_phys(0) && b.addr.raw == 0x1000000 + BUF_AT);
	any_dma_unmap(&m.dev, &a);
	any_dma_unmap(&other, &b);
	mock_stop(&m);
}

/* Two pieces of memory have one bus address each, and one of them also the other's: going back from
 * the address would maintain the wrong lines. */
static void test_hazard_1_maintenance_is_of_the_memory_that_was_mapped(void **state)
{
	const struct any_dma_segment to = {
		{RAM_PHYS + BUF_AT}, {RAM_PHYS + BUF_AT + 0x10000}, 0x10000};
	struct any_dma_facts facts = mock_nosnoop;
	struct any_dma_mapping map;

	(void)state;
	facts.segments = &to;
	facts.n_segments = 1;
	facts.miss_identity = true;
	mock_start(&m, &facts, 0);
	for (size_t at = 0; at <= 0x10000; at += 0x10000) {
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), 64, ANY_DMA_BOTH, &map), 0);
		assert_true(map.addr.raw == mock_phys(0x10000));
		any_dma_sync_for_device(&m.dev, &map, 0, 64);
		any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
		any_dma_unmap(&m.dev, &map);
		assert_int_equal(m.n_log, 8); /* each with its sync */
		for (unsigned i = 0; i < m.n_log; i++)
			assert_true(m.log[i].op == MOCK_SYNC || m.log[i].at == mock_phys(at));
		mock_forget(&m);
	}
	mock_stop(&m);
}

static void test_M4_a_page_map_bounces_what_is_not_together(void **state)
{
	struct any_dma_mapping map;
	unsigned char *buf;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_ALL | MOCK_SCATTER);
	buf = mock_buf(&m, PAGE - 32);
	memset(buf, 1, 64);
	assert_int_equal(any_dma_map(&m.dev, buf, 32, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(map.flags & ANY_DMA_MAP_BOUNCED, 0);
	assert_true(map.addr.raw == SCATTER_BUS + RAM_SIZE - 32);
	reaches(map.addr.raw, buf, 1, 32);
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 2, 32));
	assert_int_equal(any_dma_map(&m.dev, buf, 64, ANY_DMA_BOTH, &map), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_SPLIT], 1);
	assert_true(mock_device_write(&m, map.addr.raw, 3, 64));
	any_dma_unmap(&m.dev, &map);
	assert_true(all_are(buf, 3, 64));
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SCATTER_HOLE), 64, ANY_DMA_BOTH, &map),
			 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 1);
	any_dma_unmap(&m.dev, &map);
	assert_false(any_dma_is_flat(&m.dev));
	mock_stop(&m);
}

static void test_hazard_3_a_list_becomes_extents_in_descending_order(void **state)
{
	struct any_dma_facts facts = mock_flat;
	struct any_dma_extent extent[4];
	struct any_dma_sg sg = {0};
	unsigned n = 0;

	(void)state;
	facts.private_bits = 1ull << 31; /* bits and limits hold on top of the platform's answer */
	facts.dma_max = (SCATTER_BUS | 1ull << 31) + RAM_SIZE - 1;
	mock_start(&m, &facts, MOCK_ALL | MOCK_SCATTER);
	sg = (struct any_dma_sg){.buf = mock_buf(&m, 100), .len = 3 * PAGE};
	memset(sg.buf, 1, sg.len);
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, extent, 4, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(sg.map.flags & ANY_DMA_MAP_BOUNCED, 0);
	for (unsigned i = 0; i < n; i++) {
		assert_true(!i || extent[i].addr.raw < extent[i - 1].addr.raw);
		assert_true(extent[i].addr.raw >> 31 == 1);
		assert_true(mock_device_sees(&m, extent[i].addr.raw, 1, extent[i].len));
		assert_true(mock_device_write(&m, extent[i].addr.raw, 2, extent[i].len));
	}
	any_dma_unmap_sg(&m.dev, &sg, 1);
	assert_true(all_are(sg.buf, 2, sg.len));
	/* The first of the drivers' pages is the highest on the bus: its last byte counts. */
	m.plat.facts.dma_max--;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, extent, 4, &n), 0);
	assert_int_equal(m.pool.counters.reasons[ANY_BOUNCE_REACH], 1);
	any_dma_unmap_sg(&m.dev, &sg, 1);
	m.plat.facts.dma_max = (SCATTER_BUS | 1ull << 31) - 1;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_set_mask(&m.dev, UINT64_MAX), -ANY_EIO); /* no page at all */
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_M2_implied_bits_are_on_the_bus_and_not_said),
		cmocka_unit_test(test_M2_an_address_without_the_bit_is_nowhere),
		cmocka_unit_test(test_M2_implied_bits_behind_an_iommu),
		cmocka_unit_test(test_M14_routing_bits_are_those_of_coherent_memory_only),
		cmocka_unit_test(test_M11_snooped_memory_of_a_device_that_does_not_snoop),
		cmocka_unit_test(test_hazard_4_two_devices_two_addresses_two_answers),
		cmocka_unit_test(test_hazard_1_maintenance_is_of_the_memory_that_was_mapped),
		cmocka_unit_test(test_M4_a_page_map_bounces_what_is_not_together),
		cmocka_unit_test(test_hazard_3_a_list_becomes_extents_in_descending_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
