/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included ahead of every file of the machine and its command line: they call the C library, not
 * what stands in its place. The lab runs on the driver's stack: a text it writes there is no event.
 */
#ifndef ANYDMA_LAB_OWN_H
#define ANYDMA_LAB_OWN_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <anydma/types.h>

void *__real_memchr(const void *p, int c, size_t n);
size_t __real_strlen(const char *s);
size_t __real_strnlen(const char *s, size_t max);
int __real_strcmp(const char *a, const char *b);
int __real_strncmp(const char *a, const char *b, size_t n);
char *__real_strchr(const char *s, int c);
char *__real_strrchr(const char *s, int c);
char *__real_strstr(const char *s, const char *part);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t max);
int __real_snprintf(char *to, size_t n, const char *fmt, ...) ANY_PRINTF(3, 4);
int __real_vsnprintf(char *to, size_t n, const char *fmt, va_list args) ANY_PRINTF(3, 0);
int __real_printf(const char *fmt, ...) ANY_PRINTF(1, 2);
int __real_vprintf(const char *fmt, va_list args) ANY_PRINTF(1, 0);
int __real_fprintf(FILE *file, const char *fmt, ...) ANY_PRINTF(2, 3);
int __real_vfprintf(FILE *file, const char *fmt, va_list args) ANY_PRINTF(2, 0);
int __real_puts(const char *s);

/* With parentheses: a format attribute has some of these names, too. */
#define memchr(...)    __real_memchr(__VA_ARGS__)
#define strlen(...)    __real_strlen(__VA_ARGS__)
#define strnlen(...)   __real_strnlen(__VA_ARGS__)
#define strcmp(...)    __real_strcmp(__VA_ARGS__)
#define strncmp(...)   __real_strncmp(__VA_ARGS__)
#define strchr(...)    __real_strchr(__VA_ARGS__)
#define strrchr(...)   __real_strrchr(__VA_ARGS__)
#define strstr(...)    __real_strstr(__VA_ARGS__)
#define strdup(...)    __real_strdup(__VA_ARGS__)
#define strndup(...)   __real_strndup(__VA_ARGS__)
#define snprintf(...)  __real_snprintf(__VA_ARGS__)
#define vsnprintf(...) __real_vsnprintf(__VA_ARGS__)
#define printf(...)    __real_printf(__VA_ARGS__)
#define vprintf(...)   __real_vprintf(__VA_ARGS__)
#define fprintf(...)   __real_fprintf(__VA_ARGS__)
#define vfprintf(...)  __real_vfprintf(__VA_ARGS__)
#define puts(...)      __real_puts(__VA_ARGS__)

#endif
