/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the operating system happened to put the driver's buffers: anywhere in RAM, by the seed,
 * with a liking for places that hurt: the ends of memory and both sides of a window's border.
 */
#include "run.h"

static bool apart(uint64_t a, uint64_t b, uint64_t size)
{
	return a >= b + size || b >= a + LAB_SLOT_SIZE;
}

static bool acceptable(const struct lab_machine *m, const uint64_t *taken, unsigned n, uint64_t at)
{
	const struct any_platform *p = m->plat;

	if (!lab_is_ram(m, at, LAB_SLOT_SIZE) ||
	    !apart(at, p->machine.bounce_base, p->machine.bounce_size) ||
	    !apart(at, p->machine.coherent_base, p->machine.coherent_size))
		return false;
	for (uint32_t i = 0; i < p->n_reserved; i++)
		if (!apart(at, p->reserved[i].base, p->reserved[i].size))
			return false;
	for (unsigned i = 0; i < n; i++)
		if (!apart(at, taken[i], LAB_SLOT_SIZE))
			return false;
	return true;
}

static uint64_t somewhere(struct lab_machine *m, unsigned i)
{
	const struct any_dma_facts *f = &m->plat->facts;
	const struct lab_bank *ram = &m->ram[i % m->n_ram];

	if (i % 5 == 1 && f->n_segments) { /* across the end of a window */
		const struct any_dma_segment *s = &f->segments[lab_random(m) % f->n_segments];
		uint64_t end = s->phys.raw + s->size;

		return end > LAB_SLOT_SIZE / 2 ? (end - LAB_SLOT_SIZE / 2) & ~4095ull : 0;
	}
	if (i % 5 == 2) /* the last of this memory */
		return (ram->base + ram->size - LAB_SLOT_SIZE) & ~4095ull;
	if (ram->size <= LAB_SLOT_SIZE)
		return ram->base;
	return (ram->base + lab_random(m) % (ram->size - LAB_SLOT_SIZE)) & ~4095ull;
}

void lab_place_slots(struct lab_machine *m, void *slots[LAB_SLOTS])
{
	uint64_t taken[LAB_SLOTS];
	unsigned n = 0;

	for (unsigned tries = 0; n < LAB_SLOTS && tries < 100000; tries++) {
		uint64_t at = somewhere(m, tries);

		if (!acceptable(m, taken, n, at))
			continue;
		taken[n] = at;
		slots[n++] = lab_ptr(m, (unsigned)(lab_random(m) % m->n_views), at);
	}
	while (n && n < LAB_SLOTS) { /* tiny memory: share what there is, one user at a time */
		slots[n] = NULL;
		n++;
	}
}
