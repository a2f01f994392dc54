/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory anywhere in 64 bits: far banks, neighbours, the gap between, and what is said of them. */
#include "scene.h"

#define FAR   (1ull << 44) /* node 1 of Loongson-3 */
#define BANKS 5

static struct any_platform plat;
static struct lab_machine *m;

static const struct any_platform_range ram[BANKS] = {
	{0x80000000, 0x10000000},    {0x90000000, 0x1000}, /* goes on where the first ends */
	{512ull << 30, 40ull << 30}, {FAR, 0x200000},	   {0x1234000, 0x3000},
};

static void build(bool coherent)
{
	char why[ANY_LAB_TEXT] = "";

	memset(&plat, 0, sizeof(plat));
	plat.n_ram = BANKS;
	memcpy(plat.ram, ram, sizeof(ram));
	plat.facts.coherent = coherent;
	plat.machine.cache.line = 16;
	plat.machine.cache.n_views = 2;
	m = lab_machine_create(&plat, 1, why);
	if (!m)
		fail_msg("%s", why);
}

static void there_and_back(void **state)
{
	static const unsigned regions[] = {LAB_VIEW0, LAB_VIEW1, LAB_UNCACHED, LAB_DRAM};

	(void)state;
	build(false);
	for (unsigned i = 0; i < 2 * BANKS; i++) { /* in both orders: the hot bank must change */
		const struct any_platform_range *r = &ram[i < BANKS ? i : 2 * BANKS - 1 - i];
		const uint64_t at[] = {r->base, r->base + r->size / 2, r->base + r->size - 1};

		for (unsigned k = 0; k < 3; k++) {
			for (unsigned v = 0; v < 4; v++) {
				uint8_t *p = lab_ptr(m, regions[v], at[k]);

				assert_int_equal(lab_region_of((uintptr_t)p), regions[v]);
				assert_true(lab_phys_of((uintptr_t)p) == at[k]);
				*p = (uint8_t)(i + k + v); /* it is there */
			}
			lab_line(m, 1, at[k])->valid = 1;
			*lab_own(m, at[k]) = 1;
		}
	}
	lab_machine_destroy(m);
}

/* Every byte is its own: what one bank keeps about its bytes is not another's. */
static void apart(void **state)
{
	(void)state;
	build(false);
	for (unsigned i = 0; i < BANKS; i++) {
		*(uint8_t *)lab_ptr(m, LAB_DRAM, ram[i].base) = (uint8_t)(i + 1);
		*lab_own(m, ram[i].base) = (uint8_t)(i + 1);
		lab_line(m, 0, ram[i].base)->cpu_pc = i + 1;
		*lab_own(m, ram[i].base + ram[i].size - 1) = 0x80;
	}
	for (unsigned i = 0; i < BANKS; i++) {
		assert_int_equal(*(uint8_t *)lab_ptr(m, LAB_DRAM, ram[i].base), i + 1);
		assert_int_equal(*lab_own(m, ram[i].base), i + 1);
		assert_int_equal(lab_line(m, 0, ram[i].base)->cpu_pc, i + 1);
	}
	lab_machine_destroy(m);
}

static void neighbours_and_ends(void **state)
{
	uint64_t end, next;

	(void)state;
	build(true);
	end = lab_host(m, LAB_VIEW0, 0x8fffffff) + 1;
	next = lab_host(m, LAB_VIEW0, 0x90000000);
	assert_true(end == next); /* a buffer may lie across */
	assert_true(lab_phys_of(end) == 0x90000000);
	end = lab_host(m, LAB_VIEW0, FAR + 0x1fffff) + 1;
	assert_true(lab_phys_of(end) == FAR + 0x200000);
	assert_true(lab_host(m, LAB_VIEW0, 0x1234000) - end >= LAB_BANK_GAP);
	assert_false(lab_is_ram(m, FAR + 0x1fffff, 2));
	assert_false(lab_is_ram(m, 0, 1));
	assert_true(lab_phys_of((uintptr_t)lab_ptr(m, LAB_MMIO, 0x8008)) == 0x8008);
	lab_machine_destroy(m);
}

/* More than a region holds is one line, not a crash. */
static void too_much(void **state)
{
	char why[ANY_LAB_TEXT] = "";

	(void)state;
	memset(&plat, 0, sizeof(plat));
	plat.n_ram = 1;
	plat.ram[0] = (struct any_platform_range){0, 90ull << 30};
	assert_null(lab_machine_create(&plat, 1, why));
	assert_string_equal(why, "more memory than the lab holds, 85 GiB");
	plat.ram[0] = (struct any_platform_range){1ull << 63, 4096};
	assert_null(lab_machine_create(&plat, 1, why));
	assert_non_null(strstr(why, "2^63"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(apart),
		cmocka_unit_test(neighbours_and_ends),
		cmocka_unit_test(too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
