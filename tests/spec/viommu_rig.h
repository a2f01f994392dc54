/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio IOMMU and a driver that writes its requests by hand. */
#ifndef ANYDMA_TESTS_SPEC_VIOMMU_RIG_H
#define ANYDMA_TESTS_SPEC_VIOMMU_RIG_H

#include "spec.h"

#include <anydma/endian.h>
#include <anydma/iommu_device.h>

#define BUS	0x90000000ull
#define SIZE	16u
#define MEM	0x10000u
#define OUT	0x4000u
#define IN	0x5000u
#define EVENTS	0x6000u
#define PROBE	256u
#define PAGE	0x1000ull
#define NOTHING 0x100u /* in place of a status: the answer was not written */

static const struct any_viommu_reserved regions[] = {{0xfee00000, 0xfeefffff, true},
						     {0x100000, 0x10ffff, false}};

static struct {
	struct any_space space;
	struct any_space_region region;
	struct any_viommu_device dev;
	struct any_viommu_endpoint endpoints[3];
	struct any_viommu_mapping mappings[4];
	struct any_ring_piece pieces[2 * SIZE];
	struct any_vring ring[2];
	uint16_t sent[2], seen;
	uint32_t used; /* of the last answer */
	uint8_t *mem;
} it;

static void start(uint64_t without)
{
	struct any_virtio_device *v = &it.dev.virtio;
	struct any_vring_layout layout;

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~without);
	any_virtio_device_set_status(v, 0xb);
	any_vring_layout(SIZE, 64, &layout);
	memset(it.mem, 0, 0x2000);
	for (uint32_t q = 0; q < 2; q++) {
		const uint64_t at = BUS + 0x1000 * q;

		it.ring[q] = any_vring_at(it.mem + 0x1000 * q, &layout);
		assert_int_equal(any_virtio_device_queue_setup(
					 v, q, SIZE, any_dma(at + layout.desc),
					 any_dma(at + layout.avail), any_dma(at + layout.used)),
				 0);
	}
	any_virtio_device_set_status(v, 0xf);
	assert_int_equal(v->status, 0xf);
	it.sent[0] = it.sent[1] = it.seen = 0;
}

static struct any_viommu_device_config sound(void)
{
	return (struct any_viommu_device_config){.features = ANY_VIRTIO_F_ACCESS_PLATFORM,
						 .page_size_mask = ~(PAGE - 1),
						 .input_end = UINT64_MAX,
						 .domain_start = 1,
						 .domain_end = 99,
						 .probe_size = PROBE,
						 .endpoints = it.endpoints,
						 .n_endpoints = 3,
						 .mappings = it.mappings,
						 .n_mappings = 4};
}

static int make(const struct any_viommu_device_config *config)
{
	return any_viommu_device_init(&it.dev, config, &it.space, it.pieces, NULL, SIZE);
}

static int up(void **state)
{
	const struct any_viommu_device_config config = sound();

	(void)state;
	memset(&it, 0, sizeof(it));
	it.mem = aligned_alloc(4096, MEM);
	it.region = (struct any_space_region){any_dma(BUS), MEM, it.mem, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&it.space, &it.region, 1), 0);
	for (uint32_t i = 0; i < 3; i++)
		it.endpoints[i] = (struct any_viommu_endpoint){.id = 8 + i};
	it.endpoints[2].reserved = regions;
	it.endpoints[2].n_reserved = 2;
	assert_int_equal(make(&config), 0);
	start(0);
	return 0;
}

static int down(void **state)
{
	(void)state;
	free(it.mem);
	return 0;
}

static void desc(uint32_t queue, uint32_t i, uint64_t at, uint32_t len, unsigned flags)
{
	struct any_vring_desc *d = &it.ring[queue].desc[i];

	any_store_le64(&d->addr, BUS + at);
	any_store_le32(&d->len, len);
	any_store_le16(&d->flags, (uint16_t)flags);
	any_store_le16(&d->next, (uint16_t)(i + 1));
}

static void publish(uint32_t queue, uint16_t head)
{
	any_store_le16(&it.ring[queue].avail->ring[it.sent[queue] % SIZE], head);
	any_store_le16(&it.ring[queue].avail->idx, ++it.sent[queue]);
}

/* A request of `len` bytes with `room` bytes for its answer; the status of the tail. */
static unsigned ask(const void *request, uint32_t len, uint32_t room)
{
	memcpy(it.mem + OUT, request, len);
	memset(it.mem + IN, 0xaa, room);
	desc(0, 0, OUT, len, ANY_VRING_DESC_NEXT);
	desc(0, 1, IN, room, ANY_VRING_DESC_WRITE);
	publish(0, 0);
	assert_int_equal(any_virtio_viommu_device_process(&it.dev, 4), 1);
	it.seen++;
	assert_int_equal(any_load_le16(&it.ring[0].used->idx), it.seen);
	it.used = any_load_le32(&it.ring[0].used->ring[(it.seen - 1) % SIZE].len);
	if (it.mem[IN + room - 4] == 0xaa)
		return NOTHING;
	for (uint32_t i = 1; i < 4; i++) /* tail.reserved */
		assert_int_equal(it.mem[IN + room - 4 + i], 0);
	assert_int_equal(it.used, room);
	return it.mem[IN + room - 4];
}

struct bytes { /* a request */
	uint64_t words[ANY_VIOMMU_PROBE_BYTES / 8];
};

static void put32(struct bytes *b, uint32_t at, uint32_t value)
{
	any_store_le32((void *)((uint8_t *)b + at), value);
}

static void put64(struct bytes *b, uint32_t at, uint64_t value)
{
	any_store_le64((void *)((uint8_t *)b + at), value);
}

static unsigned attach_with(uint32_t domain, uint32_t endpoint, uint32_t flags, uint8_t reserved)
{
	struct bytes r = {{0}};

	put32(&r, 0, 1 | 0x09090900); /* the head's reserved bytes are ignored */
	put32(&r, 4, domain);
	put32(&r, 8, endpoint);
	put32(&r, 12, flags);
	put32(&r, 16, (uint32_t)reserved << 24);
	return ask(&r, 20, 4);
}

static unsigned attach(uint32_t domain, uint32_t endpoint)
{
	return attach_with(domain, endpoint, 0, 0);
}

static unsigned detach(uint32_t domain, uint32_t endpoint)
{
	struct bytes r = {{0}};

	put32(&r, 0, 2);
	put32(&r, 4, domain);
	put32(&r, 8, endpoint);
	put32(&r, 12, 0x030201); /* ignored */
	return ask(&r, 20, 4);
}

static unsigned map(uint32_t domain, uint64_t start, uint64_t end, uint64_t phys, uint32_t flags)
{
	struct bytes r = {{0}};

	put32(&r, 0, 3);
	put32(&r, 4, domain);
	put64(&r, 8, start);
	put64(&r, 16, end);
	put64(&r, 24, phys);
	put32(&r, 32, flags);
	return ask(&r, 36, 4);
}

static unsigned unmap(uint32_t domain, uint64_t start, uint64_t end)
{
	struct bytes r = {{0}};

	put32(&r, 0, 4);
	put32(&r, 4, domain);
	put64(&r, 8, start);
	put64(&r, 16, end);
	return ask(&r, 28, 4);
}

static unsigned probe(uint32_t endpoint, uint32_t room)
{
	struct bytes r = {{0}};

	put32(&r, 0, 5);
	put32(&r, 4, endpoint);
	put32(&r, 8, 0x0707); /* ignored */
	return ask(&r, 72, room);
}

/* Where an access goes; UINT64_MAX: nowhere. */
static uint64_t goes(uint32_t endpoint, uint64_t addr, enum any_dma_dir dir)
{
	uint64_t phys = 0, last = 0;

	return any_viommu_device_translate(&it.dev, endpoint, addr, dir, &phys, &last) ? UINT64_MAX
										       : phys;
}

#endif
