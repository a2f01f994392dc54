/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes to life: mappings, lists, allocations; and whether it may. */
#include "checker.h"

#define OVERLAPS_MAX 7u

int any_check_map_begun(struct any_dma_check *check, const struct any_dma_event *event, void *buf,
			size_t len)
{
	if (!len || (unsigned)event->dir - 1u > 2u)
		return any_check_tell(check, ANY_CHECK_ARGUMENT, event, NULL);
	for (uint32_t i = 0; i < check->n_sections; i++) {
		const struct any_check_section *s = &check->sections[i];

		if ((uintptr_t)buf < (uintptr_t)s->start + s->size &&
		    (uintptr_t)s->start < (uintptr_t)buf + len)
			return any_check_tell(check, s->rule, event, NULL);
	}
	return 0;
}

int any_check_list_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	int err = 0;

	for (unsigned i = 0; i < event->n && !err; i++)
		err = any_check_map_begun(check, event, event->sg[i].buf, event->sg[i].len);
	return err;
}

int any_check_resource_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	const struct any_dma_platform *plat = event->dev->plat;
	const uint64_t last = event->phys.raw + event->len - 1;

	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];

		if (event->len && event->phys.raw <= r->phys.raw + (r->size - 1) &&
		    r->phys.raw <= last)
			return any_check_tell(check, ANY_CHECK_RESOURCE_RAM, event, NULL);
	}
	return 0;
}

/*
 * DA-33, D3. Two readers may share; where one of both is written nobody may. Bytes are enough: a
 * written buffer that does not own its cache lines was bounced, so lines never overlap alone.
 */
static bool overlap(const struct any_check_entry *a, const struct any_check_entry *b)
{
	return b->cpu && b->kind != ANY_CHECK_COHERENT && a->cpu < b->cpu + b->len &&
	       b->cpu < a->cpu + a->len;
}

static void check_overlaps(struct any_dma_check *check, const struct any_dma_event *event,
			   const struct any_check_entry *fresh)
{
	unsigned readers = 0;

	for (uint32_t i = 0; fresh->cpu && i < check->used; i++) {
		const struct any_check_entry *e = &check->entries[i];

		if (e == fresh || !overlap(fresh, e))
			continue;
		if ((e->dir | fresh->dir) & ANY_DMA_FROM_DEVICE) {
			(void)any_check_tell(check, ANY_CHECK_OVERLAP, event, e);
			return;
		}
		if (++readers > OVERLAPS_MAX) {
			(void)any_check_tell(check, ANY_CHECK_OVERLAP_MANY, event, e);
			return;
		}
	}
}

static struct any_check_entry *enter(struct any_dma_check *check, const struct any_dma_event *event,
				     uint64_t addr)
{
	struct any_check_entry *e = any_table_add(check, addr);

	if (e)
		return e;
	(void)any_check_tell(check, ANY_CHECK_FULL, event, NULL);
	check->off = true;
	return NULL;
}

static void mapped(struct any_dma_check *check, const struct any_dma_event *event,
		   const struct any_dma_mapping *map, const struct any_dma_event *list)
{
	struct any_check_entry *e = enter(check, event, map->addr.raw);

	if (!e)
		return;
	e->dev = event->dev;
	e->len = map->len;
	e->cpu = (uintptr_t)map->cpu;
	e->kind = (uint8_t)any_check_kind_of(map);
	e->dir = map->dir;
	e->flags = map->flags;
	e->lent = false;
	e->list = list ? list->sg : NULL;
	e->list_n = list ? list->n : 0;
	check_overlaps(check, event, e);
	if (any_check_has_sum(check, e))
		e->sum = any_check_sum(e->cpu, e->len);
}

void any_check_alloc_ended(struct any_dma_check *check, const struct any_dma_event *event)
{
	struct any_check_entry *e = enter(check, event, event->mem->addr.raw);

	if (!e)
		return;
	e->dev = event->dev;
	e->len = event->mem->size;
	e->cpu = (uintptr_t)event->mem->cpu;
	e->kind = ANY_CHECK_COHERENT;
	e->dir = ANY_DMA_BOTH;
	e->flags = 0;
	e->lent = false;
	e->list = NULL;
	e->list_n = 0;
}

void any_check_map_ended(struct any_dma_check *check, const struct any_dma_event *event)
{
	if (!event->err) {
		if (check->failed == event->map)
			check->failed = NULL;
		mapped(check, event, event->map, NULL);
		return;
	}
	check->failed = event->map;
	if (event->err == -ANY_EFAULT)
		(void)any_check_tell(check, ANY_CHECK_MAP_NOT_RAM, event, NULL);
}

void any_check_list_ended(struct any_dma_check *check, const struct any_dma_event *event)
{
	for (unsigned i = 0; i < event->n && !event->err && !check->off; i++)
		mapped(check, event, &event->sg[i].map, event);
	if (event->err == -ANY_EFAULT)
		(void)any_check_tell(check, ANY_CHECK_MAP_NOT_RAM, event, NULL);
}
