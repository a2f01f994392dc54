/* SPDX-License-Identifier: BSD-2-Clause */
/* Console driver and console device over the in-process transport, and a terminal that remembers.
 */
#ifndef ANYDMA_TESTS_CONSOLE_RIG_H
#define ANYDMA_TESTS_CONSOLE_RIG_H

#include "../virtio/world.h"

#include <anydma/console.h>
#include <anydma/console_device.h>
#include <anydma/endian.h>

#define QUEUE 8u
#define PORTS 3u /* the driver drives */
#define MAX   4u /* the device can have */
#define HEARD 65536u

#define PLAT  (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)
#define MULTI ANY_CONSOLE_F_MULTIPORT

/* Set for the second half of a test program: the same tests over packed rings. */
static uint64_t rig_more;

struct rig {
	struct world world;
	struct any_console_backend backend;
	struct any_console_device dev;
	struct any_console_device_config config;
	struct any_console_options options;
	struct any_virtio_transport transport;
	struct any_console console;
	uint8_t heard[MAX][HEARD]; /* what came out of a port */
	size_t n_heard[MAX];
	uint32_t opens, closes;
	uint8_t last_words[8];
	uint32_t n_last_words;
	uint64_t memory[ANY_CONSOLE_BYTES(PORTS, QUEUE) / 8];
	uint64_t device_memory[ANY_CONSOLE_DEVICE_BYTES(MAX, 64) / 8];
};

static inline void rig_write(void *ctx, uint32_t port, const void *bytes, size_t len)
{
	struct rig *r = ctx;

	assert_true(port < MAX && len <= HEARD - r->n_heard[port]);
	memcpy(r->heard[port] + r->n_heard[port], bytes, len);
	r->n_heard[port] += len;
}

static inline void rig_opened(void *ctx, uint32_t port, bool open)
{
	struct rig *r = ctx;

	assert_true(port < MAX);
	r->opens += open;
	r->closes += !open;
}

static inline void rig_emergency(void *ctx, uint8_t c)
{
	struct rig *r = ctx;

	r->last_words[r->n_last_words++ % sizeof(r->last_words)] = c;
}

/* The device there is, with `features`; the driver not yet. */
static inline struct rig *rig_of(enum world_kind kind, uint64_t features)
{
	struct rig *r = calloc(1, sizeof(*r));

	world_init(&r->world, kind);
	r->backend = (struct any_console_backend){rig_write, rig_opened, rig_emergency};
	r->config = (struct any_console_device_config){
		.features = features | PLAT | rig_more |
			    (kind & 1 ? ANY_VIRTIO_F_NOTIFICATION_DATA : 0),
		.cols = 80,
		.rows = 25,
		.max_ports = features & MULTI ? MAX : 1,
		.queue_max = 64};
	r->options = (struct any_console_options){.size = QUEUE, .ports = PORTS};
	assert_int_equal(any_console_device_init(&r->dev, &r->backend, r, &r->config,
						 &r->world.space, r->device_memory,
						 sizeof(r->device_memory)),
			 0);
	any_virtio_inproc_init(&r->transport, &r->dev.virtio);
	return r;
}

static inline int rig_start(struct rig *r)
{
	return any_console_init(&r->console, &r->transport, &r->world.dev, &r->options, r->memory,
				sizeof(r->memory));
}

static inline void run_device(struct rig *r)
{
	while (any_console_device_process(&r->dev, 3))
		;
}

/* Until neither side has anything to say; how many messages of the device's. */
static inline uint32_t settle(struct rig *r)
{
	enum any_console_event event;
	uint32_t port, n = 0, before;

	do {
		before = n;
		run_device(r);
		for (; any_console_control(&r->console, &port, &event) == 0; n++)
			assert_true(port < MAX);
		run_device(r);
	} while (n != before);
	return n;
}

static inline struct rig *rig_up(enum world_kind kind, uint64_t features)
{
	struct rig *r = rig_of(kind, features);

	assert_int_equal(rig_start(r), 0);
	if (features & MULTI)
		settle(r);
	return r;
}

static inline void rig_free(struct rig *r)
{
	world_fini(&r->world);
	free(r);
}

/* Everything comes back exactly once; how many buffers did. */
static inline uint32_t rig_give_back(struct rig *r)
{
	uint32_t n = 0;
	void *cookie;

	assert_int_equal(any_console_fini(&r->console), -ANY_EBUSY); /* not while it runs */
	assert_int_equal(any_console_stop(&r->console), 0);
	for (uint32_t port = 0; port < r->console.n_ports; port++) {
		for (; any_console_abort_receive(&r->console, port, &cookie) == 0; n++)
			;
		for (; any_console_abort_transmit(&r->console, port, &cookie) == 0; n++)
			;
	}
	assert_int_equal(any_console_abort_receive(&r->console, PORTS, &cookie), -ANY_EINVAL);
	assert_int_equal(any_console_abort_transmit(&r->console, PORTS, &cookie), -ANY_EINVAL);
	assert_int_equal(any_console_fini(&r->console), 0);
	assert_int_equal(r->world.dev.stats.maps, r->world.dev.stats.unmaps);
	return n;
}

static inline uint32_t rig_down(struct rig *r)
{
	const uint32_t n = rig_give_back(r);

	rig_free(r);
	return n;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static inline uint8_t content(uint32_t seed, size_t i)
{
	return (uint8_t)(seed * 31 + i * 7 + (i >> 8) * 13);
}

static inline uint8_t *fill(struct rig *r, size_t at, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++)
		r->world.ram[at + i] = content(seed, i);
	return r->world.ram + at;
}

static inline void expect(const uint8_t *at, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(at[i], content(seed, i));
}

static inline void post(struct rig *r, uint32_t port, void *buf, size_t len)
{
	assert_int_equal(any_console_post(&r->console, port, buf, len, buf), 0);
	any_console_kick_receive(&r->console, port);
}

static inline void say(struct rig *r, uint32_t port, const void *buf, size_t len)
{
	void *cookie;

	assert_int_equal(any_console_transmit(&r->console, port, buf, len, r), 0);
	any_console_kick_transmit(&r->console, port);
	run_device(r);
	assert_int_equal(any_console_reclaim(&r->console, port, &cookie), 0);
	assert_ptr_equal(cookie, r);
}

static inline int rig_main(const struct CMUnitTest *tests, size_t n)
{
	int bad = _cmocka_run_group_tests("split", tests, n, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX;
	return bad + _cmocka_run_group_tests("packed", tests, n, NULL, NULL);
}

#endif
