/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds a machine from what its devicetree says and gives its memory fixed host addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "machine.h"
#include "../bus/bridge.h"
#include "../bus/bus.h"
#include "../cache/cache.h"

struct lab_machine *lab_current;
struct lab_machine *lab_machines[LAB_MACHINES];

bool lab_is_ram(const struct lab_machine *m, uint64_t phys, uint64_t len)
{
	for (unsigned i = 0; i < m->n_ram; i++)
		if (phys >= m->ram[i].base && phys - m->ram[i].base < m->ram[i].size &&
		    len <= m->ram[i].size - (phys - m->ram[i].base))
			return true;
	return false;
}

uint64_t lab_find_place(const struct lab_machine *m, uint64_t phys)
{
	for (unsigned i = 0; i < m->n_ram; i++) {
		if (phys - m->ram[i].base >= m->ram[i].size)
			continue;
		*m->hot = m->ram[i];
		return m->ram[i].place + (phys - m->ram[i].base);
	}
	return LAB_PLACE_MASK;
}

uint64_t lab_find_phys(const struct lab_machine *m, uint64_t place)
{
	unsigned i = 0;

	while (i + 1 < m->n_ram && place >= m->ram[i + 1].place)
		i++;
	*m->hot = m->ram[i];
	return m->ram[i].base + (place - m->ram[i].place);
}

/* False: more than a region holds. The lines of the smallest size need three times their bytes. */
static bool place_banks(struct lab_machine *m, const struct any_platform *plat)
{
	uint64_t place = 0;

	m->n_ram = plat->n_ram;
	for (unsigned i = 0; i < m->n_ram; i++) {
		struct lab_bank *b = &m->ram[i];

		b->base = plat->ram[i].base;
		b->size = plat->ram[i].size;
		/* Below 4 GiB place and address agree: a driver that keeps 32 bits of a pointer has
		 * the CPU physical address in hand, as it would on its board. */
		if (b->base >= place && b->base + b->size <= 1ull << 32)
			place = b->base;
		else if (!i ||
			 b->base != b[-1].base + b[-1].size) /* else it goes on where that ended */
			place = ((place + 2 * LAB_BANK_GAP - 1) & ~(LAB_BANK_GAP - 1)) +
				(b->base & (LAB_BANK_GAP - 1));
		b->place = place;
		place += b->size;
		if (place > (LAB_PLACE_MASK - LAB_BANK_GAP) / 3)
			return false;
	}
	m->last_bank = m->ram[0];
	m->hot = &m->last_bank;
	return true;
}

/* Sparse, zeroed, at exactly the address the region's arithmetic gives. */
static bool reserve(const struct lab_machine *m, unsigned region, uint64_t at, uint64_t size)
{
	const uint64_t page = 4096;
	uint64_t from = lab_raw(m, region, at) & ~(page - 1);
	uint64_t to = (lab_raw(m, region, at) + size + page - 1) & ~(page - 1);
	void *want = (void *)(uintptr_t)from;

	return mmap(want, to - from, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
		    0) == want;
}

/* One stretch of places. */
static bool reserve_places(struct lab_machine *m, uint64_t from, uint64_t size)
{
	bool ok = reserve(m, LAB_DRAM, from, size) && reserve(m, LAB_UNCACHED, from, size) &&
		  reserve(m, LAB_OWN, from >> 6, size >> 6);

	if (ok && m->cache.lower_line)
		ok = reserve(m, LAB_LOWER, from, size) &&
		     reserve(m, LAB_LOWER_META,
			     (from >> m->cache.lower_shift) * sizeof(struct lab_line),
			     (size >> m->cache.lower_shift) * sizeof(struct lab_line));
	for (unsigned v = 0; ok && v < m->n_views; v++) {
		ok = reserve(m, v, from, size);
		if (ok && !m->coherent)
			ok = reserve(m, LAB_META0 + v,
				     (from >> m->line_shift) * sizeof(struct lab_line),
				     (size >> m->line_shift) * sizeof(struct lab_line));
	}
	return ok;
}

/* Banks without a gap between share the pages of what is kept about them. */
static bool reserve_ram(struct lab_machine *m)
{
	for (unsigned i = 0, next; i < m->n_ram; i = next) {
		uint64_t end = m->ram[i].place + m->ram[i].size;

		for (next = i + 1; next < m->n_ram && m->ram[next].place == end; next++)
			end += m->ram[next].size;
		if (!reserve_places(m, m->ram[i].place, end - m->ram[i].place))
			return false;
	}
	return true;
}

static bool check(const struct any_platform *plat, char *why)
{
	const char *bad = NULL;

	if (!plat->n_ram)
		bad = "the tree describes no memory";
	else if (plat->n_ram > LAB_MAX_RAM)
		bad = "more memory ranges than the lab models";
	for (uint32_t i = 0; !bad && i < plat->n_ram; i++) {
		uint64_t base = plat->ram[i].base, size = plat->ram[i].size;

		if ((base | size) & 4095)
			bad = "memory is not page aligned";
		else if (!size || size > UINT64_MAX / 2 || base > UINT64_MAX / 2 - size)
			bad = "memory that is empty or ends above 2^63 is not modelled";
	}
	if (!bad && plat->machine.cache.line > 128)
		bad = "cache lines above 128 bytes are not modelled";
	if (bad)
		snprintf(why, ANY_LAB_TEXT, "%s", bad);
	return !bad;
}

static struct lab_machine *take_slot(void)
{
	for (unsigned id = 0; id < LAB_MACHINES; id++) {
		if (lab_machines[id])
			continue;
		lab_machines[id] = calloc(1, sizeof(struct lab_machine));
		if (lab_machines[id])
			lab_machines[id]->id = id;
		return lab_machines[id];
	}
	return NULL;
}

static void take_facts(struct lab_machine *m, const struct any_platform *plat)
{
	m->plat = plat;
	m->coherent = plat->facts.coherent;
	m->speculates = plat->machine.cache.speculates;
	m->line = plat->machine.cache.line > 1 ? plat->machine.cache.line : 64;
	m->line_shift = (unsigned)__builtin_ctz(m->line);
	m->n_views = plat->machine.cache.n_views ? plat->machine.cache.n_views : 1;
	/* Where a read-ahead buffer has a drain of its own, the interrupt is as good as any. */
	m->irq_pushes = !lab_ritual_needed(plat->machine.drain_from_device) ||
			plat->machine.cache.read_ahead;
	m->relaxed = plat->machine.relaxed_order; /* as the function comes out of reset */
	m->hardware = true;
}

struct lab_machine *lab_machine_create(const struct any_platform *plat, uint64_t seed, char *why)
{
	struct lab_machine *m;
	bool ok;

	if (!check(plat, why))
		return NULL;
	m = take_slot();
	if (!m) {
		snprintf(why, ANY_LAB_TEXT, "no room for another machine");
		return NULL;
	}
	take_facts(m, plat);
	if (!place_banks(m, plat)) {
		snprintf(why, ANY_LAB_TEXT, "more memory than the lab holds, 85 GiB");
		lab_machine_destroy(m);
		return NULL;
	}
	if (!lab_cache_create(m, why)) {
		lab_machine_destroy(m);
		return NULL;
	}
	lab_chance_init(m, seed);
	m->calm = true;
	m->write_head = m->write_tail = m->delivered = 1;
	m->cpu = m->cpus;
	for (unsigned i = 0; i < LAB_CPUS; i++)
		m->cpus[i].store_head = m->cpus[i].store_tail = m->cpus[i].drained_below = 1;
	m->hash = 0xcbf29ce484222325ull;
	m->old_bytes = malloc(LAB_OLD_BYTES);
	ok = m->old_bytes && reserve(m, LAB_MMIO, 0, 65536) && lab_iommu_create(m);
	ok = ok && reserve_ram(m);
	if (ok)
		return m;
	snprintf(why, ANY_LAB_TEXT, "the host has no address space for this machine");
	lab_machine_destroy(m);
	return NULL;
}

void lab_machine_destroy(struct lab_machine *m)
{
	if (!m)
		return;
	munmap((void *)(uintptr_t)lab_raw(m, 0, 0), 1ull << LAB_MACHINE_SHIFT);
	lab_iommu_destroy(m);
	free(m->old_bytes);
	if (lab_current == m)
		lab_current = NULL;
	lab_machines[m->id] = NULL;
	free(m);
}
