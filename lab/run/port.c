/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platform as a port would describe it to the DMA API: facts from the tree, the machine's cache
 * operations, its rituals. With `bypass` it is the lie of 2018: an identity PC, whatever the
 * machine.
 */
#include "run.h"
#include "../port/port.h"

#include "any_arch.h"

/* The ritual of this machine: write the trigger, then read until it is done. */
static void drain(void *ctx, enum any_dma_dir dir)
{
	struct lab_machine *m = ctx;
	uint32_t offset = dir == ANY_DMA_TO_DEVICE ? LAB_MMIO_DRAIN_OUT : LAB_MMIO_DRAIN_IN;
	void *reg = lab_ptr(m, LAB_MMIO, offset);

	any_mmio_wmb();
	any_mmio_write32(reg, 1);
	while (any_mmio_read32(reg))
		any_cpu_relax();
}

static const struct any_dma_ops ops = {.cache = &lab_port_cache_ops, .drain = drain};
static const struct any_dma_ops ops_coherent = {.drain = drain};

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

static int describe_iommu(struct lab_port *port, struct lab_machine *m)
{
	const struct any_platform *p = m->plat;
	uint64_t granule = p->machine.iommu.granule;
	int err;

	if (!p->machine.iommu.present)
		return 0;
	/* Page 0 stays free: an IOVA of 0 is legal, and as such worth giving out last, not first.
	 */
	err = any_iova_init(&port->iova, p->machine.iommu.base, p->machine.iommu.size, granule,
			    port->iova_ranges, LAB_IOVA_RANGES);
	port->iommu = (struct any_dma_iommu){.ops = &lab_iommu_ops,
					     .ctx = m,
					     .iova = &port->iova,
					     .granule = granule,
					     .deferred = port->deferred,
					     .deferred_size =
						     p->machine.iommu.deferred ? LAB_DEFERRED : 0};
	port->plat.iommu = &port->iommu;
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
		port->plat.ops = &ops_coherent;
		return 0;
	}
	port->plat.facts = m->plat->facts;
	port->plat.ops = m->coherent ? &ops_coherent : &ops;
	err = describe_bounce(port, m);
	if (!err)
		err = describe_iommu(port, m);
	if (err)
		snprintf(why, ANY_LAB_TEXT, "the tree's pools make no sense: %s",
			 any_strerror(err));
	return err;
}
