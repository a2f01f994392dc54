/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every tree of the catalogue against facts written down by hand from the rows of platforms.md:
 * what the reader makes of a tree must be what the hardware's documentation says, not what the
 * reader says.
 */
#include "tree_builder.h"

#define GiB	  0x40000000ull
#define MAX_BANKS 3

struct window {
	uint64_t phys, dma, size;
};

struct expected {
	const char *name, *device;
	struct any_platform_range ram[MAX_BANKS];
	struct window windows[MAX_BANKS]; /* none: identity */
	uint32_t line;			  /* as the driver is told: 1 on a bus that snoops */
	uint32_t machine_line, views, master_bits;
	bool coherent, speculates, miss_identity, shared_only, iommu;
	enum any_ritual out, in;
	uint64_t private_bits;
	struct any_platform_range bounce, pool; /* pool: coherent memory */
};

#define PCI "/pcie@f0000000/virtio@1,0"

static const struct expected catalogue[] = {
	{.name = "x86-pc",
	 .device = PCI,
	 .ram = {{0x100000, 0x7ff00000}, {4 * GiB, 2 * GiB}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .coherent = true,
	 .bounce = {0x10000000, 0x1000000},
	 .pool = {0x12000000, 0x800000}},
	{.name = "virtio-guest",
	 .device = PCI,
	 .ram = {{0x100000, 0x3ff00000}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .coherent = true,
	 .pool = {0x12000000, 0x800000}},
	{.name = "x86-sta2x11",
	 .device = PCI,
	 .ram = {{0x100000, 0x7ff00000}},
	 .windows = {{0, 0x80000000, 0x20000000}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .coherent = true,
	 .bounce = {0x1c000000, 0x1000000},
	 .pool = {0x1e000000, 0x800000}},
	{.name = "mips-ath25",
	 .device = "/pci@f0000000/virtio@1,0",
	 .ram = {{0, 0x4000000}},
	 .windows = {{0, 0x20000000, 0x10000000}},
	 .line = 16,
	 .machine_line = 16,
	 .views = 1,
	 .bounce = {0x2000000, 0xc00000},
	 .pool = {0x3000000, 0x400000}},
	{.name = "bmips-7425-pcie",
	 .device = PCI,
	 .ram = {{0, 0x10000000}, {0x20000000, 0x30000000}, {0x90000000, 0x40000000}},
	 .windows = {{0, 0, 0x10000000},
		     {0x20000000, 0x10000000, 0x30000000},
		     {0x90000000, 0x40000000, 0x40000000}},
	 .line = 128,
	 .machine_line = 128,
	 .views = 1,
	 .speculates = true,
	 .bounce = {0x8000000, 0x1000000},
	 .pool = {0xa000000, 0x800000}},
	{.name = "bmips-3384-zephyr",
	 .device = "/soc/virtio@14e00000",
	 .ram = {{0, 0x10000000}},
	 .windows = {{0, 0x8000000, 0x8000000}, {0x8000000, 0, 0x8000000}},
	 .line = 32,
	 .machine_line = 32,
	 .views = 1,
	 .miss_identity = true,
	 .bounce = {0x4000000, 0xc00000},
	 .pool = {0x5000000, 0x400000}},
	{.name = "x86-sev-guest",
	 .device = PCI,
	 .ram = {{0x100000, 0x7ff00000}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .coherent = true,
	 .shared_only = true,
	 .bounce = {0x10000000, 0x4000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "x86-sme-host",
	 .device = PCI,
	 .ram = {{0x100000, 0x7ff00000}, {4 * GiB, 2 * GiB}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .master_bits = 40,
	 .coherent = true,
	 .private_bits = 1ull << 47,
	 .bounce = {0x10000000, 0x2000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "x86-vtd",
	 .device = PCI,
	 .ram = {{0x100000, 0x7ff00000}, {4 * GiB, 2 * GiB}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .coherent = true,
	 .iommu = true,
	 .bounce = {0x10000000, 0x1000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "pcie-rc-32bit",
	 .device = PCI,
	 .ram = {{0x100000, 0xbff00000}, {4 * GiB, 3 * GiB}},
	 .windows = {{0, 0, 4 * GiB}},
	 .line = 1,
	 .machine_line = 64,
	 .views = 1,
	 .master_bits = 32,
	 .coherent = true,
	 .bounce = {0x10000000, 0x2000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "arm64-nc",
	 .device = "/pcie@10000000/virtio@1,0",
	 .ram = {{0x40000000, 2 * GiB}},
	 .line = 64,
	 .machine_line = 64,
	 .views = 1,
	 .speculates = true,
	 .bounce = {0x50000000, 0x2000000},
	 .pool = {0x58000000, 0x800000}},
	{.name = "arm-v6",
	 .device = "/soc/virtio@10000000",
	 .ram = {{0, 0x10000000}},
	 .line = 32,
	 .machine_line = 32,
	 .views = 1,
	 .out = ANY_RITUAL_INSTRUCTION,
	 .bounce = {0x4000000, 0x1000000},
	 .pool = {0x6000000, 0x400000}},
	{.name = "arm-vivt",
	 .device = "/soc/virtio@10000000",
	 .ram = {{0, 0x8000000}},
	 .line = 32,
	 .machine_line = 32,
	 .views = 2,
	 .out = ANY_RITUAL_INSTRUCTION,
	 .bounce = {0x4000000, 0x1000000},
	 .pool = {0x6000000, 0x400000}},
	{.name = "rpi4-bcm2711",
	 .device = "/scb/pcie@7d500000/virtio@1,0",
	 .ram = {{0, 0x3b400000}, {0x40000000, 0xbc000000}, {4 * GiB, 4 * GiB}},
	 .windows = {{0, 0, 3 * GiB}},
	 .line = 64,
	 .machine_line = 64,
	 .views = 1,
	 .speculates = true,
	 .bounce = {0x30000000, 0x2000000},
	 .pool = {0x38000000, 0x800000}},
	{.name = "arm-mvebu",
	 .device = PCI,
	 .ram = {{0, GiB}},
	 .line = 1,
	 .machine_line = 32,
	 .views = 1,
	 .coherent = true,
	 .in = ANY_RITUAL_MMIO_WRITE_POLL,
	 .bounce = {0x10000000, 0x1000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "ppc-cell-spider",
	 .device = PCI,
	 .ram = {{0, GiB}},
	 .windows = {{0, 0x80000000, GiB}},
	 .line = 1,
	 .machine_line = 128,
	 .views = 1,
	 .coherent = true,
	 .in = ANY_RITUAL_MMIO_READ,
	 .bounce = {0x10000000, 0x1000000},
	 .pool = {0x18000000, 0x800000}},
	{.name = "arm-mstarv7",
	 .device = "/soc/virtio@10000000",
	 .ram = {{0x20000000, 0x8000000}},
	 .line = 64,
	 .machine_line = 64,
	 .views = 1,
	 .speculates = true,
	 .out = ANY_RITUAL_MMIO_WRITE_POLL,
	 .bounce = {0x24000000, 0x1000000},
	 .pool = {0x26000000, 0x400000}},
};

static void check_memory(const struct any_platform *p, const struct expected *x)
{
	uint32_t n = 0;

	for (; n < MAX_BANKS && x->ram[n].size; n++) {
		assert_true(n < p->n_ram);
		assert_int_equal(p->ram[n].base, x->ram[n].base);
		assert_int_equal(p->ram[n].size, x->ram[n].size);
	}
	assert_int_equal(p->n_ram, n);
	assert_int_equal(p->n_reserved, 0);
	assert_int_equal(p->machine.bounce_base, x->bounce.base);
	assert_int_equal(p->machine.bounce_size, x->bounce.size);
	assert_int_equal(p->machine.coherent_base, x->pool.base);
	assert_int_equal(p->machine.coherent_size, x->pool.size);
	assert_int_equal(p->facts.no_coherent, !x->pool.size);
	assert_false(p->facts.bounce_always);
}

static void check_windows(const struct any_platform *p, const struct expected *x)
{
	uint32_t n = 0;

	assert_ptr_equal(p->facts.segments, p->segments);
	for (; n < MAX_BANKS && x->windows[n].size; n++) {
		assert_true(n < p->facts.n_segments);
		assert_int_equal(p->segments[n].phys.raw, x->windows[n].phys);
		assert_int_equal(p->segments[n].dma.raw, x->windows[n].dma);
		assert_int_equal(p->segments[n].size, x->windows[n].size);
	}
	assert_int_equal(p->facts.n_segments, n);
	assert_int_equal(p->facts.miss_identity, x->miss_identity);
	assert_int_equal(p->machine.master_bits, x->master_bits);
	assert_int_equal(p->facts.dma_min, 0);
	assert_int_equal(p->facts.dma_max, 0);
	assert_int_equal(p->facts.dma_forbidden, 0);
}

static void check_caches(const struct any_platform *p, const struct expected *x)
{
	uint32_t drains = (x->out ? ANY_DMA_TO_DEVICE : 0u) | (x->in ? ANY_DMA_FROM_DEVICE : 0u);

	assert_int_equal(p->facts.coherent, x->coherent);
	assert_int_equal(p->facts.line, x->line);
	assert_int_equal(p->facts.speculates, x->speculates);
	assert_int_equal(p->facts.virtual_cache, x->views > 1);
	assert_int_equal(p->machine.cache.line, x->machine_line);
	assert_int_equal(p->machine.cache.n_views, x->views);
	assert_int_equal(p->machine.cache.speculates, x->speculates);
	assert_int_equal(p->machine.drain_to_device, x->out);
	assert_int_equal(p->machine.drain_from_device, x->in);
	assert_int_equal(p->facts.drains, drains);
}

static void check_iommu(const struct any_platform *p, const struct expected *x)
{
	const struct any_platform_iommu *iommu = &p->machine.iommu;

	assert_int_equal(p->facts.shared_only, x->shared_only);
	assert_int_equal(p->facts.private_bits, x->private_bits);
	assert_int_equal(p->facts.shared_bits, 0);
	assert_int_equal(iommu->present, x->iommu);
	if (!x->iommu)
		return;
	assert_true(iommu->caching_mode && iommu->write_buffer && !iommu->deferred);
	assert_int_equal(iommu->granule, 4096);
	assert_int_equal(iommu->base, 0x1000);
	assert_int_equal(iommu->base + iommu->size, 0xfee00000); /* the MSI window */
	assert_int_equal(iommu->stream_id, 8);			 /* function 00:01.0 */
}

static void check_platform(void **state)
{
	const struct expected *x = *state;
	const struct any_platform_entry *entry = NULL;
	struct any_platform_error e;
	struct any_platform p;

	for (unsigned i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, x->name))
			entry = &any_platform_list[i];
	assert_non_null(entry);
	assert_int_equal(any_platform_read(entry->dtb, entry->size, NULL, &p, &e), 0);
	assert_string_equal(e.text, "");
	assert_string_equal(p.name, x->name);
	assert_string_equal(p.device, x->device);
	check_memory(&p, x);
	check_windows(&p, x);
	check_caches(&p, x);
	check_iommu(&p, x);
}

/* Whoever adds a platform is asked for its facts; the ones of the first hour have them all. */
static void test_all_are_here(void **state)
{
	struct any_platform_error e;
	struct any_platform p;

	(void)state;
	for (unsigned i = 0; i < any_platform_count; i++) {
		const struct any_platform_entry *entry = &any_platform_list[i];
		size_t at = 0;

		assert_int_equal(any_platform_read(entry->dtb, entry->size, NULL, &p, &e), 0);
		assert_string_equal(p.name, entry->name);
		while (at < ANY_ARRAY_SIZE(catalogue) &&
		       strcmp(catalogue[at].name, entry->name) != 0)
			at++;
		assert_true(i >= any_platform_first || at < ANY_ARRAY_SIZE(catalogue));
	}
}

int main(void)
{
	struct CMUnitTest tests[ANY_ARRAY_SIZE(catalogue) + 1] = {
		cmocka_unit_test(test_all_are_here)};

	for (size_t i = 0; i < ANY_ARRAY_SIZE(catalogue); i++)
		tests[i + 1] = (struct CMUnitTest){catalogue[i].name, check_platform, NULL, NULL,
						   (void *)(uintptr_t)&catalogue[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
