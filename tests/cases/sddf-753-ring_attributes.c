/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sDDF under KVM on a Raspberry Pi: the driver had its rings mapped uncached, the other side
 * (and the driver's own set-up code) cached. Each found what the other had not written to where
 * it looked.
 */
#include "case.h"
#include "transfer.h"

#define RING 256u

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *set_up = any_raw_dma_alloc(RING), got[RING];
	volatile uint8_t *ring = any_lab_uncached_alias(lab, set_up);

	memset(set_up, 0x5a, RING); /* BUG: through the cached mapping; the ring is used uncached */
	if (fixed)
		any_raw_clean_inval(set_up, RING); /* before the attribute changes */
	for (unsigned i = 0; i < RING; i += 16)
		ring[i] = (uint8_t)(ring[i] + i); /* BUG: finds what was there before */
	transfer_start(regs, ANY_LAB_ENGINE_TO_FIFO, any_raw_bus(set_up), RING);
	transfer_wait(regs);
	ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, got, RING) == RING && got[1] == 0x5a);
	return 0;
}

ANY_CASE(sddf_attributes, run, .name = "sddf-753-ring_attributes", .issue = "au-ts/sddf #753",
	 .bug = "ring memory used through a cached and an uncached mapping", .rule = ANY_LAB_ALIAS,
	 .platform = "arm64-nc", .flags = ANY_LAB_RAW);
