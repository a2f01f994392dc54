/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue is a ring plus the DMA API: what the device is shown, what is mapped when, what is
 * drained when (A4.1, D3, VG-ST-07, VG-ST-15). The device's half of the ring is played by the test.
 */
#include "mock.h"

#include <anydma/endian.h>
#include <anydma/space.h>

#define SIZE 16u

struct rig {
	struct world world;
	struct mock mock;
	struct any_virtio_driver driver;
	struct any_virtqueue vq;
	struct any_ring_device device;
	struct any_ring_piece pieces[SIZE];
	struct any_packed_held held[SIZE];
	struct any_ring_chain chain;
	uint64_t memory[ANY_VIRTQUEUE_BYTES(SIZE) / 8];
};

static void *at(struct rig *r, struct any_dma_addr addr, uint64_t len)
{
	struct any_space_span span;

	assert_int_equal(any_space_resolve_whole(&r->world.space, addr, len, ANY_DMA_BOTH, &span),
			 0);
	return span.cpu;
}

static struct rig *rig_on(enum world_kind kind, uint64_t offered, bool packed)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct any_ring_config config = {.size = SIZE, .packed = packed, .held = r->held};

	world_init(&r->world, kind);
	mock_init(&r->mock, &r->world);
	r->mock.offered = offered | (packed ? ANY_VIRTIO_F_RING_PACKED : 0);
	assert_int_equal(any_virtio_begin(&r->driver, &r->mock.transport, &r->world.dev, 0, 0), 0);
	assert_int_equal(
		any_virtqueue_init(&r->vq, &r->driver, 0, SIZE, r->memory, sizeof(r->memory)), 0);
	assert_int_equal(r->mock.size, SIZE);
	/* AP-7: the parts too are what the device must be given */
	config.parts.desc = at(r, r->mock.desc, any_vring_desc_bytes(SIZE));
	config.parts.avail = at(r, r->mock.avail, packed ? 4 : any_vring_avail_bytes(SIZE));
	config.parts.used = at(r, r->mock.used, packed ? 4 : any_vring_used_bytes(SIZE));
	assert_int_equal(any_ring_device_init(&r->device, &config), 0);
	r->chain = (struct any_ring_chain){.piece = r->pieces, .max = SIZE};
	any_virtio_ready(&r->driver);
	r->world.text[0] = 0;
	return r;
}

static struct rig *rig_up(enum world_kind kind, uint64_t offered)
{
	return rig_on(kind, offered, false);
}

static void rig_down(struct rig *r)
{
	void *cookie;

	assert_int_equal(any_virtio_reset(&r->driver), 0);
	while (any_virtqueue_detach(&r->vq, &cookie) == 0)
		;
	assert_int_equal(any_virtqueue_fini(&r->vq), 0);
	world_fini(&r->world);
	free(r);
}

static void use(struct rig *r, uint32_t written)
{
	any_ring_make_used(&r->device, r->chain.head, written);
	assert_true(any_ring_publish_used(&r->device));
}

static struct any_virtqueue_buf buf_at(struct rig *r, size_t offset, size_t len)
{
	return (struct any_virtqueue_buf){.cpu = r->world.ram + offset, .len = len};
}

/* A4.1, rows with 33 accepted: the address in the descriptor is the DMA API's, and bytes arrive. */
static void round_trip(enum world_kind kind, uint64_t offered)
{
	struct rig *r = rig_up(kind, offered);
	struct any_virtqueue_buf buf[3] = {buf_at(r, 0, 64), buf_at(r, 4096, 512),
					   buf_at(r, 8192, 256)};
	uint8_t *data = r->world.ram + 4096;
	void *cookie = NULL;
	uint32_t written = 0;

	memset(r->world.ram, 0x11, 64);
	memset(data, 0x22, 512);
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), 0);
	assert_true(any_virtqueue_kick(&r->vq));
	assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
	assert_int_equal(r->chain.n_out, 1);
	assert_int_equal(r->chain.n_in, 2);
	if (kind == WORLD_FLAT)
		assert_true(r->pieces[0].addr == WORLD_PHYS);
	if (kind == WORLD_OFFSET || kind == WORLD_NONCOHERENT)
		assert_true(r->pieces[1].addr == ((WORLD_PHYS ^ WORLD_XOR) + 4096));
	for (int i = 0; i < 64; i++)
		assert_int_equal(((uint8_t *)at(r, any_dma(r->pieces[0].addr), 64))[i], 0x11);
	memset(at(r, any_dma(r->pieces[1].addr), 512), 0x33, 512);
	memset(at(r, any_dma(r->pieces[2].addr), 256), 0x44, 256);
	use(r, 512 + 100);
	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
	assert_ptr_equal(cookie, r);
	assert_int_equal(written, 612);
	for (int i = 0; i < 512; i++)
		assert_int_equal(data[i], 0x33);
	assert_int_equal(r->world.ram[8192 + 99], 0x44);
	if (kind == WORLD_BOUNCE) /* VG-SR-13, DA-50: not a byte more than was written */
		assert_int_equal(r->world.ram[8192 + 100], 0x5a);
	assert_int_equal(r->world.pool.counters.live, 0);
	rig_down(r);
}

static void a4_1_flat(void **state)
{
	(void)state;
	round_trip(WORLD_FLAT, MOCK_NORMAL);
	round_trip(WORLD_FLAT, ANY_VIRTIO_F_VERSION_1); /* row 1: not offered */
}

static void a4_1_offset(void **state)
{
	(void)state;
	round_trip(WORLD_OFFSET, MOCK_NORMAL);
}

static void a4_1_bounce(void **state)
{
	(void)state;
	round_trip(WORLD_BOUNCE, MOCK_NORMAL);
}

static void a4_1_noncoherent(void **state)
{
	(void)state;
	round_trip(WORLD_NONCOHERENT, MOCK_NORMAL | ANY_VIRTIO_F_EVENT_IDX);
}

/* Cache maintenance before the device sees the chain, and again before the CPU sees the data. */
static void a4_1_noncoherent_maintains(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT, MOCK_NORMAL);
	struct any_virtqueue_buf buf[2] = {buf_at(r, 0, 64), buf_at(r, 4096, 512)};
	uint32_t written, before;
	void *cookie;

	(void)state;
	before = r->world.cleans + r->world.invals;
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 1, r), 0);
	assert_true(r->world.cleans + r->world.invals >= before + 2);
	any_virtqueue_kick(&r->vq);
	assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
	use(r, 512);
	before = r->world.invals;
	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
	assert_true(r->world.invals > before);
	rig_down(r);
}

/* Each kick says where the queue goes on; without feature 38 it says only which queue. */
static void vg_fb_16_what_a_kick_says(void **state)
{
	const uint64_t all = MOCK_NORMAL | ANY_VIRTIO_F_NOTIFICATION_DATA;

	(void)state;
	for (unsigned packed = 0; packed < 2; packed++) {
		struct rig *r = rig_on(WORLD_OFFSET, all, packed);
		struct any_virtqueue_buf buf[3] = {buf_at(r, 0, 64), buf_at(r, 64, 64),
						   buf_at(r, 128, 64)};
		uint32_t at = 0, written;
		void *cookie;

		for (unsigned i = 0; i < 3 * SIZE; i++) {
			const uint32_t n = 1 + i % 3;

			at += packed ? n : 1;
			assert_int_equal(any_virtqueue_add(&r->vq, buf, 0, n, r), 0);
			assert_true(any_virtqueue_kick(&r->vq));
			assert_int_equal(r->mock.notification,
					 packed ? (at % SIZE | (uint32_t) !(at / SIZE & 1) << 15)
							  << 16
						: at << 16);
			assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
			use(r, 0);
			assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
		}
		rig_down(r);
	}
}

/* The last mile: out before the doorbell, in before the used index is believed. */
static void drains_around_the_ring(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MOCK_NORMAL);
	struct any_virtqueue_buf buf = buf_at(r, 0, 64);
	struct any_virtqueue_buf wire = {
		.addr = any_dma(r->vq.mem.addr.raw), .len = 8, .coherent = true};
	uint32_t written;
	void *cookie;

	(void)state;
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 1, 0, r), 0);
	assert_int_equal(any_virtqueue_add(&r->vq, &wire, 0, 1, r), 0);
	assert_string_equal(r->world.text, "");
	assert_true(any_virtqueue_kick(&r->vq));
	assert_string_equal(r->world.text, "oK");
	assert_false(any_virtqueue_kick(&r->vq)); /* nothing new: nothing to drain */
	assert_string_equal(r->world.text, "oK");
	r->world.text[0] = 0;
	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), -ANY_EAGAIN);
	assert_string_equal(r->world.text, "i");
	any_ring_disable_kick(
		&r->device); /* a device that polls needs the drain, not the doorbell */
	assert_int_equal(any_virtqueue_add(&r->vq, &wire, 0, 1, r), 0);
	r->world.text[0] = 0;
	assert_false(any_virtqueue_kick(&r->vq));
	assert_string_equal(r->world.text, "o");
	r->world.text[0] = 0;
	assert_false(any_virtqueue_enable_call(&r->vq));
	assert_string_equal(r->world.text, "oi");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
		any_ring_make_used(&r->device, r->chain.head, 0);
	}
	assert_true(any_ring_publish_used(&r->device));
	r->world.text[0] = 0;
	for (int i = 0; i < 3; i++)
		assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
	assert_int_equal(r->world.text[0], 'i'); /* before anything else, once for the index */
	rig_down(r);
}

static void vg_st_07_no_kick_before_driver_ok(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MOCK_NORMAL);
	struct any_virtqueue_buf buf = buf_at(r, 0, 64);

	(void)state;
	r->driver.status &= (uint8_t)~ANY_VIRTIO_STATUS_DRIVER_OK;
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 0, 1, r), 0);
	assert_false(any_virtqueue_kick(&r->vq));
	assert_int_equal(r->mock.kicks, 0);
	any_virtio_ready(&r->driver);
	assert_true(any_virtqueue_kick(&r->vq)); /* and it is not forgotten */
	assert_int_equal(r->mock.kicks, 1);
	assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
	rig_down(r);
}

/* D3: whatever fails, nothing stays mapped and no descriptor is lost. */
static void d3_errors_leave_nothing_mapped(void **state)
{
	static const enum world_kind kinds[] = {WORLD_OFFSET, WORLD_BOUNCE, WORLD_NONCOHERENT};

	(void)state;
	for (size_t k = 0; k < ANY_ARRAY_SIZE(kinds); k++) {
		struct rig *r = rig_up(kinds[k], MOCK_NORMAL);
		struct any_virtqueue_buf buf[SIZE + 1];

		for (unsigned bad = 0; bad < 6; bad++) { /* the bad-th buffer cannot be mapped */
			for (unsigned i = 0; i < 6; i++)
				buf[i] = buf_at(r, 4096ull * i, 64);
			buf[bad].cpu = r; /* not RAM of this platform */
			assert_int_equal(any_virtqueue_add(&r->vq, buf, 3, 3, r), -ANY_EFAULT);
			buf[bad] = buf_at(r, 0, 0); /* empty */
			assert_int_equal(any_virtqueue_add(&r->vq, buf, 3, 3, r), -ANY_EINVAL);
			buf[bad].coherent = true; /* the same, and only the ring notices */
			assert_int_equal(any_virtqueue_add(&r->vq, buf, 3, 3, r), -ANY_EINVAL);
			assert_int_equal(r->world.pool.counters.live, 0);
			assert_int_equal(r->vq.ring.n_free, SIZE);
		}
		for (unsigned i = 0; i <= SIZE; i++)
			buf[i] = buf_at(r, 4096ull * i, 64);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, SIZE, r), -ANY_E2BIG);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 10, r), 0);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 5, r), -ANY_ENOMEM);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 4, r), 0);
		rig_down(r); /* asserts that detach gave everything back */
	}
}

/* Back-pressure: the pool runs dry in the middle of a chain; later it fits. */
static void a_dry_pool_is_retried(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, MOCK_NORMAL);
	struct any_dma_mapping maps[WORLD_SLOTS];
	struct any_virtqueue_buf buf[4];
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		buf[i] = buf_at(r, 4096ull * i, 64);
	for (; n < WORLD_SLOTS - 2; n++)
		assert_int_equal(any_dma_map(&r->world.dev, r->world.ram + 65536, 64,
					     ANY_DMA_TO_DEVICE, &maps[n]),
				 0);
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 2, 2, r), -ANY_ENOMEM);
	assert_int_equal(r->world.pool.counters.live, n);
	while (n)
		any_dma_unmap(&r->world.dev, &maps[--n]);
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 2, 2, r), 0);
	rig_down(r);
}

static void vg_st_15_nothing_is_given_back_while_the_device_may_write(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, MOCK_NORMAL);
	struct any_virtqueue_buf buf[2] = {buf_at(r, 0, 64), buf_at(r, 4096, 64)};
	int cookies[2];
	void *cookie;

	(void)state;
	assert_int_equal(any_virtqueue_add(&r->vq, &buf[0], 1, 0, &cookies[0]), 0);
	assert_int_equal(any_virtqueue_add(&r->vq, &buf[1], 0, 1, &cookies[1]), 0);
	any_virtqueue_kick(&r->vq);
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), -ANY_EBUSY);
	assert_int_equal(any_virtqueue_fini(&r->vq), -ANY_EBUSY);
	assert_int_equal(r->world.pool.counters.live, 2);
	r->mock.reset_polls = UINT32_MAX; /* a device that does not reset keeps everything */
	assert_int_equal(any_virtio_reset(&r->driver), -ANY_ENODEV);
	assert_int_equal(any_virtqueue_fini(&r->vq), -ANY_EBUSY);
	assert_int_equal(r->world.pool.counters.live, 2);
	r->mock.reset_polls = 0;
	assert_int_equal(any_virtio_reset(&r->driver), 0);
	assert_int_equal(any_virtqueue_fini(&r->vq), -ANY_EBUSY); /* requests are still out */
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), 0);
	assert_true(cookie == &cookies[0] || cookie == &cookies[1]);
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), 0);
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), -ANY_EAGAIN);
	assert_int_equal(r->world.pool.counters.live, 0);
	rig_down(r);
}

static void d13_a_broken_ring_loses_nothing(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, MOCK_NORMAL);
	struct any_virtqueue_buf buf = buf_at(r, 0, 64);
	uint32_t written = 77;
	void *cookie = r;

	(void)state;
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 0, 1, r), 0);
	any_virtqueue_kick(&r->vq);
	assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
	use(r, 65); /* one more than there is */
	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), -ANY_EPROTO);
	assert_int_equal(written, 77);
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 0, 1, r), -ANY_EPROTO);
	assert_int_equal(r->world.pool.counters.live, 1);
	rig_down(r);
}

static void sizes_are_cut_to_what_all_allow(void **state)
{
	static const struct {
		uint32_t device, driver, memory, size;
	} rows[] = {{256, 16, 16, 16},	     {16, 256, 256, 16}, {100, 256, 256, 64},
		    {256, 100, 256, 64},     {256, 256, 9, 8},	 {1, 256, 256, 1},
		    {0x10000, 0x10000, 3, 2}};
	static uint64_t memory[ANY_VIRTQUEUE_BYTES(256) / 8];
	struct any_virtio_driver driver;
	struct any_virtqueue vq;
	struct world world;
	struct mock mock;

	(void)state;
	world_init(&world, WORLD_OFFSET);
	mock_init(&mock, &world);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++) {
		mock.queue_max = rows[i].device;
		assert_int_equal(any_virtio_begin(&driver, &mock.transport, &world.dev, 0, 0), 0);
		assert_int_equal(any_virtqueue_init(&vq, &driver, 0, rows[i].driver, memory,
						    ANY_VIRTQUEUE_BYTES(rows[i].memory)),
				 0);
		assert_int_equal(vq.ring.size, rows[i].size);
		assert_int_equal(mock.size, rows[i].size);
		assert_int_equal(any_virtio_reset(&driver), 0);
		assert_int_equal(any_virtqueue_fini(&vq), 0);
	}
	assert_int_equal(any_virtqueue_init(&vq, &driver, 1, 16, memory, sizeof(memory)),
			 -ANY_ENOENT);
	assert_int_equal(any_virtqueue_init(&vq, &driver, 0, 16, memory, 8), -ANY_ENOSPC);
	assert_int_equal(any_virtqueue_init(&vq, &driver, 0, 16, (char *)memory + 4, 4096),
			 -ANY_EINVAL);
	mock.setup_error = -ANY_EINVAL;
	assert_int_equal(any_virtqueue_init(&vq, &driver, 0, 16, memory, sizeof(memory)),
			 -ANY_EINVAL);
	world_fini(&world); /* asserts that the coherent memory came back */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a4_1_flat),
		cmocka_unit_test(a4_1_offset),
		cmocka_unit_test(a4_1_bounce),
		cmocka_unit_test(a4_1_noncoherent),
		cmocka_unit_test(a4_1_noncoherent_maintains),
		cmocka_unit_test(vg_fb_16_what_a_kick_says),
		cmocka_unit_test(drains_around_the_ring),
		cmocka_unit_test(vg_st_07_no_kick_before_driver_ok),
		cmocka_unit_test(d3_errors_leave_nothing_mapped),
		cmocka_unit_test(a_dry_pool_is_retried),
		cmocka_unit_test(vg_st_15_nothing_is_given_back_while_the_device_may_write),
		cmocka_unit_test(d13_a_broken_ring_loses_nothing),
		cmocka_unit_test(sizes_are_cut_to_what_all_allow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
