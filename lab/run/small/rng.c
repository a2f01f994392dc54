/* SPDX-License-Identifier: BSD-2-Clause */
/* The entropy driver's verbs. Seen code. */
#include <anydma/rng.h>

#include "small.h"

struct driver {
	struct any_rng rng;
	uint64_t memory[ANY_RNG_BYTES(LAB_SMALL_QUEUE) / 8];
};

static struct any_rng *rng_of(const struct lab_small *s)
{
	return &((struct driver *)s->driver)->rng;
}

static int up(struct lab_small *s, const struct any_virtio_transport *transport, void *shared,
	      size_t bytes)
{
	struct driver *d = s->driver;

	s->virtio = &d->rng.virtio;
	if (!shared)
		return any_rng_init(&d->rng, transport, s->w->dma, LAB_SMALL_QUEUE, d->memory,
				    sizeof(d->memory));
	return any_rng_init_cached(&d->rng, transport, s->w->dma, LAB_SMALL_QUEUE, d->memory,
				   sizeof(d->memory), shared, bytes);
}

static int post(struct lab_small *s, void *buf, size_t len, void *cookie)
{
	return any_rng_ask(rng_of(s), buf, len, cookie);
}

static int get(struct lab_small *s, void **cookie, uint32_t *len)
{
	return any_rng_poll(rng_of(s), cookie, len);
}

static void kick(struct lab_small *s)
{
	any_rng_kick(rng_of(s));
}

static int stop(struct lab_small *s)
{
	return any_rng_stop(rng_of(s));
}

static int abort_in(struct lab_small *s, void **cookie)
{
	return any_rng_abort(rng_of(s), cookie);
}

static int fini(struct lab_small *s)
{
	return any_rng_fini(rng_of(s));
}

const struct lab_small_verbs lab_small_rng = {.bytes = sizeof(struct driver),
					      .up = up,
					      .post = post,
					      .get = get,
					      .kick = kick,
					      .stop = stop,
					      .abort_in = abort_in,
					      .fini = fini};
