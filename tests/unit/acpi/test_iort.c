/* SPDX-License-Identifier: BSD-2-Clause */
/* IORT: streams, limits, coherence, reserved memory (platforms.md, section 5). */
#include "tables.h"

static const char *path;
static struct blob iort;
static struct any_acpi acpi;
static struct any_platform_error error;
static struct any_acpi_answer a;

static int setup(void **state)
{
	(void)state;
	load(&iort, path);
	acpi = (struct any_acpi){.iort = table_of(&iort), .cca_required = true};
	memset(&a, 0, sizeof(a));
	return 0;
}

static int ask(const struct any_acpi_device *d)
{
	acpi.iort = table_of(&iort);
	return any_acpi_read(&acpi, d, &a, &error);
}

static struct any_acpi_device named(const char *name)
{
	return (struct any_acpi_device){.name = name};
}

static void test_root_complex(void **state)
{
	struct any_acpi_device d = function(2, 3, 1);

	(void)state;
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.unit, ANY_ACPI_UNIT_SMMU_V3);
	assert_int_equal(a.unit_base, 0x2b40000);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x10000 + 0x219 - 0x100);
	assert_true(a.platform.facts.coherent);
	assert_int_equal(a.platform.facts.line, 1);
	assert_int_equal(a.platform.facts.dma_max, (1ull << 40) - 1);
	assert_false(a.platform.machine.iommu.tables_noncoherent);
	assert_int_equal(a.platform.machine.iommu.n_holes, 1);
	assert_range(&a.platform.machine.iommu.holes[0], 0x8000000, 0x100000);
	assert_string_equal(a.platform.device, "0000:02:03.1");
}

/* The number of ids is said less one: the last one is still mapped, the one before the first is
 * not. */
static void test_edges_of_a_mapping(void **state)
{
	struct any_acpi_device first = function(1, 0, 0), last = function(0xff, 31, 7),
			       before = function(0, 31, 7);

	(void)state;
	assert_int_equal(ask(&first), 0);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x10000);
	assert_int_equal(ask(&last), 0);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x10000 + 0xfeff);
	assert_int_equal(ask(&before), 0);
	assert_false(a.platform.machine.iommu.present);
	put(&iort, 0xd8 + 0x24 + 4, 4, 0xfefe);
	assert_int_equal(ask(&last), 0);
	assert_false(a.platform.machine.iommu.present);
}

static void test_root_complex_without_smmu(void **state)
{
	struct any_acpi_device d = function(0, 1, 0);

	(void)state;
	d.segment = 1;
	assert_int_equal(ask(&d), 0);
	assert_false(a.platform.machine.iommu.present);
	assert_int_equal(a.unit, ANY_ACPI_UNIT_NONE);
	assert_false(a.platform.facts.coherent);
	assert_int_equal(a.platform.facts.line, 64);
	assert_int_equal(a.platform.facts.dma_max, 0); /* revision 0: no limit is there to read */
	put(&iort, 0x110 + 3, 1, 1);
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.platform.facts.dma_max, UINT32_MAX);
}

static void test_named_component(void **state)
{
	struct any_acpi_device d = named("\\_SB.ETH0");

	(void)state;
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.unit, ANY_ACPI_UNIT_SMMU);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x42);
	assert_true(a.platform.machine.iommu.tables_noncoherent);
	assert_int_equal(a.platform.facts.dma_max, UINT32_MAX);
	assert_false(a.platform.facts.coherent);
	assert_string_equal(a.platform.device, "\\_SB.ETH0");
}

static void test_limits(void **state)
{
	struct any_acpi_device d = named("\\_SB.DMA0");
	static const struct {
		uint8_t bits;
		uint64_t max;
	} cases[] = {{0, 0}, {1, 1}, {32, UINT32_MAX}, {63, INT64_MAX}, {64, 0}, {255, 0}};

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		put(&iort, 0x184 + 28, 1, cases[i].bits);
		assert_int_equal(ask(&d), 0);
		assert_int_equal(a.platform.facts.dma_max, cases[i].max);
		assert_false(a.platform.machine.iommu.present);
	}
}

/* A page is the least an IOMMU can give (found by fuzzing). */
static void test_limit_below_a_page(void **state)
{
	struct any_acpi_device d = named("\\_SB.ETH0");

	(void)state;
	put(&iort, 0x148 + 28, 1, 12);
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.platform.machine.iommu.size, 4096);
	put(&iort, 0x148 + 28, 1, 11);
	assert_int_equal(ask(&d), -ANY_EINVAL);
	assert_non_null(strstr(error.text, "no page"));
}

static void test_unknown_devices(void **state)
{
	struct any_acpi_device other = named("\\_SB.ETH00"), part = named("\\_SB.ETH"),
			       far = function(0, 0, 0);

	(void)state;
	far.segment = 9;
	assert_int_equal(ask(&other), -ANY_ENODEV);
	assert_int_equal(ask(&part), -ANY_ENODEV);
	assert_int_equal(ask(&far), -ANY_ENODEV);
	assert_non_null(strstr(error.text, "_CCA"));
	acpi.cca_required = false;
	assert_int_equal(ask(&far), 0);
	assert_true(a.platform.facts.coherent);
}

static void test_forced_coherence(void **state)
{
	struct any_acpi_device d = function(2, 0, 0);

	(void)state;
	assert_int_equal(ask(&d), 0);
	assert_false(a.can_force_coherent);
	put(&iort, 0xd8 + 23, 1, 5); /* CANWBS */
	assert_int_equal(ask(&d), 0);
	assert_true(a.can_force_coherent);
}

/* iasl of this age knows no RMR nodes: one by hand, for stream 0x10119 of the SMMUv3. */
static void add_region(uint64_t stream, uint64_t base, uint64_t size)
{
	size_t at = iort.size;

	memset(iort.bytes + at, 0, 28 + 20 + 20);
	iort.size += 28 + 20 + 20;
	put(&iort, 36, 4, 8);
	put(&iort, at, 1, 6);
	put(&iort, at + 1, 2, 68);
	put(&iort, at + 8, 4, 1); /* mapping */
	put(&iort, at + 12, 4, 48);
	put(&iort, at + 20, 4, 1); /* region */
	put(&iort, at + 24, 4, 28);
	put(&iort, at + 28, 8, base);
	put(&iort, at + 36, 8, size);
	put(&iort, at + 48 + 8, 4, stream);
	put(&iort, at + 48 + 12, 4, 0x48);
	put(&iort, at + 48 + 16, 4, 1);
}

static void test_reserved_memory(void **state)
{
	struct any_acpi_device d = function(2, 3, 1), other = function(2, 3, 2);

	(void)state;
	add_region(0x10119, 0x9f000000, 0x10000);
	assert_int_equal(ask(&other), 0);
	assert_int_equal(a.n_unity, 0);
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.n_unity, 1);
	assert_range(&a.unity[0], 0x9f000000, 0x10000);
	assert_range(&a.platform.machine.iommu.holes[1], 0x9f000000, 0x10000);
	put(&iort, iort.size - 68 + 36, 8, 0);
	assert_int_equal(ask(&d), -ANY_EINVAL);
	put(&iort, iort.size - 68 + 36, 8, UINT64_MAX);
	assert_int_equal(ask(&d), -ANY_EINVAL);
	put(&iort, iort.size - 68 + 20, 4, 0x20000000); /* regions run off */
	assert_int_equal(ask(&d), -ANY_EINVAL);
}

static void test_damage(void **state)
{
	struct any_acpi_device d = function(2, 3, 1), eth = named("\\_SB.ETH0");
	static const struct {
		size_t at;
		unsigned n;
		uint64_t value;
		const char *words;
	} cases[] = {
		{36, 4, 8, "runs off"},		   /* one node more than there are */
		{40, 4, 0xfffffff0, "runs off"},   /* nodes far away */
		{0xd8 + 1, 2, 15, "runs off"},	   /* a node shorter than its header */
		{0xd8 + 1, 2, 0xffff, "runs off"}, /* longer than the table */
		{0xd8 + 8, 4, 2, "mappings"},	   /* one mapping more */
		{0xd8 + 12, 4, 0xfffffff0, "mappings"},
		{0xd8 + 0x24 + 12, 4, 0x49, "no node"},	   /* into the middle of a node */
		{0xd8 + 0x24 + 12, 4, 0xd8, "never ends"}, /* to itself */
	};

	(void)state;
	acpi.cca_required = false;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(&iort, path);
		put(&iort, cases[i].at, cases[i].n, cases[i].value);
		put(&iort, 0xd8 + 0x24, 4, 0); /* so that an id maps onto itself again and again */
		put(&iort, 0xd8 + 0x24 + 8, 4, 0);
		d.segment = i == 0 ? 7 : 0; /* a search that must look at all nodes */
		assert_int_equal(ask(&d), -ANY_EINVAL);
		if (!strstr(error.text, cases[i].words))
			fail_msg("case %u: %s", i, error.text);
	}
	load(&iort, path);
	iort.bytes[0x100] ^= 1;
	assert_int_equal(ask(&eth), -ANY_EINVAL);
	assert_non_null(strstr(error.text, "checksum"));
	load(&iort, path);
	d.segment = 0;
	assert_cuts_are_refused(&iort, &acpi.iort, &acpi, &d);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_root_complex, setup),
		cmocka_unit_test_setup(test_edges_of_a_mapping, setup),
		cmocka_unit_test_setup(test_root_complex_without_smmu, setup),
		cmocka_unit_test_setup(test_named_component, setup),
		cmocka_unit_test_setup(test_limits, setup),
		cmocka_unit_test_setup(test_limit_below_a_page, setup),
		cmocka_unit_test_setup(test_unknown_devices, setup),
		cmocka_unit_test_setup(test_forced_coherence, setup),
		cmocka_unit_test_setup(test_reserved_memory, setup),
		cmocka_unit_test_setup(test_damage, setup),
	};

	path = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
