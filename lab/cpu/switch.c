/* SPDX-License-Identifier: BSD-2-Clause */
/* The second CPU's start and end, and the change from one to the other. */
#include <ucontext.h>

#include "cpu.h"
#include "../mem/mem.h"
#include "../rt/rt.h"

/* A sanitizer wants to know which stack is in use; without one these do not exist. */
void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size)
	__attribute__((weak));
void __sanitizer_finish_switch_fiber(void *save, const void **bottom, size_t *size)
	__attribute__((weak));

/* One run at a time: a verdict leaves these behind, and a start sets them anew. */
static struct {
	ucontext_t context;
	struct lab_stack calls;
	void *fake;
} cpus[LAB_CPUS];

static struct {
	struct lab_machine *m;
	void (*thread)(void *ctx);
	void *ctx;
} second;

void *lab_cpu_stack(const struct lab_machine *m, unsigned cpu, size_t *size)
{
	*size = (size_t)m->program->stack_size / LAB_CPUS;
	return (uint8_t *)lab_ptr(m, LAB_VIEW0, m->program->base) + (LAB_CPUS - 1 - cpu) * *size;
}

bool lab_cpu_has_stack(const struct lab_machine *m, uint64_t phys)
{
	size_t size;
	uint64_t from = (uint64_t)(uintptr_t)lab_cpu_stack(m, (unsigned)(m->cpu - m->cpus), &size);

	return lab_host(m, LAB_VIEW0, phys) - from < size;
}

static void change(struct lab_machine *m, bool for_good)
{
	unsigned from = (unsigned)(m->cpu - m->cpus), to = 1 - from;
	size_t size;
	void *bottom = lab_cpu_stack(m, to, &size);

	lab_log_event(m, LAB_EV_SWITCH, LAB_MMIO, to, 0, 0);
	lab_cpu_away(m);
	cpus[from].calls = lab_stack;
	m->cpu = &m->cpus[to];
	lab_cpu_back(m);
	lab_stack = cpus[to].calls;
	m->cache.core = m->cpu->core;
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(for_good ? NULL : &cpus[from].fake, bottom, size);
	swapcontext(&cpus[from].context, &cpus[to].context);
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(cpus[from].fake, NULL, NULL);
}

bool lab_cpu_may_switch(const struct lab_machine *m)
{
	if (ANY_LIKELY(!m->turns.two) || m->turns.hold || m->calm || m->master != LAB_CPU)
		return false;
	return !m->turns.joining || m->cpu == m->cpus || lab_irq_for_joiner(m);
}

bool lab_cpu_switch(struct lab_machine *m)
{
	if (!lab_cpu_may_switch(m))
		return false;
	change(m, false);
	return true;
}

/* What one CPU did before its end, the other one sees after the join. */
static void body(void)
{
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
	second.thread(second.ctx);
	lab_mmio_settle(second.m);
	lab_drain_all(second.m);
	second.m->turns.two = false;
	change(second.m, true);
}

void lab_cpu_start(struct lab_machine *m, void (*thread)(void *ctx), void *ctx)
{
	ucontext_t *context = &cpus[1].context;

	if (m->turns.two)
		lab_fail(m, ANY_LAB_MISUSE, lab_caller_pc(), 0, 0, 0, 0,
			 "The second CPU is started, and it runs already.");
	second.m = m;
	second.thread = thread;
	second.ctx = ctx;
	getcontext(context);
	context->uc_stack.ss_sp = lab_cpu_stack(m, 1, &context->uc_stack.ss_size);
	context->uc_link = NULL;
	makecontext(context, body, 0);
	cpus[1].calls.depth = 0;
	cpus[1].fake = NULL;
	m->cpus[0].core = m->cache.core;
	m->cpus[1].core = 1 - m->cache.core;
	m->cpus[1].away = m->cpus[1].store_head;
	lab_drain_all(m); /* what was stored before the start is there after it */
	m->turns.two = m->turns.ever = true;
	lab_private.every = LAB_LOOKS - 1;
}

void lab_cpu_join(struct lab_machine *m)
{
	if (m->cpu != m->cpus)
		lab_fail(m, ANY_LAB_MISUSE, lab_caller_pc(), 0, 0, 0, 0,
			 "The second CPU waits for its own end.");
	m->turns.joining = true;
	while (m->turns.two) {
		lab_scenario_tick(m);
		if (!lab_cpu_switch(m))
			break;
	}
	m->turns.joining = false;
}
