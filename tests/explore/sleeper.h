/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_TESTS_SLEEPER_H
#define ANYDMA_TESTS_SLEEPER_H

#include <anydma/lab/scenario.h>

int sleeper_fixed(struct any_lab *lab);
int sleeper_broken(struct any_lab *lab);
int sleeper_always(struct any_lab *lab);
int sleeper_allowed(struct any_lab *lab);
int sleeper_no_reason(struct any_lab *lab);

#endif
