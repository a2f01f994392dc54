/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging the CPU: touching what it lent away, reading old lines, dropping its own stores. */
#include "oracle.h"
#include "../cache/cache.h"
#include "../bus/bridge.h"
#include "../mem/mem.h"

static bool lent(const struct lab_mapping *map, uint64_t from, uint64_t to)
{
	if (map->lent_all)
		return true;
	for (uint32_t i = 0; i < map->n_lent; i++)
		if (from >= map->lent[i].from && to <= map->lent[i].to)
			return true;
	return false;
}

/* A store beside a buffer the device writes, on one of its lines: what of the buffer is on the
 * lines touched must be the CPU's at the time. */
static void judge_neighbours(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	uint64_t mask = lab_cache_unit(m) - 1, first = phys & ~mask,
		 end = (phys + len + mask) & ~mask;

	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];
		uint64_t from = first > map->phys ? first - map->phys : 0;
		uint64_t to = end < map->phys + map->len ? end - map->phys : map->len;

		if (!map->live || map->coherent ||
		    (map->flags & ANY_DMA_MAP_BOUNCED && !m->own_lines) ||
		    !lab_caches(m, map->phys) || !(map->dir & ANY_DMA_FROM_DEVICE) ||
		    first >= map->phys + map->len || end <= map->phys || lent(map, from, to))
			continue;
		lab_found(m, ANY_LAB_LINE_SHARED, pc, lab_trace_pc(map->trace), map->step, phys,
			  len,
			  "The driver stores %u bytes into a cache line that also holds bytes of a "
			  "buffer the device is writing.",
			  len);
	}
}

/* The pages of coherent memory are nobody's between two allocations. */
void lab_judge_used_up(struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (uint64_t at = phys & ~63ull; at < phys + len; at += 64)
		*lab_own(m, at) |= LAB_OWN_GONE;
}

static void judge_used_up(struct lab_machine *m, uint64_t phys, uint32_t len, bool store,
			  uint64_t pc)
{
	uint32_t n = m->n_gone < LAB_GONE ? m->n_gone : LAB_GONE;

	for (uint32_t i = 1; i <= n; i++) {
		const struct lab_mapping *map = &m->gone[(m->n_gone - i) % LAB_GONE];

		if (!map->coherent || phys >= map->phys + map->len || map->phys >= phys + len)
			continue;
		lab_found(m, ANY_LAB_AFTER_UNMAP, pc, lab_trace_pc(map->end), map->ended, phys, len,
			  "The driver %s %u bytes of coherent memory that it has given back; "
			  "whoever gets it next shares it.",
			  store ? "stores" : "loads", len);
		return;
	}
}

/* DA-03. Loads of what the device only reads are harmless and common; stores never are. */
void lab_judge_touch(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		     bool store, uint64_t pc)
{
	if (m->cpu->in_api)
		return;
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];
		uint64_t from, to;

		if (!map->live || map->coherent || phys >= map->phys + map->len ||
		    map->phys >= phys + len)
			continue;
		if (!store && !(map->dir & ANY_DMA_FROM_DEVICE))
			continue;
		from = phys > map->phys ? phys - map->phys : 0;
		to = phys + len - map->phys < map->len ? phys + len - map->phys : map->len;
		if (!lent(map, from, to))
			lab_found(m, ANY_LAB_CPU_TOUCH, pc, lab_trace_pc(map->trace), map->step,
				  map->phys + from, (uint32_t)(to - from),
				  "The driver %s %u bytes at offset %llu of a buffer that belongs "
				  "to the device until it is unmapped or synced.",
				  store ? "stores" : "loads", (unsigned)(to - from),
				  (unsigned long long)from);
	}
	if (*lab_own(m, phys) & LAB_OWN_GONE)
		judge_used_up(m, phys, len, store, pc);
	if (store && lab_caches(m, phys) && region < LAB_VIEWS)
		judge_neighbours(m, phys, len, pc);
}

static const struct lab_write *last_write(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	for (uint64_t s = m->write_head; s > m->write_tail; s--) {
		const struct lab_write *w = &m->writes[(s - 1) % LAB_WRITES];

		if (w->phys < phys + len && phys < w->phys + w->len)
			return w;
	}
	return NULL;
}

void lab_stale_load(struct lab_machine *m, uint64_t base, uint64_t phys, uint32_t len, bool held,
		    uint64_t pc)
{
	uint64_t from = phys > base ? phys : base;
	uint64_t to = phys + len < base + m->line ? phys + len : base + m->line;
	const struct lab_write *w = last_write(m, from, (uint32_t)(to - from));

	/* A word that is looked at again and again may be old, until an interrupt said it is not.
	 */
	if (w && w->seq > m->irq_taken && lab_polled(m, phys, len))
		return;
	if (!held && lab_lower_is_stale(m, from, to - from)) {
		lab_found(m, ANY_LAB_STALE_READ, pc, w ? w->pc : 0, w ? w->step : 0, from,
			  (uint32_t)(to - from),
			  "The CPU reads a cache line that was filled from %s, which has it from "
			  "before the device wrote it.",
			  m->plat->machine.cache.outer_line ? "the outer cache"
							    : "the read-ahead buffer");
		return;
	}
	lab_found(m, m->n_views > 1 ? ANY_LAB_WRONG_ALIAS : ANY_LAB_STALE_READ, pc, w ? w->pc : 0,
		  w ? w->step : 0, from, (uint32_t)(to - from),
		  "The CPU reads a cache line that %s before the device wrote it; nothing "
		  "invalidated "
		  "the line after the device's write.",
		  held ? "was filled" : "may have been refilled by speculation");
}

/* An invalidate drops dirty bytes: harmless only inside a buffer that the device is to write. */
void lab_dirty_dropped(struct lab_machine *m, const struct lab_line *line, uint64_t base,
		       uint32_t size, uint64_t pc)
{
	uint64_t inside[2] = {0, 0};
	uint64_t from = lab_phys_of(m->cpu->api_from), to = lab_phys_of(m->cpu->api_to);

	if (m->cpu->in_api && m->cpu->api_dir == ANY_DMA_FROM_DEVICE && from < base + size &&
	    to > base)
		lab_mask_of(size, base, from, to - from, inside);
	if (m->inval_to > m->inval_from && m->inval_from < base + size && m->inval_to > base) {
		lab_mask_of(size, base, m->inval_from, m->inval_to - m->inval_from, inside);
		lab_infer_dropped(m, line, base, inside, pc);
	}
	for (unsigned bit = 0; bit < size; bit++) {
		uint64_t mask = 1ull << (bit & 63);

		if (!(line->dirty[bit / 64] & mask & ~inside[bit / 64]))
			continue;
		lab_found(m, ANY_LAB_LOST_WRITE, pc, line->cpu_pc, line->cpu_step, base + bit, 1,
			  "A cache line is invalidated while it holds bytes the CPU stored and "
			  "nobody wrote back; they are lost.");
	}
}

/*
 * A load of ring memory while an announcing store of ours is not out yet: if the driver decides by
 * it not to kick, and the device has just looked and missed the store, nobody will look again
 * (VG-SR-18). The last such store is kept with the first load that passed it, which is the one that
 * decides; a hang then has its cause.
 */
void lab_judge_passed(struct lab_machine *m, uint64_t phys, uint64_t pc)
{
	const struct lab_store *last = NULL;
	const struct lab_pending *p = m->cpu->pending;

	for (uint32_t i = m->cpu->n_pending; i-- > 0 && !last;)
		if (phys - p[i].phys >= p[i].len && lab_announces(m, p[i].phys))
			last = &m->cpu->stores[p[i].seq % LAB_STORES];
	if (!last || (m->cpu->passed_pc && m->cpu->passed_store.seq == last->seq))
		return;
	m->cpu->passed_store = *last;
	m->cpu->passed_pc = pc;
}

/* What may still be on its way: the last store to a ring, while it is remembered, or the last
 * clean. */
static struct lab_store on_its_way(const struct lab_machine *m)
{
	const struct lab_cpu *c = m->cpu;
	const struct lab_store *st = &c->stores[c->last_ring_store % LAB_STORES];

	if (!c->last_ring_store)
		return m->cleaned;
	if (st->seq == c->last_ring_store)
		return *st;
	return (struct lab_store){.pc = c->last_ring_pc, .step = c->last_ring_step};
}

/* A doorbell says "look": everything it points at must be where the device looks. */
void lab_judge_doorbell(struct lab_machine *m, uint64_t pc)
{
	const struct lab_store last = on_its_way(m);
	bool waiting = m->clean_waits ||
		       (m->cpu->last_ring_store && m->cpu->last_ring_store >= m->cpu->out_drained);

	m->doorbell_step = m->step;
	m->doorbell_pc = pc;
	m->cpu->bell_pc = pc;
	m->cpu->bell_head = m->cpu->store_head;
	m->cpu->bell_fence = m->cpu->mmio_fenced;
	if (m->cpu->last_ring_store && m->cpu->last_ring_store >= m->cpu->mmio_fenced)
		lab_found(m, ANY_LAB_DOORBELL, pc, last.pc, last.step, last.phys, last.len,
			  "The doorbell is rung after a ring store that no barrier ordered before "
			  "MMIO: the device may look first.");
	if (lab_ritual_needed(m->plat->machine.drain_to_device) && waiting)
		lab_found(
			m, ANY_LAB_DRAIN_OUT, pc, last.pc, last.step, last.phys, last.len,
			"The doorbell is rung while ring stores may still wait in a buffer of this "
			"machine that barriers do not empty.");
}
