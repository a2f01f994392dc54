/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trees that are damaged or lie: each is refused with one line that says what is wrong, leaves the
 * caller's platform as it was, and crashes nothing (the sanitizers watch the ends of each blob).
 */
#include "tree_builder.h"

#include <stdio.h>
#include <stdlib.h>

static struct builder b;

/* The blob ends where its memory does. The line is kept in `said`. */
static struct any_platform_error said;

static int read_exactly(const void *blob, size_t size)
{
	static const struct any_platform zero;
	struct any_platform p = zero;
	void *copy = malloc(size ? size : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, blob, size);
	memset(&said, 'x', sizeof(said));
	err = any_platform_read(copy, size, NULL, &p, &said);
	free(copy);
	assert_non_null(memchr(said.text, 0, sizeof(said.text)));
	if (!err)
		return 0;
	assert_memory_equal(&p, &zero, sizeof(p));
	assert_true(said.text[0]);
	for (const char *c = said.text; *c; c++)
		assert_true(*c >= ' ' && *c <= '~');
	return err;
}

static void refused(int err, const char *line)
{
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	assert_int_equal(read_exactly(b.blob, fdt_totalsize(b.blob)), -err);
	assert_string_equal(said.text, line);
}

static void bus(const char *name, uint32_t address, uint32_t size)
{
	node(&b, name);
	cells(&b, "#address-cells", 1, address);
	cells(&b, "#size-cells", 1, size);
}

static void leaf(const char *name)
{
	node(&b, name);
	end(&b);
}

/* Ends the bus too. */
static void device_on_bus(void)
{
	leaf("d");
	end(&b);
}

static void test_truncated(void **state)
{
	const struct any_platform_entry *entry = &any_platform_list[0];

	(void)state;
	assert_int_equal(read_exactly(entry->dtb, entry->size), 0);
	for (size_t size = 0; size < entry->size; size += 4)
		assert_int_equal(read_exactly(entry->dtb, size), -ANY_EINVAL);
	assert_string_equal(said.text, "not a whole flattened devicetree");
}

/* Every byte of a real tree, one at a time: refused or read, never a crash. */
static void test_one_byte_wrong(void **state)
{
	static uint8_t blob[8192];
	const struct any_platform_entry *entry = &any_platform_list[0];
	unsigned bad = 0;

	(void)state;
	assert_true(entry->size <= sizeof(blob));
	memcpy(blob, entry->dtb, entry->size);
	for (size_t i = 0; i < entry->size; i++) {
		blob[i] ^= 0xff;
		bad += read_exactly(blob, entry->size) != 0;
		blob[i] ^= 0xff;
	}
	assert_true(bad > entry->size / 8);
}

static void test_old_version(void **state)
{
	(void)state;
	board(&b, "/d");
	leaf("d");
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	assert_int_equal(read_exactly(b.blob, fdt_totalsize(b.blob)), 0);
	fdt_set_version(b.blob, 16);
	fdt_set_last_comp_version(b.blob, 2);
	assert_int_equal(read_exactly(b.blob, fdt_totalsize(b.blob)), -ANY_EINVAL);
	assert_string_equal(said.text, "not a whole flattened devicetree");
}

/* The header claims more than there is, or blocks outside of it. */
/* libfdt 1.6.1's own check never ends on a property whose length leads back to before it. */
static void test_length_wraps(void **state)
{
	static uint64_t copy[2048]; /* aligned to 8 */
	uint8_t *blob = (uint8_t *)copy;
	fdt32_t *prop = NULL;

	(void)state;
	board(&b, "/d");
	leaf("d");
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	memcpy(blob, b.blob, sizeof(b.blob) < sizeof(copy) ? sizeof(b.blob) : sizeof(copy));
	for (uint32_t at = 0; at < fdt_size_dt_struct(blob) && !prop; at += 4) {
		prop = (fdt32_t *)(void *)(blob + fdt_off_dt_struct(blob) + at);
		if (fdt32_to_cpu(*prop) != FDT_PROP)
			prop = NULL;
	}
	assert_non_null(prop);
	for (uint32_t back = 4; back <= 64; back += 4) {
		prop[1] = cpu_to_fdt32(0u - back);
		assert_int_equal(read_exactly(blob, fdt_totalsize(blob)), -ANY_EINVAL);
	}
}

static void test_oversized(void **state)
{
	uint32_t size, strings;

	(void)state;
	board(&b, "/d");
	leaf("d");
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	size = fdt_totalsize(b.blob);
	strings = fdt_off_dt_strings(b.blob);

	for (unsigned i = 0; i < 3; i++) {
		fdt_set_totalsize(b.blob, i == 0 ? size + 4 : size);
		fdt_set_off_dt_strings(b.blob, i == 1 ? 0xfffffff0u : strings);
		assert_int_equal(read_exactly(b.blob, size), i == 2 ? 0 : -ANY_EINVAL);
	}
	fdt_set_size_dt_struct(b.blob, 0x7ffffffcu);
	assert_int_equal(read_exactly(b.blob, size), -ANY_EINVAL);
}

static void test_misaligned(void **state)
{
	static _Alignas(8) uint8_t blob[8192 + 4];
	struct any_platform p;

	(void)state;
	memcpy(blob + 4, any_platform_list[0].dtb, any_platform_list[0].size);
	assert_int_equal(any_platform_read(blob + 4, any_platform_list[0].size, NULL, &p, &said),
			 -ANY_EINVAL);
	assert_int_equal(any_platform_read(NULL, 100, NULL, &p, &said), -ANY_EINVAL);
}

static void test_aliases(void **state)
{
	(void)state;
	board(&b, "a");
	node(&b, "aliases");
	text(&b, "a", "a");
	end(&b);
	refused(ANY_ENOENT, "a: is no device of this tree");

	board(&b, "a");
	node(&b, "aliases");
	cells(&b, "a", 1, 0x2f414141u); /* "/AAA", without an end */
	end(&b);
	refused(ANY_ENOENT, "a: is no device of this tree");

	board(&b, "/no\nsuch");
	refused(ANY_ENOENT, "/no?such: is no device of this tree");
}

static void test_no_device(void **state)
{
	(void)state;
	begin(&b);
	refused(ANY_ENOENT, "anydma,device: names no device, and none was asked for");

	begin(&b);
	node(&b, "chosen");
	cells(&b, "anydma,device", 1, 0x2f414141u);
	end(&b);
	refused(ANY_EINVAL, "/chosen: anydma,device: is not a string");
}

/* Two buses that name each other as their DMA parent. */
static void test_cyclic_interconnects(void **state)
{
	(void)state;
	board(&b, "/one/d");
	for (uint32_t i = 1; i <= 2; i++) {
		bus(i == 1 ? "one" : "two", 2, 2);
		cells(&b, "phandle", 1, i);
		cells(&b, "#interconnect-cells", 1, 0u);
		cells(&b, "interconnects", 1, 3 - i);
		text(&b, "interconnect-names", "dma-mem");
		flag(&b, "dma-ranges");
		if (i == 1)
			leaf("d");
		end(&b);
	}
	refused(ANY_EINVAL, "/one: interconnects: the way to memory never ends");

	board(&b, "/one/d");
	bus("one", 2, 2);
	cells(&b, "phandle", 1, 1u);
	cells(&b, "interconnects", 1, 1u); /* itself */
	text(&b, "interconnect-names", "dma-mem");
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0u, 0u, 0x1000u);
	device_on_bus();
	refused(ANY_EINVAL, "/one: interconnects: the way to memory never ends");
}

static void test_cells(void **state)
{
	(void)state;
	board(&b, "/s/d");
	bus("s", 0xffffffffu, 1);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 1u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: #address-cells: more cells than any address has");

	board(&b, "/s/d");
	bus("s", 1, 0x80000000u);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 1u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: #size-cells: more cells than any address has");

	board(&b, "/s/d");
	bus("s", 1, 0);
	cells(&b, "dma-ranges", 4, 0u, 0u, 0u, 1u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: dma-ranges: has addresses of no cells");

	board(&b, "/s/d");
	bus("s", 1, 1);
	cells(&b, "dma-ranges", 3, 0u, 0u, 0u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: dma-ranges: is not whole windows");

	board(&b, "/s/d");
	bus("s", 1, 1);
	text(&b, "dma-ranges", "?"); /* two bytes */
	device_on_bus();
	refused(ANY_EINVAL, "/s: dma-ranges: length is not a number of cells");
}

static void memory(uint64_t base, uint64_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)base + 1);
	node(&b, name);
	text(&b, "device_type", "memory");
	cells(&b, "reg", 4, (uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(size >> 32),
	      (uint32_t)size);
	end(&b);
}

static void test_memory(void **state)
{
	(void)state;
	board(&b, "/d");
	leaf("d");
	memory(0xffffffff00000000, 0x200000000);
	refused(ANY_EINVAL, "/memory@ffffffff00000001: reg: memory wraps");

	board(&b, "/d");
	leaf("d");
	for (unsigned i = 1; i <= ANY_PLATFORM_RANGES; i++)
		memory(i * 0x40000000ull, 0x1000);
	refused(ANY_ENOSPC, "/memory@400000001: reg: more memory ranges than fit");

	board(&b, "/d");
	leaf("d");
	node(&b, "memory@80000000");
	text(&b, "device_type", "memory");
	cells(&b, "reg", 3, 0u, 0x80000000u, 0u);
	end(&b);
	refused(ANY_EINVAL, "/memory@80000000: reg: is not whole ranges");
}

static void test_windows(void **state)
{
	(void)state;
	board(&b, "/s/d");
	bus("s", 1, 1);
	cells(&b, "dma-ranges", 8, 0u, 0u, 0u, 0x10000000u, 0xffff000u, 0u, 0x20000000u, 0x1000u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: dma-ranges: two windows put different memory at one address");

	board(&b, "/s/d");
	bus("s", 2, 2);
	cells(&b, "dma-ranges", 6, 0xffffffffu, 0xfffff000u, 0u, 0u, 0u, 0x2000u);
	device_on_bus();
	refused(ANY_EINVAL, "/s: dma-ranges: a window wraps");

	board(&b, "/s/d"); /* wraps only where its parent puts it */
	bus("s", 2, 2);
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0u, 0xffffffffu, 0u);
	cells(&b, "interconnects", 1, 9u);
	text(&b, "interconnect-names", "dma-mem");
	device_on_bus();
	bus("up", 2, 2);
	cells(&b, "phandle", 1, 9u);
	cells(&b, "dma-ranges", 6, 0u, 0u, 0xffffffffu, 0u, 0u, 0x1000u);
	end(&b);
	refused(ANY_EINVAL, "/s: dma-ranges: a window wraps");
}

static void test_too_many_windows(void **state)
{
	fdt32_t value[4 * (ANY_PLATFORM_SEGMENTS + 1)];

	(void)state;
	for (uint32_t i = 0; i <= ANY_PLATFORM_SEGMENTS; i++) {
		value[4 * i] = cpu_to_fdt32(i << 12);
		value[4 * i + 1] = 0;
		value[4 * i + 2] = cpu_to_fdt32((ANY_PLATFORM_SEGMENTS - i) << 12);
		value[4 * i + 3] = cpu_to_fdt32(0x1000);
	}
	for (unsigned extra = 0; extra <= 1; extra++) {
		board(&b, "/s/d");
		bus("s", 1, 1);
		assert_int_equal(fdt_property(b.blob, "dma-ranges", value,
					      (int)(16 * (ANY_PLATFORM_SEGMENTS + extra))),
				 0);
		device_on_bus();
		if (extra)
			refused(ANY_ENOSPC, "/s: dma-ranges: more windows than fit");
		else
			refused(0, "");
	}
}

static void test_long_names(void **state)
{
	char name[256] = "/";

	(void)state;
	memset(name + 1, 'n', sizeof(name) - 2);
	board(&b, name);
	leaf(name + 1);
	refused(ANY_EINVAL, "device: has too long a path");
}

/* A property of /anydma, given as two numbers; the tree is fine otherwise. */
static void machine(const char *property, uint64_t value)
{
	board(&b, "/d");
	leaf("d");
	node(&b, "anydma");
	cells(&b, property, 2, (uint32_t)(value >> 32), (uint32_t)value);
}

static void test_machine(void **state)
{
	(void)state;
	machine("anydma,cache-line", 48);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,cache-line: is not a power of two up to 128");
	machine("anydma,cache-line", 256);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,cache-line: is not a power of two up to 128");
	machine("anydma,cache-line", 1ull << 32);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,cache-line: is too large");
	machine("anydma,cpu-aliases", 5);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,cpu-aliases: is too large");
	machine("anydma,drain-to-device", 0);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,drain-to-device: is not the words it should be");
	machine("anydma,bounce", 4096);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,bounce: is not a 64-bit base and size");
	machine("anydma,bus-min", 0x2000);
	cells(&b, "anydma,bus-max", 1, 0x1fffu);
	end(&b);
	refused(ANY_EINVAL, "/anydma: anydma,bus-max: is below anydma,bus-min");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_one_byte_wrong),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_misaligned),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_cyclic_interconnects),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_too_many_windows),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_length_wraps),
		cmocka_unit_test(test_oversized),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
