/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio IOMMU, the device: configuration, translations and their faults. */
#include "iommu.h"

#include "base/endian.h"

static uint64_t offer(const struct any_viommu_device_config *c)
{
	uint64_t features = c->features | ANY_VIOMMU_F_INPUT_RANGE | ANY_VIOMMU_F_DOMAIN_RANGE |
			    ANY_VIOMMU_F_MAP_UNMAP | ANY_VIOMMU_F_BYPASS_CONFIG; /* VD-IO-01 */

	if (c->probe_size)
		features |= ANY_VIOMMU_F_PROBE;
	if (c->mmio)
		features |= ANY_VIOMMU_F_MMIO;
	return features;
}

static uint32_t config_word(const struct any_viommu_device *dev, uint32_t offset)
{
	const struct any_viommu_device_config *c = &dev->config;
	const uint64_t wide[] = {c->page_size_mask, c->input_start, c->input_end};

	if (offset < ANY_VIOMMU_CFG_DOMAIN_START)
		return (uint32_t)(wide[offset / 8] >> 8 * (offset & 4));
	switch (offset) {
	case ANY_VIOMMU_CFG_DOMAIN_START:
		return c->domain_start;
	case ANY_VIOMMU_CFG_DOMAIN_END:
		return c->domain_end;
	case ANY_VIOMMU_CFG_PROBE_SIZE:
		return c->probe_size;
	default:
		return dev->bypass;
	}
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const uint32_t word = config_word(ctx, offset & ~3u) >> 8 * (offset & 3u);

	return width == 4 ? word : word & ((1u << 8 * width) - 1);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct any_viommu_device *dev = ctx;

	if (offset == ANY_VIOMMU_CFG_BYPASS && width == 1 && value <= 1 &&
	    (dev->virtio.features & ANY_VIOMMU_F_BYPASS_CONFIG))
		dev->bypass = (uint8_t)value;
}

/* A device's reset ends domains and mappings; bypass stays as it is (VD-IO-02). */
static void reset(void *ctx)
{
	struct any_viommu_device *dev = ctx;

	for (uint32_t i = 0; i < dev->config.n_endpoints; i++)
		dev->config.endpoints[i].attached = false;
	for (uint32_t i = 0; i < dev->config.n_mappings; i++)
		dev->config.mappings[i].flags = 0;
}

void any_viommu_device_system_reset(struct any_viommu_device *dev)
{
	any_virtio_device_set_status(&dev->virtio, 0);
	dev->bypass = dev->config.bypass;
}

static const struct any_virtio_device_ops viommu_ops = {
	.config_read = config_read,
	.config_write = config_write,
	.reset = reset,
};

/* VD-IO-09: none empty, none over another, one for MSIs. */
static bool reserved_is_sound(const struct any_viommu_endpoint *ep)
{
	uint32_t msis = 0;

	for (uint32_t i = 0; i < ep->n_reserved; i++) {
		const struct any_viommu_reserved *r = &ep->reserved[i];

		msis += r->msi;
		if (r->start > r->end || msis > 1)
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (r->start <= ep->reserved[j].end && ep->reserved[j].start <= r->end)
				return false;
	}
	return true;
}

static bool is_sound(const struct any_viommu_device_config *c)
{
	if (!c->page_size_mask || c->input_start > c->input_end || c->domain_start > c->domain_end)
		return false;
	for (uint32_t i = 0; i < c->n_endpoints; i++) {
		const struct any_viommu_endpoint *ep = &c->endpoints[i];

		if (!reserved_is_sound(ep) || ep->n_reserved > c->probe_size / VIOMMU_PROPERTY)
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (c->endpoints[j].id == ep->id)
				return false;
	}
	return true;
}

int any_viommu_device_init(struct any_viommu_device *dev,
			   const struct any_viommu_device_config *config, struct any_space *space,
			   struct any_ring_piece *pieces, struct any_packed_held *held,
			   uint32_t queue_max)
{
	int err;

	if (!is_sound(config))
		return -ANY_EINVAL;
	*dev = (struct any_viommu_device){.config = *config, .bypass = config->bypass};
	for (uint32_t i = 0; i < 2; i++)
		dev->queues[i] = (struct any_virtio_device_queue){
			.max = queue_max,
			.pieces = pieces + i * queue_max,
			.held = held ? held + i * queue_max : NULL};
	err = any_virtio_device_init(&dev->virtio, &viommu_ops, dev, space, dev->queues, 2,
				     offer(config));
	if (err)
		return err;
	dev->virtio.device_id = ANY_VIRTIO_ID_IOMMU;
	dev->virtio.config_len = ANY_VIOMMU_CFG_BYTES;
	reset(dev);
	return 0;
}

/* ---- translations ---------------------------------------------------------------------------- */

struct any_viommu_endpoint *any_viommu_find(struct any_viommu_device *dev, uint32_t id)
{
	for (uint32_t i = 0; i < dev->config.n_endpoints; i++)
		if (dev->config.endpoints[i].id == id)
			return &dev->config.endpoints[i];
	return NULL;
}

const struct any_viommu_reserved *any_viommu_reserved_at(const struct any_viommu_endpoint *ep,
							 uint64_t start, uint64_t end)
{
	for (uint32_t i = 0; i < ep->n_reserved; i++)
		if (start <= ep->reserved[i].end && ep->reserved[i].start <= end)
			return &ep->reserved[i];
	return NULL;
}

/* A report lies in one buffer, or is lost (VD-IO-10). */
static void report(struct any_viommu_device *dev, uint32_t endpoint, uint64_t addr,
		   enum any_dma_dir dir, uint8_t reason)
{
	uint64_t words[ANY_VIOMMU_FAULT_BYTES / 8] = {0};
	uint8_t *fault = (uint8_t *)words;
	struct any_virtio_cursor cursor;
	struct any_ring_chain chain;
	uint32_t written = 0;

	if (any_virtio_device_take(&dev->virtio, 1, &chain)) {
		dev->lost++;
		return;
	}
	fault[ANY_VIOMMU_FAULT_REASON] = reason;
	any_store_le32((void *)(fault + ANY_VIOMMU_FAULT_FLAGS),
		       (dir == ANY_DMA_TO_DEVICE ? ANY_VIOMMU_FAULT_READ : ANY_VIOMMU_FAULT_WRITE) |
			       ANY_VIOMMU_FAULT_HAS_ADDRESS);
	any_store_le32((void *)(fault + ANY_VIOMMU_FAULT_ENDPOINT), endpoint);
	any_store_le64((void *)(fault + ANY_VIOMMU_FAULT_ADDRESS), addr);
	cursor = any_virtio_cursor_in(&chain);
	if (chain.in_len < ANY_VIOMMU_FAULT_BYTES) {
		dev->lost++;
	} else if (any_virtio_device_store(&dev->virtio, &cursor, fault, ANY_VIOMMU_FAULT_BYTES)) {
		any_virtio_device_fail(&dev->virtio, "an event buffer lies outside memory");
		return;
	} else {
		written = ANY_VIOMMU_FAULT_BYTES;
	}
	any_virtio_device_use(&dev->virtio, 1, chain.head, written);
	any_virtio_device_publish(&dev->virtio, 1);
}

static const struct any_viommu_mapping *mapping_at(const struct any_viommu_device *dev,
						   uint32_t domain, uint64_t addr)
{
	for (uint32_t i = 0; i < dev->config.n_mappings; i++) {
		const struct any_viommu_mapping *m = &dev->config.mappings[i];

		if (m->flags && m->domain == domain && addr >= m->start && addr <= m->end)
			return m;
	}
	return NULL;
}

int any_viommu_device_translate(struct any_viommu_device *dev, uint32_t endpoint, uint64_t addr,
				enum any_dma_dir dir, uint64_t *phys, uint64_t *last)
{
	const unsigned need = dir == ANY_DMA_TO_DEVICE ? ANY_VIOMMU_MAP_READ : ANY_VIOMMU_MAP_WRITE;
	const struct any_viommu_endpoint *ep = any_viommu_find(dev, endpoint);
	const struct any_viommu_mapping *m;

	if (!ep)
		return -ANY_ENOENT; /* not behind this IOMMU: there is nobody to report */
	/* Out of every domain an endpoint has memory only in bypass (VD-IO-03). */
	if (ep->attached ? ep->bypass : dev->bypass) {
		*phys = addr;
		*last = addr;
		return 0;
	}
	m = ep->attached ? mapping_at(dev, ep->domain, addr) : NULL;
	if (!m || !(m->flags & need)) { /* VD-IO-05, -06 */
		report(dev, endpoint, addr, dir,
		       ep->attached ? ANY_VIOMMU_REASON_MAPPING : ANY_VIOMMU_REASON_DOMAIN);
		return -ANY_EFAULT;
	}
	*phys = m->phys + (addr - m->start);
	*last = m->end;
	return 0;
}
