/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NuttX, STM32H7 SDMMC: the receive buffer was invalidated before the transfer and never after
 * it. The core prefetches: lines fetched while the card was still writing stayed, and blocks of
 * 32 old bytes went into logs.
 */
#include "case.h"
#include "transfer.h"

#define BLOCK 512u

static void sdmmc_recv(volatile uint8_t *regs, uint8_t *buffer, bool fixed)
{
	any_raw_inval(buffer, BLOCK);
	transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(buffer), BLOCK);
	transfer_wait(regs);
	if (fixed)
		any_raw_inval(buffer, BLOCK); /* what was fetched meanwhile is old */
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *buffer = any_raw_dma_alloc(BLOCK);

	for (uint64_t n = 0; n < 4; n++) {
		sdmmc_recv(regs, buffer, fixed);
		for (uint32_t i = 0; i < BLOCK; i++)
			if (buffer[i] != transfer_byte(n * BLOCK + i)) /* BUG: may be an old line */
				return -ANY_EIO;
	}
	return 0;
}

ANY_CASE(nuttx_sdmmc, run, .name = "nuttx-19506-sdmmc_prefetch", .issue = "apache/nuttx #19506",
	 .bug = "invalidated only before the DMA; prefetch leaves old lines",
	 .rule = ANY_LAB_STALE_READ, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
