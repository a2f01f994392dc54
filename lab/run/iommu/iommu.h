/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio IOMMU in the machine, and a device behind it that can be told to access an address. */
#ifndef ANYDMA_LAB_IOMMU_H
#define ANYDMA_LAB_IOMMU_H

#include "../small/small.h"

#define LAB_IOMMU_ENDPOINT   7u
#define LAB_IOMMU_DOMAIN     3u
#define LAB_IOMMU_PAGE	     4096u
#define LAB_IOMMU_START	     0x10000ull /* addresses that can be mapped */
#define LAB_IOMMU_END	     0xffffffffull
#define LAB_IOMMU_HOLE_START 0xfee00000ull /* and cannot */
#define LAB_IOMMU_HOLE_END   0xfeefffffull
#define LAB_IOMMU_MAPPINGS   12u

struct lab_iommu_access {
	uint64_t addr;
	bool store;
	/* what came of it */
	int err;
	uint64_t phys;
};

/* Where that access goes: the device makes it at a time of its own, and says when it is done. */
void lab_iommu_access(struct lab_machine *m, struct lab_iommu_access *access);

#endif
