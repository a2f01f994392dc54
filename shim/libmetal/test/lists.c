/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenes.h"

#define SCENES(list)                                                                               \
	extern const struct scene scenes_##list[];                                                 \
	extern const size_t n_scenes_##list;
#include "list.h"
#undef SCENES

const struct scene_list scene_lists[] = {
#define SCENES(list) {scenes_##list, &n_scenes_##list},
#include "list.h"
#undef SCENES
};
const size_t n_scene_lists = ANY_ARRAY_SIZE(scene_lists);
