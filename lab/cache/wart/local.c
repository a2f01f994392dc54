/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maintenance acts on the lines of the core it runs on (ARM11 MPCore). Loads and stores find a line
 * wherever it is; operations do not. Now and then the driver wakes up on another core, though never
 * inside a call of the DMA API: ports keep it where it is.
 */
#include "../cache.h"

#define CORES 2

static bool present(const struct any_platform_cache *c)
{
	return c->maintenance & ANY_MAINT_LOCAL;
}

static uint8_t here(const struct lab_machine *m)
{
	return (uint8_t)(1u << m->cache.core);
}

/* A store takes the line from the others; so does a load of a dirty one, clean ones are shared. */
static void touch(struct lab_machine *m, unsigned view, uint64_t base, bool store)
{
	struct lab_line *line = lab_line(m, view, base);

	if (store || lab_is_dirty(line))
		line->cores = here(m);
	else
		line->cores |= here(m);
}

/* True: nothing here to act on, or what other cores have stays. */
static bool line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		    uint64_t base)
{
	struct lab_line *line = lab_line(m, view, base);

	if (!line->valid)
		return false;
	if (op->kind == LAB_CLEAN || line->cores == here(m))
		return !(line->cores & here(m));
	line->cores &= (uint8_t)~here(m);
	return true;
}

void lab_cache_own(struct lab_machine *m, unsigned view, uint64_t phys, uint64_t len, bool store,
		   uint64_t pc)
{
	lab_log_event(m, store ? LAB_EV_STORE : LAB_EV_LOAD, view, phys, (uint32_t)len, pc);
	for (uint64_t base = phys & ~(uint64_t)(m->line - 1); base < phys + len; base += m->line)
		if (lab_line(m, view, base)->valid)
			touch(m, view, base, store);
}

static void misfortune(struct lab_machine *m)
{
	if (m->cpu->in_api || m->turns.two) /* then the switch decides */
		return;
	m->cache.core = (m->cache.core + 1) % CORES;
	lab_log_event(m, LAB_EV_BARRIER, LAB_VIEW0, m->cache.core, 0, 0);
}

const struct lab_cache_wart lab_wart_local = {
	.name = "core-local maintenance",
	.words = "the bus does not snoop, and maintenance does not reach lines in other cores",
	.present = present,
	.line = line_op,
	.touch = touch,
	.misfortune = misfortune,
};
