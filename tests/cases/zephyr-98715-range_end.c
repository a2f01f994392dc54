/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zephyr, T-Head cores: the range functions counted lines from the unaligned start, so that a
 * range that begins late in a line left its last line out. The end of a DMA source was not in
 * memory.
 */
#include <zephyr/cache.h>

#include "case.h"
#include "transfer.h"

#define LEN  300u
#define LINE 16u /* the smallest there is: steps of it miss none */

static void range_clean(uint8_t *at, size_t size, bool fixed)
{
	uint8_t *end = at + size;
	size_t lines = size / LINE; /* from an unaligned start there is one more, or two */

	if (fixed) {
		at = (uint8_t *)((uintptr_t)at & ~(uintptr_t)(LINE - 1));
		lines = ((size_t)(end - at) + LINE - 1) / LINE;
	}
	for (size_t i = 0; i < lines; i++)
		sys_cache_data_flush_range(at + i * LINE, 1);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *memory = any_raw_dma_alloc(4096), got[LEN];

	for (uint32_t n = 0; n < 3; n++) {
		uint8_t *source = memory + 40 + 512 * n;

		for (uint32_t i = 0; i < LEN; i++)
			source[i] = (uint8_t)(n + i); /* BUG: the last of these is not cleaned */
		range_clean(source, LEN, fixed);
		transfer_start(regs, ANY_LAB_ENGINE_TO_FIFO, any_raw_bus(source), LEN);
		transfer_wait(regs);
		ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, n * LEN, got, LEN) == LEN &&
					   !memcmp(got, source, LEN));
	}
	return 0;
}

ANY_CASE(zephyr_range, run, .name = "zephyr-98715-range_end",
	 .issue = "zephyrproject-rtos/zephyr #98715",
	 .bug = "a range function leaves out the last line of an unaligned range",
	 .rule = ANY_LAB_DIRTY_READ, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
