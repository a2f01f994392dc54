/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of platforms.md section 4 on what stands between device and memory: IOMMUs and pools.
 */
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

static void test_iommu_map_above_the_root_port(void **state)
{
	(void)state;
	board(&b, "/pcie/port/dev");
	iommu(NULL);
	node(&b, "pcie");
	cells(&b, "#address-cells", 1, 3u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "iommu-map", 4, 0u, 1u, 0u, 0x10000u);
	node(&b, "port");
	cells(&b, "reg", 5, 0u, 0u, 0u, 0u, 0u);
	node(&b, "dev");
	cells(&b, "reg", 5, 0x10800u, 0u, 0u, 0u, 0u); /* 01:01.0 */
	end(&b);
	end(&b);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.machine.iommu.present);
	assert_int_equal(p.machine.iommu.stream_id, 0x108);
}

/* aperture of the unit; the bus lets 4 GiB to 8 GiB through */
static void aperture(bool given, uint32_t base_high, uint32_t base, uint32_t size_high)
{
	board(&b, "/outer/dev");
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	cells(&b, "#iommu-cells", 1, 0u);
	if (given) {
		cells(&b, "anydma,aperture-base", 2, base_high, base);
		cells(&b, "anydma,aperture-size", 2, size_high, 0x2000u);
	}
	end(&b);
	node(&b, "outer");
	cells(&b, "dma-ranges", 6, 1u, 0u, 0u, 0u, 1u, 0u);
	node(&b, "dev");
	cells(&b, "iommus", 1, 1u);
	end(&b);
	end(&b);
}

static void test_aperture(void **state)
{
	(void)state;
	aperture(false, 0, 0, 0);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.machine.iommu.base == 1ull << 32 && p.machine.iommu.size == 1ull << 32);
	aperture(true, 0, 0xfffff800, 0); /* cut at its start, and to whole pages */
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.machine.iommu.base == 1ull << 32 && p.machine.iommu.size == 0x1000);
	aperture(true, 0, 0x1000, 0);
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
	assert_string_equal(e.text, "/iommu: anydma,aperture-base: "
				    "the device's bus reaches no page of the aperture");
	aperture(true, 0xffffffff, 0xfffff000, 0);
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
	assert_string_equal(e.text, "/iommu: anydma,aperture-size: is empty or wraps");
}

/* A device below a bus that sees the first 256 MiB, confined to a pool at `base` of 64 KiB. */
static void confined(uint32_t base, const char *wrong)
{
	board(&b, "/soc/dma@1000");
	iommu(NULL);
	node(&b, "reserved-memory");
	node(&b, "pool");
	text(&b, "compatible", "restricted-dma-pool");
	cells(&b, "phandle", 1, 3u);
	cells(&b, "reg", 4, 0u, base, 0u, 0x10000u);
	if (wrong)
		flag(&b, wrong);
	end(&b);
	end(&b);
	soc(NULL);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 0x10000000u);
	node(&b, "dma@1000");
	cells(&b, "memory-region", 1, 3u);
}

static void confined_end(void)
{
	end(&b);
	end(&b);
}

static void test_restricted_pool(void **state)
{
	(void)state;
	confined(0x8000000, NULL);
	confined_end();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.bounce_always);
	assert_int_equal(p.n_reserved, 1);
	assert_int_equal(p.machine.bounce_base, 0x8000000);
	assert_int_equal(p.machine.bounce_size, 0xc000);
	assert_int_equal(p.machine.coherent_base, 0x800c000); /* the upper quarter */
	assert_int_equal(p.machine.coherent_size, 0x4000);
	assert_false(p.facts.no_coherent);

	confined(0x8000000, NULL);
	cells(&b, "iommus", 1, 1u);
	confined_end();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_false(p.facts.bounce_always); /* the IOMMU confines it */
	assert_int_equal(p.machine.bounce_size, 0);
}

static void test_restricted_pool_beside_others(void **state)
{
	(void)state;
	confined(0x8000000, NULL);
	confined_end();
	node(&b, "anydma");
	cells(&b, "anydma,bounce", 4, 0u, 0x1000000u, 0u, 0x10000u);
	cells(&b, "anydma,coherent", 4, 0u, 0x2000000u, 0u, 0x10000u);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_true(p.facts.bounce_always);
	assert_int_equal(p.machine.bounce_base, 0x8000000);
	assert_int_equal(p.machine.bounce_size, 0x10000);
	assert_int_equal(p.machine.coherent_base, 0x2000000);
}

static void test_restricted_pool_refused(void **state)
{
	static const char *const wrong[] = {"no-map", "reusable", "linux,cma-default",
					    "linux,dma-default"};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(wrong); i++) {
		confined(0x8000000, wrong[i]);
		confined_end();
		assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
		assert_non_null(strstr(e.text, wrong[i]));
	}
	confined(0x20000000, NULL);
	confined_end();
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
	assert_string_equal(e.text, "/reserved-memory/pool: reg: is out of the device's reach");
	confined(0x3fffff00, NULL);
	confined_end();
	assert_int_equal(finish(&b, &p, &e), -ANY_EINVAL);
	assert_string_equal(e.text, "/reserved-memory/pool: reg: is not inside memory");
}

/* Memory 0 to 1 GiB through two windows, and a pool of 64 KiB at `base`; then limits of the bus. */
static int pool_at(uint32_t base, uint32_t bits, const char *limit, uint32_t value)
{
	board(&b, "/soc/dma@1000");
	soc(NULL);
	cells(&b, "dma-ranges", 8, 0x40000000u, 0u, 0u, 0x1000000u, 0x10000000u, 0u, 0x1000000u,
	      0x1000000u);
	node(&b, "dma@1000");
	cells(&b, "anydma,master-bits", 1, bits);
	end(&b);
	end(&b);
	node(&b, "anydma");
	cells(&b, "anydma,bounce", 4, 0u, base, 0u, 0x10000u);
	if (limit)
		cells(&b, limit, 1, value);
	end(&b);
	return finish(&b, &p, &e);
}

static void test_pools_are_reachable(void **state)
{
	(void)state;
	assert_int_equal(pool_at(0, 0, NULL, 0), 0);
	assert_int_equal(pool_at(0xff8000, 0, NULL, 0), 0); /* half in each window */
	assert_int_equal(pool_at(0x1ff0000, 0, NULL, 0), 0);
	assert_int_equal(pool_at(0x1ff8000, 0, NULL, 0), -ANY_EINVAL); /* half outside */
	assert_string_equal(e.text, "/anydma: anydma,bounce: is out of the device's reach");
	assert_int_equal(pool_at(0x1ff8000, 0, "anydma,miss-identity", 0), 0);
	assert_int_equal(pool_at(0x1fff8000, 30, "anydma,miss-identity", 0), 0);
	assert_int_equal(pool_at(0x1fff8000, 29, "anydma,miss-identity", 0), -ANY_EINVAL);
	assert_int_equal(pool_at(0, 31, NULL, 0), 0);
	assert_int_equal(pool_at(0, 30, NULL, 0), -ANY_EINVAL); /* the bus address has bit 30 */
	assert_int_equal(pool_at(0x1000000, 30, NULL, 0), 0);
	assert_int_equal(pool_at(0, 0, "anydma,bus-max", 0x4000ffff), 0);
	assert_int_equal(pool_at(0, 0, "anydma,bus-max", 0x4000fffe), -ANY_EINVAL);
	assert_int_equal(pool_at(0, 0, "anydma,bus-min", 0x40000000), 0);
	assert_int_equal(pool_at(0, 0, "anydma,bus-min", 0x40000001), -ANY_EINVAL);
	assert_int_equal(pool_at(0x100000, 0, "anydma,forbidden-bits", 0x100000), -ANY_EINVAL);
	assert_int_equal(pool_at(0x200000, 0, "anydma,forbidden-bits", 0x100000), 0);
	assert_int_equal(pool_at(0xf8000, 0, "anydma,forbidden-bits", 0x100000), -ANY_EINVAL);
}

/* n regions of a page each, `step` apart, from 16 MiB on */
static int reserve(uint32_t n, uint32_t step)
{
	char name[16] = "r@aa";

	board(&b, "/soc/dma@1000");
	node(&b, "reserved-memory");
	for (uint32_t i = 0; i < n; i++) {
		name[2] = (char)('a' + i / 16);
		name[3] = (char)('a' + i % 16);
		node(&b, name);
		cells(&b, "reg", 8, 0u, 0x1000000u + i * step, 0u, 0x1000u, 0u, 0u, 0u, 0u);
		end(&b);
	}
	node(&b, "anywhere"); /* dynamic: it has no place yet */
	cells(&b, "size", 2, 0u, 0x1000u);
	end(&b);
	end(&b);
	soc(NULL);
	device();
	return finish(&b, &p, &e);
}

static void test_reserved(void **state)
{
	(void)state;
	assert_int_equal(reserve(20, 0x2000), 0);
	assert_int_equal(p.n_reserved, 20);
	assert_int_equal(reserve(ANY_PLATFORM_RESERVED, 0x2000), 0);
	assert_int_equal(p.n_reserved, ANY_PLATFORM_RESERVED);
	assert_int_equal(reserve(ANY_PLATFORM_RESERVED + 1, 0x2000), -ANY_ENOSPC);
	assert_int_equal(reserve(ANY_PLATFORM_RESERVED + 16, 0x800), 0); /* each into the next */
	assert_int_equal(p.n_reserved, 1);
	assert_int_equal(p.reserved[0].base, 0x1000000);
	assert_int_equal(p.reserved[0].size, (ANY_PLATFORM_RESERVED + 15) * 0x800 + 0x1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iommu_takes_over_windows),
		cmocka_unit_test(test_disabled_iommu_does_not),
		cmocka_unit_test(test_iommu_map),
		cmocka_unit_test(test_iommu_map_above_the_root_port),
		cmocka_unit_test(test_aperture),
		cmocka_unit_test(test_restricted_pool),
		cmocka_unit_test(test_restricted_pool_beside_others),
		cmocka_unit_test(test_restricted_pool_refused),
		cmocka_unit_test(test_pools_are_reachable),
		cmocka_unit_test(test_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
