/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_ASM_CACHE_H
#define ANYDMA_LINUX_ASM_CACHE_H

#include <linux/types.h>

/* The largest line of the machines here; the machine's own: dma_get_cache_alignment(). */
#define ARCH_DMA_MINALIGN		   128
#define ARCH_KMALLOC_MINALIGN		   ARCH_DMA_MINALIGN
#define L1_CACHE_BYTES			   64
#define SMP_CACHE_BYTES			   L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x)		   (((x) + (L1_CACHE_BYTES - 1)) & ~(__typeof__(x))(L1_CACHE_BYTES - 1))
#define ____cacheline_aligned		   __attribute__((aligned(L1_CACHE_BYTES)))
#define ____cacheline_aligned_in_smp	   ____cacheline_aligned
#define __dma_from_device_group_begin(...) char any_dma_group[0] __aligned(ARCH_DMA_MINALIGN)
#define __dma_from_device_group_end(...)   char any_dma_group_end[0] __aligned(ARCH_DMA_MINALIGN)

#endif
