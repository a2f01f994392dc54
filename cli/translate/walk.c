/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/translate/walk.h"

bool walk_covers(uint64_t base, uint64_t size, uint64_t at)
{
	return at >= base && (!size || at - base < size);
}

/* One bus above the first: where `at` goes. */
static bool level(const struct cli_nodes *t, size_t bus, uint64_t *at, struct walk_step *step)
{
	int n = cli_node_windows(t, bus);

	*step = (struct walk_step){.bus = bus, .how = WALK_ABSENT};
	if (n < 0)
		return false;
	if (cli_node_has(t, bus, "dma-ranges"))
		step->how = n ? WALK_MISS : WALK_EMPTY;
	for (int i = 0; i < n; i++) {
		struct cli_window w = cli_node_window(t, bus, i);

		if (!w.size || !walk_covers(w.child, w.size, *at))
			continue;
		step->how = WALK_WINDOW;
		step->index = i;
		step->window = w;
		*at = w.parent + (*at - w.child);
		break;
	}
	return true;
}

static bool upwards(const struct cli_nodes *t, size_t bus, struct walk_route *r)
{
	uint64_t at = r->cpu;

	r->reaches = true;
	for (bus = cli_node_dma_parent(t, bus); bus != CLI_NO_NODE && r->reaches;
	     bus = cli_node_dma_parent(t, bus)) {
		if (r->n == WALK_STEPS || !level(t, bus, &at, &r->steps[r->n]))
			return false;
		r->reaches = r->steps[r->n++].how != WALK_MISS;
	}
	r->cpu = at;
	return true;
}

static bool all_windows(const struct cli_nodes *t, size_t bus, const struct walk_route *below,
			enum any_platform_reader as, struct walk *out)
{
	int n = cli_node_windows(t, bus);

	if (n < 0)
		return false;
	if (as == ANY_READER_U_BOOT && n > 1)
		n = 1;
	for (int i = 0; i < n; i++) {
		struct cli_window w = cli_node_window(t, bus, i);
		struct walk_route *r = &out->routes[out->n];

		if (!w.size)
			continue;
		if (out->n == WALK_ROUTES || below->n == WALK_STEPS)
			return false;
		*r = *below;
		r->steps[r->n++] =
			(struct walk_step){.bus = bus, .how = WALK_WINDOW, .index = i, .window = w};
		r->dma = w.child;
		r->cpu = w.parent;
		r->size = w.size;
		if (!upwards(t, bus, r))
			return false;
		out->n++;
	}
	return true;
}

bool walk_routes(const struct cli_nodes *t, size_t device, enum any_platform_reader as,
		 struct walk *out)
{
	struct walk_route below = {.n = 0};
	size_t bus = cli_node_dma_parent(t, device);
	bool seen = false;

	*out = (struct walk){.identity = as == ANY_READER_U_BOOT};
	for (; bus != CLI_NO_NODE; bus = cli_node_dma_parent(t, bus)) {
		bool has = cli_node_has(t, bus, "dma-ranges");

		if (has && cli_node_windows(t, bus))
			return all_windows(t, bus, &below, as, out);
		if (below.n == WALK_STEPS)
			return false;
		/* Above a bus without the property nobody looks once one was seen. */
		below.steps[below.n++] =
			(struct walk_step){.bus = bus, .how = has ? WALK_EMPTY : WALK_ABSENT};
		if (!has && seen)
			break;
		seen |= has;
	}
	below.reaches = true;
	out->routes[out->n++] = below;
	out->identity = true;
	return true;
}

bool walk_nearest(const struct cli_nodes *t, size_t bus, uint64_t at, bool above,
		  struct cli_window *out)
{
	uint64_t best = UINT64_MAX;
	bool any = false;

	for (int i = 0, n = cli_node_windows(t, bus); i < n; i++) {
		struct cli_window w = cli_node_window(t, bus, i);
		uint64_t base = above ? w.parent : w.child, last = base + (w.size - 1);
		uint64_t apart = at < base ? base - at : at > last ? at - last : 0;

		if (!w.size || (any && apart >= best))
			continue;
		*out = w;
		best = apart;
		any = true;
	}
	return any;
}
