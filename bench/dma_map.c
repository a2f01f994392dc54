/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What do map and unmap cost, by what the platform makes of them: an add, a copy, a table entry.
 * Beside each stands the bare work in the same rotation of buffers. First, every machine proves
 * that it does what its row says.
 */
#include "bench.h"

#include <anydma/dma.h>
#include <anydma/iova.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS	 16u /* buffers in rotation: 16 of 64 KiB fill a second-level cache */
#define RAM_SIZE (2u << 20)
#define RAM_PHYS 0x80000000u
#define BUFFERS	 (1u << 20) /* where they begin in RAM; the pool is below */
#define GRANULE	 4096u

static _Alignas(4096) unsigned char ram[RAM_SIZE];
static const struct any_dma_region region = {.cpu = ram, .phys = {RAM_PHYS}, .size = RAM_SIZE};
static const struct any_dma_segment shifted = {{RAM_PHYS}, {0}, RAM_SIZE};
static struct any_bounce_pool pool;

/* ---- an IOMMU that is a table ---------------------------------------------------------------- */

struct table {
	uint64_t entry[1024];
	uint64_t invals;
	struct any_iova iova;
	struct any_iova_range ranges[64];
	struct any_iommu_deferred deferred[32];
};

static int table_map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
		     unsigned prot)
{
	struct table *t = ctx;

	for (uint64_t at = 0; at < len; at += GRANULE)
		t->entry[(iova.raw + at) / GRANULE] = (phys.raw + at) | prot;
	return 0;
}

static void table_unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct table *t = ctx;

	for (uint64_t at = 0; at < len; at += GRANULE)
		t->entry[(iova.raw + at) / GRANULE] = 0;
}

static void table_inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct table *t = ctx;

	bench_keep(iova.raw + len);
	t->invals++;
}

static void table_sync(void *ctx)
{
	(void)ctx;
}

static const struct any_iommu_ops table_ops = {
	.map = table_map, .unmap = table_unmap, .inval = table_inval, .sync = table_sync};

static struct table strict_table, deferred_table;
static struct any_dma_iommu strict = {.stage = &any_dma_iommu_stage,
				      .ops = &table_ops,
				      .ctx = &strict_table,
				      .iova = &strict_table.iova,
				      .granule = GRANULE};
static struct any_dma_iommu deferred = {.stage = &any_dma_iommu_stage,
					.ops = &table_ops,
					.ctx = &deferred_table,
					.iova = &deferred_table.iova,
					.granule = GRANULE,
					.deferred = deferred_table.deferred,
					.deferred_size = 32};

/* ---- the machines ---------------------------------------------------------------------------- */

enum machine { IDENTITY, OFFSET, BOUNCE, STRICT, DEFERRED, MACHINES };

static const struct any_dma_platform platforms[MACHINES] = {
	{.name = "identity", .facts = {.coherent = true}, .ram = &region, .n_ram = 1},
	{.name = "offset",
	 .facts = {.coherent = true, .segments = &shifted, .n_segments = 1},
	 .ram = &region,
	 .n_ram = 1},
	{.name = "bounce",
	 .facts = {.coherent = true, .segments = &shifted, .n_segments = 1, .dma_max = BUFFERS - 1},
	 .ram = &region,
	 .n_ram = 1,
	 .bounce = &pool},
	{.name = "strict",
	 .facts = {.coherent = true},
	 .ram = &region,
	 .n_ram = 1,
	 .iommu = &strict},
	{.name = "deferred",
	 .facts = {.coherent = true},
	 .ram = &region,
	 .n_ram = 1,
	 .iommu = &deferred},
};

static struct any_dma_dev devices[MACHINES];

struct job {
	struct any_dma_dev *dev;
	uint64_t delta; /* of the bare add */
	size_t len, stride;
	enum any_dma_dir dir;
	unsigned copies; /* of the bare copy */
	struct any_dma_mapping map[TURNS];
};

static int map_unmap(void *arg, unsigned n)
{
	struct job *j = arg;

	for (unsigned i = 0; i < n; i++) {
		const unsigned turn = i % TURNS;
		struct any_dma_mapping *map = &j->map[turn];
		int err =
			any_dma_map(j->dev, ram + BUFFERS + turn * j->stride, j->len, j->dir, map);

		if (err)
			return err;
		bench_keep(map->addr.raw);
		any_dma_unmap_written(j->dev, map, j->len);
	}
	return 0;
}

/* As drivers have it: the direction is written in the source, the length is not. */
static int map_add(void *arg, unsigned n)
{
	struct job *j = arg;
	struct any_dma_dev *dev = j->dev;
	const size_t len = j->len, stride = j->stride;

	for (unsigned i = 0; i < n; i++) {
		struct any_dma_mapping *map = &j->map[i % TURNS];
		unsigned char *buf = ram + BUFFERS + i % TURNS * stride;
		int err = any_dma_map(dev, buf, len, ANY_DMA_TO_DEVICE, map);

		if (err)
			return err;
		bench_keep(map->addr.raw);
		any_dma_unmap(dev, map);
	}
	return 0;
}

static int bare_add(void *arg, unsigned n)
{
	const struct job *j = arg;
	const size_t stride = j->stride;

	for (unsigned i = 0; i < n; i++)
		bench_keep((uintptr_t)(ram + BUFFERS + i % TURNS * stride) + j->delta);
	return 0;
}

/* In, and for FROM_DEVICE back: a slot begins with the buffer's bytes either way (DA-50). */
static int bare_copy(void *arg, unsigned n)
{
	const struct job *j = arg;

	for (unsigned i = 0; i < n; i++) {
		unsigned char *buf = ram + BUFFERS + i % TURNS * j->stride;

		memcpy(ram, buf, j->len);
		bench_keep(0);
		if (j->copies > 1)
			memcpy(buf, ram, j->len);
		bench_keep(0);
	}
	return 0;
}

static struct bare_table {
	uint64_t entry[1024], stack[32];
	unsigned n;
} bare = {.n = 32};

/* An address from a stack, an entry made and cleared, the address given back. */
static int bare_entry(void *arg, unsigned n)
{
	const struct job *j = arg;
	struct bare_table *t = &bare;

	for (unsigned i = 0; i < n; i++) {
		const uint64_t iova = t->stack[--t->n];
		uint64_t *entry = &t->entry[iova / GRANULE];

		*entry = (RAM_PHYS + BUFFERS + i % TURNS * j->stride) | ANY_IOMMU_READ;
		bench_keep(iova);
		*entry = 0;
		t->stack[t->n++] = iova;
	}
	return 0;
}

/* ---- set up and prove ------------------------------------------------------------------------ */

static int set_up(void)
{
	static const struct any_bounce_class slots[] = {{.slot = 64, .count = 64},
							{.slot = 2048, .count = 64},
							{.slot = 4096, .count = 32},
							{.slot = 65536, .count = 8}};
	static uint32_t stack[64 + 64 + 32 + 8];
	const struct any_dma_region low = {.cpu = ram, .phys = {RAM_PHYS}, .size = BUFFERS};
	int err = any_bounce_pool_init(&pool, &low, slots, ANY_ARRAY_SIZE(slots), stack);

	if (!err)
		err = any_iova_init(&strict_table.iova, 0, sizeof(strict_table.entry) / 8 * GRANULE,
				    GRANULE, strict_table.ranges, 64);
	if (!err)
		err = any_iova_init(&deferred_table.iova, 0,
				    sizeof(deferred_table.entry) / 8 * GRANULE, GRANULE,
				    deferred_table.ranges, 64);
	for (unsigned m = 0; m < MACHINES && !err; m++)
		err = any_dma_attach(&devices[m], &platforms[m]);
	return err;
}

/* Where the device will look, as a CPU pointer; NULL: nowhere it should. */
static unsigned char *behind(enum machine m, uint64_t addr)
{
	const struct table *t = m == STRICT ? &strict_table : &deferred_table;
	uint64_t at = addr;

	if (m == STRICT || m == DEFERRED)
		at = (t->entry[addr / GRANULE % 1024] & ~(GRANULE - 1ull)) + addr % GRANULE;
	if (m != OFFSET && m != BOUNCE)
		at -= RAM_PHYS;
	return at < RAM_SIZE && (m == BOUNCE) == (at < BUFFERS) ? ram + at : NULL;
}

static int prove(enum machine m, size_t len)
{
	unsigned char *buf = ram + BUFFERS, *seen;
	struct any_dma_mapping map;
	int wrong = any_dma_map(&devices[m], memset(buf, 'd', len), len, ANY_DMA_BOTH, &map);

	if (wrong)
		return wrong;
	seen = behind(m, map.addr.raw);
	if (!seen || memcmp(seen, buf, len) != 0)
		return -ANY_EIO;
	memset(seen, 'n', len);
	any_dma_unmap_written(&devices[m], &map, len);
	return buf[0] == 'n' && buf[len - 1] == 'n' ? 0 : -ANY_EIO;
}

static int prove_all(void)
{
	static const size_t len[] = {64, 1500, 4096, 65536};
	int err = 0;

	for (unsigned m = 0; m < MACHINES && !err; m++)
		for (unsigned k = 0; k < ANY_ARRAY_SIZE(len) && !err; k++)
			err = prove((enum machine)m, len[k]);
	if (err)
		fprintf(stderr, "a machine does not do what its row says: %s\n", any_strerror(err));
	return err;
}

#define JOB(m, bytes, way, n)                                                                      \
	&(struct job)                                                                              \
	{                                                                                          \
		.dev = &devices[m], .delta = RAM_PHYS, .len = (bytes),                             \
		.stride = ((bytes) + 63) / 64 * 64, .dir = (way), .copies = (n)                    \
	}

#define BOUNCED(text, bytes, kind, limit)                                                          \
	{.what = "memcpy " text, .run = bare_copy, .arg = JOB(BOUNCE, bytes, ANY_DMA_BOTH, 1)},    \
		{"bounce " text ", TO_DEVICE",                                                     \
		 map_unmap,                                                                        \
		 JOB(BOUNCE, bytes, ANY_DMA_TO_DEVICE, 0),                                         \
		 1,                                                                                \
		 1,                                                                                \
		 kind,                                                                             \
		 limit},                                                                           \
		{.what = "memcpy " text ", there and back",                                        \
		 .run = bare_copy,                                                                 \
		 .arg = JOB(BOUNCE, bytes, ANY_DMA_BOTH, 2)},                                      \
	{                                                                                          \
		"bounce " text ", FROM_DEVICE", map_unmap,                                         \
			JOB(BOUNCE, bytes, ANY_DMA_FROM_DEVICE, 0), 1, 1, kind, limit              \
	}

int main(int argc, char **argv)
{
	const struct bench_case cases[] = {
		{.what = "bare add", .run = bare_add, .arg = JOB(IDENTITY, 1500, ANY_DMA_BOTH, 0)},
		{"identity", map_add, JOB(IDENTITY, 1500, ANY_DMA_TO_DEVICE, 0), 1, 1, BENCH_OVER,
		 1},
		{"offset, one window", map_add, JOB(OFFSET, 1500, ANY_DMA_TO_DEVICE, 0), 1, 2,
		 BENCH_OVER, 1},
		BOUNCED("64 B", 64, BENCH_OVER, 4),
		BOUNCED("1500 B", 1500, BENCH_TIMES, 1.1),
		BOUNCED("4 KiB", 4096, BENCH_TIMES, 1.1),
		BOUNCED("64 KiB", 65536, BENCH_TIMES, 1.1),
		{.what = "bare table entry",
		 .run = bare_entry,
		 .arg = JOB(STRICT, 4096, ANY_DMA_BOTH, 0)},
		{"IOMMU, strict, 4 KiB", map_unmap, JOB(STRICT, 4096, ANY_DMA_TO_DEVICE, 0), 1, 1,
		 BENCH_NO_AIM, 0},
		{"IOMMU, deferred by 32, 4 KiB", map_unmap,
		 JOB(DEFERRED, 4096, ANY_DMA_TO_DEVICE, 0), 1, 2, BENCH_NO_AIM, 0},
	};

	if (set_up() || prove_all())
		return EXIT_FAILURE;
	return bench_main("dma_map: ns per map + unmap", cases, ANY_ARRAY_SIZE(cases), argc, argv);
}
