/* SPDX-License-Identifier: BSD-2-Clause */
/* IVRS: units by entry, aliases, memory that stays (platforms.md, section 5). */
#include "tables.h"

static const char *path;
static struct blob ivrs;
static struct any_acpi acpi;
static struct any_platform_error error;
static struct any_acpi_answer a;

static int setup(void **state)
{
	(void)state;
	load(&ivrs, path);
	acpi = (struct any_acpi){.ivrs = table_of(&ivrs)};
	return 0;
}

static int ask(uint16_t id)
{
	struct any_acpi_device d =
		function((uint8_t)(id >> 8), (uint8_t)(id >> 3 & 31), (uint8_t)(id & 7));

	acpi.ivrs = table_of(&ivrs);
	return any_acpi_read(&acpi, &d, &a, &error);
}

static void test_entries(void **state)
{
	static const struct {
		uint16_t id;
		uint64_t unit; /* 0: none */
		uint32_t alias;
	} cases[] = {
		{0x0010, 0xfd800000, 0x0010},
		{0x0011, 0, 0},
		{0x00ff, 0, 0},
		{0x0100, 0xfd800000, 0x0100},
		{0x01ff, 0xfd800000, 0x01ff},
		{0x0200, 0, 0},
		{0x0308, 0xfd800000, 0x00a4},
		{0x00a0, 0, 0},
		{0x4008, 0xfd900000, 0x4008},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ask(cases[i].id), 0);
		assert_int_equal(a.platform.machine.iommu.present, cases[i].unit != 0);
		assert_int_equal(a.unit_base, cases[i].unit);
		assert_int_equal(a.alias, cases[i].alias);
		assert_int_equal(a.platform.machine.iommu.stream_id, cases[i].alias);
		assert_true(a.platform.facts.coherent);
	}
}

static void test_aliased_range(void **state)
{
	(void)state;
	/* the range 0x100-0x1ff grows into an aliased one: the entry is four bytes longer */
	memmove(ivrs.bytes + 0x54, ivrs.bytes + 0x50, ivrs.size - 0x50);
	ivrs.size += 4;
	put(&ivrs, 0x30 + 2, 2, 0x38);
	put(&ivrs, 0x4c, 1, 0x43);
	put(&ivrs, 0x4c + 4, 4, 0x00ee00); /* source 0x00ee */
	assert_int_equal(ask(0x180), 0);
	assert_int_equal(a.alias, 0xee);
	assert_int_equal(ask(0x4008), 0); /* what follows is still read */
	assert_int_equal(a.alias, 0x4008);
}

static void test_aperture(void **state)
{
	(void)state;
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.unit, ANY_ACPI_UNIT_AMD);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 40);
	assert_range(&a.platform.machine.iommu.holes[0], 0xfee00000, 0x100000);
	assert_range(&a.platform.machine.iommu.holes[1], 0xfd00000000, 0x300000000);
	put(&ivrs, 36, 4, 0);
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 48);
	put(&ivrs, 36, 4, 127u << 15);
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 63);
}

static void test_memory_that_stays(void **state)
{
	(void)state;
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.n_unity, 1);
	assert_range(&a.unity[0], 0x9f000000, 0x200000);
	assert_int_equal(ask(0x10f), 0);
	assert_int_equal(a.n_unity, 1);
	assert_range(&a.unity[0], 0xa0000000, 0x10000);
	assert_int_equal(ask(0x110), 0);
	assert_int_equal(a.n_unity, 0);
	put(&ivrs, 0x80, 1, 0x20); /* for all devices */
	assert_int_equal(ask(0x110), 0);
	assert_int_equal(a.n_unity, 1);
}

/* A unit described twice: the higher type counts, whatever the order. */
static void test_newer_block(void **state)
{
	size_t at = ivrs.size;

	(void)state;
	memset(ivrs.bytes + at, 0, 44);
	ivrs.size += 44;
	put(&ivrs, at, 1, 0x40);
	put(&ivrs, at + 2, 2, 44);
	put(&ivrs, at + 8, 8, 0xfda00000);
	put(&ivrs, at + 40, 1, 2);
	put(&ivrs, at + 41, 2, 0x10);
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.unit_base, 0xfda00000);
	put(&ivrs, 0x30, 1, 0x11); /* the older one, now with a longer head: its entries shift */
	assert_int_equal(ask(0x10), 0);
	assert_int_equal(a.unit_base, 0xfda00000);
}

static void test_damage(void **state)
{
	struct any_acpi_device d = function(0, 2, 0);
	static const struct {
		size_t at;
		unsigned n;
		uint64_t value;
		const char *words;
	} cases[] = {
		{0x30 + 2, 2, 3, "runs off the table"},
		{0x30 + 2, 2, 0, "runs off the table"},
		{0x30 + 2, 2, 0x400, "runs off the table"},
		{0x30 + 2, 2, 0x1a, "runs off its block"},
		{0x5c, 1, 0xf0, "runs off its block"},
		{0x80 + 24, 8, 0, "empty or wraps"},
		{0x80 + 24, 8, UINT64_MAX, "empty or wraps"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(&ivrs, path);
		put(&ivrs, cases[i].at, cases[i].n, cases[i].value);
		assert_int_equal(ask(0x10), -ANY_EINVAL);
		if (!strstr(error.text, cases[i].words))
			fail_msg("case %u: %s", i, error.text);
	}
	load(&ivrs, path);
	assert_cuts_are_refused(&ivrs, &acpi.ivrs, &acpi, &d);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_entries, setup),
		cmocka_unit_test_setup(test_aliased_range, setup),
		cmocka_unit_test_setup(test_aperture, setup),
		cmocka_unit_test_setup(test_memory_that_stays, setup),
		cmocka_unit_test_setup(test_newer_block, setup),
		cmocka_unit_test_setup(test_damage, setup),
	};

	path = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
