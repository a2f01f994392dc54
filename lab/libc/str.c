/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings: what they hold says how far they are read, so each byte is one load, in order. */
#include <stdlib.h>

#include "libc.h"

/* Nothing can go wrong with it, so it may be looked at before it is announced: a line at once. */
static bool is_quiet(const void *p, size_t len)
{
	return lab_is_nobodys(p) || lab_is_own_business((uint64_t)(uintptr_t)p, len);
}

size_t lab_scan(const void *p, size_t max, int c, int d, uint64_t pc)
{
	const uint8_t *s = p;
	size_t n = 0;

	while (n < max) {
		size_t line = 64 - ((uintptr_t)(s + n) & 63);
		const size_t end = n + (line < max - n ? line : max - n);
		const bool quiet = is_quiet(s + n, end - n);

		for (; n < end; n++) {
			const int byte = quiet ? s[n] : lab_read_byte(s + n, pc);

			if (byte == c || byte == d)
				return n;
		}
	}
	return n;
}

char *lab_put(char *to, const char *from, size_t n, uint64_t pc)
{
	lab_announce(to, n + 1, true, pc);
	lab_copy(to, from, n);
	to[n] = 0; /* whatever the source has become meanwhile */
	return to + n;
}

char *lab_put_padded(char *to, const char *from, size_t n, size_t max, uint64_t pc)
{
	lab_announce(to, max, true, pc);
	lab_copy(to, from, n);
	__real_memset(to + n, 0, max - n);
	return to + n;
}

static int compare(const char *a, const char *b, size_t max, uint64_t pc)
{
	for (size_t i = 0; i < max; i++) {
		const int x = lab_read_byte(a + i, pc), y = lab_read_byte(b + i, pc);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}

static bool begins(const char *s, const char *part, uint64_t pc)
{
	for (;; s++, part++) {
		const unsigned char want = lab_read_byte(part, pc);

		if (!want)
			return true;
		if (lab_read_byte(s, pc) != want)
			return false;
	}
}

/* ---- in the place of the C library's: they load ---------------------------------------------- */

size_t __wrap_strlen(const char *s);
size_t __wrap_strlen(const char *s)
{
	return lab_scan(s, SIZE_MAX, 0, 0, LAB_PC());
}

size_t __wrap_strnlen(const char *s, size_t max);
size_t __wrap_strnlen(const char *s, size_t max)
{
	return lab_scan(s, max, 0, 0, LAB_PC());
}

int __wrap_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b)
{
	return compare(a, b, SIZE_MAX, LAB_PC());
}

int __wrap_strncmp(const char *a, const char *b, size_t n);
int __wrap_strncmp(const char *a, const char *b, size_t n)
{
	return compare(a, b, n, LAB_PC());
}

char *__wrap_strchr(const char *s, int c);
char *__wrap_strchr(const char *s, int c)
{
	s += lab_scan(s, SIZE_MAX, (unsigned char)c, 0, LAB_PC());
	return *s == (char)c ? (char *)(uintptr_t)s : NULL;
}

char *__wrap_strrchr(const char *s, int c);
char *__wrap_strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		s += lab_scan(s, SIZE_MAX, (unsigned char)c, 0, LAB_PC());
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)(uintptr_t)last;
	}
}

char *__wrap_strstr(const char *s, const char *part);
char *__wrap_strstr(const char *s, const char *part)
{
	for (;; s++) {
		if (begins(s, part, LAB_PC()))
			return (char *)(uintptr_t)s;
		if (!lab_read_byte(s, LAB_PC()))
			return NULL;
	}
}

/* ---- they store ------------------------------------------------------------------------------ */

char *__wrap_strcpy(char *to, const char *from);
char *__wrap_strcpy(char *to, const char *from)
{
	lab_put(to, from, lab_scan(from, SIZE_MAX, 0, 0, LAB_PC()), LAB_PC());
	return to;
}

char *__wrap_stpcpy(char *to, const char *from);
char *__wrap_stpcpy(char *to, const char *from)
{
	return lab_put(to, from, lab_scan(from, SIZE_MAX, 0, 0, LAB_PC()), LAB_PC());
}

char *__wrap_strncpy(char *to, const char *from, size_t n);
char *__wrap_strncpy(char *to, const char *from, size_t n)
{
	lab_put_padded(to, from, lab_scan(from, n, 0, 0, LAB_PC()), n, LAB_PC());
	return to;
}

char *__wrap_stpncpy(char *to, const char *from, size_t n);
char *__wrap_stpncpy(char *to, const char *from, size_t n)
{
	return lab_put_padded(to, from, lab_scan(from, n, 0, 0, LAB_PC()), n, LAB_PC());
}

char *__wrap_strcat(char *to, const char *from);
char *__wrap_strcat(char *to, const char *from)
{
	char *end = to + lab_scan(to, SIZE_MAX, 0, 0, LAB_PC());

	lab_put(end, from, lab_scan(from, SIZE_MAX, 0, 0, LAB_PC()), LAB_PC());
	return to;
}

char *__wrap_strncat(char *to, const char *from, size_t n);
char *__wrap_strncat(char *to, const char *from, size_t n)
{
	char *end = to + lab_scan(to, SIZE_MAX, 0, 0, LAB_PC());

	lab_put(end, from, lab_scan(from, n, 0, 0, LAB_PC()), LAB_PC());
	return to;
}

/* In the driver's heap: the C library's own calls of malloc() are not the program's. */
static char *duplicate(const char *s, size_t max, uint64_t pc)
{
	const size_t n = lab_scan(s, max, 0, 0, pc);
	char *to = malloc(n + 1);

	if (to)
		lab_put(to, s, n, pc);
	return to;
}

char *__wrap_strdup(const char *s);
char *__wrap_strdup(const char *s)
{
	return duplicate(s, SIZE_MAX, LAB_PC());
}

char *__wrap_strndup(const char *s, size_t max);
char *__wrap_strndup(const char *s, size_t max)
{
	return duplicate(s, max, LAB_PC());
}
