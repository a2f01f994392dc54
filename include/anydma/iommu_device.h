/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio IOMMU, the device: domains, mappings and endpoints in the caller's memory, requests from
 * the driver, translations for whoever models the endpoints.
 */
#ifndef ANYDMA_IOMMU_DEVICE_H
#define ANYDMA_IOMMU_DEVICE_H

#include <anydma/virtio/iommu.h>
#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

struct any_viommu_reserved { /* addresses of an endpoint that nothing is mapped at */
	uint64_t start, end; /* the last one */
	bool msi;
};

struct any_viommu_endpoint {
	uint32_t id;
	const struct any_viommu_reserved *reserved; /* the caller's; at most one MSI (VD-IO-09) */
	uint32_t n_reserved;
	/* the device's */
	uint32_t domain;
	bool attached, bypass;
};

struct any_viommu_mapping { /* the device's */
	uint64_t start, end, phys;
	uint32_t domain, flags; /* flags 0: free */
};

struct any_viommu_device_config {
	uint64_t features;	 /* of 29, 33, 34, 36, 38, 40, 43 */
	uint64_t page_size_mask; /* not 0 */
	uint64_t input_start, input_end;
	uint32_t domain_start, domain_end;
	uint32_t probe_size; /* of the properties; 0: no PROBE */
	bool mmio;	     /* mappings of device registers */
	bool bypass;	     /* what a system begins with */
	struct any_viommu_endpoint *endpoints;
	uint32_t n_endpoints;
	struct any_viommu_mapping *mappings;
	uint32_t n_mappings;
};

struct any_viommu_device {
	struct any_virtio_device virtio;
	struct any_virtio_device_queue queues[2]; /* requests, events */
	struct any_viommu_device_config config;
	uint8_t bypass;
	uint32_t lost; /* faults for which there was no buffer, or none large enough */
};

/*
 * `pieces` and, with feature 34, `held` have 2 * queue_max entries. EINVAL: no page size, ranges or
 * reserved regions that overlap or are empty, two MSI regions, properties that do not fit.
 */
ANY_MUST_CHECK int any_viommu_device_init(struct any_viommu_device *dev,
					  const struct any_viommu_device_config *config,
					  struct any_space *space, struct any_ring_piece *pieces,
					  struct any_packed_held *held, uint32_t queue_max);
/* Serves at most `budget` requests; how many. */
uint32_t any_virtio_viommu_device_process(struct any_viommu_device *dev, uint32_t budget);

/*
 * Where an endpoint's access goes, one byte of it. dir: TO_DEVICE, it loads; FROM_DEVICE, it
 * stores. *last: the last address for which the answer is the same. EFAULT: nowhere; it is
 * reported.
 */
ANY_MUST_CHECK int any_viommu_device_translate(struct any_viommu_device *dev, uint32_t endpoint,
					       uint64_t addr, enum any_dma_dir dir, uint64_t *phys,
					       uint64_t *last);
/* The machine was reset, not only this device: bypass is what it began with (VD-IO-02). */
void any_viommu_device_system_reset(struct any_viommu_device *dev);

#ifdef __cplusplus
}
#endif
#endif
