/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's registers and queues against a scripted driver, hostile where it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/endian.h>
#include <anydma/virtio_device.h>

#define BUS  0x90000000ull
#define SIZE 8u
#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)
#define GOOD (ANY_VIRTIO_F_VERSION_1 | PLAT)

struct rig {
	struct any_space space;
	struct any_space_region regions[1];
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[2];
	struct any_ring_piece pieces[2][SIZE];
	struct any_vring_layout layout;
	struct any_vring parts; /* as the driver sees them */
	uint8_t *mem;
	uint32_t interrupts, resets, config;
	bool refuses;
};

#define MEM 65536u

static void on_interrupt(void *ctx, uint32_t isr)
{
	struct rig *r = ctx;

	assert_int_not_equal(isr, 0);
	r->interrupts++;
}

static bool on_features_ok(void *ctx, uint64_t features)
{
	struct rig *r = ctx;

	(void)features;
	return !r->refuses;
}

static uint32_t on_config_read(void *ctx, uint32_t offset, unsigned width)
{
	struct rig *r = ctx;

	return r->config + offset * 16 + width;
}

static void on_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct rig *r = ctx;

	r->config = offset + width + value;
}

static void on_reset(void *ctx)
{
	struct rig *r = ctx;

	r->resets++;
}

static const struct any_virtio_device_ops ops = {on_features_ok, on_config_read, on_config_write,
						 on_reset};

static int setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = aligned_alloc(4096, MEM);
	memset(r->mem, 0, MEM);
	r->regions[0] = (struct any_space_region){any_dma(BUS), MEM, r->mem, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&r->space, r->regions, 1), 0);
	for (int i = 0; i < 2; i++) {
		r->queues[i].max = SIZE;
		r->queues[i].pieces = r->pieces[i];
	}
	assert_int_equal(any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2,
						PLAT | 0x6),
			 0);
	r->dev.config_len = 12;
	r->dev.interrupt = on_interrupt;
	r->dev.interrupt_ctx = r;
	any_vring_layout(SIZE, 64, &r->layout);
	r->parts = any_vring_at(r->mem, &r->layout);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	free(r->mem);
	free(r);
	return 0;
}

static void negotiate(struct rig *r, uint64_t features)
{
	any_virtio_device_set_status(&r->dev, 0);
	any_virtio_device_set_status(&r->dev, 1);
	any_virtio_device_set_status(&r->dev, 3);
	any_virtio_device_set_features(&r->dev, features);
	any_virtio_device_set_status(&r->dev, 0xb);
}

static bool accepted(const struct rig *r)
{
	return r->dev.status & ANY_VIRTIO_STATUS_FEATURES_OK;
}

static int setup_queue(struct rig *r, uint32_t queue, uint32_t size)
{
	return any_virtio_device_queue_setup(&r->dev, queue, size, any_dma(BUS + r->layout.desc),
					     any_dma(BUS + r->layout.avail),
					     any_dma(BUS + r->layout.used));
}

/* One readable descriptor of 16 bytes at BUS + 0x8000 in avail slot `idx`. */
static void fill(struct rig *r, uint16_t idx)
{
	any_store_le64(&r->parts.desc[0].addr, BUS + 0x8000);
	any_store_le32(&r->parts.desc[0].len, 16);
	any_store_le16(&r->parts.desc[0].flags, 0);
	any_store_le16(&r->parts.avail->ring[idx % SIZE], 0);
	any_store_le16(&r->parts.avail->idx, (uint16_t)(idx + 1));
}

static void bring_up(struct rig *r)
{
	negotiate(r, GOOD);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	any_virtio_device_set_status(&r->dev, 0xf);
	assert_int_equal(r->dev.status, 0xf);
}

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

static void vd_st_03_no_notification_before_driver_ok(void **state)
{
	struct rig *r = *state;

	negotiate(r, GOOD);
	any_virtio_device_fail(&r->dev, "test");
	any_virtio_device_config_changed(&r->dev);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_int_equal(r->interrupts, 0);
}

static void vd_st_04_05_reset_lets_go(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;
	uint8_t canary[4096];

	bring_up(r);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
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

static void vd_st_06_unknown_bits_and_wrong_order(void **state)
{
	struct rig *r = *state;

	assert_int_equal(r->dev.status, 0);
	any_virtio_device_set_status(&r->dev, 0x20);
	assert_int_equal(r->dev.status, 0);
	any_virtio_device_set_status(&r->dev, 0x10 | 0x40 | 1);
	assert_int_equal(r->dev.status, 1);
	any_virtio_device_set_status(&r->dev, 7); /* DRIVER_OK without FEATURES_OK */
	assert_int_equal(r->dev.status, 3);
	any_virtio_device_set_status(&r->dev, 1); /* a bit less: nothing is taken back */
	assert_int_equal(r->dev.status, 3);
}

static void vd_ft_02_05_any_valid_subset_and_again(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < 1000; i++) {
		negotiate(r, GOOD | (uint64_t)(i & 6));
		assert_true(accepted(r));
	}
	negotiate(r, GOOD & ~ANY_VIRTIO_F_ORDER_PLATFORM); /* OP-3: may be declined */
	assert_true(accepted(r));
}

static void vd_ft_03_unoffered_bits_are_refused(void **state)
{
	struct rig *r = *state;

	for (unsigned bit = 0; bit < 64; bit++) {
		negotiate(r, GOOD | 1ull << bit);
		assert_int_equal(accepted(r), (r->dev.offered & 1ull << bit) != 0);
	}
	r->refuses = true;
	negotiate(r, GOOD);
	assert_false(accepted(r));
}

static void vd_fb_02_03_version_1(void **state)
{
	struct rig *r = *state;

	assert_true(r->dev.offered & ANY_VIRTIO_F_VERSION_1);
	negotiate(r, PLAT);
	assert_false(accepted(r));
}

static void ap_8_access_platform_offered_is_not_optional(void **state)
{
	struct rig *r = *state;

	negotiate(r, GOOD & ~ANY_VIRTIO_F_ACCESS_PLATFORM);
	assert_false(accepted(r));
	any_virtio_device_set_status(&r->dev, 0xf);
	assert_int_equal(r->dev.status & ANY_VIRTIO_STATUS_DRIVER_OK, 0);
	r->dev.offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM; /* a device that was told not to */
	negotiate(r, GOOD & ~ANY_VIRTIO_F_ACCESS_PLATFORM);
	assert_true(accepted(r));
}

static void vg_st_03_features_are_fixed_by_features_ok(void **state)
{
	struct rig *r = *state;

	negotiate(r, GOOD);
	any_virtio_device_set_features(&r->dev, UINT64_MAX);
	assert_true(r->dev.features == GOOD);
}

static void vd_ft_04_foreign_transport_bits_cannot_be_offered(void **state)
{
	struct rig *r = *state;

	for (unsigned bit = 24; bit < 50; bit++) {
		bool known = bit == 29 || bit == 32 || bit == 33 || bit == 36 || bit == 40;
		int err = any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2,
						 1ull << bit);

		assert_int_equal(err, known ? 0 : -ANY_EINVAL);
	}
	r->queues[1].max = 3;
	assert_int_equal(any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2, 0),
			 -ANY_EINVAL);
}

static void config_accesses_are_bounded(void **state)
{
	static const struct {
		uint32_t offset;
		unsigned width;
	} bad[] = {{12, 1}, {11, 2}, {10, 4}, {9, 4}, {0, 3}, {0, 8}, {0, 0}, {0xfffffffc, 4}, {1, 2}};
	struct rig *r = *state;

	assert_int_equal(any_virtio_device_config_read(&r->dev, 8, 4), 8 * 16 + 4);
	assert_int_equal(any_virtio_device_config_read(&r->dev, 11, 1), 11 * 16 + 1);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		assert_int_equal(
			any_virtio_device_config_read(&r->dev, bad[i].offset, bad[i].width), 0);
		any_virtio_device_config_write(&r->dev, bad[i].offset, bad[i].width, 5);
		assert_int_equal(r->config, 0);
	}
	any_virtio_device_config_write(&r->dev, 4, 4, 5);
	assert_int_equal(r->config, 13);
	bring_up(r);
	any_virtio_device_config_changed(&r->dev);
	assert_int_equal(r->dev.generation, 1);
	assert_int_equal(r->dev.isr, ANY_VIRTIO_ISR_CONFIG);
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
						       any_dma(BUS + 0x1000), any_dma(BUS + 0x2000)),
			 -ANY_EINVAL);
	assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, any_dma(BUS),
						       any_dma(BUS + 0x1001), any_dma(BUS + 0x2000)),
			 -ANY_EINVAL);
	assert_int_equal(any_virtio_device_queue_setup(&r->dev, 0, SIZE, any_dma(BUS),
						       any_dma(BUS + 0x1000), any_dma(BUS + 0x2002)),
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vd_st_01_nothing_before_driver_ok),
		TEST(vd_st_02_03_broken_ring_needs_reset),
		TEST(vd_st_03_no_notification_before_driver_ok),
		TEST(vd_st_04_05_reset_lets_go),
		TEST(vd_st_06_unknown_bits_and_wrong_order),
		TEST(vd_ft_02_05_any_valid_subset_and_again),
		TEST(vd_ft_03_unoffered_bits_are_refused),
		TEST(vd_fb_02_03_version_1),
		TEST(ap_8_access_platform_offered_is_not_optional),
		TEST(vg_st_03_features_are_fixed_by_features_ok),
		TEST(vd_ft_04_foreign_transport_bits_cannot_be_offered),
		TEST(config_accesses_are_bounded),
		TEST(d16_queue_numbers_and_sizes),
		TEST(misaligned_parts_are_refused),
		TEST(ap_7_ring_parts_outside_memory),
		TEST(d11_ring_moves_with_the_space),
		TEST(vd_fb_13_14_15_queue_reset),
		TEST(failed_driver_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
