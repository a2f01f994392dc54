/* SPDX-License-Identifier: BSD-2-Clause */
/* The console driver against a device that lies: messages, lengths, configuration (VG-CN-04). */
#include "rig.h"

/* A message of any kind: what it writes, and how much it says it wrote. */
static void tell_raw(struct rig *r, const void *bytes, size_t len, uint32_t says)
{
	struct any_virtio_cursor in;
	struct any_ring_chain chain;

	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_RX, &chain), 0);
	in = any_virtio_cursor_in(&chain);
	assert_int_equal(any_virtio_device_store(&r->dev.virtio, &in, bytes, len), 0);
	any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_CTRL_RX, chain.head, says);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_CTRL_RX);
}

struct longest {
	struct any_console_message head;
	uint8_t more[120];
};

static int tell(struct rig *r, uint32_t id, unsigned event, unsigned value, const void *more,
		uint32_t n_more)
{
	struct longest m = {.head = {any_cpu_to_le32(id), any_cpu_to_le16((uint16_t)event),
				     any_cpu_to_le16((uint16_t)value)}};
	enum any_console_event got;
	uint32_t port;
	int err;

	if (n_more)
		memcpy(m.more, more, n_more);
	tell_raw(r, &m, 8 + n_more, 8 + n_more);
	err = any_console_control(&r->console, &port, &got);
	if (!err)
		assert_true(port == id && (unsigned)got == event);
	return err;
}

static uint32_t n_answers(struct rig *r)
{
	struct any_ring_chain chain;
	uint32_t n = 0;

	for (; !any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_TX, &chain); n++)
		any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_CTRL_TX, chain.head, 0);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_CTRL_TX);
	return n;
}

static void vg_cn_04_ports_that_are_not_there(void **state)
{
	static const uint32_t ids[] = {1, 2, 3, MAX, 0x7fff, 0x10000, 0x80000000u, UINT32_MAX};
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	uint32_t n = 0;

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(ids); i++)
		for (unsigned event = 0; event < 12; event++) {
			if (event == ANY_CONSOLE_PORT_ADD && ids[i] < MAX)
				continue;
			if (event == ANY_CONSOLE_PORT_REMOVE && ids[i] == PORTS)
				continue; /* it may have been refused */
			assert_int_equal(tell(r, ids[i], event, 1, "name", 4), -ANY_EIO);
			assert_int_equal(r->console.nonsense, ++n);
			assert_int_equal(n_answers(r), 0);
		}
	for (uint32_t i = 1; i < PORTS; i++)
		assert_false(r->console.ports[i].there);
	rig_down(r);
}

static void vg_cn_04_events_that_are_none(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE, MULTI);
	const struct any_console_port before = r->console.ports[0];

	(void)state;
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_ADD, 1, NULL, 0), -ANY_EIO); /* it is there */
	assert_int_equal(tell(r, 0, ANY_CONSOLE_DEVICE_READY, 1, NULL, 0), -ANY_EIO);
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_READY, 1, NULL, 0), -ANY_EIO);
	assert_int_equal(tell(r, 0, 8, 1, NULL, 0), -ANY_EIO);
	assert_int_equal(tell(r, 0, 0xffff, 1, NULL, 0), -ANY_EIO);
	assert_int_equal(n_answers(r), 0);
	assert_memory_equal(&before, &r->console.ports[0], sizeof(before));
	assert_int_equal(r->console.nonsense, 5);
	rig_down(r);
}

static void vg_cn_04_short_messages(void **state)
{
	static const uint8_t bytes[16] = {0, 0, 0, 0, ANY_CONSOLE_CONSOLE_PORT, 0, 1, 0};
	struct rig *r = rig_up(WORLD_NONCOHERENT, MULTI);
	enum any_console_event event;
	uint32_t port;

	(void)state;
	for (uint32_t len = 0; len < 8; len++) {
		tell_raw(r, bytes, len, len);
		assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EIO);
	}
	tell_raw(r, bytes, 8, 7); /* all of it is there, but that is not what it says */
	assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EIO);
	assert_int_equal(n_answers(r), 0);
	assert_int_equal(r->console.nonsense, 9);
	for (uint32_t n = 0; n < 4; n++)
		assert_int_equal(tell(r, 0, ANY_CONSOLE_RESIZE, 0, "\1\2\3\4", n), -ANY_EIO);
	assert_int_equal(tell(r, 0, ANY_CONSOLE_RESIZE, 0, "\1\2\3\4", 4), 0);
	assert_int_equal(r->console.ports[0].cols, 0x201);
	assert_int_equal(r->console.ports[0].rows, 0x403);
	rig_down(r);
}

/* Buffers are posted again after each message, whatever it was. */
static void messages_without_end(void **state)
{
	struct rig *r = rig_up(WORLD_FLAT, MULTI);

	(void)state;
	for (unsigned i = 0; i < 5 * ANY_CONSOLE_CTRL_SIZE; i++)
		assert_int_equal(tell(r, i % 2, ANY_CONSOLE_PORT_OPEN, i % 3, NULL, 0),
				 i % 2 ? -ANY_EIO : 0);
	assert_int_equal(r->console.nonsense, 5 * ANY_CONSOLE_CTRL_SIZE / 2);
	rig_down(r);
}

static void names_without_an_end(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	struct any_console_port *p = &r->console.ports[0];
	char longest[120];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	memset(p->name, 'y', sizeof(p->name));
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_NAME, 1, longest, 120), 0);
	assert_ptr_equal(memchr(p->name, 0, sizeof(p->name)), p->name + ANY_CONSOLE_NAME_BYTES - 1);
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_NAME, 1, longest, 3), 0);
	assert_string_equal(p->name, "xxx");
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_NAME, 1, "ab\0cd", 5),
			 0); /* as QEMU ends it */
	assert_string_equal(p->name, "ab");
	assert_int_equal(tell(r, 0, ANY_CONSOLE_PORT_NAME, 1, longest, 0), 0);
	assert_string_equal(p->name, "");
	rig_down(r);
}

/* It never reads what it is answered: the driver asks nothing of it that it cannot answer. */
static void answers_that_nobody_reads(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	const uint32_t n_out = r->console.ctrl_tx.ring.size;
	enum any_console_event event;
	uint32_t port, n = 0;

	(void)state;
	assert_int_equal(n_out, ANY_CONSOLE_CTRL_SIZE);
	while (!any_console_set_open(&r->console, 0, true))
		n++;
	assert_int_equal(n, n_out);
	assert_int_equal(any_console_set_open(&r->console, 0, true), -ANY_EAGAIN);
	tell_raw(r, "\1\0\0\0\1\0\1\0", 8, 8);
	assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EAGAIN);
	assert_false(r->console.ports[1].there);
	assert_int_equal(n_answers(r), n_out);
	assert_int_equal(any_console_control(&r->console, &port, &event), 0);
	assert_true(port == 1 && r->console.ports[1].there);
	assert_int_equal(n_answers(r), 1);
	rig_down(r);
}

static void longer_than_the_buffer(void **state)
{
	static const uint8_t bytes[8] = {0, 0, 0, 0, ANY_CONSOLE_CONSOLE_PORT, 0, 1, 0};
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	enum any_console_event event;
	struct any_ring_chain chain;
	uint32_t port, len;
	void *cookie;

	(void)state;
	tell_raw(r, bytes, 8, 129);
	assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EPROTO);
	assert_int_equal(any_console_control(&r->console, &port, &event), -ANY_EPROTO);
	post(r, 0, r->world.ram, 16);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_RX(0), &chain), 0);
	any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_RX(0), chain.head, 17);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_RX(0));
	assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), -ANY_EPROTO);
	assert_int_equal(rig_down(r), 1); /* nothing is lost */
}

/* An answer that says it was written to, and input that is none. */
static void lengths_that_cannot_be(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, MULTI);
	struct any_ring_chain chain;
	uint32_t len;
	void *cookie;

	(void)state;
	post(r, 0, r->world.ram, 16);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_RX(0), &chain), 0);
	any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_RX(0), chain.head, 0);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_RX(0));
	assert_int_equal(any_console_receive(&r->console, 0, &cookie, &len), -ANY_EIO);
	assert_ptr_equal(cookie, r->world.ram);
	assert_int_equal(any_console_set_open(&r->console, 0, true), 0);
	assert_int_equal(any_virtio_device_take(&r->dev.virtio, ANY_CONSOLE_CTRL_TX, &chain), 0);
	any_virtio_device_use(&r->dev.virtio, ANY_CONSOLE_CTRL_TX, chain.head, 1);
	any_virtio_device_publish(&r->dev.virtio, ANY_CONSOLE_CTRL_TX);
	assert_int_equal(any_console_set_open(&r->console, 0, true), -ANY_EPROTO);
	assert_int_equal(rig_down(r), 0);
}

/* ---- what init refuses, and leaves nothing behind ----------------------------------------------
 */

static void init_refuses(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, MULTI);

	(void)state;
	r->transport.device_id = ANY_VIRTIO_ID_RNG;
	assert_int_equal(rig_start(r), -ANY_ENODEV);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	r->transport.device_id = ANY_VIRTIO_ID_CONSOLE;
	r->dev.config.max_ports = 0;
	assert_int_equal(rig_start(r), -ANY_ENODEV);
	assert_non_null(r->console.virtio.why);
	r->dev.config.max_ports = MAX;
	r->options.size = 0;
	assert_int_equal(rig_start(r), -ANY_ENOSPC);
	r->options.size = QUEUE;
	for (size_t bytes = 0; bytes < sizeof(r->memory); bytes += 1000)
		if (!any_console_init(&r->console, &r->transport, &r->world.dev, &r->options,
				      r->memory, bytes)) {
			assert_true(r->console.ports[0].rx.ring.size < QUEUE);
			rig_give_back(r);
		}
	/* queues that are not there, from the last to the first */
	for (uint32_t queue = 2 * PORTS + 2; queue--;) {
		r->dev.virtio.queues[queue].max = 0;
		assert_int_equal(rig_start(r), -ANY_ENOENT);
		assert_string_equal(r->console.virtio.why, "no memory for the queues");
		assert_int_equal(r->world.coherent.pages_used, 0);
	}
	rig_free(r);
}

/* Fewer ports than it could drive, and no more than there are. */
static void as_many_ports_as_both_have(void **state)
{
	struct rig *r = rig_of(WORLD_FLAT, MULTI);

	(void)state;
	r->options.ports = 0;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->console.n_ports, 1);
	assert_int_equal(r->console.max_ports, MAX);
	rig_give_back(r);
	r->options.ports = PORTS;
	r->dev.config.max_ports = 2;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->console.n_ports, 2);
	rig_give_back(r);
	r->dev.config.max_ports = MAX;
	r->options.without = MULTI;
	assert_int_equal(rig_start(r), 0);
	assert_int_equal(r->console.n_ports, 1);
	assert_true(r->console.ports[0].there);
	assert_int_equal(any_console_control(&r->console, &(uint32_t){0},
					     &(enum any_console_event){ANY_CONSOLE_RESIZE}),
			 -ANY_ENOTSUP);
	rig_down(r);
}

/* Messages and rings in streaming memory: the same ports, the same bytes. */
static void without_coherent_memory(void **state)
{
	struct rig *r = rig_of(WORLD_NONCOHERENT, MULTI & ~rig_more);
	uint8_t *shared = r->world.ram + (2u << 20);
	size_t bytes;

	(void)state;
	r->world.plat.coherent = NULL;
	bytes = any_console_shared_bytes(&r->world.dev, PORTS, QUEUE);
	assert_int_equal(any_console_init_cached(&r->console, &r->transport, &r->world.dev,
						 &r->options, r->memory, sizeof(r->memory), NULL,
						 0),
			 -ANY_EINVAL);
	assert_int_equal(any_console_init_cached(&r->console, &r->transport, &r->world.dev,
						 &r->options, r->memory, sizeof(r->memory),
						 shared + 3, bytes),
			 0);
	assert_int_equal(r->console.ports[0].rx.ring.size, QUEUE);
	settle(r);
	assert_true(r->console.ports[0].console && r->dev.ports[0].driver_open);
	say(r, 0, fill(r, 4096, 99, 6), 99);
	expect(r->heard[0], 99, 6);
	assert_true(r->world.cleans && r->world.invals);
	rig_give_back(r);
	assert_int_equal(any_console_init_cached(&r->console, &r->transport, &r->world.dev,
						 &r->options, r->memory, sizeof(r->memory), shared,
						 bytes / 4),
			 -ANY_ENOSPC);
	assert_int_equal(r->world.dev.stats.maps, r->world.dev.stats.unmaps);
	rig_free(r);
}

/* A pool that others have nearly emptied: the rings find room in it, the messages do not. */
static void no_room_for_messages(void **state)
{
	struct rig *r = rig_of(WORLD_BOUNCE, MULTI & ~rig_more);
	uint8_t *shared = r->world.ram + (2u << 20);
	struct any_dma_mapping others[30];

	(void)state;
	r->world.plat.coherent = NULL;
	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(any_dma_map(&r->world.dev, r->world.ram + 4096 * i, 64,
					     ANY_DMA_BOTH, &others[i]),
				 0);
	assert_int_equal(
		any_console_init_cached(&r->console, &r->transport, &r->world.dev, &r->options,
					r->memory, sizeof(r->memory), shared,
					any_console_shared_bytes(&r->world.dev, PORTS, QUEUE)),
		-ANY_ENOMEM);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	assert_int_equal(r->world.pool.counters.live, 30);
	for (unsigned i = 0; i < 30; i++)
		any_dma_unmap(&r->world.dev, &others[i]);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_cn_04_ports_that_are_not_there),
		cmocka_unit_test(vg_cn_04_events_that_are_none),
		cmocka_unit_test(vg_cn_04_short_messages),
		cmocka_unit_test(messages_without_end),
		cmocka_unit_test(names_without_an_end),
		cmocka_unit_test(answers_that_nobody_reads),
		cmocka_unit_test(longer_than_the_buffer),
		cmocka_unit_test(lengths_that_cannot_be),
		cmocka_unit_test(init_refuses),
		cmocka_unit_test(as_many_ports_as_both_have),
		cmocka_unit_test(without_coherent_memory),
		cmocka_unit_test(no_room_for_messages),
	};

	return rig_main(tests, sizeof(tests) / sizeof(tests[0]));
}
