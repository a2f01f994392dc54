/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver dies: where, and whether it took a device's address for a pointer. */
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "scenario.h"
#include "../oracle/oracle.h"

#define STACK (1u << 20) /* looking up a source line takes some */

static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction before[ANY_ARRAY_SIZE(deadly)];
static stack_t stack_before;
static void *stack;
static bool armed;

static bool in_program(const void *pc)
{
	Dl_info here, there;

	return dladdr((void *)(uintptr_t)lab_crash_arm, &here) && dladdr(pc, &there) &&
	       here.dli_fbase == there.dli_fbase;
}

/* The frame of the program that was interrupted: behind the lab's own (a sanitizer may have
 * one before them) come those of the kernel's return and of the library that the driver called. */
static uint64_t interrupted(void)
{
	void *frames[16] = {NULL};
	int n = backtrace(frames, ANY_ARRAY_SIZE(frames)), i = 0;

	while (i < n && !in_program(frames[i]))
		i++;
	while (i < n && in_program(frames[i]))
		i++;
	while (i < n && !in_program(frames[i]))
		i++;
	return i < n ? (uint64_t)(uintptr_t)frames[i] : 0;
}

static void judge_pointer(struct lab_machine *m, uint64_t at, uint64_t pc)
{
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];

		if (at - map->bus < map->len)
			lab_fail(
				m, ANY_LAB_WRONG_WINDOW, pc, lab_trace_pc(map->trace), map->step,
				at, 1,
				"The CPU uses 0x%llx as a pointer: it is the device's address of a "
				"buffer.",
				(unsigned long long)at);
	}
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	struct lab_machine *m = lab_current;
	uint64_t at = (uint64_t)(uintptr_t)info->si_addr, pc = interrupted();

	(void)context;
	lab_crash_disarm();
	if (!m || !m->armed) {
		raise(number);
		return;
	}
	m->master = LAB_CPU;
	lab_judge_trust(m);
	if (number == SIGSEGV || number == SIGBUS)
		judge_pointer(m, at, pc);
	lab_fail(m, ANY_LAB_CRASH, pc, 0, 0, 0, 0, "The driver died of signal %d (%s)%s%s.", number,
		 strsignal(number), number == SIGSEGV ? ", at an address where nothing is" : "",
		 number == SIGSEGV && at < 4096 ? ": a NULL pointer" : "");
}

void lab_crash_arm(void)
{
	struct sigaction action = {.sa_sigaction = on_signal,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	stack_t on = {.ss_size = STACK};

	if (!stack)
		stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0);
	if (stack == MAP_FAILED)
		return; /* then a death is the process's, and the runner's to tell */
	on.ss_sp = stack;
	sigaltstack(&on, &stack_before);
	armed = true;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(deadly); i++)
		sigaction(deadly[i], &action, &before[i]);
}

void lab_crash_disarm(void)
{
	for (size_t i = 0; armed && i < ANY_ARRAY_SIZE(deadly); i++)
		sigaction(deadly[i], &before[i], NULL);
	armed = false;
}
