/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio IOMMU by hand: it keeps the mappings it was asked for, checks every request against the
 * rules of A14, and answers when it is kicked.
 */
#ifndef ANYDMA_TESTS_VIRTIO_IOMMU_RIG_H
#define ANYDMA_TESTS_VIRTIO_IOMMU_RIG_H

#include "../virtio/world.h"

#include <anydma/endian.h>
#include <anydma/iommu.h>
#include <anydma/virtio_device.h>

#define ENTRIES 64u
#define QUEUE	16u
#define ALL                                                                                        \
	(ANY_VIOMMU_F_INPUT_RANGE | ANY_VIOMMU_F_DOMAIN_RANGE | ANY_VIOMMU_F_MAP_UNMAP |           \
	 ANY_VIOMMU_F_PROBE | ANY_VIOMMU_F_MMIO | ANY_VIOMMU_F_BYPASS_CONFIG)
#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

struct entry {
	uint32_t domain, flags;
	uint64_t start, end, phys; /* end 0: free */
};

struct rig {
	struct world world;
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[2];
	struct any_ring_piece pieces[2][QUEUE];
	struct any_packed_held held[2][QUEUE];
	struct any_virtio_transport transport;
	struct any_virtio_transport_ops ops;
	struct any_virtio_iommu iommu;
	uint8_t config[ANY_VIOMMU_CFG_BYTES];
	struct entry entries[ENTRIES];
	uint32_t domain_of[8]; /* by endpoint; 0: none */
	uint32_t requests;
	int status;  /* answered instead of the truth; -1: nothing */
	int written; /* returned instead of the truth; -1: nothing */
	bool mute;   /* says it wrote an answer, and did not */
	bool up;
	uint8_t probe[64];
};

static inline void put64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t get_le(const uint8_t *at, unsigned n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | at[n];
	return value;
}

static inline uint8_t do_map(struct rig *r, const uint8_t *req)
{
	const struct entry e = {.domain = (uint32_t)get_le(req + 4, 4),
				.start = get_le(req + 8, 8),
				.end = get_le(req + 16, 8),
				.phys = get_le(req + 24, 8),
				.flags = (uint32_t)get_le(req + 32, 4)};
	struct entry *free = NULL;

	assert_true(e.end > e.start && e.flags && !(e.flags & ~7u)); /* VG-IO-07 */
	assert_true(e.start >= 0x1000 && e.end <= 0xffffffff);	     /* VG-IO-04 */
	assert_true(!(e.flags & ANY_VIOMMU_MAP_MMIO) || (r->dev.features & ANY_VIOMMU_F_MMIO));
	for (unsigned i = 0; i < ENTRIES; i++) {
		const struct entry *o = &r->entries[i];

		if (!o->end)
			free = free ? free : &r->entries[i];
		else if (o->domain == e.domain && e.start <= o->end && e.end >= o->start)
			return ANY_VIOMMU_S_INVAL;
	}
	if (!free)
		return ANY_VIOMMU_S_NOMEM;
	*free = e;
	return ANY_VIOMMU_S_OK;
}

static inline uint8_t do_unmap(struct rig *r, const uint8_t *req)
{
	const uint32_t domain = (uint32_t)get_le(req + 4, 4);
	const uint64_t start = get_le(req + 8, 8), end = get_le(req + 16, 8);

	assert_int_equal(get_le(req + 24, 4), 0); /* VG-IO-08 */
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct entry *o = &r->entries[i];

		if (!o->end || o->domain != domain || end < o->start || start > o->end)
			continue;
		assert_true(start <= o->start && end >= o->end); /* nothing is split (VG-IO-08) */
		o->end = 0;
	}
	return ANY_VIOMMU_S_OK;
}

static inline uint8_t serve(struct rig *r, const uint8_t *req, uint32_t len)
{
	const uint32_t endpoint = (uint32_t)get_le(req + 8, 4);

	assert_true(!req[1] && !req[2] && !req[3]); /* VG-IO-04 */
	switch (req[0]) {
	case ANY_VIOMMU_T_ATTACH:
		assert_true(len == 20 && get_le(req + 12, 8) == 0); /* VG-IO-05 */
		if (endpoint >= 8)
			return ANY_VIOMMU_S_NOENT;
		r->domain_of[endpoint] = (uint32_t)get_le(req + 4, 4);
		return ANY_VIOMMU_S_OK;
	case ANY_VIOMMU_T_DETACH:
		assert_true(len == 20 && get_le(req + 12, 8) == 0); /* VG-IO-06 */
		r->domain_of[endpoint] = 0;
		return ANY_VIOMMU_S_OK;
	case ANY_VIOMMU_T_MAP:
		assert_int_equal(len, 36);
		return do_map(r, req);
	case ANY_VIOMMU_T_UNMAP:
		assert_int_equal(len, 28);
		return do_unmap(r, req);
	default:
		assert_int_equal(req[0], ANY_VIOMMU_T_PROBE);
		assert_int_equal(len, 72);
		for (unsigned i = 8; i < 72; i++)
			assert_int_equal(req[i], 0);
		return ANY_VIOMMU_S_OK;
	}
}

static inline void answer(struct rig *r)
{
	struct any_ring_chain chain;
	uint8_t req[72] = {0}, tail[4] = {0};

	while (!any_virtio_device_take(&r->dev, 0, &chain)) {
		struct any_virtio_cursor out = any_virtio_cursor_out(&chain);
		struct any_virtio_cursor in = any_virtio_cursor_in(&chain);
		uint32_t written = (uint32_t)chain.in_len;

		r->requests++;
		assert_true(chain.out_len <= sizeof(req));
		assert_int_equal(any_virtio_device_load(&r->dev, &out, req, (size_t)chain.out_len),
				 0);
		tail[0] = serve(r, req, (uint32_t)chain.out_len);
		tail[0] = r->status < 0 ? tail[0] : (uint8_t)r->status;
		if (req[0] == ANY_VIOMMU_T_PROBE) {
			assert_int_equal(written, sizeof(r->probe) + 4); /* VG-IO-09 */
			assert_int_equal(
				any_virtio_device_store(&r->dev, &in, r->probe, sizeof(r->probe)),
				0);
		}
		if (!r->mute)
			assert_int_equal(any_virtio_device_store(&r->dev, &in, tail, 4), 0);
		written = r->written < 0 ? written : (uint32_t)r->written;
		any_virtio_device_use(&r->dev, 0, chain.head, written);
		any_virtio_device_publish(&r->dev, 0);
	}
}

/* A report in the next place the driver has given. False: there is none. */
static inline bool report(struct rig *r, const uint8_t *bytes, uint32_t len)
{
	struct any_ring_chain chain;
	struct any_virtio_cursor in;

	if (any_virtio_device_take(&r->dev, 1, &chain))
		return false;
	in = any_virtio_cursor_in(&chain);
	assert_int_equal(any_virtio_device_store(&r->dev, &in, bytes, len), 0);
	any_virtio_device_use(&r->dev, 1, chain.head, len);
	any_virtio_device_publish(&r->dev, 1);
	return true;
}

static inline void rig_kick(void *ctx, uint32_t notification)
{
	struct rig *r = ANY_CONTAINER_OF((struct any_virtio_device *)ctx, struct rig, dev);

	any_virtio_device_kick(ctx, notification);
	answer(r);
}

static inline uint32_t rig_config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct rig *r = ctx;

	return (uint32_t)get_le(r->config + offset, width);
}

static inline void rig_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct rig *r = ctx;

	assert_true(offset == ANY_VIOMMU_CFG_BYPASS && width == 1 && value <= 1); /* VG-IO-02 */
	assert_true(r->dev.features & ANY_VIOMMU_F_BYPASS_CONFIG);
	r->config[offset] = (uint8_t)value;
}

static const struct any_virtio_device_ops rig_ops = {.config_read = rig_config_read,
						     .config_write = rig_config_write};

static inline void rig_init(struct rig *r, enum world_kind kind, uint64_t features)
{
	memset(r, 0, sizeof(*r));
	world_init(&r->world, kind);
	r->status = r->written = -1;
	put64(r->config + ANY_VIOMMU_CFG_PAGE_SIZE_MASK, ~0xfffull);
	put64(r->config + ANY_VIOMMU_CFG_INPUT_START, 0x1000);
	put64(r->config + ANY_VIOMMU_CFG_INPUT_END, 0xffffffff);
	put64(r->config + ANY_VIOMMU_CFG_DOMAIN_START, 0x0000000900000003);
	r->config[ANY_VIOMMU_CFG_PROBE_SIZE] = sizeof(r->probe);
	r->config[ANY_VIOMMU_CFG_BYPASS] = 1;
	for (int i = 0; i < 2; i++) {
		r->queues[i].max = QUEUE;
		r->queues[i].pieces = r->pieces[i];
		r->queues[i].held = r->held[i];
	}
	assert_int_equal(any_virtio_device_init(&r->dev, &rig_ops, r, &r->world.space, r->queues, 2,
						PLAT | features),
			 0);
	r->dev.device_id = ANY_VIRTIO_ID_IOMMU;
	r->dev.config_len = ANY_VIOMMU_CFG_BYTES;
	any_virtio_inproc_init(&r->transport, &r->dev);
	r->ops = *r->transport.ops;
	r->ops.kick = rig_kick;
	r->transport.ops = &r->ops;
}

static inline int rig_start(struct rig *r)
{
	int err = any_virtio_iommu_init(&r->iommu, &r->transport, &r->world.dev);

	r->up = !err;
	return err;
}

#endif
