/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenario of the driver beside it, and of its variants that are wrong. */
#ifndef SHIM_LIBMETAL_SCENARIO_H
#define SHIM_LIBMETAL_SCENARIO_H

#include <string.h>

#include <anydma/lab/engine.h>

#include "engine.h"

#define COPIES 6u
#define ROOM   2048u
#define POST   (2 * ROOM)
#define LINE   128 /* the longest of the catalogue: a buffer has its lines to itself */

static int metal_run(struct any_lab *lab, bool posts, uint64_t normally)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE | ANY_LAB_AT_ONCE};
	static struct metal_device board;
	static metal_phys_addr_t at;
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);
	uint8_t *mem = any_lab_dma_memory(lab, 3 * ROOM, false), got[64];
	uint64_t copies = any_lab_operations(lab, normally);
	struct engine engine;
	int err;

	at = any_lab_bus_address(lab, mem);
	board = (struct metal_device){.name = "engine", .num_regions = 2};
	metal_io_init(&board.regions[0], (void *)(uintptr_t)regs, NULL, ANY_LAB_REGS, -1u, 0, NULL);
	metal_io_init(&board.regions[1], mem, &at, 3 * ROOM, -1u, 0, NULL);
	err = metal_register_generic_device(&board);
	err = err ? err : engine_open(&engine, "engine");
	for (uint64_t i = 0, posted = 0; i < copies && !err; i++) {
		int len = LINE * (1 + (int)(any_lab_random(lab) % (ROOM / LINE)));
		int n = 1 + (int)(any_lab_random(lab) % sizeof(got));

		for (int k = 0; k < len; k++) {
			mem[k] = (uint8_t)(k * 7 + (int)i);
			mem[ROOM + (unsigned)k] = (uint8_t)~mem[k];
		}
		if (!posts) {
			err = engine_copy(&engine, ROOM, 0, len);
			ANY_LAB_CHECK(lab, err || !memcmp(mem, mem + ROOM, (size_t)len));
		} else {
			err = engine_post(&engine, POST, mem, n);
			ANY_LAB_CHECK(lab,
				      err || (any_lab_engine_consumed(lab, 0, posted, got,
								      (size_t)n) == (size_t)n &&
					      !memcmp(got, mem, (size_t)n)));
			posted += (unsigned)n;
		}
		any_lab_count(lab, 1, (uint64_t)len);
	}
	if (!err)
		engine_close(&engine);
	return err;
}

#endif
