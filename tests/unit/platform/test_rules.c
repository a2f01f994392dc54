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

/* Below windows that would count: `low` and `middle` say whether these buses have an empty one. */
static uint32_t windows_above(bool low, bool middle)
{
	board(&b, "/outer/middle/soc/dma@1000");
	node(&b, "outer");
	cells(&b, "dma-ranges", 6, 0u, 0xc0000000u, 0u, 0u, 0u, 0x40000000u);
	node(&b, "middle");
	if (middle)
		flag(&b, "dma-ranges");
	node(&b, "soc");
	if (low)
		flag(&b, "dma-ranges");
	device();
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	return p.facts.n_segments;
}

static void test_second_level_without_ends_the_walk(void **state)
{
	(void)state;
	assert_int_equal(windows_above(true, true), 1);
	assert_int_equal(windows_above(false, true), 1); /* the first may be without */
	assert_int_equal(windows_above(true, false), 0);
	assert_int_equal(windows_above(false, false), 0);
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
	/* the second leads nowhere and does not count; the third starts inside the upper window */
	cells(&b, "dma-ranges", 12, 0u, 0u, 0x80000000u, 0x1000u, 0x5000u, 0u, 0x20000000u, 0x1000u,
	      0x9000u, 0u, 0x80003000u, 0x1000u);
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 2);
	assert_true(p.segments[0].phys.raw == 0x10000000 && p.segments[0].dma.raw == 0);
	assert_true(p.segments[1].phys.raw == 0x10003000 && p.segments[1].dma.raw == 0x9000);
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
	/* Linux: an error, upon which a bus that is set up for DMA goes on as if nothing was said
	 */
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 0);
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

/* Linux translates where a window starts; that it is longer than its parent's does not cut it. */
static void test_only_the_start_is_translated(void **state)
{
	(void)state;
	board(&b, "/outer/soc/dma@1000");
	node(&b, "outer");
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0x10000000u, 0u, 0x1000000u);
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 0x2000000u); /* 1 + 2 + 1 cells */
	device();
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.segments[0].phys.raw == 0x10000000 && p.segments[0].size == 0x2000000);
}

static void test_missing_cells(void **state)
{
	(void)state;
	board(&b, "/bus/dev"); /* 2/2 from the root */
	node(&b, "bus");
	cells(&b, "dma-ranges", 6, 1u, 0u, 0u, 0u, 0u, 0x1000u);
	node(&b, "dev");
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 1);
	assert_true(p.segments[0].dma.raw == 1ull << 32 && p.segments[0].size == 0x1000);

	begin(&b); /* nobody says: 1/1 */
	node(&b, "chosen");
	text(&b, "anydma,device", "/dev");
	end(&b);
	node(&b, "memory");
	text(&b, "device_type", "memory");
	cells(&b, "reg", 2, 0x80000000u, 0x1000u);
	end(&b);
	node(&b, "dev");
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.ram[0].base == 0x80000000 && p.ram[0].size == 0x1000);
}

/* cpus of one architecture, with a cache line where it is not 0 */
static void cpus(const char *compatible, const char *property, uint32_t line)
{
	node(&b, "cpus");
	cells(&b, "#address-cells", 1, 1u);
	cells(&b, "#size-cells", 1, 0u);
	for (uint32_t i = 0; i < 2; i++) {
		node(&b, i ? "cpu@1" : "cpu@0");
		text(&b, "compatible", compatible);
		if (line)
			cells(&b, property, 1, i ? line / 2 : line);
		end(&b);
	}
	end(&b);
}

static void test_riscv_is_coherent(void **state)
{
	(void)state;
	board(&b, "/soc/dma@1000");
	cpus("riscv", NULL, 0);
	soc(NULL);
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.coherent);

	board(&b, "/soc/dma@1000");
	cpus("riscv", NULL, 0);
	soc("dma-noncoherent");
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.facts.coherent);

	board(&b, "/soc/dma@1000");
	cpus("arm,cortex-a53", NULL, 0);
	soc(NULL);
	device();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.facts.coherent);
}

static uint32_t line_of(const char *property, uint32_t value, uint32_t machine)
{
	board(&b, "/soc/dma@1000");
	cpus("arm,cortex-a53", property, value);
	soc(NULL);
	device();
	if (machine) {
		node(&b, "anydma");
		cells(&b, "anydma,cache-line", 1, machine);
		end(&b);
	}
	return finish(&b, &p, &e) ? 0 : p.facts.line;
}

static void test_lines_of_cpus(void **state)
{
	(void)state;
	assert_int_equal(line_of(NULL, 0, 0), 64);
	assert_int_equal(line_of("d-cache-line-size", 32, 0), 32); /* the larger of 32 and 16 */
	assert_int_equal(line_of("cache-line-size", 128, 0), 128);
	assert_int_equal(line_of("d-cache-line-size", 32, 128), 128); /* /anydma says it */
	assert_int_equal(line_of("i-cache-line-size", 32, 0), 64);
	assert_int_equal(line_of("d-cache-line-size", 48, 0), 0);
	assert_string_equal(e.text,
			    "/cpus/cpu@0: d-cache-line-size: is not a power of two up to 128");
}

static void test_disabled_device(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		memset(&p, 0x5a, sizeof(p));
		board(&b, "/soc/dma@1000");
		soc(NULL);
		if (i == 1)
			text(&b, "status", "disabled");
		node(&b, "dma@1000");
		text(&b, "status", i == 0 ? "disabled" : "okay");
		end(&b);
		end(&b);
		assert_int_equal(finish(&b, &p, &e), i == 2 ? 0 : -ANY_ENODEV);
		if (i == 2)
			continue;
		assert_string_equal(e.text, i ? "/soc: status: the device is not enabled"
					      : "/soc/dma@1000: status: the device is not enabled");
		for (size_t n = 0; n < sizeof(p); n++)
			assert_int_equal(((unsigned char *)&p)[n], 0x5a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_ranges_is_identity),
		cmocka_unit_test(test_windows_in_order),
		cmocka_unit_test(test_empty_ranges_go_on_upwards),
		cmocka_unit_test(test_second_level_without_ends_the_walk),
		cmocka_unit_test(test_windows_translate_through_parents),
		cmocka_unit_test(test_no_window_reaches_memory),
		cmocka_unit_test(test_nearest_coherence_wins),
		cmocka_unit_test(test_both_in_one_node_is_coherent),
		cmocka_unit_test(test_dma_parent_by_interconnect),
		cmocka_unit_test(test_only_the_start_is_translated),
		cmocka_unit_test(test_missing_cells),
		cmocka_unit_test(test_riscv_is_coherent),
		cmocka_unit_test(test_lines_of_cpus),
		cmocka_unit_test(test_disabled_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
