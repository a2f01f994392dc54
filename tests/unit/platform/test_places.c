/* SPDX-License-Identifier: BSD-2-Clause */
/* Where memory is, and where pools go that do not say it or are nobody's in particular. */
#include "tree_builder.h"

static struct builder b;
static struct any_platform p;
static struct any_platform_error e;

/* A restricted pool of `size` without a place; 0: the property is not there. */
struct wish {
	uint32_t size, align;
	uint32_t from, length;	  /* alloc-ranges */
	uint32_t reserved, reach; /* a page that is taken; bytes the bus sees */
};

static int place(struct wish w)
{
	board(&b, "/soc/d");
	node(&b, "reserved-memory");
	if (w.reserved) {
		node(&b, "taken");
		cells(&b, "reg", 4, 0u, w.reserved, 0u, 0x1000u);
		end(&b);
	}
	node(&b, "pool");
	text(&b, "compatible", "restricted-dma-pool");
	cells(&b, "phandle", 1, 3u);
	cells(&b, "size", 2, 0u, w.size);
	if (w.align)
		cells(&b, "alignment", 1, w.align);
	if (w.length)
		cells(&b, "alloc-ranges", 4, 0u, w.from, 0u, w.length);
	end(&b);
	end(&b);
	node(&b, "soc");
	if (w.reach)
		cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0u, 0u, w.reach);
	node(&b, "d");
	cells(&b, "memory-region", 1, 3u);
	end(&b);
	end(&b);
	return finish(&b, &p, &e);
}

static void placed(struct wish w, uint64_t base)
{
	if (place(w))
		fail_msg("%s", e.text);
	assert_true(p.facts.bounce_always);
	assert_int_equal(p.machine.bounce_base, base);
	assert_int_equal(p.machine.bounce_size + p.machine.coherent_size, w.size);
}

static void test_size_only(void **state)
{
	(void)state;
	placed((struct wish){.size = 0x10000}, 0x3fff0000);
	placed((struct wish){.size = 0x10000, .align = 0x100000}, 0x3ff00000);
	placed((struct wish){.size = 0x10000, .from = 0x10000000, .length = 0x8000800}, 0x17ff0000);
	/* alloc-ranges reach beyond memory */
	placed((struct wish){.size = 0x10000, .from = 0x30000000, .length = 0x70000000},
	       0x3fff0000);
	placed((struct wish){.size = 0x10000, .reserved = 0x3fff8000}, 0x3ffe8000);
	/* to the byte */
	placed((struct wish){.size = 0x10000, .align = 1, .reserved = 0x3fff8000}, 0x3ffe8000);
	placed((struct wish){.size = 0x10000, .align = 1, .from = 0x10000000, .length = 0x8000000},
	       0x17ff0000);
	placed((struct wish){.size = 0x10000, .align = 0x10000, .reserved = 0x3fff8000},
	       0x3ffe0000);
	placed((struct wish){.size = 0x10000, .from = 0, .length = 0x8000000, .reach = 0x10000000},
	       0x7ff0000);
}

static void test_no_place(void **state)
{
	static const struct wish none[] = {
		{.size = 0x10000, .from = 0x10000000, .length = 0xf000},
		{.size = 0x10000, .from = 0x80000000, .length = 0x10000000},
		{.size = 0x10000, .from = 0x20000000, .length = 0x10000000, .reach = 0x10000000},
		{.size = 0x10000, .from = 0x10001000, .length = 0x18000, .align = 0x10000},
		{.size = 0x10000, .from = 0x10000000, .length = 0x10000, .reserved = 0x10008000},
	};
	static const struct wish wrong[] = {{.size = 0}, {.size = 0x10000, .align = 0x3000}};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(none); i++) {
		assert_int_equal(place(none[i]), -ANY_EINVAL);
		assert_string_equal(e.text,
				    "/reserved-memory/pool: size: "
				    "no memory that the device reaches has room for the pool");
	}
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(wrong); i++) {
		assert_int_equal(place(wrong[i]), -ANY_EINVAL);
		assert_string_equal(e.text,
				    "/reserved-memory/pool: size: a pool without reg needs a size, "
				    "and a power of two to align");
	}
}

/* Memory outside the memory nodes, in a pool the device is confined to. */
static void test_restricted_outside_memory(void **state)
{
	(void)state;
	board(&b, "/d");
	node(&b, "reserved-memory");
	node(&b, "pool");
	text(&b, "compatible", "restricted-dma-pool");
	cells(&b, "phandle", 1, 3u);
	cells(&b, "reg", 4, 0u, 0x80000000u, 0u, 0x10000u);
	end(&b);
	end(&b);
	node(&b, "d");
	cells(&b, "memory-region", 1, 3u);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.n_ram, 2);
	assert_true(p.ram[1].base == 0x80000000 && p.ram[1].size == 0x10000);
	assert_int_equal(p.machine.bounce_base, 0x80000000);
}

/* A pool of 64 KiB at 32 MiB for everybody's coherent memory; what else the three nodes say. */
static uint64_t coherent_base(const char *of_pool, const char *status, const char *of_device,
			      uint32_t reach, bool named)
{
	board(&b, "/soc/d");
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	end(&b);
	node(&b, "reserved-memory");
	node(&b, "pool");
	text(&b, "compatible", "shared-dma-pool");
	text(&b, "status", status);
	flag(&b, "no-map");
	flag(&b, of_pool);
	cells(&b, "reg", 4, 0u, 0x2000000u, 0u, 0x10000u);
	end(&b);
	end(&b);
	node(&b, "soc");
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0u, 0u, reach);
	node(&b, "d");
	if (of_device)
		cells(&b, of_device, 1, 1u);
	end(&b);
	end(&b);
	node(&b, "anydma");
	if (named)
		cells(&b, "anydma,coherent", 4, 0u, 0x1000000u, 0u, 0x8000u);
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.no_coherent, !p.machine.coherent_size);
	return p.machine.coherent_base;
}

static void test_default_pool(void **state)
{
	static const char dma_default[] = "linux,dma-default";

	(void)state;
	assert_int_equal(coherent_base(dma_default, "okay", NULL, 0x10000000, false), 0x2000000);
	assert_int_equal(p.machine.coherent_size, 0x10000);
	assert_false(p.facts.bounce_always);
	assert_int_equal(coherent_base("linux,cma-default", "okay", NULL, 0x10000000, false), 0);
	assert_int_equal(coherent_base(dma_default, "disabled", NULL, 0x10000000, false), 0);
	assert_int_equal(coherent_base(dma_default, "okay", "dma-coherent", 0x10000000, false), 0);
	assert_int_equal(coherent_base(dma_default, "okay", "iommus", 0x10000000, false), 0);
	assert_int_equal(coherent_base(dma_default, "okay", NULL, 0x2008000, false), 0);
	assert_int_equal(coherent_base(dma_default, "okay", NULL, 0x10000000, true), 0x1000000);
}

/* The board's 1 GiB at 0, and another node; usable 0: it does not say linux,usable-memory. */
static void memory(uint32_t base, uint32_t size, uint32_t usable)
{
	board(&b, "/d");
	node(&b, "memory@1");
	text(&b, "device_type", "memory");
	cells(&b, "reg", 4, 0u, base, 0u, size);
	if (usable)
		cells(&b, "linux,usable-memory", 4, 0u, base, 0u, usable);
	end(&b);
	node(&b, "d");
	end(&b);
	assert_int_equal(finish(&b, &p, &e), 0);
}

static void test_memory_nodes(void **state)
{
	(void)state;
	memory(0x80000000, 0x10000000, 0);
	assert_int_equal(p.n_ram, 2);
	assert_int_equal(p.ram[1].size, 0x10000000);
	memory(0x80000000, 0x10000000, 0x1000000);
	assert_int_equal(p.n_ram, 2);
	assert_int_equal(p.ram[1].size, 0x1000000);
	memory(0x80000000, 0, 0); /* the boot loader fills it in */
	assert_int_equal(p.n_ram, 1);
	memory(0x20000000, 0x40000000, 0); /* half in the first */
	assert_int_equal(p.n_ram, 1);
	assert_true(p.ram[0].base == 0 && p.ram[0].size == 0x60000000);
	memory(0x20000000, 0x1000, 0); /* all of it in the first */
	assert_int_equal(p.n_ram, 1);
	assert_true(p.ram[0].base == 0 && p.ram[0].size == 0x40000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size_only),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_restricted_outside_memory),
		cmocka_unit_test(test_default_pool),
		cmocka_unit_test(test_memory_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
