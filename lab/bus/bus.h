/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's way to memory: windows, limits, encryption, an IOMMU; and its accesses themselves.
 */
#ifndef ANYDMA_LAB_BUS_H
#define ANYDMA_LAB_BUS_H

#include "../core/machine.h"

/*
 * Where a bus address really goes, judged by the oracle: does not return if it is wrong.
 * *contiguous: bytes from there, at most len, that lie together in memory.
 */
uint64_t lab_bus_resolve(struct lab_machine *m, uint64_t bus, uint64_t len, bool write, uint64_t pc,
			 uint64_t *contiguous);
/* The same before anything is read or written: of a buffer that the device has been told of. */
uint64_t lab_bus_look(struct lab_machine *m, uint64_t bus, uint64_t len, uint64_t pc,
		      uint64_t *contiguous);

/* One access of the device to DRAM, announced before it happens. */
void lab_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);

/* Lets the device do one step if it has a reason to look (a kick, or it polls). True: it did. */
bool lab_device_run(struct lab_machine *m, bool force);

/* iommu.c */
bool lab_iommu_create(struct lab_machine *m);
void lab_iommu_destroy(struct lab_machine *m);
enum lab_iommu_answer { LAB_IOMMU_OK, LAB_IOMMU_MISS, LAB_IOMMU_DENIED, LAB_IOMMU_STALE };
enum lab_iommu_answer lab_iommu_walk(struct lab_machine *m, uint64_t iova, bool write,
				     uint64_t *address);

#endif
