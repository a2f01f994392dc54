/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs after the first: a failure with nothing in it that it does not need, and all there are. */
#ifndef ANYDMA_LAB_EXPLORE_H
#define ANYDMA_LAB_EXPLORE_H

#include "../core/chance.h"

#include <anydma/lab.h>

/* Is it the same finding: the same rule at the same line? */
bool lab_same_finding(const struct any_lab_cell *a, const struct any_lab_cell *b);

#endif
