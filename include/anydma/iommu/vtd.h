/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Intel VT-d, for DMA: legacy mode, second-level tables, queued invalidation. Interrupt remapping
 * is left as it was found, and messages of MSI are not translated: their addresses are never
 * mapped.
 *
 * Facts about a unit come from DMAR (acpi.h): where its registers are, which functions it stands
 * before, and the memory that firmware wants them to go on seeing (RMRR).
 */
#ifndef ANYDMA_IOMMU_VTD_H
#define ANYDMA_IOMMU_VTD_H

#include <anydma/iommu.h>
#include <anydma/iommu/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A device that writes here asks for an interrupt: to be taken out of its IOVA allocator. */
#define ANY_VTD_MSI	 0xfee00000ull
#define ANY_VTD_MSI_SIZE 0x00100000ull

/* A unit, and its domains: one caller at a time. Its fields are the library's. */
struct any_vtd {
	volatile uint8_t *regs;
	struct any_iommu_pages *pages;
	struct any_iommu_table_format format; /* the second level, cut to what the unit walks */
	uint64_t cap, ecap;
	uint64_t *root;	    /* an entry for each bus */
	uint64_t *queue;    /* descriptors */
	uint32_t *status;   /* the last of them that the unit has done */
	uint32_t tail;	    /* the next free descriptor */
	uint32_t unwaited;  /* descriptors since the last one waited for */
	uint32_t ticket;    /* what `status` will say */
	uint32_t records;   /* where fault records are, and */
	uint32_t n_records; /* how many */
	uint32_t errors;    /* what had no way to say so, and went wrong */
	uint32_t lost;	    /* times that it had no record for a fault */
	bool dead;	    /* it no longer answers */
	const char *why;    /* the last failure, in one line; NULL: none */
};

/*
 * Brings a unit up: from then on a function that is attached to nothing reaches nothing. `size`:
 * bytes of registers behind `regs`. `pages`: the caller's part filled (table.h), with the
 * operations of the CPU's caches; they are only used if the unit does not snoop. A unit that
 * translates already goes on blocking while its tables are changed for these.
 *
 * ENODEV: nothing there, or it does not answer; ENOTSUP: without what is needed here; EPROTO: what
 * its registers say makes no sense; EBUSY: somebody else's scalable mode; ENOMEM, EINVAL: pages.
 * Then `why` says more, and nothing else may be done with the unit; it may already look at the
 * pages.
 */
ANY_MUST_CHECK int any_vtd_init(struct any_vtd *unit, volatile void *regs, size_t size,
				struct any_iommu_pages *pages);
/*
 * Stops translating (devices then reach all memory) and gives the pages back. ENODEV: it does not
 * stop, and keeps them. EBUSY: a function is still attached.
 */
ANY_MUST_CHECK int any_vtd_fini(struct any_vtd *unit);

/* An address space. */
struct any_vtd_domain {
	struct any_vtd *unit;
	struct any_iommu_table table;
	uint64_t stale_first, stale_last; /* cleared and not yet invalidated; first > last: none */
	uint16_t id;
	bool covered; /* the invalidations queued cover all that is stale */
};

/*
 * `id`: from 1 to any_vtd_domains() - 1, of no other domain of this unit. What must stay mapped one
 * to one (RMRR) is mapped by any_vtd_ops before a function is attached.
 */
ANY_MUST_CHECK int any_vtd_domain_init(struct any_vtd *unit, struct any_vtd_domain *domain,
				       uint32_t id);
/* EBUSY: a function is still attached; ENODEV: the unit does not answer, and keeps the tables. */
ANY_MUST_CHECK int any_vtd_domain_fini(struct any_vtd_domain *domain);
/*
 * A function by its requester number (bus << 8 | device << 3 | function); several may share a
 * domain, those with one alias must. EBUSY: it is attached, or the id is another domain's; ENOMEM:
 * no page.
 */
ANY_MUST_CHECK int any_vtd_attach(struct any_vtd_domain *domain, uint16_t requester);
/* When it returns 0 the function reaches nothing. ENOENT: it is not attached here. */
ANY_MUST_CHECK int any_vtd_detach(struct any_vtd_domain *domain, uint16_t requester);
extern const struct any_iommu_ops any_vtd_ops; /* ctx: the domain */

static inline uint32_t any_vtd_domains(const struct any_vtd *unit)
{
	return 16u << 2 * (unit->cap & 7u);
}

/* The next recorded fault. EAGAIN: none; ENODEV: the unit is gone. */
ANY_MUST_CHECK int any_vtd_fault(struct any_vtd *unit, struct any_iommu_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
