/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_ASM_CACHE_H
#define ANYDMA_UBOOT_ASM_CACHE_H

#include <cpu_func.h>
#include <linux/types.h>

/* Of the largest line here: a build is for one board, this one for all of them. */
#define ARCH_DMA_MINALIGN	  128
#define CONFIG_SYS_CACHELINE_SIZE ARCH_DMA_MINALIGN

#endif
