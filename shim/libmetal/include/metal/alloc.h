/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_ALLOC_H
#define ANYDMA_METAL_ALLOC_H

#include <stdlib.h>

/* The program's heap, as in libmetal: where it lies the device may not reach. */
static inline void *metal_allocate_memory(unsigned int size)
{
	return malloc(size);
}

static inline void metal_free_memory(void *ptr)
{
	free(ptr);
}

#endif
