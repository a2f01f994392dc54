/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker's parts. check.c: rules in words, events; made.c: what comes to life; gone.c: what
 * ends. */
#ifndef ANYDMA_WATCH_CHECKER_H
#define ANYDMA_WATCH_CHECKER_H

#include "table.h"

/* Reports. Answers what the call is to get: an error if it must not go on. */
int check_tell(struct any_dma_check *check, enum any_check_rule rule,
	       const struct any_dma_event *event, const struct any_check_entry *entry);

/* Rules 28 and 29: the bytes a device only reads. */
bool check_has_sum(const struct any_dma_check *check, const struct any_check_entry *entry);
uint64_t check_sum(uintptr_t cpu, uint64_t len);

enum any_check_kind check_kind_of(const struct any_dma_mapping *map);

/* ---- made.c ---- */
int check_map_begun(struct any_dma_check *check, const struct any_dma_event *event, void *buf,
		    size_t len);
int check_list_begun(struct any_dma_check *check, const struct any_dma_event *event);
int check_resource_begun(struct any_dma_check *check, const struct any_dma_event *event);
void check_map_ended(struct any_dma_check *check, const struct any_dma_event *event);
void check_list_ended(struct any_dma_check *check, const struct any_dma_event *event);
void check_alloc_ended(struct any_dma_check *check, const struct any_dma_event *event);

/* ---- gone.c ---- */
int check_sync_begun(struct any_dma_check *check, const struct any_dma_event *event);
void check_sync_ended(struct any_dma_check *check, const struct any_dma_event *event);
int check_list_sync_begun(struct any_dma_check *check, const struct any_dma_event *event);
int check_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event);
int check_list_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event);
int check_free_begun(struct any_dma_check *check, const struct any_dma_event *event);
void check_detached(struct any_dma_check *check, const struct any_dma_event *event);

#endif
