/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

static uint32_t *head_of(const struct any_dma_check *check, uint64_t addr)
{
	const uint64_t mixed = (addr ^ addr >> 29) * 0x9e3779b97f4a7c15ull;

	return &check->entries[(uint32_t)((mixed >> 32) * check->size >> 32)].head;
}

/* The link that points at the entry. */
static uint32_t *link_to(const struct any_dma_check *check, const struct any_check_entry *entry)
{
	const uint32_t wanted = (uint32_t)(entry - check->entries) + 1;
	uint32_t *link = head_of(check, entry->addr);

	while (*link != wanted)
		link = &check->entries[*link - 1].next;
	return link;
}

struct any_check_entry *any_table_add(struct any_dma_check *check, uint64_t addr)
{
	struct any_check_entry *entry;
	uint32_t *head;

	if (check->used == check->size)
		return NULL;
	head = head_of(check, addr);
	entry = &check->entries[check->used++];
	entry->addr = addr;
	entry->next = *head;
	*head = check->used;
	if (check->used > check->peak)
		check->peak = check->used;
	return entry;
}

/* The last entry moves into the hole; heads belong to their places and stay. */
void any_table_remove(struct any_dma_check *check, struct any_check_entry *entry)
{
	struct any_check_entry *last = &check->entries[check->used - 1];

	*link_to(check, entry) = entry->next;
	if (last != entry) {
		uint32_t head;

		*link_to(check, last) = (uint32_t)(entry - check->entries) + 1;
		head = entry->head; /* which may be the link just changed */
		*entry = *last;
		entry->head = head;
	}
	check->used--;
}

static unsigned likeness(const struct any_check_entry *a, const struct any_check_entry *b)
{
	return (a->cpu == b->cpu) * 8u + (a->len == b->len) * 4u + (a->kind == b->kind) * 2u +
	       (a->dir == b->dir);
}

struct any_check_entry *any_table_find(const struct any_dma_check *check,
				       const struct any_check_entry *like)
{
	struct any_check_entry *best = NULL;

	if (!check->size)
		return NULL;
	for (uint32_t i = *head_of(check, like->addr); i; i = check->entries[i - 1].next) {
		struct any_check_entry *e = &check->entries[i - 1];

		if (e->addr == like->addr && e->dev == like->dev &&
		    (!best || likeness(e, like) > likeness(best, like)))
			best = e;
	}
	return best;
}
