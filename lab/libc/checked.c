/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that objects compiled with _FORTIFY_SOURCE call: `room` is how many bytes the compiler
 * knows to be there. One that is too small ends the driver, as it would outside the lab.
 */
#include <stdlib.h>

#include "libc.h"

static void fits(const char *name, size_t n, size_t room, uint64_t pc)
{
	struct lab_machine *m = lab_current;

	if (n <= room)
		return;
	if (m && m->armed && m->master == LAB_CPU)
		lab_fail(m, ANY_LAB_CRASH, pc, 0, 0, 0, 0,
			 "The driver died of %s(): it would store %zu bytes where there is room "
			 "for %zu (_FORTIFY_SOURCE).",
			 name, n, room);
	fprintf(stderr, "anydma lab: %s(): %zu bytes where there is room for %zu\n", name, n, room);
	abort();
}

/* What a checked form is: the check, and then the plain form. */
#define CHECKED(type, name, n, plain, ...)                                                         \
	type __wrap___##name##_chk(__VA_ARGS__, size_t room);                                      \
	type __wrap___##name##_chk(__VA_ARGS__, size_t room)                                       \
	{                                                                                          \
		fits(#name, n, room, LAB_PC());                                                    \
		return plain;                                                                      \
	}
/* The same of a string: how many bytes there are is known when they were read. */
#define CHECKED_STRING(name, max, needs, plain, ...)                                               \
	char *__wrap___##name##_chk(char *to, const char *from, __VA_ARGS__);                      \
	char *__wrap___##name##_chk(char *to, const char *from, __VA_ARGS__)                       \
	{                                                                                          \
		const size_t n = lab_scan(from, max, 0, 0, LAB_PC());                              \
                                                                                                   \
		fits(#name, needs, room, LAB_PC());                                                \
		return plain;                                                                      \
	}
#define MEMORY void *to, const void *from, size_t n

CHECKED(void *, memcpy, n, lab_memcpy(to, from, n, LAB_PC()), MEMORY)
CHECKED(void *, memmove, n, lab_memmove(to, from, n, LAB_PC()), MEMORY)
CHECKED(void *, mempcpy, n, (char *)lab_memcpy(to, from, n, LAB_PC()) + n, MEMORY)
CHECKED(void *, memset, n, lab_memset(to, c, n, LAB_PC()), void *to, int c, size_t n)
CHECKED(void, explicit_bzero, n, (void)lab_memset(to, 0, n, LAB_PC()), void *to, size_t n)

CHECKED_STRING(strcpy, SIZE_MAX, n + 1, lab_put(to, from, n, LAB_PC()) - n, size_t room)
CHECKED_STRING(stpcpy, SIZE_MAX, n + 1, lab_put(to, from, n, LAB_PC()), size_t room)
CHECKED_STRING(strncpy, max, max, lab_put_padded(to, from, n, max, LAB_PC()) - n, size_t max,
	       size_t room)
CHECKED_STRING(stpncpy, max, max, lab_put_padded(to, from, n, max, LAB_PC()), size_t max,
	       size_t room)

static char *append(char *to, const char *from, size_t max, size_t room, uint64_t pc)
{
	const size_t at = lab_scan(to, SIZE_MAX, 0, 0, pc), n = lab_scan(from, max, 0, 0, pc);

	fits(max == SIZE_MAX ? "strcat" : "strncat", at + n + 1, room, pc);
	lab_put(to + at, from, n, pc);
	return to;
}

char *__wrap___strcat_chk(char *to, const char *from, size_t room);
char *__wrap___strcat_chk(char *to, const char *from, size_t room)
{
	return append(to, from, SIZE_MAX, room, LAB_PC());
}

char *__wrap___strncat_chk(char *to, const char *from, size_t max, size_t room);
char *__wrap___strncat_chk(char *to, const char *from, size_t max, size_t room)
{
	return append(to, from, max, room, LAB_PC());
}

/* ---- formats: `flag` asks for more checks of the format, which are the C library's ------------
 */

/* The last parameters, a body that leaves its result in n. */
#define PRINTS(name, body, ...)                                                                    \
	int __wrap___v##name##_chk(__VA_ARGS__, const char *fmt, va_list args);                    \
	int __wrap___v##name##_chk(__VA_ARGS__, const char *fmt, va_list args)                     \
	{                                                                                          \
		const uint64_t pc = LAB_PC();                                                      \
                                                                                                   \
		(void)flag;                                                                        \
		return body;                                                                       \
	}                                                                                          \
	int __wrap___##name##_chk(__VA_ARGS__, const char *fmt, ...);                              \
	int __wrap___##name##_chk(__VA_ARGS__, const char *fmt, ...)                               \
	{                                                                                          \
		const uint64_t pc = LAB_PC();                                                      \
		va_list args;                                                                      \
		int n;                                                                             \
                                                                                                   \
		(void)flag;                                                                        \
		va_start(args, fmt);                                                               \
		n = body;                                                                          \
		va_end(args);                                                                      \
		return n;                                                                          \
	}

/* max is what the caller says is there, room what the compiler knows. */
static int print(char *to, size_t max, size_t room, const char *fmt, va_list args, uint64_t pc)
{
	const int n = max == SIZE_MAX ? lab_print_length(fmt, args) : 0;

	if (max != SIZE_MAX)
		fits("snprintf", max, room, pc);
	else if (n >= 0)
		fits("sprintf", (size_t)n + 1, room, pc);
	return lab_print(to, max, fmt, args, pc);
}

PRINTS(snprintf, print(to, max, room, fmt, args, pc), char *to, size_t max, int flag, size_t room)
PRINTS(sprintf, print(to, SIZE_MAX, room, fmt, args, pc), char *to, int flag, size_t room)
PRINTS(fprintf, lab_print_file(file, fmt, args, pc), FILE *file, int flag)
PRINTS(printf, lab_print_file(stdout, fmt, args, pc), int flag)
