/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver for the DMA engine of anydma/lab/engine.h, and a scenario for it: a list of copies from
 * scattered pieces into one buffer, with the descriptors themselves mapped, as drivers of engines
 * without coherent memory do it.
 */
#include <anydma/endian.h>
#include <anydma/lab/engine.h>

#include <string.h>

#include "any_arch.h"

/* ---- the driver */

#define PIECES 6u
#define PIECE  200u
#define GO     ANY_LAB_ENGINE_DOORBELL(0)
#define CH     ANY_LAB_ENGINE_CH(0)

/* What one gather needs: the list, and what is mapped. */
struct gather {
	struct any_lab_engine_desc *list; /* PIECES of them */
	struct any_dma_mapping lists, source[PIECES], destination;
};

static void fill(struct gather *g)
{
	for (uint32_t i = 0; i < PIECES; i++) {
		struct any_lab_engine_desc *d = &g->list[i];

		d->control = any_cpu_to_le32(
			ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_KIND(ANY_LAB_ENGINE_COPY) |
			(i == PIECES - 1 ? ANY_LAB_ENGINE_LAST | ANY_LAB_ENGINE_IRQ : 0));
		d->len = any_cpu_to_le32(PIECE);
		d->source = any_cpu_to_le64(g->source[i].addr.raw);
		d->destination = any_cpu_to_le64(g->destination.addr.raw + i * PIECE);
		d->next = any_cpu_to_le64(g->lists.addr.raw + (i + 1) * sizeof(*d));
	}
}

static int map(struct any_dma_dev *dma, struct gather *g, uint8_t *const from[PIECES], uint8_t *to)
{
	int err = any_dma_map(dma, to, PIECES * PIECE, ANY_DMA_FROM_DEVICE, &g->destination);

	for (uint32_t i = 0; i < PIECES && !err; i++)
		err = any_dma_map(dma, from[i], PIECE, ANY_DMA_TO_DEVICE, &g->source[i]);
	if (!err)
		err = any_dma_map(dma, g->list, PIECES * sizeof(*g->list), ANY_DMA_BOTH, &g->lists);
	if (err)
		return err;
	/* The descriptors name their own bus addresses, so they are written after the map. */
	any_dma_sync_for_cpu(dma, &g->lists, 0, g->lists.len);
	fill(g);
	any_dma_sync_for_device(dma, &g->lists, 0, g->lists.len);
	return 0;
}

static void start(struct any_dma_dev *dma, volatile uint8_t *regs, const struct gather *g)
{
	any_mmio_write32(regs + CH + ANY_LAB_ENGINE_CH_MODE, ANY_LAB_ENGINE_MODE_LIST);
	any_mmio_write32(regs + CH + ANY_LAB_ENGINE_CH_DESC_LO, (uint32_t)g->lists.addr.raw);
	any_mmio_write32(regs + CH + ANY_LAB_ENGINE_CH_DESC_HI,
			 (uint32_t)(g->lists.addr.raw >> 32));
	any_dma_drain(dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the engine reads the list after the doorbell */
	any_mmio_write32(regs + GO, 1);
}

static void unmap(struct any_dma_dev *dma, struct gather *g)
{
	any_dma_unmap(dma, &g->lists);
	for (uint32_t i = 0; i < PIECES; i++)
		any_dma_unmap(dma, &g->source[i]);
	any_dma_unmap(dma, &g->destination);
}

/* ---- the scenario */

static int gather(struct any_lab *lab, struct any_dma_dev *dma, volatile uint8_t *regs,
		  struct gather *g, uint8_t *const from[PIECES], uint8_t *to)
{
	int err;

	for (uint32_t i = 0; i < PIECES; i++)
		memset(from[i], (int)(i + any_lab_random(lab)), PIECE);
	err = map(dma, g, from, to);
	if (err)
		return err;
	start(dma, regs, g);
	do
		any_lab_wait(lab);
	while (!(any_mmio_read32(regs + ANY_LAB_ENGINE_INT_STATUS) & ANY_LAB_ENGINE_INT_DONE(0)));
	any_mmio_write32(regs + ANY_LAB_ENGINE_INT_STATUS, ANY_LAB_ENGINE_INT_DONE(0));
	any_dma_drain(dma, ANY_DMA_FROM_DEVICE);
	any_mmio_rmb(); /* partner: the engine's writes before the cause in INT_STATUS */
	unmap(dma, g);
	for (uint32_t i = 0; i < PIECES; i++) {
		ANY_LAB_CHECK(lab, any_le32_to_cpu(g->list[i].len) == PIECE);
		ANY_LAB_CHECK(lab, !memcmp(to + i * PIECE, from[i], PIECE));
	}
	any_lab_count(lab, PIECES, PIECES * PIECE);
	return 0;
}

static int engine(struct any_lab *lab)
{
	const struct any_lab_engine_config config = {
		.burst = 64, .hostile = ANY_LAB_LATE | ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE};
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);
	struct any_dma_dev *dma = any_lab_dma(lab);
	struct gather g = {.list = any_lab_alloc(lab, PIECES * sizeof(*g.list))};
	uint64_t gathers = any_lab_operations(lab, 1);
	uint8_t *from[PIECES], *to = any_lab_alloc(lab, PIECES * PIECE);
	int err = 0;

	for (uint32_t i = 0; i < PIECES; i++)
		from[i] = any_lab_alloc(lab, PIECE);
	any_mmio_write32(regs + ANY_LAB_ENGINE_INT_ENABLE, ANY_LAB_ENGINE_INT_DONE(0));
	any_mmio_write32(regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	for (uint64_t n = 0; n < gathers && !err; n++)
		err = gather(lab, dma, regs, &g, from, to);
	return err;
}

int main(int argc, char **argv)
{
	return ANYDMA_LAB_MAIN(argc, argv, engine);
}
