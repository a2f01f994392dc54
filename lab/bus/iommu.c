/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IOMMU with the habits of real ones: it caches translations, negative ones too where the tree
 * says so (caching mode), sees table updates only after a write-buffer flush, and goes on using
 * what it cached until an invalidation has completed (M4, M5).
 */
#include <stdlib.h>

#include "bus.h"
#include "../oracle/oracle.h"

#define SLOTS 65536u /* power of two; pages with a history, live or cached */

#define QUEUE 256u /* invalidations waiting for a sync; more become "everything" */

struct entry {
	uint64_t iova, phys; /* the tables */
	uint64_t tlb_phys;   /* what the IOMMU caches */
	uint8_t prot, tlb_prot;
	bool used, present, visible; /* visible: the walker sees the tables' entry */
	bool cached, negative, queued;
};

struct lab_iommu {
	unsigned shift;
	uint32_t n_used;
	uint32_t n_queue;
	bool all_queued;
	struct entry *queue[QUEUE];
	struct entry slots[SLOTS];
};

bool lab_iommu_create(struct lab_machine *m)
{
	if (!m->plat->machine.iommu.present)
		return true;
	m->iommu = calloc(1, sizeof(*m->iommu));
	if (!m->iommu)
		return false;
	m->iommu->shift = (unsigned)__builtin_ctzll(m->plat->machine.iommu.granule);
	return true;
}

void lab_iommu_destroy(struct lab_machine *m)
{
	free(m->iommu);
}

static struct entry *lookup(struct lab_iommu *iommu, uint64_t iova, bool make)
{
	uint64_t page = iova >> iommu->shift;
	uint32_t at = (uint32_t)((page * 0x9e3779b97f4a7c15ull) >> 40) & (SLOTS - 1);

	for (uint32_t i = 0; i < SLOTS; i++, at = (at + 1) & (SLOTS - 1)) {
		struct entry *e = &iommu->slots[at];

		if (e->used && e->iova == page << iommu->shift)
			return e;
		if (e->used)
			continue;
		if (!make || iommu->n_used >= SLOTS / 2)
			return NULL;
		iommu->n_used++;
		e->used = true;
		e->iova = page << iommu->shift;
		return e;
	}
	return NULL;
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	struct lab_machine *m = ctx;
	uint64_t granule = 1ull << m->iommu->shift;

	for (uint64_t at = 0; at < len; at += granule) {
		struct entry *e = lookup(m->iommu, iova.raw + at, true);

		if (!e)
			return -ANY_ENOMEM;
		if (e->cached && !e->negative)
			lab_fail(m, ANY_LAB_STALE_IOTLB, lab_caller_pc(), 0, 0, iova.raw + at,
				 (uint32_t)granule,
				 "IOVA 0x%llx is used again while the IOMMU still caches its old "
				 "translation.",
				 (unsigned long long)(iova.raw + at));
		e->phys = phys.raw + at;
		e->prot = (uint8_t)prot;
		e->present = true;
		e->visible = !m->plat->machine.iommu.write_buffer;
		/* Caching mode: the walker may have looked before and remembered "nothing". */
		if (m->plat->machine.iommu.caching_mode)
			e->cached = e->negative = true;
	}
	m->count.iommu_maps++;
	lab_log_event(m, LAB_EV_IOMMU, LAB_MMIO, iova.raw, (uint32_t)len, 0);
	return 0;
}

static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct lab_machine *m = ctx;

	for (uint64_t at = 0; at < len; at += 1ull << m->iommu->shift) {
		struct entry *e = lookup(m->iommu, iova.raw + at, false);

		if (e)
			e->present = false;
	}
	lab_log_event(m, LAB_EV_IOMMU, LAB_MMIO, iova.raw, (uint32_t)len, 0);
}

static void map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct lab_machine *m = ctx;

	for (uint64_t at = 0; at < len; at += 1ull << m->iommu->shift) {
		struct entry *e = lookup(m->iommu, iova.raw + at, false);

		if (!e)
			continue;
		e->visible = true;
		if (e->negative)
			e->cached = e->negative = false;
	}
}

static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct lab_machine *m = ctx;

	if (!len)
		m->iommu->all_queued = true;
	for (uint64_t at = 0; at < len; at += 1ull << m->iommu->shift) {
		struct entry *e = lookup(m->iommu, iova.raw + at, false);

		if (!e || e->queued)
			continue;
		if (m->iommu->n_queue == QUEUE) {
			m->iommu->all_queued = true;
			return;
		}
		e->queued = true;
		m->iommu->queue[m->iommu->n_queue++] = e;
	}
}

static void forget(struct entry *e)
{
	e->cached = e->negative = e->queued = false;
}

static void sync_inval(void *ctx)
{
	struct lab_machine *m = ctx;
	struct lab_iommu *iommu = m->iommu;

	for (uint32_t i = 0; i < iommu->n_queue; i++)
		forget(iommu->queue[i]);
	for (uint32_t i = 0; iommu->all_queued && i < SLOTS; i++)
		forget(&iommu->slots[i]);
	iommu->n_queue = 0;
	iommu->all_queued = false;
}

const struct any_iommu_ops lab_iommu_ops = {
	.map = map,
	.unmap = unmap,
	.map_sync = map_sync,
	.inval = inval,
	.sync = sync_inval,
};

enum lab_iommu_answer lab_iommu_walk(struct lab_machine *m, uint64_t iova, bool write,
				     uint64_t *phys)
{
	struct entry *e = lookup(m->iommu, iova, false);
	uint64_t offset = iova & ((1ull << m->iommu->shift) - 1);
	unsigned need = write ? ANY_IOMMU_WRITE : ANY_IOMMU_READ;

	if (!e || (!e->present && !e->cached))
		return LAB_IOMMU_MISS;
	if (e->negative || (e->present && !e->visible))
		return LAB_IOMMU_STALE;
	if (e->cached && (!e->present || e->tlb_phys != e->phys))
		return LAB_IOMMU_STALE;
	if (!(e->prot & need))
		return LAB_IOMMU_DENIED;
	e->cached = true;
	e->tlb_phys = e->phys;
	e->tlb_prot = e->prot;
	*phys = e->phys + offset;
	return LAB_IOMMU_OK;
}
