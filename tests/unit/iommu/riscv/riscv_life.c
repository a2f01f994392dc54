/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes, goes, and is left behind at a RISC-V IOMMU. */
#include "riscv_rig.h"

static void nothing_passes_unattached(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		assert_false(access_by(0x08, 0x1000, 1, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_DOMAIN, 0x1000, 1);
		attach(0);
		assert_false(access_by(0x09, 0x1000, 2, &phys));
		expect_fault(0x09, ANY_IOMMU_FAULT_DOMAIN, 0x1000, 2);
		assert_false(access_by(0xabcdef, 0x1000, 2, &phys));
		expect_fault(0xabcdef, ANY_IOMMU_FAULT_DOMAIN, 0x1000, 2);
		assert_false(access_by(0x08, 0x1000, 2, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_MAPPING, 0x1000, 2);
		assert_int_equal(map(0, 0x1000, 0x5000, PAGE, 3), 0);
		assert_true(access_by(0x08, 0x1234, 2, &phys));
		assert_int_equal(phys, 0x5234);
		assert_int_equal(any_riscv_iommu_fini(&iommu), -ANY_EBUSY);
		assert_int_equal(any_riscv_iommu_detach(&domains[0]), 0);
		assert_false(access_by(0x08, 0x1234, 2, &phys));
		expect_fault(0x08, ANY_IOMMU_FAULT_DOMAIN, 0x1234, 2);
		assert_int_equal(any_riscv_iommu_detach(&domains[0]), -ANY_EINVAL);
		assert_int_equal(any_riscv_iommu_fini(&iommu), 0);
		assert_int_equal(x.m.pages.used, 0);
		assert_false(access_by(0x08, 0x1234, 2, &phys)); /* off, and still nothing */
	}
}

/* Another device with the same number of a domain, and the same device again. */
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
			assert_int_equal(any_riscv_iommu_attach(&iommu, &domains[2], devices[i]),
					 -ANY_EBUSY);
			assert_false(access_by(devices[i], 0x1000, 1, &phys));
			expect_fault(devices[i], ANY_IOMMU_FAULT_MAPPING, 0x1000, 1);
			assert_int_equal(map(i, 0x1000, 0x70000 + round * PAGE, PAGE, 3), 0);
			assert_true(access_by(devices[i], 0x1000, 1, &phys));
			assert_int_equal(phys, 0x70000 + round * PAGE);
			assert_int_equal(any_riscv_iommu_detach(&domains[i]), 0);
			/* And that it has none is remembered. */
			assert_false(access_by(devices[i], 0x1000, 1, &phys));
			expect_fault(devices[i], ANY_IOMMU_FAULT_DOMAIN, 0x1000, 1);
		}
	}
}

/* Batches: what one range left behind is not given back at another range's sync. */
static void deferred_and_strict_together(void **state)
{
	uint64_t phys;

	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, PAGE, 3), 0);
		assert_int_equal(map(0, BASE + 512 * PAGE, 0x90000000ull, 2 * PAGE, 3), 0);
		assert_true(access_by(devices[0], BASE, 1, &phys));
		any_riscv_iommu_ops.unmap(&domains[0], any_dma(BASE), PAGE); /* deferred */
		unmap(0, BASE + 512 * PAGE, PAGE);			     /* strict */
		/* The page its table was in is another's now. */
		assert_int_equal(any_riscv_iommu_ops.map(&domains[0], any_dma(8ull << 30),
							 any_phys(0xa0000000ull), PAGE, 3),
				 0);
		assert_false(access_by(devices[0], BASE, 1, &phys));
		assert_false(access_by(devices[0], BASE + 3 * PAGE, 1, &phys));
		any_riscv_iommu_ops.inval(&domains[0], any_dma(0), 0);
		any_riscv_iommu_ops.sync(&domains[0]);
		assert_false(access_by(devices[0], BASE, 1, &phys));
		assert_true(access_by(devices[0], BASE + 513 * PAGE, 1, &phys));
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
		assert_true(access_by(devices[0], BASE, 1, &phys));
		domains[0].table.root[v->sv48 ? 0 : BASE >> 30] = 0x3ffffc01ull;
		unmap(0, BASE, 2 * PAGE);
		assert_int_equal(iommu.errors, 1);
		assert_false(access_by(devices[0], BASE, 1, &phys));
		expect_fault(devices[0], ANY_IOMMU_FAULT_DOMAIN, BASE, 1);
		assert_int_equal(any_riscv_iommu_detach(&domains[0]), 0);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, PAGE, 3), 0);
		assert_true(access_by(devices[0], BASE, 1, &phys));
	}
}

static void few_pages_are_invalidated_one_by_one(void **state)
{
	(void)state;
	EACH_VARIANT(v)
	{
		up(v);
		attach(0);
		assert_int_equal(map(0, BASE, 0x80000000ull, 64 * PAGE, 3), 0);
		unmap(0, BASE, 16 * PAGE);
		assert_int_equal(x.by_page, 16);
		unmap(0, BASE + 16 * PAGE, 17 * PAGE);
		assert_int_equal(x.by_page, 16);
	}
}

static void too_few_pages(void **state)
{
	bool came_up = false;

	(void)state;
	EACH_VARIANT(v)
	for (uint32_t pages = 1; pages < 12; pages++) {
		begin(v, pages);
		int err = any_riscv_iommu_init(&iommu, x.regs, &x.m.pages);

		if (err) {
			assert_int_equal(err, -ANY_ENOMEM);
			assert_int_equal(x.m.pages.used, 0);
			continue;
		}
		came_up = true;
		err = any_riscv_iommu_attach(&iommu, &domains[0], devices[0]);
		if (err) {
			assert_int_equal(err, -ANY_ENOMEM);
			assert_null(domains[0].iommu);
		} else {
			err = map(0, BASE, 0x80000000ull, 1024 * PAGE + PAGE, 3);
			assert_true(!err || err == -ANY_ENOMEM);
			assert_int_equal(any_riscv_iommu_detach(&domains[0]), 0);
		}
		assert_int_equal(any_riscv_iommu_fini(&iommu), 0);
		assert_int_equal(x.m.pages.used, 0);
	}
	assert_true(came_up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_passes_unattached),
		cmocka_unit_test(domains_come_and_go),
		cmocka_unit_test(deferred_and_strict_together),
		cmocka_unit_test(what_cannot_be_unmapped_is_closed),
		cmocka_unit_test(few_pages_are_invalidated_one_by_one),
		cmocka_unit_test(too_few_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
