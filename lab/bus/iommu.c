/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IOMMU with the habits of real ones (M4, M5). The CPU's stores to its tables may wait in the
 * CPU's cache (tables-noncoherent) or in the unit's own write buffer; what the walker found, a
 * missing entry too (caching mode), it goes on using until an invalidation has been done; and that
 * may wait in a posted buffer. The port's half is lab/port/iommu.c.
 */
#include <stdlib.h>

#include "bridge.h"
#include "bus.h"
#include "../oracle/oracle.h"

#define SLOTS 65536u /* power of two; pages with a history, live or cached */
#define QUEUE 64u    /* invalidations waiting; more become "everything" */

struct entry {
	uint64_t iova, address; /* what the CPU stored last */
	uint64_t tlb;		/* what the IOMMU caches */
	uint32_t written;	/* in which round of the write buffer */
	uint8_t prot;
	bool used, present;
	bool dirty; /* the store is still in the CPU's cache */
	bool cached, negative;
};

struct range {
	uint64_t base, len;
};

struct lab_iommu {
	unsigned shift;
	uint32_t n_used, n_queue, n_posted, round;
	bool all_queued;
	uint64_t base, len; /* registers */
	struct {
		uint32_t offset;
		uint64_t value;
	} posted[32];
	struct range queue[QUEUE];
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
	m->iommu->round = 1;
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

/* Does the walker find what the CPU stored? */
static bool visible(const struct lab_machine *m, const struct entry *e)
{
	return !e->dirty && (!m->plat->machine.iommu.write_buffer || e->written != m->iommu->round);
}

/* ---- the tables in memory ---- */

static void stored(struct lab_machine *m, struct entry *e)
{
	e->dirty = m->plat->machine.iommu.tables_noncoherent;
	e->written = m->iommu->round;
	lab_log_event(m, LAB_EV_IOMMU, LAB_MMIO, e->iova, e->present, 0);
}

bool lab_table_store(struct lab_machine *m, uint64_t iova, uint64_t address, unsigned prot)
{
	struct entry *e = lookup(m->iommu, iova, true);

	if (!e)
		return false;
	if (e->cached && !e->negative)
		lab_fail(m, ANY_LAB_STALE_IOTLB, lab_caller_pc(), 0, 0, iova, 1u << m->iommu->shift,
			 "IOVA 0x%llx is used again while the IOMMU still caches its old "
			 "translation.",
			 (unsigned long long)iova);
	e->address = address;
	e->prot = (uint8_t)prot;
	e->present = true;
	/* Caching mode: the walker may have looked before and remembered "nothing". */
	if (m->plat->machine.iommu.caching_mode)
		e->cached = e->negative = true;
	stored(m, e);
	return true;
}

void lab_table_clear(struct lab_machine *m, uint64_t iova)
{
	struct entry *e = lookup(m->iommu, iova, false);

	if (!e)
		return;
	e->present = false;
	stored(m, e);
}

void lab_table_clean(struct lab_machine *m, uint64_t iova, uint64_t len)
{
	for (uint64_t at = 0; at < len; at += 1ull << m->iommu->shift) {
		struct entry *e = lookup(m->iommu, iova + at, false);

		if (e)
			e->dirty = false;
	}
}

/* ---- invalidation ---- */

/* A walker that looks once more at what it does not see yet learns the old again. */
static void forget(const struct lab_machine *m, struct entry *e)
{
	if (visible(m, e))
		e->cached = e->negative = false;
}

static void invalidate(struct lab_machine *m)
{
	struct lab_iommu *iommu = m->iommu;

	for (uint32_t i = 0; i < iommu->n_queue && !iommu->all_queued; i++)
		for (uint64_t at = 0; at < iommu->queue[i].len; at += 1ull << iommu->shift) {
			struct entry *e = lookup(iommu, iommu->queue[i].base + at, false);

			if (e)
				forget(m, e);
		}
	for (uint32_t i = 0; iommu->all_queued && i < SLOTS; i++)
		forget(m, &iommu->slots[i]);
	iommu->n_queue = 0;
	iommu->all_queued = false;
}

static void queue(struct lab_iommu *iommu)
{
	if (!iommu->len || iommu->n_queue == QUEUE)
		iommu->all_queued = true;
	else
		iommu->queue[iommu->n_queue++] = (struct range){iommu->base, iommu->len};
}

/* ---- registers ---- */

static void half(uint64_t *reg, bool high, uint64_t word)
{
	*reg = high ? (*reg & 0xffffffffu) | word << 32 : (word & 0xffffffffu);
}

static void arrive(struct lab_machine *m, uint32_t offset, uint64_t value)
{
	struct lab_iommu *iommu = m->iommu;

	switch (offset & ~4u) {
	case LAB_IOMMU_WBF:
		iommu->round++;
		break;
	case LAB_IOMMU_BASE:
		half(&iommu->base, offset & 4, value);
		break;
	case LAB_IOMMU_LEN:
		half(&iommu->len, offset & 4, value);
		break;
	case LAB_IOMMU_QUEUE:
		queue(iommu);
		break;
	case LAB_IOMMU_WAIT:
		invalidate(m);
		break;
	default:
		break;
	}
}

static void push(struct lab_machine *m)
{
	struct lab_iommu *iommu = m->iommu;

	for (uint32_t i = 0; i < iommu->n_posted; i++)
		arrive(m, iommu->posted[i].offset, iommu->posted[i].value);
	iommu->n_posted = 0;
}

void lab_iommu_write(struct lab_machine *m, uint32_t offset, uint64_t value)
{
	struct lab_iommu *iommu = m->iommu;

	if (!m->plat->machine.iommu.inval_posted) {
		arrive(m, offset, value);
		return;
	}
	if (iommu->n_posted == ANY_ARRAY_SIZE(iommu->posted))
		push(m);
	iommu->posted[iommu->n_posted].offset = offset;
	iommu->posted[iommu->n_posted++].value = value;
}

uint64_t lab_iommu_read(struct lab_machine *m, uint32_t offset)
{
	(void)offset;
	push(m); /* a read passes no write (PCI), which is the cure */
	return 0;
}

/* ---- the walk ---- */

enum lab_iommu_answer lab_iommu_walk(struct lab_machine *m, uint64_t iova, bool write,
				     uint64_t *address)
{
	struct entry *e = lookup(m->iommu, iova, false);
	uint64_t offset = iova & ((1ull << m->iommu->shift) - 1);
	unsigned need = write ? ANY_IOMMU_WRITE : ANY_IOMMU_READ;

	if (!e || (!e->present && !e->cached))
		return LAB_IOMMU_MISS;
	if (e->negative || (e->present && !visible(m, e)))
		return LAB_IOMMU_STALE;
	if (e->cached && (!e->present || e->tlb != e->address))
		return LAB_IOMMU_STALE;
	if (!(e->prot & need))
		return LAB_IOMMU_DENIED;
	e->cached = true;
	e->tlb = e->address;
	*address = e->address + offset;
	return LAB_IOMMU_OK;
}
