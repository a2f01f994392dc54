/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scripted device: it records what a driver does to its registers, in order, answers as the test
 * says, and hands out the ring's memory so that the test can write used entries by hand.
 */
#ifndef ANYDMA_TESTS_SPEC_MOCK_H
#define ANYDMA_TESTS_SPEC_MOCK_H

#include "../unit/virtio/world.h"
#include "spec.h"

#include <anydma/endian.h>
#include <anydma/virtio.h>

enum mock_kind {
	MOCK_GET_FEATURES,
	MOCK_SET_FEATURES,
	MOCK_GET_STATUS,
	MOCK_SET_STATUS,
	MOCK_CONFIG_READ,  /* at: offset, n: width */
	MOCK_CONFIG_WRITE, /* the same */
	MOCK_QUEUE_SETUP,  /* at: queue, n: size */
	MOCK_QUEUE_RESET,
	MOCK_KICK,
	MOCK_ISR,
	MOCK_KINDS,
};

struct mock_event {
	enum mock_kind kind;
	uint32_t at, n;
	uint64_t value;
};

#define MOCK_LOG    4096u
#define MOCK_QUEUES 4u
#define MOCK_CONFIG 256u
/* What every platform of the tests needs of a device. */
#define MOCK_CORE                                                                                  \
	(ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

struct mock {
	struct world world;
	struct any_virtio_transport transport;
	struct mock_event log[MOCK_LOG];
	uint32_t n_log;
	/* the script */
	uint64_t offered;
	uint8_t config[MOCK_CONFIG];
	uint32_t queue_max[MOCK_QUEUES];
	uint32_t slow_reset; /* status reads until a reset is done; UINT32_MAX: never */
	uint32_t restless;   /* this many reads change the configuration */
	int setup_error, reset_error;
	bool drops_features_ok;
	/* registers */
	uint64_t accepted;
	uint32_t generation, polls_left, isr;
	uint8_t status;
	struct any_dma_addr desc[MOCK_QUEUES], avail[MOCK_QUEUES], used[MOCK_QUEUES];
	uint32_t size[MOCK_QUEUES];
};

static inline void mock_log(struct mock *m, enum mock_kind kind, uint32_t at, uint32_t n,
			    uint64_t value)
{
	assert_true(m->n_log < MOCK_LOG);
	m->log[m->n_log++] = (struct mock_event){kind, at, n, value};
}

static uint64_t mock_get_features(void *ctx)
{
	struct mock *m = ctx;

	mock_log(m, MOCK_GET_FEATURES, 0, 0, m->offered);
	return m->offered;
}

static void mock_set_features(void *ctx, uint64_t features)
{
	struct mock *m = ctx;

	mock_log(m, MOCK_SET_FEATURES, 0, 0, features);
	m->accepted = features;
}

static uint8_t mock_get_status(void *ctx)
{
	struct mock *m = ctx;

	if (m->polls_left) { /* not recorded: a driver may look as often as it likes */
		m->polls_left -= m->polls_left != UINT32_MAX;
		return 0xf;
	}
	mock_log(m, MOCK_GET_STATUS, 0, 0, m->status);
	return m->status;
}

static void mock_set_status(void *ctx, uint8_t status)
{
	struct mock *m = ctx;

	mock_log(m, MOCK_SET_STATUS, 0, 0, status);
	if (!status) {
		m->polls_left = m->slow_reset;
		m->accepted = 0;
	}
	m->status = m->drops_features_ok ? status & 0xf7 : status;
}

static uint32_t mock_config_read(void *ctx, uint32_t offset, unsigned width)
{
	struct mock *m = ctx;
	uint32_t value = 0;

	mock_log(m, MOCK_CONFIG_READ, offset, width, 0);
	assert_true((width == 1 || width == 2 || width == 4) && offset % width == 0);
	assert_true(offset + width <= m->transport.config_len);
	for (unsigned i = 0; i < width && offset + i < MOCK_CONFIG; i++)
		value |= (uint32_t)m->config[offset + i] << 8 * i;
	if (m->restless) {
		m->restless--;
		m->generation++;
	}
	return value;
}

static void mock_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	mock_log(ctx, MOCK_CONFIG_WRITE, offset, width, value);
}

static uint32_t mock_generation(void *ctx)
{
	const struct mock *m = ctx;

	return m->generation;
}

static uint32_t mock_queue_max(void *ctx, uint16_t queue)
{
	const struct mock *m = ctx;

	return queue < MOCK_QUEUES ? m->queue_max[queue] : 0;
}

static int mock_queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
			    struct any_dma_addr avail, struct any_dma_addr used)
{
	struct mock *m = ctx;

	mock_log(m, MOCK_QUEUE_SETUP, queue, size, desc.raw);
	assert_true(queue < MOCK_QUEUES && size <= m->queue_max[queue]);
	m->size[queue] = size;
	m->desc[queue] = desc;
	m->avail[queue] = avail;
	m->used[queue] = used;
	return m->setup_error;
}

static int mock_queue_reset(void *ctx, uint16_t queue)
{
	struct mock *m = ctx;

	mock_log(m, MOCK_QUEUE_RESET, queue, 0, 0);
	return m->reset_error;
}

static void mock_kick(void *ctx, uint32_t notification)
{
	mock_log(ctx, MOCK_KICK, notification, 0, 0);
}

static uint32_t mock_read_isr(void *ctx)
{
	struct mock *m = ctx;
	const uint32_t isr = m->isr;

	mock_log(m, MOCK_ISR, 0, 0, isr);
	m->isr = 0;
	return isr;
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
	.queue_reset = mock_queue_reset,
	.kick = mock_kick,
	.read_isr = mock_read_isr,
};

static inline struct mock *mock_new(enum world_kind kind, uint32_t device_id, uint64_t offered)
{
	struct mock *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	world_init(&m->world, kind);
	m->offered = offered;
	m->transport =
		(struct any_virtio_transport){&mock_ops, m, device_id, 64, ANY_VIRTIO_F_RING_RESET};
	for (uint32_t i = 0; i < MOCK_QUEUES; i++)
		m->queue_max[i] = 64;
	return m;
}

static inline void mock_free(struct mock *m)
{
	world_fini(&m->world);
	free(m);
}

/* ---- what was recorded ----------------------------------------------------------------------- */

/* The first event of a kind from `from` on; n_log: none. */
static inline uint32_t mock_find(const struct mock *m, enum mock_kind kind, uint32_t from)
{
	while (from < m->n_log && m->log[from].kind != kind)
		from++;
	return from;
}

static inline uint32_t mock_count(const struct mock *m, enum mock_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = mock_find(m, kind, 0); i < m->n_log; i = mock_find(m, kind, i + 1))
		n++;
	return n;
}

/* Where these status bits were first written. */
static inline uint32_t mock_reached(const struct mock *m, unsigned bits)
{
	uint32_t i = mock_find(m, MOCK_SET_STATUS, 0);

	while (i < m->n_log && (m->log[i].value & bits) != bits)
		i = mock_find(m, MOCK_SET_STATUS, i + 1);
	return i;
}

/* Ring memory as the device reaches it. */
static inline void *mock_at(struct mock *m, uint64_t addr, uint64_t len, enum any_dma_dir dir)
{
	struct any_space_span span;

	assert_int_equal(any_space_resolve_whole(&m->world.space, any_dma(addr), len, dir, &span),
			 0);
	return span.cpu;
}

static inline struct any_vring mock_ring(struct mock *m, uint32_t queue)
{
	const uint32_t size = m->size[queue];
	const bool packed = m->accepted & ANY_VIRTIO_F_RING_PACKED;

	return (struct any_vring){
		mock_at(m, m->desc[queue].raw, 16ull * size, ANY_DMA_BOTH),
		mock_at(m, m->avail[queue].raw, packed ? 4 : any_vring_avail_bytes(size),
			ANY_DMA_BOTH),
		mock_at(m, m->used[queue].raw, packed ? 4 : any_vring_used_bytes(size),
			ANY_DMA_BOTH),
	};
}

#endif
