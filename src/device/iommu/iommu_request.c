/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio IOMMU, the device: requests. Each is fetched once; what it breaks is told by its status,
 * and a request that fails changes nothing.
 */
#include "iommu.h"

#include "base/bits.h"

#define UNKNOWN 0x100u /* not a status: nothing is written (VD-IO-03) */
#define FAULT	0x101u /* not a status: an address was not the driver's */

/* A domain that nobody is in is gone, and what was mapped in it (VD-IO-05). */
static void leave(struct any_viommu_device *dev, struct any_viommu_endpoint *ep)
{
	ep->attached = false;
	if (any_viommu_member(dev, ep->domain))
		return;
	for (uint32_t i = 0; i < dev->config.n_mappings; i++)
		if (dev->config.mappings[i].domain == ep->domain)
			dev->config.mappings[i].flags = 0;
}

/* VD-IO-09: nothing is mapped at a reserved address, whoever was first. */
static bool mapped_at_reserved(const struct any_viommu_device *dev,
			       const struct any_viommu_endpoint *ep, uint32_t domain)
{
	for (uint32_t i = 0; i < dev->config.n_mappings; i++) {
		const struct any_viommu_mapping *m = &dev->config.mappings[i];

		if (m->flags && m->domain == domain && any_viommu_reserved_at(ep, m->start, m->end))
			return true;
	}
	return false;
}

static unsigned attach(struct any_viommu_device *dev, const struct any_viommu_request *r)
{
	const uint32_t domain = any_viommu_field(r, VIOMMU_DOMAIN), flags = any_viommu_field(r, 12);
	const bool bypass = flags & ANY_VIOMMU_ATTACH_BYPASS;
	const uint32_t known =
		dev->virtio.features & ANY_VIOMMU_F_BYPASS_CONFIG ? ANY_VIOMMU_ATTACH_BYPASS : 0;
	struct any_viommu_endpoint *ep = any_viommu_find(dev, any_viommu_field(r, VIOMMU_ENDPOINT));
	const struct any_viommu_endpoint *other;

	if (any_viommu_field(r, 16) || (flags & ~known)) /* VD-IO-04 */
		return ANY_VIOMMU_S_INVAL;
	if (!ep)
		return ANY_VIOMMU_S_NOENT;
	if (domain < dev->config.domain_start || domain > dev->config.domain_end)
		return ANY_VIOMMU_S_INVAL;
	other = any_viommu_member(dev, domain);
	if (other && other != ep && other->bypass != bypass)
		return ANY_VIOMMU_S_INVAL;
	if (ep->attached && ep->domain == domain && ep->bypass == bypass)
		return ANY_VIOMMU_S_OK;
	if (other && mapped_at_reserved(dev, ep, domain))
		return ANY_VIOMMU_S_UNSUPP; /* cannot share that domain */
	if (ep->attached)
		leave(dev, ep);
	ep->attached = true;
	ep->domain = domain;
	ep->bypass = bypass;
	return ANY_VIOMMU_S_OK;
}

static unsigned detach(struct any_viommu_device *dev, const struct any_viommu_request *r)
{
	struct any_viommu_endpoint *ep = any_viommu_find(dev, any_viommu_field(r, VIOMMU_ENDPOINT));

	if (!ep)
		return ANY_VIOMMU_S_NOENT;
	if (!ep->attached || ep->domain != any_viommu_field(r, VIOMMU_DOMAIN))
		return ANY_VIOMMU_S_INVAL;
	leave(dev, ep);
	return ANY_VIOMMU_S_OK;
}

/* ---- probe ----------------------------------------------------------------------------------- */

/* VD-IO-08: properties one behind the other; what is left becomes zeros. */
static unsigned probe(struct any_viommu_device *dev, struct any_viommu_request *req)
{
	const struct any_viommu_endpoint *ep = any_viommu_find(dev, any_viommu_field(req, 4));
	const uint32_t size = dev->config.probe_size;

	if (!ep)
		return ANY_VIOMMU_S_NOENT;
	if (req->room < size)
		return ANY_VIOMMU_S_INVAL;
	for (uint32_t i = 0; i < ep->n_reserved; i++) {
		const struct any_viommu_reserved *r = &ep->reserved[i];
		uint64_t words[VIOMMU_PROPERTY / 8] = {0};
		uint8_t *p = (uint8_t *)words;

		any_store_le16((void *)p, ANY_VIOMMU_P_RESV_MEM);
		any_store_le16((void *)(p + 2), ANY_VIOMMU_RESV_BYTES);
		p[4] = r->msi ? ANY_VIOMMU_RESV_MSI : 0;
		any_store_le64((void *)(p + 8), r->start);
		any_store_le64((void *)(p + 16), r->end);
		if (any_virtio_device_store(&dev->virtio, &req->in, p, VIOMMU_PROPERTY))
			return FAULT;
		req->room -= VIOMMU_PROPERTY;
	}
	return ANY_VIOMMU_S_OK;
}

/* ---- one request ----------------------------------------------------------------------------- */

static size_t length_of(const struct any_viommu_device *dev, uint8_t type)
{
	const bool maps = dev->virtio.features & ANY_VIOMMU_F_MAP_UNMAP;

	switch (type) {
	case ANY_VIOMMU_T_ATTACH:
		return ANY_VIOMMU_ATTACH_BYTES;
	case ANY_VIOMMU_T_DETACH:
		return ANY_VIOMMU_DETACH_BYTES;
	case ANY_VIOMMU_T_MAP:
		return maps ? ANY_VIOMMU_MAP_BYTES : 0;
	case ANY_VIOMMU_T_UNMAP:
		return maps ? ANY_VIOMMU_UNMAP_BYTES : 0;
	case ANY_VIOMMU_T_PROBE:
		return dev->virtio.features & ANY_VIOMMU_F_PROBE ? ANY_VIOMMU_PROBE_BYTES : 0;
	default:
		return 0;
	}
}

static unsigned execute(struct any_viommu_device *dev, struct any_viommu_request *req)
{
	switch (*(const uint8_t *)req->words) {
	case ANY_VIOMMU_T_ATTACH:
		return attach(dev, req);
	case ANY_VIOMMU_T_DETACH:
		return detach(dev, req);
	case ANY_VIOMMU_T_MAP:
		return any_viommu_map(dev, req);
	case ANY_VIOMMU_T_UNMAP:
		return any_viommu_unmap(dev, req);
	default:
		return probe(dev, req);
	}
}

static unsigned fetch(struct any_viommu_device *dev, const struct any_ring_chain *chain,
		      struct any_viommu_request *req)
{
	uint8_t *bytes = (uint8_t *)req->words;
	size_t len;

	if (!chain->out_len || chain->in_len < ANY_VIOMMU_TAIL_BYTES)
		return UNKNOWN;
	if (any_virtio_device_load(&dev->virtio, &req->out, bytes, 1))
		return FAULT;
	len = length_of(dev, bytes[0]);
	if (!len || chain->out_len < len)
		return UNKNOWN;
	if (any_virtio_device_load(&dev->virtio, &req->out, bytes + 1, len - 1))
		return FAULT;
	return ANY_VIOMMU_S_OK;
}

/*
 * Zeros up to the tail, which is the last of what may be written, wherever it is cut. Of room that
 * no request has use for nothing is written, and nothing is promised (VD-SR-15).
 */
static bool finish(struct any_viommu_device *dev, struct any_viommu_request *req, unsigned status,
		   uint32_t *written)
{
	const uint8_t tail[ANY_VIOMMU_TAIL_BYTES] = {(uint8_t)status};
	const uint8_t zeros[16] = {0};
	uint64_t fill = any_min_u64(req->room, dev->config.probe_size), skip = req->room - fill;
	struct any_space_span span;

	*written += (uint32_t)fill + (skip ? 0 : (uint32_t)sizeof(tail));
	for (; fill; fill -= span.len) {
		span.len = any_min_u64(fill, sizeof(zeros));
		if (any_virtio_device_store(&dev->virtio, &req->in, zeros, (size_t)span.len))
			return false;
	}
	for (; skip; skip -= span.len)
		if (any_virtio_device_next(&dev->virtio, &req->in, skip, &span))
			return false;
	return !any_virtio_device_store(&dev->virtio, &req->in, tail, sizeof(tail));
}

/* False: an address was not the driver's. */
static bool serve(struct any_viommu_device *dev, const struct any_ring_chain *chain,
		  uint32_t *written)
{
	struct any_viommu_request req = {.out = any_virtio_cursor_out(chain),
					 .in = any_virtio_cursor_in(chain)};
	unsigned status = fetch(dev, chain, &req);
	uint64_t room;

	*written = 0;
	if (status == UNKNOWN)
		return true;
	room = req.room = chain->in_len - ANY_VIOMMU_TAIL_BYTES;
	if (status == ANY_VIOMMU_S_OK)
		status = execute(dev, &req);
	*written = (uint32_t)(room - req.room);
	if (status == FAULT || !finish(dev, &req, status, written))
		return false;
	return true;
}

uint32_t any_virtio_viommu_device_process(struct any_viommu_device *dev, uint32_t budget)
{
	struct any_ring_chain chain;
	uint32_t written, n = 0;

	dev->queues[0].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, 0, &chain); n++) {
		if (!serve(dev, &chain, &written)) {
			any_virtio_device_fail(&dev->virtio,
					       "a request lies outside the device's memory");
			break;
		}
		any_virtio_device_use(&dev->virtio, 0, chain.head, written);
	}
	any_virtio_device_publish(&dev->virtio, 0);
	return n;
}
