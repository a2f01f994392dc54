/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C++'s operators new and delete, replaced as the language allows, under the names the compilers
 * give them: what a driver allocates is memory of the machine, and what the C++ library allocates
 * or frees for it is the same kind. Weak: a program that brings its own has its own, and the forms
 * it does not bring go through those it does, as in the C++ library.
 */
#include <stdlib.h>

#include "libc.h"
#include "../scenario/program.h"

#define WEAK	   __attribute__((weak))
#define WEAK_OF(f) __attribute__((weak, alias(#f)))

/* std::__throw_bad_alloc(), where there is a C++ library. */
void _ZSt17__throw_bad_allocv(void) WEAK;

static void *must(void *p)
{
	if (p)
		return p;
	if (_ZSt17__throw_bad_allocv)
		_ZSt17__throw_bad_allocv();
	abort();
}

static void *take(size_t size)
{
	return malloc(size ? size : 1);
}

static void *take_aligned(size_t size, size_t align)
{
	return size > SIZE_MAX - align ? NULL : aligned_alloc(align, (size + align) & ~(align - 1));
}

/* ---- the four that all others stand on ------------------------------------------------------- */

static void *own_new(size_t size)
{
	return must(take(size));
}

static void *own_new_aligned(size_t size, size_t align)
{
	return must(take_aligned(size, align));
}

static void own_delete(void *p)
{
	lab_free(p, LAB_PC());
}

static void own_delete_aligned(void *p, size_t align)
{
	(void)align;
	lab_free(p, LAB_PC());
}

void *_Znwm(size_t size) WEAK_OF(own_new);
void *_ZnwmSt11align_val_t(size_t size, size_t align) WEAK_OF(own_new_aligned);
void _ZdlPv(void *p) WEAK_OF(own_delete);
void _ZdlPvSt11align_val_t(void *p, size_t align) WEAK_OF(own_delete_aligned);

/* ---- the others ------------------------------------------------------------------------------ */

static void *try_new(size_t size)
{
	return _Znwm == own_new ? take(size) : _Znwm(size);
}

static void *try_new_aligned(size_t size, size_t align)
{
	return _ZnwmSt11align_val_t == own_new_aligned ? take_aligned(size, align)
						       : _ZnwmSt11align_val_t(size, align);
}

/* At the line that says delete, not at the form it goes through. */
static void pass_delete(void *p, uint64_t pc)
{
	if (_ZdlPv == own_delete)
		lab_free(p, pc);
	else
		_ZdlPv(p);
}

static void pass_delete_aligned(void *p, size_t align, uint64_t pc)
{
	if (_ZdlPvSt11align_val_t == own_delete_aligned)
		lab_free(p, pc);
	else
		_ZdlPvSt11align_val_t(p, align);
}

#define NEW(name, value, ...)                                                                      \
	void *name(__VA_ARGS__) WEAK;                                                              \
	void *name(__VA_ARGS__)                                                                    \
	{                                                                                          \
		return value;                                                                      \
	}
#define DELETE(name, body, ...)                                                                    \
	void name(__VA_ARGS__) WEAK;                                                               \
	void name(__VA_ARGS__)                                                                     \
	{                                                                                          \
		body;                                                                              \
	}
#define NO_THROW const void *nothrow __attribute__((unused))
#define SIZE	 size_t size __attribute__((unused))

NEW(_Znam, _Znwm(size), size_t size)
NEW(_ZnwmRKSt9nothrow_t, try_new(size), size_t size, NO_THROW)
NEW(_ZnamRKSt9nothrow_t, try_new(size), size_t size, NO_THROW)
NEW(_ZnamSt11align_val_t, _ZnwmSt11align_val_t(size, align), size_t size, size_t align)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, try_new_aligned(size, align), size_t size, size_t align,
    NO_THROW)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, try_new_aligned(size, align), size_t size, size_t align,
    NO_THROW)

DELETE(_ZdaPv, pass_delete(p, LAB_PC()), void *p)
DELETE(_ZdlPvm, pass_delete(p, LAB_PC()), void *p, SIZE)
DELETE(_ZdaPvm, pass_delete(p, LAB_PC()), void *p, SIZE)
DELETE(_ZdlPvRKSt9nothrow_t, pass_delete(p, LAB_PC()), void *p, NO_THROW)
DELETE(_ZdaPvRKSt9nothrow_t, pass_delete(p, LAB_PC()), void *p, NO_THROW)

#define PASS_ALIGNED pass_delete_aligned(p, align, LAB_PC())
DELETE(_ZdaPvSt11align_val_t, PASS_ALIGNED, void *p, size_t align)
DELETE(_ZdlPvmSt11align_val_t, PASS_ALIGNED, void *p, SIZE, size_t align)
DELETE(_ZdaPvmSt11align_val_t, PASS_ALIGNED, void *p, SIZE, size_t align)
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, PASS_ALIGNED, void *p, size_t align, NO_THROW)
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, PASS_ALIGNED, void *p, size_t align, NO_THROW)
