/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of platforms.md section 4, one small tree each. */
#include "tree_builder.h"

static struct builder b;
static struct any_platform p;
static struct any_platform_error e;

/* soc (1/1 cells, windows) with a device below it */
static void soc(const char *coherence)
{
	node(&b, "soc");
	cells(&b, "#address-cells", 1, 1u);
	cells(&b, "#size-cells", 1, 1u);
	if (coherence)
		flag(&b, coherence);
}

static void device(void)
{
	node(&b, "dma@1000");
	end(&b);
	end(&b);
}

static void test_no_ranges_is_identity(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	soc(NULL);
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 0);
	assert_false(p.facts.coherent);
	assert_string_equal(p.name, "test,board");
	assert_string_equal(p.device, "/soc/dma@1000");
	assert_int_equal(p.n_ram, 1);
	assert_true(p.ram[0].base == 0 && p.ram[0].size == 0x40000000);
}

static void test_windows_in_order(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	soc(NULL);
	cells(&b, "dma-ranges", 8, 0x8000000u, 0u, 0u, 0x8000000u, 0u, 0u, 0x8000000u, 0x8000000u);
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 2);
	assert_ptr_equal(p.facts.segments, p.segments);
	assert_true(p.segments[0].phys.raw == 0 && p.segments[0].dma.raw == 0x8000000);
	assert_true(p.segments[1].phys.raw == 0x8000000 && p.segments[1].dma.raw == 0);
}

static void test_empty_ranges_go_on_upwards(void **state)
{
	(void)state;
	board(&b, "/outer/soc/dma@1000");
	node(&b, "outer");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "dma-ranges", 6, 0u, 0xc0000000u, 0u, 0u, 0u, 0x40000000u);
	soc(NULL);
	flag(&b, "dma-ranges");
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 1);
	assert_true(p.segments[0].dma.raw == 0xc0000000 && p.segments[0].phys.raw == 0);
}

static void test_missing_above_empty_is_no_answer(void **state)
{
	(void)state;
	board(&b, "/outer/soc/dma@1000");
	node(&b, "outer"); /* no dma-ranges */
	soc(NULL);
	flag(&b, "dma-ranges");
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 0);
}

static void test_windows_translate_through_parents(void **state)
{
	(void)state;
	board(&b, "/outer/soc/dma@1000");
	node(&b, "outer");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "dma-ranges", 6, 0u, 0x80000000u, 0u, 0x10000000u, 0u, 0x10000000u);
	soc(NULL);
	/* the second leads nowhere and does not count */
	cells(&b, "dma-ranges", 8, 0u, 0u, 0x80000000u, 0x1000u, 0x5000u, 0u, 0x20000000u, 0x1000u);
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 1);
	assert_true(p.segments[0].phys.raw == 0x10000000 && p.segments[0].dma.raw == 0);
}

static void test_no_window_reaches_memory(void **state)
{
	(void)state;
	board(&b, "/outer/soc/dma@1000");
	node(&b, "outer");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "dma-ranges", 6, 0u, 0x80000000u, 0u, 0u, 0u, 0x10000000u);
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 0x1000u);
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
	assert_non_null(strstr(e.text, "/outer/soc: dma-ranges"));
}

static void test_nearest_coherence_wins(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	soc("dma-coherent");
	node(&b, "dma@1000");
	flag(&b, "dma-noncoherent");
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.facts.coherent);

	board(&b, "/soc/dma@1000");
	soc("dma-coherent");
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.coherent);
}

static void test_both_in_one_node_is_coherent(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	soc("dma-coherent");
	flag(&b, "dma-noncoherent");
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.coherent);
}

static void iommu(const char *status)
{
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	if (status)
		text(&b, "status", status);
	end(&b);
}

static void test_iommu_takes_over_windows(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	iommu(NULL);
	soc(NULL);
	cells(&b, "dma-ranges", 3, 0u, 0u, 0u);
	node(&b, "dma@1000");
	cells(&b, "iommus", 2, 1u, 0x42u);
	end(&b);
	end(&b);
	/* 1/1 cells below 2/2: four cells a window; three are not whole */
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);

	board(&b, "/soc/dma@1000");
	iommu(NULL);
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 0x1000u);
	node(&b, "dma@1000");
	cells(&b, "iommus", 2, 1u, 0x42u);
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.machine.iommu.present);
	assert_int_equal(p.machine.iommu.stream_id, 0x42);
	assert_int_equal(p.facts.n_segments, 0);
}

static void test_disabled_iommu_does_not(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	iommu("disabled");
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 0x1000u);
	node(&b, "dma@1000");
	cells(&b, "iommus", 2, 1u, 0x42u);
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.machine.iommu.present);
	assert_int_equal(p.facts.n_segments, 1);
}

static void pci(uint32_t requester, uint32_t mask, uint32_t base)
{
	board(&b, "/pcie/dev");
	iommu(NULL);
	node(&b, "pcie");
	cells(&b, "#address-cells", 1, 3u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "iommu-map", 4, base, 1u, 0x100u, 8u);
	cells(&b, "iommu-map-mask", 1, mask);
	cells(&b, "dma-ranges", 7, 0x03000000u, 1u, 0u, 0u, 0u, 0u, 0x1000u);
	node(&b, "dev");
	cells(&b, "reg", 5, requester << 8, 0u, 0u, 0u, 0u);
	end(&b);
	end(&b);
}

static void test_iommu_map(void **state)
{
	(void)state;
	pci(0x0b, 0xff, 8);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.machine.iommu.present);
	assert_int_equal(p.machine.iommu.stream_id, 0x103);
	pci(0x10b, 0xff, 8); /* masked first */
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.machine.iommu.stream_id, 0x103);
	pci(0x20, 0xff, 8); /* in no entry: no IOMMU; PCI windows with their flags cell */
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.machine.iommu.present);
	assert_true(p.segments[0].dma.raw == 1ull << 32);
	pci(0x0b, 0xf0, 8); /* an id base outside the mask */
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
}

static void test_dma_parent_by_interconnect(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	node(&b, "mbus");
	cells(&b, "phandle", 1, 7u);
	cells(&b, "#interconnect-cells", 1, 1u);
	cells(&b, "#address-cells", 1, 1u);
	cells(&b, "#size-cells", 1, 1u);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0x40000000u, 0x1000u);
	end(&b);
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0x9000u, 0u, 0u, 0x1000u);
	node(&b, "dma@1000");
	cells(&b, "interconnects", 2, 7u, 5u);
	text(&b, "interconnect-names", "dma-mem");
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.segments[0].phys.raw == 0x40000000 && p.segments[0].dma.raw == 0);
}

static void test_restricted_pool(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	node(&b, "reserved-memory");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	node(&b, "pool@10000000");
	text(&b, "compatible", "restricted-dma-pool");
	cells(&b, "phandle", 1, 3u);
	cells(&b, "reg", 4, 0u, 0x10000000u, 0u, 0x100000u);
	end(&b);
	end(&b);
	soc(NULL);
	node(&b, "dma@1000");
	cells(&b, "memory-region", 1, 3u);
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.bounce_always);
	assert_int_equal(p.n_reserved, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_ranges_is_identity),
		cmocka_unit_test(test_windows_in_order),
		cmocka_unit_test(test_empty_ranges_go_on_upwards),
		cmocka_unit_test(test_missing_above_empty_is_no_answer),
		cmocka_unit_test(test_windows_translate_through_parents),
		cmocka_unit_test(test_no_window_reaches_memory),
		cmocka_unit_test(test_nearest_coherence_wins),
		cmocka_unit_test(test_both_in_one_node_is_coherent),
		cmocka_unit_test(test_iommu_takes_over_windows),
		cmocka_unit_test(test_disabled_iommu_does_not),
		cmocka_unit_test(test_iommu_map),
		cmocka_unit_test(test_dma_parent_by_interconnect),
		cmocka_unit_test(test_restricted_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
