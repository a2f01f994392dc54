/* SPDX-License-Identifier: BSD-2-Clause */
/* dma-ranges: windows of one bus, and what the buses above make of them. */
#include <inttypes.h>

#include "cli/lint/lint.h"

static const char ranges[] = "dma-ranges";

/* Windows that can be compared: the others have rules of their own. */
static bool sound(const struct cli_window *w)
{
	return w->size && w->child + (w->size - 1) >= w->child &&
	       w->parent + (w->size - 1) >= w->parent;
}

void lint_ragged(struct lint *l, size_t node)
{
	int len = 0;

	if (cli_node_windows(l->t, node) < 0 &&
	    fdt_getprop(l->t->fdt, l->t->list[node].offset, ranges, &len))
		lint_say(l, node, ranges, "%d bytes in cells of %u, %u and %u", len,
			 cli_node_address_cells(l->t, node),
			 cli_node_address_cells(l->t, l->t->list[node].parent),
			 cli_node_size_cells(l->t, node));
}

void lint_empty_window(struct lint *l, size_t node)
{
	for (int i = 0, n = cli_node_windows(l->t, node); i < n; i++)
		if (!cli_node_window(l->t, node, i).size)
			lint_say(l, node, ranges, "window %d", i);
}

static bool fits(uint64_t base, uint64_t size, uint32_t cells)
{
	uint64_t last = base + (size - 1);

	return last >= base && (cells > 1 || last <= UINT32_MAX);
}

void lint_wraps(struct lint *l, size_t node)
{
	uint32_t below = cli_node_address_cells(l->t, node);
	uint32_t above = cli_node_address_cells(l->t, l->t->list[node].parent);

	for (int i = 0, n = cli_node_windows(l->t, node); i < n; i++) {
		struct cli_window w = cli_node_window(l->t, node, i);

		if (w.size && (!fits(w.child, w.size, below) || !fits(w.parent, w.size, above)))
			lint_say(l, node, ranges,
				 "window %d, 0x%" PRIx64 " below and 0x%" PRIx64
				 " above, of 0x%" PRIx64 " bytes",
				 i, w.child, w.parent, w.size);
	}
}

static bool meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a <= b + (b_size - 1) && b <= a + (a_size - 1);
}

static void overlaps(struct lint *l, size_t node, bool below)
{
	int n = cli_node_windows(l->t, node);

	for (int i = 0; i < n; i++)
		for (int k = i + 1; k < n; k++) {
			struct cli_window a = cli_node_window(l->t, node, i);
			struct cli_window b = cli_node_window(l->t, node, k);

			if (!sound(&a) || !sound(&b) || a.parent - a.child == b.parent - b.child)
				continue;
			if (below ? meet(a.child, a.size, b.child, b.size)
				  : meet(a.parent, a.size, b.parent, b.size))
				lint_say(l, node, ranges,
					 "windows %d and %d, at 0x%" PRIx64 " and 0x%" PRIx64, i, k,
					 below ? a.child : a.parent, below ? b.child : b.parent);
		}
}

void lint_two_memories(struct lint *l, size_t node)
{
	overlaps(l, node, true);
}

void lint_two_addresses(struct lint *l, size_t node)
{
	overlaps(l, node, false);
}

/*
 * Takes [*at, *at + size) through one bus, start first. False: no window has the start. *whole says
 * whether the window has the rest, too.
 */
static bool through(const struct cli_nodes *t, size_t bus, uint64_t *at, uint64_t size, bool *whole)
{
	int n = cli_node_windows(t, bus);

	for (int i = 0; i < n; i++) {
		struct cli_window w = cli_node_window(t, bus, i);

		if (!w.size || *at < w.child || *at - w.child >= w.size)
			continue;
		*whole = size <= w.size - (*at - w.child);
		*at = w.parent + (*at - w.child);
		return true;
	}
	return n <= 0;
}

/* The first bus above where a window has no counterpart (or one too small); CLI_NO_NODE: none. */
static size_t ends_at(const struct cli_nodes *t, size_t bus, const struct cli_window *w,
		      bool too_small, uint64_t *at)
{
	*at = w->parent;
	bus = cli_node_dma_parent(t, bus);
	for (unsigned depth = 0; bus != CLI_NO_NODE && depth < CLI_DEPTH; depth++) {
		uint64_t before = *at;
		bool whole = true;

		if (!through(t, bus, at, w->size, &whole)) {
			*at = before;
			return too_small ? CLI_NO_NODE : bus;
		}
		if (!whole && too_small) {
			*at = before;
			return bus;
		}
		bus = cli_node_dma_parent(t, bus);
	}
	return CLI_NO_NODE;
}

static void above(struct lint *l, size_t node, bool too_small)
{
	char path[ANY_PLATFORM_TEXT];

	for (int i = 0, n = cli_node_windows(l->t, node); i < n; i++) {
		struct cli_window w = cli_node_window(l->t, node, i);
		uint64_t at;
		size_t bus = sound(&w) ? ends_at(l->t, node, &w, too_small, &at) : CLI_NO_NODE;

		if (bus != CLI_NO_NODE)
			lint_say(l, node, ranges, "window %d, 0x%" PRIx64 " of %.70s", i, at,
				 cli_node_path(l->t, bus, path));
	}
}

void lint_untranslatable(struct lint *l, size_t node)
{
	above(l, node, false);
}

void lint_beyond(struct lint *l, size_t node)
{
	above(l, node, true);
}

/* The root has none by custom: it has no parent to translate for. */
void lint_unsupported(struct lint *l, size_t node)
{
	size_t bus = cli_node_dma_parent(l->t, node);
	char path[ANY_PLATFORM_TEXT];

	if (!node || !cli_node_has(l->t, node, ranges))
		return;
	for (unsigned depth = 0; bus && bus != CLI_NO_NODE && depth < CLI_DEPTH; depth++) {
		if (!cli_node_has(l->t, bus, ranges)) {
			lint_say(l, node, ranges, "%.120s has none",
				 cli_node_path(l->t, bus, path));
			return;
		}
		bus = cli_node_dma_parent(l->t, bus);
	}
}

void lint_childless(struct lint *l, size_t node)
{
	const void *fdt = l->t->fdt;
	int offset = l->t->list[node].offset;

	if (cli_node_has(l->t, node, ranges) && fdt_first_subnode(fdt, offset) < 0 &&
	    !cli_node_is(l->t, node, "device_type", "pci") &&
	    !cli_node_has(l->t, node, "#interconnect-cells"))
		lint_say(l, node, ranges, "no node below");
}

/* A PCI host, not a bridge below one. */
static bool pci_host(const struct cli_nodes *t, size_t node)
{
	return cli_node_is(t, node, "device_type", "pci") &&
	       !cli_node_is(t, t->list[node].parent, "device_type", "pci");
}

void lint_pci_inherits(struct lint *l, size_t node)
{
	size_t bus = node;
	char path[ANY_PLATFORM_TEXT];

	if (!pci_host(l->t, node) || cli_node_has(l->t, node, ranges) ||
	    cli_node_has(l->t, node, "iommu-map"))
		return;
	for (unsigned depth = 0; depth < CLI_DEPTH; depth++) {
		bus = cli_node_dma_parent(l->t, bus);
		if (bus == CLI_NO_NODE)
			return;
		if (cli_node_windows(l->t, bus) > 0) {
			lint_say(l, node, ranges, "windows of %.120s",
				 cli_node_path(l->t, bus, path));
			return;
		}
	}
}
