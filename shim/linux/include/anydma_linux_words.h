/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells a Linux driver to call. */
#ifndef ANYDMA_LINUX_WORDS_H
#define ANYDMA_LINUX_WORDS_H

#include <anydma/lab/words.h>

ANY_LAB_WORDS(
	linux,
	{ANY_LAB_SAYS_CLEAN, "dma_map_single(..., DMA_TO_DEVICE) or dma_sync_single_for_device()"},
	{ANY_LAB_SAYS_READY, "dma_map_single() or dma_sync_single_for_device()"},
	{ANY_LAB_SAYS_INVAL, "dma_sync_single_for_cpu() or dma_unmap_single()"},
	{ANY_LAB_SAYS_CLEAN_INVAL, "dma_map_single(..., DMA_BIDIRECTIONAL)"},
	{ANY_LAB_SAYS_LINE, "dma_get_cache_alignment()"},
	{ANY_LAB_SAYS_TURN, "dma_sync_single_for_cpu() before, dma_sync_single_for_device() after"},
	{ANY_LAB_SAYS_MAP, "dma_map_single()"}, {ANY_LAB_SAYS_RELEASE, "dma_unmap_single()"},
	{ANY_LAB_SAYS_BOTH, "DMA_BIDIRECTIONAL"},
	{ANY_LAB_SAYS_ADDRESS, "the dma_addr_t of dma_map_single() or dma_alloc_coherent()"},
	{ANY_LAB_SAYS_REACH,
	 "dma_set_mask_and_coherent() to what the device has; memory out of reach bounces"},
	{ANY_LAB_SAYS_MEMORY, "kmalloc(), whole pages, or dma_alloc_coherent()"},
	{ANY_LAB_SAYS_COHERENT, "dma_alloc_coherent()"},
	{ANY_LAB_SAYS_GRANULE, "kmalloc() of whole pages for the buffer alone"},
	{ANY_LAB_SAYS_WMB, "dma_wmb()"}, {ANY_LAB_SAYS_RMB, "dma_rmb()"}, {ANY_LAB_SAYS_MB, "mb()"},
	{ANY_LAB_SAYS_DOORBELL, "wmb(), or writel() in place of writel_relaxed(),"},
	{ANY_LAB_SAYS_DRAIN_OUT, "wmb(), or writel()"},
	{ANY_LAB_SAYS_DRAIN_IN, "rmb(), or readl()"},
	{ANY_LAB_SAYS_CONTRACT, "follow Documentation/core-api/dma-api.rst"});

#endif
