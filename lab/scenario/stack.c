/* SPDX-License-Identifier: BSD-2-Clause */
/* A CPU's stack in the machine's memory: the scenario runs there, and the lab with it. */
#include <ucontext.h>

#include "program.h"
#include "scenario.h"
#include "../cpu/cpu.h"

/* A sanitizer wants to know which stack is in use; without one these do not exist. */
void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size)
	__attribute__((weak));
void __sanitizer_finish_switch_fiber(void *save, const void **bottom, size_t *size)
	__attribute__((weak));

static struct {
	ucontext_t native, cpu;
	int (*run)(struct any_lab *lab);
	struct any_lab *lab;
	int result;
	void *fake;
	const void *native_bottom;
	size_t native_size;
} stack;

static void leave(void)
{
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(NULL, stack.native_bottom, stack.native_size);
}

static void body(void)
{
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(NULL, &stack.native_bottom, &stack.native_size);
	stack.result = stack.run(stack.lab);
	leave();
}

/* A verdict on the scenario's stack goes back to the native one by longjmp. */
void lab_stack_left(const struct lab_machine *m)
{
	if (m->program && stack.lab && stack.lab->m == m && stack.lab->on_stack)
		leave();
}

void lab_stack_back(void)
{
	if (__sanitizer_finish_switch_fiber && stack.lab && stack.lab->on_stack)
		__sanitizer_finish_switch_fiber(stack.fake, NULL, NULL);
	if (stack.lab)
		stack.lab->on_stack = false;
	stack.lab = NULL;
}

int lab_stack_run(struct any_lab *lab, int (*run)(struct any_lab *lab))
{
	struct lab_machine *m = lab->m;
	size_t size = 0;
	void *bottom = lab_cpu_stack(m, 0, &size);

	stack.run = run;
	stack.lab = lab;
	if (getcontext(&stack.cpu))
		lab_scenario_cannot(lab, "the host gives no second stack");
	stack.cpu.uc_stack.ss_sp = bottom;
	stack.cpu.uc_stack.ss_size = size;
	stack.cpu.uc_link = &stack.native;
	makecontext(&stack.cpu, body, 0);
	lab->on_stack = true;
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(&stack.fake, bottom, size);
	swapcontext(&stack.native, &stack.cpu);
	lab_stack_back();
	return stack.result;
}
