/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the device puts on its bus to the memory that answers. Hardware truth, from the tree.
 */
#include "path.h"
#include "../cache/cache.h"
#include "../oracle/oracle.h"
#include "../scenario/program.h"
#include "../scenario/scenario.h"

/* Beside it: the unmap that was too early, or the doorbell that sent the device. */
static _Noreturn void not_covered(const struct lab_trip *t)
{
	struct lab_machine *m = t->m;
	const struct lab_mapping *gone = lab_mapping_gone(m, t->said, t->len);

	lab_fail(m, gone ? ANY_LAB_AFTER_UNMAP : ANY_LAB_OUTSIDE, t->pc,
		 gone ? lab_trace_pc(gone->end) : m->doorbell_pc,
		 gone ? gone->ended : m->doorbell_step, t->said, (uint32_t)t->len,
		 "The device %s %llu bytes at bus address 0x%llx, which %s.",
		 t->write ? "writes" : "reads", (unsigned long long)t->len,
		 (unsigned long long)t->said, gone ? "was unmapped before" : "no mapping covers");
}

static struct lab_mapping *authority(const struct lab_trip *t)
{
	struct lab_mapping *map = lab_mapping_by_bus(t->m, t->said, t->len);

	if (!map && t->m->raw)
		return lab_infer_anywhere(t->m, t->said, t->len);
	if (!map) {
		lab_judge_foreign(t->m, t->said, t->len, t->pc);
		not_covered(t);
	}
	if (!t->look && !map->coherent &&
	    !(map->dir & (t->write ? ANY_DMA_FROM_DEVICE : ANY_DMA_TO_DEVICE)))
		lab_fail(t->m, ANY_LAB_DIRECTION, t->pc, lab_trace_pc(map->trace), map->step,
			 map->phys, (uint32_t)t->len, "The device %s a buffer that was mapped %s.",
			 t->write ? "writes" : "reads",
			 map->dir == ANY_DMA_TO_DEVICE ? "TO_DEVICE" : "FROM_DEVICE");
	return map;
}

_Noreturn void lab_nowhere(const struct lab_trip *t, uint64_t bus)
{
	const struct lab_mapping *map = t->map;
	bool cpu_address = map == &t->m->anywhere ? lab_is_ram(t->m, bus, 1)
						  : map->phys && t->said - map->bus < map->len &&
							    map->phys + (t->said - map->bus) == bus;

	if (cpu_address)
		LAB_WRONG(t, ANY_LAB_WRONG_WINDOW, bus,
			  "The device uses 0x%llx, the CPU's physical address of the buffer; on "
			  "this bus that address is in no window.",
			  (unsigned long long)bus);
	LAB_WRONG(t, ANY_LAB_UNREACHABLE, bus,
		  "Bus address 0x%llx is in no window of this bus: master abort.",
		  (unsigned long long)bus);
}

uint64_t lab_through_windows(struct lab_trip *t, const struct any_dma_segment *s, uint32_t n,
			     bool miss_identity, uint64_t bus)
{
	if (!n)
		return bus;
	for (uint32_t i = 0; i < n; i++) {
		if (bus < s[i].dma.raw || bus - s[i].dma.raw >= s[i].size)
			continue;
		if (s[i].size - (bus - s[i].dma.raw) < t->run)
			t->run = s[i].size - (bus - s[i].dma.raw);
		return s[i].phys.raw + (bus - s[i].dma.raw);
	}
	if (!miss_identity)
		lab_nowhere(t, bus);
	return bus;
}

/* A bus without an IOMMU, or what goes around it. */
static uint64_t direct(struct lab_trip *t, uint64_t bus)
{
	const struct any_dma_facts *f = &t->m->plat->facts;
	uint64_t bare = lab_through_encryption(t, bus), left = 4096 - (bare & 4095);

	if (!t->m->plat->machine.permutation)
		return lab_through_windows(t, f->segments, f->n_segments, f->miss_identity, bare);
	t->run = left < t->run ? left : t->run;
	return lab_unpermute(t->m, bare);
}

/* A raw driver computed this address: it must be of memory that is the program's. */
static void judge_anywhere(const struct lab_trip *t, uint64_t bus, uint64_t phys)
{
	if (lab_is_programs(t->m->lab, phys, t->run))
		return;
	if (lab_is_ram(t->m, bus, 1) && lab_is_programs(t->m->lab, bus, 1))
		LAB_WRONG(
			t, ANY_LAB_WRONG_WINDOW, bus,
			"The device uses 0x%llx, the CPU's physical address of memory; on this bus "
			"that address reaches 0x%llx.",
			(unsigned long long)bus, (unsigned long long)phys);
	LAB_WRONG(t, ANY_LAB_OUTSIDE, bus,
		  "The device uses 0x%llx, which is no memory of the program's.",
		  (unsigned long long)bus);
}

/* The buffer the driver meant, where it can be told from the mapping alone. */
static void judge_memory(const struct lab_trip *t, uint64_t bus, uint64_t phys)
{
	uint64_t meant = t->map->phys + (t->said - t->map->bus);

	if (!lab_is_ram(t->m, phys, t->run))
		lab_nowhere(t, bus);
	if (t->map == &t->m->anywhere)
		judge_anywhere(t, bus, phys);
	if (t->m->raw && t->write && !lab_infer_may_write(t->m, phys, t->run))
		LAB_WRONG(t, ANY_LAB_OUTSIDE, t->said,
			  "The device writes %llu bytes at bus address 0x%llx, which are of no "
			  "buffer "
			  "it was given.",
			  (unsigned long long)t->len, (unsigned long long)t->said);
	if (!t->map->cpu || t->map->inferred ||
	    t->map->flags & (ANY_DMA_MAP_BOUNCED | ANY_DMA_MAP_SG) || phys == meant)
		return;
	if (t->m->plat->machine.iommu.present && lab_iommu_translates(t->m, bus))
		LAB_WRONG(t, ANY_LAB_TABLE, t->said,
			  "The IOMMU's tables send 0x%llx to memory at 0x%llx; the buffer is at "
			  "0x%llx.",
			  (unsigned long long)t->said, (unsigned long long)phys,
			  (unsigned long long)meant);
	LAB_WRONG(t, ANY_LAB_WRONG_WINDOW, t->said,
		  "Bus address 0x%llx reaches memory at 0x%llx; the buffer is at 0x%llx.",
		  (unsigned long long)t->said, (unsigned long long)phys, (unsigned long long)meant);
}

static uint64_t go(struct lab_trip *t, uint64_t *contiguous)
{
	struct lab_machine *m = t->m;
	uint64_t wire, phys;

	if (m->raw)
		t->said = lab_infer_address(m, t->said);
	wire = t->said | m->plat->facts.implied_bits;
	t->map = authority(t);
	lab_judge_reach(t, wire);
	t->map->ordered = (wire & m->plat->machine.order_bits) != 0;
	wire = lab_through_attributes(t, wire);
	phys = lab_iommu_translates(m, wire) ? lab_through_iommu(t, wire) : direct(t, wire);
	phys = lab_cache_bare(m, phys);
	judge_memory(t, wire, phys);
	if (m->program)
		lab_program_met(m, phys, t->run, t->pc);
	*contiguous = t->run;
	return phys;
}

uint64_t lab_bus_resolve(struct lab_machine *m, uint64_t bus, uint64_t len, bool write, uint64_t pc,
			 uint64_t *contiguous)
{
	struct lab_trip t = {.m = m, .said = bus, .len = len, .run = len, .pc = pc, .write = write};

	return go(&t, contiguous);
}

uint64_t lab_bus_look(struct lab_machine *m, uint64_t bus, uint64_t len, uint64_t pc,
		      uint64_t *contiguous)
{
	struct lab_trip t = {.m = m, .said = bus, .len = len, .run = len, .pc = pc, .look = true};

	return go(&t, contiguous);
}
