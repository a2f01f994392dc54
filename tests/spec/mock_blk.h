/* SPDX-License-Identifier: BSD-2-Clause */
/* The block driver on the scripted device. */
#ifndef ANYDMA_TESTS_SPEC_MOCK_BLK_H
#define ANYDMA_TESTS_SPEC_MOCK_BLK_H

#include "mock.h"

#include <anydma/blk.h>

#define BLK_QUEUE 64u
#define BLK_ALL                                                                                    \
	(ANY_BLK_F_SIZE_MAX | ANY_BLK_F_SEG_MAX | ANY_BLK_F_BLK_SIZE | ANY_BLK_F_FLUSH |           \
	 ANY_BLK_F_CONFIG_WCE | ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES)

struct mock_blk {
	struct mock *m;
	struct any_blk blk;
	uint64_t memory[ANY_BLK_BYTES(BLK_QUEUE) / 8];
};

/* A sound disk of 1024 sectors. */
static inline void mock_blk_config(struct mock *m)
{
	memset(m->config, 0, sizeof(m->config));
	any_store_le32((void *)&m->config[ANY_BLK_CFG_CAPACITY], 1024);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_SIZE_MAX], 4096);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_SEG_MAX], 8);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_BLK_SIZE], 512);
	m->config[ANY_BLK_CFG_WRITEBACK] = 1;
	any_store_le32((void *)&m->config[ANY_BLK_CFG_MAX_DISCARD_SECTORS], 64);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_MAX_DISCARD_SEG], 1);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_MAX_WRITE_ZERO_SECTORS], 64);
	any_store_le32((void *)&m->config[ANY_BLK_CFG_MAX_WRITE_ZERO_SEG], 1);
}

static inline struct mock_blk *mock_blk_new(uint64_t offered)
{
	struct mock_blk *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->m = mock_new(WORLD_OFFSET, ANY_VIRTIO_ID_BLOCK, offered);
	b->m->transport.config_len = ANY_BLK_CFG_BYTES;
	mock_blk_config(b->m);
	return b;
}

static inline int mock_blk_init(struct mock_blk *b)
{
	return any_blk_init(&b->blk, &b->m->transport, &b->m->world.dev, BLK_QUEUE, b->memory,
			    sizeof(b->memory));
}

static inline struct mock_blk *mock_blk_up(uint64_t offered)
{
	struct mock_blk *b = mock_blk_new(offered);

	assert_int_equal(mock_blk_init(b), 0);
	return b;
}

/* Stops the driver, if it came up, and looks that nothing stays behind. */
static inline void mock_blk_down(struct mock_blk *b)
{
	struct any_blk_completion done;

	b->m->slow_reset = b->m->polls_left = 0;
	if (b->blk.queue.vq.mem.size) {
		assert_int_equal(any_blk_stop(&b->blk), 0);
		while (any_blk_abort(&b->blk, &done) == 0)
			;
		assert_int_equal(any_blk_fini(&b->blk), 0);
	}
	mock_free(b->m);
	free(b);
}

static inline int mock_blk_send(struct mock_blk *b, struct any_blk_request req)
{
	int err = any_blk_submit(&b->blk, &req);

	if (!err)
		any_blk_kick(&b->blk);
	return err;
}

/* Answers the request of head `id` by hand: a used entry, split ring. */
static inline void mock_blk_use(struct mock_blk *b, uint16_t nth, uint32_t id, uint32_t len)
{
	const struct any_vring ring = mock_ring(b->m, 0);
	struct any_vring_used_elem *e = &ring.used->ring[nth % b->m->size[0]];

	any_store_le32(&e->id, id);
	any_store_le32(&e->len, len);
	any_store_le16(&ring.used->idx, (uint16_t)(nth + 1));
}

#endif
