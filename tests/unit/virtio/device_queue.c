/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's queues: set up, found, reset, broken; hostile numbers and addresses. */
#include "device_rig.h"

static void vd_st_01_nothing_before_driver_ok(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	fill(r, 0);
	any_virtio_device_kick(&r->dev, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	negotiate(r, GOOD);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	any_virtio_device_kick(&r->dev, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->interrupts, 0);
	assert_int_equal(r->parts.used->idx, 0);
	any_virtio_device_set_status(&r->dev, 0xf);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 1, &chain), -ANY_EAGAIN); /* not set up */
	any_virtio_device_use(&r->dev, 0, chain.head, 0);
	assert_int_equal(r->parts.used->idx, 0);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->parts.used->idx, 1);
	assert_int_equal(r->interrupts, 1);
	assert_int_equal(r->dev.isr, ANY_VIRTIO_ISR_QUEUE);
	any_virtio_device_isr_ack(&r->dev, ANY_VIRTIO_ISR_QUEUE);
	assert_int_equal(r->dev.isr, 0);
}

static void vd_st_02_03_broken_ring_needs_reset(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	bring_up(r);
	fill(r, 0);
	any_store_le16(&r->parts.avail->ring[0], SIZE);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
	assert_int_equal(r->dev.status, 0x4f);
	assert_int_equal(r->dev.isr, ANY_VIRTIO_ISR_CONFIG);
	assert_int_equal(r->interrupts, 1);
	assert_non_null(r->dev.why);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
	any_virtio_device_use(&r->dev, 0, 0, 0);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->parts.used->idx, 0);
	assert_int_equal(r->interrupts, 1);
	bring_up(r); /* reset heals */
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
}

static void vd_st_04_05_reset_lets_go(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;
	uint8_t canary[4096];

	bring_up(r);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	any_virtio_device_config_changed(&r->dev);
	r->interrupts = 0;
	any_virtio_device_set_status(&r->dev, 0);
	assert_int_equal(r->dev.status, 0);
	assert_int_equal(r->dev.features, 0);
	assert_int_equal(r->dev.isr, 0);
	assert_int_equal(r->resets, 2);
	assert_false(any_virtio_device_queue_ready(&r->dev, 0));
	memcpy(canary, r->mem, sizeof(canary));
	any_virtio_device_use(&r->dev, 0, chain.head, 16);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_memory_equal(canary, r->mem, sizeof(canary));
	assert_int_equal(r->interrupts, 0);
	/* a completion from before the reset does not leak into the new ring */
	bring_up(r);
	any_virtio_device_use(&r->dev, 0, chain.head, 16);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->parts.used->idx, 0);
}

static void d16_queue_numbers_and_sizes(void **state)
{
	static const uint32_t numbers[] = {2, 3, 0xffff, 0x80000000, UINT32_MAX};
	static const uint32_t sizes[] = {0, 3, 5, 16, 0x10000, UINT32_MAX};
	struct any_ring_chain chain;
	struct rig *r = *state;

	assert_int_equal(setup_queue(r, 0, SIZE), -ANY_EINVAL); /* before FEATURES_OK */
	bring_up(r);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(numbers); i++) {
		const uint32_t q = numbers[i];

		assert_int_equal(any_virtio_device_queue_max(&r->dev, q), 0);
		assert_false(any_virtio_device_queue_ready(&r->dev, q));
		assert_int_equal(setup_queue(r, q, SIZE), -ANY_EINVAL);
		any_virtio_device_queue_reset(&r->dev, q);
		any_virtio_device_kick(&r->dev, q);
		assert_int_equal(any_virtio_device_take(&r->dev, q, &chain), -ANY_EAGAIN);
		any_virtio_device_use(&r->dev, q, 0, 0);
		any_virtio_device_publish(&r->dev, q);
		any_virtio_device_disable_kick(&r->dev, q);
		assert_false(any_virtio_device_enable_kick(&r->dev, q));
	}
	for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++)
		assert_int_equal(setup_queue(r, 1, sizes[i]), -ANY_EINVAL);
	assert_int_equal(setup_queue(r, 0, SIZE), -ANY_EINVAL); /* already ready (VG-MM-07) */
	assert_int_equal(setup_queue(r, 1, 2), 0);
	assert_true(any_virtio_device_queue_ready(&r->dev, 1));
	assert_int_equal(any_virtio_device_queue_max(&r->dev, 1), SIZE);
}

static void misaligned_parts_are_refused(void **state)
{
	struct rig *r = *state;

	negotiate(r, GOOD);
	assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, any_dma(BUS + 8),
						       any_dma(BUS + 0x1000),
						       any_dma(BUS + 0x2000)),
			 -ANY_EINVAL);
	assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, any_dma(BUS),
						       any_dma(BUS + 0x1001),
						       any_dma(BUS + 0x2000)),
			 -ANY_EINVAL);
	assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, any_dma(BUS),
						       any_dma(BUS + 0x1000),
						       any_dma(BUS + 0x2002)),
			 -ANY_EINVAL);
}

/* AP-7: ring parts are addresses like any other. */
static void ap_7_ring_parts_outside_memory(void **state)
{
	const uint64_t out[] = {0, BUS - 16, BUS + MEM - 16, BUS + MEM, UINT64_MAX - 15};
	struct any_ring_chain chain;
	struct rig *r = *state;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(out); i++) {
		for (int part = 0; part < 3; part++) {
			struct any_dma_addr at[3] = {any_dma(BUS), any_dma(BUS + 0x1000),
						     any_dma(BUS + 0x2000)};

			at[part] = any_dma(out[i]);
			negotiate(r, GOOD);
			assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, at[0],
								       at[1], at[2]),
					 0);
			any_virtio_device_set_status(&r->dev, 0xf);
			assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
			assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
		}
	}
}

/* D11: after an invalidation the ring is looked for again; its old place is never touched. */
static void d11_ring_moves_with_the_space(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;
	uint8_t *moved = aligned_alloc(4096, MEM);

	bring_up(r);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	memcpy(moved, r->mem, MEM);
	memset(r->mem, 0xff, MEM);
	r->regions[0].cpu = moved;
	any_space_invalidate(&r->space);
	any_virtio_device_use(&r->dev, 0, chain.head, 7);
	any_virtio_device_publish(&r->dev, 0);
	r->parts = any_vring_at(moved, &r->layout);
	assert_int_equal(r->parts.used->idx, 1);
	assert_int_equal(r->parts.used->ring[0].len, 7);
	for (size_t i = 0; i < MEM; i++)
		assert_int_equal(r->mem[i], 0xff);
	/* and if it is gone, the device says so */
	r->regions[0].size = 4096;
	r->regions[0].addr = any_dma(0);
	any_space_invalidate(&r->space);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	free(moved);
}

static void vd_fb_13_14_15_queue_reset(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	bring_up(r);
	for (uint16_t i = 0; i < 3; i++) {
		fill(r, i);
		assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
		any_virtio_device_use(&r->dev, 0, chain.head, 0);
	}
	any_virtio_device_queue_reset(&r->dev, 0);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->interrupts, 0);
	assert_int_equal(r->parts.used->idx, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	memset(r->mem, 0, 4096);
	any_vring_layout(4, 64, &r->layout); /* new size, new places, positions from 0 */
	r->parts = any_vring_at(r->mem, &r->layout);
	assert_int_equal(setup_queue(r, 0, 4), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	any_virtio_device_use(&r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->parts.used->idx, 1);
}

static void failed_driver_is_left_alone(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	bring_up(r);
	fill(r, 0);
	any_virtio_device_set_status(&r->dev, 0x8f);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
}

/* Memory the device may only read, and memory it may only write: it never asks for both. */
static void vd_each_part_is_asked_for_one_way(void **state)
{
	struct any_ring_chain chain;
	struct any_virtio_cursor cursor;
	struct rig *r = *state;
	const size_t used = r->layout.used, end = 0x8000;
	const struct any_space_region regions[] = {
		{any_dma(BUS), used, r->mem, ANY_DMA_TO_DEVICE},
		{any_dma(BUS + used), end - used, r->mem + used, ANY_DMA_FROM_DEVICE},
		{any_dma(BUS + end), 16, r->mem + end, ANY_DMA_TO_DEVICE},
		{any_dma(BUS + end + 16), 16, r->mem + end + 16, ANY_DMA_FROM_DEVICE},
	};
	char bytes[16] = "what it wrote";

	assert_int_equal(any_space_init_regions(&r->space, regions, 4), 0);
	bring_up(r);
	fill(r, 0);
	any_store_le16(&r->parts.desc[0].flags, ANY_VRING_DESC_NEXT);
	any_store_le16(&r->parts.desc[0].next, 1);
	any_store_le64(&r->parts.desc[1].addr, BUS + end + 16);
	any_store_le32(&r->parts.desc[1].len, 16);
	any_store_le16(&r->parts.desc[1].flags, ANY_VRING_DESC_WRITE);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	cursor = any_virtio_cursor_in(&chain);
	assert_int_equal(any_virtio_device_store(&r->dev, &cursor, bytes, 16), 0);
	assert_memory_equal(r->mem + end + 16, "what it wrote", 14);
	cursor = any_virtio_cursor_out(&chain);
	assert_int_equal(any_virtio_device_load(&r->dev, &cursor, bytes, 16), 0);
	assert_int_equal(bytes[0], 0);
}

/* VG-FB-16: with feature 38 there is more in a notification than a queue; VD-FB-12: again and
 * again. */
static void vd_fb_12_notification_data(void **state)
{
	struct rig *r = *state;

	bring_up(r);
	any_virtio_device_kick(&r->dev, 0x12340000);
	assert_false(r->queues[0].kicked); /* no queue of that number */
	r->dev.features |= ANY_VIRTIO_F_NOTIFICATION_DATA;
	for (int i = 0; i < 100; i++)
		any_virtio_device_kick(&r->dev, 0x12340001);
	assert_false(r->queues[0].kicked);
	assert_true(r->queues[1].kicked);
	any_virtio_device_kick(&r->dev, 0xffff0002); /* nothing happens */
}

static void op_1_the_ring_is_ordered_as_negotiated(void **state)
{
	struct rig *r = *state;

	bring_up(r);
	assert_true(r->queues[0].ring.order_platform);
	negotiate(r, GOOD & ~ANY_VIRTIO_F_ORDER_PLATFORM);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	assert_false(r->queues[0].ring.order_platform);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vd_st_01_nothing_before_driver_ok),
		TEST(vd_st_02_03_broken_ring_needs_reset),
		TEST(vd_st_04_05_reset_lets_go),
		TEST(d16_queue_numbers_and_sizes),
		TEST(misaligned_parts_are_refused),
		TEST(ap_7_ring_parts_outside_memory),
		TEST(d11_ring_moves_with_the_space),
		TEST(vd_fb_13_14_15_queue_reset),
		TEST(failed_driver_is_left_alone),
		TEST(vd_each_part_is_asked_for_one_way),
		TEST(vd_fb_12_notification_data),
		TEST(op_1_the_ring_is_ordered_as_negotiated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
