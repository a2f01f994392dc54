/* SPDX-License-Identifier: BSD-2-Clause */
/* The console device against a driver that lies. */
#include "rig.h"

static void say_raw(struct rig *r, uint32_t queue, const struct any_virtqueue_buf *buf,
		    uint32_t n_out, uint32_t n_in)
{
	struct any_virtqueue *vq = queue == ANY_CONSOLE_CTRL_TX	  ? &r->console.ctrl_tx
				   : queue == ANY_CONSOLE_CTRL_RX ? &r->console.ctrl_rx
				   : queue == ANY_CONSOLE_RX(0)	  ? &r->console.ports[0].rx
								  : &r->console.ports[0].tx;

	assert_int_equal(any_virtqueue_add(vq, buf, n_out, n_in, NULL), 0);
	any_virtqueue_kick(vq);
}

static void messages_that_mean_nothing(void **state)
{
	static const struct {
		uint32_t id;
		uint16_t event, value;
	} said[] = {
		{1, ANY_CONSOLE_PORT_READY, 1},
		{MAX, ANY_CONSOLE_PORT_OPEN, 1},
		{UINT32_MAX, ANY_CONSOLE_PORT_READY, 1},
		{0, ANY_CONSOLE_PORT_ADD, 1},
		{0, ANY_CONSOLE_PORT_REMOVE, 1},
		{0, ANY_CONSOLE_PORT_NAME, 1},
		{0, ANY_CONSOLE_RESIZE, 1},
		{0, ANY_CONSOLE_CONSOLE_PORT, 1},
		{0, 8, 1},
		{0, 0xffff, 1},
	};
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	const struct any_console_device_port before = r->dev.ports[0];
	struct any_console_message *m = (void *)r->world.ram;
	struct any_virtqueue_buf buf = {m, 8, any_dma(0), false};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(said); i++) {
		any_store_le32(&m->id, said[i].id);
		any_store_le16(&m->event, said[i].event);
		any_store_le16(&m->value, said[i].value);
		say_raw(r, ANY_CONSOLE_CTRL_TX, &buf, 1, 0);
		run_device(r);
		assert_int_equal(r->dev.nonsense, i + 1);
	}
	buf.len = 7; /* too short for anything */
	say_raw(r, ANY_CONSOLE_CTRL_TX, &buf, 1, 0);
	run_device(r);
	assert_int_equal(r->dev.nonsense, ANY_ARRAY_SIZE(said) + 1);
	assert_memory_equal(&before, &r->dev.ports[0], sizeof(before));
	assert_false(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	rig_down(r);
}

/* The wrong way round: readable buffers for input, writable ones for output. */
static void vg_cn_01_broken(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, 0);
	const struct any_virtqueue_buf buf = {memset(r->world.ram, 'q', 16), 16, any_dma(0), false};
	uint32_t len;
	void *cookie;

	(void)state;
	say_raw(r, ANY_CONSOLE_RX(0), &buf, 1, 0);
	post(r, 0, r->world.ram + 4096, 16);
	assert_int_equal(any_console_device_deliver(&r->dev, 0, "hello", 5), 5);
	assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), -ANY_EIO);
	assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), 0);
	assert_int_equal(len, 5);
	say_raw(r, ANY_CONSOLE_TX(0), &buf, 0, 1);
	run_device(r);
	assert_int_equal(r->n_heard[0], 0);
	assert_int_equal(r->world.ram[0], 'q');
	assert_int_equal(any_console_reclaim(&r->console, 0, &cookie), 0);
	rig_down(r);
}

/* A message buffer that is short gets what fits. */
static void short_message_buffers(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	const struct any_virtqueue_buf buf = {memset(r->world.ram, 0xee, 64), 10, any_dma(0),
					      false};
	uint32_t written = 0, taken = 0;
	void *cookie;

	(void)state;
	rig_give_back(r);
	r->options.ports = 1;
	assert_int_equal(rig_start(r), 0);
	while (!any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_RX,
				       &(struct any_ring_chain){.n_in = 0}))
		taken++; /* the driver's own are out of the way */
	assert_int_equal(taken, ANY_CONSOLE_CTRL_SIZE);
	for (uint32_t i = 0; i < taken; i++)
		any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_CTRL_RX, (uint16_t)i, 0);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_CTRL_RX);
	while (!any_virtqueue_take(&r->console.ctrl_rx, &cookie, &written))
		;
	run_device(r);
	say_raw(r, ANY_CONSOLE_CTRL_RX, &buf, 0, 1);
	run_device(r);
	assert_int_equal(any_virtqueue_take(&r->console.ctrl_rx, &cookie, &written), 0);
	assert_int_equal(written, 8);
	assert_int_equal(r->world.ram[4], ANY_CONSOLE_PORT_ADD);
	assert_int_equal(r->world.ram[8], 0xee);
	rig_down(r);
}

/* On each queue: memory that is not the driver's ends it until the reset. */
static void memory_that_is_not_the_drivers(void **state)
{
	const struct any_virtqueue_buf away = {NULL, 16, any_dma(0x1000), true};
	static const struct {
		uint32_t queue, n_out;
	} tries[] = {{ANY_CONSOLE_TX(0), 1}, {ANY_CONSOLE_RX(0), 0}, {ANY_CONSOLE_CTRL_TX, 1}};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(tries); i++) {
		struct rig *r = rig_up(WORLD_OFFSET, MULTI);

		say_raw(r, tries[i].queue, &away, tries[i].n_out, !tries[i].n_out);
		(void)any_console_device_process(&r->dev, 9);
		(void)!any_console_device_deliver(&r->dev, 0, "hello", 5);
		assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
		assert_non_null(r->dev.virtio.why);
		rig_down(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_that_mean_nothing),
		cmocka_unit_test(vg_cn_01_broken),
		cmocka_unit_test(short_message_buffers),
		cmocka_unit_test(memory_that_is_not_the_drivers),
	};

	return rig_main(tests, sizeof(tests) / sizeof(tests[0]));
}
