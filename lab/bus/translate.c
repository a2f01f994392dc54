/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An access behind an IOMMU (M4): what never reaches it, what it answers, and what lies between it
 * and memory.
 */
#include "path.h"

static const struct any_platform_iommu *unit(const struct lab_trip *t)
{
	return &t->m->plat->machine.iommu;
}

/* Partial: outside the aperture the bus windows answer (GART, Alpha). */
bool lab_iommu_translates(const struct lab_machine *m, uint64_t bus)
{
	const struct any_platform_iommu *io = &m->plat->machine.iommu;

	return io->present && (!io->partial || bus - io->base < io->size);
}

static void judge_hole(const struct lab_trip *t, uint64_t bus)
{
	for (uint32_t i = 0; i < unit(t)->n_holes; i++)
		if (bus - unit(t)->holes[i].base < unit(t)->holes[i].size)
			LAB_WRONG(t, ANY_LAB_HOLE, t->said,
				  "IOVA 0x%llx is the bridge's own: an interrupt doorbell or "
				  "another device answers, not memory.",
				  (unsigned long long)bus);
}

static uint64_t walk(const struct lab_trip *t, uint64_t bus)
{
	uint64_t address = 0;
	enum lab_iommu_answer answer = lab_iommu_walk(t->m, bus, t->write, &address);

	if (answer == LAB_IOMMU_OK)
		return address;
	LAB_WRONG(t, answer == LAB_IOMMU_STALE ? ANY_LAB_STALE_IOTLB : ANY_LAB_IOMMU_FAULT, bus,
		  answer == LAB_IOMMU_STALE
			  ? "The IOMMU translates 0x%llx by an entry that is no longer, or not "
			    "yet, what the tables say."
		  : answer == LAB_IOMMU_DENIED ? "The IOMMU forbids this access to 0x%llx."
					       : "The IOMMU has no translation for 0x%llx.",
		  (unsigned long long)bus);
}

/* A bus that reads ahead wants entries past the end of what it was asked for. */
static void read_ahead(const struct lab_trip *t, uint64_t bus)
{
	uint64_t granule = unit(t)->granule, end = bus + t->run, address;

	if (t->write || !unit(t)->guard)
		return;
	for (uint64_t at = (end - 1) | (granule - 1); at + 1 < end + unit(t)->guard;
	     at += granule) {
		if (lab_iommu_walk(t->m, at + 1, false, &address) == LAB_IOMMU_OK)
			continue;
		LAB_WRONG(t, ANY_LAB_IOMMU_FAULT, bus,
			  "The bus reads ahead past 0x%llx, and the IOMMU has no translation for "
			  "0x%llx.",
			  (unsigned long long)end, (unsigned long long)(at + 1));
	}
}

static uint64_t behind(struct lab_trip *t, uint64_t address)
{
	const struct any_platform_iommu *io = unit(t);
	uint64_t bare = lab_through_encryption(t, address);

	for (uint32_t i = 0; i < io->n_out; i++)
		if (bare - io->out[i].dma.raw < io->out[i].size)
			return io->out[i].phys.raw + (bare - io->out[i].dma.raw);
	if (!io->n_out)
		return bare;
	LAB_WRONG(t, ANY_LAB_TABLE, t->said,
		  "The IOMMU's tables send 0x%llx to 0x%llx, which is in no window between it and "
		  "memory.",
		  (unsigned long long)t->said, (unsigned long long)address);
}

uint64_t lab_through_iommu(struct lab_trip *t, uint64_t bus)
{
	uint64_t granule = unit(t)->granule, left = granule - (bus & (granule - 1)), phys;

	judge_hole(t, bus);
	t->run = left < t->run ? left : t->run;
	phys = behind(t, walk(t, bus));
	read_ahead(t, bus);
	if (unit(t)->colour && (phys ^ bus) & (unit(t)->colour - 1))
		LAB_WRONG(t, ANY_LAB_COLOUR, t->said,
			  "IOVA 0x%llx and memory at 0x%llx differ below 0x%llx: the snoop looks "
			  "at other lines, and caches keep what is old.",
			  (unsigned long long)bus, (unsigned long long)phys,
			  (unsigned long long)unit(t)->colour);
	return phys;
}
