/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IOMMUs as devices: what fills struct any_dma_iommu's `ops` and `ctx` (dma_ops.h). Strict: when an
 * unmap returns, the device can no longer reach the memory. What is attached to no domain reaches
 * nothing.
 */
#ifndef ANYDMA_IOMMU_H
#define ANYDMA_IOMMU_H

#include <anydma/dma.h>
#include <anydma/virtio.h>
#include <anydma/virtio/iommu.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An access that an IOMMU stopped, as any of them reports it. */
enum any_iommu_reason {
	ANY_IOMMU_FAULT_UNKNOWN,
	ANY_IOMMU_FAULT_DOMAIN,	 /* the device is attached to nothing */
	ANY_IOMMU_FAULT_MAPPING, /* nothing is mapped there, or not for this access */
};

struct any_iommu_fault {
	uint32_t device; /* stream, requester or endpoint number */
	struct any_dma_addr addr;
	bool has_addr;
	unsigned access; /* ANY_IOMMU_READ, ANY_IOMMU_WRITE; 0: the IOMMU does not say */
	enum any_iommu_reason reason;
};

/* ---- virtio (5.13): no tables here, a request for each change ----------------------------------
 */

#define ANY_VIRTIO_IOMMU_QUEUE	16u /* entries of each queue to aim for */
#define ANY_VIRTIO_IOMMU_EVENTS 8u  /* fault reports that wait */

struct any_virtio_iommu {
	struct any_virtio_driver virtio;
	struct any_virtqueue requests, events;
	struct any_dma_coherent wire; /* request, answer, and a place for each report */
	uint32_t stride;	      /* of those places: no two share a line */
	uint64_t page_mask, input_start, input_end;
	uint32_t domain_start, domain_end, probe_size;
	uint32_t errors;  /* requests that did not end well */
	uint32_t dropped; /* reports that made no sense */
	bool dead;	  /* it no longer answers: what it was asked, mapped or not, is its own */
	uint64_t memory[2][ANY_VIRTQUEUE_BYTES(ANY_VIRTIO_IOMMU_QUEUE) / 8];
};

/* One endpoint's address space. */
struct any_virtio_iommu_domain {
	struct any_virtio_iommu *iommu;
	uint32_t id, endpoint;
};

/*
 * Brings the device up. `dma`: its own path to memory, which is not behind itself. From then on an
 * endpoint that is attached to nothing reaches nothing, where the device lets the driver say so
 * (BYPASS_CONFIG). ENODEV: not a virtio IOMMU, or one that cannot map. EPROTO: its configuration
 * makes no sense.
 */
ANY_MUST_CHECK int any_virtio_iommu_init(struct any_virtio_iommu *iommu,
					 const struct any_virtio_transport *transport,
					 struct any_dma_dev *dma);

/* Resets the device and gives its memory back. ENODEV: it does not reset, and keeps it. */
ANY_MUST_CHECK int any_virtio_iommu_fini(struct any_virtio_iommu *iommu);

struct any_virtio_iommu_hole {
	uint64_t start, end; /* inclusive */
};
/*
 * Addresses of this endpoint that must never be mapped (VG-IO-10): to be taken out of its IOVA
 * allocator before it is attached (VG-IO-03). *n: room, then how many there are. ENOSPC: more.
 */
ANY_MUST_CHECK int any_virtio_iommu_probe(struct any_virtio_iommu *iommu, uint32_t endpoint,
					  struct any_virtio_iommu_hole *holes, uint32_t *n);

/* Domain `id` for this endpoint alone. EINVAL: not a domain of this device; EIO: it refused. */
ANY_MUST_CHECK int any_virtio_iommu_attach(struct any_virtio_iommu *iommu,
					   struct any_virtio_iommu_domain *domain, uint32_t id,
					   uint32_t endpoint);
ANY_MUST_CHECK int any_virtio_iommu_detach(struct any_virtio_iommu_domain *domain);
/* ctx: the domain. An unmap that the device refuses detaches the endpoint: it reaches nothing. */
extern const struct any_iommu_ops any_virtio_iommu_ops;

/* The next report. EAGAIN: none; EPROTO: the device talks nonsense. */
ANY_MUST_CHECK int any_virtio_iommu_fault(struct any_virtio_iommu *iommu,
					  struct any_iommu_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
