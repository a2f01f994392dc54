/* SPDX-License-Identifier: BSD-2-Clause */
/* The four memory functions, wrapped by the linker: the compilers do not announce their bytes. */
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
void *__wrap_memset(void *to, int c, size_t n)
{
	lab_announce(to, n, true, LAB_PC());
	return __real_memset(to, c, n);
}

int __wrap_memcmp(const void *a, const void *b, size_t n);
int __wrap_memcmp(const void *a, const void *b, size_t n)
{
	lab_announce(a, n, false, LAB_PC());
	lab_announce(b, n, false, LAB_PC());
	return __real_memcmp(a, b, n);
}
