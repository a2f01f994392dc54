/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions: what they read and write is seen, and they do what they are for. */
#define _GNU_SOURCE 1
#include "any_arch.h"
#include "copier.h"
#include "lent.h"

#include <strings.h>

#define LEN LENT

/* ---- on a buffer that is the device's: each is a touch */

HANDS_ON(printed, vsprintf(to, format, args))
HANDS_ON(printed_some, vsnprintf(to, LEN, format, args))
HANDS_ON(printed_to, vfprintf(to, format, args))
HANDS_ON(printed_out, vprintf(format, args))

/* Nor does a touch leave memory behind; a call of its own, which no compiler sees to be for
 * nothing. */
static __attribute__((noinline)) int given_back(char *copy)
{
	free(copy);
	return 0;
}

#define ALL(_)                                                                                     \
	_(memcpy, touch_memcpy, memcpy(own, p, 9))                                                 \
	_(memmove, touch_memmove, memmove(p + 2, own, 9))                                          \
	_(mempcpy, touch_mempcpy, mempcpy(p, own, 9))                                              \
	_(memset, touch_memset, memset(p, 1, 9))                                                   \
	_(memcmp, touch_memcmp, memcmp(own, p, 9))                                                 \
	_(memchr, touch_memchr, memchr(p, 'f', LEN))                                               \
	_(bzero, touch_bzero, (bzero(p, LEN), 0))                                                  \
	_(bcopy, touch_bcopy, (bcopy(own, p, LEN), 0))                                             \
	_(explicit_bzero, touch_explicit_bzero, (explicit_bzero(p, LEN), 0))                       \
	_(strlen, touch_strlen, strlen(p))                                                         \
	_(strnlen, touch_strnlen, strnlen(p, LEN))                                                 \
	_(strcmp, touch_strcmp, strcmp(own, p))                                                    \
	_(strncmp, touch_strncmp, strncmp(p, own, LEN))                                            \
	_(strchr, touch_strchr, strchr(p, 'f'))                                                    \
	_(strrchr, touch_strrchr, strrchr(p, 'f'))                                                 \
	_(strstr, touch_strstr, strstr(p, "buf"))                                                  \
	_(strcpy, touch_strcpy, strcpy(p, own))                                                    \
	_(strcpy_from, touch_strcpy_from, strcpy(own, p))                                          \
	_(stpcpy, touch_stpcpy, stpcpy(p, own))                                                    \
	_(strncpy, touch_strncpy, strncpy(p, own, 100))                                            \
	_(stpncpy, touch_stpncpy, stpncpy(own, p, 100))                                            \
	_(strcat, touch_strcat, strcat(p, own))                                                    \
	_(strncat, touch_strncat, strncat(own, p, 4))                                              \
	_(strdup, touch_strdup, given_back(strdup(p)))                                             \
	_(strndup, touch_strndup, given_back(strndup(p, 4)))                                       \
	_(snprintf, touch_snprintf, snprintf(p, LEN, "%s of %u", own, LEN))                        \
	_(snprintf_of, touch_snprintf_of, snprintf(own, LEN, "%*u %lu%% %.3s", 3, 7u, 9ul, p))     \
	_(snprintf_count, touch_snprintf_count, counted(own, p))                                   \
	_(sprintf, touch_sprintf, sprintf(p, "%s of %u", own, LEN))                                \
	_(vsnprintf, printed_some, printed_some(p, "%u", LEN))                                     \
	_(vsprintf, printed, printed(p, "%u", LEN))                                                \
	_(printf, touch_printf, printf("%g%p%s", 1.5, (void *)p, p))                               \
	_(fprintf, touch_fprintf, fprintf(stdout, "%Lf %jd %s", 1.0l, (intmax_t)1, p))             \
	_(vprintf, printed_out, printed_out(NULL, "%zu %c %s", sizeof(p), 'x', p))                 \
	_(vfprintf, printed_to, printed_to(stdout, "%hhd %lld %s", (signed char)1, 1ll, p))        \
	_(puts, touch_puts, puts(p))

/* A format may store, too; the line is the call's. */
static inline __attribute__((always_inline)) int counted(char *own, char *p)
{
	return snprintf(own, LEN, "%d%n", 5, (int *)(void *)p);
}

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

/* What the first half of the functions have in common with others. */
static void judge_more(struct any_lab *lab, char *p)
{
	char own[LEN], *copy;

	IS(strstr(p, "of") == p + 8 && strstr(p, "") == p && !strstr(p, "off"));
	IS(strncmp(p, "x", 0) == 0 && !strnlen(p, 0) && !memchr(p, 'f', 0));
	memset(own, 'x', LEN);
	IS(stpncpy(own, p, 20) == own + 13 && !own[19] && own[20] == 'x');
	IS(stpncpy(own, p, 5) == own + 5 && own[4] == 'e');
	IS(mempcpy(own, p, 5) == own + 5 && !memcmp(own, p, 5));
	bcopy(own, own + 1, 5);
	IS(!memcmp(own, "fframe", 6));
	explicit_bzero(own, 5);
	IS(!own[0] && !own[4] && own[5] == 'e');
	copy = strndup(p, 5);
	IS(copy && !strcmp(copy, "frame"));
	free(copy);
	IS(snprintf(own, LEN, "%5.2s|%-6d|%+.1f|%#llx|%%|%c|%.*s", p, 7, 2.25, 255ll, 'c', 3, p) ==
	   30);
	IS(!strcmp(own, "   fr|7     |+2.2|0xff|%|c|fra"));
	IS(snprintf(NULL, 0, "%s", p) == 13 && snprintf(own, 0, "%s", p) == 13 && *own == ' ');
	IS(snprintf(own, LEN, "%2$s %1$u", 7u, p) == 15 && own[14] == '7');
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
	judge_more(lab, dst);
	own = strdup(dst);
	IS(own && !strcmp(own, dst));
	free(own);
	free(copier);
	return 0;
}

const struct scene scenes_strings[] = {
	SCENE("strings", right, 0, ANY_LAB_OK, NULL, NULL),
	/* clang-format off */
	ALL(TOUCH_SCENE)
	/* clang-format on */
};
const size_t n_scenes_strings = ANY_ARRAY_SIZE(scenes_strings);
