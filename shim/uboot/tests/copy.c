/* SPDX-License-Identifier: BSD-2-Clause */
/* The example's driver, right as it is, both ways; and what a bounce buffer does. */
#include "scenes.h"

#include "../example/scenario.h"

static int raw(struct any_lab *lab)
{
	return copy_run(lab, false);
}

static int mapped(struct any_lab *lab)
{
	/* U-Boot knows of no device that must not see a buffer's neighbours. */
	if (any_lab_dma(lab)->plat->facts.untrusted)
		return 0;
	return copy_run(lab, true);
}

const struct scene scenes_copy[] = {
	SCENE("uboot-copy", raw, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("uboot-copy-mapped", mapped, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_copy = ANY_ARRAY_SIZE(scenes_copy);
