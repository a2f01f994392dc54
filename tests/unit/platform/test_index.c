/* SPDX-License-Identifier: BSD-2-Clause */
/* The index gives the same answers as libfdt, who masters a bus, and why. */
#include "tree_builder.h"

#include <stdio.h>

static struct builder b;
static struct any_platform with, without;
static struct any_platform_error e;
static struct any_platform_node nodes[512];

static void whole(void)
{
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
}

static struct any_platform_tree opened(uint32_t max)
{
	struct any_platform_tree tree;

	assert_int_equal(any_platform_open(&tree, b.blob, sizeof(b.blob), nodes, max, &e), 0);
	return tree;
}

/* Every node of every tree of the catalogue, asked both ways. */
static void test_index_answers_as_libfdt(void **state)
{
	(void)state;
	for (unsigned i = 0; i < any_platform_count; i++) {
		const struct any_platform_entry *entry = &any_platform_list[i];
		struct any_platform_tree fast, slow;

		assert_int_equal(any_platform_open(&fast, entry->dtb, entry->size, nodes, 512, &e),
				 0);
		assert_int_equal(any_platform_open(&slow, entry->dtb, entry->size, NULL, 0, &e), 0);
		assert_true(fast.n_nodes > 1 && !slow.n_nodes);
		for (int n = fdt_next_node(entry->dtb, -1, NULL); n >= 0;
		     n = fdt_next_node(entry->dtb, n, NULL)) {
			char path[ANY_PLATFORM_TEXT];
			const struct any_platform_query query = {.device = path};
			struct any_platform_error other;
			int err;

			assert_int_equal(fdt_get_path(entry->dtb, n, path, sizeof(path)), 0);
			memset(&with, 0, sizeof(with));
			memset(&without, 0, sizeof(without));
			err = any_platform_ask(&fast, &query, &with, &e);
			assert_int_equal(err, any_platform_ask(&slow, &query, &without, &other));
			if (err)
				assert_string_equal(e.text, other.text);
			with.facts.segments = without.facts.segments = NULL;
			assert_memory_equal(&with, &without, sizeof(with));
		}
	}
}

static void test_too_small_an_index_is_none(void **state)
{
	struct any_platform_query query = {.device = "/d"};
	struct any_platform_tree tree;

	(void)state;
	board(&b, "/d"); /* root, chosen, memory, d */
	node(&b, "d");
	end(&b);
	whole();
	tree = opened(3);
	assert_int_equal(tree.n_nodes, 0);
	assert_int_equal(any_platform_ask(&tree, &query, &with, &e), 0);
	tree = opened(4);
	assert_int_equal(tree.n_nodes, 4);
	assert_int_equal(tree.nodes[3].parent, 0);
	assert_int_equal(any_platform_ask(&tree, &query, &with, &e), 0);
	query.device = "d";
	assert_int_equal(any_platform_ask(&tree, &query, &with, &e), -ANY_ENOENT);
}

/* A node on a bus of 1/1 cells, with a property (NULL: none). */
static void on_bus(const char *name, const char *property, bool reg)
{
	node(&b, name);
	if (property)
		cells(&b, property, 1, 1u);
	text(&b, "compatible", "test,it");
	if (reg)
		cells(&b, "reg", 2, 0x1000u, 0x1000u);
	end(&b);
}

static void bus_of(const char *name, uint32_t sizes)
{
	node(&b, name);
	cells(&b, "#address-cells", 1, 1u);
	cells(&b, "#size-cells", 1, sizes);
}

/* "path by" of all masters, a line each */
static const char *masters(uint32_t max)
{
	static char said[1024];
	const struct any_platform_tree tree = opened(max);
	struct any_platform_master m = {.offset = -1};
	size_t n = 0;

	said[0] = 0;
	while (any_platform_next_master(&tree, &m))
		n += (size_t)snprintf(said + n, sizeof(said) - n, "%s %d\n", m.path, (int)m.by);
	return said;
}

static void test_masters_by_property(void **state)
{
	static const char *const yes[] = {"iommus",	   "dma-coherent", "dma-noncoherent",
					  "memory-region", "#dma-cells",   "iommu-map"};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(yes); i++) {
		board(&b, "/none");
		bus_of("soc", 1);
		on_bus("thing@1000", yes[i], true);
		on_bus("other@2000", "dma-ranges", true);
		end(&b);
		whole();
		assert_string_equal(masters(512), "/soc/thing@1000 0\n");
		assert_string_equal(masters(0), "/soc/thing@1000 0\n");
	}
	board(&b, "/none");
	bus_of("soc", 1);
	on_bus("smem", "memory-region", false);
	node(&b, "iommu@1");
	cells(&b, "#iommu-cells", 1, 1u);
	flag(&b, "dma-coherent");
	end(&b);
	node(&b, "router");
	cells(&b, "#dma-cells", 1, 1u);
	cells(&b, "dma-masters", 1, 1u);
	end(&b);
	node(&b, "bus");
	text(&b, "compatible", "simple-bus");
	flag(&b, "dma-coherent");
	end(&b);
	end(&b);
	whole();
	assert_string_equal(masters(512), "");
}

static void test_masters_by_name(void **state)
{
	(void)state;
	board(&b, "/none");
	bus_of("soc", 1);
	on_bus("ethernet@1000", NULL, true);
	on_bus("mmc2@2000", NULL, true);
	on_bus("video-codec-1@3000", NULL, true);
	on_bus("usb@4000", NULL, false);      /* no registers: a wrapper */
	on_bus("ethernet-phy@5", NULL, true); /* another name */
	on_bus("ether@6000", NULL, true);
	on_bus("serial@7000", NULL, true);
	end(&b);
	bus_of("hub", 0); /* addresses without sizes */
	on_bus("ethernet@1", NULL, true);
	end(&b);
	bus_of("thermal-zones", 1);
	on_bus("gpu@1", NULL, true);
	end(&b);
	whole();
	assert_string_equal(masters(512), "/soc/ethernet@1000 1\n/soc/mmc2@2000 1\n"
					  "/soc/video-codec-1@3000 1\n");
}

static void test_masters_that_are_off(void **state)
{
	(void)state;
	board(&b, "/soc/serial@1");
	bus_of("off", 1);
	text(&b, "status", "disabled");
	on_bus("ethernet@1000", NULL, true);
	end(&b);
	bus_of("soc", 1);
	node(&b, "ethernet@2000");
	text(&b, "compatible", "test,it");
	cells(&b, "reg", 2, 0u, 0u);
	text(&b, "status", "reserved");
	end(&b);
	on_bus("serial@1", NULL, true);
	end(&b);
	whole();
	assert_string_equal(masters(512), "/soc/serial@1 3\n"); /* chosen */
}

static void test_masters_on_pci(void **state)
{
	(void)state;
	board(&b, "/none");
	for (unsigned i = 0; i < 2; i++) { /* a host, a root port below it */
		node(&b, i ? "pcie@0,0" : "pcie@40000000");
		text(&b, "device_type", "pci");
		cells(&b, "#address-cells", 1, 3u);
		cells(&b, "#size-cells", 1, 2u);
		cells(&b, "reg", 5, 0u, 0u, 0u, 0u, 0u);
	}
	node(&b, "wifi@0,0");
	cells(&b, "reg", 5, 0x10000u, 0u, 0u, 0u, 0u);
	end(&b);
	end(&b);
	end(&b);
	whole();
	assert_string_equal(masters(512), "/pcie@40000000 2\n/pcie@40000000/pcie@0,0/wifi@0,0 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_answers_as_libfdt),
		cmocka_unit_test(test_too_small_an_index_is_none),
		cmocka_unit_test(test_masters_by_property),
		cmocka_unit_test(test_masters_by_name),
		cmocka_unit_test(test_masters_that_are_off),
		cmocka_unit_test(test_masters_on_pci),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
