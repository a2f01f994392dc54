/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the entropy driver. What comes back was asked, each once, and no more
 * of it is said to be random than it holds; after a reset the rest comes back.
 */
#include <anydma/rng.h>

#include "liar.h"

#define ASKS 8u

struct state {
	struct liar l;
	struct any_rng rng;
	uint32_t out[ASKS]; /* bytes; 0: not out */
	uint64_t memory[ANY_RNG_BYTES(QUEUE) / 8];
};

static void ask(struct state *s, uint32_t i, uint32_t len)
{
	if (!s->out[i] && !any_rng_ask(&s->rng, s->l.mem + i * 4096, len, &s->out[i]))
		s->out[i] = len;
}

static void back(uint32_t *cookie, uint32_t len)
{
	if (!*cookie || len > *cookie)
		abort();
	*cookie = 0;
}

static void poll(struct state *s)
{
	void *cookie;
	uint32_t len = 0;
	const int err = any_rng_poll(&s->rng, &cookie, &len);

	if (!err && !len)
		abort(); /* nothing is not random bytes (VG-RN-02) */
	if (!err || err == -ANY_EIO)
		back(cookie, len);
}

static void step(struct state *s, struct input *in)
{
	const uint32_t what = take(in, 1);

	switch (what % 6) {
	case 0:
	case 1:
		ask(s, what / 6 % ASKS, take(in, 2) % 4096);
		any_rng_kick(&s->rng);
		break;
	case 2:
		poll(s);
		break;
	case 3:
		liar_scribble(&s->l, in);
		break;
	default:
		liar_use(&s->l, in, 0);
	}
}

static void give_back(struct state *s)
{
	void *cookie;

	if (any_rng_stop(&s->rng))
		abort();
	while (!any_rng_abort(&s->rng, &cookie))
		back(cookie, 0);
	for (unsigned i = 0; i < ASKS; i++)
		if (s->out[i])
			abort(); /* nothing is ever lost */
	if (any_rng_fini(&s->rng))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	liar_init(&s->l, &in, ANY_VIRTIO_ID_RNG, 1, take(&in, 3), 0);
	if (!any_rng_init(&s->rng, &s->l.transport, &s->l.dma, QUEUE, s->memory,
			  sizeof(s->memory))) {
		while (in.left)
			step(s, &in);
		give_back(s);
	}
	liar_fini(&s->l);
	free(s);
	return 0;
}
