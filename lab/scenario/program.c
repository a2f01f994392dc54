/* SPDX-License-Identifier: BSD-2-Clause */
/* When a device is told of memory of the program's: from then on its lines and stores count. */
#include "program.h"
#include "scenario.h"
#include "../cache/cache.h"
#include "../cpu/cpu.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

struct lab_private lab_private;

#define STACK (512ull << 10) /* of two CPUs; verdicts read debug information on it */
#define ROOMY (32ull << 20)  /* three quarters of it in less RAM */
#define LEAST (64ull << 10)
#define MOST  (8ull << 20)
#define PAGE  4096ull

static uint64_t total_ram(const struct lab_machine *m)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < m->n_ram; i++)
		size += m->ram[i].size;
	return size;
}

/* One piece of RAM for all of it: a sixteenth of the machine's, within reason. */
void lab_program_create(struct any_lab *lab)
{
	struct lab_program *p = lab_scenario_keep(lab, sizeof(*p));
	uint64_t heap = total_ram(lab->m) / 16 & ~(PAGE - 1), statics = 0;

	lab_statics_size(&statics);
	p->stack_size = total_ram(lab->m) < ROOMY ? STACK / 4 * 3 : STACK;
	p->heap_size = heap < LEAST ? LEAST : heap > MOST ? MOST : heap;
	p->size = p->stack_size + p->heap_size + statics;
	p->base = lab_take(lab, p->size);
	p->place = lab_place(lab->m, p->base);
	p->heap = p->base + p->stack_size;
	p->statics = p->heap + p->heap_size;
	lab->m->program = p;
}

static bool inside(const struct lab_machine *m, uint64_t phys, uint64_t *len)
{
	const struct lab_program *p = m->program;

	if (!p || phys - p->base >= p->size)
		return false;
	if (*len > p->size - (phys - p->base))
		*len = p->size - (phys - p->base);
	return *len;
}

static void judge_stack(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc)
{
	uint64_t trace[LAB_TRACE];

	if (phys - m->program->base >= m->program->stack_size)
		return;
	lab_trace(trace);
	lab_fail(m, ANY_LAB_BAD_MEMORY, trace[0] ? lab_trace_pc(trace) : pc, 0, 0, phys,
		 (uint32_t)len,
		 "%llu bytes of the stack are given to a device: their lines hold what else is on "
		 "the stack, and the function returns.",
		 (unsigned long long)len);
}

/* The CPU stored all of this some time, and its cache may have it all. Memory is given the bytes as
 * well, since a store to a line that is not there fills it first: that they count as dirty is what
 * matters. */
static void follow(struct lab_machine *m, uint64_t base, uint32_t unit, uint64_t pc)
{
	bool prefixed = m->cache.prefixed; /* these stores are old: nothing comes between */

	for (uint64_t at = base; at < base + unit; at += 64)
		*lab_own(m, at) |= LAB_OWN_TOLD;
	lab_copy(lab_ptr(m, LAB_DRAM, base), lab_ptr(m, LAB_VIEW0, base), unit);
	if (m->cache.lower_line) /* a level below may have fetched it meanwhile */
		lab_copy(lab_ptr(m, LAB_LOWER, base), lab_ptr(m, LAB_VIEW0, base), unit);
	if (lab_caches(m, base))
		lab_cached_store(m, LAB_VIEW0, base, unit, pc);
	m->cache.prefixed = prefixed;
}

static bool tell(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc)
{
	uint32_t unit = lab_cache_unit(m) > 64 ? lab_cache_unit(m) : 64;
	bool news = false;

	if (!m->raw)
		judge_stack(m, phys, len, pc);
	if (phys - m->program->base < m->program->stack_size)
		m->program->stack_told = true;
	for (uint64_t at = phys & ~(uint64_t)(unit - 1); at < phys + len; at += unit) {
		if (*lab_own(m, at) & LAB_OWN_TOLD)
			continue;
		follow(m, at, unit, pc);
		news = true;
	}
	return news;
}

/* Below the frame that is running: the function whose buffer it was has returned, and the lab's own
 * frames may be there now. */
bool lab_program_is_dead(const struct lab_machine *m, uint64_t phys)
{
	uint64_t host = lab_host(m, LAB_VIEW0, phys);

	if (!lab_cpu_has_stack(m, phys))
		return false;
	return phys - m->program->base < m->program->stack_size &&
	       host < (uint64_t)(uintptr_t)__builtin_frame_address(0) + 256;
}

bool lab_program_is_news(const struct lab_machine *m, uint64_t phys, uint64_t len)
{
	const struct lab_program *p = m->program;

	if (!p || phys - p->base >= p->size)
		return false;
	if (phys - p->base < p->stack_size)
		return true; /* judged each time */
	len = len < p->base + p->size - phys ? len : p->base + p->size - phys;
	for (uint64_t at = phys & ~63ull; at < phys + len; at += 64)
		if (!(*lab_own(m, at) & LAB_OWN_TOLD))
			return true;
	return false;
}

void lab_program_told(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc)
{
	/* Where no cache holds it, its stores may wait in the store buffer still: nothing has
	 * ordered them since, as far as anybody knows. */
	if (inside(m, phys, &len) && tell(m, phys, len, pc) && !lab_caches(m, phys))
		lab_direct_store(m, LAB_VIEW0, phys, (uint32_t)len, pc);
}

void lab_program_met(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc)
{
	if (inside(m, phys, &len))
		tell(m, phys, len, pc);
}

/* One access to both kinds: all of it is followed, since the machine moves its bytes as one. */
void lab_program_mixed(struct lab_machine *m, uint64_t phys, uint64_t len, uint64_t pc)
{
	uint32_t unit = lab_cache_unit(m) > 64 ? lab_cache_unit(m) : 64;

	if (!inside(m, phys, &len))
		return;
	for (uint64_t at = phys & ~(uint64_t)(unit - 1); at < phys + len; at += unit)
		if (!(*lab_own(m, at) & LAB_OWN_TOLD))
			follow(m, at, unit, pc);
}

/* Time passes in private memory too: loops there wait for an interrupt, or for the other CPU. */
void lab_program_look(struct lab_machine *m)
{
	uint32_t looks = lab_private.looks;

	if (ANY_UNLIKELY(m->turns.two) && looks % LAB_LOOKS == 1)
		lab_tick(m);
	if (looks % LAB_GLANCE || m->calm)
		return;
	lab_tick(m);
	lab_scenario_computed(m);
}

void lab_program_begin(struct lab_machine *m)
{
	const struct lab_program *p = m->program;

	lab_private = (struct lab_private){
		.from = lab_raw(m, LAB_VIEW0, p->place),
		.size = p->size,
		.own = (const uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, p->place >> 6),
		.m = m,
		.every = LAB_GLANCE - 1,
	};
}

void lab_program_end(void)
{
	lab_private.size = 0;
}
