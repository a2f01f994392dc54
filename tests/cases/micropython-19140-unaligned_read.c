/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MicroPython, SD card reads into a buffer at any address: the lines at its ends were cleaned
 * and invalidated before the transfer, but the interpreter goes on using the objects beside it,
 * on the same lines, while the card writes.
 */
#include "case.h"
#include "transfer.h"

#define LEN 512u

static void sd_read(volatile uint8_t *regs, uint8_t *buffer, volatile uint8_t *object)
{
	any_raw_clean_inval(buffer, LEN);
	transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(buffer), LEN);
	for (unsigned i = 0; i < 20; i++)
		object[i % 8]++; /* BUG: another object's bytes, on a line the card is writing */
	transfer_wait(regs);
	any_raw_inval(buffer, LEN); /* BUG: the object's stores go with the line */
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *heap = any_raw_dma_alloc(4096), *bounce = any_raw_dma_alloc(LEN);
	uint8_t *object = heap + 256, *buffer = heap + 264;

	memset(object, 0, 8);
	for (uint32_t n = 1; n <= 3; n++) {
		if (fixed) {
			sd_read(regs, bounce, object);
			memcpy(buffer, bounce, LEN);
		} else {
			sd_read(regs, buffer, object);
		}
		ANY_LAB_CHECK(lab, object[0] == 3 * n && object[7] == 2 * n);
	}
	return 0;
}

ANY_CASE(micropython_sd, run, .name = "micropython-19140-unaligned_read",
	 .issue = "micropython/micropython #19140",
	 .bug = "an unaligned read destroys what lies beside the buffer",
	 .rule = ANY_LAB_LINE_SHARED, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
