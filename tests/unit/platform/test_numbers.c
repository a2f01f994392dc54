/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers of the catalogue's rows, copied by hand from section 6 of platforms.md, against what
 * the reader makes of the trees: a slip of a digit in a tree is found here. Amounts of memory and
 * places of pools are a tree's own; only what the row says is held.
 */
#include "tree_builder.h"

#define KiB 0x400ull
#define MiB 0x100000ull
#define GiB 0x40000000ull

enum {
	NC = 1,
	SPECULATES = 2,
	VIRTUAL = 4, /* two addresses, each with lines of its own */
	SHARED_ONLY = 8,
	WRITE_THROUGH = 16,
	READ_AHEAD = 32,
	SQUASHED = 64,
	PARTIAL = 128,
	RELAXED = 256,
	POSTED = 512,
	TABLES = 1024,
	POSTED_INVAL = 2048,
	CACHING = 4096,
	WRITE_BUFFER = 8192,
};

struct window {
	uint64_t phys, dma, size;
};

struct numbers {
	const char *name;
	unsigned flags;
	uint32_t line, bits; /* 0: the row does not say; bits the device drives */
	struct window windows[6];
	uint64_t granule, base, size; /* of the IOMMU; granule 0: none */
	enum any_ritual out, in;
	uint32_t defects, outer;
	uint64_t private_bits, shared_bits, forbidden, order, boundary;
};

static const struct numbers rows[] = {
	{.name = "x86-isa24", .bits = 24, .boundary = 64 * KiB - 1},
	{.name = "x86-sb600-ahci", .bits = 32},
	{.name = "x86-gart",
	 .flags = PARTIAL,
	 .bits = 32,
	 .granule = 4 * KiB,
	 .base = 0xd4000000,
	 .size = 64 * MiB},
	{.name = "x86-calgary", .flags = POSTED_INVAL, .granule = 4 * KiB, .size = GiB},
	{.name = "x86-amdvi",
	 .flags = CACHING,
	 .granule = 4 * KiB,
	 .base = 0x1000,
	 .size = 0xfffff000,
	 .private_bits = 1ull << 47},
	{.name = "x86-tdx-guest", .flags = SHARED_ONLY},
	{.name = "x86-hyperv-vtom", .flags = SHARED_ONLY},
	{.name = "x86-intel-gtt",
	 .flags = NC | SPECULATES,
	 .line = 64,
	 .out = ANY_RITUAL_MMIO_WRITE_POLL},
	{.name = "x86-nosnoop", .flags = NC | SPECULATES, .line = 64},
	{.name = "x86-wc", .out = ANY_RITUAL_INSTRUCTION},
	{.name = "xen-grant-dma", .granule = 4 * KiB, .base = 1ull << 63, .size = 256 * MiB},
	{.name = "mips-sb1250", .windows = {{0, 0, 1ull << 32}}},
	{.name = "bmips-rac",
	 .flags = NC | READ_AHEAD,
	 .line = 32,
	 .in = ANY_RITUAL_MMIO_WRITE_POLL},
	{.name = "octeon-small",
	 .bits = 32,
	 .windows = {{0x8000000, 0, 128 * MiB},
		     {0x410000000, 0x8010000000, 256 * MiB},
		     {0, 0x8000000000, 256 * MiB},
		     {0x20000000, 0x8020000000, 0x3f0000000}}},
	{.name = "octeon-big",
	 .bits = 32,
	 .windows = {{0, 0, 256 * MiB},
		     {0x410000000, 0x10000000, 256 * MiB},
		     {0x20000000, 0x20000000, 0xd0000000},
		     {0xf0000000, 0x80f0000000, 0x320000000}}},
	{.name = "octeon-pcie",
	 .windows = {{0, 0, 256 * MiB},
		     {0x410000000, 0x10000000, 256 * MiB},
		     {0x20000000, 0x20000000, 0xd0000000},
		     {0xf0000000, 0x20000000000, 256 * MiB},
		     {0x100000000, 0x100000000, 0x310000000}}},
	{.name = "loongson3",
	 .bits = 40,
	 .out = ANY_RITUAL_INSTRUCTION,
	 .windows = {{0, 0, 1ull << 37}, {1ull << 44, 1ull << 37, 1ull << 37}}},
	{.name = "loongson2e",
	 .flags = NC | SPECULATES,
	 .line = 32,
	 .windows = {{0, 0x80000000, 2 * GiB}}},
	{.name = "loongson2f",
	 .flags = NC | SPECULATES,
	 .line = 32,
	 .windows = {{0, 0x80000000, 256 * MiB}, {0x90000000, 0x90000000, 0x30000000}}},
	{.name = "sgi-ip27-ip30",
	 .flags = RELAXED,
	 .order = 1ull << 56,
	 .windows = {{0, 8ull << 60 | 1ull << 56, 1ull << 40}}},
	{.name = "sgi-ip32",
	 .flags = NC | SPECULATES,
	 .line = 128,
	 .windows = {{0, 0x40000000, 256 * MiB}, {0x50000000, 0x50000000, 0x30000000}}},
	{.name = "sgi-ip28",
	 .flags = NC | SPECULATES | SQUASHED,
	 .line = 128,
	 .out = ANY_RITUAL_UNCACHED_READ},
	{.name = "mips-jazz", .flags = NC | TABLES, .granule = 4 * KiB, .size = 16 * MiB},
	{.name = "mips-r4600v2", .flags = NC, .line = 32, .defects = ANY_MAINT_PREFIX},
	{.name = "mips-dec-wb", .flags = NC, .out = ANY_RITUAL_UNCACHED_READ},
	{.name = "mips-eyeq5", .windows = {{0, 0x1000000000, 0x1000000000}}},
	{.name = "arm-footbridge",
	 .flags = NC | VIRTUAL,
	 .line = 32,
	 .windows = {{0, 0xe0000000, 256 * MiB}}},
	{.name = "arm-integrator",
	 .flags = NC | VIRTUAL,
	 .line = 32,
	 .windows = {{0, 0x80000000, 256 * MiB}}},
	{.name = "arm-ks8695",
	 .flags = NC | VIRTUAL,
	 .line = 32,
	 .windows = {{0, 0x60000000, 64 * MiB}}},
	{.name = "arm-omap1510-lb",
	 .flags = NC | VIRTUAL,
	 .line = 16,
	 .windows = {{0x10000000, 0x30000000, 32 * MiB}}},
	{.name = "arm-ixp4xx", .flags = NC | VIRTUAL, .line = 32, .windows = {{0, 0, 64 * MiB}}},
	{.name = "arm-dma-zones", .flags = NC | SPECULATES, .bits = 28},
	{.name = "arm-keystone2",
	 .flags = NC | SPECULATES,
	 .windows = {{0x800000000, 0x80000000, 2 * GiB}}},
	{.name = "arm-sunxi-mbus",
	 .flags = NC | SPECULATES,
	 .line = 64,
	 .windows = {{0x40000000, 0, 2 * GiB}}},
	{.name = "arm-stm32f4-remap", .windows = {{0, 0xc0000000, 256 * MiB}}},
	{.name = "rpi-bcm2835", .flags = NC, .line = 32, .windows = {{0, 0x40000000, 512 * MiB}}},
	{.name = "rpi-bcm2836-7",
	 .flags = NC | SPECULATES,
	 .line = 64,
	 .windows = {{0, 0xc0000000, 0x3f000000}}},
	{.name = "arm-bcm-kona", .flags = NC | SPECULATES, .line = 32, .outer = 32},
	{.name = "arm-kirkwood",
	 .flags = NC | VIRTUAL,
	 .line = 32,
	 .outer = 32,
	 .defects = ANY_MAINT_END_INCLUSIVE},
	{.name = "arm-v4wt", .flags = NC | VIRTUAL | WRITE_THROUGH, .line = 32},
	{.name = "arm-80200-a0",
	 .flags = NC | VIRTUAL,
	 .line = 32,
	 .defects = ANY_MAINT_INVAL_KEEPS_DIRTY},
	{.name = "arm-11mpcore",
	 .flags = NC,
	 .line = 32,
	 .outer = 32, /* the L220 */
	 .defects = ANY_MAINT_LOCAL,
	 .out = ANY_RITUAL_FORBIDDEN},
	{.name = "arm-v7-pl310",
	 .flags = NC | SPECULATES,
	 .line = 32,
	 .outer = 32,
	 .out = ANY_RITUAL_MMIO_WRITE_POLL},
	{.name = "arm-outer-other", .flags = NC | SPECULATES, .outer = 128},
	{.name = "arm-omap4", .flags = NC | SPECULATES, .line = 32, .out = ANY_RITUAL_STORE},
	{.name = "arm-tegra20",
	 .flags = NC | SPECULATES | POSTED_INVAL,
	 .granule = 4 * KiB,
	 .base = 0x58000000,
	 .size = 32 * MiB},
	{.name = "arm64-layerscape", .windows = {{0, 0, 1ull << 40}}},
	{.name = "arm64-imx8",
	 .flags = NC | SPECULATES,
	 .line = 64,
	 .windows = {{0x40000000, 0x40000000, 0xc0000000}}},
	{.name = "arm64-tegra194", .granule = 4 * KiB, .size = 1ull << 39, .forbidden = 1ull << 39},
	{.name = "arm64-rockchip-its", .flags = NC | SPECULATES, .bits = 32},
	{.name = "arm64-rk-iommu",
	 .flags = NC | SPECULATES | TABLES,
	 .granule = 4 * KiB,
	 .size = 4 * GiB},
	{.name = "arm64-k3-asel", .windows = {{0, 15ull << 48, 1ull << 48}}},
	{.name = "arm64-juno",
	 .windows = {{0x80000000, 0x80000000, 2 * GiB}, {0x800000000, 0x800000000, 8 * GiB}}},
	{.name = "arm64-ac5", .windows = {{0x200000000, 0, 2 * GiB}}},
	{.name = "arm64-apple-dart", .granule = 16 * KiB, .size = 0xffffc000},
	{.name = "arm64-cca", .flags = SHARED_ONLY, .shared_bits = 1ull << 39},
	{.name = "rv-eic7700", .flags = NC, .line = 64, .defects = ANY_MAINT_INVAL_CLEANS},
	{.name = "rv-zicbom", .flags = NC | SPECULATES, .line = 64},
	{.name = "rv-spacemit-k1",
	 .flags = NC | SPECULATES,
	 .line = 64,
	 .windows = {{0, 0, 2 * GiB}, {4 * GiB, 0x80000000, 2 * GiB}}},
	{.name = "rpi5-bcm2712",
	 .flags = NC | SPECULATES,
	 .windows = {{0, 0x1000000000, 0x1000000000}}},
	{.name = "sh-7786",
	 .flags = NC,
	 .line = 32,
	 .windows = {{0x40000000, 0, GiB}} /* two registers of 512 MiB, end to end */},
	{.name = "parisc-sba",
	 .flags = TABLES | POSTED_INVAL,
	 .granule = 4 * KiB,
	 .base = GiB,
	 .size = GiB},
	{.name = "alpha-cia",
	 .flags = PARTIAL,
	 .bits = 32,
	 .windows = {{0, 0x80000000, 2 * GiB}},
	 .granule = 8 * KiB,
	 .base = 8 * MiB,
	 .size = 8 * MiB},
	{.name = "alpha-windows",
	 .flags = PARTIAL,
	 .bits = 32,
	 .windows = {{0, 0x80000000, 2 * GiB}},
	 .granule = 8 * KiB,
	 .base = GiB,
	 .size = GiB},
	{.name = "sparc64-ali", .bits = 31, .granule = 8 * KiB, .base = 0xc0000000, .size = GiB},
	{.name = "alpha-spill", .granule = 8 * KiB, .base = 0x40000000, .size = GiB},
	{.name = "sparc-sun4m",
	 .flags = NC | VIRTUAL | TABLES,
	 .line = 32,
	 .granule = 4 * KiB,
	 .base = 0xf0000000,
	 .size = 256 * MiB},
	{.name = "sparc-sun4d", .granule = 4 * KiB, .base = 0xfc000000, .size = 64 * MiB},
	{.name = "sparc64-strbuf",
	 .granule = 8 * KiB,
	 .base = 0xc0000000,
	 .size = GiB,
	 .in = ANY_RITUAL_FLAG},
	{.name = "sparc64-sun4v", .granule = 8 * KiB, .base = 0x80000000, .size = 2 * GiB},
	{.name = "ppc-powernv", .windows = {{0, 1ull << 59, 1ull << 40}}},
	{.name = "ppc-pseries", .bits = 32, .granule = 4 * KiB, .size = 2 * GiB},
	{.name = "ppc-u3-dart",
	 .flags = TABLES | WRITE_BUFFER,
	 .granule = 4 * KiB,
	 .size = 2 * GiB},
	{.name = "s390-zpci", .granule = 4 * KiB, .base = 1ull << 32, .size = 2 * GiB},
	{.name = "s390-pv", .flags = SHARED_ONLY},
	{.name = "m68k-040", .flags = NC, .line = 16, .defects = ANY_MAINT_WHOLE},
	{.name = "m68k-amiga-atari", .flags = NC, .bits = 24},
	{.name = "m68k-sun3", .flags = NC, .granule = 8 * KiB, .base = 0xf00000, .size = 0xe0000},
	{.name = "tile-gx", .flags = NC, .line = 64, .bits = 32, .windows = {{0, 0, 3 * GiB}}},
	{.name = "arc-hs", .flags = NC | SPECULATES, .line = 64, .outer = 64},
	{.name = "ia64-sn2",
	 .flags = RELAXED,
	 .in = ANY_RITUAL_FLAG,
	 .order = 1ull << 56,
	 .windows = {{0x3000000000, 11ull << 60 | 0x3000000000, 2 * GiB}}},
	{.name = "restricted-dma-pool", .windows = {{0x50000000, 0x50000000, 64 * MiB}}},
	{.name = "gpu-hdp", .out = ANY_RITUAL_MMIO_WRITE_POLL},
	{.name = "pci-generic-readflush", .flags = POSTED},
};

static void check_flags(const struct any_platform *p, unsigned flags)
{
	const struct any_platform_cache *c = &p->machine.cache;
	const struct any_platform_iommu *io = &p->machine.iommu;

	assert_int_equal(p->facts.coherent, !(flags & NC));
	assert_int_equal(p->facts.speculates, !!(flags & SPECULATES));
	assert_int_equal(c->speculates_dirty, !!(flags & SQUASHED));
	assert_int_equal(c->n_views, flags & VIRTUAL ? 2 : 1);
	assert_int_equal(c->write_through, !!(flags & WRITE_THROUGH));
	assert_int_equal(c->read_ahead, !!(flags & READ_AHEAD));
	assert_int_equal(p->facts.shared_only, !!(flags & SHARED_ONLY));
	assert_int_equal(p->machine.relaxed_order, !!(flags & RELAXED));
	assert_int_equal(p->machine.posted_mmio, !!(flags & POSTED));
	assert_int_equal(io->partial, !!(flags & PARTIAL));
	assert_int_equal(io->tables_noncoherent, !!(flags & TABLES));
	assert_int_equal(io->inval_posted, !!(flags & POSTED_INVAL));
	assert_int_equal(io->caching_mode, !!(flags & CACHING));
	assert_int_equal(io->write_buffer, !!(flags & WRITE_BUFFER));
}

static void check_windows(const struct any_platform *p, const struct numbers *x)
{
	uint32_t n = 0;

	for (; n < ANY_ARRAY_SIZE(x->windows) && x->windows[n].size; n++) {
		assert_true(n < p->facts.n_segments);
		assert_int_equal(p->segments[n].phys.raw, x->windows[n].phys);
		assert_int_equal(p->segments[n].dma.raw, x->windows[n].dma);
		assert_int_equal(p->segments[n].size, x->windows[n].size);
	}
	if (!x->granule)
		assert_int_equal(p->facts.n_segments, n);
}

static void check_row(void **state)
{
	const struct numbers *x = *state;
	const struct any_platform_entry *entry = NULL;
	struct any_platform_error e;
	struct any_platform p;

	for (unsigned i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, x->name))
			entry = &any_platform_list[i];
	assert_non_null(entry);
	assert_int_equal(any_platform_read(entry->dtb, entry->size, NULL, &p, &e), 0);
	check_flags(&p, x->flags);
	check_windows(&p, x);
	if (x->line)
		assert_int_equal(p.machine.cache.line, x->line);
	assert_int_equal(p.machine.cache.outer_line, x->outer);
	assert_int_equal(p.machine.cache.maintenance, x->defects);
	assert_int_equal(p.machine.master_bits, x->bits);
	assert_int_equal(p.machine.boundary, x->boundary);
	assert_int_equal(p.machine.order_bits, x->order);
	assert_int_equal(p.machine.drain_to_device, x->out);
	assert_int_equal(p.machine.drain_from_device, x->in);
	assert_int_equal(p.facts.private_bits, x->private_bits);
	assert_int_equal(p.facts.shared_bits, x->shared_bits);
	assert_int_equal(p.facts.dma_forbidden, x->forbidden);
	assert_int_equal(p.machine.iommu.present, !!x->granule);
	if (!x->granule)
		return;
	assert_int_equal(p.machine.iommu.granule, x->granule);
	assert_int_equal(p.machine.iommu.base, x->base);
	assert_int_equal(p.machine.iommu.size, x->size);
}

int main(void)
{
	struct CMUnitTest tests[ANY_ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){rows[i].name, check_row, NULL, NULL,
					       (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
