/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AROS on AArch64: CachePostDMA(), the half of the pair that comes after the transfer, was an
 * empty function. USB devices answered, and their answers read as zeros.
 */
#include "case.h"
#include "transfer.h"

#define LEN 256u

static void CachePreDMA(void *at, size_t length, bool from_device)
{
	if (from_device)
		any_raw_clean_inval(at, length);
	else
		any_raw_clean(at, length);
}

static void CachePostDMA(void *at, size_t length, bool from_device, bool fixed)
{
	if (fixed && from_device)
		any_raw_inval(at, length);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *answer = any_raw_dma_alloc(LEN);

	for (uint64_t n = 0; n < 4; n++) {
		memset(answer, 0, LEN);
		CachePreDMA(answer, LEN, true);
		transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(answer), LEN);
		transfer_wait(regs);
		CachePostDMA(answer, LEN, true, fixed);
		if (answer[0] != transfer_byte(n * LEN)) /* BUG: zero, from before */
			return -ANY_EIO;
	}
	return 0;
}

ANY_CASE(aros_postdma, run, .name = "aros-888-cachepostdma",
	 .issue = "aros-development-team/AROS #888",
	 .bug = "the cache call after the DMA does nothing", .rule = ANY_LAB_STALE_READ,
	 .platform = "arm64-nc", .flags = ANY_LAB_RAW);
