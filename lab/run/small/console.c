/* SPDX-License-Identifier: BSD-2-Clause */
/* The console driver's verbs, on port 0 of a device with control queues. Seen code. */
#include <anydma/console.h>

#include "small.h"

struct driver {
	struct any_console console;
	uint64_t memory[ANY_CONSOLE_BYTES(1, LAB_SMALL_QUEUE) / 8];
};

static struct any_console *console_of(const struct lab_small *s)
{
	return &((struct driver *)s->driver)->console;
}

static int news(struct lab_small *s)
{
	enum any_console_event event;
	uint32_t port;
	int err;

	do
		err = any_console_control(console_of(s), &port, &event);
	while (!err);
	return err == -ANY_EAGAIN ? any_console_interrupt(console_of(s)) : err;
}

static int up(struct lab_small *s, const struct any_virtio_transport *transport, void *shared,
	      size_t bytes)
{
	const struct any_console_options options = {.size = LAB_SMALL_QUEUE, .ports = 1};
	struct driver *d = s->driver;
	struct any_console *c = &d->console;
	int err;

	s->virtio = &c->virtio;
	if (shared)
		err = any_console_init_cached(c, transport, s->w->dma, &options, d->memory,
					      sizeof(d->memory), shared, bytes);
	else
		err = any_console_init(c, transport, s->w->dma, &options, d->memory,
				       sizeof(d->memory));
	if (err)
		return err;
	err = news(s);
	while (!err && !(c->ports[0].there && c->ports[0].open)) {
		lab_cpu_wait(s->w->machine);
		err = news(s);
	}
	return err;
}

static int post(struct lab_small *s, void *buf, size_t len, void *cookie)
{
	return any_console_post(console_of(s), 0, buf, len, cookie);
}

static int get(struct lab_small *s, void **cookie, uint32_t *len)
{
	return any_console_receive(console_of(s), 0, cookie, len);
}

static int say(struct lab_small *s, const void *buf, size_t len, void *cookie)
{
	return any_console_transmit(console_of(s), 0, buf, len, cookie);
}

static int said(struct lab_small *s, void **cookie)
{
	return any_console_reclaim(console_of(s), 0, cookie);
}

static void kick(struct lab_small *s)
{
	any_console_kick_receive(console_of(s), 0);
	any_console_kick_transmit(console_of(s), 0);
}

static int stop(struct lab_small *s)
{
	return any_console_stop(console_of(s));
}

static int abort_in(struct lab_small *s, void **cookie)
{
	return any_console_abort_receive(console_of(s), 0, cookie);
}

static int abort_out(struct lab_small *s, void **cookie)
{
	return any_console_abort_transmit(console_of(s), 0, cookie);
}

static int fini(struct lab_small *s)
{
	return any_console_fini(console_of(s));
}

const struct lab_small_verbs lab_small_console = {.bytes = sizeof(struct driver),
						  .config_bytes = ANY_CONSOLE_CFG_BYTES,
						  .up = up,
						  .post = post,
						  .get = get,
						  .say = say,
						  .said = said,
						  .kick = kick,
						  .news = news,
						  .stop = stop,
						  .abort_in = abort_in,
						  .abort_out = abort_out,
						  .fini = fini};
