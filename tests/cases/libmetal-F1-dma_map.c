/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libmetal's generic metal_dma_map(): when the device is to read (DEV_R) it invalidates the
 * buffer and does not clean it, so that what the CPU has just stored is dropped before the
 * device looks.
 */
#include "case.h"
#include "transfer.h"

#define LEN 384u

enum { METAL_DMA_DEV_R = 1, METAL_DMA_DEV_W = 2, METAL_DMA_DEV_WR = 3 };

static void metal_dma_map(int dir, void *virt, size_t len, bool fixed)
{
	if (fixed && (dir & METAL_DMA_DEV_R))
		any_raw_clean(virt, len);
	else if (dir == METAL_DMA_DEV_R)
		any_raw_inval(virt, len); /* BUG: the stores that the device is to read */
	if (dir & METAL_DMA_DEV_W)
		any_raw_clean_inval(virt, len);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *source = any_raw_dma_alloc(LEN), got[LEN];

	for (uint32_t n = 0; n < 3; n++) {
		memset(source, (int)n + 1, LEN);
		metal_dma_map(METAL_DMA_DEV_R, source, LEN, fixed);
		transfer_start(regs, ANY_LAB_ENGINE_TO_FIFO, any_raw_bus(source), LEN);
		transfer_wait(regs);
		ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, n * LEN, got, LEN) == LEN &&
					   got[0] == n + 1);
	}
	return 0;
}

ANY_CASE(libmetal_map, run, .name = "libmetal-F1-dma_map",
	 .issue = "OpenAMP/libmetal lib/device.c (peers F1)",
	 .bug = "the generic map invalidates what the device is to read",
	 .rule = ANY_LAB_LOST_WRITE, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
