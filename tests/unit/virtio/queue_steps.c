/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of a queue's life that nothing else would miss (docs/mutation.md): what is drained before
 * the device is told of the ring, which way each buffer is lent, who stops the device, what old
 * memory the device is not shown. */
#include "mock.h"

#include <anydma/watch.h>

#define SIZE 16u

struct rig {
	struct world world;
	struct mock mock;
	struct any_virtio_transport_ops ops; /* with a queue reset */
	struct any_virtio_driver driver;
	struct any_virtqueue vq;
	uint64_t memory[ANY_VIRTQUEUE_BYTES(SIZE) / 8];
	int reset_error;
};

static struct rig *one; /* the mock's context is the mock */

static int on_queue_reset(void *ctx, uint16_t queue)
{
	mock_log(ctx, "R%x ", queue);
	return one->reset_error;
}

static struct rig *rig_up(enum world_kind kind)
{
	struct rig *r = calloc(1, sizeof(*r));

	one = r;
	world_init(&r->world, kind);
	mock_init(&r->mock, &r->world);
	r->ops = mock_ops;
	r->ops.queue_reset = on_queue_reset;
	r->mock.transport.ops = &r->ops;
	r->mock.transport.features = ANY_VIRTIO_F_RING_RESET;
	r->mock.offered |= ANY_VIRTIO_F_RING_RESET;
	assert_int_equal(any_virtio_begin(&r->driver, &r->mock.transport, &r->world.dev, 0, 0), 0);
	r->world.text[0] = 0;
	return r;
}

static int init(struct rig *r)
{
	return any_virtqueue_init(&r->vq, &r->driver, 0, SIZE, r->memory, sizeof(r->memory));
}

static void rig_down(struct rig *r)
{
	assert_int_equal(any_virtio_reset(&r->driver), 0);
	assert_int_equal(any_virtqueue_fini(&r->vq), 0);
	world_fini(&r->world);
	free(r);
}

static void test_the_cleared_ring_is_out_before_it_is_enabled(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_int_equal(init(r), 0);
	assert_string_equal(r->world.text, "oQ ");
	rig_down(r);
}

static void test_DA_08_each_buffer_is_lent_one_way(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT);
	const struct any_virtqueue_buf buf[] = {{.cpu = r->world.ram, .len = 64},
						{.cpu = r->world.ram + 64, .len = 64}};
	uint16_t id[2];
	void *cookie;

	(void)state;
	assert_int_equal(init(r), 0);
	for (uint32_t i = 0; i < 2; i++)
		id[i] = any_ring_free_at(&r->vq.ring, i);
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 1, r), 0);
	assert_int_equal(r->vq.slots[id[0]].map.dir, ANY_DMA_TO_DEVICE);
	assert_int_equal(r->vq.slots[id[1]].map.dir, ANY_DMA_FROM_DEVICE);
	assert_int_equal(any_virtio_reset(&r->driver), 0);
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), 0);
	rig_down(r);
}

static void test_VG_FB_19_a_queue_is_free_once_the_device_says_so(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	const struct any_virtqueue_buf buf = {.cpu = r->world.ram, .len = 64};
	void *cookie;

	(void)state;
	assert_int_equal(init(r), 0);
	any_virtio_ready(&r->driver);
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 1, 0, r), 0);
	r->world.text[0] = 0;
	r->reset_error = -ANY_EIO;
	assert_int_equal(any_virtqueue_reset(&r->vq), -ANY_EIO);
	assert_string_equal(r->world.text, "R0 ");
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), -ANY_EBUSY);
	r->reset_error = 0;
	assert_int_equal(any_virtqueue_reset(&r->vq), 0);
	assert_string_equal(r->world.text, "R0 R0 ");
	assert_int_equal(any_virtqueue_add(&r->vq, &buf, 1, 0, r), -ANY_EPROTO); /* VG-FB-20 */
	assert_int_equal(any_virtqueue_detach(&r->vq, &cookie), 0);
	assert_ptr_equal(cookie, r);
	rig_down(r);
}

static uint8_t *init_cached(struct rig *r)
{
	uint8_t *rings = r->world.ram + 0x10000;
	size_t bytes;

	r->world.plat.coherent = NULL;
	r->world.plat.facts.no_coherent = true;
	assert_int_equal(any_dma_attach(&r->world.dev, &r->world.plat), 0);
	assert_int_equal(any_dma_set_mask(&r->world.dev, UINT64_MAX), 0);
	bytes = any_virtqueue_ring_bytes(&r->world.dev, SIZE);
	assert_int_equal(rings[0], 0x5a); /* somebody's */
	assert_int_equal(any_virtqueue_init_cached(&r->vq, &r->driver, 0, SIZE, r->memory,
						   sizeof(r->memory), rings, bytes),
			 0);
	return r->vq.mem.cpu;
}

static void test_a_cached_ring_shows_nothing_old(void **state)
{
	struct rig *r = rig_up(WORLD_NONCOHERENT);
	const uint8_t *ring = init_cached(r);

	(void)state;
	for (size_t i = 0; i < r->vq.mem.size; i++)
		assert_int_equal(ring[i], 0);
	rig_down(r);
}

/* Who has the ring's lines: c, the CPU from here on; d, the device. */
static int note(struct any_dma_watch *watch, const struct any_dma_event *event)
{
	(void)watch;
	if (event->phase == ANY_DMA_END)
		return 0;
	if (event->op == ANY_DMA_OP_SYNC_FOR_CPU)
		world_log(&one->world, "c");
	if (event->op == ANY_DMA_OP_SYNC_FOR_DEVICE)
		world_log(&one->world, "d");
	return 0;
}

static void test_M16_a_cached_ring_is_fetched_and_given_back(void **state)
{
	struct any_dma_watch watch = {.event = note};
	struct rig *r = rig_up(WORLD_NONCOHERENT);

	(void)state;
	init_cached(r);
	any_dma_watch_add(&r->world.dev, &watch);
	r->world.text[0] = 0;
	any_virtqueue_disable_call(&r->vq);
	assert_string_equal(r->world.text, "cdd"); /* flags, used_event */
	assert_false(any_virtqueue_enable_call(&r->vq));
	assert_string_equal(r->world.text, "cddcddcd"); /* the same, and a look at the index */
	any_dma_watch_remove(&r->world.dev, &watch);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_cleared_ring_is_out_before_it_is_enabled),
		cmocka_unit_test(test_DA_08_each_buffer_is_lent_one_way),
		cmocka_unit_test(test_VG_FB_19_a_queue_is_free_once_the_device_says_so),
		cmocka_unit_test(test_a_cached_ring_shows_nothing_old),
		cmocka_unit_test(test_M16_a_cached_ring_is_fetched_and_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
