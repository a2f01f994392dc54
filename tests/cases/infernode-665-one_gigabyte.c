/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inferno on the Raspberry Pi 4: legacy peripherals drive 30 address bits. A kernel that took
 * any page of a 4 GB board for their buffers passed every test under emulation, which has no
 * such limit.
 */
#include "case.h"
#include "transfer.h"

#define LEN 512u

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *page = fixed ? any_raw_dma_alloc(LEN) : any_lab_alloc(lab, LEN), got[LEN];

	memset(page, 0x33, LEN);
	any_raw_clean(page, LEN);
	transfer_set(regs, ANY_LAB_ENGINE_TO_FIFO, any_raw_bus(page), LEN);
	any_raw_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 0); /* BUG: of any page */
	transfer_wait(regs);
	ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, got, LEN) == LEN && got[0] == 0x33 &&
				   got[LEN - 1] == 0x33);
	return 0;
}

ANY_CASE(infernode_limit, run, .name = "infernode-665-one_gigabyte",
	 .issue = "NERVsystems/infernode #665", .bug = "a buffer above what the device can address",
	 .rule = ANY_LAB_WRONG_WINDOW, .platform = "rpi4-bcm2711", .flags = ANY_LAB_RAW);
