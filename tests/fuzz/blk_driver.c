/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the block driver: its limits, its status bytes, its lengths. Each
 * request comes back once, with a result that is one; after a reset the rest comes back.
 */
#include <anydma/blk.h>

#include "liar.h"

#define REQUESTS 8u

struct state {
	struct liar l;
	struct any_blk blk;
	bool out[REQUESTS];
	uint64_t memory[ANY_BLK_BYTES(QUEUE) / 8];
};

static void submit(struct state *s, uint32_t i, struct input *in)
{
	static const enum any_blk_type types[] = {
		ANY_BLK_T_IN,	  ANY_BLK_T_OUT,     ANY_BLK_T_FLUSH,
		ANY_BLK_T_GET_ID, ANY_BLK_T_DISCARD, ANY_BLK_T_WRITE_ZEROES,
	};
	const struct any_blk_request request = {.type = types[take(in, 1) % 6],
						.sector = take(in, 2),
						.buf = s->l.mem + i * 8192 + take(in, 1),
						.len = take(in, 1) % 14 * 512 + (take(in, 1) == 7),
						.sectors = take(in, 1),
						.unmap = take(in, 1) & 1,
						.cookie = &s->out[i]};

	if (!s->out[i])
		s->out[i] = !any_blk_submit(&s->blk, &request);
}

static void back(const struct any_blk_completion *done)
{
	bool *out = done->cookie;

	if (!*out || (done->result && done->result != -ANY_EIO && done->result != -ANY_ENOTSUP &&
		      done->result != -ANY_EPROTO))
		abort();
	*out = false;
}

static void step(struct state *s, struct input *in)
{
	struct any_blk_completion done;
	const uint32_t what = take(in, 1);

	switch (what % 8) {
	case 0:
	case 1:
		submit(s, what / 8 % REQUESTS, in);
		any_blk_kick(&s->blk);
		break;
	case 2:
		if (!any_blk_poll(&s->blk, &done))
			back(&done);
		break;
	case 3:
		liar_scribble(&s->l, in);
		break;
	case 4:
		liar_reconfigure(&s->l, in);
		(void)!any_blk_interrupt(&s->blk);
		break;
	case 5:
		(void)!any_blk_set_writeback(&s->blk, what & 8);
		break;
	default:
		liar_use(&s->l, in, 0);
	}
}

static void give_back(struct state *s)
{
	struct any_blk_completion done;

	if (any_blk_stop(&s->blk))
		abort();
	while (!any_blk_abort(&s->blk, &done))
		*(bool *)done.cookie = false;
	for (unsigned i = 0; i < REQUESTS; i++)
		if (s->out[i])
			abort(); /* nothing is ever lost */
	if (any_blk_fini(&s->blk))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	liar_init(&s->l, &in, ANY_VIRTIO_ID_BLOCK, 1, take(&in, 3), take(&in, 1) % 64);
	if (!any_blk_init(&s->blk, &s->l.transport, &s->l.dma, QUEUE, s->memory,
			  sizeof(s->memory))) {
		while (in.left)
			step(s, &in);
		give_back(s);
	}
	liar_fini(&s->l);
	free(s);
	return 0;
}
