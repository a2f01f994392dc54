/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sits on top of the network driver: frames of all sizes out of buffers wherever the machine
 * has memory, and the same frames back into others, merged, with neighbours that go on using
 * theirs. Seen code: it is judged like the driver.
 */
#include <stdlib.h>

#include <anydma/net.h>
#include <anydma/virtio/mmio.h>

#include "../run.h"
#include "wire.h"

#include "base/mem.h"

#define LEAD	  512u /* of a slot, before its buffer: the neighbour's byte and the misalignment */
#define FRAMES	  96u
#define RX_SLOTS  13u
#define TX_SLOTS  6u
#define BUFFER	  256u /* bytes of the smallest receive buffer */
#define LONGEST	  3000u
#define POOL_SLOT 2048u /* of a bounce pool: what a small buffer takes */

struct out {
	uint8_t *at;
	bool busy;
};

struct state {
	struct lab_work *w;
	struct any_net net;
	struct any_net_buffer in[RX_SLOTS];
	uint8_t *rx_slot[RX_SLOTS], mark[RX_SLOTS];
	struct out out[TX_SLOTS];
	bool posted[RX_SLOTS];
	uint32_t n_rx, n_tx; /* slots in use: a fair share of a pool that is tiny */
	uint32_t longest;
	uint32_t sent, received, in_flight;
	uint8_t frame[LONGEST];
	uint64_t memory[ANY_NET_BYTES(1, LAB_NET_QUEUE) / 8];
};

static int wrong(struct state *s, const char *why)
{
	s->w->why = why;
	return -ANY_EFAULT;
}

/* Buffers start anywhere: mostly aligned, sometimes not at all; not finer than the device can. */
static uint32_t misalignment(struct state *s)
{
	static const uint32_t often[] = {0, 0, 0, 64, 128, 32, 16, 4, 2, 1};
	struct lab_machine *m = s->w->machine;

	return often[lab_random(m) % ANY_ARRAY_SIZE(often)] & ~(uint32_t)s->w->dma->min_align;
}

static uint32_t length_of(const struct state *s, uint32_t number)
{
	static const uint32_t often[] = {60, 64, 243, 244, 245, 590, 1514, LONGEST};
	const uint32_t len = number % 3 ? often[number % ANY_ARRAY_SIZE(often)]
					: 14 + number * 97 % (LONGEST - 14);

	return len < s->longest ? len : s->longest;
}

static void make_frame(struct state *s, uint32_t number, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		s->frame[i] = (uint8_t)(number * 29 + i * 7 + (i >> 8) * 3);
	memcpy(s->frame, s->net.facts.mac, ANY_NET_MAC_BYTES);
}

/* ---- in -------------------------------------------------------------------------------------- */

static int post(struct state *s, uint32_t i)
{
	static const uint32_t sizes[] = {BUFFER, BUFFER, 512, 1500, 2048};
	struct lab_machine *m = s->w->machine;
	struct any_net_buffer *b = &s->in[i];
	uint8_t *at = s->rx_slot[i] + LEAD + misalignment(s);
	int err;

	b->buf = at;
	b->len = sizes[lab_random(m) % ANY_ARRAY_SIZE(sizes)];
	b->cookie = &s->posted[i];
	s->mark[i] = (uint8_t)lab_random(m);
	at[-1] = at[b->len] = (uint8_t)~s->mark[i];
	err = any_net_post(&s->net, 0, b);
	if (err)
		return err;
	s->posted[i] = true;
	/* Somebody else's data lies next to the buffer, and somebody else goes on with it. */
	at[-1] = at[b->len] = s->mark[i];
	return 0;
}

/* As many as there is room for; one at least must fit. */
static int post_all(struct state *s)
{
	for (uint32_t i = 0; i < s->n_rx; i++) {
		int err = s->posted[i] ? 0 : post(s, i);

		if (err == -ANY_ENOMEM)
			return 0;
		if (err)
			return err;
	}
	return 0;
}

static int check_buffer(struct state *s, const struct any_net_buffer *b, uint32_t at)
{
	const uint8_t *bytes = (const uint8_t *)b->buf + b->offset;
	const uint32_t i = (uint32_t)(b - s->in);

	s->posted[i] = false;
	if (((const uint8_t *)b->buf)[-1] != s->mark[i] ||
	    ((const uint8_t *)b->buf)[b->len] != s->mark[i])
		return wrong(s, "bytes next to a buffer were lost");
	if (memcmp(bytes, s->frame + at, b->bytes))
		return wrong(s, "a frame came back with other bytes");
	return 0;
}

static int check(struct state *s, const struct any_net_packet *packet)
{
	const uint32_t number = s->received++, len = length_of(s, number);
	const struct any_net_buffer *b = packet->first;
	uint32_t at = 0;
	int err = 0;

	if (packet->result || packet->len != len)
		return wrong(s, "a frame came back with another length");
	make_frame(s, number, len);
	for (; b && !err; at += b->bytes, b = b->next)
		err = check_buffer(s, b, at);
	s->in_flight--;
	s->w->machine->count.requests++;
	s->w->machine->count.bytes += len;
	return err;
}

/* ---- out ------------------------------------------------------------------------------------- */

static int send(struct state *s, struct out *o)
{
	const uint32_t len = length_of(s, s->sent), cut = 1 + s->sent % (len - 1);
	uint8_t *at = o->at + LEAD + misalignment(s);
	const bool one = s->w->dma->min_align || lab_chance(s->w->machine, 2);
	const struct any_net_piece pieces[] = {{at, one ? len : cut}, {at + cut, len - cut}};
	const struct any_net_frame frame = {
		.pieces = pieces,
		.n = one ? 1 : 2,
		.offload = {.flags = (uint8_t)(s->sent & 1), .csum_start = 8, .csum_offset = 4},
		.cookie = o};
	int err;

	make_frame(s, s->sent, len);
	memcpy(at, s->frame, len);
	err = any_net_transmit(&s->net, 0, &frame);
	if (err)
		return err;
	o->busy = true;
	s->sent++;
	s->in_flight++;
	return 0;
}

/* More on their way than buffers for their return would only wait. */
static int send_some(struct state *s)
{
	for (uint32_t i = 0; i < s->n_tx && s->sent < FRAMES && s->in_flight < 8; i++) {
		int err = s->out[i].busy ? 0 : send(s, &s->out[i]);

		if (err == -ANY_ENOMEM)
			return 0;
		if (err)
			return err;
		if (lab_chance(s->w->machine, 3))
			any_net_kick_transmit(&s->net, 0);
	}
	return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* What came back; if nothing did, waits for the interrupt. */
static int reap(struct state *s)
{
	struct any_net_packet packet;
	bool any = false;
	void *cookie;
	int err, last;

	while (!(err = any_net_reclaim(&s->net, 0, &cookie))) {
		any = true;
		((struct out *)cookie)->busy = false;
	}
	while (!(last = any_net_receive(&s->net, 0, &packet))) {
		any = true;
		last = check(s, &packet);
		if (last)
			return last;
	}
	if (err != -ANY_EAGAIN || last != -ANY_EAGAIN)
		return err != -ANY_EAGAIN ? err : last;
	if (any)
		return 0;
	any_net_kick_receive(&s->net, 0);
	any_net_kick_transmit(&s->net, 0);
	lab_cpu_wait(s->w->machine);
	return any_net_interrupt(&s->net);
}

static int done(struct state *s, int err)
{
	if (err)
		return err;
	while ((err = any_net_done(&s->net)) == -ANY_EAGAIN) {
		lab_cpu_wait(s->w->machine);
		err = any_net_interrupt(&s->net);
		if (err)
			return err;
	}
	return err;
}

static int work(struct state *s)
{
	const uint8_t group[1][ANY_NET_MAC_BYTES] = {{1, 0, 0x5e, 0, 0, 1}};
	int err = done(s, any_net_set_rx_mode(&s->net, ANY_NET_CTRL_RX_PROMISC, true));

	if (!err)
		err = done(s, any_net_set_mac_table(&s->net, NULL, 0, group, 1));
	while (!err && s->received < FRAMES) {
		err = post_all(s);
		if (!err && lab_chance(s->w->machine, 2))
			any_net_kick_receive(&s->net, 0);
		if (!err)
			err = send_some(s);
		if (!err)
			err = reap(s);
	}
	return err ? err : done(s, any_net_set_rx_mode(&s->net, ANY_NET_CTRL_RX_PROMISC, false));
}

static int give_back(struct state *s)
{
	struct any_net_buffer *buffer;
	int err = any_net_stop(&s->net);
	void *cookie;

	while (!err && !any_net_abort_receive(&s->net, 0, &buffer))
		*(bool *)buffer->cookie = false;
	while (!err && !any_net_abort_transmit(&s->net, 0, &cookie))
		;
	for (uint32_t i = 0; !err && i < RX_SLOTS; i++)
		if (s->posted[i])
			return wrong(s, "a receive buffer was lost");
	return err ? err : any_net_fini(&s->net);
}

/* A buffer each, out of the slots there are; of a pool, a third for what comes in. */
static int share_out(struct state *s)
{
	const uint64_t units = s->w->machine->plat->machine.bounce_size / POOL_SLOT;
	uint32_t slots = 0;

	s->n_rx = units && units / 3 < RX_SLOTS ? (uint32_t)(units / 3) : RX_SLOTS;
	s->n_tx = units && units / 6 < TX_SLOTS ? (uint32_t)(units / 6) : TX_SLOTS;
	while (slots < RX_SLOTS + TX_SLOTS && s->w->slots[slots])
		slots++;
	while (s->n_rx + s->n_tx > slots && s->n_tx > 1)
		s->n_tx--;
	while (s->n_rx + s->n_tx > slots && s->n_rx)
		s->n_rx--;
	if (!s->n_rx || !s->n_tx)
		return wrong(s, "no memory for a buffer each way");
	for (uint32_t i = 0; i < s->n_rx; i++)
		s->rx_slot[i] = s->w->slots[i];
	for (uint32_t i = 0; i < s->n_tx; i++)
		s->out[i].at = s->w->slots[s->n_rx + i];
	s->longest = s->n_rx * BUFFER - ANY_NET_HEADER_BYTES;
	s->longest = s->longest < LONGEST ? s->longest : LONGEST;
	return 0;
}

/* Where there is no coherent memory (hazard 11), one of the slots is the rings'. */
static int bring_up(struct state *s, const struct any_virtio_transport *transport)
{
	const struct any_net_options options = {.size = LAB_NET_QUEUE, .buffer = BUFFER};
	struct lab_work *w = s->w;

	if (w->dma->plat->coherent)
		return any_net_init(&s->net, transport, w->dma, &options, s->memory,
				    sizeof(s->memory));
	return any_net_init_cached(&s->net, transport, w->dma, &options, s->memory,
				   sizeof(s->memory), w->slots[LAB_SLOTS - 1], LAB_SLOT_SIZE);
}

int lab_work_net(struct lab_work *w)
{
	struct any_virtio_transport transport;
	struct any_virtio_mmio mmio;
	struct state *s = calloc(1, sizeof(*s));
	int err, last;

	if (!s)
		return -ANY_ENOMEM;
	w->state = s;
	s->w = w;
	err = share_out(s);
	if (!err)
		err = any_virtio_mmio_init(&mmio, &transport, lab_ptr(w->machine, LAB_MMIO, 0),
					   ANY_VIRTIO_MMIO_CONFIG + ANY_NET_CFG_BYTES);
	if (!err)
		err = bring_up(s, &transport);
	if (err) {
		if (!w->why)
			w->why = s->net.virtio.why ? s->net.virtio.why : any_strerror(err);
		return err;
	}
	err = work(s);
	if (err && !w->why)
		w->why = any_strerror(err);
	last = give_back(s);
	return err ? err : last;
}
