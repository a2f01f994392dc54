/* SPDX-License-Identifier: BSD-2-Clause */
/* The DMA engine's model in each of its modes: rings, by OWN bit and by index, FIFOs, direct. */
#include "any_arch.h"
#include "scenes.h"

#include <anydma/endian.h>
#include <anydma/lab/engine.h>

#include <string.h>

#define RING   8u
#define LEN    300u
#define ROUNDS 12u
#define CH     ANY_LAB_ENGINE_CH(0)

struct rig {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	volatile uint8_t *regs;
	struct any_lab_engine_config config;
	struct any_dma_coherent mem; /* the ring, then the status word */
	struct any_dma_mapping from, to;
	uint8_t *source, *target;
	uint16_t next;
	uint64_t fed, given;
	bool by_index;
};

static uint32_t word(const struct rig *g, uint32_t v)
{
	return g->config.flags & ANY_LAB_BIG_ENDIAN ? any_be32_to_cpu(v) : any_le32_to_cpu(v);
}

static uint64_t long_word(const struct rig *g, uint64_t v)
{
	uint64_t le = any_cpu_to_le64(v);

	return g->config.flags & ANY_LAB_BIG_ENDIAN ? __builtin_bswap64(le) : le;
}

static void set_address(const struct rig *g, uint32_t lo, uint64_t bus)
{
	any_mmio_write32(g->regs + CH + lo, (uint32_t)bus);
	any_mmio_write32(g->regs + CH + lo + 4, (uint32_t)(bus >> 32));
}

static void ring_doorbell(const struct rig *g)
{
	any_dma_drain(g->dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the engine's look after the doorbell */
	any_mmio_write32(g->regs + ANY_LAB_ENGINE_DOORBELL(0), g->next);
}

static void await_interrupt(const struct rig *g)
{
	any_lab_wait(g->lab);
	any_mmio_write32(g->regs + ANY_LAB_ENGINE_INT_STATUS,
			 any_mmio_read32(g->regs + ANY_LAB_ENGINE_INT_STATUS));
	any_dma_drain(g->dma, ANY_DMA_FROM_DEVICE);
}

static int map(struct rig *g)
{
	int err = any_dma_map(g->dma, g->source, LEN, ANY_DMA_TO_DEVICE, &g->from);

	if (!err)
		err = any_dma_map(g->dma, g->target, LEN, ANY_DMA_FROM_DEVICE, &g->to);
	return err;
}

static void unmap(struct rig *g)
{
	any_dma_unmap(g->dma, &g->from);
	any_dma_unmap(g->dma, &g->to);
}

/* What `moved` bytes of this kind must have done. */
static void check(struct rig *g, uint32_t kind, uint32_t moved)
{
	uint8_t fed[LEN];

	ANY_LAB_CHECK(g->lab, moved <= LEN);
	if (kind == ANY_LAB_ENGINE_TO_FIFO) {
		ANY_LAB_CHECK(g->lab, any_lab_engine_consumed(g->lab, 0, (size_t)g->fed, fed,
							      LEN) == moved);
		ANY_LAB_CHECK(g->lab, !memcmp(fed, g->source, moved));
		g->fed += moved;
	} else if (kind == ANY_LAB_ENGINE_FROM_FIFO) {
		for (uint32_t i = 0; i < moved; i++)
			ANY_LAB_CHECK(g->lab, g->target[i] == (uint8_t)((g->given + i) * 7));
		g->given += moved;
	} else {
		ANY_LAB_CHECK(g->lab, !memcmp(g->target, g->source, moved));
	}
	any_lab_count(g->lab, 1, moved);
}

/* ---- rings */

static uint8_t *slot(const struct rig *g)
{
	return (uint8_t *)g->mem.cpu + g->next % RING * g->config.stride;
}

static void give(struct rig *g, uint32_t kind)
{
	struct any_lab_engine_desc *d = (void *)slot(g);
	bool is_short = g->config.stride == 16;

	d->len = word(g, LEN);
	d->source = long_word(g, is_short && kind == ANY_LAB_ENGINE_FROM_FIFO ? g->to.addr.raw
									      : g->from.addr.raw);
	if (!is_short)
		d->destination = long_word(g, g->to.addr.raw);
	any_dma_wmb(); /* partner: the engine reads the rest after OWN */
	*(volatile uint32_t *)&d->control =
		word(g, ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_IRQ | ANY_LAB_ENGINE_KIND(kind));
	g->next++;
	ring_doorbell(g);
}

static bool is_done(const struct rig *g, volatile uint32_t *control)
{
	volatile uint32_t *completed = (void *)((uint8_t *)g->mem.cpu + RING * g->config.stride);

	if (g->by_index)
		return (uint16_t)word(g, *completed) == g->next;
	return !(word(g, *control) & ANY_LAB_ENGINE_OWN);
}

static int transfer(struct rig *g, uint32_t kind)
{
	struct any_lab_engine_desc *d = (void *)slot(g);
	int err = map(g);
	uint32_t moved;

	if (err)
		return err;
	give(g, kind);
	while (!is_done(g, &d->control))
		await_interrupt(g);
	any_dma_rmb(); /* partner: the engine's writes before the one that says done */
	moved = word(g, d->len);
	unmap(g);
	check(g, kind, moved);
	return 0;
}

static int open_ring(struct rig *g)
{
	int err = any_dma_alloc_coherent(g->dma, RING * g->config.stride + 64, &g->mem);

	if (err)
		return err;
	any_mmio_write32(g->regs + CH + ANY_LAB_ENGINE_CH_MODE,
			 ANY_LAB_ENGINE_MODE_RING | ANY_LAB_ENGINE_MODE_STATUS_WORD |
				 (g->by_index ? ANY_LAB_ENGINE_MODE_BY_INDEX : 0));
	set_address(g, ANY_LAB_ENGINE_CH_DESC_LO, g->mem.addr.raw);
	set_address(g, ANY_LAB_ENGINE_CH_STATUS_LO, g->mem.addr.raw + RING * g->config.stride);
	any_mmio_write32(g->regs + CH + ANY_LAB_ENGINE_CH_RING_SIZE, RING);
	return 0;
}

static void close_ring(struct rig *g)
{
	any_mmio_write32(g->regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_RESET);
	while (any_mmio_read32(g->regs + ANY_LAB_ENGINE_STATUS) & ANY_LAB_ENGINE_BUSY)
		any_lab_relax(g->lab);
	any_dma_free_coherent(g->dma, &g->mem);
}

/* ---- one transfer by registers, as small controllers have it */

static int direct(struct rig *g, uint32_t kind)
{
	int err = map(g);
	uint32_t moved;

	if (err)
		return err;
	any_mmio_write32(g->regs + CH + ANY_LAB_ENGINE_CH_MODE,
			 ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(kind));
	set_address(g, ANY_LAB_ENGINE_CH_SRC_LO, g->from.addr.raw);
	set_address(g, ANY_LAB_ENGINE_CH_DST_LO, g->to.addr.raw);
	any_mmio_write32(g->regs + CH + ANY_LAB_ENGINE_CH_LEN, LEN);
	ring_doorbell(g);
	do
		await_interrupt(g);
	while (!(any_mmio_read32(g->regs + CH + ANY_LAB_ENGINE_CH_STATUS) &
		 ANY_LAB_ENGINE_CH_DONE));
	any_dma_drain(g->dma, ANY_DMA_FROM_DEVICE);
	any_mmio_rmb(); /* partner: the engine's writes before CH_DONE */
	moved = any_mmio_read32(g->regs + CH + ANY_LAB_ENGINE_CH_COUNT);
	unmap(g);
	check(g, kind, moved);
	return 0;
}

/* ---- */

static int run(struct any_lab *lab, const struct any_lab_engine_config *config, bool ring,
	       bool by_index)
{
	struct rig g = {.lab = lab,
			.dma = any_lab_dma(lab),
			.regs = any_lab_engine_attach(lab, config),
			.config = *config,
			.by_index = by_index};
	int err = ring ? open_ring(&g) : 0;

	if (err == -ANY_ENOTSUP)
		return 0; /* the machine has no coherent memory */
	g.source = any_lab_alloc(lab, LEN);
	g.target = any_lab_alloc(lab, LEN);
	any_mmio_write32(g.regs + ANY_LAB_ENGINE_INT_ENABLE,
			 ANY_LAB_ENGINE_INT_DONE(0) | ANY_LAB_ENGINE_INT_ERROR(0));
	any_mmio_write32(g.regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	for (uint32_t i = 0; i < ROUNDS && !err; i++) {
		uint32_t kind = config->stride == 16 ? 1 + i % 2 : i % 3;

		memset(g.source, (int)i + 1, LEN);
		err = ring ? transfer(&g, kind) : direct(&g, kind);
	}
	if (ring)
		close_ring(&g);
	return err;
}

#define RUN(name, ring, by_index, ...)                                                             \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		const struct any_lab_engine_config config = {__VA_ARGS__};                         \
		return run(lab, &config, ring, by_index);                                          \
	}
RUN(own, true, false, .stride = 32)
RUN(own_unkind, true, false, .stride = 64, .burst = 50, .hostile = ANY_LAB_UNKIND)
RUN(own_big, true, false, .stride = 40, .flags = ANY_LAB_BIG_ENDIAN)
RUN(own_short, true, false, .stride = 16, .hostile = ANY_LAB_PARTIAL | ANY_LAB_LATE)
RUN(by_count, true, true, .stride = 32)
RUN(by_count_unkind, true, true, .stride = 48, .flags = ANY_LAB_BIG_ENDIAN,
    .hostile = ANY_LAB_UNKIND)
RUN(by_registers, false, false, .burst = 32)
RUN(by_registers_unkind, false, false, .channels = 2, .hostile = ANY_LAB_UNKIND)
RUN(overrun, false, false, .hostile = ANY_LAB_OVERRUN)

const struct scene scenes_engine[] = {
	SCENE("engine-own", own, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-own-unkind", own_unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-own-big", own_big, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-own-short", own_short, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-index", by_count, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-index-unkind", by_count_unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-direct", by_registers, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-direct-unkind", by_registers_unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("engine-overrun", overrun, 0, ANY_LAB_OUTSIDE, NULL, "x86-vtd"),
};
const size_t n_scenes_engine = ANY_ARRAY_SIZE(scenes_engine);
