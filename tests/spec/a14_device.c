/* SPDX-License-Identifier: BSD-2-Clause */
/* A14, the device's rows: the IOMMU before a driver that writes its requests by hand. */
#include "viommu_rig.h"

#define LOADS  ANY_DMA_TO_DEVICE
#define STORES ANY_DMA_FROM_DEVICE
#define RW     (ANY_VIOMMU_MAP_READ | ANY_VIOMMU_MAP_WRITE)

static void what_is_offered(void **state)
{
	struct any_viommu_device_config bad = sound();

	(void)state;
	assert_true(it.dev.virtio.offered & ANY_VIOMMU_F_MAP_UNMAP);
	assert_true(it.dev.virtio.offered & ANY_VIOMMU_F_BYPASS_CONFIG);
	assert_false(it.dev.virtio.offered & ANY_VIOMMU_F_BYPASS);
	assert_int_equal(any_virtio_device_config_read(&it.dev.virtio, 0, 4), 0xfffff000);
	it.endpoints[0].attached = it.endpoints[0].bypass = true; /* not the caller's to say */
	assert_int_equal(make(&bad), 0);
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	bad.page_size_mask = 0;
	assert_int_equal(make(&bad), -ANY_EINVAL);
}

static uint32_t bypass(int value)
{
	if (value >= 0)
		any_virtio_device_config_write(&it.dev.virtio, 36, 1, (uint32_t)value);
	return any_virtio_device_config_read(&it.dev.virtio, 36, 1);
}

static void bypass_outlives_a_reset(void **state)
{
	(void)state;
	assert_int_equal(bypass(-1), 0);
	assert_int_equal(bypass(1), 1);
	assert_int_equal(bypass(2), 1); /* 0 or 1 */
	assert_int_equal(bypass(255), 1);
	any_virtio_device_config_write(&it.dev.virtio, 32, 4, 5); /* nothing else is written */
	assert_int_equal(any_virtio_device_config_read(&it.dev.virtio, 32, 4), PROBE);
	start(0);
	assert_int_equal(bypass(-1), 1);
	start(ANY_VIOMMU_F_BYPASS_CONFIG);
	assert_int_equal(bypass(0), 1); /* not negotiated */
	any_viommu_device_system_reset(&it.dev);
	assert_int_equal(bypass(-1), 0);
}

static void requests_nobody_knows(void **state)
{
	uint8_t bytes[80] = {0};

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		bytes[0] = (uint8_t)type;
		if (type >= 1 && type <= 5)
			continue;
		assert_int_equal(ask(bytes, sizeof(bytes), 64), NOTHING);
		assert_int_equal(it.used, 0);
	}
	bytes[0] = 1;
	assert_int_equal(ask(bytes, 19, 4), NOTHING); /* half a request */
	start(ANY_VIOMMU_F_PROBE);
	assert_int_equal(probe(8, PROBE + 4), NOTHING);
	assert_int_equal(it.used, 0);
	assert_int_equal(it.dev.virtio.status, 0xf);
	/* without bypass an endpoint in no domain has no memory; with it, all of it */
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	bypass(1);
	assert_true(goes(8, 0x5000, LOADS) == 0x5000);
}

static void attaching(void **state)
{
	(void)state;
	assert_int_equal(attach_with(1, 8, 0, 1), ANY_VIOMMU_S_INVAL);
	assert_int_equal(attach_with(1, 8, 2, 0), ANY_VIOMMU_S_INVAL);
	assert_int_equal(attach_with(1, 8, 0x80000000, 0), ANY_VIOMMU_S_INVAL);
	assert_int_equal(attach(1, 77), ANY_VIOMMU_S_NOENT);
	assert_int_equal(attach(0, 8), ANY_VIOMMU_S_INVAL); /* outside domain_range */
	assert_int_equal(attach(100, 8), ANY_VIOMMU_S_INVAL);
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX); /* none of these did anything */
	assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK);
	assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK);
	assert_int_equal(map(1, 0x5000, 0x5fff, 0x70000, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(attach_with(1, 9, ANY_VIOMMU_ATTACH_BYPASS, 0), ANY_VIOMMU_S_INVAL);
	assert_int_equal(attach(1, 9), ANY_VIOMMU_S_OK);
	assert_true(goes(9, 0x5008, LOADS) == 0x70008);	 /* they share it */
	assert_int_equal(attach(2, 9), ANY_VIOMMU_S_OK); /* moved: detached first */
	assert_true(goes(9, 0x5008, LOADS) == UINT64_MAX);
	assert_true(goes(8, 0x5008, LOADS) == 0x70008);
	assert_int_equal(attach_with(3, 9, ANY_VIOMMU_ATTACH_BYPASS, 0), ANY_VIOMMU_S_OK);
	assert_true(goes(9, 0x123456, STORES) == 0x123456);
	assert_int_equal(attach(3, 8), ANY_VIOMMU_S_INVAL);
	/* the last one out of a domain by moving takes its mappings along */
	assert_int_equal(attach(4, 9), ANY_VIOMMU_S_OK);
	assert_int_equal(map(4, 0x5000, 0x5fff, 0x70000, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(attach(5, 9), ANY_VIOMMU_S_OK);
	assert_int_equal(attach(4, 9), ANY_VIOMMU_S_OK);
	assert_true(goes(9, 0x5000, LOADS) == UINT64_MAX);
	/* a mapping where this endpoint has none: it cannot be in that domain */
	assert_int_equal(map(1, 0x100000, 0x100fff, 0, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(attach(1, 10), ANY_VIOMMU_S_UNSUPP);
	start(ANY_VIOMMU_F_BYPASS_CONFIG);
	assert_int_equal(attach_with(1, 8, ANY_VIOMMU_ATTACH_BYPASS, 0), ANY_VIOMMU_S_INVAL);
}

static void detaching(void **state)
{
	(void)state;
	assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK);
	assert_int_equal(map(1, 0x5000, 0x5fff, 0x70000, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(detach(1, 77), ANY_VIOMMU_S_NOENT);
	assert_int_equal(detach(2, 8), ANY_VIOMMU_S_INVAL);
	assert_true(goes(8, 0x5000, LOADS) == 0x70000);
	assert_int_equal(detach(1, 8), ANY_VIOMMU_S_OK);
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	assert_int_equal(detach(1, 8), ANY_VIOMMU_S_INVAL);
	assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK); /* a new domain, and empty */
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	assert_int_equal(map(1, 0x5000, 0x5fff, 0x70000, RW), ANY_VIOMMU_S_OK);
	start(0); /* and a reset ends them all */
	assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK);
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
}

static void mapping(void **state)
{
	static const struct {
		uint64_t start, end, phys;
		uint32_t flags;
		unsigned status;
	} rows[] = {{0x5000, 0x5fff, 0x7000, 8, ANY_VIOMMU_S_INVAL},
		    {0x5000, 0x5fff, 0x7000, RW | ANY_VIOMMU_MAP_MMIO, ANY_VIOMMU_S_INVAL},
		    {0x5000, 0x5fff, 0x7000, 0, ANY_VIOMMU_S_INVAL},
		    {0x5fff, 0x5000, 0x7000, RW, ANY_VIOMMU_S_INVAL},
		    {0x5001, 0x5fff, 0x7000, RW, ANY_VIOMMU_S_RANGE},
		    {0x5000, 0x5ffe, 0x7000, RW, ANY_VIOMMU_S_RANGE},
		    {0x5000, 0x5fff, 0x7008, RW, ANY_VIOMMU_S_RANGE},
		    {0x5000, 0x6fff, 0xfffffffffffff000, RW, ANY_VIOMMU_S_RANGE},
		    {0x100000, 0x100fff, 0, RW, ANY_VIOMMU_S_INVAL}, /* reserved */
		    {0x5000, 0x6fff, 0x70000, ANY_VIOMMU_MAP_READ, ANY_VIOMMU_S_OK},
		    {0x6000, 0x7fff, 0x7000, RW, ANY_VIOMMU_S_INVAL}, /* overlaps */
		    {0x4000, 0x5fff, 0x7000, RW, ANY_VIOMMU_S_INVAL},
		    {0xfffffffffffff000, 0xffffffffffffffff, 0x1000, RW, ANY_VIOMMU_S_OK},
		    {0x7000, 0x7fff, 0x9000, ANY_VIOMMU_MAP_WRITE, ANY_VIOMMU_S_OK},
		    {0x8000, 0x8fff, 0x9000, RW, ANY_VIOMMU_S_OK},
		    {0x9000, 0x9fff, 0x9000, RW, ANY_VIOMMU_S_NOMEM}};

	(void)state;
	assert_int_equal(map(5, 0x5000, 0x5fff, 0, RW), ANY_VIOMMU_S_NOENT);
	assert_int_equal(attach(5, 10), ANY_VIOMMU_S_OK);
	assert_int_equal(attach_with(6, 8, ANY_VIOMMU_ATTACH_BYPASS, 0), ANY_VIOMMU_S_OK);
	assert_int_equal(map(6, 0x5000, 0x5fff, 0, RW), ANY_VIOMMU_S_INVAL);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++)
		assert_int_equal(map(5, rows[i].start, rows[i].end, rows[i].phys, rows[i].flags),
				 rows[i].status);
	assert_true(goes(10, 0x6fff, LOADS) == 0x71fff);
	assert_true(goes(10, 0x6fff, STORES) == UINT64_MAX); /* no WRITE */
	assert_true(goes(10, 0x7000, LOADS) == UINT64_MAX);
	assert_true(goes(10, 0x7000, STORES) == 0x9000);
	assert_true(goes(10, UINT64_MAX, LOADS) == 0x1fff);
}

static void unmapping(void **state)
{
	(void)state;
	assert_int_equal(unmap(5, 0, UINT64_MAX), ANY_VIOMMU_S_NOENT);
	assert_int_equal(attach(5, 8), ANY_VIOMMU_S_OK);
	assert_int_equal(attach_with(6, 9, ANY_VIOMMU_ATTACH_BYPASS, 0), ANY_VIOMMU_S_OK);
	assert_int_equal(unmap(6, 0, UINT64_MAX), ANY_VIOMMU_S_INVAL);
	assert_int_equal(unmap(5, 0, UINT64_MAX), ANY_VIOMMU_S_OK); /* nothing but holes */
	assert_int_equal(map(5, 0x5000, 0x6fff, 0x50000, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(map(5, 0x9000, 0x9fff, 0x90000, RW), ANY_VIOMMU_S_OK);
	assert_int_equal(unmap(5, 0x6000, 0x9fff), ANY_VIOMMU_S_RANGE);
	assert_int_equal(unmap(5, 0x5000, 0x5fff), ANY_VIOMMU_S_RANGE);
	assert_int_equal(unmap(5, 0x5000, 0x9ffe), ANY_VIOMMU_S_RANGE); /* the last one is cut */
	assert_true(goes(8, 0x5000, LOADS) == 0x50000);			/* and nothing went */
	assert_true(goes(8, 0x9000, LOADS) == 0x90000);
	assert_int_equal(unmap(5, 0x4000, 0x8fff), ANY_VIOMMU_S_OK); /* with holes about it */
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	assert_true(goes(8, 0x9000, LOADS) == 0x90000);
	assert_int_equal(unmap(5, 0, UINT64_MAX), ANY_VIOMMU_S_OK);
	assert_true(goes(8, 0x9000, LOADS) == UINT64_MAX);
}

static void probing(void **state)
{

	(void)state;
	assert_int_equal(probe(77, PROBE + 4), ANY_VIOMMU_S_NOENT);
	assert_int_equal(probe(10, PROBE + 3), ANY_VIOMMU_S_INVAL);
	for (uint32_t i = 0; i < PROBE - 1; i++) /* no property */
		assert_int_equal(it.mem[IN + i], 0);
	assert_int_equal(probe(8, PROBE + 4), ANY_VIOMMU_S_OK);
	for (uint32_t i = 0; i < PROBE; i++)
		assert_int_equal(it.mem[IN + i], 0);
	assert_int_equal(probe(10, PROBE + 4), ANY_VIOMMU_S_OK);
	for (uint32_t i = 0; i < 2; i++) {
		const uint8_t *at = it.mem + IN + 24 * i;

		assert_int_equal(any_load_le16((const void *)(at)), 1);
		assert_int_equal(any_load_le16((const void *)(at + 2)),
				 20); /* the next is 4 behind it */
		assert_int_equal(at[4], regions[i].msi);
		assert_int_equal(any_load_le64((const void *)(at + 8)), regions[i].start);
		assert_int_equal(any_load_le64((const void *)(at + 16)), regions[i].end);
	}
	for (uint32_t i = 48; i < PROBE; i++)
		assert_int_equal(it.mem[IN + i], 0);
}

static void reserved_addresses(void **state)
{
	static const struct any_viommu_reserved bad[][2] = {
		{{0, 9, false}, {9, 20, false}}, {{0, 9, true}, {10, 20, true}}, {{9, 8, false}}};
	struct any_viommu_device_config config = sound();

	(void)state;
	assert_int_equal(attach(5, 10), ANY_VIOMMU_S_OK);
	assert_int_equal(map(5, 0xfeefe000, 0xfef00fff, 0, RW), ANY_VIOMMU_S_INVAL);
	assert_true(goes(10, 0xfee00000, STORES) == UINT64_MAX);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		it.endpoints[0].reserved = bad[i];
		it.endpoints[0].n_reserved = i == 2 ? 1 : 2;
		assert_int_equal(make(&config), -ANY_EINVAL);
	}
	it.endpoints[0].n_reserved = 0;
	config.probe_size = 47; /* no room to tell of two */
	assert_int_equal(make(&config), -ANY_EINVAL);
}

/* A report is whole, in one buffer, or there is none. */
static void faults_are_reported(void **state)
{
	const uint8_t *f = it.mem + EVENTS;
	uint16_t used = 0;

	(void)state;
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX); /* nobody listens */
	assert_int_equal(it.dev.lost, 1);
	for (unsigned i = 0; i < 2; i++) {
		memset(it.mem + EVENTS, 0xaa, 64);
		desc(1, 0, EVENTS, 24, ANY_VRING_DESC_WRITE);
		publish(1, 0);
		assert_true(goes(8, 0x123456789000ull + i, i ? STORES : LOADS) == UINT64_MAX);
		assert_int_equal(any_load_le16(&it.ring[1].used->idx), ++used);
		assert_int_equal(any_load_le32(&it.ring[1].used->ring[used - 1].len), 24);
		assert_int_equal(f[0], i ? ANY_VIOMMU_REASON_MAPPING : ANY_VIOMMU_REASON_DOMAIN);
		assert_int_equal(any_load_le32((const void *)(f + 4)), 0x100 | (i ? 2 : 1));
		assert_int_equal(any_load_le32((const void *)(f + 8)), 8);
		assert_true(any_load_le64((const void *)(f + 16)) == 0x123456789000ull + i);
		assert_int_equal(f[1] | f[2] | f[3], 0);
		assert_int_equal(any_load_le32((const void *)(f + 12)), 0);
		assert_int_equal(attach(1, 8), ANY_VIOMMU_S_OK);
	}
	memset(it.mem + EVENTS, 0xaa, 64); /* too small, and one behind it: not split over both */
	desc(1, 1, EVENTS, 23, ANY_VRING_DESC_WRITE);
	desc(1, 2, EVENTS + 32, 24, ANY_VRING_DESC_WRITE);
	publish(1, 1);
	publish(1, 2);
	assert_true(goes(8, 0x5000, LOADS) == UINT64_MAX);
	assert_int_equal(it.dev.lost, 2);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(it.mem[EVENTS + i], 0xaa);
	assert_int_equal(any_load_le32(&it.ring[1].used->ring[used].len), 0);
	assert_true(goes(77, 0x5000, LOADS) == UINT64_MAX); /* no such endpoint: no report */
	assert_int_equal(any_load_le16(&it.ring[1].used->idx), used + 1);
}

/* Random requests of random lengths: each comes back once, and the device stands. */
static void any_request_is_survived(void **state)
{
	uint64_t rng = 9;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t bytes[80];

		for (size_t b = 0; b < sizeof(bytes); b++) {
			rng = rng * 6364136223846793005ull + 1442695040888963407ull;
			bytes[b] = rng >> 62 ? 0 : (uint8_t)(rng >> 40);
		}
		bytes[0] = (uint8_t)(rng >> 33) % 7;
		bytes[4] = (uint8_t)(rng >> 36) % 12;
		bytes[8] = (uint8_t)(rng >> 44) % 12;
		memcpy(it.mem + OUT, bytes, sizeof(bytes));
		desc(0, 0, OUT, 1 + (uint32_t)(rng >> 50) % 80, ANY_VRING_DESC_NEXT);
		desc(0, 1, IN, 1 + (uint32_t)(rng >> 20) % 400, ANY_VRING_DESC_WRITE);
		publish(0, 0);
		assert_int_equal(any_virtio_viommu_device_process(&it.dev, 4), 1);
		it.seen++;
		assert_int_equal(any_load_le16(&it.ring[0].used->idx), it.seen);
		(void)goes(8 + (uint32_t)(rng >> 60) % 3, rng << 12,
			   rng >> 59 & 1 ? LOADS : STORES);
	}
	assert_int_equal(it.dev.virtio.status, 0xf);
}

#define IO(f, rows) SPEC_IN(f, rows, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IO(what_is_offered, "VD-IO-01 VD-IO-02"),
		IO(bypass_outlives_a_reset, "VD-IO-02"),
		IO(requests_nobody_knows, "VD-IO-03 VD-IO-08"),
		IO(attaching, "VD-IO-03 VD-IO-04"),
		IO(detaching, "VD-IO-05"),
		IO(mapping, "VD-IO-06 VD-IO-09"),
		IO(unmapping, "VD-IO-07"),
		IO(probing, "VD-IO-08"),
		IO(reserved_addresses, "VD-IO-09"),
		IO(faults_are_reported, "VD-IO-10"),
		IO(any_request_is_survived, "VD-IO-03"),
	};

	return cmocka_run_group_tests_name("a14_device", tests, NULL, NULL);
}
