/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drivers did to other people's devices (docs/cases.md has what devices did to drivers): each
 * test is named after the project and the number of its report. Memory behind the ring and in front
 * of it is poisoned, so that a sanitizer sees a device that goes too far.
 */
#include "../virtio/device_rig.h"

/* The ring's last byte is the region's last. */
static void ring_at_the_end(struct rig *r)
{
	const size_t end = r->layout.bytes;

	r->regions[0].size = end;
	assert_int_equal(any_space_init_regions(&r->space, r->regions, 1), 0);
	memset(r->mem + end, 0xa5, MEM - end);
}

static void nothing_behind_it_was_touched(const struct rig *r)
{
	for (size_t i = r->layout.bytes; i < MEM; i++)
		assert_int_equal(r->mem[i], 0xa5);
}

static void needs_reset(struct rig *r)
{
	struct any_ring_chain chain;

	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_non_null(r->dev.why);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
}

/* The size is checked against memory once; it was then made larger behind the check's back. */
static void firecracker_6201_a_size_after_activation(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	r->queues[0].max = SIZE; /* twice the ring that memory has room for */
	any_vring_layout(SIZE / 2, 64, &r->layout);
	r->parts = any_vring_at(r->mem, &r->layout);
	ring_at_the_end(r);
	negotiate(r, GOOD);
	assert_int_equal(setup_queue(r, 0, SIZE / 2), 0);
	any_virtio_device_set_status(&r->dev, 0xf);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_int_equal(setup_queue(r, 0, SIZE), -ANY_EINVAL);
	for (uint16_t i = 0; i < 2 * SIZE; i++) {
		any_store_le64(&r->parts.desc[0].addr, BUS);
		any_store_le32(&r->parts.desc[0].len, 16);
		any_store_le16(&r->parts.avail->ring[i % (SIZE / 2)], 0);
		any_store_le16(&r->parts.avail->idx, (uint16_t)(i + 1));
		assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
		any_virtio_device_use(&r->dev, 0, chain.head, 0);
		any_virtio_device_publish(&r->dev, 0);
	}
	assert_int_equal(r->queues[0].size, SIZE / 2);
	nothing_behind_it_was_touched(r);
}

/* Speed's price: a pointer kept, the length it was checked for thrown away. */
static void firecracker_4748_memory_that_shrank(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	bring_up(r);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	any_virtio_device_use(&r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&r->dev, 0);
	fill(r, 1);
	r->regions[0].size = r->layout.used + 4 + 8 * SIZE - 1; /* a byte of the last entry */
	any_space_invalidate(&r->space);
	needs_reset(r);
	assert_int_equal(r->parts.used->idx, 1);
}

static void libvmm_71_a_queue_before_driver_ok(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	memset(r->mem, 0xff, MEM); /* whatever the guest left there */
	for (uint8_t status = 0; status < 3; status++) {
		static const uint8_t steps[] = {0, 1, 3};

		any_virtio_device_set_status(&r->dev, steps[status]);
		any_virtio_device_kick(&r->dev, 0);
		assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
		any_virtio_device_publish(&r->dev, 0);
	}
	for (size_t i = 0; i < MEM; i++)
		assert_int_equal(r->mem[i], 0xff);
	assert_int_equal(r->dev.status, 3);
}

static void libvmm_71_addresses_of_the_guest(void **state)
{
	static const uint64_t out[] = {0, BUS - 1, BUS + MEM - 15, BUS + MEM, UINT64_MAX - 15};
	struct any_ring_chain chain;
	struct rig *r = *state;
	char bytes[16];

	for (size_t i = 0; i < ANY_ARRAY_SIZE(out); i++) {
		struct any_virtio_cursor cursor;

		bring_up(r);
		memset(r->mem, 0, r->layout.bytes);
		fill(r, 0);
		any_store_le64(&r->parts.desc[0].addr, out[i]);
		assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
		cursor = any_virtio_cursor_out(&chain);
		assert_int_equal(any_virtio_device_load(&r->dev, &cursor, bytes, 16), -ANY_EFAULT);
	}
}

static void openvmm_3136_an_index_that_ran_ahead(void **state)
{
	static const uint16_t ahead[] = {SIZE + 1, 0x7fff, 0x8000, 0xffff};
	struct any_ring_chain chain;
	struct rig *r = *state;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(ahead); i++) {
		memset(r->mem, 0, r->layout.bytes);
		bring_up(r);
		fill(r, 0);
		any_store_le16(&r->parts.avail->idx, ahead[i]);
		needs_reset(r);
	}
	memset(r->mem, 0, r->layout.bytes);
	bring_up(r); /* a full ring is not too far */
	fill(r, 0);
	any_store_le16(&r->parts.avail->idx, SIZE);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
}

static void vm_virtio_196_a_head_behind_the_table(void **state)
{
	static const uint16_t heads[] = {SIZE, SIZE + 1, 0x8000, 0xffff};
	struct rig *r = *state;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(heads); i++) {
		memset(r->mem, 0, r->layout.bytes);
		bring_up(r);
		fill(r, 0);
		any_store_le16(&r->parts.avail->ring[0], heads[i]);
		needs_reset(r);
		assert_int_equal(r->parts.used->idx, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(firecracker_6201_a_size_after_activation),
		TEST(firecracker_4748_memory_that_shrank),
		TEST(libvmm_71_a_queue_before_driver_ok),
		TEST(libvmm_71_addresses_of_the_guest),
		TEST(openvmm_3136_an_index_that_ran_ahead),
		TEST(vm_virtio_196_a_head_behind_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
