/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The misuse checker. It keeps its own record of what is mapped and never believes the caller's
 * structures, which are what it checks. The numbers of the rules are those of conformance C5.
 */
#include "checker.h"

static const char *const words[ANY_CHECK_RULES] = {
	[ANY_CHECK_UNMAP_FAILED] = "unmap of a mapping that was never made: any_dma_map failed",
	[ANY_CHECK_UNMAP_UNKNOWN] = "unmap or free of what is not mapped",
	[ANY_CHECK_UNMAP_SIZE] = "unmap or free with another size than it was made with",
	[ANY_CHECK_UNMAP_KIND] = "unmap by the wrong function for this kind of mapping",
	[ANY_CHECK_FREE_CPU] = "free of coherent memory with another CPU address",
	[ANY_CHECK_SG_UNMAP_COUNT] = "unmap of a list with another count than it was mapped with",
	[ANY_CHECK_UNMAP_DIR] = "the mapping's direction was changed before unmap",
	[ANY_CHECK_MAP_STACK] = "map of memory on a stack",
	[ANY_CHECK_MAP_TEXT] = "map of code or constants",
	[ANY_CHECK_MAP_NOT_RAM] = "map of an address that is no memory the platform knows",
	[ANY_CHECK_SYNC_UNKNOWN] = "sync of what is not mapped",
	[ANY_CHECK_SYNC_BEYOND] = "sync beyond the end of the mapping",
	[ANY_CHECK_SYNC_DIR] = "the mapping's direction was changed before sync",
	[ANY_CHECK_SG_SYNC_COUNT] = "sync of a list with another count than it was mapped with",
	[ANY_CHECK_OVERLAP] = "two live mappings share bytes and a device writes one of them",
	[ANY_CHECK_OVERLAP_MANY] = "the same bytes are mapped very often: unmaps are missing",
	[ANY_CHECK_FULL] = "too many live mappings: the checker turns itself off",
	[ANY_CHECK_DETACH_LIVE] = "the device goes while something is still mapped or allocated",
	[ANY_CHECK_RESOURCE_RAM] = "map_resource of RAM",
	[ANY_CHECK_CPU_TOUCH] = "the CPU changed a buffer that belonged to the device",
	[ANY_CHECK_DEVICE_WROTE] = "the device wrote a buffer it was given to read",
	[ANY_CHECK_WRITTEN] = "the device claims to have written more than was mapped",
	[ANY_CHECK_ARGUMENT] = "map without a length or a direction",
};

int any_check_tell(struct any_dma_check *check, enum any_check_rule rule,
		   const struct any_dma_event *event, const struct any_check_entry *entry)
{
	const struct any_check_report report = {rule, words[rule], event, entry};

	check->reports++;
	if (check->report)
		check->report(check->ctx, &report);
	return check->refuse ? -ANY_EINVAL : 0;
}

uint64_t any_check_sum(uintptr_t cpu, uint64_t len)
{
	const unsigned char *p = (const unsigned char *)cpu;
	uint64_t sum = len;

	for (uint64_t i = 0; i < len; i++)
		sum = (sum ^ p[i]) * 0x100000001b3ull;
	return sum;
}

bool any_check_has_sum(const struct any_dma_check *check, const struct any_check_entry *e)
{
	return check->sums && e->cpu && e->dir == ANY_DMA_TO_DEVICE &&
	       e->kind != ANY_CHECK_RESOURCE;
}

enum any_check_kind any_check_kind_of(const struct any_dma_mapping *map)
{
	if (map->flags & ANY_DMA_MAP_MMIO)
		return ANY_CHECK_RESOURCE;
	return map->flags & ANY_DMA_MAP_SG ? ANY_CHECK_SG : ANY_CHECK_SINGLE;
}

static int begun(struct any_dma_check *check, const struct any_dma_event *event)
{
	switch (event->op) {
	case ANY_DMA_OP_MAP:
		return any_check_map_begun(check, event, event->cpu, event->len);
	case ANY_DMA_OP_MAP_SG:
		return any_check_list_begun(check, event);
	case ANY_DMA_OP_MAP_RESOURCE:
		return any_check_resource_begun(check, event);
	case ANY_DMA_OP_UNMAP:
		return any_check_unmap_begun(check, event);
	case ANY_DMA_OP_UNMAP_SG:
		return any_check_list_unmap_begun(check, event);
	case ANY_DMA_OP_SYNC_FOR_CPU:
	case ANY_DMA_OP_SYNC_FOR_DEVICE:
		return any_check_sync_begun(check, event);
	case ANY_DMA_OP_SYNC_SG_FOR_CPU:
	case ANY_DMA_OP_SYNC_SG_FOR_DEVICE:
		return any_check_list_sync_begun(check, event);
	case ANY_DMA_OP_FREE_COHERENT:
		return any_check_free_begun(check, event);
	case ANY_DMA_OP_DETACH:
		any_check_detached(check, event);
		return 0;
	default:
		return 0;
	}
}

static void ended(struct any_dma_check *check, const struct any_dma_event *event)
{
	switch (event->op) {
	case ANY_DMA_OP_MAP:
	case ANY_DMA_OP_MAP_RESOURCE:
		any_check_map_ended(check, event);
		return;
	case ANY_DMA_OP_MAP_SG:
		any_check_list_ended(check, event);
		return;
	case ANY_DMA_OP_SYNC_FOR_CPU:
	case ANY_DMA_OP_SYNC_FOR_DEVICE:
		if (!event->err)
			any_check_sync_ended(check, event);
		return;
	case ANY_DMA_OP_ALLOC_COHERENT:
		if (!event->err)
			any_check_alloc_ended(check, event);
		return;
	default:
		return;
	}
}

/* A piece announces itself inside its list's event, where most of it has been dealt with. */
static int on_event(struct any_dma_watch *watch, const struct any_dma_event *event)
{
	struct any_dma_check *check = ANY_CONTAINER_OF(watch, struct any_dma_check, watch);

	if (check->off)
		return 0;
	if (event->phase == ANY_DMA_BEGIN)
		return event->piece ? 0 : begun(check, event);
	if (!event->piece || event->op == ANY_DMA_OP_SYNC_FOR_CPU ||
	    event->op == ANY_DMA_OP_SYNC_FOR_DEVICE)
		ended(check, event);
	return 0;
}

int any_dma_check_init(struct any_dma_check *check, struct any_check_entry *entries, uint32_t size,
		       void (*report)(void *ctx, const struct any_check_report *report), void *ctx)
{
	if (!entries || !size || size == UINT32_MAX)
		return -ANY_EINVAL;
	*check = (struct any_dma_check){.watch.event = on_event,
					.report = report,
					.ctx = ctx,
					.size = size,
					.entries = entries};
	for (uint32_t i = 0; i < size; i++)
		entries[i] = (struct any_check_entry){.head = 0};
	return 0;
}
