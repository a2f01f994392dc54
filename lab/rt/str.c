/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The string functions, wrapped by the linker like those of mem.c. How far one looks depends on
 * what it finds, and a byte is what it is only once its load was announced: so they go byte by byte
 * here. What printf's arguments point at is not announced; what it writes is.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rt.h"

void *__real_memmove(void *to, const void *from, size_t n);
void *__real_memset(void *to, int c, size_t n);
int __real_vsnprintf(char *to, size_t size, const char *format, va_list args);
void *__wrap_malloc(size_t size);

static char load(const char *s, uint64_t pc)
{
	lab_announce(s, 1, false, pc);
	return *(const volatile char *)s;
}

/* Bytes before the end, at most `max`; the end is read, too. */
static size_t length(const char *s, size_t max, uint64_t pc)
{
	size_t n = 0;

	while (n < max && load(s + n, pc))
		n++;
	return n;
}

/* n bytes that have been read, and the end. */
static char *copy(char *to, const char *from, size_t n, uint64_t pc)
{
	lab_announce(to, n + 1, true, pc);
	__real_memmove(to, from, n);
	to[n] = 0;
	return to + n;
}

static int compare(const char *a, const char *b, size_t max, uint64_t pc)
{
	for (size_t i = 0; i < max; i++) {
		const unsigned char x = (unsigned char)load(a + i, pc);
		const unsigned char y = (unsigned char)load(b + i, pc);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}

#define WRAP(type, name, parameters)                                                               \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters

WRAP(size_t, strlen, (const char *s))
{
	return length(s, SIZE_MAX, LAB_PC());
}

WRAP(size_t, strnlen, (const char *s, size_t max))
{
	return length(s, max, LAB_PC());
}

WRAP(int, strcmp, (const char *a, const char *b))
{
	return compare(a, b, SIZE_MAX, LAB_PC());
}

WRAP(int, strncmp, (const char *a, const char *b, size_t max))
{
	return compare(a, b, max, LAB_PC());
}

WRAP(char *, strcpy, (char *to, const char *from))
{
	copy(to, from, length(from, SIZE_MAX, LAB_PC()), LAB_PC());
	return to;
}

WRAP(char *, stpcpy, (char *to, const char *from))
{
	return copy(to, from, length(from, SIZE_MAX, LAB_PC()), LAB_PC());
}

WRAP(char *, strncpy, (char *to, const char *from, size_t size))
{
	const size_t n = length(from, size, LAB_PC());

	lab_announce(to, size, true, LAB_PC());
	__real_memmove(to, from, n);
	__real_memset(to + n, 0, size - n);
	return to;
}

WRAP(char *, strcat, (char *to, const char *from))
{
	copy(to + length(to, SIZE_MAX, LAB_PC()), from, length(from, SIZE_MAX, LAB_PC()), LAB_PC());
	return to;
}

WRAP(char *, strncat, (char *to, const char *from, size_t max))
{
	copy(to + length(to, SIZE_MAX, LAB_PC()), from, length(from, max, LAB_PC()), LAB_PC());
	return to;
}

static char *find(const char *s, size_t n, int c, uint64_t pc)
{
	for (size_t i = 0; i < n; i++)
		if (load(s + i, pc) == (char)c)
			return (char *)(uintptr_t)s + i;
	return NULL;
}

WRAP(void *, memchr, (const void *s, int c, size_t n))
{
	return find(s, n, c, LAB_PC());
}

WRAP(char *, strchr, (const char *s, int c))
{
	for (;; s++) {
		const char at = load(s, LAB_PC());

		if (at == (char)c)
			return (char *)(uintptr_t)s;
		if (!at)
			return NULL;
	}
}

WRAP(char *, strrchr, (const char *s, int c))
{
	for (size_t n = length(s, SIZE_MAX, LAB_PC()) + 1; n--;)
		if (s[n] == (char)c)
			return (char *)(uintptr_t)s + n;
	return NULL;
}

WRAP(char *, strdup, (const char *s))
{
	const size_t n = length(s, SIZE_MAX, LAB_PC());
	char *to = __wrap_malloc(n + 1);

	if (to)
		copy(to, s, n, LAB_PC());
	return to;
}

WRAP(void, bzero, (void *to, size_t n))
{
	lab_announce(to, n, true, LAB_PC());
	__real_memset(to, 0, n);
}

/* ---- printf: how much it writes is known only when it has written */

static int print(char *to, size_t size, const char *format, va_list args, uint64_t pc)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = __real_vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n >= 0 && size)
		lab_announce(to, (size_t)n < size ? (size_t)n + 1 : size, true, pc);
	return __real_vsnprintf(to, size, format, args);
}

WRAP(int, vsnprintf, (char *to, size_t size, const char *format, va_list args))
{
	return print(to, size, format, args, LAB_PC());
}

WRAP(int, vsprintf, (char *to, const char *format, va_list args))
{
	return print(to, INT32_MAX, format, args, LAB_PC());
}

WRAP(int, snprintf, (char *to, size_t size, const char *format, ...))
{
	va_list args;
	int n;

	va_start(args, format);
	n = print(to, size, format, args, LAB_PC());
	va_end(args);
	return n;
}

WRAP(int, sprintf, (char *to, const char *format, ...))
{
	va_list args;
	int n;

	va_start(args, format);
	n = print(to, INT32_MAX, format, args, LAB_PC());
	va_end(args);
	return n;
}
