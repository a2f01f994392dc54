/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What real ports do about caches that cannot do what they are told: one function and one line
 * each. The first ones change the wish, the last ones come just before the instructions.
 */
#include "port.h"

/* arm-v4wt: memory has it already. */
static void nothing_to_clean(struct lab_port_op *op)
{
	if (op->kind == LAB_CLEAN)
		op->done = true;
	else
		op->kind = LAB_INVAL;
}

/* rv-jh7100: the one operation there is, for whatever is wanted. */
static void one_operation(struct lab_port_op *op)
{
	op->kind = LAB_CLEAN_INVAL;
}

/* m68k-040, ColdFire: an invalidate would drop everybody's stores. */
static void spare_the_others(struct lab_port_op *op)
{
	if (op->kind == LAB_INVAL)
		op->kind = LAB_CLEAN_INVAL;
}

/* arm-80200-a0: nothing dirty may be there when it is invalidated. */
static void clean_before_inval(struct lab_port_op *op)
{
	if (op->kind != LAB_INVAL)
		return;
	lab_port_inner(op->m, LAB_CLEAN, op->view, op->phys, op->len);
	lab_cache_sync(op->m); /* partner of the invalidate that follows */
}

/* bmips-7425-pcie: the two lines at each end, where the prefetcher is. */
static void clean_edges(struct lab_port_op *op)
{
	uint64_t line = op->m->line, first = op->phys & ~(line - 1);
	uint64_t last = (op->phys + op->len - 1) & ~(line - 1);

	if (op->kind != LAB_INVAL)
		return;
	for (uint64_t i = 0; i < 2; i++) {
		if (first + i * line <= last)
			lab_port_inner(op->m, LAB_CLEAN, op->view, first + i * line, line);
		if (last >= first + i * line)
			lab_port_inner(op->m, LAB_CLEAN, op->view, last - i * line, line);
	}
	lab_cache_sync(op->m); /* partner of the invalidate that follows */
}

/* arm-11mpcore: a load brings a dirty line here, a store takes it from everybody. */
static void own(struct lab_port_op *op)
{
	lab_cache_own(op->m, op->view, op->phys, op->len, op->kind != LAB_CLEAN, lab_caller_pc());
}

/* mips-r4600v2: empties the refill buffer. */
static void load_uncached(struct lab_port_op *op)
{
	lab_cache_uncached_load(op->m, lab_caller_pc());
}

/* arm-kirkwood: the last byte, not the first one behind it. */
static void name_the_last_byte(struct lab_port_op *op)
{
	op->len--;
}

static const struct {
	uint32_t defect;
	void (*cure)(struct lab_port_op *op);
} cures[] = {
	{ANY_MAINT_INVAL_CLEANS, one_operation},
	{ANY_MAINT_WHOLE, spare_the_others},
	{ANY_MAINT_INVAL_KEEPS_DIRTY, clean_before_inval},
	{ANY_MAINT_EDGES, clean_edges},
	{ANY_MAINT_LOCAL, own},
	{ANY_MAINT_PREFIX, load_uncached},
	{ANY_MAINT_END_INCLUSIVE, name_the_last_byte},
};

void lab_port_cure(struct lab_port_op *op)
{
	const struct any_platform_cache *c = &op->m->plat->machine.cache;

	if (c->write_through)
		nothing_to_clean(op);
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(cures) && !op->done; i++)
		if (c->maintenance & cures[i].defect)
			cures[i].cure(op);
}
