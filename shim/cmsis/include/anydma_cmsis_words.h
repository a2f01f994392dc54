/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells a CMSIS driver to call. */
#ifndef ANYDMA_CMSIS_WORDS_H
#define ANYDMA_CMSIS_WORDS_H

#include <anydma/lab/words.h>

ANY_LAB_WORDS(cmsis, {ANY_LAB_SAYS_CLEAN, "SCB_CleanDCache_by_Addr()"},
	      {ANY_LAB_SAYS_READY, "SCB_InvalidateDCache_by_Addr() or SCB_CleanDCache_by_Addr()"},
	      {ANY_LAB_SAYS_INVAL, "SCB_InvalidateDCache_by_Addr()"},
	      {ANY_LAB_SAYS_CLEAN_INVAL, "SCB_CleanInvalidateDCache_by_Addr()"},
	      {ANY_LAB_SAYS_LINE, "__SCB_DCACHE_LINE_SIZE"},
	      {ANY_LAB_SAYS_MEMORY,
	       "static, __ALIGNED(__SCB_DCACHE_LINE_SIZE), in a section that the DMA reaches"},
	      {ANY_LAB_SAYS_COHERENT, "a region that the MPU makes non-cacheable"},
	      {ANY_LAB_SAYS_WMB, "__DMB()"}, {ANY_LAB_SAYS_RMB, "__DMB()"},
	      {ANY_LAB_SAYS_MB, "__DMB()"}, {ANY_LAB_SAYS_DOORBELL, "__DSB() or __DMB()"},
	      {ANY_LAB_SAYS_DRAIN_OUT, "__DSB()"}, {ANY_LAB_SAYS_DRAIN_IN, "__DSB()"},
	      {ANY_LAB_SAYS_CONTRACT, "do what core_cm7.h says of the function"});

#endif
