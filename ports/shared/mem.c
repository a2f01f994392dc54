/* SPDX-License-Identifier: BSD-2-Clause */
/* What a compiler and libfdt want of a C library. */
#include <stddef.h>
#include <stdint.h>

#include "port.h"

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *s, int c, size_t len);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
int strcmp(const char *a, const char *b);
_Noreturn void __stack_chk_fail(void);

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (len--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t len)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((uintptr_t)t - (uintptr_t)f >= len)
		return memcpy(to, from, len);
	while (len--)
		t[len] = f[len];
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	uint8_t *t = to;

	while (len--)
		*t++ = (uint8_t)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len; len--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

void *memchr(const void *s, int c, size_t len)
{
	const uint8_t *at = s;

	for (; len; len--, at++)
		if (*at == (uint8_t)c)
			return (void *)(uintptr_t)at;
	return NULL;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

char *strchr(const char *s, int c)
{
	return memchr(s, c, strlen(s) + 1);
}

char *strrchr(const char *s, int c)
{
	for (size_t n = strlen(s) + 1; n--;)
		if (s[n] == (char)c)
			return (char *)(uintptr_t)s + n;
	return NULL;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

/* Debian's libfdt guards its stack. */
uintptr_t __stack_chk_guard = (uintptr_t)0x595e9fbd94fda766ull;

_Noreturn void __stack_chk_fail(void)
{
	port_panic("a stack was overwritten");
}
