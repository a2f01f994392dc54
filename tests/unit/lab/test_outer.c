/* SPDX-License-Identifier: BSD-2-Clause */
/* What is below the inner cache, and what goes around it: outer caches, read-ahead buffers, a
 * snooped aperture, uncached memory at an address of its own (M10, M11, M16; hazards 6 and 9). */
#include "scene.h"
#include "lab/port/port.h"

static struct scene s;
static struct any_dma_mapping map;

static uint64_t phys_of(const uint8_t *at)
{
	return lab_phys_of((uint64_t)(uintptr_t)at);
}

static uint8_t memory(const uint8_t *at)
{
	return *(uint8_t *)lab_ptr(s.m, LAB_DRAM, phys_of(at));
}

static void inner(enum lab_cache_kind kind, const uint8_t *at, uint64_t len)
{
	lab_cache_op(s.m, kind, LAB_VIEW0, phys_of(at), len, 0);
	lab_cache_sync(s.m);
}

static void outer(enum lab_cache_kind kind, uint64_t key, uint64_t len)
{
	lab_outer_op(s.m, kind, key, len, 0);
	lab_outer_sync(s.m, 0);
}

static void expect(const char *platform, void (*change)(struct any_platform *plat),
		   void (*body)(void), enum any_lab_rule rule)
{
	for (volatile unsigned seed = 1; seed <= 8; seed++) {
		enum any_lab_rule got;

		scene_open_changed(&s, platform, seed, change);
		memset(&map, 0, sizeof(map));
		got = SCENE_RULE(&s, body());
		if (got != rule)
			print_error("%s, seed %u: %s: %s\n", platform, seed, any_lab_rules[got].id,
				    s.report.text);
		assert_int_equal(got, rule);
		scene_close(&s);
	}
}

static void two_levels(void)
{
	scene_store(&s, s.ram, 7, 32);
	inner(LAB_CLEAN, s.ram, 32);
	assert_int_equal(memory(s.ram), 0);
	outer(LAB_CLEAN, phys_of(s.ram), 32);
	assert_int_equal(memory(s.ram), 7);
}

static void map_dirty(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_TO_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
}

static void out_wrong_order(void)
{
	map_dirty();
	outer(LAB_CLEAN, phys_of(s.ram), 512);
	inner(LAB_CLEAN, s.ram, 512);
	scene_device(&s, map.addr.raw, 512, false);
}

static void out_without_sync(void)
{
	map_dirty();
	inner(LAB_CLEAN, s.ram, 512);
	lab_outer_op(s.m, LAB_CLEAN, phys_of(s.ram), 512, 0);
	scene_device(&s, map.addr.raw, 512, false);
}

static void out_right(void)
{
	map_dirty();
	inner(LAB_CLEAN, s.ram, 512);
	outer(LAB_CLEAN, phys_of(s.ram), 512);
	scene_device(&s, map.addr.raw, 512, false);
}

static void device_wrote(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	scene_device(&s, map.addr.raw, 512, true);
	any_dma_sync_for_cpu(&s.dma, &map, 0, 0);
}

static void in_wrong_order(void)
{
	device_wrote();
	inner(LAB_INVAL, s.ram, 512);
	outer(LAB_INVAL, phys_of(s.ram), 512);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
}

static void in_right(void)
{
	device_wrote();
	outer(LAB_INVAL, phys_of(s.ram), 512);
	inner(LAB_INVAL, s.ram, 512);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
}

static void in_inner_only(void)
{
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
	device_wrote();
	inner(LAB_INVAL, s.ram, 512);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
}

static void no_speculation(struct any_platform *plat)
{
	plat->machine.cache.speculates = plat->facts.speculates = false;
}

/* Whole lines of the inner cache, halves of the outer one's. */
static void half_a_line(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram + 64, 64, ANY_DMA_FROM_DEVICE, &map), 0);
}

static void inner_line_only(struct any_platform *plat)
{
	plat->facts.line = plat->machine.cache.line;
}

static void test_outer_order(void **state)
{
	(void)state;
	expect("arm-v7-pl310", NULL, two_levels, ANY_LAB_OK);
	expect("arm-v7-pl310", NULL, out_wrong_order, ANY_LAB_DIRTY_READ);
	expect("arm-v7-pl310", NULL, out_without_sync, ANY_LAB_DIRTY_READ);
	expect("arm-v7-pl310", NULL, out_right, ANY_LAB_OK);
	expect("arm-v7-pl310", NULL, in_wrong_order, ANY_LAB_STALE_READ);
	expect("arm-v7-pl310", no_speculation, in_wrong_order, ANY_LAB_OK);
	expect("arm-v7-pl310", NULL, in_right, ANY_LAB_OK);
	expect("arm-v7-pl310", no_speculation, in_inner_only, ANY_LAB_STALE_READ);
	expect("arm-outer-other", NULL, in_right, ANY_LAB_OK);
	expect("arm-outer-other", NULL, half_a_line, ANY_LAB_OK);
	expect("arm-outer-other", inner_line_only, half_a_line, ANY_LAB_LINE_SHARED);
}

static void key_is_another_address(void)
{
	scene_store(&s, s.ram, 7, 32);
	inner(LAB_CLEAN, s.ram, 32);
	outer(LAB_CLEAN, phys_of(s.ram), 32);
	assert_int_equal(memory(s.ram), 0);
	lab_port_outer(s.m, LAB_CLEAN, phys_of(s.ram), 32);
	lab_port_outer_sync(s.m);
	assert_int_equal(memory(s.ram), 7);
}

static void sync_hangs(struct any_platform *plat)
{
	plat->machine.drain_to_device = ANY_RITUAL_FORBIDDEN;
	plat->facts.drains = 0;
}

static void complete_without(void)
{
	scene_store(&s, s.ram, 7, 32);
	lab_port_cache_ops.clean(s.m, s.ram, any_phys(phys_of(s.ram)), 32);
	lab_port_cache_ops.sync(s.m);
	assert_int_equal(memory(s.ram), 7);
}

static void test_outer_keys_and_sync(void **state)
{
	(void)state;
	expect("arm-bcm-kona", NULL, key_is_another_address, ANY_LAB_OK);
	expect("arm-v7-pl310", sync_hangs, complete_without, ANY_LAB_OK);
	expect("arm-v7-pl310", sync_hangs, two_levels, ANY_LAB_DEADLOCK);
}

/* The first line brings the second along; the device then writes that one. */
static void fetched_ahead(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	inner(LAB_INVAL, s.ram, 512);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 1, 0);
	scene_device(&s, map.addr.raw + s.m->line, s.m->line, true);
}

static void ahead_and_old(void)
{
	fetched_ahead();
	inner(LAB_INVAL, s.ram, 512);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram) + s.m->line, 1, 0);
}

static void ahead_and_emptied(void)
{
	fetched_ahead();
	inner(LAB_INVAL, s.ram, 512);
	s.port.plat.ops->drain(s.port.plat.ctx, ANY_DMA_FROM_DEVICE);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram) + s.m->line, 1, 0);
	lab_arrival_deliver(s.m, s.m->write_head);
	assert_int_equal(memory(s.ram + s.m->line), 0xdd);
}

static void test_read_ahead(void **state)
{
	(void)state;
	expect("bmips-rac", NULL, ahead_and_old, ANY_LAB_STALE_READ);
	expect("bmips-rac", NULL, ahead_and_emptied, ANY_LAB_OK);
	expect("arm-v6", NULL, ahead_and_old, ANY_LAB_OK);
}

/* A dirty line, if it can be dirty, under the device's eyes. */
static void dirty_and_read(uint64_t offset)
{
	uint64_t at = s.plat.machine.cache.snooped.base + offset;

	lab_cpu_store(s.m, LAB_VIEW0, at, 64, 0);
	memset(lab_ptr(s.m, LAB_VIEW0, at), 7, 64);
	lab_drain_all(s.m);
	lab_device_load(s.m, at, 64, 0);
	assert_int_equal(*(uint8_t *)lab_ptr(s.m, LAB_DRAM, at), 7);
}

static void inside(void)
{
	dirty_and_read(4096);
}

static void outside(void)
{
	dirty_and_read(s.plat.machine.cache.snooped.size);
}

static void across(void)
{
	uint64_t end = s.plat.machine.cache.snooped.base + s.plat.machine.cache.snooped.size;

	lab_cpu_store(s.m, LAB_VIEW0, end - 64, 128, 0);
	memset(lab_ptr(s.m, LAB_VIEW0, end - 64), 7, 128);
	assert_false(lab_is_dirty(lab_line(s.m, LAB_VIEW0, end - 64)));
	assert_true(lab_is_dirty(lab_line(s.m, LAB_VIEW0, end)));
}

static void test_snooped(void **state)
{
	(void)state;
	expect("arc-hs", NULL, inside, ANY_LAB_OK);
	expect("arc-hs", NULL, across, ANY_LAB_OK);
	expect("arc-hs", NULL, outside, ANY_LAB_DIRTY_READ);
}

static void alias_is_the_address(void)
{
	const struct any_platform_alias *a = &s.plat.machine.cache.uncached;
	struct any_dma_coherent mem;
	const struct any_dma_region *coherent = &s.port.coherent.mem;

	assert_int_equal(coherent->phys.raw, a->alias + (s.plat.machine.coherent_base - a->base));
	assert_int_equal(lab_cache_bare(s.m, coherent->phys.raw), s.plat.machine.coherent_base);
	assert_int_equal(any_dma_alloc_coherent(&s.dma, 4096, &mem), 0);
	scene_store(&s, mem.cpu, 7, 64);
	lab_drain_all(s.m);
	scene_device(&s, mem.addr.raw, 64, false);
	any_dma_free_coherent(&s.dma, &mem);
}

static void test_uncached_alias(void **state)
{
	(void)state;
	expect("rv-jh7100", NULL, alias_is_the_address, ANY_LAB_OK);
	expect("mn10300-asb2305", NULL, alias_is_the_address, ANY_LAB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outer_order),    cmocka_unit_test(test_outer_keys_and_sync),
		cmocka_unit_test(test_read_ahead),     cmocka_unit_test(test_snooped),
		cmocka_unit_test(test_uncached_alias),
	};

	return cmocka_run_group_tests_name("lab: below and around the cache", tests, NULL, NULL);
}
