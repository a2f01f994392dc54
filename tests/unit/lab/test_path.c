/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's way to memory, stage by stage: rituals, order, pushes, page states, shuffles. */
#include "scene.h"

#include "lab/bus/bridge.h"
#include "lab/bus/path.h"

#include "any_arch.h"

static struct scene s;
static struct any_dma_mapping map;
static struct any_dma_coherent ring;

static void expect(const char *platform, void (*body)(void), enum any_lab_rule rule)
{
	for (volatile unsigned seed = 1; seed <= 4; seed++) {
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

static void *bridge(uint32_t offset)
{
	return lab_ptr(s.m, LAB_MMIO, offset);
}

/* ---- hazard 10: a completion that overtakes its data, on a machine that snoops */

/* The device writes and interrupts; the interrupt is taken before the data has arrived. */
static void device_completes(void)
{
	s.m->calm = false;
	scene_device(&s, map.addr.raw, 64, true);
	s.m->irq_raised = s.m->irq_taken = s.m->write_head - 1;
}

static void read_after_unmap(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	device_completes();
	any_dma_unmap(&s.dma, &map);
	assert_int_equal(scene_load(&s, s.ram, 64), 0xdd);
}

static void read_after_sync(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	device_completes();
	any_dma_sync_for_cpu(&s.dma, &map, 0, 64);
	assert_int_equal(scene_load(&s, s.ram, 64), 0xdd);
}

/* The wrong API: on a machine that snoops, a sync that does nothing. */
static void read_without(void)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	device_completes();
	s.m->n_mappings = 0; /* ownership is not the point */
	*lab_own(s.m, lab_phys_of((uint64_t)(uintptr_t)s.ram)) = 0;
	scene_load(&s, s.ram, 64);
}

static void test_drain_on_coherent_machines(void **state)
{
	static const char *const machines[] = {"arm-mvebu", "ritual-mmio-read", "ritual-flag",
					       "ritual-helper-dma"};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
		expect(machines[i], read_after_unmap, ANY_LAB_OK);
		expect(machines[i], read_after_sync, ANY_LAB_OK);
		expect(machines[i], read_without, ANY_LAB_DRAIN_IN);
	}
}

/* ---- a ritual is this machine's or it does nothing */

static void every_register(void)
{
	for (unsigned dir = ANY_DMA_TO_DEVICE; dir <= ANY_DMA_FROM_DEVICE; dir <<= 1) {
		any_mmio_write32(bridge(LAB_DRAIN(dir) + LAB_DRAIN_TRIGGER), 1);
		for (unsigned i = 0; i < 8; i++)
			(void)any_mmio_read32(bridge(LAB_DRAIN(dir) + LAB_DRAIN_STATUS));
		any_mmio_write32(bridge(LAB_DRAIN(dir) + LAB_DRAIN_HELPER_GO), 1);
		lab_bridge_touch(s.m, LAB_DRAIN(dir) + LAB_DRAIN_WORD, true);
	}
}

static uint64_t drains_on(const char *machine)
{
	uint64_t drains;

	scene_open(&s, machine, 1);
	assert_int_equal(SCENE_RULE(&s, every_register()), ANY_LAB_OK);
	drains = s.m->count.drains;
	scene_close(&s);
	return drains;
}

static void test_other_rituals(void **state)
{
	(void)state;
	assert_int_equal(drains_on("ritual-instruction"), 0);
	assert_int_equal(drains_on("ritual-uncached-read"), 0);
	assert_int_equal(drains_on("ritual-mmio-read"), 0);
	assert_int_equal(drains_on("ritual-flag"), 0);
	assert_int_equal(drains_on("ritual-helper-dma"), 0);
	assert_int_equal(drains_on("ritual-store"), 1);
	assert_int_equal(drains_on("arm-mvebu"), 1);
	expect("ritual-forbidden", every_register, ANY_LAB_DEADLOCK);
}

/* Hazard 9: the port has a drain to offer, and does not use it. */
static void drain_both(void)
{
	any_dma_drain(&s.dma, ANY_DMA_TO_DEVICE);
	any_dma_drain(&s.dma, ANY_DMA_FROM_DEVICE);
}

static void test_forbidden(void **state)
{
	(void)state;
	expect("ritual-forbidden", drain_both, ANY_LAB_OK);
}

/* ---- M14: what pushes writes that may pass one another */

enum push { NOTHING, BARRIER, REGISTER, INTERRUPT, ATTRIBUTE };

static void announce(enum push push)
{
	uint64_t phys;

	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_FROM_DEVICE, &map), 0);
	assert_int_equal(any_dma_alloc_coherent(&s.dma, 4096, &ring), 0);
	phys = lab_phys_of((uint64_t)(uintptr_t)ring.cpu);
	s.m->polled[s.m->n_polled++] = (struct lab_words){phys, 2, 2, 1, false};
	s.m->relaxed = true;
	any_dma_mb();
	scene_device(&s, map.addr.raw, 64, true);
	if (push == ATTRIBUTE)
		s.m->mappings[1].bus |= s.plat.machine.order_bits;
	scene_device(&s, s.m->mappings[1].bus, 2, true);
	if (push == INTERRUPT)
		s.m->pushed = s.m->write_head - 1;
	lab_arrival_deliver(s.m, s.m->write_head);
	scene_load(&s, ring.cpu, 2);
	any_dma_rmb();
	if (push == REGISTER)
		(void)any_mmio_read32(bridge(LAB_DEVICE_CONTROL));
	any_dma_unmap(&s.dma, &map);
	scene_load(&s, s.ram, 64);
}

static void announce_barrier(void)
{
	announce(BARRIER);
}

static void announce_register(void)
{
	announce(REGISTER);
}

static void announce_interrupt(void)
{
	announce(INTERRUPT);
}

static void announce_attribute(void)
{
	announce(ATTRIBUTE);
}

static void test_relaxed(void **state)
{
	(void)state;
	expect("order-control", announce_barrier, ANY_LAB_RELAXED);
	expect("order-control", announce_register, ANY_LAB_OK);
	expect("order-control", announce_interrupt, ANY_LAB_OK);
	expect("order-bits", announce_attribute, ANY_LAB_OK);
}

/* The port turns the attribute off where nothing else helps, and only there. */
static void test_device_control(void **state)
{
	(void)state;
	scene_open(&s, "order-control", 1);
	assert_true(s.plat.machine.relaxed_order);
	assert_false(s.m->relaxed);
	scene_close(&s);
	scene_open(&s, "order-bits", 1);
	assert_true(s.m->relaxed);
	scene_close(&s);
}

/* ---- M4: a shuffle that is one */

static void test_permutation(void **state)
{
	uint64_t base, size, moved = 0;

	(void)state;
	scene_open(&s, "page-permutation", 1);
	base = s.plat.ram[0].base;
	size = s.plat.ram[0].size;
	for (uint64_t at = base; at < base + size; at += 4096 * 37) {
		uint64_t bus = lab_permute(s.m, at);

		assert_true(bus >= base && bus - base < size);
		assert_int_equal(lab_unpermute(s.m, bus + 5), at + 5);
		moved += bus != at;
	}
	assert_true(moved > size / 4096 / 37 / 2);
	for (uint64_t at = 0; at < s.plat.machine.bounce_size; at += 4096)
		assert_int_equal(lab_permute(s.m, s.plat.machine.bounce_base + at),
				 s.plat.machine.bounce_base + at);
	scene_close(&s);
}

/* ---- M14: posted register writes */

static uint64_t written;

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	(void)ctx;
	(void)offset;
	(void)bytes;
	return 0;
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	(void)ctx;
	(void)offset;
	(void)bytes;
	written = value;
}

static uint64_t post_and(const char *machine, bool read_back)
{
	struct lab_device device = {.read = reg_read, .write = reg_write, .doorbell = 0x50};

	scene_open(&s, machine, 1);
	s.m->device = &device;
	written = 0;
	any_mmio_write32(lab_ptr(s.m, LAB_MMIO, 0x70), 9);
	if (read_back)
		(void)any_mmio_read32(lab_ptr(s.m, LAB_MMIO, 0x70));
	scene_close(&s);
	return written;
}

static void test_posted(void **state)
{
	(void)state;
	assert_int_equal(post_and("posted-mmio", false), 0);
	assert_int_equal(post_and("posted-mmio", true), 9);
	assert_int_equal(post_and("order-control", false), 9);
}

/* ---- hazard 12 and M15: whose page, by which bit */

static void touch_private(void)
{
	uint64_t phys = lab_phys_of((uint64_t)(uintptr_t)s.ram);

	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_TO_DEVICE, &map), 0);
	s.m->mappings[0].bus = phys | s.plat.facts.shared_bits;
	scene_device(&s, s.m->mappings[0].bus, 64, false);
}

static void touch_shared(uint64_t flip)
{
	assert_int_equal(any_dma_map(&s.dma, s.ram, 64, ANY_DMA_TO_DEVICE, &map), 0);
	s.m->mappings[0].bus ^= flip;
	scene_device(&s, s.m->mappings[0].bus, 64, false);
}

static void touch_right(void)
{
	touch_shared(0);
}

static void touch_wrong_bit(void)
{
	touch_shared(s.plat.facts.shared_bits | s.plat.facts.private_bits);
}

static void test_page_states(void **state)
{
	static const char *const guests[] = {"guest-tdx", "guest-cca", "x86-sev-guest"};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(guests); i++) {
		expect(guests[i], touch_right, ANY_LAB_OK);
		expect(guests[i], touch_private, ANY_LAB_ENCRYPTED);
	}
	expect("guest-cca", touch_wrong_bit, ANY_LAB_ENCRYPTED);
	expect("host-sme", touch_right, ANY_LAB_OK);
	expect("host-sme", touch_wrong_bit, ANY_LAB_ENCRYPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drain_on_coherent_machines),
		cmocka_unit_test(test_other_rituals),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_relaxed),
		cmocka_unit_test(test_device_control),
		cmocka_unit_test(test_permutation),
		cmocka_unit_test(test_posted),
		cmocka_unit_test(test_page_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
