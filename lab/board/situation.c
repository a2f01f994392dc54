/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device's DMA situation in one line. Memory is told in runs from the lowest address up: where it
 * starts, and the distance from CPU to bus address, or that it is not reached; a slash where one
 * run borders on the next without a gap, for there a buffer may lie across. How much there is of
 * the last run is left out: 1 GiB and 4 GiB at 0x80000000, both reached one to one, are one
 * situation.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board.h"

struct line {
	char text[2048];
	size_t n;
};

static void say(struct line *l, const char *format, ...) ANY_PRINTF(2, 3);

static void say(struct line *l, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(l->text + l->n, sizeof(l->text) - l->n, format, args);
	va_end(args);
	if (n > 0)
		l->n = l->n + (size_t)n < sizeof(l->text) ? l->n + (size_t)n : sizeof(l->text) - 1;
}

static void say_number(struct line *l, const char *name, uint64_t value)
{
	if (value)
		say(l, " %s=0x%llx", name, (unsigned long long)value);
}

static void say_flag(struct line *l, const char *name, bool value)
{
	if (value)
		say(l, " %s", name);
}

struct run {
	bool reached;
	uint64_t distance; /* bus - CPU, modulo 2^64 */
	uint64_t end;
};

static uint64_t distance(const struct any_platform *p, uint64_t at)
{
	for (uint32_t i = 0; i < p->facts.n_segments; i++)
		if (at - p->segments[i].phys.raw < p->segments[i].size)
			return p->segments[i].dma.raw - p->segments[i].phys.raw;
	return 0;
}

static void say_run(struct line *l, const struct any_platform *p, struct run *before, uint64_t from,
		    uint64_t to)
{
	bool reached = any_platform_reaches(p, from, to - from);
	struct run now = {reached, reached ? distance(p, from) : 0, to};

	if (before->end && before->reached == now.reached && before->distance == now.distance) {
		before->end = to;
		return;
	}
	say(l, before->end ? before->end == from ? " / " : ", " : " ");
	say(l, "0x%llx", (unsigned long long)from);
	if (!reached)
		say(l, " none");
	else if (now.distance >> 63)
		say(l, "-0x%llx", (unsigned long long)-now.distance);
	else
		say(l, "+0x%llx", (unsigned long long)now.distance);
	*before = now;
}

/* The RAM of a completed board ascends. */
static void say_reach(struct line *l, const struct any_platform *p)
{
	uint64_t borders[LAB_BORDERS];
	unsigned n = lab_board_borders(p, borders);
	struct run before = {0};

	for (uint32_t r = 0; r < p->n_ram; r++) {
		uint64_t at = p->ram[r].base, end = at + p->ram[r].size;

		for (unsigned i = 0; i < n; i++) {
			if (borders[i] <= at || borders[i] >= end)
				continue;
			say_run(l, p, &before, at, borders[i]);
			at = borders[i];
		}
		say_run(l, p, &before, at, end);
	}
	say_flag(l, "miss-identity", p->facts.miss_identity);
	say_number(l, "forbidden", p->facts.dma_forbidden);
}

static void say_iommu(struct line *l, const struct any_platform_iommu *u)
{
	say(l, " granule=0x%llx from=0x%llx size=0x%llx", (unsigned long long)u->granule,
	    (unsigned long long)u->base, (unsigned long long)u->size);
	say_flag(l, "holes", u->n_holes);
	say_flag(l, "caching-mode", u->caching_mode);
	say_flag(l, "write-buffer", u->write_buffer);
	say_flag(l, "deferred", u->deferred);
	say_flag(l, "partial", u->partial);
	say_flag(l, "tables-noncoherent", u->tables_noncoherent);
	say_flag(l, "inval-posted", u->inval_posted);
	say_number(l, "colour", u->colour);
	say_number(l, "guard", u->guard);
	for (uint32_t i = 0; i < u->n_out; i++)
		say(l, " out=0x%llx", (unsigned long long)(u->out[i].dma.raw - u->out[i].phys.raw));
}

static void say_cache(struct line *l, const struct any_platform *p)
{
	const struct any_platform_cache *c = &p->machine.cache;

	if (p->facts.coherent) {
		say(l, "; coherent");
		return;
	}
	say(l, "; not coherent line=%u", (unsigned)p->facts.line);
	say_number(l, "views", c->n_views > 1 ? c->n_views : 0);
	say_number(l, "maintenance", c->maintenance);
	say_flag(l, "speculates", c->speculates);
	say_flag(l, "speculates-dirty", c->speculates_dirty);
	say_flag(l, "write-through", c->write_through);
	say_flag(l, "read-ahead", c->read_ahead);
	say_number(l, "outer", c->outer_line);
	say_flag(l, "outer-keys", c->n_outer_keys);
	say_flag(l, "snooped", c->snooped.size);
	say_flag(l, "uncached-alias", c->uncached.size);
}

static void say_rest(struct line *l, const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;

	say_flag(l, "restricted", p->facts.bounce_always);
	say_flag(l, "untrusted", p->facts.untrusted);
	say_flag(l, "no-coherent-memory", p->facts.no_coherent);
	say_flag(l, "shared-only", p->facts.shared_only);
	say_number(l, "private", p->facts.private_bits);
	say_number(l, "shared", p->facts.shared_bits);
	say_number(l, "implied", p->facts.implied_bits);
	say_number(l, "order", m->order_bits | p->facts.coherent_bits);
	say_number(l, "drain-out", m->drain_to_device);
	say_number(l, "drain-in", m->drain_from_device);
	say_flag(l, "posted", m->posted_mmio);
	say_flag(l, "relaxed", m->relaxed_order);
	say_flag(l, "permuted", m->permutation);
	say_number(l, "boundary", m->boundary);
	say_number(l, "segment", m->max_segment);
	say_number(l, "align", m->min_align);
}

void lab_board_situation(const struct any_platform *p, char text[ANY_LAB_SITUATION])
{
	uint64_t hash = 0xcbf29ce484222325ull;
	struct line l = {.n = 0};

	say(&l, p->machine.iommu.present ? "iommu" : "ram");
	if (p->machine.iommu.present)
		say_iommu(&l, &p->machine.iommu);
	if (!p->machine.iommu.present || p->machine.iommu.partial)
		say_reach(&l, p);
	say_cache(&l, p);
	say_rest(&l, p);
	for (size_t i = 0; i < l.n; i++)
		hash = (hash ^ (uint8_t)l.text[i]) * 0x100000001b3ull;
	if (l.n < ANY_LAB_SITUATION) /* what does not fit is still told apart */
		memcpy(text, l.text, l.n + 1);
	else
		snprintf(text, ANY_LAB_SITUATION, "%.*s ... #%016llx", ANY_LAB_SITUATION - 24,
			 l.text, (unsigned long long)hash);
}
