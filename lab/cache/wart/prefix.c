/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on a line that is hit work only while the refill buffer is empty, which an uncached
 * load just before sees to (R4600 2.0, mips-r4600v2). Otherwise they do nothing, and say nothing.
 */
#include "../cache.h"

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_PREFIX;
}

static bool range(struct lab_machine *m, struct lab_cache_op *op)
{
	bool works = m->cache.prefixed;

	(void)op;
	m->cache.prefixed = false;
	return !works;
}

/* Any cached access may fill the buffer again. */
static void touch(struct lab_machine *m, unsigned view, uint64_t base, bool store)
{
	(void)view;
	(void)base;
	(void)store;
	m->cache.prefixed = false;
}

void lab_cache_uncached_load(struct lab_machine *m, uint64_t pc)
{
	lab_log_event(m, LAB_EV_LOAD, LAB_UNCACHED, m->ram[0].base, 4, pc);
	m->cache.prefixed = true;
}

const struct lab_cache_wart lab_wart_prefix = {
	.name = "maintenance needs an uncached load",
	.words = "a cache operation does nothing unless an uncached load came just before it",
	.present = present,
	.range = range,
	.touch = touch,
};
