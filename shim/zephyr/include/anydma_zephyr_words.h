/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells a Zephyr driver to call. */
#ifndef ANYDMA_ZEPHYR_WORDS_H
#define ANYDMA_ZEPHYR_WORDS_H

#include <anydma/lab/words.h>

ANY_LAB_WORDS(zephyr, {ANY_LAB_SAYS_CLEAN, "sys_cache_data_flush_range()"},
	      {ANY_LAB_SAYS_READY, "sys_cache_data_invd_range() or sys_cache_data_flush_range()"},
	      {ANY_LAB_SAYS_INVAL, "sys_cache_data_invd_range()"},
	      {ANY_LAB_SAYS_CLEAN_INVAL, "sys_cache_data_flush_and_invd_range()"},
	      {ANY_LAB_SAYS_LINE, "CONFIG_DCACHE_LINE_SIZE"},
	      {ANY_LAB_SAYS_ADDRESS, "k_mem_phys_addr(buffer), as the bus shows it"},
	      {ANY_LAB_SAYS_MEMORY,
	       "k_aligned_alloc(), or static and __aligned(CONFIG_DCACHE_LINE_SIZE)"},
	      {ANY_LAB_SAYS_COHERENT, "__nocache memory"},
	      {ANY_LAB_SAYS_WMB, "barrier_dmem_fence_full()"},
	      {ANY_LAB_SAYS_RMB, "barrier_dmem_fence_full()"},
	      {ANY_LAB_SAYS_MB, "barrier_dmem_fence_full()"},
	      {ANY_LAB_SAYS_DOORBELL, "barrier_dmem_fence_full()"},
	      {ANY_LAB_SAYS_DRAIN_OUT, "barrier_dsync_fence_full()"},
	      {ANY_LAB_SAYS_DRAIN_IN, "barrier_dsync_fence_full()"},
	      {ANY_LAB_SAYS_CONTRACT, "do what zephyr/cache.h says of the function"});

#endif
