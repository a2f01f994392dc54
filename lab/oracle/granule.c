/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IOMMU shows whole granules. A device that is not trusted reads what lies beside a buffer in
 * the same one, and writes it (hazard 13): its buffers must own theirs, by bouncing where need be.
 */
#include "oracle.h"
#include "../bus/bus.h"

void lab_judge_granule(struct lab_machine *m, const struct lab_mapping *map)
{
	uint64_t mask = m->plat->machine.iommu.granule - 1;

	if (!m->plat->machine.iommu.present || !m->plat->facts.untrusted || m->bypass ||
	    map->coherent || map->inferred || (map->flags & ANY_DMA_MAP_BOUNCED) ||
	    !((map->phys | (map->phys + map->len)) & mask))
		return;
	lab_fail(m, ANY_LAB_GRANULE, lab_trace_pc(map->trace), 0, 0, map->phys, (uint32_t)map->len,
		 "%llu bytes at 0x%llx are mapped in place for a device that is not trusted; it "
		 "also sees the rest of the %llu-byte granules they lie in.",
		 (unsigned long long)map->len, (unsigned long long)map->phys,
		 (unsigned long long)(mask + 1));
}
