/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the IOMMU device share. */
#ifndef ANYDMA_DEVICE_IOMMU_H
#define ANYDMA_DEVICE_IOMMU_H

#include <anydma/endian.h>
#include <anydma/iommu_device.h>

#define VIOMMU_PROPERTY (4 + ANY_VIOMMU_RESV_BYTES) /* of a probe, each */

/* A request as it was fetched; the longest is PROBE's. */
struct any_viommu_request {
	struct any_virtio_cursor out, in;
	uint64_t room; /* for properties */
	uint64_t words[ANY_VIOMMU_PROBE_BYTES / 8];
};

static inline uint32_t any_viommu_field(const struct any_viommu_request *r, uint32_t offset)
{
	return any_load_le32((const void *)((const uint8_t *)r->words + offset));
}

static inline uint64_t any_viommu_wide(const struct any_viommu_request *r, uint32_t offset)
{
	return any_load_le64((const void *)((const uint8_t *)r->words + offset));
}

/* Where fields lie. Those that all but PROBE have, and those of MAP and UNMAP. */
#define VIOMMU_DOMAIN	4u
#define VIOMMU_ENDPOINT 8u
#define VIOMMU_START	8u
#define VIOMMU_END	16u
#define VIOMMU_PHYS	24u
#define VIOMMU_FLAGS	32u

struct any_viommu_endpoint *any_viommu_find(struct any_viommu_device *dev, uint32_t id);
const struct any_viommu_reserved *any_viommu_reserved_at(const struct any_viommu_endpoint *ep,
							 uint64_t start, uint64_t end);
/* An endpoint that is in the domain: there is one. NULL: there is none. */
const struct any_viommu_endpoint *any_viommu_member(const struct any_viommu_device *dev,
						    uint32_t domain);
/* The status of a request. */
unsigned any_viommu_map(struct any_viommu_device *dev, const struct any_viommu_request *r);
unsigned any_viommu_unmap(struct any_viommu_device *dev, const struct any_viommu_request *r);

#endif
