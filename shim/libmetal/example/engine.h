/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SHIM_LIBMETAL_ENGINE_H
#define SHIM_LIBMETAL_ENGINE_H

#include <metal/device.h>

struct engine {
	struct metal_device *dev;
	struct metal_io_region *regs, *mem;
	volatile int done;
};

/* Region 0: registers; region 1: memory that the device reaches. 0 or a negative errno. */
int engine_open(struct engine *engine, const char *name);
void engine_close(struct engine *engine);
/* From one place of region 1 to another: mapped for the time it takes. */
int engine_copy(struct engine *engine, unsigned long dst, unsigned long src, int len);
/* A message for the device's FIFO, in memory that both sides know: no mapping, only maintenance. */
int engine_post(struct engine *engine, unsigned long at, const void *message, int len);

#endif
