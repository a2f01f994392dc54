/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_MEMALIGN_H
#define ANYDMA_UBOOT_MEMALIGN_H

#include <asm/cache.h>
#include <malloc.h>

#define ROUND(a, b)	  (((a) + (b)-1) & ~((b)-1))
#define PAD_COUNT(s, pad) (((s)-1) / (pad) + 1)
#define PAD_SIZE(s, pad)  (PAD_COUNT(s, pad) * (pad))

/* On the stack, and aligned: that is how U-Boot does it. */
#define ALLOC_ALIGN_BUFFER_PAD(type, name, size, align, pad)                                       \
	char __##name[ROUND(PAD_SIZE((size) * sizeof(type), pad), align) + ((align)-1)];           \
	type *name = (type *)(void *)ROUND((uintptr_t)__##name, (uintptr_t)(align))
#define ALLOC_ALIGN_BUFFER(type, name, size, align)                                                \
	ALLOC_ALIGN_BUFFER_PAD(type, name, size, align, 1)
#define ALLOC_CACHE_ALIGN_BUFFER(type, name, size)                                                 \
	ALLOC_ALIGN_BUFFER(type, name, size, ARCH_DMA_MINALIGN)
#define ALLOC_CACHE_ALIGN_BUFFER_PAD(type, name, size, pad)                                        \
	ALLOC_ALIGN_BUFFER_PAD(type, name, size, ARCH_DMA_MINALIGN, pad)
#define DEFINE_CACHE_ALIGN_BUFFER(type, name, size)                                                \
	static char __##name[ROUND((size) * sizeof(type), ARCH_DMA_MINALIGN)] __aligned(           \
		ARCH_DMA_MINALIGN);                                                                \
	static type *const name = (type *)(void *)__##name

static inline void *malloc_cache_aligned(size_t size)
{
	return memalign(ARCH_DMA_MINALIGN, ROUND(size, (size_t)ARCH_DMA_MINALIGN));
}

#endif
