/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_IOVA_RANGE_H
#define ANYDMA_IOVA_RANGE_H

#include <anydma/iova.h>

/* False: nothing fits, or the list has no room for the pieces that would be left. */
bool any_iova_range_take(struct any_iova *iova, uint64_t size, uint64_t align, uint64_t limit,
			 uint64_t *addr);
bool any_iova_range_take_exact(struct any_iova *iova, uint64_t start, uint64_t size);
/* False: the list is full; nothing changed. */
bool any_iova_range_give(struct any_iova *iova, uint64_t start, uint64_t size);

#endif
