/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the compiler announces to the machine's events. */
#ifndef ANYDMA_LAB_RT_H
#define ANYDMA_LAB_RT_H

#include "../core/machine.h"

#define LAB_STACK 128

struct lab_stack {
	uint64_t sites[LAB_STACK];
	uint32_t depth;
};
extern struct lab_stack lab_stack;

void lab_access(uint64_t host, size_t len, bool store, uint64_t pc);

/* One compare for everything that is not lab memory: stack, globals, heap. */
static inline void lab_announce(const volatile void *p, size_t len, bool store, uint64_t pc)
{
	if (ANY_UNLIKELY((uint64_t)(uintptr_t)p - LAB_BASE < LAB_SPAN))
		lab_access((uint64_t)(uintptr_t)p, len, store, pc);
}

#define LAB_PC() ((uint64_t)(uintptr_t)__builtin_return_address(0) - 1)

#endif
