/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tianocore/edk2 #389 (CVE-2019-14587): the SD controller's tables hold 32-bit addresses. Where a
 * mapping came out above 4 GiB, the code that builds the table unmapped it, and then the code that
 * frees the request did so again: by then it may be somebody else's.
 */
#include <anydma/lab/engine.h>

#include "any_arch.h"
#include "case.h"

#include <stdlib.h>
#include <string.h>

#define BYTES	 512u
#define REQUESTS 12u

struct trb {
	uint8_t *data;
	struct any_dma_mapping map;
	struct any_dma_mapping *data_map; /* NULL: nothing to unmap */
};

struct sd {
	struct any_lab *lab;
	struct any_dma_dev *pci_io;
	volatile uint8_t *regs;
};

#define CH(sd, reg) ((sd)->regs + ANY_LAB_ENGINE_CH(0) + (reg))

static int build_adma_desc_table(struct sd *sd, struct trb *trb, bool fixed)
{
	if (trb->map.addr.raw + BYTES > 1ull << 32) {
		any_dma_unmap(sd->pci_io, trb->data_map); /* BUG: it is unmapped again later */
		if (fixed)
			trb->data_map = NULL;
		return -ANY_ERANGE;
	}
	any_mmio_write32(CH(sd, ANY_LAB_ENGINE_CH_SRC_LO), (uint32_t)trb->map.addr.raw);
	any_mmio_write32(CH(sd, ANY_LAB_ENGINE_CH_SRC_HI), 0);
	any_mmio_write32(CH(sd, ANY_LAB_ENGINE_CH_LEN), BYTES);
	return 0;
}

static void free_trb(struct sd *sd, struct trb *trb)
{
	if (trb->data_map)
		any_dma_unmap(sd->pci_io, trb->data_map); /* BUG */
	free(trb);
}

static struct trb *create_trb(struct sd *sd, uint8_t *data, bool fixed)
{
	struct trb *trb = calloc(1, sizeof(*trb));

	trb->data = data;
	if (any_dma_map(sd->pci_io, data, BYTES, ANY_DMA_TO_DEVICE, &trb->map)) {
		free(trb);
		return NULL;
	}
	trb->data_map = &trb->map;
	if (!build_adma_desc_table(sd, trb, fixed))
		return trb;
	free_trb(sd, trb);
	return NULL;
}

/* Blocks that were written. */
static unsigned write_block(struct sd *sd, uint8_t *data, bool fixed)
{
	struct trb *trb = create_trb(sd, data, fixed);

	if (!trb)
		return 0;
	any_dma_drain(sd->pci_io, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	any_mmio_write32(sd->regs + ANY_LAB_ENGINE_DOORBELL(0), 0);
	while (!(any_mmio_read32(CH(sd, ANY_LAB_ENGINE_CH_STATUS)) & ANY_LAB_ENGINE_CH_DONE))
		any_lab_relax(sd->lab);
	free_trb(sd, trb);
	return 1;
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE};
	struct sd sd = {.lab = lab, .pci_io = any_lab_dma(lab)};
	unsigned written = 0;

	sd.regs = any_lab_engine_attach(lab, &config);
	any_mmio_write32(sd.regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	any_mmio_write32(CH(&sd, ANY_LAB_ENGINE_CH_MODE),
			 ANY_LAB_ENGINE_MODE_DIRECT |
				 ANY_LAB_ENGINE_MODE_KIND(ANY_LAB_ENGINE_TO_FIFO));
	for (unsigned i = 0; i < REQUESTS; i++) {
		uint8_t *data = any_lab_alloc(lab, BYTES);

		memset(data, (int)i, BYTES);
		written += write_block(&sd, data, fixed);
		any_lab_free(lab, data);
	}
	ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, NULL, 0) == written * BYTES);
	return 0;
}

ANY_CASE(edk2_double_unmap, run, .name = "edk2-389-double_unmap",
	 .issue = "tianocore/edk2 #389 (CVE-2019-14587)",
	 .bug = "an error path unmaps what the caller unmaps too", .rule = ANY_LAB_DOUBLE_UNMAP,
	 .platform = "x86-pc");
