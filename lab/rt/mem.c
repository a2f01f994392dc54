/* SPDX-License-Identifier: BSD-2-Clause */
/* The four memory functions, wrapped by the linker: the compilers do not announce their bytes. */
#include <sys/mman.h>

#include "rt.h"

void *__real_memmove(void *to, const void *from, size_t n);
void *__real_memset(void *to, int c, size_t n);
int __real_memcmp(const void *a, const void *b, size_t n);

void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n)
{
	lab_announce(from, n, false, LAB_PC());
	lab_announce(to, n, true, LAB_PC());
	return __real_memcpy(to, from, n);
}

void *__wrap_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n)
{
	lab_announce(from, n, false, LAB_PC());
	lab_announce(to, n, true, LAB_PC());
	return __real_memmove(to, from, n);
}

void *__wrap_memset(void *to, int c, size_t n);
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

void *__wrap_memset(void *to, int c, size_t n)
{
	lab_announce(to, n, true, LAB_PC());
	return !c && cleared(to, n) ? to : __real_memset(to, c, n);
}

int __wrap_memcmp(const void *a, const void *b, size_t n);
int __wrap_memcmp(const void *a, const void *b, size_t n)
{
	lab_announce(a, n, false, LAB_PC());
	lab_announce(b, n, false, LAB_PC());
	return __real_memcmp(a, b, n);
}
