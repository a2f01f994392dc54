/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platform as a port would describe it to the DMA API: facts from the tree, the machine's cache
 * operations, its rituals. With `bypass` it is the lie of 2018: an identity PC, whatever the
 * machine.
 */
#include "run.h"
#include "../port/port.h"

static const struct any_dma_ops ops_bypass = {.drain = lab_port_drain};

static uint64_t bytes_of(const struct any_bounce_class *classes, uint32_t n)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < n; i++)
		bytes += (uint64_t)classes[i].slot * classes[i].count;
	return bytes;
}

/* Fewer slots in a pool that is small, and no class of which it holds only a few. */
static uint32_t fit(struct any_bounce_class *classes, uint32_t n, uint64_t size)
{
	while (n > 1 && classes[n - 1].slot > size / 8)
		n--;
	while (bytes_of(classes, n) > size)
		for (uint32_t i = 0; i < n; i++)
			classes[i].count = (classes[i].count + 1) / 2 - (classes[i].count == 1);
	return n;
}

static int describe_bounce(struct lab_port *port, const struct lab_machine *m)
{
	struct any_bounce_class classes[] = {{.slot = 2048, .count = 256},
					     {.slot = 16384, .count = 64},
					     {.slot = 131072, .count = 32}};
	struct any_dma_region mem;
	uint32_t n;
	int err;

	if (!m->plat->machine.bounce_size)
		return 0;
	mem = lab_port_bounce_memory(m);
	if (m->plat->facts.shared_only || m->plat->facts.private_bits)
		mem.flags |= ANY_REGION_SHARED;
	n = fit(classes, ANY_ARRAY_SIZE(classes), mem.size);
	err = any_bounce_pool_init(&port->bounce, &mem, classes, n, port->bounce_stack);
	if (!err)
		port->plat.bounce = &port->bounce;
	return err;
}

int lab_port_build(struct lab_port *port, struct lab_machine *m, bool bypass, char *why)
{
	int err;

	memset(port, 0, sizeof(*port));
	port->plat.name = m->plat->name;
	port->plat.ctx = m;
	lab_port_ram(port, m);
	lab_port_coherent_memory(port, m, bypass);
	m->port = &port->plat;
	m->bypass = bypass;
	if (bypass) {
		port->plat.facts.coherent = true;
		port->plat.ops = &ops_bypass;
		return 0;
	}
	port->plat.facts = m->plat->facts;
	port->ops = (struct any_dma_ops){.cache = m->coherent ? NULL : &lab_port_cache_ops,
					 .drain = lab_port_drain};
	port->plat.ops = &port->ops;
	lab_port_bus(port, m);
	err = describe_bounce(port, m);
	if (!err)
		err = lab_port_iommu(port, m);
	if (err)
		snprintf(why, ANY_LAB_TEXT, "the tree's pools make no sense: %s",
			 any_strerror(err));
	return err;
}
