/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The barrier that other people's rings did not have, or had in the weaker form, by project and
 * number of the report. Each side publishes and then asks whether it may keep quiet, or asks to be
 * told and then looks once more: store, full barrier, load. Nothing less will do, on x86 either.
 */
#include "../ring/traced.h"

/* cloud-hypervisor #2179, #897: the device moves avail_event and looks again; iperf hangs. */
static void cloud_hypervisor_2179_avail_event(void **state)
{
	(void)state;
	for (int platform = 0; platform < 2; platform++) {
		watch(platform, true);
		any_ring_enable_kick(&pair.device);
		(void)any_ring_more_avail(&pair.device);
		expect(platform ? "st:avail_event dma_mb ld:avail.idx"
				: "st:avail_event smp_mb ld:avail.idx");
		unwatch();
	}
}

/* acrn-hypervisor #2733: the used index, and is the guest asleep? (In the lab: spdk-3178.) */
static void acrn_hypervisor_2733_a_call_is_lost(void **state)
{
	(void)state;
	for (int event_idx = 0; event_idx < 2; event_idx++) {
		watch(false, event_idx);
		make_two();
		trace[0] = 0;
		serve();
		assert_non_null(strstr(trace, event_idx ? "st:used.idx smp_mb ld:used_event"
							: "st:used.idx smp_mb ld:avail.flags"));
		unwatch();
	}
}

/*
 * rust-vmm/vm-virtio #18: acquire and release order neither a store before a load; the mirror in
 * the driver, which asks for a call and looks once more.
 */
static void vm_virtio_18_acquire_and_release_are_not_enough(void **state)
{
	(void)state;
	for (int event_idx = 0; event_idx < 2; event_idx++) {
		watch(true, event_idx);
		any_ring_enable_call(&pair.driver);
		(void)any_ring_more_used(&pair.driver);
		expect(event_idx ? "st:used_event dma_mb ld:used.idx"
				 : "st:avail.flags dma_mb ld:used.idx");
		unwatch();
	}
}

/*
 * au-ts/sddf #369, #642, #649, #651: what C's fences become orders CPUs, and the other side is a
 * device: with ORDER_PLATFORM every barrier of both roles is the platform's.
 */
static void sddf_649_barriers_are_the_devices(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(true, true);
	make_two();
	serve();
	assert_int_equal(any_ring_take_used(&pair.driver, &done), 0);
	any_ring_enable_call(&pair.driver);
	(void)any_ring_more_used(&pair.driver);
	any_ring_enable_kick(&pair.device);
	(void)any_ring_more_avail(&pair.device);
	assert_null(strstr(trace, "smp_"));
	assert_non_null(strstr(trace, "dma_wmb"));
	assert_non_null(strstr(trace, "dma_rmb"));
	assert_non_null(strstr(trace, "dma_mb"));
	unwatch();
}

/* lkl/linux #148: no barrier at all between an element, its index, and who reads them. */
static void lkl_148_no_barrier_at_all(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(false, false);
	make_two();
	assert_non_null(strstr(trace, "st:avail.entry smp_wmb st:avail.idx"));
	trace[0] = 0;
	serve();
	assert_non_null(strstr(trace, "ld:avail.idx smp_rmb ld:avail.entry"));
	assert_non_null(strstr(trace, "st:used.entry smp_wmb st:used.idx"));
	trace[0] = 0;
	assert_int_equal(any_ring_take_used(&pair.driver, &done), 0);
	expect("ld:used.idx smp_rmb ld:used.entry");
	unwatch();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cloud_hypervisor_2179_avail_event),
		cmocka_unit_test(acrn_hypervisor_2733_a_call_is_lost),
		cmocka_unit_test(vm_virtio_18_acquire_and_release_are_not_enough),
		cmocka_unit_test(sddf_649_barriers_are_the_devices),
		cmocka_unit_test(lkl_148_no_barrier_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
