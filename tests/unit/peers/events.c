/* SPDX-License-Identifier: BSD-2-Clause */
/* Kicks and calls that other people's rings lost, by project and number of the report. */
#include "../ring/packed_pair.h"
#include "../virtio/device_rig.h"

static void give(struct any_ring_driver *driver, uint32_t n)
{
	const struct any_ring_buf buf = {BUS + 0x8000, 16};
	uint16_t id;

	while (n--)
		assert_int_equal(any_ring_make_avail(driver, &buf, 0, 1, &id), 0);
	assert_true(any_ring_publish_avail(driver));
}

/* A driver over the rig's first ring. */
static void drive(struct rig *r, struct any_ring_driver *driver, struct any_ring_shadow *shadow)
{
	const struct any_ring_config config = {
		.parts = r->parts, .size = SIZE, .event_idx = true, .order_platform = true};

	r->dev.offered |= ANY_VIRTIO_F_EVENT_IDX;
	negotiate(r, GOOD | ANY_VIRTIO_F_EVENT_IDX);
	assert_true(accepted(r));
	assert_int_equal(any_ring_driver_init(driver, &config, shadow), 0);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	any_virtio_device_set_status(&r->dev, 0xf);
}

static uint32_t serve(struct rig *r, uint32_t most)
{
	struct any_ring_chain chain;
	uint32_t n = 0;

	for (; n < most && !any_virtio_device_take(&r->dev, 0, &chain); n++)
		any_virtio_device_use(&r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&r->dev, 0);
	return n;
}

/*
 * rcore-os/tgoskits #2255: EVENT_IDX was offered, and avail_event never written: drivers that
 * believe it kick once and never again. A device that found nothing more must be kicked for the
 * next, whatever the length of a burst, over the wrap of the index.
 */
static void tgoskits_2255_event_idx_is_kept_once_offered(void **state)
{
	struct any_ring_shadow shadow[SIZE];
	struct any_ring_driver driver;
	struct any_ring_done done;
	struct rig *r = *state;

	drive(r, &driver, shadow);
	for (uint32_t i = 0; i < 70000; i++) {
		const uint32_t n = 1 + i % SIZE;

		give(&driver, n);
		assert_true(any_ring_kick_needed(&driver)); /* it slept: it asked for this one */
		assert_int_equal(serve(r, SIZE + 1), n);
		for (uint32_t k = 0; k < n; k++)
			assert_int_equal(any_ring_take_used(&driver, &done), 0);
		any_ring_enable_call(&driver);
	}
	assert_int_equal(r->dev.status, 0xf);
}

/* hermit-os/uhyve #1234: the event compared with the index by ==; a burst steps over it. */
static void uhyve_1234_an_event_inside_a_burst(void **state)
{
	struct any_ring_shadow shadow[SIZE];
	struct any_ring_driver driver;
	struct any_ring_done done;
	struct rig *r = *state;

	drive(r, &driver, shadow);
	/* starts just below the wrap, too */
	for (uint32_t i = 0; i < 0xfff0 / SIZE; i++) {
		give(&driver, SIZE);
		(void)any_ring_kick_needed(&driver);
		assert_int_equal(serve(r, SIZE), SIZE);
		while (!any_ring_take_used(&driver, &done))
			;
	}
	for (uint32_t n = 1; n <= SIZE; n++)
		for (uint32_t at = 0; at <= n; at++) {
			const uint16_t from = (uint16_t)driver.used_idx;
			uint32_t before;

			give(&driver, n);
			any_store_le16(&r->parts.avail->ring[SIZE], (uint16_t)(from + at));
			before = r->interrupts;
			assert_int_equal(serve(r, n), n);
			/* asked at the n-th behind: none of these is it */
			assert_int_equal(r->interrupts - before, at < n);
			while (!any_ring_take_used(&driver, &done))
				;
		}
}

/* The slots from `first` on, `n` of them, in a ring of `size`: is (slot, wrap) one? By counting. */
static bool among(uint16_t first, uint32_t n, uint32_t size, uint16_t slot, uint16_t wrap)
{
	for (; n; n--) {
		if (first == (slot | wrap << 15))
			return true;
		first++;
		if ((first & 0x7fff) == size)
			first = (uint16_t)((first - size) ^ 0x8000);
	}
	return false;
}

/* hermit-os/kernel #1274: where in a packed ring the device asks to be kicked, taken wrongly. */
static void hermit_1274_a_packed_event_range(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	for (uint32_t size = 1; size <= 6; size++) {
		packed_init(&p, size, true);
		for (uint32_t round = 0; round < 200; round++) {
			const uint32_t n = 1 + round % size;
			const uint16_t first = any_packed_offset(p.driver.shown);
			const uint16_t slot = (uint16_t)(round / 7 % size), wrap = round / 3 & 1;
			const struct any_packed_event event = {
				any_cpu_to_le16((uint16_t)(slot | wrap << 15)),
				any_cpu_to_le16(ANY_PACKED_EVENT_DESC)};

			memcpy(p.parts.used, &event, sizeof(event));
			give(&p.driver, n);
			assert_int_equal(any_ring_kick_needed(&p.driver),
					 among(first, n, size, slot, wrap));
			for (uint32_t i = 0; i < n; i++)
				packed_serve(&p, 0);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
		}
		packed_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tgoskits_2255_event_idx_is_kept_once_offered),
		TEST(uhyve_1234_an_event_inside_a_burst),
		cmocka_unit_test(hermit_1274_a_packed_event_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
