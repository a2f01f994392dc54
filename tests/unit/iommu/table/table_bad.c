/* SPDX-License-Identifier: BSD-2-Clause */
/* What tables refuse, and pages for them. */
#include "table_rig.h"

static void what_cannot_be_said(void **state)
{
	(void)state;
	EACH_KIND(k)
	{
		const uint64_t end = 1ull << k->format->input_bits;
		const uint64_t far = 1ull << k->format->output_bits;

		begin(k, ARENA, false);
#define MAP(iova, phys, len, prot)                                                                 \
	any_iommu_table_map(&table, any_dma(iova), any_phys(phys), len, prot)
		assert_int_equal(MAP(0x1001, 0, PAGE, 3), -ANY_EINVAL);
		assert_int_equal(MAP(0x1000, 1, PAGE, 3), -ANY_EINVAL);
		assert_int_equal(MAP(0x1000, 0, 0, 3), -ANY_EINVAL);
		assert_int_equal(MAP(0x1000, 0, PAGE + 1, 3), -ANY_EINVAL);
		assert_int_equal(MAP(0x1000, 0, PAGE, 0), -ANY_EINVAL);
		assert_int_equal(MAP(end, 0, PAGE, 3), -ANY_ERANGE);
		assert_int_equal(MAP(end - PAGE, 0, 2 * PAGE, 3), -ANY_ERANGE);
		assert_int_equal(MAP(0 - PAGE, 0, 2 * PAGE, 3), -ANY_ERANGE);
		assert_int_equal(MAP(0, far, PAGE, 3), -ANY_ERANGE);
		assert_int_equal(MAP(0, far - PAGE, 2 * PAGE, 3), -ANY_ERANGE);
		assert_int_equal(m.pages.used, 1);
		assert_int_equal(MAP(end - PAGE, far - PAGE, PAGE, 3), 0);
		assert_int_equal(any_iommu_table_unmap(&table, any_dma(end - PAGE), 2 * PAGE),
				 -ANY_ERANGE);
		assert_int_equal(any_iommu_table_unmap(&table, any_dma(5), PAGE), -ANY_EINVAL);
		struct any_iommu_walk walk;
		assert_int_equal(any_iommu_table_walk(&table, any_dma(end), &walk), -ANY_ENOENT);
		assert_int_equal(any_iommu_table_walk(&table, any_dma(end - 1), &walk), 0);
		assert_int_equal(walk.phys.raw, far - 1);
	}
}

/* Somebody wrote where only we write: an error, and no access out of the pages. */
static void tables_overwritten(void **state)
{
	struct any_iommu_walk walk;

	(void)state;
	EACH_KIND(k)
	{
		begin(k, ARENA, false);
		assert_int_equal(map(3, 1, 0x80000000ull, 3), 0);
		for (uint32_t i = 0; i < 512; i++)
			table.root[i] = k->format->table;
		assert_int_equal(map(4, 1, 0x80000000ull, 3), -ANY_EPROTO);
		assert_int_equal(unmap(3, 1), -ANY_EPROTO);
		assert_int_equal(any_iommu_table_walk(&table, any_dma(BASE), &walk), -ANY_EPROTO);
		any_iommu_table_fini(&table);
	}
}

/* Registers of another device are no memory. */
static void kinds_of_memory(void **state)
{
	struct any_iommu_walk walk[3];

	(void)state;
	begin(&kinds[0], ARENA, false);
	assert_int_equal(map(0, 1, 0x80000000ull, 3), 0);
	assert_int_equal(map(1, 1, 0x80000000ull, 3 | ANY_IOMMU_MMIO), 0);
	table.snooped = false;
	assert_int_equal(map(2, 1, 0x80000000ull, 3), 0);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(any_iommu_table_walk(&table, any_dma(BASE + i * PAGE), &walk[i]),
				 0);
	assert_int_equal(walk[0].entry & 0x31c, 0x304); /* attribute 1, inner shareable */
	assert_int_equal(walk[1].entry & 0x31c, 0x200); /* attribute 0 */
	assert_int_equal(walk[2].entry & 0x31c, 0x208); /* attribute 2, outer */
}

static void pages_that_cannot_be(void **state)
{
	struct any_iommu_pages bad;

	(void)state;
	memory_init(&m, ARENA, true);
#define BAD(field, value)                                                                          \
	bad = m.pages;                                                                             \
	bad.field = value;                                                                         \
	assert_int_equal(any_iommu_pages_init(&bad), -ANY_EINVAL)
	BAD(cpu, NULL);
	BAD(page, NULL);
	BAD(count, 0);
	BAD(count, ANY_IOMMU_PAGES_MAX + 1);
	BAD(addr.raw, ARENA_ADDR + 8);
	BAD(phys.raw, 0x999008);
	assert_null(any_iommu_pages_take(&m.pages, 3));
	assert_null(any_iommu_pages_take(&m.pages, 0));
	assert_null(any_iommu_pages_take(&m.pages, 2 * ARENA));
}

/* The CPU reads what the IOMMU wrote, not what it had read before; and no write-back buries it. */
static void what_the_iommu_wrote(void **state)
{
	uint64_t *page;

	(void)state;
	memory_init(&m, ARENA, true);
	page = any_iommu_pages_take(&m.pages, 1);
	m.seen[1] = 42;
	m.syncs = m.invals = 0;
	any_iommu_pages_inval(&m.pages, page, 64);
	assert_int_equal(page[1], 42);
	assert_int_equal(m.invals, 1);
	assert_int_equal(m.syncs, 1);
	memory_init(&m, ARENA, false);
	any_iommu_pages_inval(&m.pages, page, 64);
	assert_int_equal(m.invals + m.syncs, 0);
}

/* Neighbours are aligned to their size by the IOMMU's address, and what is passed over is not lost.
 */
static void neighbours(void **state)
{
	uint8_t *one, *four;

	(void)state;
	memory_init(&m, ARENA, false);
	one = any_iommu_pages_take(&m.pages, 1);
	four = any_iommu_pages_take(&m.pages, 4);
	assert_int_equal(any_iommu_pages_addr(&m.pages, four).raw % (4 * PAGE), 0);
	for (uint32_t i = 0; i < 4 * PAGE; i++)
		assert_int_equal(four[i], 0);
	assert_ptr_equal(any_iommu_pages_at(&m.pages, any_dma(ARENA_ADDR + PAGE)), one + PAGE);
	assert_null(any_iommu_pages_at(&m.pages, any_dma(ARENA_ADDR - PAGE)));
	assert_null(any_iommu_pages_at(&m.pages, any_dma(ARENA_ADDR + ARENA * PAGE)));
	assert_null(any_iommu_pages_at(&m.pages, any_dma(ARENA_ADDR + 8)));
	for (uint32_t i = 5; i < ARENA; i++)
		assert_non_null(any_iommu_pages_take(&m.pages, 1));
	assert_null(any_iommu_pages_take(&m.pages, 1));
	assert_int_equal(m.pages.used, ARENA);
	any_iommu_pages_give(&m.pages, one);
	assert_ptr_equal(any_iommu_pages_take(&m.pages, 1), one);
	assert_int_equal(m.pages.peak, ARENA);
}

static void formats_that_cannot_be(void **state)
{
	struct any_iommu_table_format f;

	(void)state;
	memory_init(&m, ARENA, false);
	table = (struct any_iommu_table){.format = &f, .pages = &m.pages};
#define FORMAT(field, value)                                                                       \
	f = any_iommu_vtd_second;                                                                  \
	f.field = value;                                                                           \
	assert_int_equal(any_iommu_table_init(&table), -ANY_EINVAL)
	FORMAT(levels, 0);
	FORMAT(levels, 6);
	FORMAT(root_bits, 0);
	FORMAT(root_bits, 14);
	FORMAT(leaves, 0x6);
	FORMAT(leaves, 0x11);
	FORMAT(input_bits, 49);
	FORMAT(output_bits, 64);
	/* Four pages stand for a root of 11 bits (Sv39x4). */
	f = any_iommu_riscv_sv39;
	f.root_bits = 11;
	f.input_bits = 41;
	assert_int_equal(any_iommu_table_init(&table), 0);
	assert_int_equal(m.pages.used, 4);
	assert_int_equal(
		any_iommu_table_map(&table, any_dma((1ull << 41) - PAGE), any_phys(0), PAGE, 3), 0);
	assert_int_equal(table.root[2047] & 1, 1);
	any_iommu_table_fini(&table);
	assert_int_equal(m.pages.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_said),
		cmocka_unit_test(tables_overwritten),
		cmocka_unit_test(kinds_of_memory),
		cmocka_unit_test(pages_that_cannot_be),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(what_the_iommu_wrote),
		cmocka_unit_test(formats_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
