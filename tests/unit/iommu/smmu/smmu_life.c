/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes, goes, and is left behind at a SMMUv3. */
#include "smmu_rig.h"

static void nothing_passes_unattached(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		assert_false(access_by(0x08, 0x1000, 1, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_DOMAIN, 0, 0);
		attach(0);
		assert_false(access_by(0x09, 0x1000, 2, &phys));
		expect_fault(0x09, ANY_IOMMU_FAULT_DOMAIN, 0, 0);
		assert_false(access_by(0x12345678, 0x1000, 2, &phys));
		expect_fault(0x12345678, ANY_IOMMU_FAULT_DOMAIN, 0, 0);
		assert_false(access_by(0x08, 0x1000, 2, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_MAPPING, 0x1000, 2);
		assert_int_equal(map(0, 0x1000, 0x5000, PAGE, 3), 0);
		assert_true(access_by(0x08, 0x1234, 2, &phys));
		assert_int_equal(phys, 0x5234);
		assert_int_equal(any_smmu_fini(&smmu), -ANY_EBUSY);
		/* Out of the domain, mapped or not. */
		assert_int_equal(any_smmu_detach(&domains[0]), 0);
		assert_false(access_by(0x08, 0x1234, 2, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_DOMAIN, 0, 0);
		assert_int_equal(any_smmu_detach(&domains[0]), -ANY_EINVAL);
		assert_int_equal(any_smmu_fini(&smmu), 0);
		assert_false(access_by(0x08, 0x1234, 2, &phys)); /* off, and still nothing */
	}
}

/* Another device with the same tag, and the same device with another: nothing of the past. */
static void domains_come_and_go(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		for (unsigned round = 0; round < 6; round++) {
			const unsigned i = round % 2;

			attach(i);
			assert_int_equal(domains[i].tag, 1);
			assert_int_equal(any_smmu_attach(&smmu, &domains[2], streams[i], true),
					 -ANY_EBUSY);
			assert_false(access_by(streams[i], 0x1000, 1, &phys));
			assert_int_equal(map(i, 0x1000, 0x70000 + round * PAGE, PAGE, 3), 0);
			assert_true(access_by(streams[i], 0x1000, 1, &phys));
			assert_int_equal(phys, 0x70000 + round * PAGE);
			assert_int_equal(any_smmu_detach(&domains[i]), 0);
		}
		for (unsigned i = 0; i < DEVS; i++)
			attach(i);
		assert_int_equal(domains[2].tag, 3);
		for (unsigned i = 0; i < DEVS; i++) {
			assert_int_equal(map(i, 0x1000, 0x70000 + i * PAGE, PAGE, 3), 0);
			assert_true(access_by(streams[i], 0x1000, 1, &phys));
			assert_int_equal(phys, 0x70000 + i * PAGE);
		}
	}
}

/* Batches: what one range left behind is not given back at another range's sync. */
static void deferred_and_strict_together(void **state)
{
	uint64_t phys;
	uint32_t used;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, PAGE, 3), 0);
		assert_int_equal(map(0, BASE + 512 * PAGE, 0x90000000ull, PAGE, 3), 0);
		assert_int_equal(map(0, BASE + 513 * PAGE, 0x90001000ull, PAGE, 3), 0);
		assert_true(access_by(streams[0], BASE, 1, &phys));
		any_smmu_ops.unmap(&domains[0], any_dma(BASE), PAGE); /* deferred */
		unmap(0, BASE + 512 * PAGE, PAGE);		      /* strict */
		used = x.m.pages.used;
		/* The page its table was in is another's now. */
		assert_int_equal(map(0, 8ull << 30, 0xa0000000ull, PAGE, 3), 0);
		assert_true(x.m.pages.used <= used + 2);
		assert_false(access_by(streams[0], BASE + 3 * PAGE, 1, &phys));
		assert_false(access_by(streams[0], BASE, 1, &phys));
		any_smmu_ops.inval(&domains[0], any_dma(0), 0);
		any_smmu_ops.sync(&domains[0]);
		assert_false(access_by(streams[0], BASE, 1, &phys));
		assert_true(access_by(streams[0], BASE + 513 * PAGE, 1, &phys));
	}
}

/* Where a table was set aside, the next mapping has another: the way to the first is forgotten. */
static void a_way_that_is_old(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, PAGE, 3), 0);
		assert_true(access_by(streams[0], BASE, 1, &phys));
		any_smmu_ops.unmap(&domains[0], any_dma(BASE), PAGE); /* deferred */
		assert_int_equal(map(0, BASE + PAGE, 0x90000000ull, PAGE, 3), 0);
		any_smmu_ops.map_sync(&domains[0], any_dma(BASE + PAGE), PAGE);
		assert_true(access_by(streams[0], BASE + PAGE, 1, &phys));
		assert_int_equal(phys, 0x90000000ull);
	}
}

static uint32_t touched;

/* Its own reports are of no interest: the block is out for a moment. */
static void touch_the_block(void)
{
	uint64_t phys;

	if (!access_by(streams[0], (touched++ % 8 + 1) * 37 * PAGE + (1ull << 30), 1, &phys))
		x.event_prod = x.event_cons;
}

/* While a device reads the rest of it. */
static void a_page_of_a_block(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, 1ull << 30, 0x80000000ull, 512 * PAGE, 3), 0);
		x.meanwhile = touch_the_block;
		unmap(0, (1ull << 30) + 5 * PAGE, PAGE);
		x.meanwhile = NULL;
		assert_true(touched > 0);
		assert_false(access_by(streams[0], (1ull << 30) + 5 * PAGE, 1, &phys));
		assert_true(access_by(streams[0], (1ull << 30) + 6 * PAGE, 1, &phys));
		assert_int_equal(phys, 0x80000000ull + 6 * PAGE);
	}
}

/* Somebody wrote in the tables: what is behind them cannot be found, so nothing passes at all. */
static void what_cannot_be_unmapped_is_closed(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, 2 * PAGE, 3), 0);
		assert_int_equal(map(0, 8ull << 30, 0x90000000ull, PAGE, 3), 0);
		assert_true(access_by(streams[0], 8ull << 30, 1, &phys));
		domains[0].table.root[BASE >> 30] = 0xfffffff003ull;
		unmap(0, BASE, 2 * PAGE);
		assert_int_equal(smmu.errors, 1);
		assert_false(access_by(streams[0], 8ull << 30, 1, &phys));
		expect_fault(streams[0], ANY_IOMMU_FAULT_DOMAIN, 0, 0);
		assert_int_equal(any_smmu_detach(&domains[0]), 0);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, PAGE, 3), 0);
		assert_true(access_by(streams[0], BASE, 1, &phys));
	}
}

/* One by one for a few pages: other translations stay. */
static void few_pages_are_invalidated_one_by_one(void **state)
{
	unsigned before;

	(void)state;
	EACH_VARIANT(v)
	{
		const unsigned one = v->stage2 ? 0x2a : 0x12, all = v->stage2 ? 0x28 : 0x11;

		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, 64 * PAGE, 3), 0);
		before = x.commands[all];
		unmap(0, BASE, 16 * PAGE);
		assert_int_equal(x.commands[one], 16);
		assert_int_equal(x.commands[all], before);
		unmap(0, BASE + 16 * PAGE, 17 * PAGE);
		assert_int_equal(x.commands[one], 16);
		assert_int_equal(x.commands[all], before + 1);
	}
}

static void too_few_pages(void **state)
{
	bool came_up = false;

	(void)state;
	EACH_VARIANT(v)
	for (uint32_t pages = 1; pages < 12; pages++) {
		begin(v, pages);
		int err = any_smmu_init(&smmu, x.regs, &x.m.pages);

		if (err) {
			assert_int_equal(err, -ANY_ENOMEM);
			assert_int_equal(x.m.pages.used, 0);
			continue;
		}
		came_up = true;
		err = any_smmu_attach(&smmu, &domains[0], streams[0], true);
		if (err) {
			assert_int_equal(err, -ANY_ENOMEM);
			assert_null(domains[0].smmu);
		} else {
			err = map(0, BASE, 0x80000000ull, 1024 * PAGE + PAGE, 3);
			assert_true(!err || err == -ANY_ENOMEM);
			assert_int_equal(any_smmu_detach(&domains[0]), 0);
		}
		assert_int_equal(any_smmu_fini(&smmu), 0);
		assert_int_equal(x.m.pages.used, 0);
	}
	assert_true(came_up);
}

/* All numbers but 0, and one more. */
static void all_domains(void **state)
{
	static struct any_smmu_domain many[ANY_SMMU_DOMAINS];
	static struct any_iommu_page pages[ARENA];
	uint32_t n = 0;
	int err = 0;

	(void)state;
	(void)pages;
	up(&variants[2]);
	for (; !err && n < ANY_SMMU_DOMAINS; n++)
		err = any_smmu_attach(&smmu, &many[n], n * 2, true);
	assert_int_equal(err, -ANY_ENOMEM);
	for (uint32_t i = 0; i + 1 < n; i++) {
		assert_int_equal(many[i].tag, i + 1);
		assert_int_equal(any_smmu_detach(&many[i]), 0);
	}
	assert_int_equal(any_smmu_fini(&smmu), 0);
	assert_int_equal(x.m.pages.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_passes_unattached),
		cmocka_unit_test(domains_come_and_go),
		cmocka_unit_test(deferred_and_strict_together),
		cmocka_unit_test(a_way_that_is_old),
		cmocka_unit_test(a_page_of_a_block),
		cmocka_unit_test(what_cannot_be_unmapped_is_closed),
		cmocka_unit_test(few_pages_are_invalidated_one_by_one),
		cmocka_unit_test(too_few_pages),
		cmocka_unit_test(all_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
