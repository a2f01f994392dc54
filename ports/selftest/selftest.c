/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coherent memory is seen by two addresses: through the caches and past them. The second is
 * what a device would see.
 */
#include "selftest.h"

#define LINES 16u /* looked at: FIRST to LAST are operated on, the others must not notice */
#define FIRST 5u  /* odd: lines larger than the board says are not in step with it */
#define LAST  10u
#define OLD   0xa5u
#define NEW   0x3cu
#define NEWER 0x71u
#define PAGE  4096u

struct view {
	const struct port *board;
	volatile uint8_t *cached, *memory;
	size_t line;
};

typedef void operation(void *ctx, void *va, struct any_phys_addr phys, size_t len);

static void fill(const struct view *v, volatile uint8_t *at, unsigned from, unsigned to,
		 uint8_t value)
{
	for (size_t i = from * v->line; i < (to + 1) * v->line; i++)
		at[i] = value;
}

static bool holds(const struct view *v, volatile uint8_t *at, unsigned from, unsigned to,
		  uint8_t value)
{
	for (size_t i = from * v->line; i < (to + 1) * v->line; i++)
		if (at[i] != value)
			return false;
	return true;
}

/* Whether none of the lines operated on holds the byte whole. */
static bool none_holds(const struct view *v, volatile uint8_t *at, uint8_t value)
{
	for (unsigned i = FIRST; i <= LAST; i++)
		if (holds(v, at, i, i, value))
			return false;
	return true;
}

static void operate(const struct view *v, operation *op, size_t from, size_t len)
{
	op(NULL, (uint8_t *)v->board->coherent + from, any_phys(v->board->uncached.phys.raw + from),
	   len);
	v->board->cache->sync(NULL);
}

/* The same bytes by both addresses: whatever is written back now changes nothing. */
static void begin(const struct view *v)
{
	fill(v, v->cached, 0, LINES - 1, OLD);
	fill(v, v->memory, 0, LINES - 1, OLD);
	operate(v, v->board->cache->clean, 0, LINES * v->line);
}

/* ---- what needs no cache */

static const char *wrong_region(const struct any_dma_region *region, uint32_t line)
{
	if (!region->cpu || !region->size)
		return "a region of memory is missing";
	if (region->phys.raw + (region->size - 1) < region->phys.raw)
		return "a region's physical addresses wrap";
	if (((uintptr_t)region->cpu ^ region->phys.raw) % PAGE)
		return "a region's physical address is not that of its cpu address: the offset in "
		       "the page differs";
	if (line && (region->phys.raw % line || region->size % line))
		return "a region shares a cache line with its neighbours";
	return NULL;
}

static const char *regions(const struct view *v)
{
	const struct any_dma_region *heap = &v->board->heap, *uncached = &v->board->uncached;
	const uint32_t line = v->board->cache ? v->board->line : 0;
	const char *wrong = wrong_region(heap, line);

	if (!wrong)
		wrong = wrong_region(uncached, line);
	if (wrong)
		return wrong;
	if (!v->board->coherent)
		return "coherent is missing: the uncached region by a cached address";
	if (uncached->size < PAGE)
		return "the uncached region is smaller than a page";
	if (heap->phys.raw - uncached->phys.raw < uncached->size ||
	    uncached->phys.raw - heap->phys.raw < heap->size)
		return "heap and uncached overlap";
	return NULL;
}

static const char *hooks(const struct view *v)
{
	const struct any_dma_cache_ops *cache = v->board->cache;

	if (!v->board->put || !v->board->off || !v->board->map)
		return "put, off or map is missing";
	if (!v->board->drain)
		return "drain is missing: one that does nothing says that nothing is needed";
	if (cache && (!cache->clean || !cache->inval || !cache->clean_inval || !cache->sync))
		return "cache: clean, inval, clean_inval or sync is missing";
	if (cache && (v->line < 4 || v->line & (v->line - 1) || v->line > PAGE / LINES))
		return "line is not the size of a cache line: a power of two, 4 to 256";
	return NULL;
}

/* ---- the two addresses, and the drain */

/* Each page by itself: an alias may go astray anywhere. */
static const char *addresses(const struct view *v)
{
	for (size_t at = 0; at + PAGE <= v->board->uncached.size; at += PAGE) {
		const uint8_t mark = (uint8_t)(at / PAGE * 37 + 11), other = mark ^ 0xff;
		bool same;

		v->cached[at] = mark;
		if (v->board->cache)
			operate(v, v->board->cache->clean, at, 1);
		same = v->memory[at] == mark;
		v->memory[at] = other;
		if (v->board->cache)
			operate(v, v->board->cache->inval, at, 1);
		if (!same && v->cached[at] != other)
			return "coherent and uncached.cpu are not the same memory";
	}
	return NULL;
}

static const char *drain(const struct view *v)
{
	static const enum any_dma_dir dirs[] = {ANY_DMA_TO_DEVICE, ANY_DMA_FROM_DEVICE};

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(dirs); i++) {
		v->cached[0] = NEW;
		v->board->drain(NULL, dirs[i]);
		if (v->cached[0] != NEW)
			return "drain changes memory";
	}
	return NULL;
}

/* ---- the operations; their ranges may begin and end within a line (struct any_dma_cache_ops) */

static const char *clean(const struct view *v)
{
	begin(v);
	fill(v, v->cached, FIRST, LAST, NEW);
	operate(v, v->board->cache->clean, FIRST * v->line + 1, (LAST - FIRST + 1) * v->line - 2);
	if (!holds(v, v->cached, FIRST, LAST, NEW))
		return "clean loses what the CPU wrote";
	if (none_holds(v, v->memory, NEW))
		return "clean does not write back, or sync does not wait for it";
	if (!holds(v, v->memory, FIRST, LAST, NEW))
		return "clean leaves lines out: it steps by more than a line, or ends too early";
	return holds(v, v->cached, 0, FIRST - 1, OLD) && holds(v, v->memory, 0, FIRST - 1, OLD)
		       ? NULL
		       : "clean writes before its range";
}

static const char *inval(const struct view *v)
{
	begin(v);
	fill(v, v->memory, FIRST, LAST, NEW);
	fill(v, v->cached, FIRST - 1, FIRST - 1, NEWER);
	fill(v, v->cached, LAST + 1, LAST + 1, NEWER);
	operate(v, v->board->cache->inval, FIRST * v->line, (LAST - FIRST + 1) * v->line);
	if (!holds(v, v->cached, FIRST - 1, FIRST - 1, NEWER) ||
	    !holds(v, v->cached, LAST + 1, LAST + 1, NEWER))
		return "inval loses the bytes next to its range: lines are larger than line says";
	if (none_holds(v, v->cached, NEW))
		return "inval leaves old bytes in the cache, or sync does not wait for it";
	if (!holds(v, v->cached, FIRST, LAST, NEW))
		return "inval leaves lines out: it steps by more than a line, or ends too early";
	return NULL;
}

/* A cache may write a line back at any time; that it did so to every one is the operation's work.
 */
static const char *inval_drops(const struct view *v)
{
	const struct any_dma_cache_ops *cache = v->board->cache;

	if (cache->inval == cache->clean_inval) /* the board says that it has no other */
		return NULL;
	begin(v);
	fill(v, v->cached, FIRST, LAST, NEW);
	if (holds(v, v->memory, FIRST, LAST, NEW)) /* no cache that could be seen */
		return NULL;
	operate(v, cache->inval, FIRST * v->line, (LAST - FIRST + 1) * v->line);
	return holds(v, v->memory, FIRST, LAST, NEW) ? "inval writes back what it should drop (if "
						       "the CPU has no other, let inval "
						       "and clean_inval be one function)"
						     : NULL;
}

static const char *clean_inval(const struct view *v)
{
	begin(v);
	fill(v, v->cached, FIRST, LAST, NEW);
	operate(v, v->board->cache->clean_inval, FIRST * v->line + 1,
		(LAST - FIRST + 1) * v->line - 2);
	if (!holds(v, v->memory, FIRST, LAST, NEW))
		return "clean_inval does not write back every line, or sync does not wait for it";
	fill(v, v->memory, FIRST, LAST, NEWER);
	/* A CPU that speculates may have fetched some of the lines again. */
	return holds(v, v->cached, FIRST, LAST, NEW) ? "clean_inval leaves the lines in the cache"
						     : NULL;
}

static const struct check {
	const char *name;
	const char *(*run)(const struct view *v);
	bool stops; /* the others cannot be run if it is wrong */
	bool caches;
} checks[] = {
	{"hooks are there", hooks, true, false},
	{"regions of memory", regions, true, false},
	{"one memory by two addresses", addresses, true, false},
	{"drain", drain, false, false},
	{"clean", clean, false, true},
	{"inval", inval, false, true},
	{"inval drops", inval_drops, false, true},
	{"clean_inval", clean_inval, false, true},
};

unsigned any_port_selftest(const struct port *board, any_port_tell *tell)
{
	const struct view view = {board, board->coherent, board->uncached.cpu, board->line};
	unsigned bad = 0;

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(checks); i++) {
		const char *wrong;

		if (checks[i].caches && !board->cache)
			continue;
		wrong = checks[i].run(&view);
		tell(checks[i].name, wrong);
		bad += wrong != NULL;
		if (wrong && checks[i].stops)
			break;
	}
	return bad;
}
