/* SPDX-License-Identifier: BSD-2-Clause */
/* What boards' cache operations have in common: the instruction is the board's, the walk is not. */
#ifndef ANYDMA_PORT_LINES_H
#define ANYDMA_PORT_LINES_H

#include "port.h"

/* name(ctx, va, phys, len): `operation` (an asm statement) at each line of `size` bytes, in `at`.
 */
#define PORT_EACH_LINE(name, size, operation)                                                      \
	static void name(void *ctx, void *va, struct any_phys_addr phys, size_t len)               \
	{                                                                                          \
		const uintptr_t step = (size), end = (uintptr_t)va + len;                          \
                                                                                                   \
		(void)ctx;                                                                         \
		(void)phys;                                                                        \
		for (uintptr_t at = (uintptr_t)va & ~(step - 1); at < end; at += step)             \
			operation;                                                                 \
	}

/* The barrier that ends maintenance, which is also what drains this CPU's write buffer. */
#define PORT_BARRIER(sync, drain, instruction)                                                     \
	static void sync(void *ctx)                                                                \
	{                                                                                          \
		(void)ctx;                                                                         \
		__asm__ volatile(instruction ::: "memory");                                        \
	}                                                                                          \
	static void drain(void *ctx, enum any_dma_dir dir)                                         \
	{                                                                                          \
		(void)dir;                                                                         \
		sync(ctx);                                                                         \
	}

#endif
