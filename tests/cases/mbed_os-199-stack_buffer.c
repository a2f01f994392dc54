/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mbed OS: a receive buffer was a local variable. Its lines hold other locals, too; invalidating
 * them after the transfer threw those away, and the function went on with old values.
 */
#include "case.h"
#include "transfer.h"

#define LEN 96u

static ANY_NOINLINE uint32_t read_frame(volatile uint8_t *regs, uint8_t *aligned, uint32_t rounds)
{
	struct {
		volatile uint32_t sum; /* other locals, on the buffer's first line */
		uint8_t rx[LEN];
	} local __attribute__((aligned(128)));
	uint8_t *rx = aligned ? aligned : local.rx;

	local.sum = 0;
	for (uint32_t i = 0; i < rounds; i++) {
		local.sum = local.sum + i;
		any_raw_inval(rx, LEN); /* BUG: of the stack as well */
		transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(rx), LEN);
		transfer_wait(regs);
		any_raw_inval(rx, LEN); /* BUG: the same */
	}
	return local.sum;
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);

	ANY_LAB_CHECK(lab, read_frame(regs, fixed ? any_raw_dma_alloc(4096) : NULL, 4) == 6);
	return 0;
}

ANY_CASE(mbed_stack, run, .name = "mbed_os-199-stack_buffer", .issue = "mbed-ce/mbed-os #199",
	 .bug = "receive buffer on the stack; the invalidate destroys the stack",
	 .rule = ANY_LAB_LOST_WRITE, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
