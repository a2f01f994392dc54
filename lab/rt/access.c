/* SPDX-License-Identifier: BSD-2-Clause */
/* Which machine, which party, which memory: an announced access becomes an event. */
#include "rt.h"
#include "../bus/bridge.h"
#include "../bus/bus.h"
#include "../mem/mem.h"

struct lab_stack lab_stack;

#define LARGEST (1u << 30) /* one event: its bytes move together, after all of it is announced */

static inline void one(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		       bool store, uint64_t pc)
{
	if (ANY_UNLIKELY(m->master == LAB_DEVICE)) {
		if (region != LAB_DRAM)
			return;
		if (store)
			lab_device_store(m, phys, len, pc);
		else
			lab_device_load(m, phys, len, pc);
	} else if (region < LAB_VIEWS || region == LAB_UNCACHED) {
		if (store)
			lab_cpu_store(m, region, phys, len, pc);
		else
			lab_cpu_load(m, region, phys, len, pc);
	} else if (region == LAB_MMIO && phys >= LAB_MMIO_BRIDGE) {
		lab_bridge_touch(m, (uint32_t)phys, store);
	} else if (region == LAB_MMIO) {
		lab_mmio_plain(m, (uint32_t)phys, len, store, pc);
	}
}

/* Too long for one event. */
static void parts(struct lab_machine *m, uint64_t host, size_t len, bool store, uint64_t pc)
{
	while (len) {
		uint32_t n = len > LARGEST ? LARGEST : (uint32_t)len;

		one(m, lab_region_of(host), lab_phys_of(host), n, store, pc);
		host += n;
		len -= n;
	}
}

/* Does a device know of every part of [host, host + len), all of it the program's? */
static inline bool is_told(const struct lab_machine *m, uint64_t host, size_t len)
{
	const uint64_t at = host & LAB_PLACE_MASK, n = ((at + len - 1) >> 6) - (at >> 6);
	const uint8_t *own = (const uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, at >> 6);
	uint8_t all = *own;

	for (uint64_t i = 1; ANY_UNLIKELY(i <= n); i++)
		all &= own[i];
	return all & LAB_OWN_TOLD;
}

/* True: it is nobody's business but the CPU's. */
static inline bool in_program(struct lab_machine *m, uint64_t host, size_t len, uint64_t pc)
{
	if ((host & ((1ull << LAB_MACHINE_SHIFT) - 1)) - m->program->place >= m->program->size ||
	    is_told(m, host, len))
		return false;
	if (lab_is_private(m, host, len)) {
		if (m->master == LAB_CPU)
			lab_look(m);
		return true;
	}
	if (m->master == LAB_CPU)
		lab_program_mixed(m, lab_phys_of(host), len, pc);
	return false;
}

void lab_access(uint64_t host, size_t len, bool store, uint64_t pc)
{
	struct lab_machine *m;
	unsigned region;

	if (ANY_UNLIKELY(host - LAB_BASE >= LAB_SPAN)) { /* only while a scenario runs */
		m = lab_current;
		host = lab_home(m, host);
	} else {
		m = lab_machines[(host - LAB_BASE) >> LAB_MACHINE_SHIFT];
	}
	if (!m || !m->armed)
		return;
	lab_mmio_settle(m);
	region = lab_region_of(host);
	if (ANY_UNLIKELY(!len) ||
	    (m->program && region == LAB_VIEW0 && in_program(m, host, len, pc)))
		return;
	if (ANY_LIKELY(len <= LARGEST))
		one(m, region, lab_phys_of(host), (uint32_t)len, store, pc);
	else
		parts(m, host, len, store, pc);
}

void lab_trace(uint64_t trace[LAB_TRACE])
{
	for (uint32_t i = 0; i < LAB_TRACE; i++)
		trace[i] = i < lab_stack.depth && lab_stack.depth <= LAB_STACK
				   ? lab_stack.sites[lab_stack.depth - 1 - i]
				   : 0;
}

uint64_t lab_caller_pc(void)
{
	uint64_t trace[LAB_TRACE];

	lab_trace(trace);
	return trace[0];
}

void lab_stack_reset(void)
{
	lab_stack.depth = 0;
}
