/* SPDX-License-Identifier: BSD-2-Clause */
/* What is live, by bus address: dense entries, and chains through them for a lookup that is short.
 */
#ifndef ANYDMA_WATCH_TABLE_H
#define ANYDMA_WATCH_TABLE_H

#include <anydma/check.h>

/* NULL: full. Everything but the address and the chains is the caller's to fill. */
struct any_check_entry *any_table_add(struct any_dma_check *check, uint64_t addr);
void any_table_remove(struct any_dma_check *check, struct any_check_entry *entry);

/* Of the entries with that address the one that agrees in most of the rest; NULL: none. */
struct any_check_entry *any_table_find(const struct any_dma_check *check,
				       const struct any_check_entry *like);

#endif
