/* SPDX-License-Identifier: BSD-2-Clause */
/* All scenes, right and wrong, as a user's program has its scenarios: what that prints and writes.
 */
#include <stdlib.h>

#include "../scenario/scenes.h"

int main(int argc, char **argv)
{
	struct any_lab_scenario *all;
	size_t n = 0;
	int status;

	for (size_t l = 0; l < n_scene_lists; l++)
		n += *scene_lists[l].n;
	all = calloc(n, sizeof(*all));
	if (!all)
		return 2;
	n = 0;
	for (size_t l = 0; l < n_scene_lists; l++)
		for (size_t i = 0; i < *scene_lists[l].n; i++)
			all[n++] = scene_lists[l].scenes[i].scenario;
	status = anydma_lab_main(argc, argv, all, n);
	free(all);
	return status;
}
