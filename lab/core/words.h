/* SPDX-License-Identifier: BSD-2-Clause */
/* What mends a mistake, in the words of the API that the driver was written on. */
#ifndef ANYDMA_LAB_CORE_WORDS_H
#define ANYDMA_LAB_CORE_WORDS_H

#include "machine.h"

struct lab_sayings {
	const struct any_lab_word *words; /* of a shim; NULL: our own API, or none at all */
	size_t n;
	bool raw;
};

/* Those of the first of these places that has any; of a program with one shim, that shim's. */
struct lab_sayings lab_words_at(const struct lab_machine *m, const uint64_t *pcs, size_t n);

/* The rule's fix with its words in place. */
void lab_words_fix(const struct lab_sayings *w, enum any_lab_rule rule, char *text, size_t size);

#endif
