/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open-amp: before it read an entry of the ring a function invalidated the entry at an index
 * that it set only afterwards. It was the line of the entry before, mostly; the one that was
 * read stayed old.
 */
#include "case.h"
#include "transfer.h"

#define ENTRIES 4u

struct entry {
	struct any_lab_engine_desc desc;
	uint8_t pad[256 - sizeof(struct any_lab_engine_desc)]; /* lines of their own */
};

static uint32_t get_entry(struct entry *const ring[], uint32_t next, bool fixed)
{
	static uint32_t index;

	if (fixed)
		index = next;
	any_raw_inval(&ring[index]->desc, sizeof(ring[index]->desc));
	index = next;
	return ring[index]->desc.control; /* BUG: not the line that was invalidated */
}

static int run(struct any_lab *lab, bool fixed)
{
	volatile uint8_t *regs = transfer_attach(lab);
	uint8_t *memory = any_raw_dma_alloc(4096), *target = memory + 2048;
	struct entry *ring[ENTRIES];

	any_raw_write32(TRANSFER_REG(regs, MODE), ANY_LAB_ENGINE_MODE_LIST);
	any_raw_clean_inval(target, 64 * ENTRIES);
	for (uint32_t n = 0; n < ENTRIES; n++)
		ring[n] = (struct entry *)memory + n;
	for (uint32_t n = 0; n < ENTRIES; n++) {
		uint64_t bus = any_raw_bus(ring[n]);

		ring[n]->desc = (struct any_lab_engine_desc){
			.control = ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_LAST |
				   ANY_LAB_ENGINE_KIND(ANY_LAB_ENGINE_FROM_FIFO),
			.len = 64,
			.destination = any_raw_bus(target + 64 * n),
		};
		any_raw_clean(&ring[n]->desc, sizeof(ring[n]->desc));
		any_raw_write32(TRANSFER_REG(regs, DESC_LO), (uint32_t)bus);
		any_raw_write32(TRANSFER_REG(regs, DESC_HI), (uint32_t)(bus >> 32));
		any_raw_full();
		any_raw_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 0);
		transfer_wait(regs);
		ANY_LAB_CHECK(lab, !(get_entry(ring, n, fixed) & ANY_LAB_ENGINE_OWN));
	}
	return 0;
}

ANY_CASE(openamp_line, run, .name = "open_amp-338-wrong_line", .issue = "OpenAMP/open-amp #338",
	 .bug = "the line of another ring entry is invalidated: index used before it is set",
	 .rule = ANY_LAB_STALE_READ, .platform = "arm64-nc", .flags = ANY_LAB_RAW);
