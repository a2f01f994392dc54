/* SPDX-License-Identifier: BSD-2-Clause */
/* Two functions, each with an address space of its own. */
#ifndef ANYDMA_TESTS_VTD_DOMAIN_RIG_H
#define ANYDMA_TESTS_VTD_DOMAIN_RIG_H

#include "unit.h"

#define SID   0x0118u /* 01:03.0 */
#define SID_2 0x0120u
#define OPS   (&any_vtd_ops)
#define READ  ANY_IOMMU_READ
#define WRITE ANY_IOMMU_WRITE

static struct rig rig;
static struct any_vtd_domain domains[2];

static inline void up(uint64_t cap, uint64_t ecap)
{
	rig_init(&rig, cap, ecap);
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &domains[0], 5), 0);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &domains[1], 6), 0);
	assert_int_equal(any_vtd_attach(&domains[0], SID), 0);
	assert_int_equal(any_vtd_attach(&domains[1], SID_2), 0);
}

/* Everything is given back, and nothing went wrong unseen. */
static inline void down(void)
{
	const unsigned waits = unit.waits;

	assert_int_equal(any_vtd_domain_fini(&domains[0]), -ANY_EBUSY);
	assert_int_equal(any_vtd_fini(&rig.vtd), -ANY_EBUSY);
	assert_int_equal(any_vtd_detach(&domains[0], SID), 0);
	assert_int_equal(any_vtd_detach(&domains[1], SID_2), 0);
	assert_int_equal(any_vtd_domain_fini(&domains[0]), 0);
	assert_int_equal(any_vtd_domain_fini(&domains[1]), 0);
	assert_int_equal(unit.waits, waits + 4);
	assert_int_equal(any_vtd_fini(&rig.vtd), 0);
	assert_int_equal(rig.pages.used, 0);
	assert_int_equal(rig.vtd.errors, 0);
	assert_int_equal(unit.loads, unit.waits); /* each was looked behind */
	assert_null(rig.vtd.why);
	unit_fini();
}

static inline void map(struct any_vtd_domain *d, uint64_t iova, uint64_t phys, uint64_t len,
		       unsigned prot)
{
	assert_int_equal(OPS->map(d, any_dma(iova), any_phys(phys), len, prot), 0);
	OPS->map_sync(d, any_dma(iova), len);
}

static inline void unmap(struct any_vtd_domain *d, uint64_t iova, uint64_t len)
{
	OPS->unmap(d, any_dma(iova), len);
	OPS->inval(d, any_dma(iova), len);
	OPS->sync(d);
}

static inline void reaches(uint32_t sid, uint64_t iova, unsigned access, uint64_t phys)
{
	uint64_t got = 0;

	assert_int_equal(unit_access(sid, iova, access, &got), 0);
	assert_true(got == phys);
}

static inline void stopped(uint32_t sid, uint64_t iova, unsigned access, uint32_t reason)
{
	uint64_t got;

	assert_int_equal(unit_access(sid, iova, access, &got), reason);
}

#endif
