/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of the DMA API, written once and run on every machine of the catalogue under the
 * oracle's eyes: each body moves bytes both ways, wherever the machine has memory, and anything it
 * gets wrong is found as on a real one. A failing run prints the platform, the body and the seed.
 */
#include "tests/unit/lab/scene.h"

#include "any_arch.h"

#define BUF (16u * 1024)

static struct scene s;
static uint8_t want[BUF], got[BUF];
static void *slots[LAB_SLOTS];

/* ---- the two sides */

static void fill(uint8_t *at, uint32_t len)
{
	lab_cpu_store(s.m, lab_region_of((uint64_t)(uintptr_t)at),
		      lab_phys_of((uint64_t)(uintptr_t)at), len, 0);
	for (uint32_t i = 0; i < len; i++)
		at[i] = (uint8_t)lab_random(s.m);
}

static void read_back(void *to, uint8_t *at, uint32_t len)
{
	lab_cpu_load(s.m, lab_region_of((uint64_t)(uintptr_t)at),
		     lab_phys_of((uint64_t)(uintptr_t)at), len, 0);
	memcpy(to, at, len);
}

/* The device moves [bus, bus + len), piece by contiguous piece. */
static void device_moves(uint64_t bus, void *bytes, uint32_t len, bool write)
{
	uint8_t *at = bytes;

	any_dma_mb(); /* the doorbell's order, and the interrupt's */
	s.m->master = LAB_DEVICE;
	while (len) {
		uint64_t run = 0, phys = lab_bus_resolve(s.m, bus, len, write, 0, &run);

		if (write) {
			lab_device_store(s.m, phys, (uint32_t)run, 0);
			memcpy(lab_ptr(s.m, LAB_DRAM, phys), at, run);
		} else {
			lab_device_load(s.m, phys, (uint32_t)run, 0);
			memcpy(at, lab_ptr(s.m, LAB_DRAM, phys), run);
		}
		bus += run;
		at += run;
		len -= (uint32_t)run;
	}
	s.m->master = LAB_CPU;
	lab_arrival_deliver(s.m, s.m->write_head);
	any_dma_rmb();
}

static uint8_t *place(unsigned i, uint32_t offset)
{
	return (uint8_t *)slots[i % LAB_SLOTS] + offset;
}

/* ---- bodies: one line of contract each */

static const uint32_t lengths[] = {1, 3, 16, 63, 64, 65, 512, 1500, 2048, 4096, 9000};
static const uint32_t offsets[] = {0, 1, 4, 16, 31, 64, 100, 4095};

static uint32_t a_length(void)
{
	return lengths[lab_random(s.m) % ANY_ARRAY_SIZE(lengths)];
}

static uint32_t an_offset(void)
{
	return offsets[lab_random(s.m) % ANY_ARRAY_SIZE(offsets)];
}

/* DA-03, DA-08: what the CPU wrote before the map is what the device reads */
static void to_device(void)
{
	for (unsigned i = 0; i < 40; i++) {
		uint8_t *buf = place(i, an_offset());
		uint32_t len = a_length();
		struct any_dma_mapping map;

		fill(buf, len);
		read_back(want, buf, len);
		assert_int_equal(any_dma_map(&s.dma, buf, len, ANY_DMA_TO_DEVICE, &map), 0);
		device_moves(map.addr.raw, got, len, false);
		any_dma_unmap(&s.dma, &map);
		assert_memory_equal(got, want, len);
	}
}

/* DA-50: what the device wrote comes back, and what it did not write comes back too */
static void from_device(void)
{
	for (unsigned i = 0; i < 40; i++) {
		uint8_t *buf = place(i, an_offset());
		uint32_t len = a_length(), part = (uint32_t)(lab_random(s.m) % (len + 1));
		struct any_dma_mapping map;

		fill(buf, len);
		read_back(want, buf, len);
		assert_int_equal(any_dma_map(&s.dma, buf, len, ANY_DMA_FROM_DEVICE, &map), 0);
		memset(want, 0xa0 + (int)i, part);
		device_moves(map.addr.raw, want, part, true);
		any_dma_unmap_written(&s.dma, &map, part);
		read_back(got, buf, len);
		assert_memory_equal(got, want, len);
	}
}

/* DA-33: the neighbours' bytes, in use all the time, survive on both sides */
static void neighbours(void)
{
	for (unsigned i = 0; i < 40; i++) {
		uint8_t *buf = place(i, 256 + an_offset());
		uint32_t len = a_length();
		struct any_dma_mapping map;

		fill(buf - 8, 8);
		assert_int_equal(any_dma_map(&s.dma, buf, len, ANY_DMA_FROM_DEVICE, &map), 0);
		fill(buf + len, 8);
		fill(buf - 8, 8);
		read_back(want, buf - 8, 8);
		read_back(want + 8, buf + len, 8);
		memset(got, 0x55, len);
		device_moves(map.addr.raw, got, len, true);
		any_dma_unmap(&s.dma, &map);
		read_back(got, buf - 8, 8);
		read_back(got + 8, buf + len, 8);
		assert_memory_equal(got, want, 16);
	}
}

/* DA-05, DA-55: parts go to and fro without an unmap */
static void partial_syncs(void)
{
	uint8_t *buf = place(3, 128);
	struct any_dma_mapping map;

	fill(buf, 4096);
	assert_int_equal(any_dma_map(&s.dma, buf, 4096, ANY_DMA_BOTH, &map), 0);
	for (unsigned i = 0; i < 40; i++) {
		uint32_t at = (uint32_t)(lab_random(s.m) % 32) * 128;

		device_moves(map.addr.raw + at, want, 128, false);
		memset(got, (int)i, 128);
		device_moves(map.addr.raw + at, got, 128, true);
		any_dma_sync_for_cpu(&s.dma, &map, at, 128);
		read_back(want, buf + at, 128);
		assert_memory_equal(got, want, 128);
		fill(buf + at, 128);
		read_back(want, buf + at, 128);
		any_dma_sync_for_device(&s.dma, &map, at, 128);
		device_moves(map.addr.raw + at, got, 128, false);
		assert_memory_equal(got, want, 128);
	}
	any_dma_unmap(&s.dma, &map);
}

/* DA-06, DA-36: a list arrives whole, in order, within the device's segment limits */
static void lists(void)
{
	struct any_dma_sg sg[8];
	struct any_dma_extent extent[64];

	assert_int_equal(any_dma_set_max_segment(&s.dma, 4096), 0);
	assert_int_equal(any_dma_set_boundary(&s.dma, 0xffff), 0);
	for (unsigned round = 0; round < 10; round++) {
		uint32_t total = 0, seen = 0;
		unsigned count = 0;

		for (unsigned i = 0; i < 8; i++) {
			sg[i] = (struct any_dma_sg){.buf = place(round + i, 64 * (i & 3)),
						    .len = 1 + lab_random(s.m) % 1500};
			fill(sg[i].buf, (uint32_t)sg[i].len);
			read_back(want + total, sg[i].buf, (uint32_t)sg[i].len);
			total += (uint32_t)sg[i].len;
		}
		assert_int_equal(
			any_dma_map_sg(&s.dma, sg, 8, ANY_DMA_TO_DEVICE, extent, 64, &count), 0);
		for (unsigned i = 0; i < count; i++) {
			assert_true(extent[i].len <= 4096);
			assert_true((extent[i].addr.raw | 0xffff) ==
				    ((extent[i].addr.raw + extent[i].len - 1) | 0xffff));
			seen += extent[i].len;
		}
		assert_int_equal(seen, total);
		any_dma_unmap_sg(&s.dma, sg, 8);
	}
}

/* Hazard 11: there may be no coherent memory at all, and then it is said. */
static bool has_none(void)
{
	struct any_dma_coherent mem;

	if (!s.plat.facts.no_coherent)
		return false;
	assert_int_equal(any_dma_alloc_coherent(&s.dma, 64, &mem), -ANY_ENOTSUP);
	return true;
}

/* DA-10, DA-11: zeroed, aligned, seen by both without sync */
static void coherent_memory(void)
{
	static const size_t sizes[] = {64, 4096, 5000, 65536};
	struct any_dma_coherent mem[4];

	if (has_none())
		return;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(any_dma_alloc_coherent(&s.dma, sizes[i], &mem[i]), 0);
		read_back(got, mem[i].cpu, 64);
		memset(want, 0, 64);
		assert_memory_equal(got, want, 64);
		assert_int_equal(mem[i].addr.raw & (sizes[i] > 4096 ? 8191 : 63), 0);
	}
	for (unsigned i = 0; i < 40; i++) {
		uint8_t *at = (uint8_t *)mem[i % 4].cpu + 32;

		fill(at, 16);
		read_back(want, at, 16);
		device_moves(mem[i % 4].addr.raw + 32, got, 16, false);
		assert_memory_equal(got, want, 16);
		memset(want, (int)i, 16);
		device_moves(mem[i % 4].addr.raw + 32, want, 16, true);
		any_dma_drain(&s.dma, ANY_DMA_FROM_DEVICE);
		read_back(got, at, 16);
		assert_memory_equal(got, want, 16);
	}
	for (unsigned i = 0; i < 4; i++)
		any_dma_free_coherent(&s.dma, &mem[i]);
}

/* DA-19 */
static void pools(void)
{
	struct any_dma_coherent block[33];
	struct any_dma_pool pool;
	uint16_t stack[32];

	if (has_none())
		return;
	assert_int_equal(any_dma_pool_init(&pool, &s.dma, 48, 64, 4096, 32, stack), 0);
	for (unsigned i = 0; i < 32; i++) {
		assert_int_equal(any_dma_pool_alloc(&pool, &block[i]), 0);
		assert_int_equal(block[i].addr.raw & 63, 0);
		fill(block[i].cpu, 48);
	}
	assert_int_equal(any_dma_pool_alloc(&pool, &block[32]), -ANY_ENOMEM);
	assert_int_equal(any_dma_pool_fini(&pool), -ANY_EBUSY);
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(any_dma_pool_free(&pool, &block[i]), 0);
	assert_int_equal(any_dma_pool_fini(&pool), 0);
}

/* DA-53: a dry pool or a full address space is an error; nothing is lost, and it passes */
static void exhaustion(void)
{
	static struct any_dma_mapping maps[600];
	unsigned n = 0;
	int err = 0;

	while (n < 600) {
		err = any_dma_map(&s.dma, place(n, 64 * (n / LAB_SLOTS)), 64, ANY_DMA_BOTH,
				  &maps[n]);
		if (err)
			break;
		n++;
	}
	assert_true(n == 600 || err == -ANY_ENOMEM);
	assert_true(n >= 64); /* an untrusted device's buffer takes a slot of whole granules */
	for (unsigned i = 0; i < n; i++)
		any_dma_unmap(&s.dma, &maps[i]);
	assert_int_equal(any_dma_map(&s.dma, place(0, 0), 64, ANY_DMA_BOTH, &maps[0]), 0);
	any_dma_unmap(&s.dma, &maps[0]);
}

/* DA-09, DA-30: whatever the mask, no address beyond it is ever handed out */
static void masks(void)
{
	static const unsigned bits[] = {24, 28, 30, 31, 32, 40, 64};

	for (unsigned b = 0; b < ANY_ARRAY_SIZE(bits); b++) {
		uint64_t mask = bits[b] == 64 ? ~0ull : (1ull << bits[b]) - 1;

		if (any_dma_set_mask(&s.dma, mask))
			continue; /* EIO: it would reach nothing */
		for (unsigned i = 0; i < LAB_SLOTS; i++) {
			struct any_dma_mapping map;

			if (any_dma_map(&s.dma, place(i, 64), 512, ANY_DMA_TO_DEVICE, &map))
				continue;
			assert_true(map.addr.raw + 511 <= mask);
			any_dma_unmap(&s.dma, &map);
		}
	}
	assert_int_equal(any_dma_set_mask(&s.dma, ~0ull), 0);
}

/* DA-35: what max_mapping_len promises fits, wherever it lies */
static void longest(void)
{
	size_t len = any_dma_max_mapping_len(&s.dma);
	struct any_dma_mapping map;

	assert_true(len >= 65536);
	for (unsigned i = 0; i < LAB_SLOTS; i++) {
		assert_int_equal(any_dma_map(&s.dma, place(i, 0), 65536, ANY_DMA_TO_DEVICE, &map),
				 0);
		any_dma_unmap(&s.dma, &map);
	}
}

static const struct {
	const char *name;
	void (*body)(void);
} bodies[] = {
	{"to_device", to_device},   {"from_device", from_device},
	{"neighbours", neighbours}, {"partial_syncs", partial_syncs},
	{"lists", lists},	    {"coherent_memory", coherent_memory},
	{"pools", pools},	    {"exhaustion", exhaustion},
	{"masks", masks},	    {"longest", longest},
};

static void run(const char *platform, const char *name, void (*body)(void), uint64_t seed)
{
	scene_open(&s, platform, seed);
	lab_place_slots(s.m, slots);
	assert_int_equal(any_dma_set_mask(&s.dma, s.plat.machine.master_bits &&
								  s.plat.machine.master_bits < 64
							  ? (1ull << s.plat.machine.master_bits) - 1
							  : ~0ull),
			 0);
	if (any_dma_max_mapping_len(&s.dma) <
	    BUF) { /* SRAM of tens of KiB: the lab's cells run there */
		scene_close(&s);
		return;
	}
	s.m->calm = false;
	if (setjmp(s.m->out))
		fail_msg("%s, %s, seed %llu: %s: %s", platform, name, (unsigned long long)seed,
			 any_lab_rules[s.report.rule].id, s.report.text);
	body();
	s.m->calm = true;
	lab_judge_end(s.m);
	scene_close(&s);
}

static void on_platform(void **state)
{
	const struct any_platform_entry *entry = *state;
	unsigned seeds = entry < any_platform_list + any_platform_first ? 10 : 2;

	for (volatile unsigned b = 0; b < ANY_ARRAY_SIZE(bodies); b++)
		for (volatile unsigned seed = 1; seed <= seeds; seed++)
			run(entry->name, bodies[b].name, bodies[b].body, seed);
}

int main(void)
{
	struct CMUnitTest tests[256];

	for (unsigned i = 0; i < any_platform_count; i++)
		tests[i] = (struct CMUnitTest){any_platform_list[i].name, on_platform, NULL, NULL,
					       (void *)(uintptr_t)&any_platform_list[i]};
	return _cmocka_run_group_tests("conform", tests, any_platform_count, NULL, NULL);
}
