/* SPDX-License-Identifier: BSD-2-Clause */
/* What an SPI driver forgets: each form is found, by its rule and on its line. */
#include <string.h>

#include <anydma/lab/engine.h>

#include "../example/drivers.h"
#include "../example/scenario.h"
#include "scenes.h"

#define N 96U

enum bug {
	NO_CLEAN,
	INVAL_FOR_CLEAN,
	NO_INVAL_BEFORE,
	NO_INVAL_AFTER,
	CLEAN_FOR_INVAL,
	UNALIGNED,
	TOUCH,
	NEIGHBOUR,
	CPU_ADDRESS,
	WHOLE,
	OFF,
};

/* A buffer, and what the linker happened to put behind it. */
struct shared {
	uint8_t rx[N];
	uint32_t count;
};

static DMA_TypeDef *attach(struct any_lab *lab)
{
	const struct any_lab_engine_config config = {.channels = 3};
	DMA_TypeDef *dma = (DMA_TypeDef *)(uintptr_t)any_lab_engine_attach(lab, &config);

	dma->CR = DMA_CR_ENABLE;
	return dma;
}

static void fill(uint8_t *p, uint8_t first)
{
	for (uint32_t i = 0; i < N; i++)
		p[i] = (uint8_t)(first + i); /* the fill */
}

static void start(DMA_TypeDef *dma, uint32_t ch, const void *p, bool bus)
{
	DMA_Channel_TypeDef *c = &dma->CH[ch];

	c->MODE = ch == SPI_RX_CH ? DMA_MODE_FROM_FIFO : DMA_MODE_TO_FIFO;
	c->SRCL = c->DSTL = bus ? BUSL(p) : (uint32_t)(uintptr_t)p;
	c->SRCH = c->DSTH = bus ? BUSH(p) : 0;
	c->LEN = N;
	__DSB();
	dma->START[ch] = 1;
}

static void finish(DMA_TypeDef *dma, uint32_t ch)
{
	while (!(dma->CH[ch].STATUS & DMA_CH_DONE))
		__NOP();
}

static void transmit(DMA_TypeDef *dma, uint8_t *tx, enum bug bug)
{
	fill(tx, 3);
	if (bug == INVAL_FOR_CLEAN)
		SCB_InvalidateDCache_by_Addr(tx, N); /* wrong operation */
	else if (bug != NO_CLEAN)
		SCB_CleanDCache_by_Addr(tx, N);
	start(dma, SPI_TX_CH, tx, bug != CPU_ADDRESS);
	finish(dma, SPI_TX_CH);
}

static uint32_t sum(const uint8_t *p)
{
	uint32_t s = 0;

	for (uint32_t i = 0; i < N; i++)
		s += p[i]; /* the use */
	return s;
}

static uint32_t receive(DMA_TypeDef *dma, struct shared *at, enum bug bug)
{
	fill(at->rx, 5); /* of an earlier use */
	if (bug == UNALIGNED)
		at->count = 1; /* the neighbour */
	if (bug != NO_INVAL_BEFORE)
		SCB_InvalidateDCache_by_Addr(at->rx, N); /* before */
	start(dma, SPI_RX_CH, at->rx, true);
	if (bug == TOUCH)
		at->rx[0] = 1; /* still the controller's */
	if (bug == NEIGHBOUR)
		at->count++; /* beside it */
	finish(dma, SPI_RX_CH);
	if (bug == CLEAN_FOR_INVAL)
		SCB_CleanDCache_by_Addr(at->rx, N);
	else if (bug != NO_INVAL_AFTER)
		SCB_InvalidateDCache_by_Addr(at->rx, N);
	return sum(at->rx);
}

static int scene(struct any_lab *lab, enum bug bug)
{
	struct shared *rx = anydma_cmsis_dma_buffer(sizeof(*rx));
	uint8_t *tx = anydma_cmsis_dma_buffer(N);
	DMA_TypeDef *dma = attach(lab);

	for (uint32_t turn = 0; turn < 3; turn++) {
		transmit(dma, tx, bug);
		ANY_LAB_CHECK(lab, receive(dma, rx, bug));
		if (bug == WHOLE)
			SCB_InvalidateDCache(); /* all of it */
		if (bug == OFF)
			SCB_DisableDCache(); /* off */
	}
	return 0;
}

#define HAS(name, bug)                                                                             \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return scene(lab, bug);                                                            \
	}
HAS(no_clean, NO_CLEAN)
HAS(inval_for_clean, INVAL_FOR_CLEAN)
HAS(no_inval_before, NO_INVAL_BEFORE)
HAS(no_inval_after, NO_INVAL_AFTER)
HAS(clean_for_inval, CLEAN_FOR_INVAL)
HAS(unaligned, UNALIGNED)
HAS(touch, TOUCH)
HAS(neighbour, NEIGHBOUR)
HAS(cpu_address, CPU_ADDRESS)
HAS(whole, WHOLE)
HAS(off, OFF)

/* Waiting code may receive into the stack, if the lines are the buffer's own. These are not. */
static int on_stack(struct any_lab *lab)
{
	DMA_TypeDef *dma = attach(lab);

	for (uint32_t turn = 0; turn < 4; turn++) {
		uint8_t before[24], rx[N + 8];

		memset(before, (int)turn, sizeof(before));
		SCB_InvalidateDCache_by_Addr(rx, N); /* a part of the stack */
		start(dma, SPI_RX_CH, rx, true);
		finish(dma, SPI_RX_CH);
		SCB_InvalidateDCache_by_Addr(rx, N); /* a part of the stack */
		ANY_LAB_CHECK(lab, before[23] == turn && sum(rx));
	}
	return 0;
}

#define AT(name, function, rule, line, fix)                                                        \
	SCENE_FIX(name, function, ANY_LAB_RAW, rule, NULL, "arm64-nc", NULL, line, NULL, fix)

const struct scene scenes_spi[] = {
	SCENE("cmsis-spi", spi_scenario, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("cmsis-sd", sd_scenario, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	AT("cmsis-spi-no-clean", no_clean, ANY_LAB_DIRTY_READ, "the fill",
	   "SCB_CleanDCache_by_Addr() after"),
	AT("cmsis-spi-inval-for-clean", inval_for_clean, ANY_LAB_LOST_WRITE, "wrong operation",
	   "SCB_CleanInvalidateDCache_by_Addr()"),
	AT("cmsis-spi-no-inval-before", no_inval_before, ANY_LAB_DIRTY_UNDER_DMA, "the fill",
	   "SCB_InvalidateDCache_by_Addr() or"),
	AT("cmsis-spi-no-inval-after", no_inval_after, ANY_LAB_STALE_READ, "the use",
	   "SCB_InvalidateDCache_by_Addr() after"),
	AT("cmsis-spi-clean-for-inval", clean_for_inval, ANY_LAB_STALE_READ, "the use",
	   "SCB_InvalidateDCache_by_Addr() after"),
	AT("cmsis-spi-unaligned", unaligned, ANY_LAB_LOST_WRITE, "before",
	   "__SCB_DCACHE_LINE_SIZE"),
	AT("cmsis-spi-touch", touch, ANY_LAB_CPU_TOUCH, "still the controller's",
	   "wait for the completion before"),
	AT("cmsis-spi-neighbour", neighbour, ANY_LAB_LINE_SHARED, "beside it",
	   "__SCB_DCACHE_LINE_SIZE"),
	AT("cmsis-spi-whole", whole, ANY_LAB_MISUSE, "all of it", "core_cm7.h"),
	AT("cmsis-spi-off", off, ANY_LAB_MISUSE, "off */", "core_cm7.h"),
	AT("cmsis-spi-stack", on_stack, ANY_LAB_LOST_WRITE, "a part of the stack",
	   "__SCB_DCACHE_LINE_SIZE"),
	SCENE("cmsis-spi-cpu-address", cpu_address, ANY_LAB_RAW, ANY_LAB_WRONG_WINDOW, NULL,
	      "rpi-bcm2835"),
};
const size_t n_scenes_spi = ANY_ARRAY_SIZE(scenes_spi);
