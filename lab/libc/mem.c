/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory functions: the compilers do not announce their bytes. */
#include <sys/mman.h>

#include "libc.h"

void *__real_memmove(void *to, const void *from, size_t n);
int __real_memcmp(const void *a, const void *b, size_t n);

void *lab_memcpy(void *to, const void *from, size_t n, uint64_t pc)
{
	lab_announce(from, n, false, pc);
	lab_announce(to, n, true, pc);
	return __real_memcpy(to, from, n);
}

void *lab_memmove(void *to, const void *from, size_t n, uint64_t pc)
{
	lab_announce(from, n, false, pc);
	lab_announce(to, n, true, pc);
	return __real_memmove(to, from, n);
}

/* Memory of a machine that nobody has touched costs nothing, and need not for being cleared. */
static bool cleared(void *to, size_t n)
{
	const uint64_t page = 4096, at = (uint64_t)(uintptr_t)to;
	const uint64_t from = (at + page - 1) & ~(page - 1), end = (at + n) & ~(page - 1);

	if (n < 16 * page || at - LAB_BASE >= LAB_SPAN || at + n - LAB_BASE > LAB_SPAN ||
	    madvise((void *)(uintptr_t)from, end - from, MADV_DONTNEED))
		return false;
	__real_memset(to, 0, from - at);
	__real_memset((void *)(uintptr_t)end, 0, at + n - end);
	return true;
}

void *lab_memset(void *to, int c, size_t n, uint64_t pc)
{
	lab_announce(to, n, true, pc);
	return !c && cleared(to, n) ? to : __real_memset(to, c, n);
}

/* ---- in the place of the C library's --------------------------------------------------------- */

void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n)
{
	return lab_memcpy(to, from, n, LAB_PC());
}

void *__wrap_mempcpy(void *to, const void *from, size_t n);
void *__wrap_mempcpy(void *to, const void *from, size_t n)
{
	return (uint8_t *)lab_memcpy(to, from, n, LAB_PC()) + n;
}

void *__wrap_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n)
{
	return lab_memmove(to, from, n, LAB_PC());
}

void __wrap_bcopy(const void *from, void *to, size_t n);
void __wrap_bcopy(const void *from, void *to, size_t n)
{
	lab_memmove(to, from, n, LAB_PC());
}

void *__wrap_memset(void *to, int c, size_t n);
void *__wrap_memset(void *to, int c, size_t n)
{
	return lab_memset(to, c, n, LAB_PC());
}

void __wrap_bzero(void *to, size_t n);
void __wrap_bzero(void *to, size_t n)
{
	lab_memset(to, 0, n, LAB_PC());
}

void __wrap_explicit_bzero(void *to, size_t n);
void __wrap_explicit_bzero(void *to, size_t n)
{
	lab_memset(to, 0, n, LAB_PC());
}

int __wrap_memcmp(const void *a, const void *b, size_t n);
int __wrap_memcmp(const void *a, const void *b, size_t n)
{
	lab_announce(a, n, false, LAB_PC());
	lab_announce(b, n, false, LAB_PC());
	return __real_memcmp(a, b, n);
}

/* As if it loaded one byte after another and stopped (C11 7.24.5.1). */
void *__wrap_memchr(const void *p, int c, size_t n);
void *__wrap_memchr(const void *p, int c, size_t n)
{
	const size_t at = lab_scan(p, n, (unsigned char)c, (unsigned char)c, LAB_PC());

	return at < n ? (void *)(uintptr_t)((const uint8_t *)p + at) : NULL;
}
