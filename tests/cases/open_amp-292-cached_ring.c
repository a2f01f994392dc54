/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open-amp's virtqueue had no cache operations at all: on a bus that does not snoop the other
 * side read descriptors that were still in this CPU's cache.
 */
#include "case.h"
#include "transfer.h"

#define LEN 64u

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	struct any_lab_engine_desc *desc = any_raw_dma_alloc(4096);
	uint8_t *source = any_raw_dma_alloc(LEN);
	uint64_t bus = any_raw_bus(desc);

	any_raw_write32(TRANSFER_REG(regs, MODE), ANY_LAB_ENGINE_MODE_LIST);
	any_raw_write32(TRANSFER_REG(regs, DESC_LO), (uint32_t)bus);
	any_raw_write32(TRANSFER_REG(regs, DESC_HI), (uint32_t)(bus >> 32));
	memset(source, 9, LEN);
	any_raw_clean(source, LEN); /* the buffers were the application's, and it knew */
	desc->len = LEN;
	desc->source = any_raw_bus(source);
	desc->control = ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_LAST | /* BUG: stays in the cache */
			ANY_LAB_ENGINE_KIND(ANY_LAB_ENGINE_TO_FIFO);
	if (fixed)
		any_raw_clean(desc, sizeof(*desc));
	any_raw_full();
	any_raw_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 0);
	transfer_wait(regs);
	ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, NULL, 0) == LEN);
	return 0;
}

ANY_CASE(openamp_ring, run, .name = "open_amp-292-cached_ring", .issue = "OpenAMP/open-amp #292",
	 .bug = "a virtqueue in cached memory without cache operations", .rule = ANY_LAB_DIRTY_READ,
	 .platform = "arm64-nc", .flags = ANY_LAB_RAW);
