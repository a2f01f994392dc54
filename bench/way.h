/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's two ends of a ring, and what a burst costs each of them. */
#ifndef ANYDMA_BENCH_WAY_H
#define ANYDMA_BENCH_WAY_H

#include "bench.h"

#include <anydma/ring.h>

#define WAY_SIZE   256u
#define WAY_BUFFER 64u

struct way {
	/* apart, for the sake of two cores: a line has one writer */
	_Alignas(128) struct any_ring_driver driver;
	_Alignas(128) struct any_ring_device device;
	_Alignas(128) struct any_ring_shadow shadow[WAY_SIZE];
	_Alignas(128) struct any_ring_piece piece[WAY_SIZE];
	_Alignas(128) struct any_packed_held held[WAY_SIZE];
	_Alignas(4096) unsigned char mem[16384];
	struct any_vring parts;
};

static inline int way_set_up(struct way *w, bool is_packed)
{
	struct any_vring_layout layout;
	struct any_ring_config config = {.size = WAY_SIZE, .packed = is_packed, .held = w->held};
	int err;

	(is_packed ? any_packed_layout : any_vring_layout)(WAY_SIZE, 64, &layout);
	if (layout.bytes > sizeof(w->mem))
		return -ANY_ENOSPC;
	w->parts = config.parts = any_vring_at(w->mem, &layout);
	err = any_ring_driver_init(&w->driver, &config, w->shadow);
	return err ? err : any_ring_device_init(&w->device, &config);
}

/* The device: all that is there. EAGAIN if nothing is wrong. */
static inline int way_serve(struct way *w, bool asks)
{
	struct any_ring_chain chain = {.piece = w->piece, .max = WAY_SIZE};
	int err;

	while (!(err = any_ring_take_avail(&w->device, &chain))) {
		bench_use(chain.piece->addr + chain.piece->len);
		any_ring_make_used(&w->device, chain.head, chain.piece->len);
	}
	any_ring_publish_used(&w->device);
	if (asks)
		bench_use(any_ring_call_needed(&w->device));
	return err;
}

/* The driver: a burst of `batch`. */
static inline int way_fill(struct way *w, unsigned batch, bool asks)
{
	for (unsigned k = 0; k < batch; k++) {
		const struct any_ring_buf buf = {0x10000 + k * WAY_BUFFER, WAY_BUFFER};
		uint16_t id;
		int err = any_ring_make_avail(&w->driver, &buf, 0, 1, &id);

		if (err)
			return err;
		bench_use(id);
	}
	any_ring_publish_avail(&w->driver);
	if (asks)
		bench_use(any_ring_kick_needed(&w->driver));
	return 0;
}

/* What came back is counted. EAGAIN if nothing is wrong. */
static inline int way_take(struct way *w, unsigned *back)
{
	struct any_ring_done done;
	int err;

	while (!(err = any_ring_take_used(&w->driver, &done))) {
		bench_use(done.written + done.id);
		++*back;
	}
	return err;
}

#endif
