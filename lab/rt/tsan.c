/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points that gcc and clang call in code built with -fsanitize=thread. The compilers
 * announce every load and store before it happens; no runtime of theirs is linked, this is it.
 */
#include "quick.h"
#include "../cpu/cpu.h"

#include "any_arch.h"

/*
 * The names are the compilers'. What is the program's own business ends here; the rest is apart, so
 * that this saves no registers for it.
 */
#define ENTRY(name, len, other)                                                                    \
	void name(void *p);                                                                        \
	void name(void *p)                                                                         \
	{                                                                                          \
		if (ANY_UNLIKELY(!lab_is_own_business((uint64_t)(uintptr_t)p, len)))               \
			other((uint64_t)(uintptr_t)p, LAB_PC());                                   \
	}

#define OTHERS(len)                                                                                \
	static __attribute__((noinline)) void load##len(uint64_t host, uint64_t pc)                \
	{                                                                                          \
		lab_load_word(host, len, pc);                                                      \
	}                                                                                          \
	static __attribute__((noinline)) void store##len(uint64_t host, uint64_t pc)               \
	{                                                                                          \
		lab_store_word(host, len, pc);                                                     \
	}

#define ENTRIES(len)                                                                               \
	OTHERS(len)                                                                                \
	ENTRY(__tsan_read##len, len, load##len)                                                    \
	ENTRY(__tsan_write##len, len, store##len)                                                  \
	ENTRY(__tsan_unaligned_read##len, len, load##len)                                          \
	ENTRY(__tsan_unaligned_write##len, len, store##len)                                        \
	ENTRY(__tsan_volatile_read##len, len, load##len)                                           \
	ENTRY(__tsan_volatile_write##len, len, store##len)                                         \
	ENTRY(__tsan_unaligned_volatile_read##len, len, load##len)                                 \
	ENTRY(__tsan_unaligned_volatile_write##len, len, store##len)

ENTRIES(1)
ENTRIES(2)
ENTRIES(4)
ENTRIES(8)
ENTRIES(16)

#define READ_WRITE(len)                                                                            \
	void __tsan_read_write##len(void *p);                                                      \
	void __tsan_read_write##len(void *p)                                                       \
	{                                                                                          \
		lab_announce(p, len, false, LAB_PC());                                             \
		lab_announce(p, len, true, LAB_PC());                                              \
	}

READ_WRITE(1)
READ_WRITE(2)
READ_WRITE(4)
READ_WRITE(8)
READ_WRITE(16)

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_read_range(void *p, unsigned long len);
void __tsan_read_range(void *p, unsigned long len)
{
	lab_announce(p, len, false, LAB_PC());
}

void __tsan_write_range(void *p, unsigned long len);
void __tsan_write_range(void *p, unsigned long len)
{
	lab_announce(p, len, true, LAB_PC());
}

/* The argument is where this function will return to: the call site in its caller. */
void __tsan_func_entry(void *site);
void __tsan_func_entry(void *site)
{
	if (lab_stack.depth < LAB_STACK)
		lab_stack.sites[lab_stack.depth] = (uint64_t)(uintptr_t)site - 1;
	lab_stack.depth++;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
	if (lab_current)
		lab_mmio_settle(lab_current);
	if (lab_stack.depth)
		lab_stack.depth--;
}

/* C11 atomics of code under test: the access, and the barrier its order asks of other CPUs. */
static void fence(int order)
{
	if (order == __ATOMIC_SEQ_CST)
		any_lab_barrier(ANY_LAB_SMP_MB);
	else if (order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME)
		any_lab_barrier(ANY_LAB_SMP_RMB);
	else if (order == __ATOMIC_RELEASE)
		any_lab_barrier(ANY_LAB_SMP_WMB);
	else if (order == __ATOMIC_ACQ_REL)
		any_lab_barrier(ANY_LAB_SMP_MB);
}

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
	fence(order);
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}

#define ATOMIC_RMW(bits, name, expr)                                                               \
	uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *p, uint##bits##_t v,  \
						    int order);                                    \
	uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *p, uint##bits##_t v,  \
						    int order)                                     \
	{                                                                                          \
		uint##bits##_t old;                                                                \
                                                                                                   \
		fence(order);                                                                      \
		lab_atomic_begin(p, bits / 8, LAB_PC());                                           \
		old = *p;                                                                          \
		lab_announce(p, bits / 8, true, LAB_PC());                                         \
		*p = (uint##bits##_t)(expr);                                                       \
		lab_atomic_end(p, bits / 8);                                                       \
		fence(order);                                                                      \
		return old;                                                                        \
	}

#define ATOMICS(bits)                                                                              \
	uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int order);    \
	uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int order)     \
	{                                                                                          \
		uint##bits##_t v;                                                                  \
                                                                                                   \
		lab_announce(p, bits / 8, false, LAB_PC());                                        \
		v = *p;                                                                            \
		fence(order);                                                                      \
		return v;                                                                          \
	}                                                                                          \
	void __tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t v, int order); \
	void __tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t v, int order)  \
	{                                                                                          \
		fence(order);                                                                      \
		lab_announce(p, bits / 8, true, LAB_PC());                                         \
		*p = v;                                                                            \
		if (order == __ATOMIC_SEQ_CST)                                                     \
			fence(order);                                                              \
	}                                                                                          \
	int __tsan_atomic##bits##_compare_exchange_strong(volatile uint##bits##_t *p,              \
							  uint##bits##_t *want, uint##bits##_t v,  \
							  int order, int weaker);                  \
	int __tsan_atomic##bits##_compare_exchange_strong(volatile uint##bits##_t *p,              \
							  uint##bits##_t *want, uint##bits##_t v,  \
							  int order, int weaker)                   \
	{                                                                                          \
		uint##bits##_t old;                                                                \
                                                                                                   \
		(void)weaker;                                                                      \
		fence(order);                                                                      \
		lab_atomic_begin(p, bits / 8, LAB_PC());                                           \
		old = *p;                                                                          \
		if (old != *want) {                                                                \
			lab_atomic_end(p, bits / 8);                                               \
			*want = old;                                                               \
			return 0;                                                                  \
		}                                                                                  \
		lab_announce(p, bits / 8, true, LAB_PC());                                         \
		*p = v;                                                                            \
		lab_atomic_end(p, bits / 8);                                                       \
		fence(order);                                                                      \
		return 1;                                                                          \
	}                                                                                          \
	ATOMIC_RMW(bits, exchange, v)                                                              \
	ATOMIC_RMW(bits, fetch_add, old + v)                                                       \
	ATOMIC_RMW(bits, fetch_sub, old - v)                                                       \
	ATOMIC_RMW(bits, fetch_and, old &v)                                                        \
	ATOMIC_RMW(bits, fetch_or, old | v)                                                        \
	ATOMIC_RMW(bits, fetch_xor, old ^ v)

ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)
