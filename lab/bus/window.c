/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the device puts on its bus to the memory that answers. Hardware truth, from the tree.
 */
#include "bus.h"
#include "../cache/cache.h"
#include "../oracle/oracle.h"

static const struct lab_mapping *authority(struct lab_machine *m, uint64_t bus, uint64_t len,
					   bool write, uint64_t pc)
{
	const struct lab_mapping *map = lab_mapping_by_bus(m, bus, len), *gone;

	if (!map) {
		gone = lab_mapping_gone(m, bus, len);
		lab_fail(m, gone ? ANY_LAB_AFTER_UNMAP : ANY_LAB_OUTSIDE, pc,
			 gone ? lab_trace_pc(gone->trace) : 0, gone ? gone->step : 0, bus,
			 (uint32_t)len, "The device %s %llu bytes at bus address 0x%llx, which %s.",
			 write ? "writes" : "reads", (unsigned long long)len,
			 (unsigned long long)bus,
			 gone ? "was unmapped before" : "no mapping covers");
	}
	if (!map->coherent && !(map->dir & (write ? ANY_DMA_FROM_DEVICE : ANY_DMA_TO_DEVICE)))
		lab_fail(m, ANY_LAB_DIRECTION, pc, lab_trace_pc(map->trace), map->step, map->phys,
			 (uint32_t)len, "The device %s a buffer that was mapped %s.",
			 write ? "writes" : "reads",
			 map->dir == ANY_DMA_TO_DEVICE ? "TO_DEVICE" : "FROM_DEVICE");
	return map;
}

static _Noreturn void nowhere(struct lab_machine *m, const struct lab_mapping *map, uint64_t bus,
			      uint64_t pc)
{
	bool cpu_address =
		map->phys && bus - map->bus < map->len && map->phys + (bus - map->bus) == bus;

	if (cpu_address)
		lab_fail(
			m, ANY_LAB_WRONG_WINDOW, pc, lab_trace_pc(map->trace), map->step, bus, 1,
			"The device uses 0x%llx, the CPU's physical address of the buffer; on this "
			"bus that address is in no window.",
			(unsigned long long)bus);
	lab_fail(m, ANY_LAB_UNREACHABLE, pc, lab_trace_pc(map->trace), map->step, bus, 1,
		 "Bus address 0x%llx is in no window of this bus: master abort.",
		 (unsigned long long)bus);
}

/* M6: what the device and the bus between cannot put on the wires. */
static void judge_reach(struct lab_machine *m, const struct lab_mapping *map, uint64_t bus,
			uint64_t len, uint64_t pc)
{
	const struct any_dma_facts *f = &m->plat->facts;
	unsigned bits = m->plat->machine.master_bits ? m->plat->machine.master_bits : 64;
	uint64_t max = bits < 64 ? (1ull << bits) - 1 : ~0ull, last = bus + len - 1;

	if (f->dma_max && f->dma_max < max)
		max = f->dma_max;
	if (last < bus || last > max || bus < f->dma_min ||
	    ((bus ^ (bus & ~f->dma_forbidden)) | (last ^ (last & ~f->dma_forbidden))))
		lab_fail(m, ANY_LAB_LIMIT, pc, lab_trace_pc(map->trace), map->step, bus,
			 (uint32_t)len,
			 "Bus address 0x%llx is out of reach: this device's path carries 0x%llx to "
			 "0x%llx.",
			 (unsigned long long)bus, (unsigned long long)f->dma_min,
			 (unsigned long long)max);
}

static uint64_t through_windows(struct lab_machine *m, const struct lab_mapping *map, uint64_t bus,
				uint64_t len, uint64_t pc, uint64_t *contiguous)
{
	const struct any_dma_facts *f = &m->plat->facts;

	*contiguous = len;
	if (!f->n_segments)
		return bus;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];

		if (bus < s->dma.raw || bus - s->dma.raw >= s->size)
			continue;
		if (s->size - (bus - s->dma.raw) < len)
			*contiguous = s->size - (bus - s->dma.raw);
		return s->phys.raw + (bus - s->dma.raw);
	}
	if (!f->miss_identity)
		nowhere(m, map, bus, pc);
	return bus;
}

static bool page_is_shared(const struct lab_machine *m, uint64_t phys)
{
	const struct any_dma_platform *port = m->port;

	if (m->bypass) /* nobody asked the hypervisor to share anything */
		return false;
	if (port->bounce && phys - port->bounce->mem.phys.raw < port->bounce->mem.size)
		return true;
	return port->coherent && phys - port->coherent->mem.phys.raw < port->coherent->mem.size;
}

static uint64_t through_encryption(struct lab_machine *m, const struct lab_mapping *map,
				   uint64_t bus, uint64_t pc)
{
	const struct any_dma_facts *f = &m->plat->facts;
	uint64_t bare = bus & ~(f->private_bits | f->shared_bits | f->coherent_bits);
	bool readable = true;

	if (f->shared_only)
		readable = page_is_shared(m, bare);
	else if (f->private_bits)
		readable = (bus & f->private_bits) || page_is_shared(m, bare);
	if (!readable)
		lab_fail(m, ANY_LAB_ENCRYPTED, pc, lab_trace_pc(map->trace), map->step, bare, 64,
			 f->shared_only
				 ? "The device touches 0x%llx, a private page of an encrypted "
				   "guest: "
				   "it sees ciphertext."
				 : "The device touches encrypted memory at 0x%llx without the "
				   "encryption bit in the address: it sees ciphertext.",
			 (unsigned long long)bus);
	return bare;
}

static uint64_t through_iommu(struct lab_machine *m, const struct lab_mapping *map, uint64_t bus,
			      uint64_t len, bool write, uint64_t pc, uint64_t *contiguous)
{
	uint64_t granule = m->plat->machine.iommu.granule, phys = 0;
	enum lab_iommu_answer answer = lab_iommu_walk(m, bus, write, &phys);
	uint64_t left = granule - (bus & (granule - 1));

	*contiguous = left < len ? left : len;
	if (answer == LAB_IOMMU_OK) /* the bits of a page are in the tables */
		return phys & ~(m->plat->facts.private_bits | m->plat->facts.shared_bits);
	lab_fail(m, answer == LAB_IOMMU_STALE ? ANY_LAB_STALE_IOTLB : ANY_LAB_IOMMU_FAULT, pc,
		 lab_trace_pc(map->trace), map->step, bus, (uint32_t)len,
		 answer == LAB_IOMMU_STALE
			 ? "The IOMMU translates 0x%llx by an entry that is no longer, or not yet, "
			   "what the tables say."
		 : answer == LAB_IOMMU_DENIED ? "The IOMMU forbids this access to 0x%llx."
					      : "The IOMMU has no translation for 0x%llx.",
		 (unsigned long long)bus);
}

uint64_t lab_bus_resolve(struct lab_machine *m, uint64_t bus, uint64_t len, bool write, uint64_t pc,
			 uint64_t *contiguous)
{
	const struct lab_mapping *map = authority(m, bus, len, write, pc);
	uint64_t phys, offset = bus - map->bus;

	judge_reach(m, map, bus & ~m->plat->facts.private_bits, len, pc);
	if (m->plat->machine.iommu.present) {
		phys = through_iommu(m, map, bus, len, write, pc, contiguous);
	} else {
		phys = through_encryption(m, map, bus, pc);
		phys = through_windows(m, map, phys, len, pc, contiguous);
	}
	phys = lab_cache_bare(m, phys);
	if (!lab_is_ram(m, phys, *contiguous))
		nowhere(m, map, bus, pc);
	if (map->cpu && !(map->flags & (ANY_DMA_MAP_BOUNCED | ANY_DMA_MAP_SG)) &&
	    phys != map->phys + offset)
		lab_fail(m, ANY_LAB_WRONG_WINDOW, pc, lab_trace_pc(map->trace), map->step, bus,
			 (uint32_t)len,
			 "Bus address 0x%llx reaches memory at 0x%llx; the buffer is at 0x%llx.",
			 (unsigned long long)bus, (unsigned long long)phys,
			 (unsigned long long)(map->phys + offset));
	return phys;
}
