/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy driver and device over the in-process transport, and each against one that lies. */
#include "rig.h"

static void vg_rn_02_vd_rn_01_short_answers(void **state)
{
	uint32_t len;
	void *cookie;

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = up((enum world_kind)kind);
		uint8_t *buf = r->world.ram + 4096;

		r->most = 5;
		memset(buf, 0xee, 64);
		assert_int_equal(any_rng_ask(&r->rng, buf, 64, buf), 0);
		any_rng_kick(&r->rng);
		assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), -ANY_EAGAIN);
		assert_int_equal(any_rng_device_process(&r->dev, 9), 1);
		assert_int_equal(any_rng_device_process(&r->dev, 9), 0);
		assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), 0);
		assert_ptr_equal(cookie, buf);
		assert_int_equal(len, 5);
		for (uint8_t i = 0; i < 5; i++)
			assert_int_equal(buf[i], i);
		assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), -ANY_EAGAIN);
		down(r);
	}
}

static void as_many_as_fit(void **state)
{
	uint32_t len;
	void *cookie;

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = up((enum world_kind)kind);
		uint8_t *buf = r->world.ram;

		for (int turn = 0; turn < 30; turn++) {
			r->next = (uint8_t)turn;
			for (unsigned i = 0; i < QUEUE; i++)
				assert_int_equal(
					any_rng_ask(&r->rng, buf + 4096 * i, 256, buf + 4096 * i),
					0);
			assert_int_equal(any_rng_ask(&r->rng, buf + 65536, 1, NULL), -ANY_ENOMEM);
			any_rng_kick(&r->rng);
			while (any_rng_device_process(&r->dev, 3))
				;
			for (unsigned i = 0; i < QUEUE; i++) {
				assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), 0);
				assert_int_equal(len, 256);
				for (unsigned k = 0; k < 256; k++)
					assert_int_equal(((uint8_t *)cookie)[k],
							 (uint8_t)(turn + (int)k));
			}
		}
		down(r);
	}
}

/* VD-RN-01 broken: an empty answer is no randomness. */
static void an_empty_answer(void **state)
{
	struct rig *r = up(WORLD_BOUNCE);
	uint32_t len;
	void *cookie;

	(void)state;
	r->most = 0;
	memset(r->world.ram, 0xee, 16);
	assert_int_equal(any_rng_ask(&r->rng, r->world.ram, 16, r), 0);
	any_rng_kick(&r->rng);
	assert_int_equal(any_rng_device_process(&r->dev, 1), 1);
	assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), -ANY_EIO);
	assert_ptr_equal(cookie, r);
	for (int i = 0; i < 16; i++)
		assert_int_equal(r->world.ram[i], 0xee);
	assert_int_equal(any_rng_ask(&r->rng, r->world.ram, 16, r), 0); /* and it goes on */
	down(r);
}

/* More than was asked for: nothing of it is believed. */
static void vg_rn_01_02_too_much(void **state)
{
	struct rig *r = up(WORLD_OFFSET);
	struct any_ring_chain chain;
	uint32_t len;
	void *cookie;

	(void)state;
	assert_int_equal(any_rng_ask(&r->rng, r->world.ram, 16, r), 0);
	any_rng_kick(&r->rng);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, 0, &chain), 0);
	assert_true(chain.n_out == 0 && chain.n_in == 1);
	any_virtio_device_use(&r->dev.virtio, 0, chain.head, 17);
	any_virtio_device_publish(&r->dev.virtio, 0);
	assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), -ANY_EPROTO);
	assert_int_equal(any_rng_stop(&r->rng), 0);
	assert_int_equal(any_rng_abort(&r->rng, &cookie), 0); /* nothing is lost */
	assert_ptr_equal(cookie, r);
	assert_int_equal(any_rng_fini(&r->rng), 0);
	world_fini(&r->world);
	free(r);
}

/* VG-RN-01 broken: nothing to fill, and memory that is not the driver's. */
static void a_driver_that_asks_for_nothing(void **state)
{
	struct rig *r = up(WORLD_OFFSET);
	const struct any_virtqueue_buf out = {r->world.ram, 16, any_dma(0), false};
	const struct any_virtqueue_buf away = {NULL, 16, any_dma(0x1000), true};
	uint32_t len;
	void *cookie;

	(void)state;
	assert_int_equal(any_virtqueue_add(&r->rng.vq, &out, 1, 0, r), 0);
	any_rng_kick(&r->rng);
	assert_int_equal(any_rng_device_process(&r->dev, 1), 1);
	assert_int_equal(any_virtqueue_take(&r->rng.vq, &cookie, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(any_virtqueue_add(&r->rng.vq, &away, 0, 1, r), 0);
	any_rng_kick(&r->rng);
	assert_int_equal(any_rng_device_process(&r->dev, 1), 0);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	down(r);
}

static void init_refuses_and_leaves_nothing(void **state)
{
	struct rig *r = up(WORLD_FLAT);

	(void)state;
	assert_int_equal(any_rng_stop(&r->rng), 0);
	assert_int_equal(any_rng_fini(&r->rng), 0);
	r->transport.device_id = 2;
	assert_int_equal(any_rng_init(&r->rng, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 -ANY_ENODEV);
	assert_int_equal(r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED, ANY_VIRTIO_STATUS_FAILED);
	r->transport.device_id = 4;
	assert_int_equal(any_rng_init(&r->rng, &r->transport, &r->world.dev, QUEUE, r->memory, 8),
			 -ANY_ENOSPC);
	assert_non_null(r->rng.virtio.why);
	world_fini(&r->world);
	free(r);
}

/* The rings in streaming memory. */
static void without_coherent_memory(void **state)
{
	struct rig *r = up(WORLD_NONCOHERENT);
	uint8_t *rings = r->world.ram + 65536, *buf = r->world.ram;
	uint32_t len;
	void *cookie;

	(void)state;
	assert_int_equal(any_rng_stop(&r->rng), 0);
	assert_int_equal(any_rng_fini(&r->rng), 0);
	r->world.plat.coherent = NULL;
	assert_int_equal(any_rng_init_cached(&r->rng, &r->transport, &r->world.dev, QUEUE,
					     r->memory, sizeof(r->memory), rings, 16),
			 -ANY_ENOSPC);
	assert_int_equal(any_rng_init_cached(&r->rng, &r->transport, &r->world.dev, QUEUE,
					     r->memory, sizeof(r->memory), rings,
					     any_virtqueue_ring_bytes(&r->world.dev, QUEUE)),
			 0);
	assert_int_equal(r->rng.vq.ring.size, QUEUE);
	assert_int_equal(any_rng_ask(&r->rng, buf, 64, buf), 0);
	any_rng_kick(&r->rng);
	assert_int_equal(any_rng_device_process(&r->dev, 9), 1);
	assert_int_equal(any_rng_poll(&r->rng, &cookie, &len), 0);
	assert_int_equal(len, 64);
	for (uint8_t i = 0; i < 64; i++)
		assert_int_equal(buf[i], i);
	down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_rn_02_vd_rn_01_short_answers),
		cmocka_unit_test(as_many_as_fit),
		cmocka_unit_test(an_empty_answer),
		cmocka_unit_test(vg_rn_01_02_too_much),
		cmocka_unit_test(a_driver_that_asks_for_nothing),
		cmocka_unit_test(init_refuses_and_leaves_nothing),
		cmocka_unit_test(without_coherent_memory),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);

	more = ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX;
	return bad + cmocka_run_group_tests(tests, NULL, NULL);
}
