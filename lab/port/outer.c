/* SPDX-License-Identifier: BSD-2-Clause */
/* The outer cache's own operations, by the address that they want (M10, hazard 6). */
#include "port.h"

/* arm-bcm-kona: RAM is at another address there. Where the next section begins, the range is split.
 */
static uint64_t key_of(const struct lab_machine *m, uint64_t phys, uint64_t *run)
{
	const struct any_platform_cache *c = &m->plat->machine.cache;

	for (uint32_t i = 0; i < c->n_outer_keys; i++) {
		uint64_t at = phys - c->outer_keys[i].base;

		if (at >= c->outer_keys[i].size)
			continue;
		if (c->outer_keys[i].size - at < *run)
			*run = c->outer_keys[i].size - at;
		return c->outer_keys[i].alias + at;
	}
	return phys;
}

void lab_port_outer(struct lab_machine *m, enum lab_cache_kind kind, uint64_t phys, uint64_t len)
{
	uint64_t run;

	for (; len; phys += run, len -= run) {
		uint64_t key;

		run = len;
		key = key_of(m, phys, &run);
		lab_outer_op(m, kind, key, run, lab_caller_pc());
	}
}

/* Hazard 9: where the sync hangs, the operations are complete without it. */
void lab_port_outer_sync(struct lab_machine *m)
{
	if (m->plat->machine.drain_to_device == ANY_RITUAL_FORBIDDEN)
		return;
	lab_outer_sync(m, lab_caller_pc());
}
