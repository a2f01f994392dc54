/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the virtio IOMMU's driver: its ranges, its properties, its answers,
 * its fault reports. Every call ends, a mapping that was refused is not there, and after a reset
 * everything is the driver's again. What lies of rings there are is ring_driver.c's.
 */
#include <anydma/iommu.h>

#include "liar.h"

struct state {
	struct liar l;
	struct any_virtio_transport_ops ops;
	struct any_virtio_iommu iommu;
	struct any_virtio_iommu_domain domain;
	struct input *in;
};

/* A request is awaited, so its answer comes at the kick. Empty takes ask for the next one. */
static void on_kick(void *ctx, uint32_t notification)
{
	struct any_virtio_device *dev = ctx;
	struct state *s = (struct state *)(void *)((char *)ctx - offsetof(struct state, l.dev));
	uint32_t taken;

	any_virtio_device_kick(dev, notification);
	if ((uint16_t)notification != ANY_VIOMMU_REQUESTS)
		return;
	do {
		taken = s->l.queues[ANY_VIOMMU_REQUESTS].taken;
		liar_use(&s->l, s->in, ANY_VIOMMU_REQUESTS);
	} while (s->l.queues[ANY_VIOMMU_REQUESTS].taken != taken);
	any_virtio_device_publish(dev, ANY_VIOMMU_REQUESTS);
}

static void probe(struct state *s, uint32_t endpoint)
{
	struct any_virtio_iommu_hole holes[4];
	uint32_t n = 4;
	const int err = any_virtio_iommu_probe(&s->iommu, endpoint, holes, &n);

	for (uint32_t i = 0; !err && i < n; i++)
		if (n > 4 || holes[i].start > holes[i].end)
			abort();
}

static void look(struct state *s)
{
	struct any_iommu_fault fault;

	if (!any_virtio_iommu_fault(&s->iommu, &fault) &&
	    (fault.access & ~(ANY_IOMMU_READ | ANY_IOMMU_WRITE)))
		abort();
}

static void step(struct state *s, bool *attached)
{
	struct input *in = s->in;
	const uint32_t what = take(in, 1);
	const struct any_dma_addr iova = any_dma((uint64_t)take(in, 1) << 12);

	switch (what % 8) {
	case 0:
		if (!*attached)
			*attached = !any_virtio_iommu_attach(&s->iommu, &s->domain, what / 8, 3);
		break;
	case 1:
		probe(s, what / 8);
		break;
	case 2:
	case 3:
		if (*attached)
			(void)!any_virtio_iommu_ops.map(&s->domain, iova, any_phys(0x1000), 0x1000,
							what / 8);
		break;
	case 4:
		if (*attached)
			any_virtio_iommu_ops.unmap(&s->domain, iova, 0x1000);
		break;
	case 5:
		if (*attached)
			*attached = any_virtio_iommu_detach(&s->domain);
		break;
	case 6:
		liar_use(&s->l, in, ANY_VIOMMU_EVENTS);
		any_virtio_device_publish(&s->l.dev, ANY_VIOMMU_EVENTS);
		break;
	default:
		look(s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));
	bool attached = false;

	if (!s)
		abort();
	liar_init(&s->l, &in, ANY_VIRTIO_ID_IOMMU, 2, take(&in, 1) | ANY_VIOMMU_F_MAP_UNMAP,
		  take(&in, 1) & 1 ? ANY_VIOMMU_CFG_BYTES : take(&in, 1) % ANY_VIOMMU_CFG_BYTES);
	s->in = &in;
	s->ops = *s->l.transport.ops;
	s->ops.kick = on_kick;
	s->l.transport.ops = &s->ops;
	if (!any_virtio_iommu_init(&s->iommu, &s->l.transport, &s->l.dma)) {
		while (in.left)
			step(s, &attached);
		if (any_virtio_iommu_fini(&s->iommu))
			abort();
	}
	liar_fini(&s->l);
	free(s);
	return 0;
}
