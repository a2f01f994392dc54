/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker's parts. check.c: rules in words, events; made.c: what comes to life; gone.c: what
 * ends. */
#ifndef ANYDMA_WATCH_CHECKER_H
#define ANYDMA_WATCH_CHECKER_H

#include "table.h"

/* Reports. Answers what the call is to get: an error if it must not go on. */
int any_check_tell(struct any_dma_check *check, enum any_check_rule rule,
		   const struct any_dma_event *event, const struct any_check_entry *entry);

/* Rules 28 and 29: the bytes a device only reads. */
bool any_check_has_sum(const struct any_dma_check *check, const struct any_check_entry *entry);
uint64_t any_check_sum(uintptr_t cpu, uint64_t len);

enum any_check_kind any_check_kind_of(const struct any_dma_mapping *map);

/* ---- made.c ---- */
int any_check_map_begun(struct any_dma_check *check, const struct any_dma_event *event, void *buf,
			size_t len);
int any_check_list_begun(struct any_dma_check *check, const struct any_dma_event *event);
int any_check_resource_begun(struct any_dma_check *check, const struct any_dma_event *event);
void any_check_map_ended(struct any_dma_check *check, const struct any_dma_event *event);
void any_check_list_ended(struct any_dma_check *check, const struct any_dma_event *event);
void any_check_alloc_ended(struct any_dma_check *check, const struct any_dma_event *event);

/* ---- gone.c ---- */
int any_check_sync_begun(struct any_dma_check *check, const struct any_dma_event *event);
void any_check_sync_ended(struct any_dma_check *check, const struct any_dma_event *event);
int any_check_list_sync_begun(struct any_dma_check *check, const struct any_dma_event *event);
int any_check_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event);
int any_check_list_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event);
int any_check_free_begun(struct any_dma_check *check, const struct any_dma_event *event);
void any_check_detached(struct any_dma_check *check, const struct any_dma_event *event);

#endif
