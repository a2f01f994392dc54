/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * M16, hazard 11: rings where there is no coherent memory. Where they bounce, the device sees
 * nothing that was not synced, and the driver nothing that was not fetched: any sync that is
 * missing is a wrong index, entry or descriptor here.
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
	struct any_ring_chain chain;
	uint64_t memory[ANY_VIRTQUEUE_BYTES(SIZE) / 8];
	uint8_t *rings, *data;
};

static void *at(struct rig *r, uint64_t addr, uint64_t len)
{
	struct any_space_span span;

	assert_int_equal(
		any_space_resolve_whole(&r->world.space, any_dma(addr), len, ANY_DMA_BOTH, &span),
		0);
	return span.cpu;
}

static struct rig *world_of(enum world_kind kind)
{
	struct rig *r = calloc(1, sizeof(*r));

	world_init(&r->world, kind);
	r->world.plat.coherent = NULL;
	r->world.plat.facts.no_coherent = true;
	assert_int_equal(any_dma_attach(&r->world.dev, &r->world.plat), 0);
	assert_int_equal(any_dma_set_mask(&r->world.dev, UINT64_MAX), 0);
	mock_init(&r->mock, &r->world);
	r->mock.offered |= ANY_VIRTIO_F_EVENT_IDX;
	r->rings = r->world.ram + 0x10003; /* no alignment at all */
	r->data = r->world.ram + 0x20000;
	assert_int_equal(any_virtio_begin(&r->driver, &r->mock.transport, &r->world.dev, 0, 0), 0);
	return r;
}

static int init(struct rig *r, size_t ring_bytes)
{
	return any_virtqueue_init_cached(&r->vq, &r->driver, 0, SIZE, r->memory, sizeof(r->memory),
					 r->rings, ring_bytes);
}

static struct rig *rig_up(enum world_kind kind)
{
	struct rig *r = world_of(kind);
	struct any_ring_config config = {.size = SIZE, .event_idx = true};

	assert_int_equal(init(r, any_virtqueue_ring_bytes(&r->world.dev, SIZE)), 0);
	assert_int_equal(r->mock.size, SIZE);
	config.parts.desc = at(r, r->mock.desc.raw, any_vring_desc_bytes(SIZE));
	config.parts.avail = at(r, r->mock.avail.raw, any_vring_avail_bytes(SIZE));
	config.parts.used = at(r, r->mock.used.raw, any_vring_used_bytes(SIZE));
	assert_int_equal(any_ring_device_init(&r->device, &config), 0);
	r->chain = (struct any_ring_chain){.piece = r->pieces, .max = SIZE};
	any_virtio_ready(&r->driver);
	return r;
}

static void rig_down(struct rig *r)
{
	void *cookie;

	assert_int_equal(any_virtio_reset(&r->driver), 0);
	while (!any_virtqueue_detach(&r->vq, &cookie))
		;
	assert_int_equal(any_virtqueue_fini(&r->vq), 0);
	world_fini(&r->world);
	free(r);
}

static int add(struct rig *r, unsigned i)
{
	uint8_t *data = r->data + (size_t)i * 256;
	const struct any_virtqueue_buf buf[] = {{.cpu = data, .len = 64},
						{.cpu = data + 64, .len = 128}};

	memset(data, (int)(i + 1), 192);
	return any_virtqueue_add(&r->vq, buf, 1, 1, data);
}

/* The device answers one request: half of what it may write. */
static void serve(struct rig *r, unsigned mark)
{
	const uint8_t *out;

	assert_int_equal(any_ring_take_avail(&r->device, &r->chain), 0);
	assert_true(r->chain.n_out == 1 && r->chain.n_in == 1);
	out = at(r, r->pieces[0].addr, 64);
	assert_int_equal(out[0], out[63]);
	memset(at(r, r->pieces[1].addr, 128), (int)(out[0] ^ mark), 64);
	any_ring_make_used(&r->device, r->chain.head, 64);
}

static void reap(struct rig *r, unsigned i, unsigned mark)
{
	const uint8_t *data;
	uint32_t written;
	void *cookie;

	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
	data = cookie;
	assert_ptr_equal(data, r->data + (size_t)i * 256);
	assert_int_equal(written, 64);
	assert_int_equal(data[64], (uint8_t)((i + 1) ^ mark));
	assert_int_equal(data[127], (uint8_t)((i + 1) ^ mark));
	assert_int_equal(data[128], (uint8_t)(i + 1)); /* what it did not write */
}

/* Bursts of all sizes, until every word of the rings has been used several times over. */
static void test_requests_go_out_and_come_back(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);
		uint32_t written;
		void *cookie;

		for (unsigned round = 0; round < 60; round++) {
			const unsigned n = 1 + round % (SIZE / 2);

			for (unsigned i = 0; i < n; i++)
				assert_int_equal(add(r, i), 0);
			assert_int_equal(any_ring_more_avail(&r->device), false);
			assert_true(any_virtqueue_kick(&r->vq));
			assert_false(any_virtqueue_kick(&r->vq)); /* nothing new */
			for (unsigned i = 0; i < n; i++) {
				serve(r, round);
				if (i % 2)
					any_ring_publish_used(&r->device);
			}
			any_ring_publish_used(&r->device);
			for (unsigned i = 0; i < n; i++)
				reap(r, i, round);
			assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written),
					 -ANY_EAGAIN);
		}
		rig_down(r);
	}
}

static void test_the_device_sees_what_the_driver_wishes(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);

		for (unsigned wish = 0; wish < 4; wish++) {
			if (wish % 2)
				assert_false(any_virtqueue_enable_call(&r->vq));
			else
				any_virtqueue_disable_call(&r->vq);
			assert_int_equal(add(r, 0), 0);
			any_virtqueue_kick(&r->vq);
			serve(r, 0);
			any_ring_publish_used(&r->device);
			assert_int_equal(any_ring_call_needed(&r->device), wish % 2);
			assert_true(any_virtqueue_enable_call(&r->vq)); /* one is there */
			reap(r, 0, 0);
		}
		rig_down(r);
	}
}

static void test_no_line_has_two_writers(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT);

	(void)state;
	assert_int_equal(r->vq.out.dir, ANY_DMA_TO_DEVICE);
	assert_int_equal(r->vq.in.dir, ANY_DMA_FROM_DEVICE);
	assert_true((r->vq.out.flags | r->vq.in.flags) == ANY_DMA_MAP_LIVE); /* in place */
	assert_int_equal(((uintptr_t)r->vq.in.cpu | r->vq.in.len) % 64, 0);
	assert_true((uint8_t *)r->vq.out.cpu >= r->rings);
	assert_true((uint8_t *)r->vq.in.cpu + r->vq.in.len <=
		    r->rings + any_virtqueue_ring_bytes(&r->world.dev, SIZE));
	rig_down(r);
}

static void test_less_memory_is_a_smaller_ring(void **state)
{
	struct rig *r = world_of(WORLD_BOUNCE);
	const struct any_dma_dev *dma = &r->world.dev;

	(void)state;
	assert_int_equal(init(r, any_virtqueue_ring_bytes(dma, SIZE) - 1), 0);
	assert_int_equal(r->vq.ring.size, SIZE / 2);
	rig_down(r);
	r = world_of(WORLD_BOUNCE);
	assert_int_equal(init(r, any_virtqueue_ring_bytes(&r->world.dev, 1) - 1), -ANY_ENOSPC);
	r->mock.setup_error = -ANY_EIO; /* what was mapped is given back */
	assert_int_equal(init(r, any_virtqueue_ring_bytes(&r->world.dev, SIZE)), -ANY_EIO);
	r->world.pool.classes[0].free = 1; /* a slot for one of the two mappings */
	r->mock.setup_error = 0;
	assert_int_equal(init(r, any_virtqueue_ring_bytes(&r->world.dev, SIZE)), -ANY_ENOMEM);
	assert_int_equal(r->world.pool.classes[0].free, 1);
	world_fini(&r->world);
	free(r);
}

static void test_D13_a_device_that_lies_breaks_the_queue(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	uint32_t written;
	void *cookie;

	(void)state;
	assert_int_equal(add(r, 0), 0);
	any_virtqueue_kick(&r->vq);
	any_store_le16(&r->device.used->idx, 5);
	assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), -ANY_EPROTO);
	assert_int_equal(add(r, 1), -ANY_EPROTO);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests_go_out_and_come_back),
		cmocka_unit_test(test_the_device_sees_what_the_driver_wishes),
		cmocka_unit_test(test_no_line_has_two_writers),
		cmocka_unit_test(test_less_memory_is_a_smaller_ring),
		cmocka_unit_test(test_D13_a_device_that_lies_breaks_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
