/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an operating system puts its pools: as low as they fit within the device's reach, beside
 * what is reserved. A restricted pool of the tree stays what it is.
 */
#include <libfdt.h>
#include <stdio.h>

#include "board.h"

#define PAGE	 4096ull
#define BOUNCE	 (8ull << 20) /* all size classes at their full number */
#define COHERENT (4ull << 20)
#define LEAST	 (256ull << 10)
#define LOW	 (1ull << 20) /* the first of memory is the kernel's and the firmware's */

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a >= b ? a - b >= b_size : b - a >= a_size;
}

static bool free_at(const struct any_platform *p, uint64_t at, uint64_t size)
{
	const struct any_platform_machine *m = &p->machine;
	bool inside = false;

	for (uint32_t i = 0; i < p->n_ram; i++)
		inside |= at >= p->ram[i].base && size <= p->ram[i].size &&
			  at - p->ram[i].base <= p->ram[i].size - size;
	for (uint32_t i = 0; inside && i < p->n_reserved; i++)
		inside = apart(at, size, p->reserved[i].base, p->reserved[i].size);
	return inside && apart(at, size, m->bounce_base, m->bounce_size) &&
	       apart(at, size, m->coherent_base, m->coherent_size) &&
	       any_platform_reaches(p, at, size);
}

static void attempt(const struct any_platform *p, uint64_t from, uint64_t size, uint64_t align,
		    uint64_t *best)
{
	uint64_t at = (from + align - 1) & ~(align - 1);

	if (at >= from && at < *best && free_at(p, at, size))
		*best = at;
}

/* The lowest place: it begins where something else begins or ends. UINT64_MAX: none. */
static uint64_t lowest(const struct any_platform *p, uint64_t size, uint64_t align)
{
	const struct any_platform_machine *m = &p->machine;
	uint64_t borders[LAB_BORDERS], best = UINT64_MAX;
	unsigned n = lab_board_borders(p, borders);

	for (uint32_t i = 0; i < p->n_ram; i++)
		attempt(p, p->ram[i].base + (i || p->ram[i].base ? 0 : LOW), size, align, &best);
	for (uint32_t i = 0; i < p->n_reserved; i++)
		attempt(p, p->reserved[i].base + p->reserved[i].size, size, align, &best);
	for (unsigned i = 0; i < n; i++)
		attempt(p, borders[i], size, align, &best);
	attempt(p, m->bounce_base + m->bounce_size, size, align, &best);
	attempt(p, m->coherent_base + m->coherent_size, size, align, &best);
	return best;
}

/* Smaller where it does not fit, and then less aligned. */
static bool place(const struct any_platform *p, uint64_t wanted, uint64_t *base, uint64_t *size)
{
	for (uint64_t n = wanted; n >= LEAST; n /= 2)
		for (uint64_t align = LOW; align >= PAGE; align /= 256) {
			uint64_t at = lowest(p, n, align);

			if (at == UINT64_MAX)
				continue;
			*base = at;
			*size = n;
			return true;
		}
	return false;
}

int lab_board_pools(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT])
{
	struct any_platform_machine *m = &p->machine;

	if (fdt_path_offset(dtb, "/anydma") >= 0) /* it says what there is, and what there is not */
		return 0;
	if ((!m->bounce_size && !place(p, BOUNCE, &m->bounce_base, &m->bounce_size)) ||
	    (!m->coherent_size && !place(p, COHERENT, &m->coherent_base, &m->coherent_size))) {
		snprintf(why, ANY_LAB_TEXT,
			 "%.110s: no free memory lies within its reach, so nothing can be bounced",
			 p->device);
		return -ANY_ENOTSUP;
	}
	p->facts.no_coherent = false;
	return 0;
}
