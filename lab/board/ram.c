/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for boards whose tree has none: two boards in three leave it to the boot loader. It starts
 * where the memory node says (its size being 0), else where windows or reserved regions show that
 * memory is, and goes on beyond everything that limits the device, so that some of it is out of
 * reach. What is too much to hold is cut: the middle between two borders is like its ends.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "board.h"

#define PAGE   4096ull
#define MIB    (1ull << 20)
#define GIB    (1ull << 30)
#define USUAL  (2 * GIB)    /* of a board without limits */
#define BEYOND (256 * MIB)  /* past the last limit */
#define WHOLE  (16 * GIB)   /* as much is kept as it is */
#define MARGIN (64 * MIB)   /* at each side of a border, of more than that */
#define FAR    (1ull << 48) /* limits from here on are none for a board */

static uint64_t up(uint64_t at)
{
	return (at + PAGE - 1) & ~(PAGE - 1);
}

static void note(uint64_t list[LAB_BORDERS], unsigned *n, uint64_t at)
{
	unsigned i = *n;

	for (unsigned k = 0; k < *n; k++)
		if (list[k] == at)
			return;
	if (!at || *n == LAB_BORDERS)
		return;
	for (; i && list[i - 1] > at; i--)
		list[i] = list[i - 1];
	list[i] = at;
	++*n;
}

/* A limit on the bus, as CPU addresses. */
static void note_bus(const struct any_platform *p, uint64_t list[LAB_BORDERS], unsigned *n,
		     uint64_t bus)
{
	if (!p->facts.n_segments || p->facts.miss_identity)
		note(list, n, bus);
	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &p->segments[i];

		if (bus - s->dma.raw < s->size)
			note(list, n, s->phys.raw + (bus - s->dma.raw));
	}
}

unsigned lab_board_borders(const struct any_platform *p, uint64_t list[LAB_BORDERS])
{
	unsigned n = 0, bits = p->machine.master_bits;

	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		note(list, &n, p->segments[i].phys.raw);
		note(list, &n, p->segments[i].phys.raw + p->segments[i].size);
	}
	note_bus(p, list, &n, p->facts.dma_min);
	if (p->facts.dma_max && p->facts.dma_max != UINT64_MAX)
		note_bus(p, list, &n, p->facts.dma_max + 1);
	if (bits && bits < 64)
		note_bus(p, list, &n, 1ull << bits);
	return n;
}

/* ---- invention */

/* The address in `reg` of a memory node, in the root's cells; false: it has none. */
static bool said_base(const void *dtb, uint64_t *base)
{
	for (int node = fdt_first_subnode(dtb, 0); node >= 0; node = fdt_next_subnode(dtb, node)) {
		int len = 0, words = fdt_address_cells(dtb, 0);
		const char *name = fdt_get_name(dtb, node, NULL);
		const fdt32_t *reg = fdt_getprop(dtb, node, "reg", &len);

		if (!name || strncmp(name, "memory", 6) || (name[6] && name[6] != '@') || !reg ||
		    words < 1 || words > 2 || len < 4 * words)
			continue;
		*base = fdt32_ld(reg);
		if (words == 2)
			*base = *base << 32 | fdt32_ld(reg + 1);
		*base &= ~(PAGE - 1);
		return true;
	}
	return false;
}

static bool in_window(const struct any_platform *p, uint64_t at)
{
	for (uint32_t i = 0; i < p->facts.n_segments; i++)
		if (at - p->segments[i].phys.raw < p->segments[i].size)
			return true;
	return !p->facts.n_segments || p->facts.miss_identity;
}

static uint64_t where(const void *dtb, const struct any_platform *p)
{
	uint64_t base = 0, lowest = UINT64_MAX;

	if (said_base(dtb, &base) && base)
		return base;
	/* Reserved regions are memory; vendors put them into the lowest gigabyte. */
	for (uint32_t i = 0; i < p->n_reserved; i++)
		if (p->reserved[i].base < lowest)
			lowest = p->reserved[i].base;
	if (lowest != UINT64_MAX)
		base = lowest & ~(GIB - 1);
	return in_window(p, base) || p->machine.iommu.present
		       ? base
		       : (p->segments[0].phys.raw + PAGE - 1) & ~(PAGE - 1);
}

static int invent(const void *dtb, struct any_platform *p)
{
	uint64_t borders[LAB_BORDERS], base = where(dtb, p), end = base + USUAL;
	unsigned n = lab_board_borders(p, borders);
	bool met = in_window(p, base);

	if (base >= FAR)
		return -ANY_EINVAL;
	for (unsigned i = 0; i < n; i++) {
		met |= borders[i] > base && borders[i] < end;
		if (borders[i] > base && borders[i] < FAR && borders[i] + BEYOND > end)
			end = (borders[i] + BEYOND) & ~(PAGE - 1);
	}
	p->ram[p->n_ram++] = (struct any_platform_range){base, end - base};
	/* The node says one place, and the device sees another one below it only. */
	if (!met && p->facts.n_segments && p->segments[0].phys.raw < base &&
	    !p->machine.iommu.present) {
		uint64_t low = (p->segments[0].phys.raw + PAGE - 1) & ~(PAGE - 1);

		p->ram[p->n_ram++] =
			(struct any_platform_range){low, base - low < BEYOND ? base - low : BEYOND};
	}
	return 0;
}

/* The tree's own pool is memory, whatever was found out about the rest. */
static void invent_pool(struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;
	uint64_t from = m->bounce_base & ~(PAGE - 1);
	uint64_t to = m->bounce_base + m->bounce_size + m->coherent_size;

	if (!p->facts.bounce_always || p->n_ram == ANY_PLATFORM_RANGES)
		return;
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (from < p->ram[i].base + p->ram[i].size && p->ram[i].base < to)
			return;
	p->ram[p->n_ram++] = (struct any_platform_range){from, up(to) - from};
}

/* ---- cutting */

static void sort(struct any_platform *p)
{
	for (uint32_t i = 1; i < p->n_ram; i++)
		for (uint32_t k = i; k && p->ram[k - 1].base > p->ram[k].base; k--) {
			struct any_platform_range r = p->ram[k];

			p->ram[k] = p->ram[k - 1];
			p->ram[k - 1] = r;
		}
}

/* Ascending whole pages below 2^63; what is left of nothing goes. Returns the sum. */
static uint64_t tidy(struct any_platform *p)
{
	uint64_t sum = 0;
	uint32_t n = 0;

	sort(p);

	for (uint32_t i = 0; i < p->n_ram; i++) {
		uint64_t from = p->ram[i].base, to = from + (p->ram[i].size - 1);

		if (from >= UINT64_MAX / 2 - PAGE)
			continue;
		to = to >= UINT64_MAX / 2 - PAGE ? UINT64_MAX / 2 - PAGE : to;
		from = up(from);
		to = (to + 1) & ~(PAGE - 1);
		if (from >= to)
			continue;
		p->ram[n++] = (struct any_platform_range){from, to - from};
		sum += to - from;
	}
	p->n_ram = n;
	return sum;
}

/* What is kept of one range, joined to what was kept of it before. False: no room for more. */
static bool keep(struct any_platform_range *out, uint32_t *n, const struct any_platform_range *r,
		 uint64_t from, uint64_t to)
{
	uint64_t end = r->base + r->size;

	from = from < r->base ? r->base : from & ~(PAGE - 1);
	to = to > end ? end : up(to);
	if (from >= to)
		return true;
	if (*n && out[*n - 1].base >= r->base && out[*n - 1].base + out[*n - 1].size >= from) {
		if (to > out[*n - 1].base + out[*n - 1].size)
			out[*n - 1].size = to - out[*n - 1].base;
		return true;
	}
	if (*n == ANY_PLATFORM_RANGES)
		return false;
	out[(*n)++] = (struct any_platform_range){from, to - from};
	return true;
}

static void cut(struct any_platform *p)
{
	struct any_platform_range out[ANY_PLATFORM_RANGES];
	uint64_t borders[LAB_BORDERS];
	unsigned n_borders = lab_board_borders(p, borders);
	uint32_t n = 0;

	for (unsigned i = 1; i <= 4; i++)
		note(borders, &n_borders, i * GIB);
	for (uint32_t r = 0; r < p->n_ram; r++) {
		const struct any_platform_range *ram = &p->ram[r];

		(void)keep(out, &n, ram, ram->base, ram->base + BEYOND);
		for (unsigned i = 0; i < n_borders; i++)
			(void)keep(out, &n, ram, borders[i] > MARGIN ? borders[i] - MARGIN : 0,
				   borders[i] + MARGIN);
		(void)keep(out, &n, ram, ram->base + ram->size - MARGIN, ram->base + ram->size);
	}
	memcpy(p->ram, out, sizeof(out));
	p->n_ram = n;
}

int lab_board_memory(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT])
{
	bool none = !p->n_ram;
	int err = none ? invent(dtb, p) : 0;

	if (none && !err)
		invent_pool(p);
	if (!err && tidy(p) > WHOLE)
		cut(p);
	if (err || !p->n_ram) {
		snprintf(why, ANY_LAB_TEXT,
			 "/memory: reg: no page of memory that a board can have");
		return -ANY_EINVAL;
	}
	return 0;
}

int lab_board_complete(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT])
{
	int err = lab_board_memory(dtb, p, why);

	return err ? err : lab_board_pools(dtb, p, why);
}
