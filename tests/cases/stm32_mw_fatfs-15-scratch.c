/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * STMicroelectronics' FatFs glue for SD cards: for an unaligned buffer it copies through a
 * scratch block. It invalidated the scratch, copied into it, and wrote to the card without
 * cleaning: the card got what memory held before.
 */
#include "case.h"
#include "transfer.h"

#define BLOCK 512u

static void sd_write(volatile uint8_t *regs, uint8_t *scratch, const uint8_t *data, bool fixed)
{
	if (!fixed)
		any_raw_inval(scratch, BLOCK);
	memcpy(scratch, data, BLOCK); /* BUG: it is in the cache, and nothing cleans it */
	if (fixed)
		any_raw_clean(scratch, BLOCK);
	transfer_start(regs, ANY_LAB_ENGINE_TO_FIFO, any_raw_bus(scratch), BLOCK);
	transfer_wait(regs);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *scratch = any_raw_dma_alloc(BLOCK), data[BLOCK + 1], got[BLOCK];

	for (uint32_t n = 0; n < 3; n++) {
		memset(data + 1, (int)n + 1, BLOCK);
		sd_write(regs, scratch, data + 1, fixed);
		ANY_LAB_CHECK(lab,
			      any_lab_engine_consumed(lab, 0, n * BLOCK, got, BLOCK) == BLOCK &&
				      !memcmp(got, data + 1, BLOCK));
	}
	return 0;
}

ANY_CASE(stm32_fatfs, run, .name = "stm32_mw_fatfs-15-scratch",
	 .issue = "STMicroelectronics/stm32-mw-fatfs #15",
	 .bug = "scratch block invalidated, filled, and never cleaned", .rule = ANY_LAB_DIRTY_READ,
	 .platform = "arm64-nc", .flags = ANY_LAB_RAW);
