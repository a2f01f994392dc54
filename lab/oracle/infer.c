/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ownership without maps: a raw driver says "clean this range", and who owns a byte follows from
 * the descriptors that the device reads. Only what is certain is judged: what docs/raw.md says.
 */
#include "oracle.h"
#include "../bus/bus.h"
#include "../cache/cache.h"
#include "../scenario/program.h"

/* ---- buffers the device has taken */

void lab_infer_taken(struct lab_machine *m, uint64_t bus, uint64_t len, enum any_dma_dir dir)
{
	struct lab_mapping map = {.bus = bus,
				  .len = len,
				  .dir = (uint8_t)dir,
				  .live = true,
				  .inferred = true,
				  .step = m->doorbell_step};
	uint64_t run;

	map.phys = lab_bus_look(m, bus, len, m->doorbell_pc, &run);
	map.len = run < len ? run : len;
	map.cpu = lab_host(m, LAB_VIEW0, map.phys);
	map.trace[0] = m->doorbell_pc;
	m->infers = true;
	lab_log_aside(m, LAB_EV_TAKE, map.phys, map.len, 0);
	lab_mapping_insert(m, &map);
}

void lab_infer_returned(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		struct lab_mapping *map = &m->mappings[i];

		if (!map->inferred || map->bus >= bus + len || bus >= map->bus + map->len)
			continue;
		lab_log_aside(m, LAB_EV_RETURN, map->phys, map->len, 0);
		lab_mapping_remove(m, map);
		i--;
	}
}

/*
 * On the systems of raw drivers the CPU's pointer is the physical address, and often 32 bits of it
 * are kept: what was a pointer of the program's is put back to the address that it stands for.
 */
uint64_t lab_infer_address(const struct lab_machine *m, uint64_t bus)
{
	uint64_t low = (uint32_t)(bus - lab_statics.from);

	if (!m->program)
		return bus;
	if (bus >> 32 ? bus - lab_statics.from < lab_statics.size : low < lab_statics.size)
		return m->program->statics + low;
	return bus - LAB_BASE < LAB_SPAN && lab_region_of(bus) < LAB_VIEWS ? lab_phys_of(bus) : bus;
}

/* A bus address that no mapping covers: memory of the program's, by what a board's header says. */
struct lab_mapping *lab_infer_anywhere(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	m->anywhere = (struct lab_mapping){
		.bus = bus, .len = len, .dir = ANY_DMA_BOTH, .live = true, .coherent = true};
	return &m->anywhere;
}

static bool taken_or_shared(const struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (uint64_t at = phys & ~63ull; at < phys + len; at += 64)
		if (!(*lab_own(m, at) & (LAB_OWN_WRITE | LAB_OWN_RING)))
			return false;
	return true;
}

/* A device that has said what it takes writes nowhere else. */
bool lab_infer_may_write(const struct lab_machine *m, uint64_t phys, uint64_t len)
{
	if (!m->infers)
		return true;
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];

		if (map->inferred && phys - map->phys < map->len &&
		    len <= map->len - (phys - map->phys))
			return map->dir & ANY_DMA_FROM_DEVICE;
	}
	return taken_or_shared(m, phys, len) && (*lab_own(m, phys) & LAB_OWN_RING);
}

/* ---- stores that an invalidate dropped on purpose */

/*
 * Before a receive a buffer may be dirty from earlier use, and its invalidation drops that: the
 * device is about to write it. It was no store to lose only if nobody asks for it again.
 */
void lab_infer_inval(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	m->inval_from = phys;
	m->inval_to = phys + len;
}

void lab_infer_dropped(struct lab_machine *m, const struct lab_line *line, uint64_t base,
		       const uint64_t mask[2], uint64_t pc)
{
	struct lab_lost *lost = &m->lost[m->n_lost % LAB_LOST];

	if (!((line->dirty[0] & mask[0]) | (line->dirty[1] & mask[1])))
		return;
	*lost = (struct lab_lost){
		.base = base,
		.bytes = {line->dirty[0] & mask[0], line->dirty[1] & mask[1]},
		.pc = pc,
		.store_pc = line->cpu_pc,
		.step = m->step,
	};
	m->n_lost++;
}

/* Somebody stores new bytes there, or (reads) asks for the old ones. */
void lab_infer_lost(struct lab_machine *m, uint64_t phys, uint32_t len, bool store, uint64_t pc)
{
	uint32_t n = m->n_lost < LAB_LOST ? m->n_lost : LAB_LOST;

	for (uint32_t i = 0; i < n; i++) {
		struct lab_lost *lost = &m->lost[i];
		uint64_t mask[2];

		if (!(lost->bytes[0] | lost->bytes[1]) || phys >= lost->base + m->line ||
		    lost->base >= phys + len)
			continue;
		lab_mask(m, lost->base, phys, len, mask);
		if (store) {
			lost->bytes[0] &= ~mask[0];
			lost->bytes[1] &= ~mask[1];
		} else if (lab_hits(lost->bytes, mask)) {
			lab_found(
				m, ANY_LAB_LOST_WRITE, lost->pc, pc, m->step,
				phys > lost->base ? phys : lost->base, 1,
				"This invalidate dropped bytes that the CPU had stored and nobody "
				"wrote back; the %s then asks for them.",
				m->master == LAB_DEVICE ? "device" : "CPU");
		}
	}
}

/* ---- memory that is freed, set aside, shared */

void lab_judge_freed(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];
		uint64_t trace[LAB_TRACE];

		if (!map->live || (map->coherent && !map->ring) || phys >= map->phys + map->len ||
		    map->phys >= phys + len)
			continue;
		lab_trace(trace);
		lab_found(
			m, ANY_LAB_FREED, lab_trace_pc(trace), lab_trace_pc(map->trace), map->step,
			map->phys, (uint32_t)map->len,
			"Memory is freed while %llu bytes of it belong to the device; whoever gets "
			"it next shares it with the device.",
			(unsigned long long)map->len);
	}
}

void lab_judge_shared(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (uint64_t at = phys & ~63ull; at < phys + len; at += 64)
		*lab_own(m, at) |= LAB_OWN_RING;
}

void lab_judge_unshared(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (uint64_t at = phys & ~63ull; at < phys + len; at += 64)
		*lab_own(m, at) &= (uint8_t)~LAB_OWN_RING;
}

/* A bus address of nothing: is it one of the CPU's addresses of something that is mapped? */
void lab_judge_foreign(struct lab_machine *m, uint64_t bus, uint64_t len, uint64_t pc)
{
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];
		bool virt = map->cpu && bus - map->cpu < map->len;

		if (bus - map->bus < map->len)
			return; /* it begins well: the length is wrong, not the address */
		if (!virt && (!map->phys || bus - map->phys >= map->len))
			continue;
		lab_fail(m, ANY_LAB_WRONG_WINDOW, pc, lab_trace_pc(map->trace), map->step, bus,
			 (uint32_t)len,
			 "The device was given 0x%llx, the CPU's %s address of a buffer; its "
			 "address "
			 "on this bus is 0x%llx.",
			 (unsigned long long)bus, virt ? "virtual" : "physical",
			 (unsigned long long)(map->bus + (bus - (virt ? map->cpu : map->phys))));
	}
	if (bus - LAB_BASE < LAB_SPAN)
		lab_fail(m, ANY_LAB_WRONG_WINDOW, pc, 0, 0, bus, (uint32_t)len,
			 "The device was given 0x%llx, a virtual address of the CPU's.",
			 (unsigned long long)bus);
}
