/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that asks anything of the virtio IOMMU's device. Its tables stay sound: mappings of one
 * domain never overlap, a domain is an endpoint's or nobody's, and a translation goes where a
 * mapping says.
 */
#include <anydma/iommu_device.h>

#include "guest.h"

#define ENDPOINTS 3u
#define MAPPINGS  12u

struct state {
	struct guest guest;
	struct any_viommu_device dev;
	struct any_viommu_endpoint endpoints[ENDPOINTS];
	struct any_viommu_mapping mappings[MAPPINGS];
	struct any_ring_piece pieces[2 * QUEUE];
	struct any_packed_held held[2 * QUEUE];
};

static const struct any_viommu_reserved holes[] = {{0x8000, 0x8fff, false}, {0xf000, 0xffff, true}};

static void create(struct state *s, struct input *in)
{
	const uint32_t flags = take(in, 1);
	const struct any_viommu_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX |
			    ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_RING_RESET |
			    (flags & 1 ? ANY_VIRTIO_F_RING_PACKED : 0),
		.page_size_mask = flags & 2 ? ~0xfffull : 0x200000,
		.input_end = flags & 4 ? UINT64_MAX : 0xfffff,
		.domain_end = flags & 8 ? UINT32_MAX : 7,
		.probe_size = flags & 16 ? 0 : 128,
		.mmio = flags & 32,
		.bypass = flags & 64,
		.endpoints = s->endpoints,
		.n_endpoints = ENDPOINTS,
		.mappings = s->mappings,
		.n_mappings = MAPPINGS};

	guest_init(&s->guest, &s->dev.virtio);
	for (uint32_t i = 0; i < ENDPOINTS; i++)
		s->endpoints[i] = (struct any_viommu_endpoint){.id = i};
	s->endpoints[1].reserved = holes;
	s->endpoints[1].n_reserved = config.probe_size ? 2 : 0; /* what is said in properties */
	if (any_viommu_device_init(&s->dev, &config, &s->guest.space, s->pieces, s->held, QUEUE))
		abort();
}

/* A request in the driver's memory, nearly as it should be, in a chain of its own. */
static void request(struct state *s, struct input *in)
{
	static const uint32_t bytes[] = {0, 20, 20, 36, 28, 72};
	uint8_t *at = s->guest.mem + 8000;
	struct any_vring_avail *avail = (void *)(s->guest.mem + 256);
	struct any_vring_desc *desc = (void *)s->guest.mem;
	const uint32_t type = take(in, 1) % 6, size = s->dev.queues[0].size;

	if (s->dev.queues[0].ring.packed || size < 2)
		return;
	memset(at, 0, 80);
	any_store_le32((uint32_t *)(void *)at, type);
	any_store_le32((uint32_t *)(void *)(at + 4), take(in, 1) % 4);
	for (uint32_t i = 8; i < bytes[type]; i += 4) /* addresses are pages, or nearly */
		any_store_le32((uint32_t *)(void *)(at + i),
			       i % 8 ? take(in, 1) & 1
				     : (uint32_t)(take(in, 1) << 12) - take(in, 1) % 2);
	if (type == 3)
		any_store_le32((uint32_t *)(void *)(at + 32), take(in, 1) % 8);
	any_store_le64(&desc[0].addr, BUS + 8000);
	any_store_le32(&desc[0].len, bytes[type]);
	any_store_le16(&desc[0].flags, 1);
	any_store_le16(&desc[0].next, 1);
	any_store_le64(&desc[1].addr, BUS + 9000);
	any_store_le32(&desc[1].len, 4 + (type == 5 ? 128 : 0));
	any_store_le16(&desc[1].flags, 2);
	any_store_le16(&avail->ring[any_load_le16(&avail->idx) % size], 0);
	any_store_le16(&avail->idx, (uint16_t)(any_load_le16(&avail->idx) + 1));
}

static void judge_tables(const struct state *s)
{
	for (uint32_t i = 0; i < MAPPINGS; i++) {
		const struct any_viommu_mapping *a = &s->mappings[i];

		if (!a->flags)
			continue;
		if (a->start > a->end)
			abort();
		for (uint32_t j = 0; j < i; j++) {
			const struct any_viommu_mapping *b = &s->mappings[j];

			if (b->flags && a->domain == b->domain && a->start <= b->end &&
			    b->start <= a->end)
				abort();
		}
	}
}

static void translate(struct state *s, struct input *in)
{
	const uint32_t id = take(in, 1) % (ENDPOINTS + 1);
	const uint64_t addr = (uint64_t)take(in, 1) << 12 | take(in, 1);
	const enum any_dma_dir dir = take(in, 1) & 1 ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE;
	uint64_t phys, last;

	if (any_viommu_device_translate(&s->dev, id, addr, dir, &phys, &last))
		return;
	if (last < addr)
		abort();
	for (uint32_t i = 0; i < MAPPINGS; i++) {
		const struct any_viommu_mapping *m = &s->mappings[i];

		if (m->flags && s->endpoints[id].attached && !s->endpoints[id].bypass &&
		    m->domain == s->endpoints[id].domain && addr >= m->start && addr <= m->end &&
		    phys != m->phys + (addr - m->start))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	create(s, &in);
	guest_bring_up(&s->guest, &in);
	while (in.left) {
		const uint32_t what = take(&in, 1);

		if (what % 4 == 0)
			guest_act(&s->guest, &in);
		else if (what % 4 == 1)
			translate(s, &in);
		else
			request(s, &in);
		if (any_virtio_viommu_device_process(&s->dev, 4) > 4)
			abort();
		judge_tables(s);
	}
	free(s->guest.mem);
	free(s);
	return 0;
}
