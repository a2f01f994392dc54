/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio IOMMU that fails, vanishes, or does not answer a reset: nobody waits for it, and what it
 * had stays its own.
 */
#include "virtio_rig.h"

#include "../virtio/vanish.h"

static struct rig rig;
static struct vanish vanish;
static struct any_virtio_iommu_domain domain;
static uint64_t more; /* the same over packed rings */

static void make(void)
{
	rig_init(&rig, WORLD_OFFSET, ALL | more);
	vanish_init(&vanish, &rig.transport);
}

static void up(void)
{
	make();
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(any_virtio_iommu_attach(&rig.iommu, &domain, 5, 2), 0);
	assert_int_equal(any_virtio_iommu_ops.map(&domain, any_dma(0x5000), any_phys(0x10000),
						  0x1000, ANY_IOMMU_READ),
			 0);
}

/* Memory is kept, however often it is asked for, until `reset` is true or somebody vouches. */
static void keeps_its_memory(void)
{
	const uint32_t pages = rig.world.coherent.pages_used;

	assert_true(pages > 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(any_virtio_iommu_fini(&rig.iommu), -ANY_ENODEV);
	assert_int_equal(rig.world.coherent.pages_used, pages);
}

static int request(void)
{
	return any_virtio_iommu_ops.map(&domain, any_dma(0x8000), any_phys(0), 0x1000,
					ANY_IOMMU_WRITE);
}

static void gone(void **state)
{
	uint32_t touched;

	(void)state;
	up();
	vanish.mode = VANISH_GONE;
	touched = vanish.touched;
	assert_int_equal(request(), -ANY_ENOMEM); /* nothing is mapped */
	assert_non_null(strstr(rig.iommu.virtio.why, "gone"));
	assert_true(rig.iommu.dead && rig.iommu.errors == 1);
	assert_int_equal(request(), -ANY_ENOMEM);
	any_virtio_iommu_ops.unmap(&domain, any_dma(0x5000), 0x1000);
	assert_int_equal(any_virtio_iommu_attach(&rig.iommu, &domain, 5, 3), -ANY_ENODEV);
	assert_true(vanish.touched - touched < 10);
	keeps_its_memory();
	any_virtio_removed(&rig.iommu.virtio);
	touched = vanish.touched;
	assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
	assert_int_equal(vanish.touched, touched);
	world_fini(&rig.world);
}

static void takes_no_requests(void *ctx, uint32_t notification)
{
	(void)notification;
	any_virtio_device_fail(ctx, "test");
}

static void vg_st_11_needs_reset_instead_of_an_answer(void **state)
{
	(void)state;
	up();
	rig.ops.kick = takes_no_requests;
	assert_int_equal(request(), -ANY_ENOMEM);
	assert_non_null(strstr(rig.iommu.virtio.why, "asks for a reset"));
	assert_true(rig.iommu.dead);
	assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
	world_fini(&rig.world);
}

static void does_not_reset(void **state)
{
	(void)state;
	up();
	vanish.mode = VANISH_DEAF;
	keeps_its_memory();
	/* It may still write a report: the place for it is not somebody else's. */
	assert_true(report(&rig, rig.probe, ANY_VIOMMU_FAULT_BYTES));
	vanish.mode = VANISH_NOT;
	assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
	world_fini(&rig.world);
}

static void gone_at_any_step_of_bring_up(void **state)
{
	uint32_t failed = 0, k = 1;
	bool was_gone;

	(void)state;
	do {
		make();
		vanish.after = k++;
		failed += rig_start(&rig) != 0;
		was_gone = vanish.mode == VANISH_GONE;
		any_virtio_removed(&rig.iommu.virtio);
		assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
		world_fini(&rig.world); /* and nothing is left */
	} while (was_gone);
	assert_true(failed >= 5);
}

/* What cannot be unmapped is closed: the endpoint reaches nothing any more. */
static void an_unmap_that_is_refused(void **state)
{
	(void)state;
	up();
	assert_int_equal(rig.domain_of[2], 5);
	rig.status = ANY_VIOMMU_S_DEVERR;
	any_virtio_iommu_ops.unmap(&domain, any_dma(0x5000), 0x1000);
	assert_int_equal(rig.domain_of[2], 0);
	assert_int_equal(rig.iommu.errors, 2);
	rig.status = -1;
	assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
	world_fini(&rig.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gone),
		cmocka_unit_test(vg_st_11_needs_reset_instead_of_an_answer),
		cmocka_unit_test(does_not_reset),
		cmocka_unit_test(gone_at_any_step_of_bring_up),
		cmocka_unit_test(an_unmap_that_is_refused),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);

	more = ANY_VIRTIO_F_RING_PACKED;
	return bad + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
