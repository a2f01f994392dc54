/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's loads and stores as DRAM sees them, and what they do to the CPU's caches: nothing.
 */
#include "bus.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"

void lab_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	lab_log_event(m, LAB_EV_LOAD, LAB_DRAM, phys, len, pc);
	lab_judge_device_load(m, phys, len, pc);
	if (ANY_UNLIKELY(m->n_lost))
		lab_infer_lost(m, phys, len, false, pc);
	lab_cache_device_load(m, phys, len, pc);
}

/* A CPU that speculates may hold any line: half the time it fetched these just before, from one of
 * them on. */
static void grow_stale(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len)
{
	uint64_t base = phys & ~(uint64_t)(m->line - 1), end = phys + len, from = end, mask[2];
	struct lab_line *line = lab_line(m, view, base);

	if (m->speculates && lab_happens(m, 2))
		from = base +
		       (lab_choice(m, (uint32_t)((end - base) >> m->line_shift)) << m->line_shift);
	for (; base < end; base += m->line, line++) {
		if (!lab_caches(m, base) || (!line->valid && !m->speculates))
			continue;
		if (!line->valid && base >= from)
			lab_fill_line(m, view, base);
		lab_mask(m, base, phys, len, mask);
		line->stale[0] |= mask[0];
		line->stale[1] |= mask[1];
	}
}

void lab_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	lab_log_event(m, LAB_EV_STORE, LAB_DRAM, phys, len, pc);
	lab_judge_device_store(m, phys, len, pc);
	if (ANY_UNLIKELY(m->n_lost))
		lab_infer_lost(m, phys, len, true, pc);
	lab_cache_device_store(m, phys, len, pc);
	if (lab_pending(m))
		lab_drain_overlapping_every(m, phys, len);
	for (unsigned v = 0; !m->coherent && v < m->n_views; v++)
		grow_stale(m, v, phys, len);
	lab_arrival_record(m, phys, len, pc);
}
