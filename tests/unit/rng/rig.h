/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy driver and device over the in-process transport. */
#ifndef ANYDMA_TESTS_RNG_RIG_H
#define ANYDMA_TESTS_RNG_RIG_H

#include "../virtio/world.h"

#include <anydma/endian.h>
#include <anydma/rng.h>

#define QUEUE 8u
#define PLAT  (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

struct rig {
	struct world world;
	struct any_rng_device dev;
	struct any_ring_piece pieces[QUEUE];
	struct any_packed_held held[QUEUE];
	struct any_virtio_transport transport;
	struct any_rng rng;
	uint64_t memory[ANY_RNG_BYTES(QUEUE) / 8];
	uint8_t next;
	size_t most;
};

static uint64_t more; /* the same tests over packed rings */

static inline size_t fill(void *ctx, void *to, size_t len)
{
	struct rig *r = ctx;
	uint8_t *at = to;
	const size_t n = len < r->most ? len : r->most;

	for (size_t i = 0; i < n; i++)
		at[i] = r->next++;
	return n;
}

/* The device there is; the driver not yet. */
static inline struct rig *rig_of(enum world_kind kind)
{
	struct rig *r = calloc(1, sizeof(*r));

	world_init(&r->world, kind);
	r->most = SIZE_MAX;
	assert_int_equal(any_rng_device_init(&r->dev, fill, r, &r->world.space, r->pieces, r->held,
					     QUEUE, PLAT | more),
			 0);
	any_virtio_inproc_init(&r->transport, &r->dev.virtio);
	return r;
}

static inline struct rig *up(enum world_kind kind)
{
	struct rig *r = rig_of(kind);

	assert_int_equal(any_rng_init(&r->rng, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	return r;
}

static inline void down(struct rig *r)
{
	void *cookie;

	assert_int_equal(any_rng_fini(&r->rng), -ANY_EBUSY);
	assert_int_equal(any_rng_stop(&r->rng), 0);
	while (!any_rng_abort(&r->rng, &cookie))
		;
	assert_int_equal(any_rng_fini(&r->rng), 0);
	world_fini(&r->world);
	free(r);
}

#endif
