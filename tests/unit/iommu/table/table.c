/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of every format, as walkers that were written from the specifications find them. */
#include "table_rig.h"

static struct {
	uint64_t phys; /* 0: not mapped */
	unsigned prot;
} want[N];
static uint64_t seed;

static uint32_t chance(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static void start(const struct kind *k, uint32_t pages, bool noncoherent)
{
	memset(want, 0, sizeof(want));
	begin(k, pages, noncoherent);
}

static void expect_at(const struct kind *k, uint32_t i, uint64_t offset)
{
	const uint64_t va = BASE + i * PAGE + offset;
	const unsigned prot = want[i].prot == 2 && !k->write_alone ? 3 : want[i].prot;
	struct any_iommu_walk own;
	struct found found;
	const bool there = k->walk(&m, root(), va, &found);
	const int err = any_iommu_table_walk(&table, any_dma(va), &own);

	assert_int_equal(there, want[i].phys != 0);
	assert_int_equal(err, there ? 0 : -ANY_ENOENT);
	if (!there)
		return;
	assert_int_equal(found.phys, want[i].phys + offset);
	assert_int_equal(found.access, prot);
	assert_int_equal(own.phys.raw, found.phys);
	assert_int_equal(own.access, found.access);
}

static void expect_all(const struct kind *k)
{
	for (uint32_t i = 0; i < N; i++)
		expect_at(k, i, chance(4096));
}

/* Pages beside those that tables need now: none, once what was set aside is given back. */
static void expect_pages(const struct kind *k)
{
	uint32_t need = k->format->levels - 2u, tables = 0, above[2] = {0, 0};

	any_iommu_table_reclaim(&table);
	for (uint32_t block = 0; block < N / 512; block++) {
		struct any_iommu_walk walk;
		bool any = false;

		for (uint32_t i = 0; i < 512; i++)
			if (want[block * 512 + i].phys) {
				any = true;
				assert_int_equal(any_iommu_table_walk(
							 &table,
							 any_dma(BASE + (block * 512 + i) * PAGE),
							 &walk),
						 0);
				tables += !walk.level;
				break;
			}
		above[block / 4] |= any;
	}
	need = above[0] || above[1] ? k->format->levels - 3u : 0;
	assert_int_equal(m.pages.used, 1 + need + above[0] + above[1] + tables);
}

static void remember(uint32_t i, uint32_t n, uint64_t phys, unsigned prot)
{
	for (uint32_t j = 0; j < n; j++) {
		want[i + j].phys = phys ? phys + j * PAGE : 0;
		want[i + j].prot = prot;
	}
}

static bool any_mapped(uint32_t i, uint32_t n)
{
	while (n--)
		if (want[i + n].phys)
			return true;
	return false;
}

static void random_step(const struct kind *k)
{
	const bool large = !chance(3);
	const uint32_t i = large ? chance(8) * 512 : chance(N);
	const uint32_t most = N - i,
		       n = large ? (1 + chance(2)) * 512 + chance(2) * chance(600) : 1 + chance(40);
	const uint32_t len = n < most ? n : most;
	const uint64_t phys =
		0x80000000ull + chance(64) * BLOCK + (chance(2) ? 0 : chance(512) * PAGE);
	const unsigned prot = 1 + chance(3);
	int err;

	if (chance(2)) {
		err = map(i, len, phys, prot);
		assert_int_equal(err, any_mapped(i, len) ? -ANY_EBUSY : 0);
		if (!err)
			remember(i, len, phys, prot);
	} else {
		assert_int_equal(unmap(i, len), 0);
		remember(i, len, 0, 0);
	}
	if (chance(2))
		any_iommu_table_reclaim(&table);
	for (uint32_t j = 0; j < 64; j++)
		expect_at(k, chance(N), chance(4096));
	expect_at(k, i, 0);
	expect_at(k, i + len - 1, 4095);
	if (i)
		expect_at(k, i - 1, 4095);
	if (i + len < N)
		expect_at(k, i + len, 0);
}

static void random_maps_and_unmaps(void **state)
{
	unsigned breaks = 0;

	(void)state;
	EACH_KIND(k)
	for (int noncoherent = 0; noncoherent < 2; noncoherent++) {
		seed = (uint64_t)(k - kinds) * 2 + (unsigned)noncoherent + 1;
		start(k, ARENA, noncoherent);
		for (unsigned step = 0; step < 60; step++) {
			random_step(k);
			if (step % 10 == 9) {
				expect_all(k);
				expect_pages(k);
			}
		}
		assert_int_equal(unmap(0, N), 0);
		remember(0, N, 0, 0);
		expect_all(k);
		expect_pages(k);
		assert_int_equal(m.pages.used, 1);
		any_iommu_table_fini(&table);
		assert_int_equal(m.pages.used, 0);
		assert_true(noncoherent ? m.cleans > 0 : m.cleans == 0);
		breaks += broken;
	}
	assert_true(breaks > 0);
}

/* Whatever page is the one too many, nothing was mapped and no page is lost. */
static void full_tables(void **state)
{
	(void)state;
	EACH_KIND(k)
	for (uint32_t pages = 1; pages < 16; pages++) {
		start(k, pages, false);
		int err = map(500, 3500, 0x80003000ull, 3);
		uint32_t used;

		if (!err) {
			remember(500, 3500, 0x80003000ull, 3);
			assert_true(pages >= 11);
		} else {
			assert_int_equal(err, -ANY_ENOMEM);
			any_iommu_table_reclaim(&table);
			assert_int_equal(m.pages.used, 1);
		}
		expect_all(k);
		used = m.pages.used;
		assert_int_equal(used, m.pages.peak < used ? 0 : used);
		any_iommu_table_fini(&table);
		assert_int_equal(m.pages.used, 0);
		assert_true(m.pages.peak <= pages);
	}
}

static void no_page_to_split_a_block(void **state)
{
	(void)state;
	EACH_KIND(k)
	{
		start(k, k->format->levels - 1u, false);
		assert_int_equal(map(512, 512, 0x80000000ull, 3), 0);
		remember(512, 512, 0x80000000ull, 3);
		assert_int_equal(unmap(600, 1), -ANY_ENOMEM);
		expect_all(k);
		assert_int_equal(broken, 0);
		assert_int_equal(unmap(512, 512), 0);
		remember(512, 512, 0, 0);
		expect_all(k);
	}
}

/* 1 GiB, of which a page in the middle goes: two splits, everything else stays. */
static void a_page_of_a_gigabyte(void **state)
{
	const uint64_t gib = 1ull << 30, iova = 4 * gib, phys = 0x40000000ull, hole = 0x12345000ull;
	struct any_iommu_walk walk;
	struct found found;

	(void)state;
	EACH_KIND(k)
	{
		start(k, ARENA, false);
		assert_int_equal(any_iommu_table_map(&table, any_dma(iova), any_phys(phys), gib, 1),
				 0);
		assert_int_equal(any_iommu_table_walk(&table, any_dma(iova + 5), &walk), 0);
		assert_int_equal(walk.size, gib);
		assert_int_equal(any_iommu_table_unmap(&table, any_dma(iova + hole), PAGE), 0);
		assert_int_equal(broken, k->breaks ? 2 : 0);
		for (uint64_t at = 0; at < gib; at += 0x7f000) {
			assert_true(k->walk(&m, root(), iova + at, &found));
			assert_int_equal(found.phys, phys + at);
			assert_int_equal(found.access, 1);
		}
		assert_false(k->walk(&m, root(), iova + hole, &found));
		assert_true(k->walk(&m, root(), iova + hole - 1, &found));
		assert_true(k->walk(&m, root(), iova + hole + PAGE, &found));
		assert_int_equal(found.phys, phys + hole + PAGE);
	}
}

/* A page is not the next table's until the caller has waited for its invalidation. */
static void pages_wait_for_reclaim(void **state)
{
	(void)state;
	EACH_KIND(k)
	{
		const uint32_t all = k->format->levels + 0u;

		start(k, all, false);
		assert_int_equal(map(3, 1, 0x80000000ull, 3), 0);
		assert_int_equal(m.pages.used, all);
		assert_int_equal(unmap(3, 1), 0);
		assert_int_equal(m.pages.used, all);
		assert_int_equal(map(4, 1, 0x80000000ull, 3), -ANY_ENOMEM);
		any_iommu_table_reclaim(&table);
		assert_int_equal(m.pages.used, 1);
		assert_int_equal(map(4, 1, 0x80000000ull, 3), 0);
		assert_int_equal(m.pages.used, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_maps_and_unmaps),   cmocka_unit_test(full_tables),
		cmocka_unit_test(no_page_to_split_a_block), cmocka_unit_test(a_page_of_a_gigabyte),
		cmocka_unit_test(pages_wait_for_reclaim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
