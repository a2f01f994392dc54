/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio IOMMU, the device: domains' mappings. */
#include "iommu.h"

/* One endpoint in a domain: there is a domain. NULL: there is none. */
const struct any_viommu_endpoint *any_viommu_member(const struct any_viommu_device *dev,
						    uint32_t domain)
{
	for (uint32_t i = 0; i < dev->config.n_endpoints; i++)
		if (dev->config.endpoints[i].attached && dev->config.endpoints[i].domain == domain)
			return &dev->config.endpoints[i];
	return NULL;
}

/* Whole granules; the last address of all is one less than 2^64. */
static unsigned check_map(const struct any_viommu_device *dev, uint64_t start, uint64_t end,
			  uint64_t phys, uint32_t flags)
{
	const uint64_t granule = dev->config.page_size_mask & (~dev->config.page_size_mask + 1);
	uint32_t known = ANY_VIOMMU_MAP_READ | ANY_VIOMMU_MAP_WRITE;

	if (dev->virtio.features & ANY_VIOMMU_F_MMIO)
		known |= ANY_VIOMMU_MAP_MMIO;
	if ((flags & ~known) || !(flags & 3) || end <= start) /* VD-IO-06 */
		return ANY_VIOMMU_S_INVAL;
	if ((start | phys | (end + 1)) & (granule - 1) || start < dev->config.input_start ||
	    end > dev->config.input_end || phys + (end - start) < phys)
		return ANY_VIOMMU_S_RANGE;
	return ANY_VIOMMU_S_OK;
}

static bool overlaps(const struct any_viommu_device *dev, uint32_t domain, uint64_t start,
		     uint64_t end)
{
	for (uint32_t i = 0; i < dev->config.n_mappings; i++) {
		const struct any_viommu_mapping *m = &dev->config.mappings[i];

		if (m->flags && m->domain == domain && start <= m->end && m->start <= end)
			return true;
	}
	for (uint32_t i = 0; i < dev->config.n_endpoints; i++) {
		const struct any_viommu_endpoint *ep = &dev->config.endpoints[i];

		if (ep->attached && ep->domain == domain &&
		    any_viommu_reserved_at(ep, start, end)) /* VD-IO-09 */
			return true;
	}
	return false;
}

unsigned any_viommu_map(struct any_viommu_device *dev, const struct any_viommu_request *r)
{
	const uint64_t start = any_viommu_wide(r, VIOMMU_START),
		       end = any_viommu_wide(r, VIOMMU_END);
	const uint64_t phys = any_viommu_wide(r, VIOMMU_PHYS);
	const uint32_t domain = any_viommu_field(r, VIOMMU_DOMAIN),
		       flags = any_viommu_field(r, VIOMMU_FLAGS);
	const struct any_viommu_endpoint *ep = any_viommu_member(dev, domain);
	unsigned status = check_map(dev, start, end, phys, flags);

	if (!ep)
		return ANY_VIOMMU_S_NOENT;
	if (ep->bypass)
		return ANY_VIOMMU_S_INVAL;
	if (status != ANY_VIOMMU_S_OK)
		return status;
	if (overlaps(dev, domain, start, end))
		return ANY_VIOMMU_S_INVAL;
	for (uint32_t i = 0; i < dev->config.n_mappings; i++) {
		struct any_viommu_mapping *m = &dev->config.mappings[i];

		if (m->flags)
			continue;
		*m = (struct any_viommu_mapping){start, end, phys, domain, flags};
		return ANY_VIOMMU_S_OK;
	}
	return ANY_VIOMMU_S_NOMEM;
}

/* Whole mappings only; what would cut one removes none (VD-IO-07). */
unsigned any_viommu_unmap(struct any_viommu_device *dev, const struct any_viommu_request *r)
{
	const uint64_t start = any_viommu_wide(r, VIOMMU_START),
		       end = any_viommu_wide(r, VIOMMU_END);
	const uint32_t domain = any_viommu_field(r, VIOMMU_DOMAIN);
	const struct any_viommu_endpoint *ep = any_viommu_member(dev, domain);

	if (!ep)
		return ANY_VIOMMU_S_NOENT;
	if (ep->bypass || end < start)
		return ANY_VIOMMU_S_INVAL;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < dev->config.n_mappings; i++) {
			struct any_viommu_mapping *m = &dev->config.mappings[i];

			if (!m->flags || m->domain != domain || start > m->end || m->start > end)
				continue;
			if (start > m->start || end < m->end)
				return ANY_VIOMMU_S_RANGE;
			if (pass)
				m->flags = 0;
		}
	}
	return ANY_VIOMMU_S_OK;
}
