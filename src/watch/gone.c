/* SPDX-License-Identifier: BSD-2-Clause */
/* What is used and what ends: syncs, unmaps, frees, a device that goes. */
#include "checker.h"

/* What the device only reads must be what it was when the device got it. Said once. */
static void compare_bytes(struct any_dma_check *check, const struct any_dma_event *event,
			  struct any_check_entry *e)
{
	uint64_t sum;

	if (!any_check_has_sum(check, e) || e->lent)
		return;
	sum = any_check_sum(e->cpu, e->len);
	if (sum != e->sum)
		(void)any_check_tell(check, ANY_CHECK_CPU_TOUCH, event, e);
	e->sum = sum;
}

/* Before compare_bytes. A slot's lines are the device's on a bus that does not snoop: no look
 * there. */
static void compare_slot(struct any_dma_check *check, const struct any_dma_event *event,
			 const struct any_check_entry *e, uint32_t slot)
{
	const struct any_dma_platform *plat = e->dev->plat;

	if (!any_check_has_sum(check, e) || !(e->flags & ANY_DMA_MAP_BOUNCED) ||
	    (e->dev->stages & ANY_STAGE_CACHE))
		return;
	if (any_check_sum((uintptr_t)plat->bounce->mem.cpu + slot, e->len) != e->sum)
		(void)any_check_tell(check, ANY_CHECK_DEVICE_WROTE, event, e);
}

static struct any_check_entry like_map(const struct any_dma_event *event,
				       const struct any_dma_mapping *map)
{
	return (struct any_check_entry){.dev = event->dev,
					.addr = map->addr.raw,
					.len = map->len,
					.cpu = (uintptr_t)map->cpu,
					.kind = (uint8_t)any_check_kind_of(map),
					.dir = map->dir,
					.flags = map->flags};
}

static struct any_check_entry *find_map(const struct any_dma_check *check,
					const struct any_dma_event *event,
					const struct any_dma_mapping *map)
{
	const struct any_check_entry like = like_map(event, map);

	return map->flags & ANY_DMA_MAP_LIVE ? any_table_find(check, &like) : NULL;
}

static int check_part(struct any_dma_check *check, const struct any_dma_event *event,
		      const struct any_dma_mapping *map, size_t offset, size_t len)
{
	struct any_check_entry *e = find_map(check, event, map);

	if (!e)
		return any_check_tell(check, ANY_CHECK_SYNC_UNKNOWN, event, NULL);
	if (e->dir != map->dir)
		return any_check_tell(check, ANY_CHECK_SYNC_DIR, event, e);
	if (offset > e->len || len > e->len - offset)
		return any_check_tell(check, ANY_CHECK_SYNC_BEYOND, event, e);
	return 0;
}

int any_check_sync_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	return check_part(check, event, event->map, event->offset, event->len);
}

/* Between sync_for_cpu and sync_for_device the bytes may change; then they are summed anew. */
void any_check_sync_ended(struct any_dma_check *check, const struct any_dma_event *event)
{
	const bool for_cpu = event->op == ANY_DMA_OP_SYNC_FOR_CPU;
	const struct any_dma_mapping *map = event->map;
	struct any_check_entry *e = find_map(check, event, map);

	if (!e)
		return;
	if (for_cpu || e->lent) {
		e->lent = for_cpu;
		if (!for_cpu && any_check_has_sum(check, e))
			e->sum = any_check_sum(e->cpu, e->len);
		return;
	}
	compare_bytes(check, event, e);
}

/* ---- giving back ---- */

static int check_unmap(struct any_dma_check *check, const struct any_dma_event *event,
		       const struct any_dma_mapping *map, bool as_list)
{
	struct any_check_entry *e = find_map(check, event, map);

	if (!e && map == check->failed)
		return any_check_tell(check, ANY_CHECK_UNMAP_FAILED, event, NULL);
	if (!e)
		return any_check_tell(check, ANY_CHECK_UNMAP_UNKNOWN, event, NULL);
	if ((e->kind == ANY_CHECK_SG) != as_list || e->kind == ANY_CHECK_COHERENT)
		return any_check_tell(check, ANY_CHECK_UNMAP_KIND, event, e);
	if (e->len != map->len)
		return any_check_tell(check, ANY_CHECK_UNMAP_SIZE, event, e);
	if (e->dir != map->dir)
		return any_check_tell(check, ANY_CHECK_UNMAP_DIR, event, e);
	return 0;
}

/* The record goes with the call, be it wrong in other ways: one mistake, one report. */
static void forget(struct any_dma_check *check, const struct any_dma_event *event,
		   const struct any_dma_mapping *map)
{
	struct any_check_entry *e = find_map(check, event, map);

	if (!e)
		return;
	compare_slot(check, event, e, map->slot);
	compare_bytes(check, event, e);
	any_table_remove(check, e);
}

int any_check_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	int err = check_unmap(check, event, event->map, false);

	if (err)
		return err;
	if (event->map->dir & ANY_DMA_FROM_DEVICE && event->written > event->map->len)
		(void)any_check_tell(check, ANY_CHECK_WRITTEN, event, NULL);
	if (!(event->map->flags & ANY_DMA_MAP_SG))
		forget(check, event, event->map);
	return 0;
}

static int check_count(struct any_dma_check *check, const struct any_dma_event *event,
		       enum any_check_rule rule)
{
	const struct any_check_entry *e =
		event->n ? find_map(check, event, &event->sg[0].map) : NULL;

	if (e && e->kind == ANY_CHECK_SG && (e->list != event->sg || e->list_n != event->n))
		return any_check_tell(check, rule, event, e);
	return 0;
}

int any_check_list_unmap_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	int err = check_count(check, event, ANY_CHECK_SG_UNMAP_COUNT);

	for (unsigned i = 0; i < event->n && !err; i++)
		err = check_unmap(check, event, &event->sg[i].map, true);
	for (unsigned i = 0; i < event->n && !err; i++)
		if (event->sg[i].map.flags & ANY_DMA_MAP_SG)
			forget(check, event, &event->sg[i].map);
	return err;
}

int any_check_list_sync_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	int err = check_count(check, event, ANY_CHECK_SG_SYNC_COUNT);

	for (unsigned i = 0; i < event->n && !err; i++)
		err = check_part(check, event, &event->sg[i].map, 0, event->sg[i].map.len);
	return err;
}

int any_check_free_begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	const struct any_dma_coherent *mem = event->mem;
	const struct any_check_entry like = {.dev = event->dev,
					     .addr = mem->addr.raw,
					     .len = mem->size,
					     .cpu = (uintptr_t)mem->cpu,
					     .kind = ANY_CHECK_COHERENT,
					     .dir = ANY_DMA_BOTH};
	struct any_check_entry *e = any_table_find(check, &like);

	if (!e)
		return any_check_tell(check, ANY_CHECK_UNMAP_UNKNOWN, event, NULL);
	if (e->kind != ANY_CHECK_COHERENT)
		return any_check_tell(check, ANY_CHECK_UNMAP_KIND, event, e);
	if (e->cpu != like.cpu)
		return any_check_tell(check, ANY_CHECK_FREE_CPU, event, e);
	if (e->len != like.len)
		return any_check_tell(check, ANY_CHECK_UNMAP_SIZE, event, e);
	any_table_remove(check, e);
	return 0;
}

/* Everything the device leaves behind, each with its own report; then it is forgotten. */
void any_check_detached(struct any_dma_check *check, const struct any_dma_event *event)
{
	for (uint32_t i = check->used; i-- > 0;) {
		struct any_check_entry *e = &check->entries[i];

		if (e->dev != event->dev)
			continue;
		(void)any_check_tell(check, ANY_CHECK_DETACH_LIVE, event, e);
		any_table_remove(check, e);
	}
}
