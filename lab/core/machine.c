/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds a machine from what its devicetree says and gives its memory fixed host addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "machine.h"
#include "../bus/bus.h"

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

/* Sparse, zeroed, at exactly the address the region's arithmetic gives. */
static bool reserve(const struct lab_machine *m, unsigned region, uint64_t at, uint64_t size)
{
	const uint64_t page = 4096;
	uint64_t from = lab_host(m, region, at) & ~(page - 1);
	uint64_t to = (lab_host(m, region, at) + size + page - 1) & ~(page - 1);
	void *want = (void *)(uintptr_t)from;

	return mmap(want, to - from, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
		    0) == want;
}

static bool reserve_ram(struct lab_machine *m, const struct lab_ram *ram)
{
	bool ok = reserve(m, LAB_DRAM, ram->base, ram->size) &&
		  reserve(m, LAB_UNCACHED, ram->base, ram->size) &&
		  reserve(m, LAB_OWN, ram->base >> 6, ram->size >> 6);

	for (unsigned v = 0; ok && v < m->n_views; v++) {
		ok = reserve(m, v, ram->base, ram->size);
		if (ok && !m->coherent)
			ok = reserve(m, LAB_META0 + v,
				     (ram->base >> m->line_shift) * sizeof(struct lab_line),
				     (ram->size >> m->line_shift) * sizeof(struct lab_line));
	}
	return ok;
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
		else if (base > LAB_PHYS_MASK || size > LAB_PHYS_MASK - base)
			bad = "memory above 256 GiB is not modelled";
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
	m->irq_pushes = plat->machine.drain_from_device == ANY_RITUAL_NONE;
	m->hardware = true;
	m->n_ram = plat->n_ram;
	for (unsigned i = 0; i < m->n_ram; i++)
		m->ram[i] = (struct lab_ram){plat->ram[i].base, plat->ram[i].size};
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
	m->rng = seed * 0xd1342543de82ef95ull + 0x2545f4914f6cdd1dull;
	m->fuse = 1;
	m->calm = true;
	m->store_head = m->store_tail = m->write_head = m->write_tail = m->delivered = 1;
	m->drained_below = 1;
	m->hash = 0xcbf29ce484222325ull;
	m->old_bytes = malloc(LAB_OLD_BYTES);
	ok = m->old_bytes && reserve(m, LAB_MMIO, 0, 65536) && lab_iommu_create(m);
	for (unsigned i = 0; ok && i < m->n_ram; i++)
		ok = reserve_ram(m, &m->ram[i]);
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
	munmap(lab_ptr(m, 0, 0), 1ull << LAB_MACHINE_SHIFT);
	lab_iommu_destroy(m);
	free(m->old_bytes);
	if (lab_current == m)
		lab_current = NULL;
	lab_machines[m->id] = NULL;
	free(m);
}
