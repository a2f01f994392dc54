/* SPDX-License-Identifier: BSD-2-Clause */
/* dma-ranges, as Linux reads them (platforms.md, section 4). */
#include "tree.h"

#include "base/bits.h"

struct layout {
	uint32_t child, parent, size; /* cells */
};

static int layout_of(const struct tree *t, int bus, struct layout *l)
{
	int up = fdt_parent_offset(t->fdt, bus);
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
	int node = any_tree_dma_parent(t, bus), err = 0;

	for (unsigned depth = 0; node >= 0 && !err; depth++) {
		if (depth == TREE_DEPTH)
			return any_tree_error(t, -ANY_EINVAL, bus, "interconnects",
					      "the way to memory never ends");
		err = translate_level(t, node, addr);
		node = any_tree_dma_parent(t, node);
	}
	return err;
}

static bool contradicts(const struct any_dma_segment *s, uint64_t phys, uint64_t dma, uint64_t size)
{
	return dma <= s->dma.raw + (s->size - 1) && s->dma.raw <= dma + (size - 1) &&
	       phys - dma != s->phys.raw - s->dma.raw;
}

static int add_segment(const struct tree *t, int bus, struct any_platform *p, uint64_t phys,
		       uint64_t dma, uint64_t size)
{
	if (phys + (size - 1) < phys)
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "a window wraps");
	for (uint32_t i = 0; i < p->facts.n_segments; i++)
		if (contradicts(&p->segments[i], phys, dma, size))
			return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges",
					      "two windows put different memory at one address");
	if (p->facts.n_segments == ANY_PLATFORM_SEGMENTS)
		return any_tree_error(t, -ANY_ENOSPC, bus, "dma-ranges", "more windows than fit");
	p->segments[p->facts.n_segments++] =
		(struct any_dma_segment){any_phys(phys), any_dma(dma), size};
	return 0;
}

static int read_windows(const struct tree *t, int bus, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words, stride;
	struct layout l;
	int err = any_tree_cells(t, bus, "dma-ranges", &cells, &words);

	if (!err)
		err = layout_of(t, bus, &l);
	if (err)
		return err;
	stride = l.child + l.parent + l.size;
	if (words % stride)
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges", "is not whole windows");
	for (uint32_t at = 0; at < words; at += stride) {
		uint64_t dma, cpu, size;

		err = entry_at(t, bus, &l, cells + at, &dma, &cpu, &size);
		if (err)
			return err;
		if (!size)
			continue;
		err = to_cpu(t, bus, &cpu);
		if (err == -ANY_ERANGE) /* no way to memory: the entry does not count */
			continue;
		if (!err)
			err = add_segment(t, bus, p, cpu, dma, size);
		if (err)
			return err;
	}
	if (!p->facts.n_segments)
		return any_tree_error(t, -ANY_EINVAL, bus, "dma-ranges",
				      "no window reaches memory");
	return 0;
}

/* The first DMA parent with windows. None, or a parent without the property above one that had it
 * empty: identity and no limit, as for a bus that is set up for DMA whatever the tree says. */
int any_platform_read_ranges(const struct tree *t, int device, struct any_platform *p)
{
	int node = any_tree_dma_parent(t, device);
	bool seen = false;

	p->facts.segments = p->segments;
	for (unsigned depth = 0; node >= 0; depth++) {
		int len = 0;
		const void *data = fdt_getprop(t->fdt, node, "dma-ranges", &len);

		if (depth == TREE_DEPTH)
			return any_tree_error(t, -ANY_EINVAL, device, "interconnects",
					      "the way to memory never ends");
		if (data && len > 0)
			return read_windows(t, node, p);
		if (!data && seen)
			return 0;
		seen |= data != NULL;
		node = any_tree_dma_parent(t, node);
	}
	return 0;
}
