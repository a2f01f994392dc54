/* SPDX-License-Identifier: BSD-2-Clause */
/* An SD card behind a controller that walks a list of descriptors in cached memory; polled. */
#include "drivers.h"

void SD_Init(SD_Handle *hsd, DMA_TypeDef *dma, void *desc)
{
	hsd->Instance = dma;
	hsd->Desc = desc;
	dma->CR = DMA_CR_ENABLE;
}

/* One descriptor a block. They are cleaned before the controller is told, all at once. */
static void prepare(SD_Handle *hsd, uint8_t *const *buf, uint32_t blocks, uint32_t kind)
{
	for (uint32_t i = 0; i < blocks; i++) {
		DMA_Desc_TypeDef *d = &hsd->Desc[i];
		uint32_t last = i + 1 == blocks;
		const void *next = last ? d : d + 1;

		d->LEN = SD_BLOCK;
		d->SRCL = d->DSTL = BUSL(buf[i]);
		d->SRCH = d->DSTH = BUSH(buf[i]);
		d->NEXTL = BUSL(next);
		d->NEXTH = BUSH(next);
		d->CTRL = DMA_DESC_OWN | kind | (last ? DMA_DESC_LAST : 0);
	}
	SCB_CleanDCache_by_Addr(hsd->Desc, (int32_t)(blocks * sizeof(*hsd->Desc)));
}

static int transfer(SD_Handle *hsd, uint32_t blocks)
{
	DMA_TypeDef *dma = hsd->Instance;
	DMA_Channel_TypeDef *ch = &dma->CH[SD_CH];

	ch->MODE = DMA_MODE_LIST;
	ch->DESCL = BUSL(hsd->Desc);
	ch->DESCH = BUSH(hsd->Desc);
	__DSB();
	dma->START[SD_CH] = 1;
	while (!(ch->STATUS & (DMA_CH_DONE | DMA_CH_ERROR)))
		__NOP();
	/* What the controller wrote back, also into lines that were fetched meanwhile. */
	SCB_InvalidateDCache_by_Addr(hsd->Desc, (int32_t)(blocks * sizeof(*hsd->Desc)));
	for (uint32_t i = 0; i < blocks; i++)
		if (hsd->Desc[i].CTRL & (DMA_DESC_OWN | DMA_DESC_ERR) ||
		    hsd->Desc[i].LEN != SD_BLOCK)
			return -1;
	return 0;
}

int SD_Read(SD_Handle *hsd, uint8_t *const *buf, uint32_t blocks)
{
	int err;

	for (uint32_t i = 0; i < blocks; i++)
		SCB_InvalidateDCache_by_Addr(buf[i], SD_BLOCK);
	prepare(hsd, buf, blocks, DMA_DESC_FROM_FIFO);
	err = transfer(hsd, blocks);
	for (uint32_t i = 0; i < blocks; i++)
		SCB_InvalidateDCache_by_Addr(buf[i], SD_BLOCK);
	return err;
}

int SD_Write(SD_Handle *hsd, const uint8_t *const *buf, uint32_t blocks)
{
	for (uint32_t i = 0; i < blocks; i++)
		SCB_CleanDCache_by_Addr((void *)(uintptr_t)buf[i], SD_BLOCK);
	prepare(hsd, (uint8_t *const *)(uintptr_t)buf, blocks, DMA_DESC_TO_FIFO);
	return transfer(hsd, blocks);
}
