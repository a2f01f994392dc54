/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells a driver on libmetal to call. */
#ifndef ANYDMA_METAL_WORDS_H
#define ANYDMA_METAL_WORDS_H

#include <anydma/lab/words.h>

ANY_LAB_WORDS(metal,
	      {ANY_LAB_SAYS_CLEAN,
	       "metal_cache_flush() or metal_dma_map(..., METAL_DMA_DEV_R, ...)"},
	      {ANY_LAB_SAYS_READY,
	       "metal_cache_invalidate() or metal_dma_map(..., METAL_DMA_DEV_W, ...)"},
	      {ANY_LAB_SAYS_INVAL, "metal_cache_invalidate() or metal_dma_unmap()"},
	      {ANY_LAB_SAYS_CLEAN_INVAL, "metal_cache_flush() before metal_cache_invalidate()"},
	      {ANY_LAB_SAYS_TURN, "metal_dma_unmap() before, metal_dma_map() after"},
	      {ANY_LAB_SAYS_MAP, "metal_dma_map()"}, {ANY_LAB_SAYS_RELEASE, "metal_dma_unmap()"},
	      {ANY_LAB_SAYS_BOTH, "METAL_DMA_DEV_WR"},
	      {ANY_LAB_SAYS_ADDRESS, "metal_io_phys() of the region"},
	      {ANY_LAB_SAYS_MEMORY, "metal_allocate_memory(), aligned to the cache line"},
	      {ANY_LAB_SAYS_COHERENT, "a metal_io_region of uncached memory"},
	      {ANY_LAB_SAYS_WMB, "atomic_thread_fence(memory_order_release)"},
	      {ANY_LAB_SAYS_RMB, "atomic_thread_fence(memory_order_acquire)"},
	      {ANY_LAB_SAYS_MB, "atomic_thread_fence(memory_order_seq_cst)"},
	      {ANY_LAB_SAYS_DOORBELL,
	       "atomic_thread_fence(memory_order_seq_cst), or metal_io_write32() with it,"},
	      {ANY_LAB_SAYS_DRAIN_OUT, "atomic_thread_fence(memory_order_seq_cst)"},
	      {ANY_LAB_SAYS_DRAIN_IN, "atomic_thread_fence(memory_order_seq_cst)"},
	      {ANY_LAB_SAYS_CONTRACT, "do what metal/dma.h and metal/cache.h say of the function"});

#endif
