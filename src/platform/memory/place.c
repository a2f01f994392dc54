/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool of a size without a place ("size", "alignment", "alloc-ranges" of reserved-memory). Linux
 * lets its early allocator choose, from the top down; so do we: the highest aligned place inside
 * memory and, if given, alloc-ranges, that nothing reserved touches and the device reaches.
 */
#include "platform/read.h"

#include "base/bits.h"

struct wish {
	uint64_t size, align; /* align: a power of two */
	uint64_t best;
	bool found;
};

/* The highest place in [first, last]; below each reserved region that is in the way. */
static void look_in(const struct any_platform *p, struct wish *w, uint64_t first, uint64_t last)
{
	uint64_t at;

	for (unsigned tries = 0; tries <= ANY_PLATFORM_RESERVED; tries++) {
		const struct any_platform_range *hit = NULL;

		if (last < first || last - first < w->size - 1)
			return;
		at = (last - (w->size - 1)) & ~(w->align - 1);
		if (at < first)
			return;
		for (uint32_t i = 0; i < p->n_reserved && !hit; i++)
			if (any_ranges_touch(&p->reserved[i], at, at + (w->size - 1)))
				hit = &p->reserved[i];
		if (!hit)
			break;
		if (!hit->base)
			return;
		last = hit->base - 1;
	}
	if ((!w->found || at > w->best) && any_platform_reaches(p, at, w->size)) {
		w->best = at;
		w->found = true;
	}
}

static void look_in_memory(const struct any_platform *p, struct wish *w, uint64_t first,
			   uint64_t last)
{
	for (uint32_t i = 0; i < p->n_ram; i++) {
		const uint64_t end = p->ram[i].base + (p->ram[i].size - 1);

		look_in(p, w, any_max_u64(first, p->ram[i].base), any_min_u64(last, end));
	}
}

static int read_wish(const struct tree *t, int node, struct wish *w)
{
	int err = any_tree_u64(t, node, "size", 0, &w->size);

	if (!err)
		err = any_tree_u64(t, node, "alignment", 4096, &w->align);
	if (!err && (!w->size || !any_is_pow2(w->align)))
		err = any_tree_error(
			t, -ANY_EINVAL, node, "size",
			"a pool without reg needs a size, and a power of two to align");
	return err;
}

int any_platform_place(const struct tree *t, int node, struct any_platform *p,
		       int (*set)(const struct tree *t, int node, struct any_platform *p,
				  uint64_t base, uint64_t size))
{
	const int parent = any_tree_parent(t, node);
	struct wish w = {0};
	const fdt32_t *cells;
	uint32_t words, address = 0, size = 0;
	int err = read_wish(t, node, &w);

	if (!err)
		err = any_tree_cells(t, node, "alloc-ranges", &cells, &words);
	if (!err)
		err = any_tree_address_cells(t, parent, &address);
	if (!err)
		err = any_tree_size_cells(t, parent, &size);
	if (err)
		return err;
	if (!words)
		look_in_memory(p, &w, 0, UINT64_MAX);
	for (uint32_t at = 0; address && size && at + address + size <= words;
	     at += address + size) {
		const uint64_t base = any_tree_number(cells + at, address);
		const uint64_t len = any_tree_number(cells + at + address, size);

		if (len && base + (len - 1) >= base)
			look_in_memory(p, &w, base, base + (len - 1));
	}
	if (!w.found)
		return any_tree_error(t, -ANY_EINVAL, node, "size",
				      "no memory that the device reaches has room for the pool");
	any_tree_why(t, ANY_FACT_POOL, node, "size", "placed as high as memory allows");
	return set(t, node, p, w.best, w.size);
}
