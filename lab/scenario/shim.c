/* SPDX-License-Identifier: BSD-2-Clause */
/* What shims call: the cache as this machine's port works it, ownership that an API passes on. */
#include "program.h"
#include "scenario.h"
#include "../bus/bridge.h"
#include "../cache/cache.h"
#include "../oracle/oracle.h"
#include "../port/port.h"
#include "../rt/rt.h"

static struct lab_machine *running(void)
{
	struct lab_machine *m = lab_current;

	return m && m->armed && m->lab && m->master == LAB_CPU ? m : NULL;
}

static void clean(struct lab_machine *m, void *va, uint64_t phys, size_t len)
{
	lab_port_cache_ops.clean(m, va, any_phys(phys), len);
	lab_port_cache_ops.sync(m); /* partner: the device's read of these lines */
}

static void inval(struct lab_machine *m, void *va, uint64_t phys, size_t len)
{
	lab_infer_inval(m, phys, len);
	lab_port_cache_ops.inval(m, va, any_phys(phys), len);
	lab_port_cache_ops.sync(m); /* partner: the CPU's loads that follow */
	lab_infer_inval(m, 0, 0);
}

static void clean_inval(struct lab_machine *m, void *va, uint64_t phys, size_t len)
{
	lab_port_cache_ops.clean_inval(m, va, any_phys(phys), len);
	lab_port_cache_ops.sync(m); /* partner: the device's accesses, and the loads that follow */
}

static bool needs(const struct lab_machine *m, enum any_dma_dir dir)
{
	return lab_ritual_needed(dir == ANY_DMA_TO_DEVICE ? m->plat->machine.drain_to_device
							  : m->plat->machine.drain_from_device);
}

/*
 * A raw driver has barriers and cache operations and nothing else: a system that has buffers to
 * empty between CPU and device empties them there (outer_sync() in Linux's wmb() on Arm). The
 * ritual uses barriers itself.
 */
void lab_scenario_drain(struct lab_machine *m, unsigned barrier)
{
	static bool inside;
	bool out = barrier == ANY_LAB_FULL_MB || barrier == ANY_LAB_MMIO_WMB;
	bool in = barrier == ANY_LAB_FULL_MB || barrier == ANY_LAB_MMIO_RMB ||
		  barrier == ANY_LAB_DMA_RMB;

	if (inside)
		return;
	inside = true;
	if (out && needs(m, ANY_DMA_TO_DEVICE))
		lab_port_drain(m, ANY_DMA_TO_DEVICE);
	if (in && needs(m, ANY_DMA_FROM_DEVICE))
		lab_port_drain(m, ANY_DMA_FROM_DEVICE);
	inside = false;
}

/* A raw port has one place for what else lies between CPU and device: its cache functions. */
void any_lab_cache(enum any_lab_cache_op op, const volatile void *from, size_t len)
{
	struct lab_machine *m = running();
	void *va = (void *)(uintptr_t)from;
	uint64_t phys;

	if (!m || !len)
		return;
	any_lab_barrier(ANY_LAB_FULL_MB); /* the stores before, as DSB in those functions */
	lab_enter(LAB_PC());
	if (!lab_phys(m, from, &phys)) { /* constants, text: never dirty, never written */
		lab_leave();
		return;
	}
	lab_program_told(m, phys, len, LAB_PC());
	va = (void *)(uintptr_t)lab_home(m, (uint64_t)(uintptr_t)from);
	/* An uncached alias has no lines. */
	if (lab_caches(m, phys) && lab_region_of((uint64_t)(uintptr_t)va) < LAB_VIEWS)
		(op == ANY_LAB_CACHE_CLEAN   ? clean
		 : op == ANY_LAB_CACHE_INVAL ? inval
					     : clean_inval)(m, va, phys, len);
	any_lab_barrier(ANY_LAB_FULL_MB); /* and what follows */
	lab_leave();
}

void any_lab_cache_all(enum any_lab_cache_op op)
{
	struct lab_machine *m = running();
	uint64_t trace[LAB_TRACE];

	if (!m || m->coherent)
		return;
	lab_enter(LAB_PC());
	lab_trace(trace);
	if (op == ANY_LAB_CACHE_INVAL)
		lab_fail(m, ANY_LAB_MISUSE, lab_trace_pc(trace), 0, 0, 0, 0,
			 "The whole cache is invalidated without being written back: every store "
			 "that still waits in it is lost.");
	lab_cache_write_back_all(m, op == ANY_LAB_CACHE_CLEAN_INVAL);
	lab_leave();
}

uint32_t any_lab_cache_line(void)
{
	struct lab_machine *m = lab_current;

	return m ? lab_cache_unit(m) : 64;
}

void any_lab_lend(const volatile void *cpu, uint64_t bus, size_t len, enum any_dma_dir dir)
{
	struct lab_machine *m = running();

	if (!m || !len)
		return;
	lab_enter(LAB_PC());
	lab_mapping_lend(m, (uint64_t)(uintptr_t)cpu, bus, len, dir);
	lab_leave();
}

void any_lab_take_back(uint64_t bus, size_t len, enum any_dma_dir dir)
{
	struct lab_machine *m = running();

	if (!m || !len)
		return;
	lab_enter(LAB_PC());
	lab_mapping_take_back(m, bus, len, dir);
	lab_leave();
}

void *any_lab_shim_state(const void *key, size_t size)
{
	struct any_lab *lab = any_lab_current();
	void *bytes;

	for (struct lab_kept *k = lab->kept; k; k = k->next)
		if (k->key == key)
			return k->bytes;
	bytes = lab_scenario_keep(lab, size);
	lab->kept->key = key;
	return bytes;
}

void any_lab_own_lines(struct any_lab *lab)
{
	lab->m->own_lines = true;
}
