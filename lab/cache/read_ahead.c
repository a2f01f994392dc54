/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small buffer between the cache and memory that fetches the next line too, and keeps it, whoever
 * writes to memory meanwhile (Broadcom's RAC). Only the drain from the device empties it: a line
 * that was invalidated before comes back old.
 */
#include "cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->read_ahead;
}

static void forget(struct lab_machine *m, uint64_t base)
{
	memset(lab_lower(m, base), 0, sizeof(struct lab_line));
}

/* It holds few lines: a new one takes another's place. */
static void hold(struct lab_machine *m, uint64_t base)
{
	struct lab_cache *c = &m->cache;
	uint32_t at = c->n_ahead;

	if (at < LAB_READ_AHEAD) {
		c->n_ahead++;
	} else {
		at = lab_choice(m, LAB_READ_AHEAD);
		forget(m, c->ahead[at]);
	}
	c->ahead[at] = base;
}

static void fetch(struct lab_machine *m, uint64_t base)
{
	if (!lab_is_ram(m, base, m->line) || lab_lower(m, base)->valid || !lab_caches(m, base))
		return;
	hold(m, base);
	lab_lower_fill(m, base);
}

static bool fill(struct lab_machine *m, unsigned view, uint64_t base)
{
	fetch(m, base);
	lab_lower_supply(m, view, base);
	fetch(m, base + m->line);
	return true;
}

/* The CPU's own writes pass through it and take the line along. */
static bool put(struct lab_machine *m, unsigned view, uint64_t base)
{
	(void)view;
	forget(m, base);
	return false;
}

/* It may have fetched this line just before, as the one after another. */
static void device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	uint64_t base = phys & ~(uint64_t)(m->line - 1);

	(void)pc;
	for (; base < phys + len; base += m->line)
		if (lab_happens(m, 2))
			fetch(m, base);
	lab_lower_grow_stale(m, phys, len, false);
}

void lab_read_ahead_empty(struct lab_machine *m)
{
	for (uint32_t i = 0; i < m->cache.n_ahead; i++)
		forget(m, m->cache.ahead[i]);
	m->cache.n_ahead = 0;
}

const struct lab_cache_wart lab_wart_read_ahead = {
	.name = "read-ahead buffer",
	.words = "a read-ahead buffer below the cache keeps lines it fetched until it is drained",
	.present = present,
	.fill = fill,
	.put = put,
	.device_store = device_store,
};
