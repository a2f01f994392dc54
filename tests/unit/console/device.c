/* SPDX-License-Identifier: BSD-2-Clause */
/* The console device: its configuration, and what it promises about ports (VD-CN-02). */
#include "rig.h"

/* ---- configuration --------------------------------------------------------------------------- */

static void vd_cn_01_a_last_word_in_any_state(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, ANY_CONSOLE_F_EMERG_WRITE);
	struct any_virtio_device *v = &r->dev.virtio;

	(void)state;
	assert_int_equal(v->status, 0); /* not even acknowledged */
	assert_int_equal(any_console_emergency_write(&r->transport, 'a'), 0);
	assert_int_equal(r->n_last_words, 1);
	any_virtio_device_config_write(v, 8, 4, 0xffffff00u | 'b'); /* the low byte */
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(any_console_emergency_write(&r->transport, 'c'), 0);
	any_virtio_device_fail(v, "test");
	assert_int_equal(any_console_emergency_write(&r->transport, 'd'), 0);
	any_virtio_device_config_write(v, 0, 4, 'e'); /* a size is not written */
	any_virtio_device_config_write(v, 4, 4, 'e');
	assert_int_equal(r->n_last_words, 4);
	assert_memory_equal(r->last_words, "abcd", 4);
	r->transport.config_len = 11;
	assert_int_equal(any_console_emergency_write(&r->transport, 'e'), -ANY_ENOTSUP);
	rig_down(r);

	r = rig_up(WORLD_FLAT, 0);
	assert_int_equal(any_console_emergency_write(&r->transport, 'a'), -ANY_ENOTSUP);
	any_virtio_device_config_write(&r->dev.virtio, 8, 4, 'a');
	assert_int_equal(r->n_last_words, 0);
	rig_down(r);
}

static void the_configuration_byte_by_byte(void **state)
{
	static const uint8_t wanted[12] = {80, 0, 25, 0, MAX, 0, 0, 0, 0, 0, 0, 0};
	struct rig *r = rig_of(WORLD_FLAT, MULTI | ANY_CONSOLE_F_SIZE);

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, i, 1), wanted[i]);
	assert_int_equal(any_console_device_resize(&r->dev, 0, 0x1234, 0x5678), 0);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, 0, 4), 0x56781234);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, 4, 4), MAX);
	rig_free(r);
}

static void devices_that_cannot_be(void **state)
{
	struct rig *r = rig_of(WORLD_FLAT, 0);
	struct any_console_device_config c = r->config;
	struct any_console_backend mute = {.write = rig_write};

#define INIT(backend, bytes)                                                                       \
	any_console_device_init(&r->dev, backend, r, &c, &r->world.space, r->device_memory, bytes)
	(void)state;
	c.max_ports = 0;
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), -ANY_EINVAL);
	c.max_ports = 2; /* without MULTIPORT */
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), -ANY_EINVAL);
	c.features |= MULTI;
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), 0);
	assert_int_equal(INIT(&r->backend, 64), -ANY_ENOSPC);
	c.max_ports = 0x8000;
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), -ANY_EINVAL);
	c.max_ports = 2;
	c.queue_max = 48;
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), -ANY_EINVAL);
	c.queue_max = 8;
	c.features |= ANY_CONSOLE_F_EMERG_WRITE;
	assert_int_equal(INIT(&mute, sizeof(r->device_memory)), -ANY_EINVAL);
	c.features = 1ull << 3;
	assert_int_equal(INIT(&r->backend, sizeof(r->device_memory)), -ANY_EINVAL);
#undef INIT
	rig_free(r);
}

/* ---- ports ----------------------------------------------------------------------------------- */

/* Every message of the device's, and whether it may be said now. */
struct watch {
	bool there[MAX];
	uint32_t adds, removes;
};

static void listen(struct rig *r, struct watch *w)
{
	const struct any_virtqueue *vq = &r->console.ctrl_rx;
	enum any_console_event event;
	uint32_t port;
	int err;

	do {
		run_device(r);
		err = any_console_control(&r->console, &port, &event);
		if (err)
			continue;
		assert_true(port < MAX);
		if (event == ANY_CONSOLE_PORT_ADD) {
			assert_false(w->there[port]);
			w->there[port] = true;
			w->adds++;
		} else if (event == ANY_CONSOLE_PORT_REMOVE) {
			assert_true(w->there[port]);
			w->there[port] = false;
			w->removes++;
		} else {
			assert_true(w->there[port]);
		}
	} while (!err);
	assert_int_equal(err, -ANY_EAGAIN);
	assert_false(vq->ring.broken);
	assert_int_equal(r->console.nonsense, 0); /* the driver says the same */
}

static void vd_cn_02_added_once_removed_once(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, MULTI);
	struct watch w = {.adds = 0};

	(void)state;
	assert_int_equal(any_console_device_add(&r->dev, MAX, false, NULL), -ANY_EINVAL);
	assert_int_equal(any_console_device_add(&r->dev, UINT32_MAX, false, NULL), -ANY_EINVAL);
	assert_int_equal(any_console_device_add(&r->dev, 0, false, NULL), -ANY_EINVAL);
	assert_int_equal(any_console_device_remove(&r->dev, 1), -ANY_ENOENT);
	assert_int_equal(any_console_device_remove(&r->dev, MAX), -ANY_ENOENT);
	/* before there is a driver: never told of */
	assert_int_equal(any_console_device_add(&r->dev, 1, false, "x"), 0);
	assert_int_equal(any_console_device_remove(&r->dev, 1), 0);
	assert_int_equal(any_console_device_add(&r->dev, 2, false, "y"), 0);
	r->options.ports = PORTS;
	assert_int_equal(rig_start(r), 0);
	listen(r, &w);
	assert_true(w.adds == 2 && !w.removes && w.there[0] && w.there[2]);
	/* added, and gone before the driver looked */
	assert_int_equal(any_console_device_add(&r->dev, 1, false, "x"), 0);
	assert_int_equal(any_console_device_remove(&r->dev, 1), 0);
	listen(r, &w);
	assert_true(w.adds == 2 && !w.removes);
	/* another one of the same number: first the old one goes */
	assert_int_equal(any_console_device_remove(&r->dev, 2), 0);
	assert_int_equal(any_console_device_add(&r->dev, 2, true, "z"), 0);
	listen(r, &w);
	assert_true(w.adds == 3 && w.removes == 1);
	assert_string_equal(r->console.ports[2].name, "z");
	assert_int_equal(any_console_device_set_open(&r->dev, 1, true), -ANY_ENOENT);
	assert_int_equal(any_console_device_resize(&r->dev, 1, 1, 1), -ANY_ENOENT);
	rig_down(r);
}

/* A second DEVICE_READY adds nothing that was added, and a reset forgets all of it. */
static void vd_cn_02_ready_again(void **state)
{
	static const uint8_t ready[8] = {0, 0, 0, 0, 0, 0, 1, 0};
	const struct any_virtqueue_buf buf = {NULL, 8, any_dma(0), false};
	struct rig *r = rig_up(WORLD_FLAT, MULTI);
	struct watch w = {.there = {true}};
	struct any_virtqueue_buf own = buf;

	(void)state;
	own.cpu = memcpy(r->world.ram, ready, 8);
	/* removed but not yet told, then ready again with a new one there */
	assert_int_equal(any_console_device_remove(&r->dev, 0), 0);
	assert_int_equal(any_virtqueue_add(&r->console.ctrl_tx, &own, 1, 0, (void *)31), 0);
	any_virtqueue_kick(&r->console.ctrl_tx);
	assert_int_equal(any_console_device_add(&r->dev, 0, true, NULL), 0);
	listen(r, &w);
	assert_true(w.adds == 1 && w.removes == 1 && w.there[0]);
	assert_int_equal(any_virtqueue_add(&r->console.ctrl_tx, &own, 1, 0, (void *)31), 0);
	any_virtqueue_kick(&r->console.ctrl_tx);
	listen(r, &w);
	assert_int_equal(w.adds, 1);
	rig_give_back(r);
	assert_false(r->dev.driver_ready || r->dev.ports[0].added || r->dev.ports[0].driver_open);
	assert_int_equal(rig_start(r), 0);
	memset(&w, 0, sizeof(w));
	listen(r, &w);
	assert_int_equal(w.adds, 1);
	rig_down(r);
}

/* Any order of what happens outside, with a driver that looks now and then. */
static void vd_cn_02_storm(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, MULTI);
	struct watch w = {.there = {true}};
	uint32_t seed = 12345;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		uint32_t port;

		seed = seed * 1664525u + 1013904223u;
		port = seed >> 24 & 3;
		switch (seed >> 16 & 7) {
		case 0:
		case 1:
			(void)!any_console_device_add(&r->dev, port, seed & 0x100, "n");
			break;
		case 2:
			(void)!any_console_device_remove(&r->dev, port);
			break;
		case 3:
			(void)!any_console_device_set_open(&r->dev, port, seed & 0x200);
			break;
		case 4:
			(void)!any_console_device_resize(&r->dev, port, (uint16_t)i, 1);
			break;
		default:
			(void)any_console_device_process(&r->dev, 1);
			if (seed & 0x400)
				listen(r, &w);
		}
	}
	listen(r, &w);
	assert_true(w.adds > 100 && w.removes > 100);
	for (uint32_t port = 0; port < PORTS; port++) {
		const struct any_console_port *p = &r->console.ports[port];

		assert_int_equal(p->there, r->dev.ports[port].there);
		assert_int_equal(p->open, r->dev.ports[port].there && r->dev.ports[port].open);
		if (p->there)
			assert_int_equal(p->console, r->dev.ports[port].console);
	}
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_cn_01_a_last_word_in_any_state),
		cmocka_unit_test(the_configuration_byte_by_byte),
		cmocka_unit_test(devices_that_cannot_be),
		cmocka_unit_test(vd_cn_02_added_once_removed_once),
		cmocka_unit_test(vd_cn_02_ready_again),
		cmocka_unit_test(vd_cn_02_storm),
	};

	return rig_main(tests, sizeof(tests) / sizeof(tests[0]));
}
