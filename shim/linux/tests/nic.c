/* SPDX-License-Identifier: BSD-2-Clause */
/* The example's driver, right as it is: no machine and no seed finds anything. */
#include "scenes.h"

#include "../example/loopback.h"

/*
 * Linux asks two things of a machine that some here do not give: coherent memory, which machines
 * without an uncached alias lack, and room for a ring of buffers within the device's reach, which a
 * microcontroller with 64 KiB of it lacks. There the driver fails, as it should: -ENOMEM.
 */
#define ROOM (128u << 10)

static int judge(struct any_lab *lab, int err)
{
	const struct any_dma_platform *plat = any_lab_dma(lab)->plat;
	bool possible = plat->coherent && (!plat->bounce || plat->bounce->mem.size >= ROOM);

	return err == -ENOMEM && !possible ? 0 : err;
}

static int kind(struct any_lab *lab)
{
	return judge(lab, loopback_run(lab, 0, FRAMES));
}

static int unkind(struct any_lab *lab)
{
	/* Not reordered: a card that fills a later buffer first is none of this driver's. */
	const u32 hostile = ANY_LAB_LATE | ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE | ANY_LAB_LINGERS;

	return judge(lab, loopback_run(lab, hostile, FRAMES));
}

const struct scene scenes_nic[] = {
	SCENE("linux-nic", kind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-nic-unkind", unkind, 0, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_nic = ANY_ARRAY_SIZE(scenes_nic);
