/* SPDX-License-Identifier: BSD-2-Clause */
/* A transport in front of another: what is behind it can vanish, or stop listening to resets. */
#ifndef ANYDMA_TESTS_VANISH_H
#define ANYDMA_TESTS_VANISH_H

#include "world.h"

#include <anydma/virtio.h>

enum vanish_mode {
	VANISH_NOT,
	VANISH_GONE, /* every read is all ones, and nothing is written */
	VANISH_DEAF, /* a reset has no effect */
};

struct vanish {
	const struct any_virtio_transport_ops *ops; /* of what is behind it */
	void *ctx;
	enum vanish_mode mode;
	uint32_t touched; /* accesses, in all */
	uint32_t after;	  /* of them, and it is gone; 0: never */
};

/* Whether the access reaches anything. */
static inline bool vanish_touch(struct vanish *v)
{
	if (++v->touched == v->after)
		v->mode = VANISH_GONE;
	return v->mode != VANISH_GONE;
}

static uint64_t vanish_get_features(void *ctx)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->get_features(v->ctx) : UINT64_MAX;
}

static void vanish_set_features(void *ctx, uint64_t features)
{
	struct vanish *v = ctx;

	if (vanish_touch(v))
		v->ops->set_features(v->ctx, features);
}

static uint8_t vanish_get_status(void *ctx)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->get_status(v->ctx) : 0xff;
}

static void vanish_set_status(void *ctx, uint8_t status)
{
	struct vanish *v = ctx;

	if (vanish_touch(v) && (status || v->mode != VANISH_DEAF))
		v->ops->set_status(v->ctx, status);
}

static uint32_t vanish_config_read(void *ctx, uint32_t offset, unsigned width)
{
	struct vanish *v = ctx;

	if (vanish_touch(v))
		return v->ops->config_read(v->ctx, offset, width);
	return UINT32_MAX >> (32 - 8 * width);
}

static void vanish_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct vanish *v = ctx;

	if (vanish_touch(v))
		v->ops->config_write(v->ctx, offset, width, value);
}

static uint32_t vanish_generation(void *ctx)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->config_generation(v->ctx) : UINT32_MAX;
}

static uint32_t vanish_queue_max(void *ctx, uint16_t queue)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->queue_max(v->ctx, queue) : 0; /* as transports do */
}

static int vanish_queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
			      struct any_dma_addr avail, struct any_dma_addr used)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->queue_setup(v->ctx, queue, size, desc, avail, used)
			       : -ANY_EBUSY; /* it reads as enabled */
}

static void vanish_kick(void *ctx, uint32_t notification)
{
	struct vanish *v = ctx;

	if (vanish_touch(v))
		v->ops->kick(v->ctx, notification);
}

static uint32_t vanish_read_isr(void *ctx)
{
	struct vanish *v = ctx;

	return vanish_touch(v) ? v->ops->read_isr(v->ctx)
			       : ANY_VIRTIO_ISR_QUEUE | ANY_VIRTIO_ISR_CONFIG;
}

static const struct any_virtio_transport_ops vanish_ops = {
	.get_features = vanish_get_features,
	.set_features = vanish_set_features,
	.get_status = vanish_get_status,
	.set_status = vanish_set_status,
	.config_read = vanish_config_read,
	.config_write = vanish_config_write,
	.config_generation = vanish_generation,
	.queue_max = vanish_queue_max,
	.queue_setup = vanish_queue_setup,
	.kick = vanish_kick,
	.read_isr = vanish_read_isr,
};

/* In front of what `transport` reaches now. */
static inline void vanish_init(struct vanish *v, struct any_virtio_transport *transport)
{
	*v = (struct vanish){.ops = transport->ops, .ctx = transport->ctx};
	transport->ops = &vanish_ops;
	transport->ctx = v;
}

#endif
