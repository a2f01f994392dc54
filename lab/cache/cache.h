/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Caches in front of a bus that does not snoop. Lines fill whole and write back whole, which is
 * what makes line sharing hurt; dirtiness and staleness are known by the byte, which is what lets
 * the oracle name the bytes.
 *
 * line.c is the ordinary cache and maintain.c its ordinary maintenance. What a machine does
 * besides, or instead, is a wart: one file, one line in list.c.
 */
#ifndef ANYDMA_LAB_CACHE_H
#define ANYDMA_LAB_CACHE_H

#include "../core/machine.h"

enum lab_cache_kind {
	LAB_CLEAN, /* write back, keep */
	LAB_INVAL, /* drop without writing back */
	LAB_CLEAN_INVAL,
};

/* One maintenance operation over a range, through the view that the address belongs to. */
struct lab_cache_op {
	enum lab_cache_kind kind;
	unsigned view;
	uint64_t phys, len, pc;
};

/* Hooks may be NULL. Those that answer: true means that the ordinary thing does not happen. */
struct lab_cache_wart {
	const char *name;  /* in the list of a platform's warts */
	const char *words; /* the cause in a report */
	bool (*present)(const struct any_platform_cache *c);
	bool (*range)(struct lab_machine *m, struct lab_cache_op *op); /* may change it */
	bool (*line)(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		     uint64_t base);
	bool (*store)(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc);
	bool (*fill)(struct lab_machine *m, unsigned view, uint64_t base);
	bool (*put)(struct lab_machine *m, unsigned view, uint64_t base); /* a line written back */
	void (*filled)(struct lab_machine *m, unsigned view, uint64_t base);
	void (*touch)(struct lab_machine *m, unsigned view, uint64_t base, bool store);
	void (*dropped)(struct lab_machine *m, unsigned view, uint64_t base);
	void (*device_load)(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
	void (*device_store)(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
	void (*misfortune)(struct lab_machine *m);
};

extern const struct lab_cache_wart *const lab_cache_warts[];
extern const unsigned lab_cache_wart_count;

/* list.c. create: false with one line in `why` (ANY_LAB_TEXT) if this cache is not modelled. */
bool lab_cache_create(struct lab_machine *m, char *why);
void lab_cache_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_cache_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_cache_misfortune(struct lab_machine *m);
bool lab_cache_may_misfortune(const struct lab_machine *m); /* would it change anything? */

/* M16: the memory behind a CPU physical address that may be an uncached alias of it. */
static inline uint64_t lab_cache_bare(const struct lab_machine *m, uint64_t phys)
{
	const struct any_platform_alias *a = &m->plat->machine.cache.uncached;

	return phys - a->alias < a->size ? a->base + (phys - a->alias) : phys;
}

#define LAB_EACH_WART(m, hook, ...)                                                                \
	do {                                                                                       \
		for (unsigned wart_ = 0; wart_ < (m)->cache.n_warts; wart_++)                      \
			if ((m)->cache.warts[wart_]->hook)                                         \
				(m)->cache.warts[wart_]->hook(__VA_ARGS__);                        \
	} while (0)

/* line.c */
void lab_cached_load(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		     uint64_t pc);
void lab_cached_store(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc);
void lab_fill_line(struct lab_machine *m, unsigned view, uint64_t base);
void lab_evict_line(struct lab_machine *m, unsigned view, uint64_t base);
void lab_write_back(struct lab_machine *m, unsigned view, uint64_t base);
/* A full cache evicts; this line is dirty from now on. view LAB_LOWER: of the outer cache. */
void lab_remember_dirty(struct lab_machine *m, unsigned view, uint64_t base);

/* The larger of the two levels' lines: what a buffer must own whole. */
static inline uint32_t lab_cache_unit(const struct lab_machine *m)
{
	return m->cache.lower_line > m->line ? m->cache.lower_line : m->line;
}

static inline bool lab_is_dirty(const struct lab_line *line)
{
	return line->dirty[0] | line->dirty[1];
}

/* maintain.c: what the CPU's instructions do. A clean is complete only after the sync (a DSB). */
void lab_cache_op(struct lab_machine *m, enum lab_cache_kind kind, unsigned view, uint64_t phys,
		  uint64_t len, uint64_t pc);
void lab_cache_line_op(struct lab_machine *m, const struct lab_cache_op *op, unsigned view,
		       uint64_t base);
void lab_cache_sync(struct lab_machine *m);
/* Every dirty line to memory; drop: and none of those that a device wrote under is kept. */
void lab_cache_write_back_all(struct lab_machine *m, bool drop);

/* wart/prefix.c: the uncached load that a R4600 wants; wart/local.c: load or store back one byte
 * of each line, which changes nothing but which core has it. */
void lab_cache_uncached_load(struct lab_machine *m, uint64_t pc);
void lab_cache_own(struct lab_machine *m, unsigned view, uint64_t phys, uint64_t len, bool store,
		   uint64_t pc);

/* ghost.c: the dirty bytes of this line are beyond the reach of maintenance from now on. */
void lab_ghost_make(struct lab_machine *m, unsigned view, uint64_t base, uint64_t pc);
/* Hooks of every wart that has ghosts. */
void lab_ghost_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_ghost_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_ghost_misfortune(struct lab_machine *m);

/* lower.c: storage below the views; outer.c and read_ahead.c say when it is used */
struct lab_line *lab_lower(const struct lab_machine *m, uint64_t phys);
void lab_lower_fill(struct lab_machine *m, uint64_t base);
void lab_lower_supply(struct lab_machine *m, unsigned view, uint64_t base);
void lab_lower_accept(struct lab_machine *m, unsigned view, uint64_t base);
void lab_lower_hint(struct lab_machine *m, unsigned view, uint64_t base);
void lab_lower_grow_stale(struct lab_machine *m, uint64_t phys, uint32_t len, bool always);
bool lab_lower_is_stale(const struct lab_machine *m, uint64_t phys, uint64_t len);

/* outer.c: operations by key, complete only after their own sync */
void lab_outer_op(struct lab_machine *m, enum lab_cache_kind kind, uint64_t key, uint64_t len,
		  uint64_t pc);
void lab_outer_sync(struct lab_machine *m, uint64_t pc);
void lab_outer_evict(struct lab_machine *m, uint64_t base);

/* read_ahead.c: the drain from the device */
void lab_read_ahead_empty(struct lab_machine *m);

#endif
