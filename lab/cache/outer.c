/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second level with operations of its own (M10: PL310, Kona, Tauros): by the address it wants,
 * which is not always the physical one, and complete only after its own sync. The inner level
 * writes back into it and fills from it, hence the order: inner first on the way out, outer first
 * on the way in.
 */
#include "cache.h"
#include "../oracle/oracle.h"

static bool present(const struct any_platform_cache *c)
{
	return c->outer_line;
}

static void write_back(struct lab_machine *m, uint64_t base)
{
	struct lab_line *low = lab_lower(m, base);

	if (lab_is_dirty(low))
		lab_copy(lab_ptr(m, LAB_DRAM, base), lab_ptr(m, LAB_LOWER, base),
			 m->cache.lower_line);
	low->dirty[0] = low->dirty[1] = 0;
	low->cleaning = 0;
}

static bool fill(struct lab_machine *m, unsigned view, uint64_t base)
{
	lab_lower_supply(m, view, base);
	return true;
}

/* A clean under way is of what was there when it was asked for. */
static bool put(struct lab_machine *m, unsigned view, uint64_t base)
{
	uint64_t size = m->cache.lower_line;

	for (uint64_t at = base & ~(size - 1); at < base + m->line; at += size)
		if (lab_lower(m, at)->cleaning)
			write_back(m, at);
	lab_lower_accept(m, view, base);
	return true;
}

/* A CPU that speculates may have refilled the inner line from here before the operation was over.
 */
static void dropped(struct lab_machine *m, unsigned view, uint64_t base)
{
	if (m->speculates)
		lab_lower_hint(m, view, base);
}

void lab_outer_evict(struct lab_machine *m, uint64_t base)
{
	struct lab_line *low = lab_lower(m, base);

	if (!low->valid)
		return;
	lab_log_event(m, LAB_EV_EVICT, LAB_LOWER, base, m->cache.lower_line, 0);
	write_back(m, base);
	low->valid = 0;
	if (!m->speculates)
		low->stale[0] = low->stale[1] = 0;
	m->count.evictions++;
}

/* Hazard 6: the operation takes a key. An address that is nobody's key does nothing. */
static bool by_key(const struct lab_machine *m, uint64_t key, uint64_t *phys)
{
	const struct any_platform_cache *c = &m->plat->machine.cache;

	*phys = key;
	for (uint32_t i = 0; i < c->n_outer_keys; i++) {
		if (key - c->outer_keys[i].alias >= c->outer_keys[i].size)
			continue;
		*phys = c->outer_keys[i].base + (key - c->outer_keys[i].alias);
		return true;
	}
	return !c->n_outer_keys;
}

/* Hazard 9: on some machines the sync hangs, and the operations are complete without (L220). */
static bool can_sync(const struct lab_machine *m)
{
	return m->plat->machine.drain_to_device != ANY_RITUAL_FORBIDDEN;
}

static void line_op(struct lab_machine *m, enum lab_cache_kind kind, uint64_t base, uint64_t pc)
{
	struct lab_line *low = lab_lower(m, base);

	if (kind == LAB_INVAL && lab_is_dirty(low))
		lab_dirty_dropped(m, low, base, m->cache.lower_line, pc);
	if (kind == LAB_CLEAN_INVAL)
		write_back(m, base);
	if (kind != LAB_CLEAN) {
		memset(low, 0, sizeof(*low));
	} else if (!can_sync(m)) {
		write_back(m, base);
	} else if (lab_is_dirty(low) && !low->cleaning) {
		if (m->cache.n_lower_cleaning == LAB_DIRTY_LIST)
			lab_outer_sync(m, pc);
		low->cleaning = 1;
		m->cache.lower_cleaning[m->cache.n_lower_cleaning++] = base;
	}
}

void lab_outer_op(struct lab_machine *m, enum lab_cache_kind kind, uint64_t key, uint64_t len,
		  uint64_t pc)
{
	uint64_t size = m->cache.lower_line, phys;

	lab_log_event(m, kind == LAB_INVAL ? LAB_EV_INVAL : LAB_EV_CLEAN, LAB_LOWER, key,
		      (uint32_t)len, pc);
	for (uint64_t at = key & ~(size - 1); at < key + len; at += size)
		if (by_key(m, at, &phys) && lab_is_ram(m, phys, size))
			line_op(m, kind, phys, pc);
}

void lab_outer_sync(struct lab_machine *m, uint64_t pc)
{
	lab_log_event(m, LAB_EV_CACHE_SYNC, LAB_LOWER, 0, m->cache.n_lower_cleaning, pc);
	if (!can_sync(m))
		lab_fail(m, ANY_LAB_DEADLOCK, pc, 0, 0, 0, 0,
			 "The outer cache is told to sync; on this machine that never ends.");
	for (uint32_t i = 0; i < m->cache.n_lower_cleaning; i++)
		if (lab_lower(m, m->cache.lower_cleaning[i])->cleaning)
			write_back(m, m->cache.lower_cleaning[i]);
	m->cache.n_lower_cleaning = 0;
}

static void judge(struct lab_machine *m, uint64_t phys, uint32_t len, bool store, uint64_t pc)
{
	uint32_t size = m->cache.lower_line;

	for (uint64_t base = phys & ~(uint64_t)(size - 1); base < phys + len; base += size) {
		const struct lab_line *low = lab_lower(m, base);
		uint64_t mask[2];

		lab_mask_of(size, base, phys, len, mask);
		if (!lab_caches(m, base) ||
		    !(store ? lab_is_dirty(low) : lab_hits(low->dirty, mask)))
			continue;
		lab_fail(m, store ? ANY_LAB_DIRTY_UNDER_DMA : ANY_LAB_DIRTY_READ, pc, low->cpu_pc,
			 low->cpu_step, base > phys ? base : phys, len,
			 store ? "The device writes into a line that is dirty in the outer cache; "
				 "when it is written back, the device's bytes are gone."
			       : "The device reads bytes whose newest value is still in the outer "
				 "cache: the inner clean moved them there, and nothing cleaned the "
				 "outer cache after it.");
	}
}

static void device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	judge(m, phys, len, false, pc);
}

static void device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	judge(m, phys, len, true, pc);
	lab_lower_grow_stale(m, phys, len, m->speculates);
}

const struct lab_cache_wart lab_wart_outer = {
	.name = "outer cache",
	.words = "the bus snoops neither the inner nor the outer cache; each has operations of its "
		 "own",
	.present = present,
	.fill = fill,
	.put = put,
	.dropped = dropped,
	.device_load = device_load,
	.device_store = device_store,
};
