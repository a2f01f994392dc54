/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hubris, Ethernet on the STM32H7: received frames were invalidated when their buffer was given
 * to the card, not when it came back. The core may have read ahead into them in between.
 */
#include "case.h"
#include "transfer.h"

#define FRAME  256u
#define FRAMES 3u

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *frames = any_raw_dma_alloc(FRAME * FRAMES), *ring[FRAMES];

	for (unsigned i = 0; i < FRAMES; i++) {
		ring[i] = frames + FRAME * i;
		any_raw_inval(ring[i], FRAME); /* given to the card */
	}
	for (uint64_t n = 0; n < 2 * FRAMES; n++) {
		uint8_t *rx = ring[n % FRAMES];

		transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(rx), FRAME);
		transfer_wait(regs);
		if (fixed)
			any_raw_inval(rx, FRAME);
		if (rx[12] != transfer_byte(n * FRAME + 12)) /* BUG: read ahead, before it came */
			return -ANY_EIO;
		any_raw_inval(rx, FRAME);
	}
	return 0;
}

ANY_CASE(hubris_eth, run, .name = "hubris-99-eth_rx", .issue = "oxidecomputer/hubris #99",
	 .bug = "received frames are invalidated when given, not when they are back",
	 .rule = ANY_LAB_STALE_READ, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
