/* SPDX-License-Identifier: BSD-2-Clause */
/* dma-ranges, as Linux reads them (platforms.md, section 4). */
#include "platform/read.h"

#include "base/bits.h"

struct layout {
	uint32_t child, parent, size; /* cells */
};

static int layout_of(const struct tree *t, int bus, struct layout *l)
{
	int up = any_tree_parent(t, bus);
	int err = any_tree_address_cells(t, bus, &l->child);

	if (!err)
		err = any_tree_size_cells(t, bus, &l->size);
	if (!err)
		err = any_tree_address_cells(t, up >= 0 ? up : bus, &l->parent);
	if (!err && (!l->child || !l->parent || !l->size))
		err = any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges",
				     "has addresses of no cells");
	return err;
}

/* One entry: [child, child + size) of the bus is [parent, ...) of the level above. */
static int entry_at(const struct tree *t, int bus, const struct layout *l, const fdt32_t *cells,
		    uint64_t *child, uint64_t *parent, uint64_t *size)
{
	*child = any_tree_number(cells, l->child);
	*parent = any_tree_number(cells + l->child, l->parent);
	*size = any_tree_number(cells + l->child + l->parent, l->size);
	if (*size && (*child + (*size - 1) < *child || *parent + (*size - 1) < *parent))
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "a window wraps");
	return 0;
}

/*
 * Through the dma-ranges of one bus; without the property, or empty, 1:1. ERANGE: no window. As in
 * Linux only the start is translated: a window larger than its parent's keeps its size, and what is
 * beyond the parent's end is taken to follow on. Real trees rely on it.
 */
static int translate_level(const struct tree *t, int bus, uint64_t *addr)
{
	const fdt32_t *cells;
	uint32_t words, stride;
	struct layout l;
	int err = any_tree_cells(t, bus, "dma-ranges", &cells, &words);

	if (err || !words)
		return err;
	err = layout_of(t, bus, &l);
	if (err)
		return err;
	stride = l.child + l.parent + l.size;
	if (words % stride)
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "is not whole windows");
	for (uint32_t at = 0; !err && at < words; at += stride) {
		uint64_t child, parent, length;

		err = entry_at(t, bus, &l, cells + at, &child, &parent, &length);
		if (!err && any_range_within(*addr, 1, child, length)) {
			*addr = parent + (*addr - child);
			return 0;
		}
	}
	return err ? err : -ANY_ERANGE;
}

static int to_cpu(const struct tree *t, int bus, uint64_t *addr)
{
	int node = any_path_dma_parent(t, bus), err = 0;

	for (unsigned depth = 0; node >= 0 && !err; depth++) {
		if (depth == TREE_DEPTH)
			return any_tree_error(t, -ANY_EINVAL, bus, "interconnects",
					      "the way to memory never ends");
		err = translate_level(t, node, addr);
		node = any_path_dma_parent(t, node);
	}
	return err;
}

static bool contradicts(const struct any_dma_segment *s, uint64_t phys, uint64_t dma, uint64_t size)
{
	return dma <= s->dma.raw + (s->size - 1) && s->dma.raw <= dma + (size - 1) &&
	       phys - dma != s->phys.raw - s->dma.raw;
}

/* Linux joins an entry to the one before it where both spaces go on: one window. */
static bool joins(struct any_dma_segment *s, uint64_t phys, uint64_t dma, uint64_t size)
{
	if (phys != s->phys.raw + s->size || dma != s->dma.raw + s->size)
		return false;
	s->size += size;
	return true;
}

static int add_window(const struct tree *t, int bus, struct any_path_windows *w, uint64_t phys,
		      uint64_t dma, uint64_t size)
{
	if (phys + (size - 1) < phys)
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "a window wraps");
	for (uint32_t i = 0; i < w->n; i++)
		if (contradicts(&w->list[i], phys, dma, size))
			return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges",
					      "two windows put different memory at one address");
	if (w->n && joins(&w->list[w->n - 1], phys, dma, size))
		return 0;
	if (w->n == w->max)
		return any_tree_error(t, -ANY_ENOSPC, bus, "dma-ranges", "more windows than fit");
	w->list[w->n++] = (struct any_dma_segment){any_phys(phys), any_dma(dma), size};
	return 0;
}

/* The entries of one bus. U-Boot looks at the first only. */
static int read_entries(const struct tree *t, int bus, const struct layout *l, const fdt32_t *cells,
			uint32_t words, struct any_path_windows *w)
{
	const uint32_t stride = l->child + l->parent + l->size;

	for (uint32_t at = 0; at < words; at += stride) {
		uint64_t dma, cpu, size;
		int err = entry_at(t, bus, l, cells + at, &dma, &cpu, &size);

		if (err)
			return err;
		if (size)
			err = to_cpu(t, bus, &cpu);
		if (err == -ANY_ERANGE) /* no way to memory: the entry does not count */
			any_tree_why(t, ANY_FACT_IGNORED, bus, "dma-ranges",
				     "a window that the buses above do not let through");
		else if (!err && size)
			err = add_window(t, bus, w, cpu, dma, size);
		if (err && err != -ANY_ERANGE)
			return err;
		if (any_tree_as(t) == ANY_READER_U_BOOT)
			break;
	}
	return 0;
}

/* Which buses above had a part in the translation. */
static void say_translated(const struct tree *t, int bus)
{
	for (unsigned depth = 0; depth < TREE_DEPTH; depth++) {
		int len = 0;

		bus = any_path_dma_parent(t, bus);
		if (bus < 0)
			return;
		if (fdt_getprop(t->fdt, bus, "dma-ranges", &len) && len > 0)
			any_tree_why(t, ANY_FACT_TRANSLATED, bus, "dma-ranges",
				     "translates the windows further");
	}
}

static int read_windows(const struct tree *t, int bus, struct any_path_windows *w)
{
	const fdt32_t *cells;
	uint32_t words;
	struct layout l;
	int err = any_tree_cells(t, bus, "dma-ranges", &cells, &words);

	if (!err)
		err = layout_of(t, bus, &l);
	if (err)
		return err;
	if (words % (l.child + l.parent + l.size))
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "is not whole windows");
	err = read_entries(t, bus, &l, cells, words, w);
	if (err)
		return err;
	if (!w->n) /* Linux: an error, upon which a bus set up for DMA goes on without windows */
		any_tree_why(t, ANY_FACT_IGNORED, bus, "dma-ranges",
			     "no window reaches memory: 1:1, without limit");
	else
		any_tree_why(t, w->fact, bus, "dma-ranges", "the windows of this bus");
	say_translated(t, bus);
	return 0;
}

static int next_up(const struct tree *t, int node, const struct any_path_windows *w)
{
	int up = any_path_dma_parent(t, node);

	if (up >= 0 && up != any_tree_parent(t, node))
		any_tree_why(t, w->fact, node, "interconnects", "dma-mem names the way to memory");
	return up;
}

/*
 * The first node, from `node` up, with windows. Linux gives up at the second node without the
 * property (of_dma_get_range sets its flag whatever it found), and goes on with identity and no
 * limit, as for every bus that is set up for DMA whatever the tree says. U-Boot gives up only above
 * a node that had one.
 */
int any_path_windows(const struct tree *t, int node, struct any_path_windows *w)
{
	const bool u_boot = any_tree_as(t) == ANY_READER_U_BOOT;
	const int from = node;
	bool seen = false;

	w->n = 0;
	for (unsigned depth = 0; node >= 0; depth++) {
		int len = 0;
		const void *data = fdt_getprop(t->fdt, node, "dma-ranges", &len);

		if (depth == TREE_DEPTH)
			return any_tree_error(t, -ANY_EINVAL, from, "interconnects",
					      "the way to memory never ends");
		if (data && len > 0)
			return read_windows(t, node, w);
		if (!data && (u_boot ? seen : depth > 0)) {
			any_tree_why(t, w->fact, node, NULL,
				     "no dma-ranges here: 1:1, without limit");
			return 0;
		}
		if (data)
			any_tree_why(t, ANY_FACT_TRANSLATED, node, "dma-ranges",
				     "empty: 1:1 up to the next bus");
		seen |= data != NULL;
		node = next_up(t, node, w);
	}
	return 0;
}

int any_platform_read_ranges(const struct tree *t, int device, struct any_platform *p)
{
	struct any_path_windows w = {p->segments, 0, ANY_PLATFORM_SEGMENTS, ANY_FACT_WINDOWS};
	const int start = any_path_start(t, device);
	int err;

	if (start >= 0 && start != device && start != any_tree_parent(t, device) &&
	    !any_path_is_pci(t, start))
		any_tree_why(t, ANY_FACT_WINDOWS, device, "interconnects",
			     "dma-mem names the way to memory");
	err = any_path_windows(t, start, &w);

	p->facts.segments = p->segments;
	p->facts.n_segments = w.n;
	p->facts.miss_identity = any_tree_as(t) == ANY_READER_U_BOOT && w.n;
	return err;
}
