/* SPDX-License-Identifier: BSD-2-Clause */
/* Console driver and device: bytes both ways, ports that come and go, and how both end. */
#include "rig.h"

/* ---- port 0 alone ---------------------------------------------------------------------------- */

static void bytes_both_ways_without_multiport(void **state)
{
	uint32_t len;
	void *cookie;

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind, ANY_CONSOLE_F_SIZE);
		const struct any_console_port *p = &r->console.ports[0];
		uint8_t words[200];

		assert_int_equal(r->console.n_ports, 1);
		assert_true(p->there && p->open && p->cols == 80 && p->rows == 25);
		assert_int_equal(any_console_set_open(&r->console, 0, true), -ANY_ENOTSUP);
		say(r, 0, fill(r, 4096, 777, 1), 777);
		assert_int_equal(r->n_heard[0], 777);
		expect(r->heard[0], 777, 1);

		for (size_t i = 0; i < sizeof(words); i++)
			words[i] = content(2, i);
		assert_int_equal(any_console_device_deliver(&r->dev, 0, words, 200), 0);
		assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), -ANY_EAGAIN);
		for (unsigned i = 0; i < 3; i++)
			post(r, 0, r->world.ram + 8192 * (1 + i), 80);
		assert_int_equal(any_console_device_deliver(&r->dev, 0, words, 200), 200);
		for (unsigned i = 0; i < 3; i++) {
			assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), 0);
			assert_ptr_equal(cookie, r->world.ram + 8192 * (1 + i));
			assert_int_equal(len, i < 2 ? 80 : 40);
			assert_memory_equal(cookie, words + 80 * i, len);
		}
		assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), -ANY_EAGAIN);
		assert_int_equal(rig_down(r), 0);
	}
}

static void more_than_fits_waits(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, 0);
	uint8_t words[100];
	uint32_t len;
	void *cookie;

	(void)state;
	for (size_t i = 0; i < sizeof(words); i++)
		words[i] = content(3, i);
	for (unsigned i = 0; i < QUEUE; i++)
		post(r, 0, r->world.ram + 4096 * i, 4);
	assert_int_equal(any_console_post(&r->console, 0, r->world.ram, 4, r), -ANY_ENOMEM);
	assert_int_equal(any_console_device_deliver(&r->dev, 0, words, 100), 4 * QUEUE);
	for (unsigned i = 0; i < QUEUE; i++) {
		assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), 0);
		assert_memory_equal(cookie, words + 4 * i, 4);
	}
	assert_int_equal(rig_down(r), 0);
}

static void throttled_until_it_may_go_on(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, 0);
	void *cookie;

	(void)state;
	assert_int_equal(any_console_device_throttle(&r->dev, 1, true), -ANY_ENOENT);
	assert_int_equal(any_console_device_throttle(&r->dev, 0, true), 0);
	assert_int_equal(any_console_transmit(&r->console, 0, fill(r, 0, 9, 4), 9, r), 0);
	any_console_kick_transmit(&r->console, 0);
	run_device(r);
	assert_int_equal(any_console_reclaim(&r->console, 0, &cookie), -ANY_EAGAIN);
	assert_int_equal(any_console_device_throttle(&r->dev, 0, false), 0);
	run_device(r);
	assert_int_equal(any_console_reclaim(&r->console, 0, &cookie), 0);
	expect(r->heard[0], 9, 4);
	rig_down(r);
}

/* What it has when it is stopped comes back, each once. */
static void what_is_out_comes_back(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind, MULTI);

		for (uint32_t port = 0; port < 1; port++) {
			post(r, port, r->world.ram, 100);
			assert_int_equal(any_console_transmit(&r->console, port,
							      r->world.ram + 4096, 100, r),
					 0);
		}
		assert_int_equal(rig_down(r), 2);
	}
}

/* VG-CN-01, as the device sees it: nothing readable comes in, nothing writable goes out. */
static void vg_cn_01_one_direction(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);

	(void)state;
	post(r, 0, r->world.ram, 100);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_RX(0), &chain), 0);
	assert_true(chain.n_out == 0 && chain.n_in == 1 && chain.in_len == 100);
	assert_int_equal(any_console_transmit(&r->console, 0, r->world.ram, 50, r), 0);
	any_console_kick_transmit(&r->console, 0);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_TX(0), &chain), 0);
	assert_true(chain.n_out == 1 && chain.n_in == 0 && chain.out_len == 50);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_RX, &chain), 0);
	assert_true(chain.n_out == 0 && chain.n_in == 1);
	assert_int_equal(any_console_set_open(&r->console, 0, false), 0);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_TX, &chain), 0);
	assert_true(chain.n_out == 1 && chain.n_in == 0 && chain.out_len == 8);
	assert_int_equal(rig_down(r), 2);
}

/* A stack is no memory for a device. */
static void vg_cn_05_not_from_the_stack(void **state)
{
	struct rig *r = rig_up(WORLD_FLAT, 0);
	char c = 'x';

	(void)state;
	assert_int_equal(any_console_transmit(&r->console, 0, &c, 1, r), -ANY_EFAULT);
	assert_int_equal(any_console_post(&r->console, 0, &c, 1, r), -ANY_EFAULT);
	assert_int_equal(any_console_transmit(&r->console, 0, r->world.ram, 0, r), -ANY_EINVAL);
	assert_int_equal(rig_down(r), 0);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void vg_cn_02_03_port_0_is_a_console(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_of((enum world_kind)kind, MULTI | ANY_CONSOLE_F_SIZE);
		struct any_console_port *p;
		enum any_console_event event;
		uint32_t port;

		assert_int_equal(rig_start(r), 0);
		p = &r->console.ports[0];
		assert_false(p->there);
		assert_int_equal(any_console_post(&r->console, 0, r->world.ram, 8, r), -ANY_ENODEV);
		assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EAGAIN);
		run_device(r);
		assert_true(r->dev.driver_ready); /* VG-CN-02 */
		assert_int_equal(any_console_control(&r->console, &port, &event), 0);
		assert_true(port == 0 && event == ANY_CONSOLE_PORT_ADD && p->there && !p->console);
		run_device(r);
		assert_true(r->dev.ports[0].ready && !r->dev.ports[0].driver_open);
		assert_int_equal(any_console_control(&r->console, &port, &event), 0);
		assert_true(event == ANY_CONSOLE_CONSOLE_PORT && p->console);
		run_device(r);
		assert_true(r->dev.ports[0].driver_open); /* VG-CN-03 */
		assert_int_equal(r->opens, 1);
		settle(r);
		assert_true(p->open && p->cols == 80 && p->rows == 25);
		assert_int_equal(r->console.nonsense, 0);
		assert_int_equal(r->dev.nonsense, 0);
		rig_down(r);
	}
}

static void ports_come_and_go(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind, MULTI);
		struct any_console_port *p = &r->console.ports[2];

		assert_int_equal(any_console_device_add(&r->dev, 2, false, "org.example.agent"), 0);
		assert_int_equal(settle(r), 2);
		assert_true(p->there && !p->console && !p->open);
		assert_string_equal(p->name, "org.example.agent");
		assert_int_equal(any_console_device_set_open(&r->dev, 2, true), 0);
		settle(r);
		assert_true(p->open);
		post(r, 2, r->world.ram, 64);
		assert_int_equal(any_console_device_deliver(&r->dev, 2, "no", 2), 0);
		assert_int_equal(any_console_set_open(&r->console, 2, true), 0);
		run_device(r);
		assert_int_equal(any_console_device_deliver(&r->dev, 2, "yes", 3), 3);
		say(r, 2, fill(r, 4096, 30, 5), 30);
		expect(r->heard[2], 30, 5);
		assert_int_equal(any_console_set_open(&r->console, 2, false), 0);
		run_device(r);
		assert_int_equal(r->closes, 1);

		assert_int_equal(any_console_device_remove(&r->dev, 2), 0);
		assert_int_equal(settle(r), 1);
		assert_false(p->there || p->open);
		assert_int_equal(any_console_transmit(&r->console, 2, r->world.ram, 1, r),
				 -ANY_ENODEV);
		assert_int_equal(any_console_set_open(&r->console, 2, true), -ANY_ENODEV);
		assert_int_equal(any_console_device_add(&r->dev, 2, true, NULL), 0);
		settle(r);
		assert_true(p->there && p->console);
		assert_string_equal(p->name, "");
		assert_int_equal(rig_down(r), 1);
	}
}

/* There are no queues for it here, so it is told that it is not ready. */
static void a_port_too_many_is_refused(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);

	(void)state;
	assert_int_equal(any_console_device_add(&r->dev, 3, true, "far"), 0);
	assert_int_equal(settle(r), 1);
	assert_true(r->dev.ports[3].added && !r->dev.ports[3].ready);
	assert_int_equal(any_console_post(&r->console, 3, r->world.ram, 8, r), -ANY_EINVAL);
	assert_int_equal(any_console_set_open(&r->console, 3, true), -ANY_EINVAL);
	rig_down(r);
}

static void a_terminal_changes_its_size(void **state)
{
	struct rig *r = rig_up(WORLD_FLAT, ANY_CONSOLE_F_SIZE);

	(void)state;
	assert_int_equal(any_console_interrupt(&r->console), 0);
	assert_int_equal(any_console_device_resize(&r->dev, 0, 132, 43), 0);
	assert_int_equal(r->console.ports[0].cols, 80);
	assert_int_equal(any_console_interrupt(&r->console), 0);
	assert_int_equal(r->console.ports[0].cols, 132);
	assert_int_equal(r->console.ports[0].rows, 43);
	any_virtio_device_fail(&r->dev.virtio, "test");
	assert_int_equal(any_console_interrupt(&r->console), -ANY_EPROTO);
	rig_down(r);

	r = rig_up(WORLD_FLAT, MULTI);
	assert_int_equal(any_console_device_resize(&r->dev, 0, 300, 1000), 0);
	settle(r);
	assert_true(r->console.ports[0].cols == 300 && r->console.ports[0].rows == 1000);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_both_ways_without_multiport),
		cmocka_unit_test(more_than_fits_waits),
		cmocka_unit_test(throttled_until_it_may_go_on),
		cmocka_unit_test(what_is_out_comes_back),
		cmocka_unit_test(vg_cn_01_one_direction),
		cmocka_unit_test(vg_cn_05_not_from_the_stack),
		cmocka_unit_test(vg_cn_02_03_port_0_is_a_console),
		cmocka_unit_test(ports_come_and_go),
		cmocka_unit_test(a_port_too_many_is_refused),
		cmocka_unit_test(a_terminal_changes_its_size),
	};

	return rig_main(tests, sizeof(tests) / sizeof(tests[0]));
}
