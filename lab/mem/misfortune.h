/* SPDX-License-Identifier: BSD-2-Clause */
/* Single misfortunes: one by its number, all that could happen now, those that hurt most. */
#ifndef ANYDMA_LAB_MISFORTUNE_H
#define ANYDMA_LAB_MISFORTUNE_H

#include "mem.h"

/* misfortune.c */
void lab_strike(struct lab_machine *m, uint64_t tick, uint32_t what);
bool lab_may_fill(const struct lab_machine *m, uint32_t which);

/* lab/explore/options.c: adds what would change something if it happened now. */
void lab_options(const struct lab_machine *m, uint64_t tick, struct lab_list *options);

/* lab/explore/adversary.c: a wish, made precise when its time has come. */
uint32_t lab_adversary_wish(const struct lab_machine *m, uint32_t wish);
/* Some of it at once, the rest at the next tick. */
void lab_adversary(struct lab_machine *m, enum lab_hot hot);

static inline void lab_hot(struct lab_machine *m, enum lab_hot hot)
{
	if (ANY_UNLIKELY(m->chance.adversary))
		lab_adversary(m, hot);
}

#endif
