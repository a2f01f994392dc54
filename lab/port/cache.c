/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cache operations that the port gives to the DMA API. With an outer cache: inner first on the
 * way out, since it writes back into the outer one; outer first on the way in, since the inner one
 * fills from it (M10).
 */
#include "port.h"

void lab_port_inner(struct lab_machine *m, enum lab_cache_kind kind, unsigned view, uint64_t phys,
		    uint64_t len)
{
	struct lab_port_op op = {.m = m, .kind = kind, .view = view, .phys = phys, .len = len};

	lab_port_cure(&op);
	if (!op.done)
		lab_cache_op(m, op.kind, view, op.phys, op.len, lab_caller_pc());
}

static bool has_outer(const struct lab_machine *m)
{
	return m->plat->machine.cache.outer_line;
}

static void clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct lab_machine *m = ctx;

	lab_port_inner(m, LAB_CLEAN, lab_region_of((uint64_t)(uintptr_t)va), phys.raw, len);
	if (has_outer(m)) {
		lab_cache_sync(m); /* what the inner cache had is in the outer one now */
		lab_port_outer(m, LAB_CLEAN, phys.raw, len);
	}
}

static void inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct lab_machine *m = ctx;

	if (has_outer(m)) {
		lab_port_outer(m, LAB_INVAL, phys.raw, len);
		lab_port_outer_sync(m); /* before the inner cache may fill from it again */
	}
	lab_port_inner(m, LAB_INVAL, lab_region_of((uint64_t)(uintptr_t)va), phys.raw, len);
}

static void clean_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct lab_machine *m = ctx;
	unsigned view = lab_region_of((uint64_t)(uintptr_t)va);

	if (!has_outer(m)) {
		lab_port_inner(m, LAB_CLEAN_INVAL, view, phys.raw, len);
		return;
	}
	clean(ctx, va, phys, len);
	lab_port_outer_sync(m); /* partner: the invalidate that follows */
	inval(ctx, va, phys, len);
}

static void sync(void *ctx)
{
	struct lab_machine *m = ctx;

	lab_cache_sync(m);
	if (has_outer(m))
		lab_port_outer_sync(m);
}

const struct any_dma_cache_ops lab_port_cache_ops = {clean, inval, clean_inval, sync};
