/* SPDX-License-Identifier: BSD-2-Clause */
/* The examples of the device models, on every platform. */
#include "scenes.h"

#include <anydma/lab/engine.h>

/* Their programs are built elsewhere; here their scenarios are scenes. */
#undef ANYDMA_LAB_MAIN
#define ANYDMA_LAB_MAIN(argc, argv, function) ((void)(argc), (void)(argv), (void)(function), 0)
#define main				      engine_main
#include "../../examples/lab/engine.c"
#undef main
#define main nic_main
#define fill nic_fill
#include "../../examples/lab/nic.c"
#include "../../examples/lab/nic_driver.c"
#include "../../examples/lab/template.c"

/* The template's device: sums 100 words. */
static int sum(struct any_lab *lab)
{
	volatile uint8_t *regs = sum_attach(lab);
	uint32_t *words = any_lab_alloc(lab, 404), want = 0;
	struct any_dma_mapping map;
	int err;

	for (uint32_t i = 0; i < 100; i++)
		want += words[i] = i * i + 1;
	err = any_dma_map(any_lab_dma(lab), words, 404, ANY_DMA_BOTH, &map);
	if (err)
		return err;
	any_lab_mmio_write(regs + SUM_ADDRESS, map.addr.raw, 8);
	any_lab_mmio_write(regs + SUM_COUNT, 100, 4);
	any_dma_drain(any_lab_dma(lab), ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	any_lab_mmio_write(regs + SUM_START, 1, 4);
	do
		any_lab_wait(lab);
	while (!any_lab_mmio_read(regs + SUM_STATUS, 4));
	any_dma_unmap(any_lab_dma(lab), &map);
	ANY_LAB_CHECK(lab, words[100] == want);
	return 0;
}

const struct scene scenes_device[] = {
	SCENE("example-engine", engine, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("example-nic", nic, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("template", sum, 0, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_device = ANY_ARRAY_SIZE(scenes_device);
