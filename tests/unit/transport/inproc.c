/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport that is a function call: what the driver asks for reaches the device. */
#include "../virtio/device_rig.h"

static void vg_fb_19_a_queue_reset_reaches_the_device(void **state)
{
	struct any_virtio_transport t;
	struct any_ring_chain chain;
	struct rig *r = *state;

	any_virtio_inproc_init(&t, &r->dev);
	bring_up(r);
	fill(r, 0);
	assert_true(any_virtio_device_queue_ready(&r->dev, 0));
	assert_int_equal(t.ops->queue_reset(t.ctx, 0), 0);
	assert_false(any_virtio_device_queue_ready(&r->dev, 0));
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_int_equal(t.ops->queue_setup(t.ctx, 0, SIZE, any_dma(BUS + r->layout.desc),
					    any_dma(BUS + r->layout.avail),
					    any_dma(BUS + r->layout.used)),
			 0);
	assert_true(any_virtio_device_queue_ready(&r->dev, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vg_fb_19_a_queue_reset_reaches_the_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
