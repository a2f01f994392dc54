/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's functions as the machine sees them: which bytes they load and store, at their
 * caller's line. The linker puts these in their place (lab/wrap); a function is seen to touch what
 * the standard says it touches, and not a byte of what lies behind a string's end.
 */
#ifndef ANYDMA_LAB_LIBC_H
#define ANYDMA_LAB_LIBC_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "own.h"
#include "../rt/rt.h"

void *__real_memset(void *to, int c, size_t n);

/* Never an event: no memory of a machine, nor of the program that runs on it. */
static inline bool lab_is_nobodys(const void *p)
{
	const uint64_t host = (uint64_t)(uintptr_t)p;

	return host - LAB_BASE >= LAB_SPAN && host - lab_statics.from >= lab_statics.size;
}

/* A load is announced before it happens: that puts the byte where the load finds it. */
static inline unsigned char lab_read_byte(const void *p, uint64_t pc)
{
	lab_announce(p, 1, false, pc);
	return *(const volatile unsigned char *)p;
}

/* mem.c */
void *lab_memcpy(void *to, const void *from, size_t n, uint64_t pc);
void *lab_memmove(void *to, const void *from, size_t n, uint64_t pc);
void *lab_memset(void *to, int c, size_t n, uint64_t pc);

/* str.c: loads byte by byte up to the first c or d, at most max: how many came before it */
size_t lab_scan(const void *p, size_t max, int c, int d, uint64_t pc);
/* n bytes and the end of a string: returns where that is */
char *lab_put(char *to, const char *from, size_t n, uint64_t pc);
/* exactly max bytes, of which n are the string's: returns where that ends */
char *lab_put_padded(char *to, const char *from, size_t n, size_t max, uint64_t pc);

/* print.c: the result of a format is the C library's; negative: it makes nothing */
int lab_print_length(const char *fmt, va_list args);
int lab_print(char *to, size_t max, const char *fmt, va_list args, uint64_t pc);
int lab_print_file(FILE *file, const char *fmt, va_list args, uint64_t pc);

/* format.c: loads what a format makes of its arguments */
void lab_read_format(const char *fmt, va_list args, uint64_t pc);

#endif
