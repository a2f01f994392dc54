/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcore-os/virtio-drivers #125: an index was read with a plain load, which a compiler may take out
 * of a loop that polls: it never ends. The ring's half of the driver stands in front of this text
 * (meson.build) and everything is put into the loop, so that the compiler could; the other side is
 * a thread.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIZE  8u
#define TURNS 2000u
#define SPINS                                                                                      \
	(1u << 30) /* looks until it is given up; a device that is a thread takes far fewer        \
		    */

static struct any_ring_device device;
static struct any_ring_piece pieces[SIZE];

static void *device_thread(void *arg)
{
	struct any_ring_chain chain = {.piece = pieces, .max = SIZE};

	for (uint32_t n = 0; n < TURNS;) {
		if (any_ring_take_avail(&device, &chain))
			continue;
		any_ring_make_used(&device, chain.head, 0);
		(void)any_ring_publish_used(&device);
		n++;
	}
	return arg;
}

__attribute__((flatten, noinline)) static bool polls_until_used(struct any_ring_driver *driver,
								struct any_ring_done *done)
{
	int err = -ANY_EAGAIN;

	for (uint32_t n = 0; n < SPINS && err == -ANY_EAGAIN; n++)
		err = any_ring_see_split(driver); /* no call is left in the loop */
	return !err && !any_ring_take_used(driver, done);
}

__attribute__((flatten, noinline)) static bool looks_until_used(struct any_ring_driver *driver)
{
	for (uint32_t n = 0; n < SPINS; n++)
		if (any_ring_more_used(driver))
			return true;
	return false;
}

static void virtio_drivers_125_a_loop_that_polls_ends(void **state)
{
	static _Alignas(64) uint8_t mem[4096];
	struct any_ring_shadow shadow[SIZE];
	struct any_vring_layout layout;
	struct any_ring_config config = {.size = SIZE};
	const struct any_ring_buf buf = {0x1000, 16};
	struct any_ring_driver driver;
	struct any_ring_done done;
	pthread_t thread;
	uint16_t id;

	(void)state;
	any_vring_layout(SIZE, 64, &layout);
	config.parts = any_vring_at(mem, &layout);
	assert_int_equal(any_ring_driver_init(&driver, &config, shadow), 0);
	assert_int_equal(any_ring_device_init(&device, &config), 0);
	assert_int_equal(pthread_create(&thread, NULL, device_thread, NULL), 0);
	for (uint32_t i = 0; i < TURNS; i++) {
		assert_int_equal(any_ring_make_avail(&driver, &buf, 0, 1, &id), 0);
		assert_true(any_ring_publish_avail(&driver));
		if (i % 2)
			assert_true(looks_until_used(&driver));
		assert_true(polls_until_used(&driver, &done));
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(driver.used_idx, TURNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtio_drivers_125_a_loop_that_polls_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
