/* SPDX-License-Identifier: BSD-2-Clause */
/* DMAR: units by scope, memory that stays mapped, registers (platforms.md, section 5). */
#include "tables.h"

static const char *path;
static struct blob dmar;
static struct any_acpi acpi;
static struct any_platform_error error;
static struct any_acpi_answer a;

static int setup(void **state)
{
	(void)state;
	load(&dmar, path);
	acpi = (struct any_acpi){.dmar = table_of(&dmar)};
	return 0;
}

static int ask(const struct any_acpi_device *d)
{
	acpi.dmar = table_of(&dmar);
	return any_acpi_read(&acpi, d, &a, &error);
}

static struct any_acpi_device below_port(uint8_t device, uint8_t fn)
{
	return (struct any_acpi_device){.n_hops = 2, .hops = {{0, 0x1c, 4}, {5, device, fn}}};
}

static void test_units(void **state)
{
	struct any_acpi_device gpu = function(0, 2, 0), audio = function(0, 2, 1),
			       port = function(0, 0x1c, 4), nvme = below_port(0, 0),
			       elsewhere = function(0, 2, 0);

	(void)state;
	assert_int_equal(ask(&gpu), 0);
	assert_int_equal(a.unit, ANY_ACPI_UNIT_VTD);
	assert_int_equal(a.unit_base, 0xfed90000);
	assert_int_equal(a.alias, 0x10);
	assert_int_equal(ask(&audio), 0); /* another function: the unit for all others */
	assert_int_equal(a.unit_base, 0xfed92000);
	assert_int_equal(ask(&port), 0);
	assert_int_equal(a.unit_base, 0xfed91000);
	assert_int_equal(ask(&nvme), 0); /* below the bridge that the scope names */
	assert_int_equal(a.unit_base, 0xfed91000);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x500);
	elsewhere.segment = 1;
	assert_int_equal(ask(&elsewhere), 0);
	assert_false(a.platform.machine.iommu.present);
	assert_true(a.platform.facts.coherent);
}

/* Found by its own way, known by the id a bridge gives it. */
static void test_alias(void **state)
{
	struct any_acpi_device d = below_port(1, 2);

	(void)state;
	d.aliased = true;
	d.alias = 0x600;
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.unit_base, 0xfed91000);
	assert_int_equal(a.alias, 0x600);
	assert_int_equal(a.platform.machine.iommu.stream_id, 0x600);
	assert_string_equal(a.platform.device, "0000:05:01.2");
}

/* A scope of another kind with the same path means something else. */
static void test_kinds_of_scope(void **state)
{
	struct any_acpi_device port = function(0, 0x1c, 4), nvme = below_port(0, 0);

	(void)state;
	put(&dmar, 72 + 16, 1, 1); /* the port itself, nothing below it */
	assert_int_equal(ask(&port), 0);
	assert_int_equal(a.unit_base, 0xfed91000);
	assert_int_equal(ask(&nvme), 0);
	assert_int_equal(a.unit_base, 0xfed92000);
	put(&dmar, 72 + 16, 1, 3); /* an I/O APIC */
	assert_int_equal(ask(&port), 0);
	assert_int_equal(a.unit_base, 0xfed92000);
}

static void test_aperture(void **state)
{
	struct any_acpi_device d = function(0, 3, 0);

	(void)state;
	assert_int_equal(ask(&d), 0);
	assert_int_equal(a.platform.machine.iommu.base, 0);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 39);
	assert_int_equal(a.platform.machine.iommu.granule, 4096);
	assert_int_equal(a.platform.machine.iommu.n_holes, 1);
	assert_range(&a.platform.machine.iommu.holes[0], 0xfee00000, 0x100000);
	any_acpi_vtd_registers(&a, 7u | 1u << 4 | 1u << 7 | 47ull << 16, 0);
	assert_true(a.platform.machine.iommu.caching_mode);
	assert_true(a.platform.machine.iommu.write_buffer);
	assert_true(a.platform.machine.iommu.tables_noncoherent);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 48);
	any_acpi_vtd_registers(&a, 38ull << 16, 1);
	assert_false(a.platform.machine.iommu.caching_mode);
	assert_false(a.platform.machine.iommu.write_buffer);
	assert_false(a.platform.machine.iommu.tables_noncoherent);
	assert_int_equal(a.platform.machine.iommu.size, 1ull << 39);
}

static void test_memory_that_stays(void **state)
{
	struct any_acpi_device usb = function(0, 0x14, 0), second = below_port(0, 1),
			       first = below_port(0, 0), bridge = function(0, 0x1c, 4);

	(void)state;
	assert_int_equal(ask(&usb), 0);
	assert_int_equal(a.n_unity, 1);
	assert_range(&a.unity[0], 0x7b000000, 0x2000);
	assert_range(&a.platform.machine.iommu.holes[1], 0x7b000000, 0x2000);
	assert_int_equal(ask(&second), 0); /* a path of two steps */
	assert_int_equal(a.n_unity, 1);
	assert_range(&a.unity[0], 0x7c000000, 0x800000);
	assert_int_equal(ask(&first), 0);
	assert_int_equal(a.n_unity, 0);
	assert_int_equal(ask(&bridge), 0);
	assert_int_equal(a.n_unity, 0);
}

static void test_external(void **state)
{
	struct any_acpi_device d = function(0, 3, 0);

	(void)state;
	assert_int_equal(ask(&d), 0);
	assert_false(a.platform.facts.untrusted);
	d.external = true;
	assert_int_equal(ask(&d), 0);
	assert_true(a.platform.facts.untrusted);
	put(&dmar, 37, 1, 1); /* firmware does not ask for it */
	assert_int_equal(ask(&d), 0);
	assert_false(a.platform.facts.untrusted);
}

static void test_damage(void **state)
{
	struct any_acpi_device usb = function(0, 0x14, 0), none = {.n_hops = 0};
	static const struct {
		size_t at;
		unsigned n;
		uint64_t value;
		const char *words;
	} cases[] = {
		{48 + 2, 2, 3, "runs off the table"},
		{48 + 2, 2, 0, "runs off the table"},
		{48 + 2, 2, 0x1000, "runs off the table"},
		{48 + 17, 1, 9, "scope runs off"},
		{48 + 17, 1, 0, "scope runs off"},
		{112 + 16, 8, 0x7affffff, "ends before it starts"},
		{0, 4, 0x54524f49, "signature"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(&dmar, path);
		put(&dmar, cases[i].at, cases[i].n, cases[i].value);
		assert_int_equal(ask(&usb), -ANY_EINVAL);
		if (!strstr(error.text, cases[i].words))
			fail_msg("case %u: %s", i, error.text);
	}
	load(&dmar, path);
	assert_int_equal(ask(&none), -ANY_EINVAL);
	assert_cuts_are_refused(&dmar, &acpi.dmar, &acpi, &usb);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_units, setup),
		cmocka_unit_test_setup(test_alias, setup),
		cmocka_unit_test_setup(test_kinds_of_scope, setup),
		cmocka_unit_test_setup(test_aperture, setup),
		cmocka_unit_test_setup(test_memory_that_stays, setup),
		cmocka_unit_test_setup(test_external, setup),
		cmocka_unit_test_setup(test_damage, setup),
	};

	path = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
