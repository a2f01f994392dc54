/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the driver's own API, for the line of a report that says what mends it. A shim says
 * them once, in a header that its drivers include:
 *
 *	ANY_LAB_WORDS(acme,
 *		      {ANY_LAB_SAYS_CLEAN, "acme_cache_writeback()"},
 *		      {ANY_LAB_SAYS_INVAL, "acme_cache_discard()"});
 *
 * What is not said is said in general words. They hold for the source files that include the
 *header; of two in one file the later one counts: a shim that is built on another speaks after it.
 */
#ifndef ANYDMA_LAB_WORDS_H
#define ANYDMA_LAB_WORDS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each is a call, or what to do, as it stands in a sentence: "... after the last store". */
enum any_lab_says {
	ANY_LAB_SAYS_CLEAN,	  /* stores reach memory, for the device to read */
	ANY_LAB_SAYS_READY,	  /* nothing dirty is left where the device will write */
	ANY_LAB_SAYS_INVAL,	  /* what the device wrote reaches the CPU's loads */
	ANY_LAB_SAYS_CLEAN_INVAL, /* stores reach memory, and no line is left */
	ANY_LAB_SAYS_LINE,	  /* the size to which a buffer is aligned that owns its lines */
	ANY_LAB_SAYS_TURN,	  /* to touch a buffer that is the device's */
	ANY_LAB_SAYS_MAP,	  /* what gives a buffer to the device, with its length */
	ANY_LAB_SAYS_RELEASE,	  /* what takes it back for good */
	ANY_LAB_SAYS_BOTH,	  /* the direction that is both */
	ANY_LAB_SAYS_ADDRESS,	  /* what the device is to be told for an address */
	ANY_LAB_SAYS_REACH,	  /* memory within the device's reach */
	ANY_LAB_SAYS_MEMORY,	  /* where a buffer may lie */
	ANY_LAB_SAYS_COHERENT,	  /* memory that both sides use at the same time */
	ANY_LAB_SAYS_GRANULE,	  /* for a device that is not trusted */
	ANY_LAB_SAYS_WMB,	  /* store before store, as the device sees them */
	ANY_LAB_SAYS_RMB,	  /* load before load, of what the device wrote */
	ANY_LAB_SAYS_MB,	  /* store before load */
	ANY_LAB_SAYS_DOORBELL,	  /* memory before a register */
	ANY_LAB_SAYS_DRAIN_OUT,	  /* empties what lies between CPU and device */
	ANY_LAB_SAYS_DRAIN_IN,	  /* ... between device and CPU */
	ANY_LAB_SAYS_CONTRACT,	  /* where the API is written down */
	ANY_LAB_SAYINGS,
};

struct any_lab_word {
	enum any_lab_says says;
	const char *word;
};

/* `here` is a function of the source file that speaks. */
void any_lab_speaks(const struct any_lab_word *words, size_t n, void (*here)(void));

#define ANY_LAB_WORDS(api, ...)                                                                    \
	static const struct any_lab_word any_lab_words_##api[] = {__VA_ARGS__};                    \
	__attribute__((constructor, unused)) static void any_lab_speaks_##api(void)                \
	{                                                                                          \
		any_lab_speaks(any_lab_words_##api,                                                \
			       sizeof(any_lab_words_##api) / sizeof(any_lab_words_##api[0]),       \
			       any_lab_speaks_##api);                                              \
	}                                                                                          \
	struct any_lab_word /* takes the semicolon */

#ifdef __cplusplus
}
#endif
#endif
