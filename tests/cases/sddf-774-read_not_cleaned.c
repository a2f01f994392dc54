/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sDDF's block virtualiser cleaned a client's buffer only before writes to the disk. Before
 * reads nothing was done: lines still dirty from the buffer's last use were written back over
 * what the disk had delivered.
 */
#include "case.h"
#include "transfer.h"

#define BLOCK 512u

enum request { READ, WRITE };

static void virt_blk(volatile uint8_t *regs, enum request what, uint8_t *buffer, bool fixed)
{
	if (what == WRITE)
		any_raw_clean(buffer, BLOCK);
	else if (fixed)
		any_raw_clean_inval(buffer, BLOCK);
	transfer_start(regs, what == WRITE ? ANY_LAB_ENGINE_TO_FIFO : ANY_LAB_ENGINE_FROM_FIFO,
		       any_raw_bus(buffer), BLOCK);
	transfer_wait(regs);
	if (what == READ)
		any_raw_inval(buffer, BLOCK);
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *buffer = any_raw_dma_alloc(BLOCK);

	for (uint64_t n = 0; n < 3; n++) {
		memset(buffer, 0xa5, BLOCK);
		virt_blk(regs, WRITE, buffer, fixed);
		memset(buffer, 0, BLOCK); /* BUG: these lines are dirty when the disk writes */
		virt_blk(regs, READ, buffer, fixed);
		ANY_LAB_CHECK(lab, transfer_arrived(buffer, n * BLOCK, BLOCK));
	}
	return 0;
}

ANY_CASE(sddf_blk, run, .name = "sddf-774-read_not_cleaned", .issue = "au-ts/sddf #774",
	 .bug = "cleaned only before writes; dirty lines destroy what is read",
	 .rule = ANY_LAB_DIRTY_UNDER_DMA, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
