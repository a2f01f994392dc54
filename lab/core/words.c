/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule's fix names what is to be called as "{clean}"; what that is called here the shim says
 * whose header the driver includes. A program may hold drivers on several: a table is for the
 * compilation unit that it was compiled into.
 */
#include "words.h"

#include <anydma/lab/words.h>

#include "../scenario/scenario.h"
#include "dwarf.h"

/* Asked before main(), and what is ours is not the driver's heap. */
void *__real_realloc(void *p, size_t size);

struct speaker {
	const struct any_lab_word *words;
	size_t n;
	uint64_t pc;
};

static struct speaker *speakers;
static size_t n_speakers;

void any_lab_speaks(const struct any_lab_word *words, size_t n, void (*here)(void))
{
	struct speaker *more = __real_realloc(speakers, (n_speakers + 1) * sizeof(*more));

	if (!more)
		return; /* the report is in general words then */
	speakers = more;
	speakers[n_speakers++] = (struct speaker){words, n, (uint64_t)(uintptr_t)here};
}

/* ---- words for those who have none */

/* In the place, the word: our own API's, and in general, for code with cache operations alone. */
static const struct {
	const char *place, *own, *general;
} dictionary[ANY_LAB_SAYINGS] = {
	[ANY_LAB_SAYS_CLEAN] = {"clean",
				"any_dma_map(..., ANY_DMA_TO_DEVICE) or any_dma_sync_for_device()",
				"clean the cache lines"},
	[ANY_LAB_SAYS_READY] = {"ready", "any_dma_map() or any_dma_sync_for_device()",
				"clean or invalidate the cache lines"},
	[ANY_LAB_SAYS_INVAL] = {"inval", "any_dma_sync_for_cpu() or any_dma_unmap()",
				"invalidate the cache lines"},
	[ANY_LAB_SAYS_CLEAN_INVAL] = {"clean_inval", "any_dma_map(..., ANY_DMA_BOTH)",
				      "clean and invalidate the cache lines"},
	[ANY_LAB_SAYS_LINE] = {"line", "any_dma_cache_alignment()", "the cache line"},
	[ANY_LAB_SAYS_TURN] = {"turn",
			       "any_dma_sync_for_cpu() before, any_dma_sync_for_device() after",
			       "wait for the completion before, start the device after"},
	[ANY_LAB_SAYS_MAP] = {"map", "any_dma_map()", "a descriptor"},
	[ANY_LAB_SAYS_RELEASE] = {"release", "any_dma_unmap()", "take the buffer back"},
	[ANY_LAB_SAYS_BOTH] = {"both", "ANY_DMA_BOTH", "both directions"},
	[ANY_LAB_SAYS_ADDRESS] = {"address", "mapping.addr", "the bus address of the buffer"},
	[ANY_LAB_SAYS_REACH] =
		{"reach", "any_dma_set_mask() to what the device has; memory out of reach bounces",
		 "a buffer in memory that the device reaches"},
	[ANY_LAB_SAYS_MEMORY] = {"memory",
				 "allocated, or static and aligned to any_dma_cache_alignment()",
				 "allocated, or static and aligned to the cache line"},
	[ANY_LAB_SAYS_COHERENT] = {"coherent", "any_dma_alloc_coherent()",
				   "memory set aside for the device, uncached"},
	[ANY_LAB_SAYS_GRANULE] = {"granule", "let the library bounce it: facts.untrusted",
				  "a buffer that owns all of its granules"},
	[ANY_LAB_SAYS_WMB] = {"wmb", "any_dma_wmb()", "a store barrier that devices see"},
	[ANY_LAB_SAYS_RMB] = {"rmb", "any_dma_rmb()", "a load barrier towards devices"},
	[ANY_LAB_SAYS_MB] = {"mb", "any_dma_mb()", "a full barrier that devices see"},
	[ANY_LAB_SAYS_DOORBELL] = {"doorbell", "any_mmio_wmb()",
				   "a barrier that orders memory before registers"},
	[ANY_LAB_SAYS_DRAIN_OUT] = {"drain_out", "any_dma_drain(dev, ANY_DMA_TO_DEVICE)",
				    "a full barrier"},
	[ANY_LAB_SAYS_DRAIN_IN] = {"drain_in", "any_dma_drain(dev, ANY_DMA_FROM_DEVICE)",
				   "a full barrier"},
	[ANY_LAB_SAYS_CONTRACT] = {"contract", "follow include/anydma/dma.h",
				   "do what the function's documentation asks for"},
};

static const char *word(const struct lab_sayings *w, unsigned says)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->words[i].says == says)
			return w->words[i].word;
	return w->words || w->raw ? dictionary[says].general : dictionary[says].own;
}

/* "{clean} after ...": the word for the place that begins here; NULL: none does. */
static const char *placed(const struct lab_sayings *w, const char *at, size_t *len)
{
	for (unsigned i = 0; *at == '{' && i < ANY_LAB_SAYINGS; i++) {
		*len = strlen(dictionary[i].place);
		if (!strncmp(at + 1, dictionary[i].place, *len) && at[*len + 1] == '}') {
			*len += 2;
			return word(w, i);
		}
	}
	return NULL;
}

void lab_words_fix(const struct lab_sayings *w, enum any_lab_rule rule, char *text, size_t size)
{
	const char *at = any_lab_rules[rule].fix;
	size_t n = 0, len;

	*text = 0;
	while (at && *at && n + 1 < size) {
		const char *as = placed(w, at, &len);

		n += (size_t)snprintf(text + n, size - n, as ? "%s" : "%.1s", as ? as : at);
		at += as ? len : 1;
	}
}

/* ---- whose words */

/* Constructors come in the order of the source: the last of a unit is the one that counts. */
static const struct speaker *in_unit(uint64_t pc)
{
	const void *unit = pc ? lab_dwarf_unit(pc) : NULL;

	for (size_t i = n_speakers; unit && i > 0; i--)
		if (lab_dwarf_unit(speakers[i - 1].pc) == unit)
			return &speakers[i - 1];
	return NULL;
}

/* One shim, however many files include its header: they all have the same first word. */
static const struct speaker *only_one(void)
{
	for (size_t i = 1; i < n_speakers; i++)
		if (speakers[i].n != speakers[0].n ||
		    strcmp(speakers[i].words[0].word, speakers[0].words[0].word) != 0)
			return NULL;
	return n_speakers ? &speakers[0] : NULL;
}

struct lab_sayings lab_words_at(const struct lab_machine *m, const uint64_t *pcs, size_t n)
{
	const struct speaker *s = NULL;

	if (!m->lab) /* the block driver, whatever else is linked */
		return (struct lab_sayings){NULL, 0, false};
	for (size_t i = 0; i < n && !s; i++)
		s = in_unit(pcs[i]);
	if (!s)
		s = in_unit((uint64_t)(uintptr_t)m->lab->scenario->run);
	if (!s)
		s = only_one();
	return s ? (struct lab_sayings){s->words, s->n, m->raw}
		 : (struct lab_sayings){NULL, 0, m->raw};
}
