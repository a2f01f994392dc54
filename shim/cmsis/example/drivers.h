/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DRIVERS_H
#define DRIVERS_H

#include "board.h"

/* A buffer for receiving starts on a line and has its last line to itself. */
#define DMA_ROUND(n)                                                                               \
	(((n) + __SCB_DCACHE_LINE_SIZE - 1U) / __SCB_DCACHE_LINE_SIZE * __SCB_DCACHE_LINE_SIZE)

typedef struct {
	DMA_TypeDef *Instance;
	uint8_t *pRx;
	uint32_t Size;
	volatile uint32_t Busy, Error;
} SPI_Handle;

void SPI_Init(SPI_Handle *hspi, DMA_TypeDef *dma);
int SPI_TransmitReceive_DMA(SPI_Handle *hspi, const uint8_t *tx, uint8_t *rx, uint32_t size);
void SPI_IRQHandler(SPI_Handle *hspi); /* both have arrived when Busy is 0 */

#define SD_BLOCK 512U
#define SD_DESCS 8U

typedef struct {
	DMA_TypeDef *Instance;
	DMA_Desc_TypeDef *Desc; /* SD_DESCS of them */
} SD_Handle;

void SD_Init(SD_Handle *hsd, DMA_TypeDef *dma, void *desc);
/* `blocks` buffers of SD_BLOCK bytes, anywhere; waits. */
int SD_Read(SD_Handle *hsd, uint8_t *const *buf, uint32_t blocks);
int SD_Write(SD_Handle *hsd, const uint8_t *const *buf, uint32_t blocks);

#endif
