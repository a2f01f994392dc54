/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions: what they read and write is seen, and they do what they are for. */
#define _POSIX_C_SOURCE 200809L /* strdup and its like */
#define _DEFAULT_SOURCE 1	/* bzero */
#include "any_arch.h"
#include "copier.h"
#include "scenes.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#define LEN 256u

/* ---- on a buffer that is the device's: each is a touch */

static char *lend(struct any_lab *lab, struct any_dma_mapping *map)
{
	char *p = any_lab_alloc(lab, LEN);

	memset(p, 0, LEN);
	memcpy(p, "a buffer", 9);
	return any_dma_map(any_lab_dma(lab), p, LEN, ANY_DMA_BOTH, map) ? NULL : p;
}

static __attribute__((format(printf, 2, 0))) int printed(char *p, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsprintf(p, format, args);
	va_end(args);
	return n;
}

static __attribute__((format(printf, 2, 0))) int printed_some(char *p, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(p, LEN, format, args);
	va_end(args);
	return n;
}

static volatile uintptr_t kept; /* or nobody would call what only reads */

#define TOUCH(name, where, call)                                                                   \
	static int touch_##name(struct any_lab *lab)                                               \
	{                                                                                          \
		struct any_dma_mapping map;                                                        \
		char own[LEN] = "a buffer";                                                        \
		char *p = lend(lab, &map);                                                         \
                                                                                                   \
		if (!p)                                                                            \
			return -1;                                                                 \
		ANY_LAB_CHECK(lab, own[0] == 'a');                                                 \
		kept = (uintptr_t)(call);                                                          \
		any_dma_unmap(any_lab_dma(lab), &map);                                             \
		return 0;                                                                          \
	}

#define ALL(_)                                                                                     \
	_(strlen, touch_strlen, strlen(p))                                                         \
	_(strnlen, touch_strnlen, strnlen(p, LEN))                                                 \
	_(strcmp, touch_strcmp, strcmp(own, p))                                                    \
	_(strncmp, touch_strncmp, strncmp(p, own, LEN))                                            \
	_(strcpy, touch_strcpy, strcpy(p, own))                                                    \
	_(strcpy_from, touch_strcpy_from, strcpy(own, p))                                          \
	_(stpcpy, touch_stpcpy, stpcpy(p, own))                                                    \
	_(strncpy, touch_strncpy, strncpy(p, own, 100))                                            \
	_(strcat, touch_strcat, strcat(p, own))                                                    \
	_(strncat, touch_strncat, strncat(p, own, 4))                                              \
	_(memchr, touch_memchr, memchr(p, 'f', LEN))                                               \
	_(strchr, touch_strchr, strchr(p, 'f'))                                                    \
	_(strrchr, touch_strrchr, strrchr(p, 'f'))                                                 \
	_(strdup, touch_strdup, strdup(p))                                                         \
	_(bzero, touch_bzero, (bzero(p, LEN), 0))                                                  \
	_(snprintf, touch_snprintf, snprintf(p, LEN, "%s of %u", own, LEN))                        \
	_(sprintf, touch_sprintf, sprintf(p, "%s of %u", own, LEN))                                \
	_(vsnprintf, printed_some, printed_some(p, "%u", LEN))                                     \
	_(vsprintf, printed, printed(p, "%u", LEN))
ALL(TOUCH)

/* ---- on what a device has copied: written by one, read by the others */

#define IS(...) ANY_LAB_CHECK(lab, __VA_ARGS__)

static void judge(struct any_lab *lab, char *p)
{
	char own[LEN];

	IS(strlen(p) == 13 && strnlen(p, 5) == 5 && strnlen(p, 99) == 13);
	IS(!strcmp(p, "frame 7 of 12") && strcmp(p, "frame 8") < 0 && strcmp(p, "frame 7") > 0);
	IS(!strncmp(p, "frame 9", 6) && strncmp(p, "frame 9", 7) < 0);
	IS(strchr(p, 'f') == p && strrchr(p, 'f') == p + 9 && !strchr(p, 'z') && !strrchr(p, 'z'));
	IS(strchr(p, 0) == p + 13 && memchr(p, '7', 7) == p + 6 && !memchr(p, '7', 6));
	IS(strcpy(own, p) == own && !memcmp(own, p, 14));
	IS(stpcpy(own, p) == own + 13);
	IS(strcat(own, p) == own && !strcmp(own, "frame 7 of 12frame 7 of 12"));
	IS(strncat(own, p, 5) == own && strlen(own) == 31 && own[30] == 'e');
	memset(own, 'x', LEN);
	IS(strncpy(own, p, 20) == own && !own[13] && !own[19] && own[20] == 'x');
	memset(own, 'x', LEN);
	IS(strncpy(own, p, 5) == own && own[4] == 'e' && own[5] == 'x');
	IS(snprintf(own, 6, "%s", p) == 13 && !strcmp(own, "frame"));
}

static int right(struct any_lab *lab)
{
	struct any_dma_dev *dma = any_lab_dma(lab);
	struct any_dma_mapping s, d;
	struct copier *copier = malloc(sizeof(*copier));
	volatile struct copier_regs *regs = copier_attach(lab, copier);
	char *src = any_lab_alloc(lab, LEN), *dst = any_lab_alloc(lab, LEN), *own;
	int err;

	bzero(src, LEN);
	IS(sprintf(src, "frame %d of %u", 7, 12u) == 13);
	err = any_dma_map(dma, src, LEN, ANY_DMA_TO_DEVICE, &s);
	err = err ? err : any_dma_map(dma, dst, LEN, ANY_DMA_FROM_DEVICE, &d);
	if (err)
		return err;
	regs->src = s.addr.raw;
	regs->dst = d.addr.raw;
	regs->len = LEN;
	any_dma_drain(dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	regs->go = 1;
	any_lab_wait(lab);
	IS(regs->done);
	any_dma_unmap(dma, &s);
	any_dma_unmap(dma, &d);
	judge(lab, dst);
	own = strdup(dst);
	IS(own && !strcmp(own, dst));
	free(own);
	free(copier);
	return 0;
}

#define ROW(name, where, call)                                                                     \
	SCENE("string-" #name, touch_##name, 0, ANY_LAB_CPU_TOUCH, #where, "arm64-nc"),

const struct scene scenes_strings[] = {
	SCENE("strings", right, 0, ANY_LAB_OK, NULL, NULL),
	/* clang-format off */
	ALL(ROW)
	/* clang-format on */
};
const size_t n_scenes_strings = ANY_ARRAY_SIZE(scenes_strings);
