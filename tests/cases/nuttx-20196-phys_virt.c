/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NuttX: one argument was used as the virtual address in one call and as the physical one in the
 * next. Where the two differ the maintenance went to another place than the buffer.
 */
#include "case.h"
#include "transfer.h"

#define LEN 256u

static void start_receive(volatile uint8_t *regs, uint64_t buffer, bool fixed)
{
	/* BUG marks the store below: this call gets the bus's address for a pointer. */
	void *virt = fixed ? any_raw_cpu(buffer) : (void *)(uintptr_t)buffer;

	any_raw_clean_inval(virt, LEN);
	transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, buffer, LEN);
	transfer_wait(regs);
	any_raw_inval(virt, LEN);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *buffer = any_raw_dma_alloc(LEN);

	for (uint64_t n = 0; n < 3; n++) {
		memset(buffer, 0, LEN); /* BUG: still dirty: the maintenance was elsewhere */
		start_receive(regs, any_raw_bus(buffer), fixed);
		ANY_LAB_CHECK(lab, transfer_arrived(buffer, n * LEN, LEN));
	}
	return 0;
}

ANY_CASE(nuttx_address, run, .name = "nuttx-20196-phys_virt", .issue = "apache/nuttx #20196",
	 .bug = "one argument is both a physical and a virtual address",
	 .rule = ANY_LAB_DIRTY_UNDER_DMA, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
