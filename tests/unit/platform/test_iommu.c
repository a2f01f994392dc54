/* SPDX-License-Identifier: BSD-2-Clause */
/* platforms.md section 4: what of an IOMMU's addresses is given out, what is around and behind it;
 * and that every decision has its reason. */
#include "tree_builder.h"

#include <stdio.h>

static struct builder b;
static struct any_platform p;
static struct any_platform_error e;

/* An IOMMU below a bus whose windows put memory at 4 GiB; the caller ends it. */
static void iommu_behind_windows(bool windows)
{
	node(&b, "upper");
	if (windows)
		cells(&b, "dma-ranges", 6, 1u, 0u, 0u, 0u, 0u, 0x40000000u);
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	cells(&b, "#iommu-cells", 1, 1u);
}

static void iommu_end(void)
{
	end(&b);
	end(&b);
}

/* The bus lets two windows of 1 MiB through, with a gap of 1 MiB between them. */
static void device_with_gap(void)
{
	node(&b, "soc");
	cells(&b, "dma-ranges", 12, 0u, 0x10000000u, 0u, 0u, 0u, 0x100000u, 0u, 0x10200000u, 0u,
	      0x100000u, 0u, 0x100000u);
	node(&b, "d");
	cells(&b, "iommus", 2, 1u, 7u);
	end(&b);
	end(&b);
}

static void test_gap_between_windows_is_a_hole(void **state)
{
	const struct any_platform_iommu *u = &p.machine.iommu;

	(void)state;
	board(&b, "/soc/d");
	iommu_behind_windows(false);
	iommu_end();
	device_with_gap();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(u->base, 0x10000000);
	assert_int_equal(u->size, 0x300000);
	assert_int_equal(u->n_holes, 1);
	assert_int_equal(u->holes[0].base, 0x10100000);
	assert_int_equal(u->holes[0].size, 0x100000);
	assert_int_equal(u->n_out, 0);
	assert_int_equal(p.facts.n_segments, 0);
}

static void test_partial_iommu_keeps_the_windows(void **state)
{
	(void)state;
	board(&b, "/soc/d");
	iommu_behind_windows(false);
	flag(&b, "anydma,partial");
	iommu_end();
	device_with_gap();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 2);
	assert_int_equal(p.machine.iommu.base, 0);
	assert_true(p.machine.iommu.size == 1ull << 32);
	assert_int_equal(p.machine.iommu.n_holes, 0);
}

static void test_windows_above_the_iommu_are_its_output(void **state)
{
	(void)state;
	board(&b, "/soc/d");
	iommu_behind_windows(true);
	iommu_end();
	device_with_gap();
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.machine.iommu.n_out, 1);
	assert_true(p.machine.iommu.out[0].dma.raw == 1ull << 32);
	assert_int_equal(p.machine.iommu.out[0].phys.raw, 0);
	assert_int_equal(p.machine.iommu.out[0].size, 0x40000000);
}

static int reserved_iova(uint32_t base, uint32_t size, unsigned n)
{
	board(&b, "/soc/d");
	iommu_behind_windows(false);
	cells(&b, "anydma,reserved-iova", n, 0u, base, 0u, size);
	iommu_end();
	device_with_gap();
	return finish(&b, &p, &e);
}

static void test_reserved_iova(void **state)
{
	const struct any_platform_iommu *u = &p.machine.iommu;

	(void)state;
	assert_int_equal(reserved_iova(0x10000000, 0x1000, 4), 0);
	assert_int_equal(u->n_holes, 2);
	assert_int_equal(u->holes[1].base, 0x10000000);
	assert_int_equal(reserved_iova(0x100ff000, 0x2000, 4), 0); /* into the gap: one hole */
	assert_int_equal(u->n_holes, 1);
	assert_int_equal(u->holes[0].base, 0x100ff000);
	assert_int_equal(reserved_iova(0x80000000, 0x1000, 4), 0); /* outside the aperture */
	assert_int_equal(u->n_holes, 1);
	assert_int_equal(reserved_iova(0x10000000, 0x1000, 3), -ANY_EINVAL);
	assert_int_equal(reserved_iova(0x10000000, 0, 4), -ANY_EINVAL);
	assert_string_equal(e.text, "/upper/iommu: anydma,reserved-iova: is empty or wraps");
	assert_int_equal(reserved_iova(0, 0xf0000000, 4), -ANY_EINVAL);
	assert_string_equal(e.text,
			    "/upper/iommu: anydma,reserved-iova: leaves no address of the IOMMU");
}

/* A host with configuration, I/O and memory space; the function behind it, or the host itself. */
static void pci(const char *device)
{
	board(&b, device);
	iommu_behind_windows(false);
	iommu_end();
	node(&b, "pcie@0");
	text(&b, "device_type", "pci");
	cells(&b, "#address-cells", 1, 3u);
	cells(&b, "#size-cells", 1, 2u);
	cells(&b, "iommu-map", 8, 0u, 1u, 0x400u, 0u, 0u, 1u, 0x500u, 0x10000u);
	cells(&b, "ranges", 14, 0x01000000u, 0u, 0x1000u, 0u, 0x3eff0000u, 0u, 0x10000u,
	      0x02000000u, 0u, 0x10000000u, 0u, 0x10000000u, 0u, 0x2eff0000u);
	flag(&b, "external-facing");
	node(&b, "nvme@1,0");
	cells(&b, "reg", 5, 0x800u, 0u, 0u, 0u, 0u);
	end(&b);
	end(&b);
}

static void test_outbound_windows_are_holes(void **state)
{
	(void)state;
	pci("/pcie@0/nvme@1,0");
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.machine.iommu.stream_id, 0x508); /* an entry of length 0 has no ids */
	assert_int_equal(p.machine.iommu.n_holes, 1);
	assert_int_equal(p.machine.iommu.holes[0].base, 0x10000000);
	assert_int_equal(p.machine.iommu.holes[0].size, 0x2eff0000);
	assert_true(p.facts.untrusted);
	pci("/pcie@0"); /* stands for what is right behind it */
	assert_int_equal(finish(&b, &p, &e), 0);
	assert_int_equal(p.machine.iommu.stream_id, 0x500);
}

/* Of two IOMMUs, the second is off: Linux sets up none. */
static void test_all_iommus_must_be_enabled(void **state)
{
	(void)state;
	for (unsigned off = 0; off < 2; off++) {
		board(&b, "/d");
		for (uint32_t i = 1; i <= 2; i++) {
			node(&b, i == 1 ? "iommu-1" : "iommu-2");
			cells(&b, "phandle", 1, i);
			cells(&b, "#iommu-cells", 1, 1u);
			if (off && i == 2)
				text(&b, "status", "disabled");
			end(&b);
		}
		node(&b, "d");
		cells(&b, "iommus", 4, 1u, 5u, 2u, 6u);
		end(&b);
		assert_int_equal(finish(&b, &p, &e), 0);
		assert_int_equal(p.machine.iommu.present, !off);
		assert_int_equal(p.machine.iommu.stream_id, off ? 0 : 5);
	}
}

/* U-Boot: the first entry, found up the tree; all else goes out 1:1. */
static void test_u_boot_sees_one_window(void **state)
{
	const struct any_platform_query query = {.as = ANY_READER_U_BOOT};
	struct any_platform_tree tree;

	(void)state;
	board(&b, "/soc/d");
	device_with_gap();
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	assert_int_equal(any_platform_open(&tree, b.blob, sizeof(b.blob), NULL, 0, &e), 0);
	assert_int_equal(any_platform_ask(&tree, &query, &p, &e), -ANY_EINVAL); /* no such IOMMU */
	board(&b, "/soc/d");
	node(&b, "soc");
	cells(&b, "dma-ranges", 12, 0u, 0x10000000u, 0u, 0u, 0u, 0x100000u, 0u, 0x10200000u, 0u,
	      0x100000u, 0u, 0x100000u);
	node(&b, "d");
	end(&b);
	end(&b);
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	assert_int_equal(any_platform_open(&tree, b.blob, sizeof(b.blob), NULL, 0, &e), 0);
	assert_int_equal(any_platform_ask(&tree, &query, &p, &e), 0);
	assert_int_equal(p.facts.n_segments, 1);
	assert_int_equal(p.segments[0].dma.raw, 0x10000000);
	assert_true(p.facts.miss_identity);
}

static char reasons[2048];

static void note(void *ctx, enum any_platform_fact fact, const char *path, const char *property,
		 const char *meaning)
{
	size_t *n = ctx;

	assert_true(meaning[0]);
	*n += (size_t)snprintf(reasons + *n, sizeof(reasons) - *n, "%d %s %s\n", (int)fact, path,
			       property ? property : "-");
}

static void test_why(void **state)
{
	size_t n = 0;
	const struct any_platform_query query = {.why = note, .ctx = &n};
	struct any_platform_tree tree;

	(void)state;
	board(&b, "/soc/d");
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	cells(&b, "#iommu-cells", 1, 1u);
	text(&b, "status", "disabled");
	end(&b);
	node(&b, "outer");
	cells(&b, "phandle", 1, 2u);
	cells(&b, "#interconnect-cells", 1, 0u);
	/* the second window of /soc is not let through */
	cells(&b, "dma-ranges", 6, 0u, 0u, 0u, 0x10000000u, 0u, 0x100000u);
	end(&b);
	node(&b, "soc");
	flag(&b, "dma-noncoherent");
	cells(&b, "dma-ranges", 12, 0u, 0u, 0u, 0u, 0u, 0x1000u, 0u, 0x1000u, 1u, 0u, 0u, 0x1000u);
	cells(&b, "interconnects", 1, 2u);
	text(&b, "interconnect-names", "dma-mem");
	node(&b, "d");
	cells(&b, "iommus", 2, 1u, 7u);
	end(&b);
	end(&b);
	end(&b);
	assert_int_equal(fdt_finish(b.blob), 0);
	assert_int_equal(any_platform_open(&tree, b.blob, sizeof(b.blob), NULL, 0, &e), 0);
	assert_int_equal(any_platform_ask(&tree, &query, &p, &e), 0);
	assert_string_equal(reasons, "0 /memory@0 reg\n"
				     "8 /soc dma-ranges\n"
				     "1 /soc dma-ranges\n"
				     "2 /outer dma-ranges\n"
				     "3 /soc dma-noncoherent\n"
				     "4 /soc/d iommus\n"
				     "8 /iommu status\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap_between_windows_is_a_hole),
		cmocka_unit_test(test_partial_iommu_keeps_the_windows),
		cmocka_unit_test(test_windows_above_the_iommu_are_its_output),
		cmocka_unit_test(test_reserved_iova),
		cmocka_unit_test(test_outbound_windows_are_holes),
		cmocka_unit_test(test_all_iommus_must_be_enabled),
		cmocka_unit_test(test_u_boot_sees_one_window),
		cmocka_unit_test(test_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
