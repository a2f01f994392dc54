/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store that was speculated and squashed leaves its line dirty all the same (R10000 without the
 * compiler's cache barriers; hazard 7, third grade). No call the driver could make helps, before or
 * after: the line may turn dirty between any two of them. Only memory without a cached view does.
 */
#include "../cache.h"
#include "../../oracle/oracle.h"

static bool present(const struct any_platform_cache *c)
{
	return c->speculates_dirty;
}

/* The port has taken the cached view away. */
static bool uncached_only(const struct any_dma_region *r, uint64_t phys)
{
	return r->flags & ANY_REGION_UNCACHED &&
	       phys - lab_phys_of((uint64_t)(uintptr_t)r->cpu) < r->size;
}

static bool cacheable(const struct lab_machine *m, uint64_t phys)
{
	const struct any_dma_platform *port = m->port;

	return lab_caches(m, phys) && !(port->bounce && uncached_only(&port->bounce->mem, phys)) &&
	       !(port->coherent && uncached_only(&port->coherent->mem, phys));
}

static void device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	if (!cacheable(m, phys) || !lab_happens(m, 2))
		return;
	lab_log_event(m, LAB_EV_FILL, LAB_VIEW0, phys, m->line, 0);
	lab_found(
		m, ANY_LAB_SQUASHED_STORE, pc, 0, 0, phys, len,
		"The device writes to memory that the CPU may cache; the CPU has just speculated a "
		"store to it and squashed it, the line stayed dirty, and its write-back will "
		"destroy "
		"what the device wrote.");
}

const struct lab_cache_wart lab_wart_squash = {
	.name = "speculative dirty lines",
	.words = "the bus does not snoop, and a squashed store leaves a dirty line behind",
	.present = present,
	.device_store = device_store,
};
