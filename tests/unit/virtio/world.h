/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small platforms for virtio tests. On all but the flat one, what the device may be given differs
 * from the CPU's physical address, and the device's space knows only the right addresses: any
 * mix-up is a fault the device reports (A4.1).
 */
#ifndef ANYDMA_TESTS_WORLD_H
#define ANYDMA_TESTS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/dma.h>
#include <anydma/space.h>

enum world_kind {
	WORLD_FLAT,   /* identity and coherent */
	WORLD_OFFSET, /* DMA address = physical XOR a constant */
	WORLD_BOUNCE, /* every streaming mapping goes through a pool; the device sees nothing else
		       */
	WORLD_NONCOHERENT, /* and an offset; cache operations are counted */
	WORLD_KINDS,
};

#define WORLD_RAM      (4u << 20)
#define WORLD_COHERENT (2u << 20)
#define WORLD_POOL     (2u << 20)
#define WORLD_SLOTS    64u
#define WORLD_PHYS     0x40000000ull
#define WORLD_XOR      0x80000000ull

struct world {
	enum world_kind kind;
	uint8_t *ram; /* then coherent memory, then the pool, physically one after the other */
	struct any_dma_region regions[3];
	struct any_dma_segment segment;
	struct any_coherent_region coherent;
	uint64_t bits[WORLD_COHERENT / ANY_COHERENT_PAGE / 64];
	struct any_bounce_pool pool;
	uint32_t stack[WORLD_SLOTS];
	struct any_dma_cache_ops cache;
	struct any_dma_ops ops;
	struct any_dma_platform plat;
	struct any_dma_dev dev;
	struct any_space_region seen[1];
	struct any_space space;
	uint32_t cleans, invals, drains[4];
	char text[256]; /* "o": drained outward, "i": inward, and what a test adds */
};

static inline uint64_t world_xor(const struct world *w)
{
	return w->kind == WORLD_FLAT ? 0 : WORLD_XOR;
}

static inline void world_log(struct world *w, const char *what)
{
	if (strlen(w->text) + strlen(what) < sizeof(w->text))
		strcat(w->text, what);
}

static void world_clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct world *w = ctx;

	(void)va;
	(void)phys;
	(void)len;
	w->cleans++;
}

static void world_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct world *w = ctx;

	(void)va;
	(void)phys;
	(void)len;
	w->invals++;
}

static void world_sync(void *ctx)
{
	(void)ctx;
}

static void world_drain(void *ctx, enum any_dma_dir dir)
{
	struct world *w = ctx;

	w->drains[dir]++;
	world_log(w, dir == ANY_DMA_TO_DEVICE ? "o" : "i");
}

static inline void world_memory(struct world *w)
{
	const uint64_t sizes[3] = {WORLD_RAM, WORLD_COHERENT, WORLD_POOL};
	uint64_t at = 0;

	w->ram = aligned_alloc(4096, WORLD_RAM + WORLD_COHERENT + WORLD_POOL);
	assert_non_null(w->ram);
	memset(w->ram, 0x5a, WORLD_RAM + WORLD_COHERENT + WORLD_POOL);
	for (int i = 0; i < 3; i++) {
		w->regions[i] = (struct any_dma_region){w->ram + at, any_phys(WORLD_PHYS + at),
							sizes[i], 0};
		at += sizes[i];
	}
	if (w->kind == WORLD_NONCOHERENT)
		w->regions[1].flags = ANY_REGION_UNCACHED;
	w->coherent = (struct any_coherent_region){.mem = w->regions[1], .bitmap = w->bits};
	w->segment = (struct any_dma_segment){any_phys(WORLD_PHYS),
					      any_dma(WORLD_PHYS ^ world_xor(w)), at};
}

/* What the device can reach, by the addresses it must be given. */
static inline void world_space(struct world *w)
{
	const uint64_t x = world_xor(w);
	const uint64_t first = w->kind == WORLD_BOUNCE ? WORLD_RAM : 0;

	w->seen[0] =
		(struct any_space_region){any_dma((WORLD_PHYS ^ x) + first),
					  w->segment.size - first, w->ram + first, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&w->space, w->seen, 1), 0);
}

static inline void world_init(struct world *w, enum world_kind kind)
{
	const struct any_bounce_class class = {.slot = 16384, .count = WORLD_SLOTS};

	memset(w, 0, sizeof(*w));
	w->kind = kind;
	world_memory(w);
	w->cache = (struct any_dma_cache_ops){world_clean, world_inval, world_clean, world_sync};
	w->ops = (struct any_dma_ops){.cache = &w->cache, .drain = world_drain};
	w->plat = (struct any_dma_platform){
		.name = "test",
		.facts = {.coherent = kind != WORLD_NONCOHERENT,
			  .speculates = kind == WORLD_NONCOHERENT,
			  .line = kind == WORLD_NONCOHERENT ? 64 : 0,
			  .drains = kind == WORLD_OFFSET ? ANY_DMA_BOTH : 0,
			  .bounce_always = kind == WORLD_BOUNCE},
		.ram = w->regions,
		.n_ram = 1,
		.ops = &w->ops,
		.ctx = w,
		.coherent = &w->coherent,
	};
	if (kind != WORLD_FLAT) {
		w->plat.facts.segments = &w->segment;
		w->plat.facts.n_segments = 1;
		assert_int_equal(
			any_bounce_pool_init(&w->pool, &w->regions[2], &class, 1, w->stack), 0);
		w->plat.bounce = &w->pool;
	}
	assert_int_equal(any_dma_attach(&w->dev, &w->plat), 0);
	assert_int_equal(any_dma_set_mask(&w->dev, UINT64_MAX), 0);
	assert_int_equal(any_dma_set_coherent_mask(&w->dev, UINT64_MAX), 0);
	world_space(w);
}

/* Everything was given back. */
static inline void world_fini(struct world *w)
{
	assert_int_equal(w->coherent.pages_used, 0);
	assert_int_equal(w->pool.counters.live, 0);
	any_dma_detach(&w->dev);
	free(w->ram);
}

#endif
