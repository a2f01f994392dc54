/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_SLEEP_H
#define ANYDMA_METAL_SLEEP_H

#include <metal/cpu.h>

static inline int metal_sleep_usec(unsigned int usec)
{
	(void)usec;
	metal_cpu_yield();
	return 0;
}

#endif
