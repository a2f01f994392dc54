/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults that a virtio IOMMU reports: each place is the device's until a report lies in it. */
#include "virtio.h"

#include "base/mem.h"

static int give(struct any_virtio_iommu *iommu, uint32_t place)
{
	const struct any_virtqueue_buf buf = {viommu_at(iommu, place), ANY_VIOMMU_FAULT_BYTES,
					      viommu_bus(iommu, place), true};

	return any_virtqueue_add(&iommu->events, &buf, 0, 1, buf.cpu);
}

int any_viommu_listen(struct any_virtio_iommu *iommu)
{
	for (uint32_t i = 0; i < ANY_VIRTIO_IOMMU_EVENTS; i++) {
		int err = give(iommu, VIOMMU_EVENT + i);

		if (err)
			return err;
	}
	any_virtqueue_kick(&iommu->events);
	return 0;
}

/* VG-IO-11: reserved bits and unknown flags say nothing, an unknown reason is unknown. */
static bool understand(const uint8_t *report, struct any_iommu_fault *fault)
{
	const uint64_t flags = viommu_le(report + ANY_VIOMMU_FAULT_FLAGS, 4);
	const uint8_t reason = report[ANY_VIOMMU_FAULT_REASON];

	*fault = (struct any_iommu_fault){
		.device = (uint32_t)viommu_le(report + ANY_VIOMMU_FAULT_ENDPOINT, 4),
		.addr = any_dma(viommu_le(report + ANY_VIOMMU_FAULT_ADDRESS, 8)),
		.has_addr = flags & ANY_VIOMMU_FAULT_HAS_ADDRESS,
		.access = (flags & ANY_VIOMMU_FAULT_READ ? ANY_IOMMU_READ : 0) |
			  (flags & ANY_VIOMMU_FAULT_WRITE ? ANY_IOMMU_WRITE : 0),
		.reason = reason == ANY_VIOMMU_REASON_DOMAIN	? ANY_IOMMU_FAULT_DOMAIN
			  : reason == ANY_VIOMMU_REASON_MAPPING ? ANY_IOMMU_FAULT_MAPPING
								: ANY_IOMMU_FAULT_UNKNOWN,
	};
	return !report[1] && !report[2] && !report[3];
}

int any_virtio_iommu_fault(struct any_virtio_iommu *iommu, struct any_iommu_fault *fault)
{
	uint8_t report[ANY_VIOMMU_FAULT_BYTES];
	uint32_t written;
	void *cookie;
	bool good;
	int err;

	do {
		err = any_virtqueue_take(&iommu->events, &cookie, &written);
		if (err)
			return err;
		memcpy(report, cookie, sizeof(report)); /* read once */
		good = written >= sizeof(report) && understand(report, fault);
		iommu->dropped += !good;
		err = give(iommu,
			   (uint32_t)((size_t)((uint8_t *)cookie - (uint8_t *)iommu->wire.cpu) /
				      iommu->stride));
		if (err)
			return err;
		any_virtqueue_kick(&iommu->events);
	} while (!good);
	return 0;
}
