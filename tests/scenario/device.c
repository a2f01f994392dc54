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

const struct scene scenes_device[] = {
	SCENE("example-engine", engine, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("example-nic", nic, 0, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_device = ANY_ARRAY_SIZE(scenes_device);
