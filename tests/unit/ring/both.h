/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver and a device over one ring of either format, with features 28 and 35. */
#ifndef ANYDMA_TESTS_RING_BOTH_H
#define ANYDMA_TESTS_RING_BOTH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/endian.h>
#include <anydma/ring.h>

#define MOST 32u

struct both {
	struct any_ring_config config;
	struct any_packed_desc *slots;
	struct any_ring_driver driver;
	struct any_ring_device device;
	struct any_ring_shadow shadow[MOST];
	struct any_packed_held held[MOST];
	struct any_ring_piece pieces[MOST];
	struct any_ring_chain chain;
	void *mem;
	uint64_t rng;
};

static inline void both_init(struct both *b, uint32_t size, bool packed, bool in_order)
{
	struct any_vring_layout layout;

	memset(b, 0, sizeof(*b));
	(packed ? any_packed_layout : any_vring_layout)(size, 64, &layout);
	b->mem = aligned_alloc(64, (layout.bytes + 63) & ~(size_t)63);
	assert_non_null(b->mem);
	memset(b->mem, 0xa5, layout.bytes);
	b->chain = (struct any_ring_chain){.piece = b->pieces, .max = size};
	b->config = (struct any_ring_config){.parts = any_vring_at(b->mem, &layout),
					     .size = size,
					     .packed = packed,
					     .indirect = true,
					     .in_order = in_order,
					     .held = b->held};
	b->slots = (void *)b->config.parts.desc;
	b->rng = 88172645463325252ull;
	assert_int_equal(any_ring_driver_init(&b->driver, &b->config, b->shadow), 0);
	assert_int_equal(any_ring_device_init(&b->device, &b->config), 0);
}

static inline void both_fini(struct both *b)
{
	free(b->mem);
}

static inline uint32_t both_random(struct both *b, uint32_t below)
{
	b->rng ^= b->rng << 13;
	b->rng ^= b->rng >> 7;
	b->rng ^= b->rng << 17;
	return (uint32_t)(b->rng >> 20) % below;
}

/* Buffers whose addresses and lengths say which they are. */
static inline void both_bufs(struct any_ring_buf *buf, uint32_t n, uint32_t tag)
{
	for (uint32_t i = 0; i < n; i++)
		buf[i] = (struct any_ring_buf){(uint64_t)tag << 32 | i << 8, 16 + i};
}

#define EACH_FORMAT(packed) for (int packed = 0; packed < 2; packed++)

#endif
