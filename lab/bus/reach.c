/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the device and the bus between cannot put on the wires (M6): address bits it does not drive,
 * limits on both sides, bits in the middle that are not there, transfers it cannot make.
 */
#include "path.h"

static void judge_address(const struct lab_trip *t, uint64_t bus)
{
	const struct any_dma_facts *f = &t->m->plat->facts;
	unsigned bits = t->m->plat->machine.master_bits;
	uint64_t max = bits && bits < 64 ? (1ull << bits) - 1 : ~0ull, last = bus + t->len - 1;
	uint64_t driven = t->said | (t->said + t->len - 1);

	if (driven > max)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "Bus address 0x%llx is out of reach: the device drives %u address bits "
			  "and says 0x%llx.",
			  (unsigned long long)t->said, bits, (unsigned long long)(t->said & max));
	if (last < bus || (f->dma_max && last > f->dma_max) || bus < f->dma_min)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "Bus address 0x%llx is out of reach: this device's path carries 0x%llx "
			  "to 0x%llx.",
			  (unsigned long long)bus, (unsigned long long)f->dma_min,
			  (unsigned long long)(f->dma_max ? f->dma_max : ~0ull));
	if ((bus | last) & f->dma_forbidden)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "Bus address 0x%llx is out of reach: this path has no wire for the bits "
			  "0x%llx of it.",
			  (unsigned long long)bus, (unsigned long long)f->dma_forbidden);
}

/* One streaming mapping is one transfer: the device counts inside its boundary and no further. */
static void judge_transfer(const struct lab_trip *t)
{
	const struct any_platform_machine *d = &t->m->plat->machine;
	uint64_t last = t->map->bus + t->map->len - 1;

	if (t->map->coherent)
		return;
	if (d->boundary && (t->map->bus ^ last) & ~d->boundary)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "A transfer of %llu bytes at 0x%llx crosses the device's boundary: its "
			  "counter wraps inside the low bits 0x%llx.",
			  (unsigned long long)t->map->len, (unsigned long long)t->map->bus,
			  (unsigned long long)d->boundary);
	if (d->max_segment && t->map->len > d->max_segment)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "A transfer of %llu bytes is longer than the device's %u.",
			  (unsigned long long)t->map->len, d->max_segment);
	if (t->map->bus & d->min_align)
		LAB_WRONG(t, ANY_LAB_LIMIT, t->said,
			  "A transfer begins at 0x%llx; the device has no wires for the low bits "
			  "0x%x.",
			  (unsigned long long)t->map->bus, d->min_align);
}

void lab_judge_reach(const struct lab_trip *t, uint64_t bus)
{
	judge_address(t, bus);
	judge_transfer(t);
}
