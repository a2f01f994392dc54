/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the network driver: its configuration, its rings, the headers of its
 * frames, its answers. A packet's buffers are exactly those that were posted, each once; what is
 * said of them lies inside; and after a reset everything comes back.
 */
#include <anydma/endian.h>
#include <anydma/net.h>
#include <anydma/net_device.h>

#include "liar.h"

#define PAIRS	2u
#define BUFFERS 12u

struct state {
	struct liar l;
	struct any_net net;
	struct any_net_buffer buffers[BUFFERS];
	bool posted[BUFFERS], out[4];
	uint64_t memory[ANY_NET_BYTES(PAIRS, QUEUE) / 8];
};

static void create(struct state *s, struct input *in)
{
	const uint64_t type = (uint64_t)take(in, 3) | (take(in, 1) & 1 ? 1ull << 63 : 0);

	memset(s, 0, sizeof(*s));
	liar_init(&s->l, in, ANY_VIRTIO_ID_NET, 2 * PAIRS + 1, type, take(in, 1) % 24);
}

/* ---- the driver's user ------------------------------------------------------------------------
 */

static void back(struct state *s, const struct any_net_buffer *b)
{
	if (b < s->buffers || b >= s->buffers + BUFFERS || !s->posted[b - s->buffers] ||
	    (uint64_t)b->offset + b->bytes > b->len)
		abort();
	s->posted[b - s->buffers] = false;
}

static void post(struct state *s, uint32_t i, uint32_t len)
{
	struct any_net_buffer *b = &s->buffers[i % BUFFERS];

	if (s->posted[i % BUFFERS])
		return;
	*b = (struct any_net_buffer){.buf = s->l.mem + (i % BUFFERS) * 4096, .len = len};
	s->posted[i % BUFFERS] = !any_net_post(&s->net, (uint16_t)(i % s->net.n_pairs), b);
}

static void receive(struct state *s, uint16_t pair)
{
	struct any_net_packet packet;
	uint64_t len = 0;

	if (any_net_receive(&s->net, pair, &packet))
		return;
	if (!packet.first || (packet.result && packet.len))
		abort();
	for (const struct any_net_buffer *b = packet.first; b; b = b->next) {
		back(s, b);
		len += b->bytes;
	}
	if (!packet.result &&
	    (len != packet.len || !any_net_offload_fits(&packet.offload, packet.len)))
		abort();
}

static void send(struct state *s, uint32_t i, struct input *in)
{
	const struct any_net_piece piece = {s->l.mem + 60000, take(in, 2)};
	const struct any_net_frame frame = {.pieces = &piece,
					    .n = 1,
					    .cookie = &s->out[i % 4],
					    .offload = {.flags = (uint8_t)take(in, 1)}};

	if (!s->out[i % 4])
		s->out[i % 4] = !any_net_transmit(&s->net, (uint16_t)(i % s->net.n_pairs), &frame);
}

static void reclaim(struct state *s, uint16_t pair, bool all)
{
	void *cookie;

	if (all ? any_net_abort_transmit(&s->net, pair, &cookie)
		: any_net_reclaim(&s->net, pair, &cookie))
		return;
	if (!*(bool *)cookie)
		abort();
	*(bool *)cookie = false;
}

static void command(struct state *s, uint32_t what, struct input *in)
{
	switch (what % 4) {
	case 0:
		(void)!any_net_set_rx_mode(&s->net, (uint8_t)take(in, 1), true);
		break;
	case 1:
		(void)!any_net_set_pairs(&s->net, (uint16_t)take(in, 1));
		break;
	case 2:
		(void)!any_net_set_offloads(&s->net, take(in, 2));
		break;
	default:
		(void)!any_net_announced(&s->net);
	}
}

static void step(struct state *s, struct input *in)
{
	const uint32_t what = take(in, 1), i = take(in, 1);
	const uint16_t pair = (uint16_t)(i % s->net.n_pairs);

	switch (what % 10) {
	case 0:
		post(s, i, take(in, 2) % 4096);
		any_net_kick_receive(&s->net, pair);
		break;
	case 1:
		send(s, i, in);
		any_net_kick_transmit(&s->net, pair);
		break;
	case 2:
		receive(s, pair);
		break;
	case 3:
		reclaim(s, pair, false);
		break;
	case 4:
		command(s, i, in);
		break;
	case 5:
		(void)!any_net_done(&s->net);
		break;
	case 6:
		liar_reconfigure(&s->l, in);
		(void)!any_net_interrupt(&s->net);
		break;
	case 7:
		liar_scribble(&s->l, in);
		break;
	default:
		liar_use(&s->l, in, i % (2 * PAIRS + 1));
	}
}

static void give_back(struct state *s)
{
	struct any_net_buffer *buffer;

	if (any_net_stop(&s->net))
		abort();
	for (uint16_t pair = 0; pair < s->net.n_pairs; pair++) {
		for (unsigned i = 0; i < 4; i++)
			reclaim(s, pair, true);
		while (!any_net_abort_receive(&s->net, pair, &buffer))
			back(s, buffer);
	}
	for (unsigned i = 0; i < BUFFERS; i++)
		if (s->posted[i])
			abort(); /* nothing is ever lost */
	if (s->out[0] || s->out[1] || s->out[2] || s->out[3] || any_net_fini(&s->net))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct any_net_options options = {.size = QUEUE, .pairs = PAIRS};
	struct state *s = malloc(sizeof(*s));

	if (!s)
		abort();
	create(s, &in);
	options.buffer = take(&in, 2);
	if (!any_net_init(&s->net, &s->l.transport, &s->l.dma, &options, s->memory,
			  sizeof(s->memory))) {
		while (in.left)
			step(s, &in);
		give_back(s);
	}
	liar_fini(&s->l);
	free(s);
	return 0;
}
