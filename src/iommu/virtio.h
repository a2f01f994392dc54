/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_IOMMU_VIRTIO_H
#define ANYDMA_IOMMU_VIRTIO_H

#include <anydma/iommu.h>

/* The coherent memory: places of `stride` bytes. */
#define VIOMMU_ASK    0u
#define VIOMMU_ANSWER 1u
#define VIOMMU_EVENT  2u /* and those behind it */

static inline void *viommu_at(const struct any_virtio_iommu *iommu, uint32_t place)
{
	return (uint8_t *)iommu->wire.cpu + (size_t)place * iommu->stride;
}

static inline struct any_dma_addr viommu_bus(const struct any_virtio_iommu *iommu, uint32_t place)
{
	return any_dma(iommu->wire.addr.raw + (uint64_t)place * iommu->stride);
}

/* Little-endian, at any address. */
static inline uint64_t viommu_le(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

/* Gives every place for a report to the device. */
int any_viommu_listen(struct any_virtio_iommu *iommu);

#endif
