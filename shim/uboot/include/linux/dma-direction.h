/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_LINUX_DMA_DIRECTION_H
#define ANYDMA_UBOOT_LINUX_DMA_DIRECTION_H

enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,
	DMA_FROM_DEVICE = 2,
};

#endif
