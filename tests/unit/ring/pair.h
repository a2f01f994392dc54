/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver and a device over one split ring in ordinary memory. */
#ifndef ANYDMA_TESTS_RING_PAIR_H
#define ANYDMA_TESTS_RING_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/ring.h>

struct pair {
	struct any_ring_config config;
	struct any_vring parts;
	struct any_ring_driver driver;
	struct any_ring_device device;
	struct any_ring_shadow *shadow;
	struct any_ring_piece *pieces;
	struct any_ring_chain chain;
	void *mem;
	uint64_t rng;
};

static inline void pair_init(struct pair *p, uint32_t size, bool event_idx)
{
	struct any_vring_layout layout;

	memset(p, 0, sizeof(*p));
	any_vring_layout(size, 64, &layout);
	p->mem = aligned_alloc(64, layout.bytes);
	assert_non_null(p->mem);
	memset(p->mem, 0xa5,
	       layout.bytes); /* nothing relies on zeroed memory but what init writes */
	p->parts = any_vring_at(p->mem, &layout);
	p->config =
		(struct any_ring_config){.parts = p->parts, .size = size, .event_idx = event_idx};
	p->shadow = calloc(size, sizeof(*p->shadow));
	p->pieces = calloc(size, sizeof(*p->pieces));
	p->chain = (struct any_ring_chain){.piece = p->pieces, .max = size};
	p->rng = 1;
	assert_int_equal(any_ring_driver_init(&p->driver, &p->config, p->shadow), 0);
	assert_int_equal(any_ring_device_init(&p->device, &p->config), 0);
}

static inline void pair_fini(struct pair *p)
{
	free(p->mem);
	free(p->shadow);
	free(p->pieces);
}

static inline uint32_t pair_random(struct pair *p, uint32_t below)
{
	p->rng = p->rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((p->rng >> 33) % below);
}

/* One chain of n_out + n_in buffers of 16 bytes, published. */
static inline uint16_t pair_give(struct pair *p, uint32_t n_out, uint32_t n_in)
{
	struct any_ring_buf buf[64];
	uint16_t id = 0;

	assert_true(n_out + n_in <= 64);
	for (uint32_t i = 0; i < n_out + n_in; i++)
		buf[i] = (struct any_ring_buf){0x1000ull * (i + 1), 16};
	assert_int_equal(any_ring_make_avail(&p->driver, buf, n_out, n_in, &id), 0);
	assert_true(any_ring_publish_avail(&p->driver));
	return id;
}

/* The device takes one chain and returns it. */
static inline void pair_serve(struct pair *p, uint32_t written)
{
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), 0);
	any_ring_make_used(&p->device, p->chain.head, written);
	assert_true(any_ring_publish_used(&p->device));
}

#endif
