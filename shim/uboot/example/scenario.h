/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenario of the driver beside it, and of its variants that are wrong. */
#ifndef SHIM_UBOOT_SCENARIO_H
#define SHIM_UBOOT_SCENARIO_H

#include <string.h>

#include <anydma/lab/engine.h>

#include "copy.h"

#define COPIES 6u
#define ROOM   2048u

static int copy_run(struct any_lab *lab, bool mapped)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE | ANY_LAB_AT_ONCE};
	void *regs = (void *)(uintptr_t)any_lab_engine_attach(lab, &config);
	u8 *src = any_lab_dma_memory(lab, ROOM, false), *dst = any_lab_dma_memory(lab, ROOM, false);
	uint64_t copies = any_lab_operations(lab, COPIES);
	int err = engine_probe(regs);

	for (uint64_t i = 0; i < copies && !err; i++) {
		size_t len = 1 + (size_t)(any_lab_random(lab) % ROOM);

		for (size_t k = 0; k < len; k++) {
			src[k] = (u8)(k * 7 + i);
			dst[k] = (u8)~src[k];
		}
		err = mapped ? engine_copy_mapped(regs, dst, src, len)
			     : engine_copy(regs, dst, src, len);
		ANY_LAB_CHECK(lab, err || !memcmp(src, dst, len));
		any_lab_count(lab, 1, len);
	}
	return err;
}

#endif
