/* SPDX-License-Identifier: BSD-2-Clause */
/* What -fsanitize=thread calls. Built without it. */
#include "watched.h"

struct watched watched;

void barrier_seen(const char *name);
void barrier_seen(const char *name)
{
	if (watched.barrier)
		watched.barrier(watched.ctx, name);
}

static void tell(const void *at, unsigned bytes, bool store)
{
	uintptr_t a = (uintptr_t)at;

	if (watched.access && a >= watched.from && a < watched.to)
		watched.access(watched.ctx, a, bytes, store);
}

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *pc);
void __tsan_func_entry(void *pc)
{
	(void)pc;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

#define HOOK(name, bytes, store)                                                                   \
	void name(void *at);                                                                       \
	void name(void *at)                                                                        \
	{                                                                                          \
		tell(at, bytes, store);                                                            \
	}

#define HOOKS(bytes)                                                                               \
	HOOK(__tsan_read##bytes, bytes, false)                                                     \
	HOOK(__tsan_write##bytes, bytes, true)                                                     \
	HOOK(__tsan_unaligned_read##bytes, bytes, false)                                           \
	HOOK(__tsan_unaligned_write##bytes, bytes, true)                                           \
	HOOK(__tsan_volatile_read##bytes, bytes, false)                                            \
	HOOK(__tsan_volatile_write##bytes, bytes, true)

HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

void __tsan_read_range(void *at, unsigned long bytes);
void __tsan_read_range(void *at, unsigned long bytes)
{
	tell(at, (unsigned)bytes, false);
}

void __tsan_write_range(void *at, unsigned long bytes);
void __tsan_write_range(void *at, unsigned long bytes)
{
	tell(at, (unsigned)bytes, true);
}

void *__tsan_memset(void *to, int c, size_t n);
void *__tsan_memset(void *to, int c, size_t n)
{
	return __builtin_memset(to, c, n);
}

void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memcpy(void *to, const void *from, size_t n)
{
	return __builtin_memcpy(to, from, n);
}
