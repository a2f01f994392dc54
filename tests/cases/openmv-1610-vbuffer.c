/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenMV, a camera's frame buffers: each was invalidated when it was given back to be filled. The
 * core fetches lines ahead while the copying engine is still filling them; the fix invalidates
 * again when a filled buffer is handed out.
 */
#include "case.h"
#include "transfer.h"

#define LINE_OF_PIXELS 320u
#define LINES	       8u

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *frame = any_raw_dma_alloc(LINE_OF_PIXELS * LINES);
	uint64_t n = 0;

	any_raw_clean_inval(frame, LINE_OF_PIXELS * LINES);
	for (unsigned shot = 0; shot < 3; shot++)
		for (unsigned line = 0; line < LINES; line++, n += LINE_OF_PIXELS) {
			uint8_t *at = frame + line * LINE_OF_PIXELS;

			any_raw_inval(at, LINE_OF_PIXELS); /* given back */
			transfer_start(regs, ANY_LAB_ENGINE_FROM_FIFO, any_raw_bus(at),
				       LINE_OF_PIXELS);
			transfer_wait(regs);
			if (fixed)
				any_raw_inval(at, LINE_OF_PIXELS);
			if (at[0] != transfer_byte(n)) /* BUG: of the frame before */
				return -ANY_EIO;
		}
	return 0;
}

ANY_CASE(openmv_camera, run, .name = "openmv-1610-vbuffer", .issue = "openmv/openmv #1610",
	 .bug = "frame buffers invalidated when given back, not when handed out",
	 .rule = ANY_LAB_STALE_READ, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
