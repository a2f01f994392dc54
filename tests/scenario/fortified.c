/* SPDX-License-Identifier: BSD-2-Clause */
/* The checked forms, as objects call them that were compiled with _FORTIFY_SOURCE elsewhere. */
#include "lent.h"

#define ROOM LENT

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room);
void *__memmove_chk(void *to, const void *from, size_t n, size_t room);
void *__mempcpy_chk(void *to, const void *from, size_t n, size_t room);
void *__memset_chk(void *to, int c, size_t n, size_t room);
void __explicit_bzero_chk(void *to, size_t n, size_t room);
char *__strcpy_chk(char *to, const char *from, size_t room);
char *__stpcpy_chk(char *to, const char *from, size_t room);
char *__strncpy_chk(char *to, const char *from, size_t n, size_t room);
char *__stpncpy_chk(char *to, const char *from, size_t n, size_t room);
char *__strcat_chk(char *to, const char *from, size_t room);
char *__strncat_chk(char *to, const char *from, size_t n, size_t room);
int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...);
int __snprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, ...);
int __vsprintf_chk(char *to, int flag, size_t room, const char *format, va_list args);
int __vsnprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, va_list args);
int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *file, int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list args);
int __vfprintf_chk(FILE *file, int flag, const char *format, va_list args);

HANDS_ON(printed, __vsprintf_chk(to, 1, ROOM, format, args))
HANDS_ON(printed_some, __vsnprintf_chk(to, ROOM, 1, ROOM, format, args))
HANDS_ON(printed_to, __vfprintf_chk(to, 1, format, args))
HANDS_ON(printed_out, __vprintf_chk(1, format, args))

#define ALL(_)                                                                                     \
	_(__memcpy_chk, touch___memcpy_chk, __memcpy_chk(own, p, 9, ROOM))                         \
	_(__memmove_chk, touch___memmove_chk, __memmove_chk(p, own, 9, ROOM))                      \
	_(__mempcpy_chk, touch___mempcpy_chk, __mempcpy_chk(p, own, 9, ROOM))                      \
	_(__memset_chk, touch___memset_chk, __memset_chk(p, 1, 9, ROOM))                           \
	_(__explicit_bzero_chk, touch___explicit_bzero_chk, (__explicit_bzero_chk(p, 9, ROOM), 0)) \
	_(__strcpy_chk, touch___strcpy_chk, __strcpy_chk(own, p, ROOM))                            \
	_(__stpcpy_chk, touch___stpcpy_chk, __stpcpy_chk(p, own, ROOM))                            \
	_(__strncpy_chk, touch___strncpy_chk, __strncpy_chk(p, own, 20, ROOM))                     \
	_(__stpncpy_chk, touch___stpncpy_chk, __stpncpy_chk(own, p, 20, ROOM))                     \
	_(__strcat_chk, touch___strcat_chk, __strcat_chk(own, p, ROOM))                            \
	_(__strncat_chk, touch___strncat_chk, __strncat_chk(p, own, 4, ROOM))                      \
	_(__sprintf_chk, touch___sprintf_chk, __sprintf_chk(p, 1, ROOM, "%u", LENT))               \
	_(__snprintf_chk, touch___snprintf_chk, __snprintf_chk(own, 20, 1, ROOM, "%s", p))         \
	_(__vsprintf_chk, printed, printed(p, "%u", LENT))                                         \
	_(__vsnprintf_chk, printed_some, printed_some(p, "%u", LENT))                              \
	_(__printf_chk, touch___printf_chk, __printf_chk(1, "%s", p))                              \
	_(__fprintf_chk, touch___fprintf_chk, __fprintf_chk(stdout, 1, "%s", p))                   \
	_(__vprintf_chk, printed_out, printed_out(NULL, "%s", p))                                  \
	_(__vfprintf_chk, printed_to, printed_to(stdout, "%s", p))
ALL(TOUCH)

/* ---- they do what they are for, and check what they are for */

#define IS(...) ANY_LAB_CHECK(lab, __VA_ARGS__)

static int right(struct any_lab *lab)
{
	char own[32], *p = malloc(32);

	IS(__strcpy_chk(p, "frame", 6) == p && __strcat_chk(p, " of", 9) == p);
	IS(__strncat_chk(p, "fer", 1, 10) == p && !strcmp(p, "frame off"));
	IS(__stpcpy_chk(own, p, sizeof(own)) == own + 9 && !strcmp(own, p));
	IS(__memcpy_chk(own, "a", 1, 1) == own && __mempcpy_chk(own + 1, "bc", 2, 2) == own + 3);
	IS(__memmove_chk(own + 1, own, 3, 3) == own + 1 && !memcmp(own, "aabc", 4));
	IS(__memset_chk(own, 'z', 2, 2) == own && own[1] == 'z' && own[2] == 'b');
	__explicit_bzero_chk(own, 2, 2);
	IS(!own[0] && !own[1] && own[2] == 'b');
	IS(__strncpy_chk(own, p, 12, 12) == own && !own[11]);
	IS(__stpncpy_chk(own, p, 12, 12) == own + 9);
	IS(__sprintf_chk(own, 1, 4, "%d", 123) == 3 && !strcmp(own, "123"));
	IS(__snprintf_chk(own, 4, 1, 4, "%s", p) == 9 && !strcmp(own, "fra"));
	free(p);
	return 0;
}

#define SMALL(name, call)                                                                          \
	static int small_##name(struct any_lab *lab)                                               \
	{                                                                                          \
		char *own = malloc(64);                                                            \
                                                                                                   \
		(void)lab;                                                                         \
		strcpy(own, "four");                                                               \
		lent_kept = (uintptr_t)(call);                                                     \
		free(own);                                                                         \
		return 0;                                                                          \
	}
#define ALL_SMALL(_)                                                                               \
	_(memcpy, __memcpy_chk(own, "12345", 5, 4))                                                \
	_(memset, __memset_chk(own, 0, 5, 4))                                                      \
	_(strcpy, __strcpy_chk(own, "1234", 4))                                                    \
	_(strncpy, __strncpy_chk(own, "1", 5, 4))                                                  \
	_(strcat, __strcat_chk(own, "5", 5))                                                       \
	_(strncat, __strncat_chk(own, "567", 2, 6))                                                \
	_(sprintf, __sprintf_chk(own, 1, 4, "%u", 1234))                                           \
	_(snprintf, __snprintf_chk(own, 5, 1, 4, "%u", 1))
ALL_SMALL(SMALL)
#define SMALL_SCENE(name, call)                                                                    \
	SCENE_AT("small-" #name, small_##name, 0, ANY_LAB_CRASH, "small_" #name, "arm64-nc",       \
		 "died of " #name "()", NULL),

const struct scene scenes_fortified[] = {
	SCENE("fortified", right, 0, ANY_LAB_OK, NULL, NULL),
	/* clang-format off */
	ALL(TOUCH_SCENE)
	ALL_SMALL(SMALL_SCENE)
	/* clang-format on */
};
const size_t n_scenes_fortified = ANY_ARRAY_SIZE(scenes_fortified);
