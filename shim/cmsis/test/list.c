/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver with descriptors forgets. */
#include <anydma/lab/engine.h>

#include "../example/drivers.h"
#include "scenes.h"

enum bug { NO_CLEAN, EARLY_CLEAN, NO_INVAL, NO_DSB };

static void describe(DMA_Desc_TypeDef *d, const void *p, enum bug bug)
{
	d->LEN = SD_BLOCK;
	if (bug == EARLY_CLEAN)
		SCB_CleanDCache_by_Addr(d, sizeof(*d));
	d->SRCL = d->DSTL = BUSL(p); /* the descriptor */
	d->SRCH = d->DSTH = BUSH(p);
	d->NEXTL = d->NEXTH = 0;
	d->CTRL = DMA_DESC_OWN | DMA_DESC_LAST | DMA_DESC_FROM_FIFO; /* its control word */
	if (bug != EARLY_CLEAN && bug != NO_CLEAN)
		SCB_CleanDCache_by_Addr(d, sizeof(*d));
}

static uint32_t go(DMA_TypeDef *dma, DMA_Desc_TypeDef *d, enum bug bug)
{
	DMA_Channel_TypeDef *ch = &dma->CH[SD_CH];

	if (bug != NO_DSB)
		__DSB();
	dma->START[SD_CH] = 1; /* the doorbell */
	while (!(ch->STATUS & (DMA_CH_DONE | DMA_CH_ERROR)))
		__NOP();
	if (bug != NO_INVAL)
		SCB_InvalidateDCache_by_Addr(d, sizeof(*d));
	return d->CTRL; /* what was written back */
}

static int scene(struct any_lab *lab, enum bug bug)
{
	const struct any_lab_engine_config config = {.channels = 3};
	DMA_TypeDef *dma = (DMA_TypeDef *)(uintptr_t)any_lab_engine_attach(lab, &config);
	uint8_t *buf = anydma_cmsis_dma_buffer(SD_BLOCK);
	DMA_Desc_TypeDef *d = anydma_cmsis_dma_buffer(sizeof(*d));

	dma->CR = DMA_CR_ENABLE;
	dma->CH[SD_CH].MODE = DMA_MODE_LIST;
	dma->CH[SD_CH].DESCL = BUSL(d);
	dma->CH[SD_CH].DESCH = BUSH(d);
	for (uint32_t turn = 0; turn < 3; turn++) {
		SCB_InvalidateDCache_by_Addr(buf, SD_BLOCK);
		describe(d, buf, bug);
		ANY_LAB_CHECK(lab, !(go(dma, d, bug) & DMA_DESC_ERR));
	}
	return 0;
}

/* The descriptor in uncached memory: nothing to clean, and a barrier that is needed all the more.
 */
static int uncached(struct any_lab *lab, enum bug bug)
{
	const struct any_lab_engine_config config = {.channels = 3};
	DMA_TypeDef *dma = (DMA_TypeDef *)(uintptr_t)any_lab_engine_attach(lab, &config);
	uint8_t *buf = anydma_cmsis_dma_buffer(SD_BLOCK);
	DMA_Desc_TypeDef *d = anydma_cmsis_nocache(sizeof(*d));

	dma->CR = DMA_CR_ENABLE;
	dma->CH[SD_CH].MODE = DMA_MODE_LIST;
	dma->CH[SD_CH].DESCL = BUSL(d);
	dma->CH[SD_CH].DESCH = BUSH(d);
	for (uint32_t turn = 0; turn < 3; turn++) {
		SCB_InvalidateDCache_by_Addr(buf, SD_BLOCK);
		describe(d, buf, NO_CLEAN);
		(void)go(dma, d, bug);
	}
	return 0;
}

static int no_clean(struct any_lab *lab)
{
	return scene(lab, NO_CLEAN);
}

static int early_clean(struct any_lab *lab)
{
	return scene(lab, EARLY_CLEAN);
}

static int no_inval(struct any_lab *lab)
{
	return scene(lab, NO_INVAL);
}

static int no_dsb(struct any_lab *lab)
{
	return uncached(lab, NO_DSB);
}

#define AT(name, function, rule, line)                                                             \
	SCENE_AT(name, function, ANY_LAB_RAW, rule, NULL, "arm64-nc", NULL, line)

const struct scene scenes_list[] = {
	AT("cmsis-list-no-clean", no_clean, ANY_LAB_DIRTY_READ, "control word"),
	AT("cmsis-list-early-clean", early_clean, ANY_LAB_DIRTY_READ, "control word"),
	AT("cmsis-list-no-inval", no_inval, ANY_LAB_STALE_READ, "written back"),
	AT("cmsis-list-no-dsb", no_dsb, ANY_LAB_DOORBELL, "the doorbell"),
};
const size_t n_scenes_list = ANY_ARRAY_SIZE(scenes_list);
