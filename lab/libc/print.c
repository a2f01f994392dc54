/* SPDX-License-Identifier: BSD-2-Clause */
/* Formats into memory and out of it. */
#include "libc.h"

int lab_print_length(const char *fmt, va_list list)
{
	va_list args;
	int n;

	va_copy(args, list);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	return n;
}

int lab_print(char *to, size_t max, const char *fmt, va_list args, uint64_t pc)
{
	size_t room;
	int n;

	lab_read_format(fmt, args, pc);
	n = lab_print_length(fmt, args);
	if (n < 0 || !max)
		return n;
	/* No byte more than is announced, whatever the arguments have become meanwhile. */
	room = (size_t)n < max ? (size_t)n + 1 : max;
	lab_announce(to, room, true, pc);
	vsnprintf(to, room, fmt, args);
	return n;
}

int lab_print_file(FILE *file, const char *fmt, va_list args, uint64_t pc)
{
	lab_read_format(fmt, args, pc);
	return vfprintf(file, fmt, args);
}

/* ---- in the place of the C library's --------------------------------------------------------- */

int __wrap_vsnprintf(char *to, size_t max, const char *fmt, va_list args);
int __wrap_vsnprintf(char *to, size_t max, const char *fmt, va_list args)
{
	return lab_print(to, max, fmt, args, LAB_PC());
}

int __wrap_vsprintf(char *to, const char *fmt, va_list args);
int __wrap_vsprintf(char *to, const char *fmt, va_list args)
{
	return lab_print(to, SIZE_MAX, fmt, args, LAB_PC());
}

int __wrap_snprintf(char *to, size_t max, const char *fmt, ...);
int __wrap_snprintf(char *to, size_t max, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = lab_print(to, max, fmt, args, LAB_PC());
	va_end(args);
	return n;
}

int __wrap_sprintf(char *to, const char *fmt, ...);
int __wrap_sprintf(char *to, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = lab_print(to, SIZE_MAX, fmt, args, LAB_PC());
	va_end(args);
	return n;
}

int __wrap_vfprintf(FILE *file, const char *fmt, va_list args);
int __wrap_vfprintf(FILE *file, const char *fmt, va_list args)
{
	return lab_print_file(file, fmt, args, LAB_PC());
}

int __wrap_vprintf(const char *fmt, va_list args);
int __wrap_vprintf(const char *fmt, va_list args)
{
	return lab_print_file(stdout, fmt, args, LAB_PC());
}

int __wrap_fprintf(FILE *file, const char *fmt, ...);
int __wrap_fprintf(FILE *file, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = lab_print_file(file, fmt, args, LAB_PC());
	va_end(args);
	return n;
}

int __wrap_printf(const char *fmt, ...);
int __wrap_printf(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = lab_print_file(stdout, fmt, args, LAB_PC());
	va_end(args);
	return n;
}

int __wrap_puts(const char *s);
int __wrap_puts(const char *s)
{
	lab_scan(s, SIZE_MAX, 0, 0, LAB_PC());
	return puts(s);
}
