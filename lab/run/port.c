/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platform as a port would describe it to the DMA API: facts from the tree, the machine's cache
 * operations, its rituals. With `bypass` it is the lie of 2018: an identity PC, whatever the
 * machine.
 */
#include "run.h"
#include "../mem/mem.h"

#include "any_arch.h"

static void cache_clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	unsigned region = lab_region_of((uint64_t)(uintptr_t)va);

	if (region < LAB_VIEWS)
		lab_cache_clean(ctx, region, phys.raw, len, false, lab_caller_pc());
}

static void cache_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	unsigned region = lab_region_of((uint64_t)(uintptr_t)va);

	if (region < LAB_VIEWS)
		lab_cache_inval(ctx, region, phys.raw, len, lab_caller_pc());
}

static void cache_clean_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	unsigned region = lab_region_of((uint64_t)(uintptr_t)va);

	if (region < LAB_VIEWS)
		lab_cache_clean(ctx, region, phys.raw, len, true, lab_caller_pc());
}

static void cache_sync(void *ctx)
{
	lab_cache_sync(ctx);
}

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

static const struct any_dma_cache_ops cache_ops = {cache_clean, cache_inval, cache_clean_inval,
						   cache_sync};
static const struct any_dma_ops ops = {.cache = &cache_ops, .drain = drain};
static const struct any_dma_ops ops_coherent = {.drain = drain};

static void describe_ram(struct lab_port *port, const struct lab_machine *m)
{
	for (unsigned v = 0; v < m->n_views; v++)
		for (unsigned i = 0; i < m->n_ram; i++)
			port->ram[port->plat.n_ram++] = (struct any_dma_region){
				lab_ptr(m, v, m->ram[i].base), {m->ram[i].base}, m->ram[i].size, 0};
	port->plat.ram = port->ram;
}

static void describe_coherent(struct lab_port *port, const struct lab_machine *m, bool bypass)
{
	unsigned region = m->coherent || bypass ? LAB_VIEW0 : LAB_UNCACHED;
	uint64_t base = m->plat->machine.coherent_base, size = m->plat->machine.coherent_size;

	if (!size)
		return;
	if (size > (uint64_t)LAB_COHERENT_PAGES * ANY_COHERENT_PAGE)
		size = (uint64_t)LAB_COHERENT_PAGES * ANY_COHERENT_PAGE;
	port->coherent.mem = (struct any_dma_region){
		lab_ptr(m, region, base),
		{base},
		size,
		(region == LAB_UNCACHED ? ANY_REGION_UNCACHED : 0u) |
			((m->plat->facts.shared_only || m->plat->facts.private_bits) && !bypass
				 ? ANY_REGION_SHARED
				 : 0u)};
	port->coherent.bitmap = port->coherent_bits;
	port->plat.coherent = &port->coherent;
}

static int describe_bounce(struct lab_port *port, const struct lab_machine *m)
{
	const struct any_bounce_class classes[] = {{.slot = 2048, .count = 256},
						   {.slot = 16384, .count = 64},
						   {.slot = 131072, .count = 32}};
	struct any_dma_region mem = {
		lab_ptr(m, LAB_VIEW0, m->plat->machine.bounce_base),
		{m->plat->machine.bounce_base},
		m->plat->machine.bounce_size,
		m->plat->facts.shared_only || m->plat->facts.private_bits ? ANY_REGION_SHARED : 0u};
	int err;

	if (!mem.size)
		return 0;
	err = any_bounce_pool_init(&port->bounce, &mem, classes, ANY_ARRAY_SIZE(classes),
				   port->bounce_stack);
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
	describe_ram(port, m);
	describe_coherent(port, m, bypass);
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
