/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits of an address that are no address: they choose a route, order a write behind those before
 * it (M14), or say with which key memory is to be read (M15).
 */
#include "path.h"

static bool within(uint64_t at, const struct any_dma_region *mem)
{
	return at - mem->phys.raw < mem->size;
}

static bool page_is_shared(const struct lab_machine *m, uint64_t phys)
{
	const struct any_dma_platform *port = m->port;

	if (m->bypass) /* nobody asked the hypervisor to share anything */
		return false;
	return (port->bounce && within(phys, &port->bounce->mem)) ||
	       (port->coherent && within(phys, &port->coherent->mem));
}

/* A window may have the ordering bit in its own base: then it is part of the address. */
static bool in_window(const struct any_dma_facts *f, uint64_t bus)
{
	for (uint32_t i = 0; i < f->n_segments; i++)
		if (bus - f->segments[i].dma.raw < f->segments[i].size)
			return true;
	return false;
}

uint64_t lab_through_attributes(const struct lab_trip *t, uint64_t bus)
{
	const struct any_dma_facts *f = &t->m->plat->facts;
	const struct any_platform_machine *machine = &t->m->plat->machine;
	uint64_t routes = f->coherent_bits & ~machine->order_bits;
	uint64_t want = t->map->coherent ? routes : 0;

	if ((bus & routes) != want)
		LAB_WRONG(t, ANY_LAB_ATTRIBUTE, t->said,
			  "The device touches %s memory by 0x%llx: the bits 0x%llx of the address "
			  "must be %s on this bus.",
			  t->map->coherent ? "coherent" : "streaming", (unsigned long long)t->said,
			  (unsigned long long)routes, t->map->coherent ? "set" : "clear");
	bus &= ~routes;
	return in_window(f, bus) ? bus : bus & ~machine->order_bits;
}

/*
 * SME: private pages by the bit, shared ones without; CCA: shared ones by the bit; TDX, SEV, pKVM,
 * s390: shared ones only, no bit in the address (hazard 12).
 */
uint64_t lab_through_encryption(const struct lab_trip *t, uint64_t bus)
{
	const struct any_dma_facts *f = &t->m->plat->facts;
	uint64_t bits = f->private_bits | f->shared_bits, bare = bus & ~bits;
	bool shared;

	if (!f->shared_only && !bits)
		return bus;
	shared = page_is_shared(t->m, bare);
	if (f->shared_only && !shared)
		LAB_WRONG(t, ANY_LAB_ENCRYPTED, bare,
			  "The device touches 0x%llx, a private page of an encrypted guest: it "
			  "sees ciphertext.",
			  (unsigned long long)bus);
	if ((bus & bits) == (shared ? f->shared_bits : f->private_bits))
		return bare;
	LAB_WRONG(t, ANY_LAB_ENCRYPTED, bare,
		  bus & bits ? "The device touches a %s page by 0x%llx, with an encryption bit in "
			       "the address that does not belong there."
			     : "The device touches a %s page by 0x%llx, without the encryption bit "
			       "in the address: it sees ciphertext.",
		  shared ? "shared" : "private", (unsigned long long)bus);
}
