/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C++'s operators new and delete, replaced as the language allows, under the names the compilers
 * give them: what a driver allocates is memory of the machine, and what the C++ library allocates
 * or frees for it is the same kind. A program that brings its own has its own.
 */
#include <stdlib.h>

void *__wrap_malloc(size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void __wrap_free(void *p);

/* There is nothing to throw with. */
static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void *take(size_t size)
{
	return __wrap_malloc(size ? size : 1);
}

static void *take_aligned(size_t size, size_t align)
{
	return __wrap_aligned_alloc(align, (size + align) & ~(align - 1));
}

#define NEW(name, more, value)                                                                     \
	void *name(size_t size more);                                                              \
	void *name(size_t size more)                                                               \
	{                                                                                          \
		return value;                                                                      \
	}
#define AND	 ,
#define NO_THROW AND const void *nothrow __attribute__((unused))
#define ALIGN	 AND size_t align

NEW(_Znwm, , must(take(size)))
NEW(_Znam, , must(take(size)))
NEW(_ZnwmRKSt9nothrow_t, NO_THROW, take(size))
NEW(_ZnamRKSt9nothrow_t, NO_THROW, take(size))
NEW(_ZnwmSt11align_val_t, ALIGN, must(take_aligned(size, align)))
NEW(_ZnamSt11align_val_t, ALIGN, must(take_aligned(size, align)))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, ALIGN NO_THROW, take_aligned(size, align))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, ALIGN NO_THROW, take_aligned(size, align))

#define DELETE(name, ...)                                                                          \
	void name(void *p, ##__VA_ARGS__);                                                         \
	void name(void *p, ##__VA_ARGS__)                                                          \
	{                                                                                          \
		__wrap_free(p);                                                                    \
	}

DELETE(_ZdlPv)
DELETE(_ZdaPv)
DELETE(_ZdlPvm, size_t n __attribute__((unused)))
DELETE(_ZdaPvm, size_t n __attribute__((unused)))
DELETE(_ZdlPvRKSt9nothrow_t, const void *x __attribute__((unused)))
DELETE(_ZdaPvRKSt9nothrow_t, const void *x __attribute__((unused)))
DELETE(_ZdlPvSt11align_val_t, size_t a __attribute__((unused)))
DELETE(_ZdaPvSt11align_val_t, size_t a __attribute__((unused)))
DELETE(_ZdlPvmSt11align_val_t, size_t n __attribute__((unused)), size_t a __attribute__((unused)))
DELETE(_ZdaPvmSt11align_val_t, size_t n __attribute__((unused)), size_t a __attribute__((unused)))
