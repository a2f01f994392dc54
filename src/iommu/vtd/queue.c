/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invalidation queue: descriptors of 16 bytes in one page, and a word that the unit writes when
 * it has come so far. Both are always snooped, whatever ECAP.C says of page walks.
 */
#include "vtd.h"

#include "base/bits.h"

#define ENTRIES 256u
#define POLLS	10000000u /* looks at the word before the unit is given up */
#define LOOK	64u	  /* of which one in so many is at the fault register, too */

#define CONTEXT	  1u
#define IOTLB	  2u
#define WAIT	  5u
#define STATUS	  (1u << 5) /* the unit writes the word, */
#define FENCE	  (1u << 6) /* and begins nothing behind this before */
#define DRAIN_OUT (1u << 6) /* writes, and */
#define DRAIN_IN  (1u << 7) /* reads that are on their way are over, too */

/* Room for one that waits, and one that stays empty. */
static void put(struct any_vtd *u, uint64_t low, uint64_t high)
{
	uint64_t *slot = &u->queue[2u * u->tail];

	slot[0] = any_cpu_to_le64(low);
	slot[1] = any_cpu_to_le64(high);
	u->tail = (u->tail + 1) % ENTRIES;
	u->unwaited++;
}

static void add(struct any_vtd *u, uint64_t low, uint64_t high)
{
	if (u->unwaited >= ENTRIES - 2 && any_vtd_wait(u))
		return;
	put(u, low, high);
}

void any_vtd_inval_context(struct any_vtd *u, unsigned granularity, uint16_t id, uint16_t requester)
{
	add(u, CONTEXT | granularity << 4 | (uint64_t)id << 16 | (uint64_t)requester << 32, 0);
}

/* `pages`: the address, and in its low bits how many, as a power of two. */
void any_vtd_inval_iotlb(struct any_vtd *u, unsigned granularity, uint16_t id, uint64_t pages)
{
	const uint32_t drain = (vtd_cap(u, VTD_CAP_DWD) ? DRAIN_OUT : 0) |
			       (vtd_cap(u, VTD_CAP_DRD) ? DRAIN_IN : 0);

	add(u, IOTLB | granularity << 4 | drain | (uint64_t)id << 16, pages);
}

static int await(struct any_vtd *u)
{
	for (uint32_t i = 1; i < POLLS; i++) {
		if (any_le32_to_cpu(*(volatile const uint32_t *)u->status) == u->ticket) {
			/* Partner: the unit's write of the word, after all it had to end. */
			any_dma_rmb();
			return 0;
		}
		if (i % LOOK == 0 && vtd_read(u, VTD_FSTS) & VTD_FSTS_QUEUE)
			break;
		any_cpu_relax();
	}
	u->dead = true;
	return any_vtd_fail(u, -ANY_ENODEV, "an invalidation does not end");
}

int any_vtd_wait(struct any_vtd *u)
{
	const uint64_t word = any_iommu_pages_addr(u->pages, u->status).raw;

	if (u->dead)
		return -ANY_ENODEV;
	u->ticket++;
	put(u, WAIT | STATUS | FENCE | (uint64_t)u->ticket << 32, word);
	u->unwaited = 0;
	any_mmio_wmb(); /* descriptors before the tail. Partner: the unit's fetch */
	vtd_write(u, VTD_IQT, u->tail << 4);
	return await(u);
}

int any_vtd_seen(struct any_vtd *u)
{
	any_iommu_pages_sync(u->pages);
	return vtd_cap(u, VTD_CAP_RWBF) ? any_vtd_command(u, VTD_WBF, true, false) : 0;
}

/* What is in it is let through to its end: a unit stops between descriptors only. */
int any_vtd_queue_off(struct any_vtd *u)
{
	for (uint32_t i = 0; i < POLLS / LOOK; i++) {
		const uint32_t head = vtd_read(u, VTD_IQH);

		if (head == VTD_GONE)
			break;
		if (head == vtd_read(u, VTD_IQT))
			return any_vtd_command(u, VTD_QIE, false, false);
		any_cpu_relax();
	}
	u->dead = true;
	return any_vtd_fail(u, -ANY_ENODEV, "its queue does not come to an end");
}

int any_vtd_queue_on(struct any_vtd *u)
{
	u->tail = u->unwaited = 0;
	vtd_write64(u, VTD_IQT, 0);
	vtd_write64(u, VTD_IQA, any_iommu_pages_addr(u->pages, u->queue).raw);
	return any_vtd_command(u, VTD_QIE, true, true);
}
