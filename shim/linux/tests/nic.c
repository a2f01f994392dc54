/* SPDX-License-Identifier: BSD-2-Clause */
/* The example's driver, right as it is: no machine and no seed finds anything. */
#include "scenes.h"

#include "../example/loopback.h"
#include "possible.h"

static int kind(struct any_lab *lab)
{
	return judge_error(lab,
			   loopback_run(lab, 0, (unsigned int)any_lab_operations(lab, FRAMES)));
}

static int unkind(struct any_lab *lab)
{
	/* Not reordered: a card that fills a later buffer first is none of this driver's. */
	const u32 hostile = ANY_LAB_LATE | ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE | ANY_LAB_LINGERS;

	return judge_error(
		lab, loopback_run(lab, hostile, (unsigned int)any_lab_operations(lab, FRAMES)));
}

const struct scene scenes_nic[] = {
	SCENE("linux-nic", kind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-nic-unkind", unkind, 0, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_nic = ANY_ARRAY_SIZE(scenes_nic);
