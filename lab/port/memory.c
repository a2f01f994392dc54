/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the port has memory: what of RAM the bus snoops (M11), and what is used through an uncached
 * view of it, by page attribute or under another CPU physical address (M16).
 */
#include "port.h"

static bool within(uint64_t base, uint64_t size, uint64_t in, uint64_t in_size)
{
	return size && base >= in && base - in < in_size && size <= in_size - (base - in);
}

static void add(struct lab_port *port, const struct lab_machine *m, unsigned view, uint64_t from,
		uint64_t to, uint32_t flags)
{
	if (from < to)
		port->ram[port->plat.n_ram++] =
			(struct any_dma_region){lab_ptr(m, view, from), {from}, to - from, flags};
}

/* Snooped pieces come first: the first match wins. A buffer across the border is found in the whole
 * range, and maintained, which does no harm. */
void lab_port_ram(struct lab_port *port, const struct lab_machine *m)
{
	uint64_t snoop_from = m->cache.snooped_base, snoop_to = snoop_from + m->cache.snooped_size;

	for (unsigned v = 0; v < m->n_views; v++)
		for (unsigned i = 0; i < m->n_ram; i++) {
			uint64_t from = m->ram[i].base, to = from + m->ram[i].size;

			add(port, m, v, from > snoop_from ? from : snoop_from,
			    to < snoop_to ? to : snoop_to, ANY_REGION_SNOOPED);
			add(port, m, v, from, to, 0);
		}
	port->plat.ram = port->ram;
}

/* The same bytes without a cache: their CPU physical address, which the bus's windows know. */
static uint64_t uncached_phys(const struct lab_machine *m, uint64_t base, uint64_t size)
{
	const struct any_platform_alias *a = &m->plat->machine.cache.uncached;

	return within(base, size, a->base, a->size) ? a->alias + (base - a->base) : base;
}

static struct any_dma_region uncached(const struct lab_machine *m, uint64_t base, uint64_t size)
{
	return (struct any_dma_region){lab_ptr(m, LAB_UNCACHED, base),
				       {uncached_phys(m, base, size)},
				       size,
				       ANY_REGION_UNCACHED};
}

static bool is_snooped(const struct lab_machine *m, uint64_t base, uint64_t size)
{
	return within(base, size, m->cache.snooped_base, m->cache.snooped_size);
}

static struct any_dma_region cached(const struct lab_machine *m, uint64_t base, uint64_t size)
{
	return (struct any_dma_region){lab_ptr(m, LAB_VIEW0, base),
				       {base},
				       size,
				       is_snooped(m, base, size) ? ANY_REGION_SNOOPED : 0u};
}

void lab_port_coherent_memory(struct lab_port *port, const struct lab_machine *m, bool bypass)
{
	uint64_t base = m->plat->machine.coherent_base, size = m->plat->machine.coherent_size;
	const struct any_dma_facts *f = &m->plat->facts;

	if (!size)
		return;
	if (size > (uint64_t)LAB_COHERENT_PAGES * ANY_COHERENT_PAGE)
		size = (uint64_t)LAB_COHERENT_PAGES * ANY_COHERENT_PAGE;
	port->coherent.mem = m->coherent || bypass || is_snooped(m, base, size)
				     ? cached(m, base, size)
				     : uncached(m, base, size);
	if ((f->shared_only || f->private_bits) && !bypass)
		port->coherent.mem.flags |= ANY_REGION_SHARED;
	port->coherent.bitmap = port->coherent_bits;
	port->plat.coherent = &port->coherent;
}

/* A pool that has an uncached alias is used through it, and has no cached view then (hazard 7). */
struct any_dma_region lab_port_bounce_memory(const struct lab_machine *m)
{
	uint64_t base = m->plat->machine.bounce_base, size = m->plat->machine.bounce_size;
	const struct any_platform_alias *a = &m->plat->machine.cache.uncached;

	return !m->coherent && within(base, size, a->base, a->size) ? uncached(m, base, size)
								    : cached(m, base, size);
}

#define DIRTY_AT_BOOT 64 /* lines of a pool that are still in the cache from its being zeroed */

/*
 * The pool was zeroed through the cache, and the last of it is still there. Its content does not
 * matter to anybody: before the alias is used it is enough to invalidate, as some ports do.
 */
static void prepare(struct lab_machine *m, const struct any_dma_region *mem)
{
	uint64_t base = lab_phys_of((uint64_t)(uintptr_t)mem->cpu), lines = mem->size / m->line;
	uint64_t dirty[DIRTY_AT_BOOT];

	if (m->coherent || !(mem->flags & ANY_REGION_UNCACHED))
		return;
	for (unsigned i = 0; i < DIRTY_AT_BOOT; i++) {
		uint64_t line = i < DIRTY_AT_BOOT / 2 ? i : lab_random(m) % lines;

		dirty[i] = base + line * m->line;
		lab_cached_store(m, LAB_VIEW0, dirty[i], m->line, lab_caller_pc());
	}
	m->cpu->in_api = 1; /* the port's own doing; what it drops is its own */
	m->cpu->api_from = lab_host(m, LAB_VIEW0, base);
	m->cpu->api_to = m->cpu->api_from + mem->size;
	m->cpu->api_dir = ANY_DMA_FROM_DEVICE;
	/* Of the other lines nobody has heard: all of it would be as good, and slow. */
	for (unsigned i = 0; i < DIRTY_AT_BOOT; i++)
		lab_port_cache_ops.inval(m, lab_ptr(m, LAB_VIEW0, dirty[i]), any_phys(dirty[i]),
					 m->line);
	lab_port_cache_ops.sync(m);
	m->cpu->in_api = 0;
}

void lab_port_boot(struct lab_port *port, struct lab_machine *m)
{
	if (port->plat.coherent)
		prepare(m, &port->coherent.mem);
	if (port->plat.bounce)
		prepare(m, &port->bounce.mem);
}
