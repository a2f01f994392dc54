/* SPDX-License-Identifier: BSD-2-Clause */
/* SPI, full duplex, by DMA and interrupt, in the style of vendors' HALs. */
#include "drivers.h"

void SPI_Init(SPI_Handle *hspi, DMA_TypeDef *dma)
{
	hspi->Instance = dma;
	hspi->Busy = 0;
	hspi->Error = 0;
	dma->CR = DMA_CR_ENABLE;
	dma->IER |= DMA_ISR_DONE(SPI_RX_CH) | DMA_ISR_ERROR(SPI_RX_CH) | DMA_ISR_ERROR(SPI_TX_CH) |
		    DMA_ISR_DONE(SPI_TX_CH);
	NVIC_EnableIRQ(DMA_IRQn);
}

int SPI_TransmitReceive_DMA(SPI_Handle *hspi, const uint8_t *tx, uint8_t *rx, uint32_t size)
{
	DMA_TypeDef *dma = hspi->Instance;
	DMA_Channel_TypeDef *in = &dma->CH[SPI_RX_CH], *out = &dma->CH[SPI_TX_CH];

	if (hspi->Busy)
		return -1;
	hspi->pRx = rx;
	hspi->Size = size;
	hspi->Busy = DMA_ISR_DONE(SPI_RX_CH) | DMA_ISR_DONE(SPI_TX_CH);

	SCB_CleanDCache_by_Addr((void *)(uintptr_t)tx, (int32_t)size);
	/* Nothing dirty may be left where the controller is about to write. */
	SCB_InvalidateDCache_by_Addr(rx, (int32_t)DMA_ROUND(size));

	in->MODE = DMA_MODE_FROM_FIFO;
	in->DSTL = BUSL(rx);
	in->DSTH = BUSH(rx);
	in->LEN = size;
	out->MODE = DMA_MODE_TO_FIFO;
	out->SRCL = BUSL(tx);
	out->SRCH = BUSH(tx);
	out->LEN = size;
	__DSB();
	dma->START[SPI_RX_CH] = 1;
	dma->START[SPI_TX_CH] = 1;
	return 0;
}

void SPI_IRQHandler(SPI_Handle *hspi)
{
	DMA_TypeDef *dma = hspi->Instance;
	uint32_t isr = dma->ISR;
	uint32_t mine = isr & (DMA_ISR_DONE(SPI_RX_CH) | DMA_ISR_DONE(SPI_TX_CH) |
			       DMA_ISR_ERROR(SPI_RX_CH) | DMA_ISR_ERROR(SPI_TX_CH));

	dma->ISR = mine;
	if (mine & (DMA_ISR_ERROR(SPI_RX_CH) | DMA_ISR_ERROR(SPI_TX_CH)))
		hspi->Error = 1;
	/* The CPU may have fetched lines of it while it was being written. */
	if (mine & DMA_ISR_DONE(SPI_RX_CH))
		SCB_InvalidateDCache_by_Addr(hspi->pRx, (int32_t)DMA_ROUND(hspi->Size));
	hspi->Busy &= ~mine;
}
