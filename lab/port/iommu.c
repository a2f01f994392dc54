/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port's driver of the IOMMU (M5): tables in memory, registers for the rest. Which ritual a
 * unit needs is in the tree. Seen code: what is left out here, the lab notices.
 */
#include "port.h"
#include "../bus/bridge.h"

#include "any_arch.h"

static const struct any_platform_iommu *unit(const struct lab_machine *m)
{
	return &m->plat->machine.iommu;
}

static void *reg(struct lab_machine *m, uint32_t offset)
{
	return lab_ptr(m, LAB_MMIO, offset);
}

/* What was written is there when something has been read from there. */
static void settle(struct lab_machine *m)
{
	if (unit(m)->inval_posted)
		(void)any_mmio_read32(reg(m, LAB_IOMMU_STATUS));
}

/* The tables as the walker sees them: through this CPU's cache, through the unit's buffer. */
static void publish(struct lab_machine *m, uint64_t iova, uint64_t len)
{
	if (unit(m)->tables_noncoherent)
		lab_table_clean(m, iova, len);
	any_mmio_wmb(); /* entries before the registers that speak of them */
	if (unit(m)->write_buffer) {
		any_mmio_write32(reg(m, LAB_IOMMU_WBF), 1);
		settle(m);
	}
}

static void queue_inval(struct lab_machine *m, uint64_t iova, uint64_t len)
{
	any_mmio_write32(reg(m, LAB_IOMMU_BASE), (uint32_t)iova);
	any_mmio_write32(reg(m, LAB_IOMMU_BASE + 4), (uint32_t)(iova >> 32));
	any_mmio_write32(reg(m, LAB_IOMMU_LEN), (uint32_t)len);
	any_mmio_write32(reg(m, LAB_IOMMU_LEN + 4), (uint32_t)(len >> 32));
	any_mmio_write32(reg(m, LAB_IOMMU_QUEUE), 1);
}

static void wait_inval(struct lab_machine *m)
{
	any_mmio_write32(reg(m, LAB_IOMMU_WAIT), 1);
	settle(m);
}

static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct lab_machine *m = ctx;

	for (uint64_t at = 0; at < len; at += unit(m)->granule)
		lab_table_clear(m, iova.raw + at);
	publish(m, iova.raw, len);
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	struct lab_machine *m = ctx;

	for (uint64_t at = 0; at < len; at += unit(m)->granule)
		if (!lab_table_store(m, iova.raw + at, phys.raw + at, prot)) {
			unmap(ctx, iova, at);
			return -ANY_ENOMEM;
		}
	m->count.iommu_maps++;
	return 0;
}

/* Hazard 8: a unit that does not see the tables yet, or remembers that there was nothing. */
static void map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct lab_machine *m = ctx;

	publish(m, iova.raw, len);
	if (unit(m)->caching_mode) {
		queue_inval(m, iova.raw, len);
		wait_inval(m);
	}
}

static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	queue_inval(ctx, iova.raw, len);
}

static void sync_inval(void *ctx)
{
	wait_inval(ctx);
}

const struct any_iommu_ops lab_iommu_ops = {
	.map = map,
	.unmap = unmap,
	.map_sync = map_sync,
	.inval = inval,
	.sync = sync_inval,
};

/* One granule that nobody uses, for entries that only stop a bus that reads ahead. */
static void set_guard(struct lab_port *port, struct lab_machine *m)
{
	struct any_dma_region *mem = &port->coherent.mem;
	uint64_t granule = unit(m)->granule, end = mem->phys.raw + mem->size;
	uint64_t page = (end - granule) & ~(granule - 1);

	if (!unit(m)->guard || mem->size < 2 * granule || page <= mem->phys.raw)
		return;
	port->iommu.guard = unit(m)->guard;
	port->iommu.guard_page.raw = page;
	mem->size = page - mem->phys.raw;
}

static int reserve_holes(struct lab_port *port, const struct any_platform_iommu *io)
{
	int err = 0;

	for (uint32_t i = 0; i < io->n_holes && !err; i++)
		err = any_iova_reserve(&port->iova, io->holes[i].base, io->holes[i].size);
	return err;
}

int lab_port_iommu(struct lab_port *port, struct lab_machine *m)
{
	const struct any_platform_iommu *io = unit(m);
	int err;

	if (!io->present)
		return 0;
	/* Page 0 stays free: an IOVA of 0 is legal, and as such worth giving out last, not first.
	 */
	err = any_iova_init(&port->iova, io->base, io->size, io->granule, port->iova_ranges,
			    LAB_IOVA_RANGES);
	if (!err)
		err = reserve_holes(port, io);
	port->iommu = (struct any_dma_iommu){.stage = &any_dma_iommu_stage,
					     .ops = &lab_iommu_ops,
					     .ctx = m,
					     .iova = &port->iova,
					     .granule = io->granule,
					     .deferred = port->deferred,
					     .deferred_size = io->deferred ? LAB_DEFERRED : 0,
					     .out = io->out,
					     .n_out = io->n_out,
					     .colour = io->colour,
					     .partial = io->partial};
	set_guard(port, m);
	port->plat.iommu = &port->iommu;
	return err;
}
