/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_MALLOC_H
#define ANYDMA_UBOOT_MALLOC_H

#include <stdlib.h>

/* The lab's heap has it under the name of C11. */
static inline void *any_uboot_memalign(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}

#define memalign(align, size) any_uboot_memalign(align, size)

#endif
