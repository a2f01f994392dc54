/* SPDX-License-Identifier: BSD-2-Clause */
/* _CCA and _DMA along the namespace (platforms.md, section 5). */
#include "tables.h"

static struct any_platform_error error;
static struct any_acpi_answer a;

static int ask(const struct any_acpi_scope *scopes, unsigned n, bool required)
{
	struct any_acpi acpi = {.cca_required = required};
	struct any_acpi_device d = {.name = "\\_SB.DEV0", .scopes = scopes, .n_scopes = n};

	return any_acpi_read(&acpi, &d, &a, &error);
}

static void test_coherence(void **state)
{
	const struct any_acpi_scope none[] = {{.cca = -1}, {.cca = -1}};
	const struct any_acpi_scope parent[] = {{.cca = 1}, {.cca = -1}, {.cca = 0}};
	const struct any_acpi_scope own[] = {{.cca = 1}, {.cca = -1}};

	(void)state;
	assert_int_equal(ask(none, 2, true), -ANY_ENODEV); /* arm64 */
	assert_int_equal(ask(none, 2, false), 0);	   /* a PC */
	assert_true(a.platform.facts.coherent);
	assert_int_equal(ask(parent, 3, true), 0); /* the ancestor's word stands */
	assert_false(a.platform.facts.coherent);
	assert_int_equal(ask(own, 2, true), 0);
	assert_true(a.platform.facts.coherent);
}

static void test_windows(void **state)
{
	const struct any_acpi_window low[] = {{0x80000000, 0xbfffffff, 0x80000000},
					      {0x880000000, 0x8bfffffff, 0x800000000}};
	const struct any_acpi_window other[] = {{0, 0xff, 0}};
	const struct any_acpi_scope scopes[] = {
		{.cca = 1},
		{.cca = -1, .has_crs = true, .has_dma = true, .dma = low, .n_dma = 2},
		{.cca = -1, .has_crs = true, .has_dma = true, .dma = other, .n_dma = 1}};

	(void)state;
	assert_int_equal(ask(scopes, 3, true), 0); /* the nearest one */
	assert_int_equal(a.platform.facts.n_segments, 2);
	assert_ptr_equal(a.platform.facts.segments, a.platform.segments);
	assert_int_equal(a.platform.segments[0].phys.raw, 0x80000000);
	assert_int_equal(a.platform.segments[0].dma.raw, 0);
	assert_int_equal(a.platform.segments[0].size, 0x40000000);
	assert_int_equal(a.platform.segments[1].dma.raw, 0x80000000);
	assert_int_equal(a.platform.facts.dma_max, 0xbfffffff);
}

static void test_bad_windows(void **state)
{
	const struct any_acpi_window reversed = {5, 4, 0}, single = {5, 5, 0},
				     all = {0, UINT64_MAX, 0}, wraps = {0, 0xfff, 0x800};
	struct any_acpi_scope s = {.cca = 1, .has_crs = true, .has_dma = true, .n_dma = 1};

	(void)state;
	s.dma = &reversed;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	s.dma = &single;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	s.dma = &all;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	s.dma = &wraps;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	s.n_dma = 0;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	s.has_crs = false;
	assert_int_equal(ask(&s, 1, true), -ANY_EINVAL);
	assert_non_null(strstr(error.text, "_CRS"));
	s.has_dma = false;
	assert_int_equal(ask(&s, 1, true), 0);
	assert_int_equal(a.platform.facts.n_segments, 0);
}

/* _DMA takes the place of the table's limit, and behind an IOMMU it bounds the aperture. */
static void test_windows_and_tables(void **state)
{
	const struct any_acpi_window w = {0, 0x7fffffff, 0};
	const struct any_acpi_scope s = {
		.cca = 0, .has_crs = true, .has_dma = true, .dma = &w, .n_dma = 1};
	struct any_acpi_device d = {.name = "\\_SB.ETH0", .scopes = &s, .n_scopes = 1};
	struct blob iort;
	struct any_acpi acpi = {.cca_required = true};

	load(&iort, *state);
	acpi.iort = table_of(&iort);
	assert_int_equal(any_acpi_read(&acpi, &d, &a, &error), 0);
	assert_int_equal(a.platform.facts.dma_max, 0x7fffffff);
	assert_int_equal(a.platform.facts.n_segments, 0);
	assert_int_equal(a.platform.machine.iommu.size, 0x80000000);
	put(&iort, 0x148 + 20, 4, 1); /* the table says coherent; the method was asked first */
	assert_int_equal(any_acpi_read(&acpi, &d, &a, &error), 0);
	assert_false(a.platform.facts.coherent);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coherence),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_bad_windows),
		cmocka_unit_test_prestate(test_windows_and_tables, argc > 1 ? argv[1] : ""),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
