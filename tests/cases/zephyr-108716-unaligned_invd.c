/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zephyr: a driver invalidated a receive buffer that was aligned to 4, not to the cache line.
 * The lines at its ends hold other variables, and what was stored to those and not yet written
 * back was dropped.
 */
#include <zephyr/cache.h>

#include "case.h"
#include "transfer.h"

#define LEN 100u

struct context {
	uint32_t state; /* somebody else's, on the buffer's first line */
	uint8_t rx[LEN];
	uint32_t errors;
};

static void receive(volatile uint8_t *regs, uint8_t *rx)
{
	sys_cache_data_invd_range(rx, LEN); /* BUG: drops what lies beside it */
	transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(rx), LEN);
	transfer_wait(regs);
	sys_cache_data_invd_range(rx, LEN); /* BUG: again */
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	struct context *c = any_raw_dma_alloc(sizeof(*c));
	uint8_t *own = any_raw_dma_alloc(4096); /* fixed: a buffer of whole lines, and a copy */

	for (uint32_t n = 0; n < 3; n++) {
		c->state = n;
		c->errors = n + 1;
		receive(regs, fixed ? own : c->rx);
		if (fixed)
			memcpy(c->rx, own, LEN);
		ANY_LAB_CHECK(lab, c->state == n && c->errors == n + 1);
	}
	return 0;
}

ANY_CASE(zephyr_unaligned, run, .name = "zephyr-108716-unaligned_invd",
	 .issue = "zephyrproject-rtos/zephyr #108716",
	 .bug = "invalidate of an unaligned buffer drops the neighbours' stores",
	 .rule = ANY_LAB_LOST_WRITE, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
