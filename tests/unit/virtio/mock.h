/* SPDX-License-Identifier: BSD-2-Clause */
/* A scripted device behind the transport operations: it records what the driver writes, in order.
 */
#ifndef ANYDMA_TESTS_MOCK_H
#define ANYDMA_TESTS_MOCK_H

#include <stdio.h>

#include "world.h"

#include <anydma/virtio.h>

struct mock {
	struct any_virtio_transport transport;
	struct world *world; /* its drains go into the log too */
	uint64_t offered, accepted;
	uint8_t status;
	bool drops_features_ok;
	uint32_t reset_polls; /* reads until status is 0 after a reset */
	uint32_t polls_left;
	uint8_t config[64];
	uint32_t generation;
	uint32_t changes; /* how often the configuration changes while it is read */
	uint32_t queue_max;
	int setup_error;
	uint32_t kicks, size, notification;
	struct any_dma_addr desc, avail, used;
};

static inline void mock_log(struct mock *m, const char *format, unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), format, value);
	world_log(m->world, text);
}

static uint64_t mock_get_features(void *ctx)
{
	struct mock *m = ctx;

	return m->offered;
}

static void mock_set_features(void *ctx, uint64_t features)
{
	struct mock *m = ctx;

	m->accepted = features;
	mock_log(m, "F ", 0);
}

static uint8_t mock_get_status(void *ctx)
{
	struct mock *m = ctx;

	if (m->polls_left) {
		m->polls_left--;
		return 0xf;
	}
	return m->status;
}

static void mock_set_status(void *ctx, uint8_t status)
{
	struct mock *m = ctx;

	if (status)
		assert_int_equal(m->status & ~status & ~0x40u, 0); /* VG-ST-09: never a bit less */
	else
		m->polls_left = m->reset_polls;
	m->status = status;
	if (m->drops_features_ok)
		m->status &= 0xf7;
	mock_log(m, "%x ", status);
}

static uint32_t mock_config_read(void *ctx, uint32_t offset, unsigned width)
{
	struct mock *m = ctx;
	uint32_t value = 0;

	assert_true(offset % width == 0 && offset + width <= sizeof(m->config));
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)m->config[offset + i] << 8 * i;
	if (m->changes) { /* after the first half was read */
		m->changes--;
		m->generation++;
		for (size_t i = 0; i < sizeof(m->config); i++)
			m->config[i]++;
	}
	return value;
}

static void mock_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct mock *m = ctx;

	assert_int_equal(width, 1);
	m->config[offset] = (uint8_t)value;
}

static uint32_t mock_generation(void *ctx)
{
	struct mock *m = ctx;

	return m->generation;
}

static uint32_t mock_queue_max(void *ctx, uint16_t queue)
{
	struct mock *m = ctx;

	return queue ? 0 : m->queue_max;
}

static int mock_queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
			    struct any_dma_addr avail, struct any_dma_addr used)
{
	struct mock *m = ctx;

	(void)queue;
	m->size = size;
	m->desc = desc;
	m->avail = avail;
	m->used = used;
	mock_log(m, "Q ", 0);
	return m->setup_error;
}

static void mock_kick(void *ctx, uint32_t notification)
{
	struct mock *m = ctx;

	m->notification = notification;
	m->kicks++;
	mock_log(m, "K", 0);
}

static uint32_t mock_read_isr(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct any_virtio_transport_ops mock_ops = {
	.get_features = mock_get_features,
	.set_features = mock_set_features,
	.get_status = mock_get_status,
	.set_status = mock_set_status,
	.config_read = mock_config_read,
	.config_write = mock_config_write,
	.config_generation = mock_generation,
	.queue_max = mock_queue_max,
	.queue_setup = mock_queue_setup,
	.kick = mock_kick,
	.read_isr = mock_read_isr,
};

#define MOCK_NORMAL                                                                                \
	(ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

static inline void mock_init(struct mock *m, struct world *world)
{
	*m = (struct mock){.world = world,
			   .offered = MOCK_NORMAL,
			   .queue_max = 256,
			   .transport = {.ops = &mock_ops,
					 .ctx = m,
					 .device_id = ANY_VIRTIO_ID_BLOCK,
					 .config_len = 64}};
}

#endif
