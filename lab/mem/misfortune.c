/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a real machine does at any time and a test machine never does. The seed chooses when and
 * what; between two events of the driver one of these may happen.
 */
#include "mem.h"
#include "../bus/bus.h"
#include "../oracle/oracle.h"

static void evict_some(struct lab_machine *m)
{
	unsigned at;

	if (m->coherent || !m->dirty_n)
		return;
	at = (unsigned)(lab_random(m) % m->dirty_n);
	lab_evict_line(m, m->dirty[at].view, m->dirty[at].line);
	m->dirty[at] = m->dirty[--m->dirty_n];
}

/* A speculating CPU may fetch any cacheable line: prefer one that a device owns right now. */
static void speculate(struct lab_machine *m)
{
	const struct lab_mapping *map;
	uint64_t base;

	if (m->coherent || !m->speculates || !m->n_mappings)
		return;
	map = &m->mappings[lab_random(m) % m->n_mappings];
	if (!map->live || map->coherent || !(map->dir & ANY_DMA_FROM_DEVICE) ||
	    !lab_is_ram(m, map->phys, map->len))
		return;
	base = (map->phys + lab_random(m) % map->len) & ~(uint64_t)(m->line - 1);
	if (!lab_caches(m, base) || lab_line(m, lab_region_of(map->cpu), base)->valid)
		return;
	lab_log_event(m, LAB_EV_FILL, lab_region_of(map->cpu), base, m->line, 0);
	lab_fill_line(m, lab_region_of(map->cpu), base);
}

static void deliver_some(struct lab_machine *m)
{
	uint64_t late = m->write_head - m->delivered;

	if (late)
		lab_arrival_deliver(m, m->delivered + 1 + lab_random(m) % late);
}

void lab_misfortune(struct lab_machine *m)
{
	m->fuse = 1 + (uint32_t)(lab_random(m) % 12);
	if (m->calm || m->master == LAB_DEVICE)
		return;
	if (m->cache.n_warts && lab_chance(m, 4))
		lab_cache_misfortune(m);
	switch (lab_random(m) % 8) {
	case 0:
	case 1:
		evict_some(m);
		break;
	case 2:
		speculate(m);
		break;
	case 3:
	case 4:
		lab_drain_one(m);
		break;
	case 5:
		deliver_some(m);
		break;
	default:
		lab_device_run(m, false);
		break;
	}
}
