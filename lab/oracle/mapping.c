/* SPDX-License-Identifier: BSD-2-Clause */
/* What is mapped, learnt by watching the driver's DMA device; and who then owns which byte. */
#include "oracle.h"
#include "../bus/device.h"
#include "../cache/cache.h"
#include "../scenario/program.h"

static bool in_machine(const struct lab_machine *m, const void *p)
{
	uint64_t at = lab_home(m, (uint64_t)(uintptr_t)p) - LAB_BASE;

	return at < LAB_SPAN && at >> LAB_MACHINE_SHIFT == m->id;
}

static void mark(struct lab_machine *m, const struct lab_mapping *map, bool on)
{
	uint64_t n = ((map->phys + map->len - 1) >> 6) - (map->phys >> 6);
	uint8_t flag = !map->coherent ? map->dir : map->ring ? LAB_OWN_RING : 0, *own;

	if (!lab_is_ram(m, map->phys, map->len))
		return;
	own = lab_own(m, map->phys);
	for (uint64_t i = 0; i <= n; i++)
		own[i] = on ? (uint8_t)((own[i] | flag) & ~LAB_OWN_GONE)
			    : (uint8_t)(own[i] &
					(LAB_OWN_RING | LAB_OWN_TOLD | LAB_OWN_UNCACHED |
					 LAB_OWN_GONE) &
					~flag);
}

/* Unmarking is by whole granules: neighbours that share the first or last one are marked again. */
static void remark_edges(struct lab_machine *m, const struct lab_mapping *gone)
{
	uint64_t from = gone->phys & ~63ull, to = (gone->phys + gone->len + 63) & ~63ull;

	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];

		if (map->phys < to && from < map->phys + map->len)
			mark(m, map, true);
	}
}

static struct lab_mapping *find(struct lab_machine *m, uint64_t bus, uint64_t len, bool coherent)
{
	for (uint32_t i = m->n_mappings; i-- > 0;) {
		struct lab_mapping *map = &m->mappings[i];

		if (map->bus == bus && map->len == len && map->coherent == coherent)
			return map;
	}
	return NULL;
}

/* What a shim lends out of memory set aside has an owner of its own, and comes before it. */
struct lab_mapping *lab_mapping_by_bus(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	struct lab_mapping *map = &m->mappings[m->last_hit], *found = NULL;

	if (m->last_hit < m->n_mappings && bus - map->bus < map->len &&
	    len <= map->len - (bus - map->bus) && (map->lend || !m->n_lent))
		return map;
	for (uint32_t i = 0; i < m->n_mappings && !(found && (found->lend || !m->n_lent)); i++) {
		map = &m->mappings[i];
		if (bus - map->bus >= map->len || len > map->len - (bus - map->bus) ||
		    (found && !map->lend))
			continue;
		m->last_hit = i;
		found = map;
	}
	return found;
}

const struct lab_mapping *lab_mapping_gone(const struct lab_machine *m, uint64_t bus, uint64_t len)
{
	uint32_t n = m->n_gone < LAB_GONE ? m->n_gone : LAB_GONE;

	for (uint32_t i = 1; i <= n; i++) {
		const struct lab_mapping *map = &m->gone[(m->n_gone - i) % LAB_GONE];

		if (bus < map->bus + map->len && map->bus < bus + len)
			return map;
	}
	return NULL;
}

static void judge_edges(struct lab_machine *m, const struct lab_mapping *map)
{
	uint64_t bits = (map->phys | (map->phys + map->len)) & (lab_cache_unit(m) - 1);

	if (!lab_caches(m, map->phys) || m->bypass || map->inferred ||
	    (map->flags & ANY_DMA_MAP_BOUNCED) || !(map->dir & ANY_DMA_FROM_DEVICE) ||
	    lab_region_of(map->cpu) >= LAB_VIEWS || !bits)
		return;
	lab_found(m, ANY_LAB_LINE_SHARED, lab_trace_pc(map->trace), 0, 0, map->phys,
		  (uint32_t)map->len,
		  "A buffer the device writes (%llu bytes at 0x%llx) is mapped in place though it "
		  "does not own its %u-byte cache lines.",
		  (unsigned long long)map->len, (unsigned long long)map->phys, lab_cache_unit(m));
}

/* A bounce slot or an IOVA belongs to one mapping at a time. */
static void judge_apart(struct lab_machine *m, const struct lab_mapping *map)
{
	for (uint32_t i = 0; i < m->n_mappings && !map->inferred; i++) {
		const struct lab_mapping *old = &m->mappings[i];

		if (!(map->flags & (ANY_DMA_MAP_BOUNCED | ANY_DMA_MAP_IOMMU)) ||
		    map->flags & ANY_DMA_MAP_SG || map->bus >= old->bus + old->len ||
		    old->bus >= map->bus + map->len)
			continue;
		lab_fail(m, ANY_LAB_MISUSE, lab_trace_pc(map->trace), lab_trace_pc(old->trace),
			 old->step, map->phys, 1,
			 "Two live mappings were given the same bus address 0x%llx.",
			 (unsigned long long)map->bus);
	}
}

void lab_mapping_insert(struct lab_machine *m, const struct lab_mapping *map)
{
	if (m->n_mappings == LAB_MAPPINGS)
		lab_fail(m, ANY_LAB_LEAK, map->trace[0], 0, 0, map->phys, 1,
			 "%u mappings and allocations are live at once: something is never "
			 "unmapped.",
			 LAB_MAPPINGS);
	judge_apart(m, map);
	if (!map->coherent && lab_program_is_news(m, map->phys, map->len))
		lab_program_told(m, map->phys, map->len, lab_trace_pc(map->trace));
	m->mappings[m->n_mappings++] = *map;
	m->n_lent += map->lend;
	mark(m, map, true);
	judge_edges(m, map);
	lab_judge_granule(m, map);
}

void lab_mapping_remove(struct lab_machine *m, struct lab_mapping *map)
{
	struct lab_mapping *gone = &m->gone[m->n_gone++ % LAB_GONE];

	*gone = *map;
	if (!gone->inferred)
		lab_trace(gone->end);
	gone->ended = m->step;
	*map = m->mappings[--m->n_mappings];
	m->last_hit = 0;
	m->n_lent -= gone->lend;
	mark(m, gone, false);
	remark_edges(m, gone);
}

static void on_map(struct lab_machine *m, const struct any_dma_event *ev)
{
	struct lab_mapping map = {.live = true, .step = m->step};

	if (ev->err || !ev->map)
		return;
	map.bus = ev->map->addr.raw;
	map.len = ev->map->len;
	map.dir = ev->map->dir;
	map.flags = ev->map->flags;
	if (in_machine(m, ev->map->cpu)) {
		map.cpu = lab_home(m, (uint64_t)(uintptr_t)ev->map->cpu);
		map.phys = lab_phys_of(map.cpu);
	}
	lab_trace(map.trace);
	m->count.maps++;
	lab_log_event(m, LAB_EV_MAP, lab_region_of(map.cpu), map.phys, (uint32_t)map.len,
		      map.trace[0]);
	lab_mapping_insert(m, &map);
}

static struct lab_mapping *live_or_fail(struct lab_machine *m, const struct any_dma_mapping *key,
					const char *verb)
{
	struct lab_mapping *map = NULL;

	if (key && key->flags & ANY_DMA_MAP_LIVE)
		map = find(m, key->addr.raw, key->len, false);
	if (map)
		return map;
	lab_not_mapped(m, key ? key->addr.raw : 0,
		       "%s of a mapping that is not live (bus 0x%llx, %u bytes).", verb,
		       key ? (unsigned long long)key->addr.raw : 0ull, key ? key->len : 0u);
}

static void lend(struct lab_mapping *map, size_t from, size_t len)
{
	if (!from && len >= map->len)
		map->lent_all = true;
	if (map->n_lent < ANY_ARRAY_SIZE(map->lent)) {
		map->lent[map->n_lent].from = (uint32_t)from;
		map->lent[map->n_lent++].to = (uint32_t)(from + len);
	}
}

static void take_back(struct lab_mapping *map, size_t from, size_t len)
{
	if (map->lent_all) {
		map->lent_all = false;
		map->n_lent = 2;
		map->lent[0].from = 0;
		map->lent[0].to = (uint32_t)from;
		map->lent[1].from = (uint32_t)(from + len);
		map->lent[1].to = (uint32_t)map->len;
		return;
	}
	for (uint32_t i = 0; i < map->n_lent; i++) {
		if (map->lent[i].from < from + len && from < map->lent[i].to)
			map->lent[i--] = map->lent[--map->n_lent];
	}
}

static void on_sync(struct lab_machine *m, const struct any_dma_event *ev)
{
	struct lab_mapping *map = live_or_fail(m, ev->map, "sync");

	lab_log_event(m, LAB_EV_SYNC, ev->op == ANY_DMA_OP_SYNC_FOR_CPU ? LAB_VIEW0 : LAB_DRAM,
		      map->phys + ev->offset, (uint32_t)ev->len, 0);
	if (ev->op == ANY_DMA_OP_SYNC_FOR_CPU)
		lend(map, ev->offset, ev->len);
	else
		take_back(map, ev->offset, ev->len);
}

static void on_coherent(struct lab_machine *m, const struct any_dma_event *ev)
{
	struct lab_mapping map = {
		.live = true, .coherent = true, .ring = true, .dir = ANY_DMA_BOTH};
	struct lab_mapping *old;

	if (!ev->mem || !in_machine(m, ev->mem->cpu))
		return;
	map.cpu = (uint64_t)(uintptr_t)ev->mem->cpu;
	map.phys = lab_phys_of(map.cpu);
	map.bus = ev->mem->addr.raw;
	map.len = ev->mem->size;
	map.step = m->step;
	lab_trace(map.trace);
	if (ev->op == ANY_DMA_OP_ALLOC_COHERENT) {
		lab_log_event(m, LAB_EV_ALLOC, lab_region_of(map.cpu), map.phys, (uint32_t)map.len,
			      0);
		lab_mapping_insert(m, &map);
	} else {
		lab_log_event(m, LAB_EV_FREE, lab_region_of(map.cpu), map.phys, (uint32_t)map.len,
			      0);
		old = find(m, map.bus, map.len, true);
		if (!old)
			lab_not_mapped(m, map.bus,
				       "Coherent memory is freed that is not allocated.");
		if (lab_device_unsettled(m))
			lab_fail(m, ANY_LAB_AFTER_UNMAP, lab_trace_pc(map.trace),
				 lab_trace_pc(old->trace), old->step, old->phys, 1,
				 "Coherent memory is given back while a register write is still on "
				 "its way to the device, which goes on working in it: nothing was "
				 "read back.");
		lab_mapping_remove(m, old);
		lab_judge_used_up(m, map.phys, map.len);
	}
}

/* Before the call cleans it: the range it cleans may be spelled shorter (arm-kirkwood). */
static void tell(struct lab_machine *m, const void *cpu, size_t len)
{
	uint64_t trace[LAB_TRACE], host = lab_home(m, (uint64_t)(uintptr_t)cpu);

	if (!in_machine(m, cpu))
		return;
	if (!lab_program_is_news(m, lab_phys_of(host), len))
		return;
	lab_trace(trace);
	lab_program_told(m, lab_phys_of(host), len, trace[0] ? lab_trace_pc(trace) : 0);
}

static void tell_of(struct lab_machine *m, const struct any_dma_event *ev)
{
	if (ev->op == ANY_DMA_OP_MAP)
		tell(m, ev->cpu, ev->len);
	for (unsigned i = 0; ev->op == ANY_DMA_OP_MAP_SG && i < ev->n; i++)
		tell(m, ev->sg[i].buf, ev->sg[i].len);
}

static void begin(struct lab_machine *m, const struct any_dma_event *ev)
{
	const void *cpu = ev->map ? ev->map->cpu : ev->cpu;

	if (!m->cpu->in_api++) {
		m->cpu->api_from = lab_home(m, (uint64_t)(uintptr_t)cpu);
		m->cpu->api_to = m->cpu->api_from + (ev->map ? ev->map->len : ev->len);
		m->cpu->api_dir = ev->map ? ev->map->dir : (uint8_t)ev->dir;
	}
	if (m->program)
		tell_of(m, ev);
	if (ev->op == ANY_DMA_OP_UNMAP) {
		struct lab_mapping *map = live_or_fail(m, ev->map, "unmap");

		lab_log_event(m, LAB_EV_UNMAP, 0, map->phys, (uint32_t)map->len, 0);
		lab_mapping_remove(m, map);
	} else if (ev->op == ANY_DMA_OP_SYNC_FOR_CPU) {
		on_sync(m, ev);
	} else if (ev->op == ANY_DMA_OP_FREE_COHERENT) {
		on_coherent(m, ev);
	}
}

static int on_event(struct any_dma_watch *watch, const struct any_dma_event *ev)
{
	struct lab_machine *m = ANY_CONTAINER_OF(watch, struct lab_machine, watch);

	if (ev->phase == ANY_DMA_BEGIN) {
		begin(m, ev);
		return 0;
	}
	if (m->cpu->in_api)
		m->cpu->in_api--;
	if (ev->op == ANY_DMA_OP_MAP || ev->op == ANY_DMA_OP_MAP_RESOURCE)
		on_map(m, ev);
	else if (ev->op == ANY_DMA_OP_SYNC_FOR_DEVICE && !ev->err)
		on_sync(m, ev);
	else if (ev->op == ANY_DMA_OP_ALLOC_COHERENT && !ev->err)
		on_coherent(m, ev);
	return 0;
}

/* ---- what is told otherwise than by the DMA API */

void lab_mapping_lend(struct lab_machine *m, uint64_t cpu, uint64_t bus, uint64_t len,
		      enum any_dma_dir dir)
{
	struct lab_mapping map = {.live = true,
				  .step = m->step,
				  .cpu = cpu,
				  .bus = bus,
				  .len = len,
				  .dir = (uint8_t)dir};

	map.cpu = lab_home(m, cpu);
	if (in_machine(m, (const void *)(uintptr_t)cpu))
		map.phys = lab_phys_of(map.cpu);
	map.lend = true;
	lab_trace(map.trace);
	lab_log_event(m, LAB_EV_MAP, lab_region_of(cpu), map.phys, (uint32_t)len, map.trace[0]);
	lab_mapping_insert(m, &map);
}

void lab_mapping_take_back(struct lab_machine *m, uint64_t bus, uint64_t len, enum any_dma_dir dir)
{
	struct lab_mapping *map = find(m, bus, len, false);
	uint64_t trace[LAB_TRACE];

	lab_trace(trace);
	if (!map)
		lab_not_mapped(m, bus, "unmap of %llu bytes at 0x%llx, which are not mapped (so).",
			       (unsigned long long)len, (unsigned long long)bus);
	if (map->dir != dir)
		lab_fail(m, ANY_LAB_MISUSE, lab_trace_pc(trace), lab_trace_pc(map->trace),
			 map->step, map->phys, 1,
			 "unmap in another direction than map (C5 row 7).");
	lab_log_event(m, LAB_EV_UNMAP, 0, map->phys, (uint32_t)len, 0);
	lab_mapping_remove(m, map);
}

static void change(struct lab_machine *m, uint64_t bus, uint64_t len, bool aside)
{
	struct lab_mapping *map = find(m, bus, len, !aside);

	if (!map)
		map = find(m, bus, len, aside);
	if (!map)
		return;
	mark(m, map, false);
	lab_judge_unshared(m, map->phys, map->len);
	map->ring = false;
	if (map->in_place || !map->coherent) {
		map->in_place = true;
		map->coherent = aside;
	}
	mark(m, map, true);
}

void lab_judge_set_aside(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	change(m, bus, len, true);
}

void lab_judge_given_back(struct lab_machine *m, uint64_t bus, uint64_t len)
{
	change(m, bus, len, false);
}

void lab_oracle_watch(struct lab_machine *m, struct any_dma_dev *dev)
{
	m->watch.event = on_event;
	m->watch.no_drains = true;
	any_dma_watch_add(dev, &m->watch);
}

void lab_judge_end(struct lab_machine *m)
{
	const struct lab_mapping *map = NULL;
	uint32_t n = 0;

	/* What a device was found to have taken it may keep: nobody promised to end it. */
	for (uint32_t i = m->n_mappings; i-- > 0;)
		if (!m->mappings[i].inferred) {
			map = &m->mappings[i];
			n++;
		}
	if (map)
		lab_fail(m, ANY_LAB_LEAK, lab_trace_pc(map->trace), 0, 0, map->phys, 1,
			 "%u %s never given back; the first is %llu bytes at 0x%llx.", n,
			 n == 1 ? "mapping or allocation was" : "mappings or allocations were",
			 (unsigned long long)map->len, (unsigned long long)map->phys);
}
