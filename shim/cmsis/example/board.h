/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a device header that the example drivers need: one DMA controller with an SPI shift
 * register at channels 0 (receive) and 1 (transmit), and an SD card at channel 2. */
#ifndef BOARD_H
#define BOARD_H

#include "core_cm7.h"

typedef struct {
	__IO uint32_t MODE;
	__I uint32_t STATUS;
	__IO uint32_t DESCL, DESCH;
	__IO uint32_t RINGSIZE;
	__I uint32_t HEAD;
	__IO uint32_t WORDL, WORDH;
	__IO uint32_t SRCL, SRCH;
	__IO uint32_t DSTL, DSTH;
	__IO uint32_t LEN;
	__I uint32_t COUNT;
	uint32_t RESERVED[2];
} DMA_Channel_TypeDef;

typedef struct {
	__I uint32_t ID, CAPS;
	__IO uint32_t CR;
	__I uint32_t SR;
	__IO uint32_t ISR, IER;
	uint32_t RESERVED0[10];
	__O uint32_t START[4];
	uint32_t RESERVED1[44];
	DMA_Channel_TypeDef CH[4];
} DMA_TypeDef;

#define DMA_CR_ENABLE	   (1U << 0)
#define DMA_CR_RESET	   (1U << 1)
#define DMA_SR_BUSY	   (1U << 0)
#define DMA_ISR_DONE(ch)   (1U << (ch))
#define DMA_ISR_ERROR(ch)  (1U << (8U + (ch)))
#define DMA_CH_BUSY	   (1U << 0)
#define DMA_CH_DONE	   (1U << 1)
#define DMA_CH_ERROR	   (1U << 2)
#define DMA_MODE_TO_FIFO   (1U << 4)
#define DMA_MODE_FROM_FIFO (2U << 4)
#define DMA_MODE_LIST	   1U

/* A descriptor of a list. The controller writes CTRL and LEN back, so each has lines of its own. */
typedef struct {
	__IO uint32_t CTRL, LEN;
	__IO uint32_t SRCL, SRCH, DSTL, DSTH, NEXTL, NEXTH;
} __ALIGNED(__SCB_DCACHE_LINE_SIZE) DMA_Desc_TypeDef;

#define DMA_DESC_OWN	   (1U << 31)
#define DMA_DESC_LAST	   (1U << 29)
#define DMA_DESC_ERR	   (1U << 28)
#define DMA_DESC_TO_FIFO   1U
#define DMA_DESC_FROM_FIFO 2U

#define SPI_RX_CH 0U
#define SPI_TX_CH 1U
#define SD_CH	  2U
#define DMA_IRQn  11

#define BUSL(p) ((uint32_t)anydma_cmsis_bus(p))
#define BUSH(p) ((uint32_t)(anydma_cmsis_bus(p) >> 32))

#endif
