/* SPDX-License-Identifier: BSD-2-Clause */
/* From the root pointer on: which tables there are, and MCFG. */
#include "tables.h"

#define MEMORY	0x8000u
#define BASE	0x7ff00000ull /* physical */
#define RSDP	0x100u
#define LIST	0x200u
#define FIRST	0x1000u /* tables, one each 0x1000 */
#define TABLES	5u
#define RESERVE 0x40u /* behind the header of one that is not known */

static const char *path;
static struct any_platform_error error;
static struct any_acpi acpi;
static struct {
	uint8_t bytes[MEMORY];
	uint64_t limit; /* what lies above is nowhere */
	unsigned maps;
} memory;

static const void *map(void *ctx, uint64_t phys, uint64_t size)
{
	const uint64_t at = phys - BASE;

	assert_ptr_equal(ctx, &memory);
	assert_true(size > 0 && size <= 1u << 20);
	memory.maps++;
	return at < memory.limit && size <= memory.limit - at ? memory.bytes + at : NULL;
}

static const struct any_acpi_memory physical = {map, &memory};

static void store(uint32_t at, unsigned n, uint64_t value)
{
	for (unsigned i = 0; i < n; i++)
		memory.bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static void sum(uint32_t at, uint32_t n, uint32_t checksum)
{
	uint8_t total = 0;

	memory.bytes[checksum] = 0;
	for (uint32_t i = 0; i < n; i++)
		total = (uint8_t)(total + memory.bytes[at + i]);
	memory.bytes[checksum] = (uint8_t)-total;
}

static void header(uint32_t at, const char *name, uint32_t size)
{
	memcpy(memory.bytes + at, name, 4);
	store(at + 4, 4, size);
	sum(at, size, at + 9);
}

static void seal_root(void)
{
	sum(RSDP, 20, RSDP + 8);
	sum(RSDP, 36, RSDP + 32);
}

/* A machine with XSDT, or with an RSDT and an old root pointer. */
static void machine(bool wide)
{
	static const char *const names[TABLES] = {"FACP", "DMAR", "MCFG", "DMAR", "IVRS"};
	const unsigned step = wide ? 8 : 4;

	memset(&memory, 0, sizeof(memory));
	memory.limit = MEMORY;
	memcpy(memory.bytes + RSDP, "RSD PTR ", 8);
	memory.bytes[RSDP + 15] = wide ? 2 : 0;
	store(RSDP + 16, 4, wide ? 0x1234 : BASE + LIST);
	store(RSDP + 20, 4, 36);
	store(RSDP + 24, 8, wide ? BASE + LIST : 0xffffffff);
	seal_root();
	for (unsigned i = 0; i < TABLES; i++) {
		store(LIST + 36 + step * i, step, BASE + FIRST + 0x1000 * i);
		header(FIRST + 0x1000 * i, names[i], 36 + RESERVE + i);
	}
	header(LIST, wide ? "XSDT" : "RSDT", 36 + step * TABLES);
	acpi = (struct any_acpi){.cca_required = true};
	error.text[0] = 0;
}

static int find(void)
{
	return any_acpi_find(&physical, BASE + RSDP, &acpi, &error);
}

static uint32_t place(const struct any_acpi_table *t)
{
	return (uint32_t)((const uint8_t *)t->data - memory.bytes);
}

static void test_both_kinds_of_list(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		machine(wide);
		assert_int_equal(find(), 0);
		assert_int_equal(place(&acpi.dmar), FIRST + 0x1000); /* the first of two */
		assert_int_equal(acpi.dmar.size, 36 + RESERVE + 1);
		assert_int_equal(place(&acpi.mcfg), FIRST + 0x2000);
		assert_int_equal(place(&acpi.ivrs), FIRST + 0x4000);
		assert_null(acpi.iort.data);
		assert_true(acpi.cca_required); /* the caller's to say */
	}
	machine(true); /* a new root pointer may still have the old list alone */
	store(RSDP + 16, 4, BASE + LIST);
	store(RSDP + 24, 8, 0);
	seal_root();
	header(LIST, "RSDT", 36 + 4);
	assert_int_equal(find(), 0);
	assert_null(acpi.mcfg.data);
}

static void test_no_root_pointer(void **state)
{
	(void)state;
	machine(true);
	assert_int_equal(any_acpi_find(&physical, BASE + RSDP + 16, &acpi, &error), -ANY_ENOENT);
	assert_int_equal(any_acpi_find(&physical, 0, &acpi, &error), -ANY_ENOENT);
	assert_string_equal(error.text, "RSDP: at 0x00000000: is not in memory");
}

/* Any byte of the root pointer or the list that changes is noticed; nothing is found. */
static void test_damage(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 36 + 20; i++) { /* of a new one, of an old one */
		const unsigned at = i < 36 ? i : i - 36;

		machine(i < 36);
		memory.bytes[RSDP + at] ^= 0x40;
		assert_int_equal(find(), at < 8 ? -ANY_ENOENT : -ANY_EINVAL);
		assert_true(error.text[0]);
		assert_null(acpi.dmar.data);
	}
	for (unsigned i = 0; i < 36 + 8 * TABLES; i++) {
		machine(true);
		memory.bytes[LIST + i] ^= 0x40;
		assert_int_equal(find(), -ANY_EINVAL);
		assert_null(acpi.dmar.data);
	}
}

/* Entries that lead nowhere are passed over, tables of no size too. */
static void test_entries_in_vain(void **state)
{
	static const uint64_t bad[] = {0, BASE - 1, BASE + MEMORY - 35, UINT64_MAX - 10};
	static const uint32_t sizes[] = {0, 35, (1u << 20) + 1, UINT32_MAX, MEMORY};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		machine(true);
		store(LIST + 36 + 8, 8, bad[i]);
		header(LIST, "XSDT", 36 + 8 * TABLES);
		assert_int_equal(find(), 0);
		assert_int_equal(place(&acpi.dmar), FIRST + 0x3000); /* the second one */
	}
	for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++) {
		machine(true);
		store(FIRST + 0x1000 + 4, 4, sizes[i]);
		assert_int_equal(find(), 0);
		assert_int_equal(place(&acpi.dmar), FIRST + 0x3000);
		machine(true);
		store(LIST + 4, 4, sizes[i]); /* of the list itself */
		assert_int_equal(find(), -ANY_EINVAL);
	}
	machine(true); /* the end of memory inside the list */
	memory.limit = LIST + 40;
	assert_int_equal(find(), -ANY_EINVAL);
	machine(true); /* half an entry is none */
	header(LIST, "XSDT", 36 + 8 + 7);
	assert_int_equal(find(), 0);
	assert_null(acpi.dmar.data);
	assert_true(memory.maps < 10);
}

static void test_mcfg(void **state)
{
	struct any_acpi_ecam ecam = {1, 2, 3};
	struct blob mcfg;

	(void)state;
	load(&mcfg, path);
	acpi = (struct any_acpi){.mcfg = table_of(&mcfg)};
	assert_int_equal(any_acpi_ecam(&acpi, 1, &ecam, &error), -ANY_ENOENT);
	assert_int_equal(ecam.base, 1);
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), 0);
	assert_int_equal(ecam.base, 0xb0000000);
	assert_true(ecam.first == 0 && ecam.last == 255);
	assert_int_equal(any_acpi_ecam(&acpi, 2, &ecam, &error), 0);
	assert_int_equal(ecam.base, 0x8000000000);
	assert_true(ecam.first == 0x40 && ecam.last == 0x7f);
	put(&mcfg, 44 + 16 + 10, 1, 0x80); /* ends before it begins */
	assert_int_equal(any_acpi_ecam(&acpi, 2, &ecam, &error), -ANY_EINVAL);
	assert_string_equal(error.text, "MCFG: at 0x0000003c: no place for these buses");
	put(&mcfg, 44, 8, 0xb0080000); /* not where a bus can begin */
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), -ANY_EINVAL);
	put(&mcfg, 44, 8, 0xfffffffffff00000); /* past the end of everything */
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), -ANY_EINVAL);
	put(&mcfg, 44, 8, 0);
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), -ANY_EINVAL);
	mcfg.bytes[50] ^= 1; /* and no checksum */
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), -ANY_EINVAL);
	acpi.mcfg.data = NULL;
	assert_int_equal(any_acpi_ecam(&acpi, 0, &ecam, &error), -ANY_ENOENT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_kinds_of_list),
		cmocka_unit_test(test_no_root_pointer),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_entries_in_vain),
		cmocka_unit_test(test_mcfg),
	};

	(void)argc;
	path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
