/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tree leaves out and the lab fills in: memory, pools, the device; and situations. */
#include "tests/unit/platform/tree_builder.h"

#include <anydma/lab.h>

#include "lab/board/board.h"

#define GIB (1ull << 30)

static struct builder b;
static struct any_platform p;
static char why[ANY_LAB_TEXT];

/* A board with one bus; each test says its memory, its windows and its devices. */
static void open_board(void)
{
	begin(&b);
	text(&b, "compatible", "test,board");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
}

static void memory(uint32_t high, uint32_t low, uint32_t size_high, uint32_t size_low)
{
	node(&b, "memory@0");
	text(&b, "device_type", "memory");
	cells(&b, "reg", 4, high, low, size_high, size_low);
	end(&b);
}

/* A bus whose window shows `size` of CPU memory at `cpu` as bus address `dma`. */
static void open_bus(uint32_t dma, uint32_t cpu, uint32_t size)
{
	node(&b, "soc");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	flag(&b, "ranges");
	cells(&b, "dma-ranges", 6, 0u, dma, 0u, cpu, 0u, size);
}

static void device(const char *name, bool enabled)
{
	node(&b, name);
	text(&b, "compatible", "test,device");
	cells(&b, "reg", 4, 0u, 0x1000u, 0u, 0x1000u);
	if (!enabled)
		text(&b, "status", "disabled");
	end(&b);
}

static void close_board(void)
{
	end(&b);
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
}

static int complete(const char *path)
{
	struct any_platform_error error;
	int err = any_platform_read(b.blob, sizeof(b.blob), path, &p, &error);

	if (err)
		fail_msg("%s", error.text);
	return lab_board_complete(b.blob, &p, why);
}

static bool is_ram(uint64_t at)
{
	for (uint32_t i = 0; i < p.n_ram; i++)
		if (at - p.ram[i].base < p.ram[i].size)
			return true;
	return false;
}

static bool within(uint64_t base, uint64_t size, uint64_t from, uint64_t to)
{
	return size && base >= from && base + size <= to;
}

/* The boot loader would fill it in: from the named base to beyond the end of the window. */
static void invented(void **state)
{
	(void)state;
	open_board();
	memory(0, 0x40000000, 0, 0);
	open_bus(0, 0x40000000, 0xa0000000);
	device("mmc@1000", true);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), 0);
	assert_false(is_ram(0x3fffffff));
	assert_true(is_ram(0x40000000));
	assert_true(is_ram(0xdfffffff)); /* both sides of the window's end */
	assert_true(is_ram(0xe0000000));
	assert_true(within(p.machine.bounce_base, p.machine.bounce_size, 0x40000000, 0xe0000000));
	assert_true(
		within(p.machine.coherent_base, p.machine.coherent_size, 0x40000000, 0xe0000000));
	assert_false(p.facts.no_coherent);
}

/* No memory node says anything: the window shows where memory is. */
static void shown_by_window(void **state)
{
	(void)state;
	open_board();
	open_bus(0x10000000, 0x60000000, 0x10000000);
	device("mmc@1000", true);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), 0);
	assert_true(is_ram(0x60000000) && is_ram(0x6fffffff) && is_ram(0x70000000));
	assert_true(within(p.machine.bounce_base, p.machine.bounce_size, 0x60000000, 0x70000000));
}

/* Pools stay out of what is reserved, and apart from each other. */
static void beside_reserved(void **state)
{
	(void)state;
	open_board();
	memory(0, 0x80000000, 0, 0x10000000);
	node(&b, "reserved-memory");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	flag(&b, "ranges");
	node(&b, "firmware@80000000");
	cells(&b, "reg", 4, 0u, 0x80000000u, 0u, 0x00480000u);
	end(&b);
	node(&b, "video@80900000");
	cells(&b, "reg", 4, 0u, 0x80900000u, 0u, 0x00100000u);
	end(&b);
	end(&b);
	open_bus(0x80000000, 0x80000000, 0x04000000);
	device("mmc@1000", true);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), 0);
	assert_int_equal(p.n_ram, 1);
	assert_true(p.machine.bounce_base == 0x80a00000 && p.machine.bounce_size == 0x800000);
	assert_true(p.machine.coherent_base == 0x80500000 && p.machine.coherent_size == 0x400000);
}

/* More than is held: the pieces at the borders stay, the middle goes. */
static void cut(void **state)
{
	uint64_t sum = 0;

	(void)state;
	open_board();
	memory(0x1000, 0, 0x100, 0); /* 1 TiB at 2^44 */
	memory(0, 0, 0x100, 0);	     /* and at 0 */
	node(&b, "soc");
	cells(&b, "#address-cells", 1, 2u);
	cells(&b, "#size-cells", 1, 2u);
	flag(&b, "ranges");
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0u, 0x20u, 0u); /* sees 128 GiB */
	device("mmc@1000", true);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), 0);
	assert_true(is_ram(0) && is_ram(4 * GIB - 1) && is_ram(4 * GIB));
	assert_true(is_ram(128 * GIB - 1) && is_ram(128 * GIB) && is_ram(1024 * GIB - 1));
	assert_true(is_ram(1ull << 44) && is_ram((1ull << 44) + 1024 * GIB - 1));
	assert_false(is_ram(64 * GIB));
	for (uint32_t i = 0; i < p.n_ram; i++) {
		sum += p.ram[i].size;
		assert_true(!i || p.ram[i].base >= p.ram[i - 1].base + p.ram[i - 1].size);
	}
	assert_true(sum < 4 * GIB);
}

/* A device that sees no memory is one clear line. */
static void out_of_reach(void **state)
{
	(void)state;
	open_board();
	memory(0, 0x90000000, 0, 0x800000);
	open_bus(0xc0000000, 0, 0x10000000);
	device("mmc@1000", true);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), -ANY_ENOTSUP);
	assert_non_null(strstr(why, "/soc/mmc@1000: no free memory lies within its reach"));
}

/* ---- which device */

static void three_devices(void)
{
	open_board();
	memory(0, 0x80000000, 0, 0x10000000);
	node(&b, "aliases");
	text(&b, "net", "/soc/ethernet@3000");
	text(&b, "loop", "loop");
	end(&b);
	open_bus(0x80000000, 0x80000000, 0x10000000);
	device("ethernet@3000", true);
	device("mmc@1000", false);
	device("mmc@2000", true);
	device("mmc@4000", true);
	close_board();
}

static void expect(const char *wanted, const char *path, const char *says)
{
	char found[ANY_LAB_DEVICE] = "";
	int err = any_lab_device(b.blob, sizeof(b.blob), wanted, found, sizeof(found), why);

	if (err && !says)
		fail_msg("%s", why);
	assert_string_equal(found, path);
	assert_int_equal(err == 0, says == NULL);
	if (says && !strstr(why, says))
		fail_msg("'%s' does not say '%s'", why, says);
}

static void which_device(void **state)
{
	(void)state;
	three_devices();
	expect(NULL, "/soc/mmc@2000", NULL); /* a block driver's home before a network's */
	expect("/soc/mmc@4000", "/soc/mmc@4000", NULL);
	expect("net", "/soc/ethernet@3000", NULL);
	expect("mmc@4000", "/soc/mmc@4000", NULL);
	expect("ethernet", "/soc/ethernet@3000", NULL);
	expect("mmc", "", "may be any of 2: /soc/mmc@2000, /soc/mmc@4000");
	expect("mmc@1000", "/soc/mmc@1000", NULL); /* disabled: the reader says so */
	expect("/soc/mmc@9000", "", "the nearest: mmc@");
	expect("etherned", "", "the nearest: ethernet@3000");
	expect("loop", "", "no device 'loop'");
}

/* ---- situations */

static void tell(uint32_t base, uint32_t size, uint32_t window, bool coherent,
		 char out[ANY_LAB_SITUATION])
{
	open_board();
	memory(0, base, 0, size);
	open_bus(0x10000000, base, window);
	node(&b, "mmc@1000");
	if (coherent)
		flag(&b, "dma-coherent");
	end(&b);
	close_board();
	assert_int_equal(complete("/soc/mmc@1000"), 0);
	lab_board_situation(&p, out);
}

static void situations(void **state)
{
	char a[ANY_LAB_SITUATION], c[ANY_LAB_SITUATION];

	(void)state;
	tell(0x80000000, 0x20000000, 0x10000000, false, a);
	assert_string_equal(a, "ram 0x80000000-0x70000000 / 0x90000000 none; not coherent line=64");
	tell(0x80000000, 0x30000000, 0x10000000, false, c); /* only more of what is out of reach */
	assert_string_equal(a, c);
	tell(0x80000000, 0x20000000, 0x08000000, false, c);
	assert_string_not_equal(a, c);
	tell(0x80000000, 0x20000000, 0x10000000, true, c);
	assert_string_not_equal(a, c);
	tell(0x80000000, 0x20000000, 0x20000000, true, c);
	assert_string_equal(c, "ram 0x80000000-0x70000000; coherent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invented),	   cmocka_unit_test(shown_by_window),
		cmocka_unit_test(beside_reserved), cmocka_unit_test(cut),
		cmocka_unit_test(out_of_reach),	   cmocka_unit_test(which_device),
		cmocka_unit_test(situations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
