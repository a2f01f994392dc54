/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault records: registers that the unit fills round and round, each ours to empty. */
#include "vtd.h"

#define FILLED (1u << 31) /* of the last word; written back, it is empty */
#define READS  (1u << 30)
#define BOTH   (1u << 28) /* of the word before: what reads also writes, an atomic access */

/* Of the legacy mode's reasons: nothing for the function; an address too wide, or no permission. */
static enum any_iommu_reason reason_of(uint32_t code)
{
	return code >= 1 && code <= 3	? ANY_IOMMU_FAULT_DOMAIN
	       : code >= 4 && code <= 6 ? ANY_IOMMU_FAULT_MAPPING
					: ANY_IOMMU_FAULT_UNKNOWN;
}

static void take(struct any_vtd *u, uint32_t at, uint32_t last, struct any_iommu_fault *fault)
{
	const uint32_t source = vtd_read(u, at + 8);

	*fault = (struct any_iommu_fault){
		.device = source & 0xffffu,
		.addr = any_dma(vtd_read64(u, at) & ~0xfffull),
		.has_addr = true,
		.access = !(last & READS) ? ANY_IOMMU_WRITE
			  : source & BOTH ? ANY_IOMMU_READ | ANY_IOMMU_WRITE
					  : ANY_IOMMU_READ,
		.reason = reason_of(last & 0xffu),
	};
	vtd_write(u, at + 12, FILLED);
}

int any_vtd_fault(struct any_vtd *unit, struct any_iommu_fault *fault)
{
	const uint32_t status = vtd_read(unit, VTD_FSTS);
	const uint32_t first = status >> 8 & 0xffu; /* the oldest, if the unit tells the truth */

	if (status == VTD_GONE)
		return any_vtd_fail(unit, -ANY_ENODEV, "it is gone");
	for (uint32_t i = 0; i < unit->n_records; i++) {
		const uint32_t at =
			unit->records + (first + i) % unit->n_records * VTD_RECORD_BYTES;
		const uint32_t last = vtd_read(unit, at + 12);

		if (last == VTD_GONE)
			return any_vtd_fail(unit, -ANY_ENODEV, "it is gone");
		if (last & FILLED) {
			take(unit, at, last, fault);
			return 0;
		}
	}
	if (status & VTD_FSTS_OVERFLOW) { /* it records again once this is cleared */
		unit->lost++;
		vtd_write(unit, VTD_FSTS, VTD_FSTS_OVERFLOW);
	}
	return -ANY_EAGAIN;
}
