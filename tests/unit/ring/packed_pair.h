/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver and a device over one packed ring in ordinary memory. */
#ifndef ANYDMA_TESTS_RING_PACKED_PAIR_H
#define ANYDMA_TESTS_RING_PACKED_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/endian.h>
#include <anydma/ring.h>

/* The two bits of a lap: the device's turn, the driver's. */
#define AVAIL(wrap) ((wrap) ? ANY_PACKED_DESC_AVAIL : ANY_PACKED_DESC_USED)
#define USED(wrap)  ((wrap) ? ANY_PACKED_DESC_AVAIL | ANY_PACKED_DESC_USED : 0u)

struct packed {
	struct any_ring_config config;
	struct any_vring parts;
	struct any_packed_desc *slots;
	struct any_ring_driver driver;
	struct any_ring_device device;
	struct any_ring_shadow *shadow;
	struct any_packed_held *held;
	struct any_ring_piece *pieces;
	struct any_ring_chain chain;
	void *mem;
	size_t bytes;
};

static inline void packed_init(struct packed *p, uint32_t size, bool event_idx)
{
	struct any_vring_layout layout;

	memset(p, 0, sizeof(*p));
	any_packed_layout(size, 64, &layout);
	p->bytes = layout.bytes;
	p->mem = aligned_alloc(64, (layout.bytes + 63) & ~(size_t)63);
	assert_non_null(p->mem);
	memset(p->mem, 0xa5, layout.bytes);
	p->parts = any_vring_at(p->mem, &layout);
	p->slots = (void *)p->parts.desc;
	p->shadow = calloc(size, sizeof(*p->shadow));
	p->held = calloc(size, sizeof(*p->held));
	p->pieces = calloc(size, sizeof(*p->pieces));
	p->chain = (struct any_ring_chain){.piece = p->pieces, .max = size};
	p->config = (struct any_ring_config){.parts = p->parts,
					     .size = size,
					     .event_idx = event_idx,
					     .packed = true,
					     .held = p->held};
	assert_int_equal(any_ring_driver_init(&p->driver, &p->config, p->shadow), 0);
	assert_int_equal(any_ring_device_init(&p->device, &p->config), 0);
}

static inline void packed_fini(struct packed *p)
{
	free(p->mem);
	free(p->shadow);
	free(p->held);
	free(p->pieces);
}

/* One chain of n_out + n_in buffers of 16 bytes, published. */
static inline uint16_t packed_give(struct packed *p, uint32_t n_out, uint32_t n_in)
{
	struct any_ring_buf buf[16];
	uint16_t id = 0;

	assert_true(n_out + n_in <= 16);
	for (uint32_t i = 0; i < n_out + n_in; i++)
		buf[i] = (struct any_ring_buf){0x1000, 16};
	assert_int_equal(any_ring_make_avail(&p->driver, buf, n_out, n_in, &id), 0);
	assert_true(any_ring_publish_avail(&p->driver));
	return id;
}

/* The device takes one chain and returns it. */
static inline void packed_serve(struct packed *p, uint32_t written)
{
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), 0);
	any_ring_make_used(&p->device, p->chain.head,
			   written < p->chain.in_len ? written : (uint32_t)p->chain.in_len);
	assert_true(any_ring_publish_used(&p->device));
}

#endif
