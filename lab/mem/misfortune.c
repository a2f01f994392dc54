/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a real machine does at any time and a test machine never does. Between two events of the
 * driver one of these may happen; the seed chooses when and what, or a plan does.
 */
#include "misfortune.h"
#include "../bus/bus.h"
#include "../bus/device.h"
#include "../cpu/cpu.h"
#include "../oracle/oracle.h"

static bool evict(struct lab_machine *m, uint32_t which)
{
	struct lab_dirty line;

	if (m->coherent || which >= lab_n_dirty(m))
		return false;
	line = *lab_dirty(m, which);
	*lab_dirty(m, which) = *lab_dirty(m, 0);
	m->dirty_tail++;
	lab_evict_line(m, line.view, line.line);
	return true;
}

/* Where speculation would go: the line just maintained, or one of a buffer that a device writes. */
static bool place(const struct lab_machine *m, uint32_t which, unsigned *view, uint64_t *base)
{
	const struct lab_mapping *map;
	uint64_t lines, at;

	if (which < 2) {
		*view = m->chance.maintained.view;
		at = m->chance.maintained.phys +
		     (which && m->chance.maintained.len ? m->chance.maintained.len - 1 : 0);
		*base = at & ~(uint64_t)(m->line - 1);
		return m->chance.maintained.len != 0;
	}
	if (!m->n_mappings)
		return false;
	map = &m->mappings[(which - 2) % m->n_mappings];
	if (!map->live || map->coherent || !(map->dir & ANY_DMA_FROM_DEVICE) ||
	    !lab_is_ram(m, map->phys, map->len))
		return false;
	lines = (map->len + m->line - 1) >> m->line_shift;
	at = map->phys + (((which - 2) / m->n_mappings % lines) << m->line_shift);
	*base = at & ~(uint64_t)(m->line - 1);
	*view = lab_region_of(map->cpu);
	return true;
}

bool lab_may_fill(const struct lab_machine *m, uint32_t which)
{
	unsigned view;
	uint64_t base;

	return !m->coherent && m->speculates && place(m, which, &view, &base) && view < LAB_VIEWS &&
	       lab_is_ram(m, base, m->line) && lab_caches(m, base) &&
	       !lab_line(m, view, base)->valid;
}

static bool fill(struct lab_machine *m, uint32_t which)
{
	unsigned view = 0;
	uint64_t base = 0;

	if (!lab_may_fill(m, which) || !place(m, which, &view, &base))
		return false;
	lab_log_event(m, LAB_EV_FILL, view, base, m->line, 0);
	lab_fill_line(m, view, base);
	return true;
}

static bool deliver(struct lab_machine *m, uint32_t which)
{
	if (m->delivered == m->write_head)
		return false;
	lab_arrival_deliver(m, m->delivered + 1 + which);
	return true;
}

static bool run_device(struct lab_machine *m)
{
	bool awake = m->device && m->device->awake;

	lab_device_run(m, false);
	return awake;
}

static bool arrive(struct lab_machine *m)
{
	if (!m->device || !m->device->n_posted)
		return false;
	lab_device_deliver(m);
	return true;
}

static bool perform(struct lab_machine *m, uint32_t what)
{
	uint32_t which = what / 16;

	switch (what % 16) {
	case LAB_MISHAP_EVICT:
		return evict(m, which);
	case LAB_MISHAP_FILL:
		return fill(m, which);
	case LAB_MISHAP_DRAIN:
		return lab_drain_nth(m, which);
	case LAB_MISHAP_DELIVER:
		return deliver(m, which);
	case LAB_MISHAP_DEVICE:
		return run_device(m);
	case LAB_MISHAP_POSTED:
		return arrive(m);
	case LAB_MISHAP_WART:
		if (!lab_cache_may_misfortune(m))
			return false;
		lab_cache_misfortune(m);
		return true;
	case LAB_MISHAP_INTERRUPT:
		return m->lab && lab_scenario_tick(m);
	case LAB_MISHAP_SWITCH:
		return lab_cpu_switch(m);
	default:
		return false;
	}
}

/* What changed nothing is not remembered. It goes on the tape first: what it leads to comes after.
 */
void lab_strike(struct lab_machine *m, uint64_t tick, uint32_t what)
{
	struct lab_list *record = m->chance.tape ? m->chance.tape->record : NULL;
	uint32_t at = record ? record->n : 0;

	if (m->chance.tape && m->chance.tape->plan)
		record = NULL;
	if (record)
		lab_list_add(record, tick, what);
	if (!perform(m, what) && record && record->n == at + 1)
		record->n = at;
}

static uint32_t by_chance(struct lab_machine *m)
{
	uint64_t r = lab_draw(&m->chance.mishap);
	uint32_t which = (uint32_t)(r >> 32);

	if (m->chance.holds_back && r % 8 != 2 && r % 8 != 5)
		return LAB_MISHAP_NONE;
	switch (r % 8) {
	case 0:
	case 1:
		return LAB_MISHAP(LAB_MISHAP_EVICT, lab_n_dirty(m) ? which % lab_n_dirty(m) : 0);
	case 2:
		return LAB_MISHAP(LAB_MISHAP_FILL, which % (1u << 20));
	case 3:
	case 4:
		return LAB_MISHAP(LAB_MISHAP_DRAIN, which % (lab_drainable(m) + 1));
	case 5:
		return LAB_MISHAP(LAB_MISHAP_DELIVER,
				  which % (uint32_t)(m->write_head - m->delivered + 1));
	default:
		return LAB_MISHAP(LAB_MISHAP_DEVICE, 0);
	}
}

static bool once_in(struct lab_machine *m, uint32_t n)
{
	return lab_draw(&m->chance.mishap) % n == 0;
}

static void strike_by_chance(struct lab_machine *m, uint64_t tick)
{
	uint8_t n = m->chance.n_wishes;
	uint32_t wishes[ANY_ARRAY_SIZE(m->chance.wishes)];

	lab_set_fuse(m, 1 + (uint32_t)(lab_draw(&m->chance.mishap) % 12));
	if (m->calm || m->master == LAB_DEVICE)
		return;
	lab_copy(wishes, m->chance.wishes, sizeof(wishes));
	m->chance.n_wishes = 0;
	for (uint8_t i = 0; i < n; i++)
		lab_strike(m, tick, lab_adversary_wish(m, wishes[i]));
	if (m->cache.n_warts && once_in(m, 8))
		lab_strike(m, tick, LAB_MISHAP_WART);
	if (!n)
		lab_strike(m, tick, by_chance(m));
	if (m->lab && once_in(m, 4)) /* last: the handler has ticks of its own */
		lab_strike(m, tick, LAB_MISHAP_INTERRUPT);
	if (ANY_UNLIKELY(m->turns.two))
		lab_cpu_turn(m, tick);
}

void lab_misfortune(struct lab_machine *m)
{
	struct lab_tape *tape = m->chance.tape;
	uint64_t tick = lab_ticks(m) - 1;
	bool idle = m->calm || m->master == LAB_DEVICE;

	if (!tape || !tape->plan) {
		strike_by_chance(m, tick);
		return;
	}
	while (tape->next < tape->n_plan && tape->plan[tape->next].tick <= tick) {
		const struct lab_mishap *now = &tape->plan[tape->next++];

		lab_set_fuse_by_plan(m);
		if (now->tick == tick && !idle)
			lab_strike(m, tick, now->what);
	}
	if (tape->options && tape->next == tape->n_plan && tick < tape->until && !idle)
		lab_options(m, tick, tape->options);
	lab_set_fuse_by_plan(m);
}
