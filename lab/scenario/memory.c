/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for a scenario: buffers wherever the system happened to find pages, and what it has set
 * aside for the device. */
#include "program.h"
#include "scenario.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

#define PAGE	4096ull
#define TRIES	2000u
#define LARGEST (1ull << 32)

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return !b_size || a >= b + b_size || b >= a + a_size;
}

static bool is_free(const struct any_lab *lab, uint64_t at, uint64_t size)
{
	const struct any_platform *p = lab->m->plat;

	if (!lab_is_ram(lab->m, at, size) ||
	    !apart(at, size, p->machine.bounce_base, p->machine.bounce_size) ||
	    !apart(at, size, p->machine.coherent_base, p->machine.coherent_size))
		return false;
	for (uint32_t i = 0; i < p->n_reserved; i++)
		if (!apart(at, size, p->reserved[i].base, p->reserved[i].size))
			return false;
	for (uint32_t i = 0; i < lab->n_taken; i++)
		if (!apart(at, size, lab->taken[i].phys, lab->taken[i].size))
			return false;
	return true;
}

/* With a liking for places that hurt: both sides of a window's border, the ends of memory. */
static uint64_t somewhere(struct any_lab *lab, uint64_t size, unsigned i)
{
	struct lab_machine *m = lab->m;
	const struct any_dma_facts *f = &m->plat->facts;
	const struct lab_bank *ram = &m->ram[any_lab_random(lab) % m->n_ram];
	uint64_t end;

	if (ram->size < size)
		return ~0ull;
	if (i % 5 == 1 && f->n_segments) {
		const struct any_dma_segment *s = &f->segments[any_lab_random(lab) % f->n_segments];

		end = s->phys.raw + s->size;
		return end > size / 2 ? (end - size / 2) & ~(PAGE - 1) : ~0ull;
	}
	if (i % 5 == 2)
		return ram->base + ram->size - size;
	if (i % 5 == 3)
		return ram->base;
	return ram->base + any_lab_random(lab) % (ram->size - size + 1) / PAGE * PAGE;
}

static void note(struct any_lab *lab, uint64_t at, uint64_t size)
{
	if (lab->n_taken == LAB_TAKEN)
		lab_scenario_cannot(lab, "more than %u buffers at once", LAB_TAKEN);
	lab->taken[lab->n_taken].phys = at;
	lab->taken[lab->n_taken++].size = size;
}

/* Chance finds no room in a memory that is nearly full: look at every page. */
static bool search(struct any_lab *lab, uint64_t size, uint64_t *at)
{
	for (unsigned i = 0; i < lab->m->n_ram; i++) {
		const struct lab_bank *ram = &lab->m->ram[i];
		uint64_t pages = ram->size / PAGE;

		for (uint64_t k = 0; k < pages && k < 65536; k++) {
			*at = ram->base + k * PAGE;
			if (is_free(lab, *at, size))
				return true;
		}
	}
	return false;
}

uint64_t lab_take(struct any_lab *lab, size_t size)
{
	uint64_t want = (size + PAGE - 1) & ~(PAGE - 1), at = 0;
	bool found = false;

	if (!want || want > LARGEST)
		lab_scenario_cannot(lab, "a buffer of %zu bytes is asked for", size);
	for (unsigned i = 0; i < TRIES && !found; i++) {
		at = somewhere(lab, want, i ? i : (unsigned)any_lab_random(lab) % 5);
		found = is_free(lab, at, want);
	}
	if (!found && !search(lab, want, &at))
		lab_scenario_cannot(lab, "this machine has no %llu bytes left for a buffer",
				    (unsigned long long)want);
	note(lab, at, want);
	return at;
}

void *any_lab_alloc(struct any_lab *lab, size_t size)
{
	uint64_t at = lab_take(lab, size);

	return lab_ptr(lab->m, (unsigned)(any_lab_random(lab) % lab->m->n_views), at);
}

bool lab_phys(const struct lab_machine *m, const volatile void *cpu, uint64_t *phys)
{
	uint64_t host = lab_home(m, (uint64_t)(uintptr_t)cpu);

	if (host - LAB_BASE >= LAB_SPAN || lab_region_of(host) >= LAB_MMIO)
		return false;
	*phys = lab_phys_of(host);
	return lab_is_ram(m, *phys, 1);
}

bool lab_is_programs(const struct any_lab *lab, uint64_t phys, uint64_t len)
{
	for (uint32_t i = 0; i < lab->n_taken; i++)
		if (phys - lab->taken[i].phys < lab->taken[i].size &&
		    len <= lab->taken[i].size - (phys - lab->taken[i].phys))
			return true;
	return false;
}

void any_lab_free(struct any_lab *lab, void *p)
{
	uint64_t phys;

	if (!p)
		return;
	lab_enter(LAB_PC());
	for (uint32_t i = 0; lab_phys(lab->m, p, &phys) && i < lab->n_taken; i++) {
		if (lab->taken[i].phys != phys)
			continue;
		lab_judge_freed(lab->m, phys, lab->taken[i].size);
		lab->taken[i] = lab->taken[--lab->n_taken];
		lab_leave();
		return;
	}
	any_lab_misuse("Memory is freed that is not allocated.");
}

/* ---- set aside for the device */

static struct lab_chunk *new_chunk(struct any_lab *lab, size_t size)
{
	if (lab->n_chunks == LAB_CHUNKS)
		lab_scenario_cannot(lab, "more than %u pieces of memory for the device",
				    LAB_CHUNKS);
	lab->chunks[lab->n_chunks] = (struct lab_chunk){.size = size};
	return &lab->chunks[lab->n_chunks];
}

/* Without a pool a board's linker script puts it where the device reaches it as it is. */
static bool in_place(struct any_lab *lab, struct lab_chunk *c)
{
	for (unsigned i = 0; i < 64; i++) {
		uint64_t at = lab_take(lab, c->size);
		void *cpu = lab_ptr(lab->m, LAB_VIEW0, at);

		if (!any_dma_map(lab->dma, cpu, c->size, ANY_DMA_BOTH, &c->map)) {
			if (!(c->map.flags & ANY_DMA_MAP_BOUNCED)) {
				c->cpu = (uint64_t)(uintptr_t)cpu;
				c->bus = c->map.addr.raw;
				return true;
			}
			any_dma_unmap(lab->dma, &c->map);
		}
		lab->n_taken--;
	}
	return false;
}

void *any_lab_dma_memory(struct any_lab *lab, size_t size, bool uncached)
{
	struct lab_chunk *c = new_chunk(lab, (size + PAGE - 1) & ~(PAGE - 1));
	bool calm = lab->m->calm;

	lab_enter(LAB_PC());
	lab->m->calm = true; /* the system's doing, before the driver */
	if (!any_dma_alloc_coherent(lab->dma, c->size, &c->mem)) {
		c->cpu = (uint64_t)(uintptr_t)c->mem.cpu;
		c->bus = c->mem.addr.raw;
		if (!uncached && lab_region_of(c->cpu) == LAB_UNCACHED)
			c->cpu = lab_host(lab->m, LAB_VIEW0, lab_phys_of(c->cpu));
	} else if (uncached || !in_place(lab, c)) {
		lab_scenario_cannot(lab, "this machine has no%s memory to set aside for the device",
				    uncached ? " uncached" : "");
	}
	lab_drain_every(lab->m); /* or its zeroes would fall on what the driver stores, cached */
	lab->m->calm = calm;
	lab->n_chunks++;
	lab_judge_set_aside(lab->m, c->bus, c->size);
	lab_leave();
	return (void *)(uintptr_t)c->cpu;
}

/* The system's, which waits until the device is still. */
void lab_give_chunks_back(struct any_lab *lab)
{
	if (lab->attached)
		lab_device_deliver(lab->m);
	while (lab->n_chunks) {
		struct lab_chunk *c = &lab->chunks[--lab->n_chunks];

		if (c->mem.size) {
			any_dma_free_coherent(lab->dma, &c->mem);
			continue;
		}
		lab_judge_given_back(lab->m, c->bus, c->size);
		/* What the driver's last stores left in the cache is nobody's loss now. */
		any_dma_sync_for_device(lab->dma, &c->map, 0, c->size);
		any_dma_unmap(lab->dma, &c->map);
	}
}

uint64_t any_lab_bus_address(struct any_lab *lab, const volatile void *cpu)
{
	const struct any_dma_facts *f = &lab->m->plat->facts;
	uint64_t host = (uint64_t)(uintptr_t)cpu, phys;

	for (uint32_t i = 0; i < lab->n_chunks; i++)
		if (host - lab->chunks[i].cpu < lab->chunks[i].size)
			return lab->chunks[i].bus + (host - lab->chunks[i].cpu);
	if (!lab_phys(lab->m, cpu, &phys))
		return host;
	for (uint32_t i = 0; i < f->n_segments; i++)
		if (phys - f->segments[i].phys.raw < f->segments[i].size)
			return f->segments[i].dma.raw + (phys - f->segments[i].phys.raw);
	return phys;
}

void *any_lab_cpu_address(struct any_lab *lab, uint64_t bus)
{
	for (uint32_t i = 0; i < lab->n_chunks; i++)
		if (bus - lab->chunks[i].bus < lab->chunks[i].size)
			return (void *)(uintptr_t)(lab->chunks[i].cpu + (bus - lab->chunks[i].bus));
	return NULL;
}

void *any_lab_uncached_alias(struct any_lab *lab, void *p)
{
	uint64_t phys;

	if (!lab_phys(lab->m, p, &phys) || !lab_caches(lab->m, phys))
		return p;
	lab_program_told(lab->m, phys, 1, LAB_PC());
	return lab_ptr(lab->m, LAB_UNCACHED, phys);
}
