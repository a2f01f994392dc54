/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's virtio IOMMU as the machine's. */
#include "../shared/port.h"

#define HOLES 8u

static struct any_virtio_iommu iommu;
static struct any_virtio_iommu_domain domains[32];
static uint32_t n_domains;

static int reserve(uint32_t requester, struct any_iova *iova)
{
	struct any_virtio_iommu_hole holes[HOLES];
	uint32_t n = HOLES;
	int err = any_virtio_iommu_probe(&iommu, requester, holes, &n);

	for (uint32_t i = 0; i < n && !err; i++) {
		const uint64_t start = holes[i].start & ~4095ull, end = holes[i].end | 4095u;

		if (end >= PORT_IOVA && start < PORT_IOVA + PORT_IOVA_SIZE)
			err = any_iova_reserve(iova, start, end - start + 1);
	}
	return err;
}

static int attach(uint32_t requester, struct any_dma_iommu *path, struct any_iova *iova)
{
	struct any_virtio_iommu_domain *domain = &domains[n_domains];
	int err = reserve(requester, iova); /* before it is attached (VG-IO-03) */

	if (!err && n_domains == ANY_ARRAY_SIZE(domains))
		err = -ANY_ENOSPC;
	if (err)
		return err;
	path->stage = &any_dma_iommu_stage;
	path->ops = &any_virtio_iommu_ops;
	path->ctx = domain;
	path->granule = 4096;
	return any_virtio_iommu_attach(&iommu, domain, iommu.domain_start + n_domains++, requester);
}

static int fault(struct any_iommu_fault *report)
{
	return any_virtio_iommu_fault(&iommu, report);
}

void port_viommu_found(const struct port_place *place, const struct any_virtio_transport *transport)
{
	static const struct port_iommu ours = {"a virtio IOMMU", attach, fault};
	static struct port_path path;
	int err = port_path_init(&path, place, PORT_AS_IT_IS);

	if (!err)
		err = any_virtio_iommu_init(&iommu, transport, &path.dev);
	port_ok(!err, "%s: an IOMMU comes up: %s", place->name,
		err && iommu.virtio.why ? iommu.virtio.why : any_strerror(err));
	if (!err && (iommu.page_mask & 4096))
		port_iommu = &ours;
	port_alloc_keep();
}
