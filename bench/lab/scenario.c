/* SPDX-License-Identifier: BSD-2-Clause */
/* The work as scenarios of the lab. */
#include "work.h"

#include <anydma/lab/engine.h>

#include <string.h>

#include "any_arch.h"

static int measured(struct any_lab *lab, unsigned frames)
{
	double ns = 0;
	int err = bench_work(lab, frames, &ns);

	bench_said(ns / frames);
	return err;
}

int bench_scenario(struct any_lab *lab)
{
	return measured(lab, WORK_FRAMES);
}

int bench_smoke(struct any_lab *lab)
{
	return measured(lab, WORK_SMOKE);
}

/* The CPU writes half of it, the device copies that to the other half, the CPU reads it. */
int bench_memory(struct any_lab *lab)
{
	const size_t piece = 4096, half = WORK_MIB / 2 << 20;
	const struct any_lab_engine_config config = {0};
	double before = bench_resident();
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);
	volatile uint8_t *ch = regs + ANY_LAB_ENGINE_CH(0);
	uint8_t *from = any_lab_alloc(lab, half), *to = any_lab_alloc(lab, half);
	struct any_dma_dev *dma = any_lab_dma(lab);
	struct any_dma_mapping s, d;
	int err = 0;

	any_mmio_write32(regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	for (size_t at = 0; at < half && !err; at += piece) {
		memset(from + at, (int)(at >> 12), piece);
		err = any_dma_map(dma, from + at, piece, ANY_DMA_TO_DEVICE, &s);
		err = err ? err : any_dma_map(dma, to + at, piece, ANY_DMA_FROM_DEVICE, &d);
		if (err)
			break;
		any_mmio_write32(ch + ANY_LAB_ENGINE_CH_SRC_LO, (uint32_t)s.addr.raw);
		any_mmio_write32(ch + ANY_LAB_ENGINE_CH_SRC_HI, (uint32_t)(s.addr.raw >> 32));
		any_mmio_write32(ch + ANY_LAB_ENGINE_CH_DST_LO, (uint32_t)d.addr.raw);
		any_mmio_write32(ch + ANY_LAB_ENGINE_CH_DST_HI, (uint32_t)(d.addr.raw >> 32));
		any_mmio_write32(ch + ANY_LAB_ENGINE_CH_LEN, (uint32_t)piece);
		any_dma_drain(dma, ANY_DMA_TO_DEVICE);
		any_mmio_wmb(); /* partner: the engine's reads after the doorbell */
		any_mmio_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 1);
		while (!(any_mmio_read32(ch + ANY_LAB_ENGINE_CH_STATUS) & ANY_LAB_ENGINE_CH_DONE))
			any_lab_relax(lab);
		any_dma_drain(dma, ANY_DMA_FROM_DEVICE);
		any_mmio_rmb(); /* partner: the engine's writes before CH_DONE */
		any_dma_unmap(dma, &s);
		any_dma_unmap(dma, &d);
		ANY_LAB_CHECK(lab, !memcmp(from + at, to + at, piece));
	}
	bench_said((bench_resident() - before) / WORK_MIB);
	return err;
}
