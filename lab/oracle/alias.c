/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One attribute for all aliases: bytes that wait in a cache are not what an uncached access finds,
 * and what an uncached store wrote is not what a line holds that was filled before.
 */
#include "oracle.h"
#include "../cache/cache.h"

static void judge_line(struct lab_machine *m, unsigned view, uint64_t base, uint64_t phys,
		       uint32_t len, uint64_t pc)
{
	const struct lab_line *line = lab_line(m, view, base);
	uint64_t mask[2];

	lab_mask(m, base, phys, len, mask);
	if (lab_hits(line->dirty, mask))
		lab_found(m, ANY_LAB_ALIAS, pc, line->cpu_pc, line->cpu_step,
			  base > phys ? base : phys, len,
			  "An uncached access to bytes that were stored through a cached alias and "
			  "still wait in the cache.");
}

void lab_alias_uncached(struct lab_machine *m, uint64_t phys, uint32_t len, bool store, uint64_t pc)
{
	if (m->coherent || m->calm || !lab_caches(m, phys))
		return;
	for (uint64_t base = phys & ~(uint64_t)(m->line - 1); base < phys + len; base += m->line)
		for (unsigned v = 0; v < m->n_views; v++)
			judge_line(m, v, base, phys, len, pc);
	for (uint64_t at = phys & ~63ull; store && at < phys + len; at += 64)
		*lab_own(m, at) |= LAB_OWN_UNCACHED;
}

void lab_alias_cached(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	const struct lab_line *line = lab_line(m, view, phys & ~(uint64_t)(m->line - 1));

	if (m->calm || (!line->valid && !m->speculates))
		return;
	lab_found(
		m, ANY_LAB_ALIAS, pc, 0, 0, phys, len,
		"A cached access to bytes that were stored through an uncached alias; the line %s "
		"before.",
		line->valid ? "was filled" : "may have been filled");
}
