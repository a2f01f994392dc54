/* SPDX-License-Identifier: BSD-2-Clause */
/* Which functions are virtio devices, and structures that are nowhere (A7). */
#include "pci_mock.h"

struct pci_mock mock;

static struct any_virtio_pci pci;
static struct any_virtio_transport t;
static const char *why;

/* Nothing is read from or written to a device's registers before the driver asks. */
uint32_t mock_read(const volatile void *reg, unsigned width)
{
	(void)reg;
	(void)width;
	fail();
	return 0;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	(void)reg;
	(void)width;
	(void)value;
	fail();
}

void mock_barrier(const char *name)
{
	(void)name;
}

static int begin(void)
{
	memset(&t, 0, sizeof(t));
	mock.reads = 0;
	return any_virtio_pci_init(&pci, &t, &mock_fn, &why);
}

static uint64_t in_bar(const volatile void *at, unsigned bar)
{
	return (uint64_t)((const volatile uint8_t *)at - mock.bars[bar]);
}

static void the_usual_device(void **state)
{
	(void)state;
	mock_usual();
	assert_int_equal(begin(), 0);
	assert_null(why);
	assert_int_equal(t.device_id, 2);
	assert_int_equal(t.config_len, 0x3c);
	assert_int_equal(in_bar(pci.common.at, 4), 0);
	assert_int_equal(in_bar(pci.isr.at, 4), 0x1000);
	assert_int_equal(in_bar(pci.device.at, 4), 0x2000);
	assert_int_equal(in_bar(pci.notify.at, 4), 0x3000);
	assert_int_equal(pci.multiplier, 4);
	assert_int_equal(mock.space[4], 2); /* memory, and not bus master yet */
	assert_false(mock.decoding_while_sized);
	assert_int_equal(space_get(0x20, 4), BAR_BUS + 4 * BAR_BYTES);
}

static void vg_pc_01_02_which_ids(void **state)
{
	static const struct {
		uint32_t ids, subsystem, type;
	} functions[] = {{0x10411af4, 0, 1},	 {0x107f1af4, 0, 0x3f}, {0x10421af4, 0x1100, 2},
			 {0x10001af4, 1, 1},	 {0x10051af4, 4, 4},	{0x10401af4, 0, 0},
			 {0x10801af4, 0, 0},	 {0x0fff1af4, 2, 0},	{0x10428086, 0, 0},
			 {0xffffffff, 0xffff, 0}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(functions); i++) {
		for (unsigned revision = 0; revision < 256; revision += 51) {
			mock_usual();
			space_put(0, 4, functions[i].ids);
			space_put(0x2e, 2, functions[i].subsystem);
			mock.space[8] = (uint8_t)revision;
			assert_int_equal(begin(), functions[i].type ? 0 : -ANY_ENODEV);
			assert_int_equal(t.device_id, functions[i].type);
		}
	}
}

/* VG-PC-04, -05: reserved types and BARs, a second instance, a first one that is nowhere. */
static void vg_pc_04_05_the_first_usable_one(void **state)
{
	(void)state;
	mock_blank();
	mock_structure(9, 4, 0, 0x40); /* a type nobody knows */
	mock_structure(1, 6, 0, 0x40); /* reserved BARs */
	mock_structure(1, 255, 0, 0x40);
	mock_structure(1, 2, 0, 0x40);	   /* a BAR that is not there */
	mock_structure(1, 4, 0x100, 0x40); /* this one */
	mock_structure(1, 4, 0x200, 0x40);
	mock_structure(3, 4, 0x1000, 4);
	mock_structure(2, 4, 0x3000, 0x1000);
	assert_int_equal(begin(), 0);
	assert_int_equal(in_bar(pci.common.at, 4), 0x100);
	assert_null(pci.device.at);
	assert_int_equal(t.config_len, 0);
	assert_int_equal(t.ops->config_read(t.ctx, 0, 4), 0); /* no register is touched */
}

/* VG-PC-06, -07: a longer capability is fine, a structure outside its BAR or too short is none. */
static void vg_pc_06_07_lengths(void **state)
{
	static const struct {
		uint32_t offset, len;
	} bad[] = {{0, 55},
		   {0, 0},
		   {BAR_BYTES - 0x34, 0x3c},
		   {BAR_BYTES, 56},
		   {2, 0x40},
		   {UINT32_MAX - 3, 0x40},
		   {UINT32_MAX - 3, UINT32_MAX},
		   {0x80000000u, 0x40}};
	uint32_t at;

	(void)state;
	mock_usual();
	mock.space[0x42] = 0xff;
	assert_int_equal(begin(), 0);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		mock_usual();
		space_put(0x48, 4, bad[i].offset);
		space_put(0x4c, 4, bad[i].len);
		assert_int_equal(begin(), -ANY_ENODEV);
		assert_non_null(why);
		assert_null(t.ops);
	}
	mock_usual(); /* a capability with no room for what all of them have */
	mock.space[0x42] = 15;
	assert_int_equal(begin(), -ANY_ENODEV);
	mock_usual(); /* of the notification's: none for the multiplier */
	for (at = mock.space[0x34]; mock.space[at + 3] != 2;)
		at = mock.space[at + 1];
	mock.space[at + 2] = 16;
	assert_int_equal(begin(), -ANY_ENODEV);
}

/* A list that never ends is left; so is one that leads into the header, or out of the space. */
static void lists_that_loop(void **state)
{
	(void)state;
	for (unsigned to = 0; to < 256; to++) {
		mock_usual();
		mock.space[0x41] = (uint8_t)to; /* the first one's next */
		(void)begin();
		assert_true(mock.reads < 1000);
	}
	mock_usual();
	mock.space[0x71] = 0x40; /* all are found before it goes round */
	assert_int_equal(begin(), 0);
	assert_true(mock.reads < 1000);
	for (unsigned at = 0xe0; at < 256; at += 4) { /* capabilities that run over the end */
		for (unsigned id = 0; id < 2; id++) {
			mock_usual();
			mock.space[0x34] = (uint8_t)at;
			mock.space[at] = id ? 9 : 0x11;
			mock.space[at + 1] = 0x40;
			mock.space[at + 2] = 20;
			mock.space[at + 3] = 2;
			assert_int_equal(begin(), 0);
		}
	}
	mock_usual();
	mock.space[6] = 0; /* no list at all */
	assert_int_equal(begin(), -ANY_ENODEV);
	mock_usual();
	memset(mock.space + 0x40, 0xff, 0xc0);
	assert_int_equal(begin(), -ANY_ENODEV);
}

/* VG-PC-06, -07: whatever length is claimed, what is of use is mapped, and nothing behind the BAR.
 */
static void vg_pc_06_07_lengths_that_cannot_be(void **state)
{
	static const uint8_t types[] = {1, 3, 4, 2}; /* as the usual device has them */
	static const uint32_t offsets[] = {0, 0x1000, 0x2000, 0x3000};
	static const uint32_t mapped[] = {60, 1, 4096, BAR_BYTES - 0x3000};
	const struct any_virtio_pci_part *const parts[] = {&pci.common, &pci.isr, &pci.device,
							   &pci.notify};
	uint32_t at = 0;

	(void)state;
	mock_usual();
	for (unsigned i = 0; i < 4; i++) {
		at = i ? mock.space[at + 1] : mock.space[0x34];
		assert_int_equal(mock.space[at + 3], types[i]);
		space_put(at + 12, 4, UINT32_MAX);
	}
	assert_int_equal(begin(), 0);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(in_bar(parts[i]->at, 4), offsets[i]);
		assert_int_equal(parts[i]->len, mapped[i]);
	}
	assert_int_equal(t.config_len, 4096);
	space_put(0x48, 4, BAR_BYTES - 0x38); /* the common one, with room for its least */
	assert_int_equal(begin(), 0);
	assert_int_equal(pci.common.len, 0x38);
	assert_true(t.features == 0);
}

static void vd_pc_16_multipliers(void **state)
{
	static const uint32_t bad[] = {1, 3, 6, 0x80000001u, UINT32_MAX};
	static const uint32_t good[] = {0, 2, 4, 4096, 0x80000000u};
	uint32_t at = 0;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		mock_usual();
		for (at = mock.space[0x34]; mock.space[at + 3] != 2;)
			at = mock.space[at + 1];
		space_put(at + 16, 4, bad[i]);
		assert_int_equal(begin(), -ANY_EPROTO);
		space_put(at + 16, 4, good[i]);
		assert_int_equal(begin(), 0);
	}
}

static void bars_are_sized(void **state)
{
	struct any_pci_bar bars[ANY_PCI_BARS];

	(void)state;
	mock_blank();
	mock.sizes[1] = ~0xffu; /* I/O, 256 bytes */
	space_put(0x14, 4, 0xc001);
	mock.sizes[2] = ~0xfffffu; /* 64 bits, prefetchable, 8 GiB */
	mock.sizes[2] = 0;
	mock.sizes[3] = ~1u;
	space_put(0x18, 4, 0xc);
	space_put(0x1c, 4, 0x10);
	assert_int_equal(any_pci_bars(&mock_fn, bars), 0);
	assert_int_equal(bars[0].size, BAR_BYTES);
	assert_int_equal(bars[0].bus, BAR_BUS);
	assert_false(bars[0].wide || bars[0].prefetchable);
	assert_int_equal(bars[1].size, 0);
	assert_int_equal(bars[2].size, 0x200000000ull);
	assert_int_equal(bars[2].bus, 0x1000000000ull);
	assert_true(bars[2].wide && bars[2].prefetchable);
	assert_int_equal(bars[3].size, 0);
	assert_int_equal(bars[4].size, BAR_BYTES);
	mock.sizes[0] = 0x00ff0000; /* not ones from the size up */
	assert_int_equal(any_pci_bars(&mock_fn, bars), -ANY_EPROTO);
	mock_blank();
	mock.sizes[5] = ~0xfffu; /* the last one has no upper half */
	space_put(0x24, 4, 4);
	assert_int_equal(any_pci_bars(&mock_fn, bars), -ANY_EPROTO);
}

static void bars_are_placed(void **state)
{
	struct any_pci_window low = {0x40000100, 0x40007fff, false};
	struct any_pci_window high[2] = {{0x8000000000, 0x8fffffffff, true},
					 {0x50000000, 0x50003fff, false}};

	(void)state;
	mock_blank();
	space_put(0x10, 4, 0);
	space_put(0x20, 4, 0);
	assert_int_equal(any_pci_assign(&mock_fn, &low, 1), -ANY_ENOSPC);
	assert_int_equal(space_get(0x10, 4), 0x40004000); /* aligned to its size */
	assert_int_equal(space_get(0x20, 4), 0);
	assert_int_equal(any_pci_assign(&mock_fn, high, 2), 0); /* not in the first: 32 bits */
	assert_int_equal(space_get(0x10, 4), 0x40004000);
	assert_int_equal(space_get(0x20, 4), 0x50000000);
	mock_blank();
	space_put(0x20, 4, 0xc); /* 64 bits, prefetchable */
	mock.sizes[5] = UINT32_MAX;
	high[0].next = 0x8000000001;
	assert_int_equal(any_pci_assign(&mock_fn, high, 2), 0);
	assert_int_equal(space_get(0x20, 4), 0x0000400c);
	assert_int_equal(space_get(0x24, 4), 0x80);
	assert_false(mock.decoding_while_sized);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_device),
		cmocka_unit_test(vg_pc_01_02_which_ids),
		cmocka_unit_test(vg_pc_04_05_the_first_usable_one),
		cmocka_unit_test(vg_pc_06_07_lengths),
		cmocka_unit_test(vg_pc_06_07_lengths_that_cannot_be),
		cmocka_unit_test(lists_that_loop),
		cmocka_unit_test(vd_pc_16_multipliers),
		cmocka_unit_test(bars_are_sized),
		cmocka_unit_test(bars_are_placed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
