/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each cache of the catalogue does that an ordinary one does not (hazards 6 and 7), seen from
 * the machine's side: the instructions as a port would issue them if it knew no better, and then as
 * it must.
 */
#include "scene.h"

static struct scene s;
static struct any_dma_mapping map;

static uint64_t phys_of(const uint8_t *at)
{
	return lab_phys_of((uint64_t)(uintptr_t)at);
}

static struct lab_line *line_of(const uint8_t *at)
{
	return lab_line(s.m, LAB_VIEW0, phys_of(at));
}

static uint8_t memory(const uint8_t *at)
{
	return *(uint8_t *)lab_ptr(s.m, LAB_DRAM, phys_of(at));
}

/* One instruction sequence of a port over [at, at + len), which may drop what is dirty there. */
static void op(enum lab_cache_kind kind, const uint8_t *at, uint64_t len)
{
	s.m->cpu->in_api = 1;
	s.m->cpu->api_dir = ANY_DMA_FROM_DEVICE;
	s.m->cpu->api_from = (uint64_t)(uintptr_t)at & ~(uint64_t)(s.m->line - 1);
	s.m->cpu->api_to =
		((uint64_t)(uintptr_t)at + len + s.m->line - 1) & ~(uint64_t)(s.m->line - 1);
	lab_cache_op(s.m, kind, LAB_VIEW0, phys_of(at), len, 0);
	lab_cache_sync(s.m);
	s.m->cpu->in_api = 0;
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

/* ---- write-through: nothing to clean, but lines go stale */

static void stores_pass_the_line(void)
{
	scene_store(&s, s.ram, 7, 32);
	assert_false(lab_is_dirty(line_of(s.ram)));
	lab_drain_all(s.m);
	assert_int_equal(memory(s.ram), 7);
	scene_store(&s, s.ram + 4, 8, 4);
	assert_int_equal(scene_load(&s, s.ram, 32),
			 7); /* filled with the store that is on its way */
	assert_int_equal(s.ram[4], 8);
}

static void stale_line(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_BOTH, &map), 0);
	any_dma_sync_for_cpu(&s.dma, &map, 0, 64);
	scene_load(&s, s.ram, 64);
	scene_device(&s, map.addr.raw, 64, true);
	scene_load(&s, s.ram, 64);
}

static void test_write_through(void **state)
{
	(void)state;
	expect("arm-v4wt", NULL, stores_pass_the_line, ANY_LAB_OK);
	expect("arm-v4wt", NULL, stale_line, ANY_LAB_WRONG_ALIAS); /* two views of its memory */
}

/* ---- three grades of speculation (hazard 7) */

static void inval_before_only(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	op(LAB_CLEAN_INVAL, s.ram, 512); /* no line is left */
	scene_device(&s, map.addr.raw, 512, true);
	any_dma_unmap_written(&s.dma, &map, 512);
	scene_load(&s, s.ram, 512);
}

static void nothing_after(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	op(LAB_CLEAN_INVAL, s.ram, 512);
	scene_device(&s, map.addr.raw, 512, true);
	lab_cached_load(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
}

static void many_writes(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 4096, ANY_DMA_FROM_DEVICE, &map), 0);
	for (unsigned i = 0; i < 16; i++)
		scene_device(&s, map.addr.raw + 256 * i, 256, true);
	any_dma_unmap(&s.dma, &map);
}

static void streaming_in_place(struct any_platform *plat)
{
	plat->facts.bounce_always = false;
}

static void test_grades_of_speculation(void **state)
{
	(void)state;
	expect("arm-v6", NULL, nothing_after, ANY_LAB_OK);
	expect("arm64-nc", NULL, nothing_after, ANY_LAB_STALE_READ);
	expect("arm64-nc", NULL, inval_before_only, ANY_LAB_OK);
	expect("arm64-nc", NULL, many_writes, ANY_LAB_OK);
	expect("sgi-ip28", streaming_in_place, many_writes, ANY_LAB_SQUASHED_STORE);
	expect("sgi-ip28", NULL, many_writes, ANY_LAB_OK);
}

/* ---- defects of maintenance (hazard 6) */

/* The bytes of a store that was announced. memset would announce them once more where the compiler
 * calls it. */
static void put_sevens(void)
{
	uint8_t sevens[512];

	memset(sevens, 7, sizeof(sevens));
	lab_copy(s.ram, sevens, sizeof(sevens));
}

static void dirty_then_inval(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
	put_sevens();
	op(LAB_INVAL, s.ram, 512);
	scene_device(&s, map.addr.raw + 128, 64, true);
}

static void dirty_then_clean_and_inval(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
	put_sevens();
	op(LAB_CLEAN, s.ram, 512);
	op(LAB_INVAL, s.ram, 512);
	scene_device(&s, map.addr.raw, 64, true);
}

/* Nobody touches it; then it is written back all the same. */
static void late_by_itself(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 64, 0);
	op(LAB_INVAL, s.ram, 64);
	for (unsigned i = 0; i < 64; i++)
		lab_cache_misfortune(s.m);
}

static void dirty_edge_then_inval(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 512, ANY_DMA_FROM_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 512, 0);
	op(LAB_INVAL, s.ram, 512);
	scene_device(&s, map.addr.raw + 512 - s.m->line, s.m->line, true);
}

static void dirty_middle_then_inval(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 1024, ANY_DMA_FROM_DEVICE, &map), 0);
	lab_cached_store(s.m, LAB_VIEW0, phys_of(s.ram), 1024, 0);
	op(LAB_INVAL, s.ram, 1024);
	scene_device(&s, map.addr.raw + 4 * s.m->line, s.m->line, true);
}

static void test_late_write_back(void **state)
{
	(void)state;
	expect("arm-80200-a0", NULL, dirty_then_inval, ANY_LAB_LATE_WRITE_BACK);
	expect("arm-80200-a0", NULL, late_by_itself, ANY_LAB_LATE_WRITE_BACK);
	expect("arm-80200-a0", NULL, dirty_then_clean_and_inval, ANY_LAB_OK);
	expect("arm-v6", NULL, dirty_then_inval, ANY_LAB_OK);
	expect("bmips-7425-pcie", NULL, dirty_edge_then_inval, ANY_LAB_LATE_WRITE_BACK);
	expect("bmips-7425-pcie", NULL, dirty_middle_then_inval, ANY_LAB_OK);
}

static void inval_writes_back(void)
{
	scene_store(&s, s.ram, 7, 64);
	op(LAB_INVAL, s.ram, 64);
	assert_int_equal(memory(s.ram), 7);
}

static void inval_drops(void)
{
	scene_store(&s, s.ram, 7, 64);
	op(LAB_INVAL, s.ram, 64);
	assert_int_equal(memory(s.ram), 0);
}

static void elsewhere_too(void)
{
	scene_store(&s, s.ram + 8192, 7, 16);
	op(LAB_CLEAN, s.ram, 16);
	assert_int_equal(memory(s.ram + 8192), 7);
}

static void drops_the_others(void)
{
	scene_store(&s, s.ram + 8192, 7, 16);
	op(LAB_INVAL, s.ram, 16);
}

static void one_line_too_many(void)
{
	scene_load(&s, s.ram, 128);
	op(LAB_INVAL, s.ram, 32);
	assert_false(line_of(s.ram + 32)->valid);
	assert_true(line_of(s.ram + 64)->valid);
	scene_load(&s, s.ram, 128);
	op(LAB_INVAL, s.ram, 31);
	assert_true(line_of(s.ram + 32)->valid);
}

static void test_ranges(void **state)
{
	(void)state;
	expect("rv-eic7700", NULL, inval_writes_back, ANY_LAB_OK);
	expect("arm-v6", NULL, inval_drops, ANY_LAB_OK);
	expect("m68k-040", NULL, elsewhere_too, ANY_LAB_OK);
	expect("m68k-040", NULL, drops_the_others, ANY_LAB_LOST_WRITE);
	expect("arm-v6", NULL, drops_the_others, ANY_LAB_OK);
	expect("arm-kirkwood", NULL, one_line_too_many, ANY_LAB_OK);
}

static void only_after_an_uncached_load(void)
{
	scene_store(&s, s.ram, 7, 32);
	op(LAB_CLEAN, s.ram, 32);
	assert_true(lab_is_dirty(line_of(s.ram)));
	lab_cache_uncached_load(s.m, 0);
	scene_load(&s, s.ram + 4096, 4); /* fills the buffer again */
	op(LAB_CLEAN, s.ram, 32);
	assert_true(lab_is_dirty(line_of(s.ram)));
	lab_cache_uncached_load(s.m, 0);
	op(LAB_CLEAN, s.ram, 32);
	assert_false(lab_is_dirty(line_of(s.ram)));
}

static void lines_of_another_core(void)
{
	scene_store(&s, s.ram, 7, 32);
	s.m->cache.core = 1;
	op(LAB_CLEAN, s.ram, 32);
	assert_true(lab_is_dirty(line_of(s.ram)));
	op(LAB_INVAL, s.ram, 32);
	assert_true(line_of(s.ram)->valid);
	lab_cache_own(s.m, LAB_VIEW0, phys_of(s.ram), 32, false, 0);
	op(LAB_CLEAN, s.ram, 32);
	assert_false(lab_is_dirty(line_of(s.ram)));
	/* Clean by now, and shared once the other core loads it: a load does not own it. */
	s.m->cache.core = 0;
	lab_cache_own(s.m, LAB_VIEW0, phys_of(s.ram), 32, false, 0);
	op(LAB_INVAL, s.ram, 32);
	assert_true(line_of(s.ram)->valid);
	lab_cache_own(s.m, LAB_VIEW0, phys_of(s.ram), 32, true, 0);
	op(LAB_INVAL, s.ram, 32);
	assert_false(line_of(s.ram)->valid);
}

static void test_conditions(void **state)
{
	(void)state;
	expect("mips-r4600v2", NULL, only_after_an_uncached_load, ANY_LAB_OK);
	expect("arm-11mpcore", NULL, lines_of_another_core, ANY_LAB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_through),
		cmocka_unit_test(test_grades_of_speculation),
		cmocka_unit_test(test_late_write_back),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests_name("lab: caches", tests, NULL, NULL);
}
