/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells a U-Boot driver to call. */
#ifndef ANYDMA_UBOOT_WORDS_H
#define ANYDMA_UBOOT_WORDS_H

#include <anydma/lab/words.h>

ANY_LAB_WORDS(uboot,
	      {ANY_LAB_SAYS_CLEAN, "flush_dcache_range() or dma_map_single(..., DMA_TO_DEVICE)"},
	      {ANY_LAB_SAYS_READY,
	       "flush_dcache_range(), invalidate_dcache_range() or dma_map_single()"},
	      {ANY_LAB_SAYS_INVAL, "invalidate_dcache_range() or dma_unmap_single()"},
	      {ANY_LAB_SAYS_CLEAN_INVAL, "flush_dcache_range()"},
	      {ANY_LAB_SAYS_LINE, "ARCH_DMA_MINALIGN"},
	      {ANY_LAB_SAYS_TURN, "dma_unmap_single() before, dma_map_single() after"},
	      {ANY_LAB_SAYS_MAP, "dma_map_single()"}, {ANY_LAB_SAYS_RELEASE, "dma_unmap_single()"},
	      {ANY_LAB_SAYS_BOTH, "DMA_BIDIRECTIONAL"},
	      {ANY_LAB_SAYS_ADDRESS, "dev_phys_to_bus(dev, virt_to_phys(buffer))"},
	      {ANY_LAB_SAYS_MEMORY, "malloc_cache_aligned() or memalign(ARCH_DMA_MINALIGN, ...)"},
	      {ANY_LAB_SAYS_COHERENT, "noncached_alloc()"}, {ANY_LAB_SAYS_WMB, "wmb()"},
	      {ANY_LAB_SAYS_RMB, "rmb()"}, {ANY_LAB_SAYS_MB, "mb()"},
	      {ANY_LAB_SAYS_DOORBELL, "wmb(), or writel() in place of writel_relaxed(),"},
	      {ANY_LAB_SAYS_DRAIN_OUT, "wmb(), or writel()"},
	      {ANY_LAB_SAYS_DRAIN_IN, "rmb(), or readl()"},
	      {ANY_LAB_SAYS_CONTRACT,
	       "do what include/cpu_func.h and include/linux/dma-mapping.h ask for"});

#endif
