/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenes.h"

extern const struct scene scenes_spi[], scenes_list[];
extern const size_t n_scenes_spi, n_scenes_list;

const struct scene_list scene_lists[] = {
	{scenes_spi, &n_scenes_spi},
	{scenes_list, &n_scenes_list},
};
const size_t n_scene_lists = ANY_ARRAY_SIZE(scene_lists);
