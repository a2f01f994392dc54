/* SPDX-License-Identifier: BSD-2-Clause */
/* One load or store of the driver, announced before it happens. */
#include "misfortune.h"
#include "../bus/device.h"
#include "../core/event.h"
#include "../cpu/cpu.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

/* Ownership first: a wrong touch is wrong whatever the caches hold. */
static inline uint8_t owners(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	uint64_t n = ((phys + len - 1) >> 6) - (phys >> 6);
	const uint8_t *own = lab_own(m, phys);
	uint8_t flags = *own;

	for (uint64_t i = 1; ANY_UNLIKELY(i <= n); i++)
		flags |= own[i];
	return flags;
}

/* How much of it the bus snoops, or does not, alike (M11). */
static uint32_t alike(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	uint64_t from = m->cache.snooped_base, to = from + m->cache.snooped_size;

	if (ANY_LIKELY(from == to))
		return len;
	if (phys < from && from - phys < len)
		return (uint32_t)(from - phys);
	if (phys < to && phys >= from && to - phys < len)
		return (uint32_t)(to - phys);
	return len;
}

static void judge_alias(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
			bool store, uint8_t own, uint64_t pc)
{
	if (region == LAB_UNCACHED)
		lab_alias_uncached(m, phys, len, store, pc);
	else if (ANY_UNLIKELY(own & LAB_OWN_UNCACHED))
		lab_alias_cached(m, region, phys, len, pc);
}

void lab_cpu_load(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len, uint64_t pc)
{
	uint8_t own;
	uint32_t n;

	lab_tick(m);
	lab_log(m, LAB_EV_LOAD, region, phys, len, pc);
	own = owners(m, phys, len);
	if (own & (LAB_OWN_READ | LAB_OWN_WRITE | LAB_OWN_GONE))
		lab_judge_touch(m, region, phys, len, false, pc);
	judge_alias(m, region, phys, len, false, own, pc);
	if (m->cpu->acquired + 1 < m->write_head ||
	    (!m->irq_pushes && m->irq_taken > m->in_drained))
		lab_arrival_observe(m, phys, len, pc);
	if (ANY_UNLIKELY(m->n_lost))
		lab_infer_lost(m, phys, len, false, pc);
	if (ANY_UNLIKELY(m->relaxed))
		lab_relaxed_observe(m, phys, len, pc);
	for (uint32_t at = 0; at < len; at += n) {
		n = alike(m, phys + at, len - at);
		if (!lab_is_direct(m, region, phys + at))
			lab_cached_load(m, region, phys + at, n, pc);
		else if (m->cpu->n_pending || m->delivered != m->write_head)
			lab_direct_load(m, region, phys + at, n);
		else
			lab_copy_word(lab_ptr(m, region, phys + at),
				      lab_ptr(m, LAB_DRAM, phys + at), n);
	}
	if (ANY_UNLIKELY(m->trusts))
		lab_trust_looked(m, region, phys, len, pc);
	if (ANY_UNLIKELY(own & LAB_OWN_RING) && *lab_own(m, phys) & LAB_OWN_RING) {
		lab_judge_passed(m, phys, pc);
		lab_hot(m, LAB_HOT_LOOK);
		if (m->lab)
			lab_scenario_looked(m);
		else
			lab_device_looked(m);
	}
}

void lab_cpu_store(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len, uint64_t pc)
{
	uint8_t own;
	uint32_t n;

	lab_tick(m);
	lab_log(m, LAB_EV_STORE, region, phys, len, pc);
	own = owners(m, phys, len);
	if (own & (LAB_OWN_READ | LAB_OWN_WRITE | LAB_OWN_GONE))
		lab_judge_touch(m, region, phys, len, true, pc);
	judge_alias(m, region, phys, len, true, own, pc);
	if (ANY_UNLIKELY(m->n_lost))
		lab_infer_lost(m, phys, len, true, pc);
	for (uint32_t at = 0; at < len; at += n) {
		n = alike(m, phys + at, len - at);
		if (lab_is_direct(m, region, phys + at))
			lab_direct_store(m, region, phys + at, n, pc);
		else
			lab_cached_store(m, region, phys + at, n, pc);
	}
	if (ANY_UNLIKELY(m->turns.two))
		lab_cpu_hot(m);
}
