/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenarios of the example drivers: what a user writes. */
#include <string.h>

#include <anydma/lab/engine.h>

#include "drivers.h"
#include "scenario.h"

#define SPI_BYTES 300U

static SPI_Handle spi;
static SD_Handle sd;

static void vector(void)
{
	SPI_IRQHandler(&spi);
}

static DMA_TypeDef *attach(struct any_lab *lab)
{
	const struct any_lab_engine_config config = {
		.channels = 3, .stride = 32, .hostile = ANY_LAB_LATE | ANY_LAB_AT_ONCE};

	return (DMA_TypeDef *)(uintptr_t)any_lab_engine_attach(lab, &config);
}

/* The FIFO's byte of this number. */
static uint8_t given(uint32_t channel, uint32_t n)
{
	return (uint8_t)(n * 7 + channel);
}

int spi_scenario(struct any_lab *lab)
{
	uint8_t *tx = anydma_cmsis_dma_buffer(SPI_BYTES), *rx = anydma_cmsis_dma_buffer(SPI_BYTES);
	uint8_t sent[SPI_BYTES];
	uint64_t turns = any_lab_operations(lab, 6);
	uint32_t at = 0;

	anydma_cmsis_vector(DMA_IRQn, vector);
	SPI_Init(&spi, attach(lab));
	for (uint32_t turn = 0; turn < turns; turn++) {
		uint32_t n = 1 + (uint32_t)(any_lab_random(lab) % SPI_BYTES);

		for (uint32_t i = 0; i < n; i++)
			tx[i] = (uint8_t)any_lab_random(lab);
		ANY_LAB_CHECK(lab, !SPI_TransmitReceive_DMA(&spi, tx, rx, n));
		while (spi.Busy)
			__WFI();
		ANY_LAB_CHECK(lab, !spi.Error);
		for (uint32_t i = 0; i < n; i++)
			ANY_LAB_CHECK(lab, rx[i] == given(SPI_RX_CH, at + i));
		ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, SPI_TX_CH, at, sent, n) == n);
		ANY_LAB_CHECK(lab, !memcmp(sent, tx, n));
		at += n;
		any_lab_count(lab, 1, 2 * n);
	}
	return 0;
}

int sd_scenario(struct any_lab *lab)
{
	uint8_t *memory = anydma_cmsis_dma_buffer(SD_DESCS * SD_BLOCK), *buf[SD_DESCS];
	uint8_t written[SD_BLOCK];
	uint64_t turns = any_lab_operations(lab, 4);
	uint32_t read = 0, wrote = 0;

	SD_Init(&sd, attach(lab), anydma_cmsis_dma_buffer(SD_DESCS * sizeof(DMA_Desc_TypeDef)));
	for (uint32_t i = 0; i < SD_DESCS; i++)
		buf[i] = memory + i * SD_BLOCK;
	for (uint32_t turn = 0; turn < turns; turn++) {
		uint32_t n = 1 + (uint32_t)(any_lab_random(lab) % SD_DESCS);

		ANY_LAB_CHECK(lab, !SD_Read(&sd, buf, n));
		for (uint32_t i = 0; i < n * SD_BLOCK; i++, read++)
			ANY_LAB_CHECK(lab, memory[i] == given(SD_CH, read));
		for (uint32_t i = 0; i < n * SD_BLOCK; i++)
			memory[i] = (uint8_t)(memory[i] ^ turn);
		ANY_LAB_CHECK(lab, !SD_Write(&sd, (const uint8_t *const *)buf, n));
		for (uint32_t i = 0; i < n; i++, wrote += SD_BLOCK) {
			ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, SD_CH, wrote, written,
								   SD_BLOCK) == SD_BLOCK);
			ANY_LAB_CHECK(lab, !memcmp(written, buf[i], SD_BLOCK));
		}
		any_lab_count(lab, 2 * n, 2 * n * SD_BLOCK);
	}
	return 0;
}
