/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A completion of what was never given: right drivers refuse it, and tell whoever uses them. One
 * that read it and neither refused nor said so has believed it, whatever became of that.
 */
#include "program.h"
#include "scenario.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

void any_lab_model_bogus(struct any_lab *lab, uint64_t bus, size_t len)
{
	struct lab_bogus *b = &lab->bogus;
	const struct lab_mapping *map = lab_mapping_by_bus(lab->m, bus, len);

	if (!map || b->len || len > sizeof(b->bytes))
		return; /* one at a time: the first is enough */
	b->phys = map->phys + (bus - map->bus);
	lab_copy(b->bytes, lab_ptr(lab->m, LAB_DRAM, b->phys), len);
	b->len = (uint32_t)len;
	b->wrote_pc = LAB_PC();
	b->wrote_step = lab->m->step;
	lab->m->trusts = true;
}

void any_lab_refused(struct any_lab *lab)
{
	lab->bogus.len = 0;
	lab->m->trusts = false;
}

/* The CPU has loaded some of these bytes; what it saw is in the view. */
void lab_trust_looked(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		      uint64_t pc)
{
	struct lab_bogus *b = &m->lab->bogus;
	uint64_t from = phys > b->phys ? phys : b->phys;
	uint64_t to = phys + len < b->phys + b->len ? phys + len : b->phys + b->len;
	const uint8_t *seen = lab_ptr(m, region, from);

	if (from >= to || b->seen_pc)
		return;
	for (uint64_t i = 0; i < to - from; i++)
		if (seen[i] != b->bytes[from - b->phys + i])
			return;
	b->seen_pc = pc;
	b->seen_step = m->step;
}

/* The driver has died, or is through with its work. */
void lab_judge_trust(struct lab_machine *m)
{
	const struct lab_bogus *b = m->lab ? &m->lab->bogus : NULL;

	if (!b || !b->len || !b->seen_pc)
		return;
	lab_fail(m, ANY_LAB_TRUSTED, b->seen_pc, b->wrote_pc, b->wrote_step, b->phys, b->len,
		 "The driver read a completion here that cannot be, and went on as if it could.");
}
