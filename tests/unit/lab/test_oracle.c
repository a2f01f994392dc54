/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each rule of the oracle, shown the smallest wrong driver there is for it, and the right one
 * beside it.
 */
#include "scene.h"

#include "any_arch.h"

static struct scene s;
static struct any_dma_mapping map;

static void expect(const char *platform, void (*body)(void), enum any_lab_rule rule)
{
	for (volatile unsigned seed = 1; seed <= 8; seed++) {
		enum any_lab_rule got;

		scene_open(&s, platform, seed);
		memset(&map, 0, sizeof(map));
		got = SCENE_RULE(&s, body());
		if (got != rule)
			print_error("%s, seed %u: %s: %s\n", platform, seed, any_lab_rules[got].id,
				    s.report.text);
		assert_int_equal(got, rule);
		scene_close(&s);
	}
}

static void map_buf(uint32_t offset, uint32_t len, enum any_dma_dir dir)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram + offset, len, dir, &map), 0);
}

/* ---- coherency */

static void to_device_right(void)
{
	scene_store(&s, s.ram, 1, 64);
	map_buf(0, 64, ANY_DMA_TO_DEVICE);
	scene_device(&s, map.addr.raw, 64, false);
	any_dma_unmap(&s.dma, &map);
}

/* The store comes after the map, and no sync follows it. */
static void store_after_map(void)
{
	map_buf(0, 64, ANY_DMA_TO_DEVICE);
	any_dma_sync_for_cpu(&s.dma, &map, 0, 64);
	scene_store(&s, s.ram, 1, 64);
	scene_device(&s, map.addr.raw, 64, false);
}

static void from_device_right(void)
{
	scene_store(&s, s.ram, 7, 128);
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	scene_device(&s, map.addr.raw, 64, true);
	any_dma_unmap(&s.dma, &map);
	assert_int_equal(scene_load(&s, s.ram, 64), 0xdd);
	/* DA-50: what the device did not write comes back */
	assert_int_equal(scene_load(&s, s.ram + 64, 64), 7);
}

static void load_while_mapped(void)
{
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	scene_device(&s, map.addr.raw, 128, true);
	scene_load(&s, s.ram, 4);
}

static void store_while_mapped(void)
{
	map_buf(0, 128, ANY_DMA_TO_DEVICE);
	scene_store(&s, s.ram + 100, 1, 4);
}

static void sync_gives_it_back(void)
{
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	scene_device(&s, map.addr.raw, 128, true);
	any_dma_sync_for_cpu(&s.dma, &map, 0, 64);
	assert_int_equal(scene_load(&s, s.ram, 64), 0xdd);
	any_dma_sync_for_device(&s.dma, &map, 0, 64);
	scene_device(&s, map.addr.raw, 64, true);
	any_dma_unmap(&s.dma, &map);
	assert_int_equal(scene_load(&s, s.ram, 4), 0xdd);
}

static void only_the_synced_part(void)
{
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	any_dma_sync_for_cpu(&s.dma, &map, 0, 64);
	scene_load(&s, s.ram + 60, 8);
}

static void neighbour_stores(void)
{
	map_buf(0, s.m->line, ANY_DMA_FROM_DEVICE);
	scene_store(&s, s.ram + s.m->line, 1, 4); /* the next line is its own */
	any_dma_unmap(&s.dma, &map);
	map_buf(4, 32, ANY_DMA_FROM_DEVICE); /* bounced: neighbours may go on */
	scene_store(&s, s.ram, 1, 4);
	any_dma_unmap(&s.dma, &map);
	assert_int_equal(scene_load(&s, s.ram, 1), 1);
}

static void other_alias_dirty(void)
{
	uint8_t *alias = lab_ptr(s.m, LAB_VIEW1, lab_phys_of((uint64_t)(uintptr_t)s.ram));

	scene_store(&s, alias, 1, 32);
	map_buf(0, 32, ANY_DMA_TO_DEVICE);
	scene_device(&s, map.addr.raw, 32, false);
}

/* ---- ownership */

static void after_unmap(void)
{
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	any_dma_unmap(&s.dma, &map);
	scene_device(&s, map.addr.raw, 64, true);
}

static void beyond_the_end(void)
{
	map_buf(0, 128, ANY_DMA_FROM_DEVICE);
	scene_device(&s, map.addr.raw + 64, 128, true);
}

static void against_direction(void)
{
	map_buf(0, 128, ANY_DMA_TO_DEVICE);
	scene_device(&s, map.addr.raw, 64, true);
}

static void unmap_twice(void)
{
	struct any_dma_mapping copy;

	map_buf(0, 128, ANY_DMA_TO_DEVICE);
	copy = map;
	any_dma_unmap(&s.dma, &map);
	any_dma_unmap(&s.dma, &copy);
}

static void never_unmapped(void)
{
	map_buf(0, 128, ANY_DMA_TO_DEVICE);
	lab_judge_end(s.m);
}

/* ---- order: a word in coherent memory announces another */

static struct any_dma_coherent ring;

static void publish(bool barrier)
{
	uint8_t *at;

	assert_int_equal(any_dma_alloc_coherent(&s.dma, 4096, &ring), 0);
	s.m->calm = false;
	at = ring.cpu;
	any_dma_mb();
	scene_store(&s, at, 1, 2);
	if (barrier)
		any_dma_wmb();
	scene_store(&s, at + 64, 1, 2);
	while (s.m->cpu->n_pending)
		lab_drain_one(s.m);
	scene_device(&s, ring.addr.raw + 64, 2, false);
	scene_device(&s, ring.addr.raw, 2, false);
}

static void publish_ordered(void)
{
	publish(true);
}

static void publish_unordered(void)
{
	publish(false);
}

/* SMP barriers do not reach a device that is hardware (A4.2, bit 36). */
static void publish_smp(void)
{
	uint8_t *at;

	assert_int_equal(any_dma_alloc_coherent(&s.dma, 4096, &ring), 0);
	at = ring.cpu;
	scene_store(&s, at, 1, 2);
	any_smp_wmb();
	scene_store(&s, at + 64, 1, 2);
	lab_drain_all(s.m);
	scene_device(&s, ring.addr.raw + 64, 2, false);
	scene_device(&s, ring.addr.raw, 2, false);
}

static void consume(bool barrier)
{
	uint8_t *at;

	assert_int_equal(any_dma_alloc_coherent(&s.dma, 4096, &ring), 0);
	at = ring.cpu;
	any_dma_mb();
	scene_device(&s, ring.addr.raw, 2, true);
	scene_device(&s, ring.addr.raw + 64, 2, true);
	lab_arrival_deliver(s.m, s.m->write_head);
	scene_load(&s, at + 64, 2);
	if (barrier)
		any_dma_rmb();
	scene_load(&s, at, 2);
}

static void consume_ordered(void)
{
	consume(true);
}

static void consume_unordered(void)
{
	consume(false);
}

static void test_coherency(void **state)
{
	static const char *const machines[] = {"arm64-nc", "arm-v6", "bmips-7425-pcie",
					       "mips-ath25"};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		expect(machines[i], to_device_right, ANY_LAB_OK);
		expect(machines[i], store_after_map, ANY_LAB_DIRTY_READ);
		expect(machines[i], from_device_right, ANY_LAB_OK);
		expect(machines[i], neighbour_stores, ANY_LAB_OK);
	}
	expect("arm-vivt", other_alias_dirty, ANY_LAB_WRONG_ALIAS);
}

static void test_ownership(void **state)
{
	static const char *const machines[] = {"x86-pc", "arm64-nc", "x86-sev-guest", "x86-vtd"};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		expect(machines[i], load_while_mapped, ANY_LAB_CPU_TOUCH);
		expect(machines[i], store_while_mapped, ANY_LAB_CPU_TOUCH);
		expect(machines[i], only_the_synced_part, ANY_LAB_CPU_TOUCH);
		expect(machines[i], sync_gives_it_back, ANY_LAB_OK);
		expect(machines[i], after_unmap, ANY_LAB_AFTER_UNMAP);
		expect(machines[i], beyond_the_end, ANY_LAB_OUTSIDE);
		expect(machines[i], against_direction, ANY_LAB_DIRECTION);
		expect(machines[i], unmap_twice, ANY_LAB_DOUBLE_UNMAP);
		expect(machines[i], never_unmapped, ANY_LAB_LEAK);
	}
}

static void test_order(void **state)
{
	static const char *const machines[] = {"x86-pc", "arm64-nc"};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		expect(machines[i], publish_ordered, ANY_LAB_OK);
		expect(machines[i], publish_unordered, ANY_LAB_STORE_ORDER);
		expect(machines[i], publish_smp, ANY_LAB_STORE_ORDER);
		expect(machines[i], consume_ordered, ANY_LAB_OK);
		expect(machines[i], consume_unordered, ANY_LAB_LOAD_ORDER);
	}
}

/* Two machines live in one process and know nothing of each other. */
static void test_two_machines(void **state)
{
	static struct scene a, b;
	struct any_dma_mapping ma, mb;

	(void)state;
	scene_open(&a, "arm64-nc", 1);
	scene_open(&b, "x86-sev-guest", 2);
	assert_int_not_equal(a.m->id, b.m->id);
	lab_current = a.m;
	assert_int_equal(SCENE_RULE(&a, scene_store(&a, a.ram, 1, 64)), ANY_LAB_OK);
	assert_int_equal(any_dma_map(&a.dma, a.ram, 64, ANY_DMA_TO_DEVICE, &ma), 0);
	lab_current = b.m;
	assert_int_equal(any_dma_map(&b.dma, b.ram, 64, ANY_DMA_FROM_DEVICE, &mb), 0);
	assert_int_equal(a.m->n_mappings, 1);
	assert_int_equal(b.m->n_mappings, 1);
	assert_int_equal(SCENE_RULE(&b, scene_device(&b, mb.addr.raw, 64, true)), ANY_LAB_OK);
	lab_current = a.m;
	assert_int_equal(SCENE_RULE(&a, scene_device(&a, ma.addr.raw, 64, false)), ANY_LAB_OK);
	/* a pointer of one is not memory of the other */
	assert_int_equal(any_dma_map(&a.dma, b.ram, 64, ANY_DMA_TO_DEVICE, &ma), -ANY_EFAULT);
	any_dma_unmap(&b.dma, &mb);
	assert_int_equal(scene_load(&b, b.ram, 1), 0xdd);
	scene_close(&a);
	scene_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coherency),
		cmocka_unit_test(test_ownership),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_two_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
