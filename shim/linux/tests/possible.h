/* SPDX-License-Identifier: BSD-2-Clause */
/* What a right driver may fail at, and on which machines. */
#ifndef SHIM_LINUX_POSSIBLE_H
#define SHIM_LINUX_POSSIBLE_H

#include <anydma/lab/scenario.h>
#include <linux/errno.h>

/*
 * Linux asks two things of a machine that some here do not give: coherent memory, which machines
 * without an uncached alias lack, and room for a ring of buffers within the device's reach, which a
 * microcontroller with 64 KiB of it lacks. There the driver fails, as it should: -ENOMEM.
 */
#define ROOM (128u << 10)

static inline int judge_error(struct any_lab *lab, int err)
{
	const struct any_dma_platform *plat = any_lab_dma(lab)->plat;
	bool possible = plat->coherent && (!plat->bounce || plat->bounce->mem.size >= ROOM);

	return err == -ENOMEM && !possible ? 0 : err;
}

#endif
