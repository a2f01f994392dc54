/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network card whose wire ends at the host: each frame sent is checked there and answered by one
 * that is checked here, of a length this side asks for, up to a jumbo frame in many buffers. Both
 * sides take the seed from the card's address.
 */
#include <anydma/net.h>

#include "../shared/port.h"

#define QUEUE	64u
#define BUFFERS 24u
#define BUFFER	1024u /* bytes; a jumbo frame takes nine */
#define WINDOW	4u    /* frames on their way */
#define FRAMES	64u
#define LONGEST 9014u
#define HEADER	24u /* addresses, type, then: operation, -, number, length of the answer */
#define POLLS	100000000u

/* Operations: an answer; and before it the same for somebody else's address; none, but the host
 * looks at the filter and takes the line away until the filter changes; and a request to be
 * announced. */
enum { ECHO, ECHO_STRANGER, LINE_DOWN, ANNOUNCE };

struct card {
	const struct port_device *at;
	struct any_net net;
	struct any_net_buffer buffers[BUFFERS];
	uint8_t *out[WINDOW], *in;
	bool busy[WINDOW];
	uint64_t seed;
	uint32_t answers, buffers_used;
	bool dead;
};

static const uint32_t lengths[] = {64,	 65,   128,  333,  590,	 1023,
				   1024, 1025, 1500, 1514, 4096, LONGEST};

static bool fail(struct card *c, const char *what, int err)
{
	c->dead = true;
	return port_ok(false, "%s: %s: %s", c->at->name, what, any_strerror(err));
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t length_of(uint32_t number)
{
	return lengths[number % ANY_ARRAY_SIZE(lengths)];
}

/* ---- out ------------------------------------------------------------------------------------- */

static bool post(struct card *c, struct any_net_buffer *first)
{
	while (first) {
		struct any_net_buffer *next = first->next;
		int err = any_net_post(&c->net, 0, first);

		if (err)
			return fail(c, "a buffer is taken", err);
		first = next;
	}
	any_net_kick_receive(&c->net, 0);
	return true;
}

static bool send(struct card *c, uint32_t slot, uint8_t operation, uint32_t number)
{
	const uint32_t len = length_of(number), want = length_of(number * 5 + 3);
	uint8_t *at = c->out[slot] + number % 3; /* it begins anywhere in a line */
	const struct any_net_piece pieces[] = {{at, HEADER}, {at + HEADER, len - HEADER}};
	const struct any_net_frame frame = {.pieces = pieces, .n = 2, .cookie = &c->busy[slot]};
	int err;

	for (unsigned i = 0; i < 6; i++) {
		at[i] = 0xff;
		at[6 + i] = c->net.facts.mac[i];
	}
	at[12] = 0x88; /* for local experiments */
	at[13] = 0xb5;
	at[14] = operation;
	at[15] = 0;
	put32(at + 16, number);
	put32(at + 20, want);
	port_pattern(at + HEADER, len - HEADER, c->seed, (uint64_t)number * 65536);
	err = any_net_transmit(&c->net, 0, &frame);
	if (err)
		return fail(c, "a frame is taken", err);
	c->busy[slot] = true;
	any_net_kick_transmit(&c->net, 0);
	return true;
}

static void reclaim(struct card *c)
{
	void *cookie;
	int err;

	while (!(err = any_net_reclaim(&c->net, 0, &cookie)))
		*(bool *)cookie = false;
	if (err != -ANY_EAGAIN)
		fail(c, "a frame comes back", err);
}

/* ---- in -------------------------------------------------------------------------------------- */

static void gather(struct card *c, const struct any_net_packet *packet)
{
	const struct any_net_buffer *b = packet->first;
	uint32_t at = 0;

	for (; b; b = b->next, c->buffers_used++)
		for (uint32_t i = 0; i < b->bytes; i++)
			c->in[at++] = ((const uint8_t *)b->buf)[b->offset + i];
}

/* The next packet's number, once its bytes are what they should be; or none, and dead. */
static bool receive(struct card *c, uint32_t *number, bool *stranger)
{
	struct any_net_packet packet;
	int err = -ANY_EAGAIN;
	size_t len, same;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN && !c->dead; i++) {
		reclaim(c);
		err = any_net_receive(&c->net, 0, &packet);
	}
	if (err || packet.result || packet.len < HEADER || packet.len > LONGEST)
		return fail(c, "an answer comes", err ? err : packet.result);
	gather(c, &packet);
	*number = get32(c->in + 16);
	*stranger = c->in[5] != c->net.facts.mac[5];
	len = packet.len - HEADER;
	same = port_pattern_differs(c->in + HEADER, len, c->seed + 1, (uint64_t)*number * 65536);
	if (packet.len != length_of(*number * 5 + 3) || same != len) {
		port_say("# answer %u: %u bytes, as expected up to %u\n", (unsigned)*number,
			 (unsigned)packet.len, (unsigned)same);
		return fail(c, "the bytes of an answer", -ANY_EIO);
	}
	c->answers++;
	return post(c, packet.first);
}

/* ---- what is tried --------------------------------------------------------------------------- */

static bool idle(struct card *c)
{
	bool busy = true;

	for (uint32_t i = 0; i < POLLS && busy && !c->dead; i++) {
		reclaim(c);
		busy = false;
		for (uint32_t k = 0; k < WINDOW; k++)
			busy = busy || c->busy[k];
	}
	return !busy && !c->dead;
}

/* WINDOW frames at a time; answers come in the order of the frames. */
static bool frames(struct card *c)
{
	for (uint32_t next = 0; next < FRAMES; next += WINDOW) {
		for (uint32_t i = 0; i < WINDOW; i++)
			if (!send(c, i, ECHO, next + i))
				return false;
		for (uint32_t i = 0; i < WINDOW; i++) {
			uint32_t number;
			bool stranger;

			if (!receive(c, &number, &stranger))
				return false;
			if (number != next + i || stranger)
				return fail(c, "the order of answers", -ANY_EIO);
		}
		if (!idle(c))
			return fail(c, "frames are sent", -ANY_EIO);
	}
	return true;
}

static int done(struct card *c, int err)
{
	if (err)
		return err;
	err = -ANY_EAGAIN;
	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = any_net_done(&c->net);
	return err;
}

/* How many of a pair of answers come through, one of them for another address. */
static uint32_t through(struct card *c, uint32_t number)
{
	uint32_t n = 0, got;
	bool stranger = true;

	if (!send(c, 0, ECHO_STRANGER, number))
		return 0;
	for (; stranger && receive(c, &got, &stranger); n++)
		;
	return idle(c) ? n : 0;
}

static void filters(struct card *c)
{
	struct any_net *net = &c->net;
	int err = done(c, any_net_set_rx_mode(net, ANY_NET_CTRL_RX_PROMISC, false));

	if (!err)
		err = done(c, any_net_set_mac_table(net, NULL, 0, NULL, 0));
	port_ok(!err && through(c, FRAMES) == 1, "%s: only its own address: %s", c->at->name,
		any_strerror(err));
	if (c->dead)
		return;
	err = done(c, any_net_set_rx_mode(net, ANY_NET_CTRL_RX_PROMISC, true));
	port_ok(!err && through(c, FRAMES + 1) == 2, "%s: every address: %s", c->at->name,
		any_strerror(err));
}

/* Until the device's configuration says so. */
static bool line(struct card *c, const bool *fact, bool wanted)
{
	int err = 0;

	for (uint32_t i = 0; i < POLLS && *fact != wanted && !err; i++)
		err = any_net_interrupt(&c->net);
	return !err && *fact == wanted;
}

/* The host asks the device what it passes (ports/host/net.py) before it takes the line away. */
static void line_and_tables(struct card *c)
{
	const uint8_t one[1][6] = {{2, 0, 0, 0, 0, 0x77}}, many[1][6] = {{1, 0, 0x5e, 0, 0, 0x77}};
	struct any_net *net = &c->net;
	uint32_t number;
	bool stranger;
	int err = done(c, any_net_set_mac_table(net, one, 1, many, 1));

	if (!err)
		err = done(c, any_net_set_vlan(net, 5, true));
	port_ok(!err, "%s: tables: %s", c->at->name, any_strerror(err));
	if (err || !send(c, 0, LINE_DOWN, FRAMES + 2) || !idle(c))
		return;
	if (!port_ok(line(c, &net->facts.up, false), "%s: the line goes down", c->at->name))
		return;
	err = done(c, any_net_set_rx_mode(net, ANY_NET_CTRL_RX_PROMISC, false));
	if (!port_ok(!err && line(c, &net->facts.up, true), "%s: the line comes up: %s",
		     c->at->name, any_strerror(err)))
		return;
	if (!send(c, 0, ECHO, FRAMES + 3) || !receive(c, &number, &stranger) || !idle(c))
		return;
	if (!send(c, 0, ANNOUNCE, FRAMES + 4) || !receive(c, &number, &stranger) || !idle(c))
		return;
	port_ok(line(c, &net->facts.announce, true), "%s: asked for an announcement", c->at->name);
	err = done(c, any_net_announced(net));
	port_ok(!err, "%s: announced: %s", c->at->name, any_strerror(err));
}

static void exchange(struct card *c)
{
	const struct any_net_facts *f = &c->net.facts;

	port_say("# net %s%s%s, mtu %u, buffers of %u\n",
		 any_virtio_has(&c->net.virtio, ANY_VIRTIO_F_RING_PACKED) ? "packed" : "split",
		 any_virtio_has(&c->net.virtio, ANY_VIRTIO_F_ACCESS_PLATFORM) ? " platform" : "",
		 any_virtio_has(&c->net.virtio, ANY_NET_F_MRG_RXBUF) ? " mrg_rxbuf" : "",
		 (unsigned)f->mtu, BUFFER);
	c->seed = (uint64_t)f->mac[3] << 16 | (uint64_t)f->mac[4] << 8 | f->mac[5];
	if (!port_ok(f->has_mac && f->mac[0] == 0x52 && f->up && f->mtu == 9000,
		     "%s: address, link and MTU", c->at->name))
		return;
	for (uint32_t i = 0; i < BUFFERS; i++) {
		c->buffers[i] =
			(struct any_net_buffer){.buf = port_alloc(BUFFER + 64, 64), .len = BUFFER};
		c->buffers[i].buf = (uint8_t *)c->buffers[i].buf + i % 3 * 4;
		if (!post(c, &c->buffers[i]))
			return;
	}
	if (frames(c))
		port_ok(c->buffers_used > FRAMES, "%s: %u frames and answers, in %u buffers",
			c->at->name, (unsigned)c->answers, (unsigned)c->buffers_used);
	if (!c->dead && any_virtio_has(&c->net.virtio, ANY_NET_F_CTRL_RX))
		filters(c);
	if (!c->dead && any_virtio_has(&c->net.virtio, ANY_NET_F_CTRL_VLAN))
		line_and_tables(c);
}

static int give_back(struct card *c)
{
	struct any_net_buffer *buffer;
	uint32_t n = 0;
	void *cookie;
	int err = any_net_stop(&c->net);

	while (!err && !any_net_abort_receive(&c->net, 0, &buffer))
		n++;
	while (!err && !any_net_abort_transmit(&c->net, 0, &cookie))
		;
	if (!err && !c->dead && n != BUFFERS)
		return -ANY_EIO;
	return err ? err : any_net_fini(&c->net);
}

static void run(const struct port_device *at)
{
	const struct any_net_options options = {.size = QUEUE, .buffer = BUFFER};
	static struct card card;
	struct card *c = &card;
	int err;

	*c = (struct card){.at = at, .in = port_alloc(LONGEST + 64, 64)};
	for (uint32_t i = 0; i < WINDOW; i++)
		c->out[i] = port_alloc(LONGEST + 64, 64);
	err = any_net_init(&c->net, at->transport, at->dma, &options,
			   port_alloc(ANY_NET_BYTES(1, QUEUE), 8), ANY_NET_BYTES(1, QUEUE));
	if (port_refused(at, err))
		return;
	if (!port_ok(!err, "%s: a network card comes up: %s%s%s", at->name, any_strerror(err),
		     c->net.virtio.why ? ", " : "", c->net.virtio.why ? c->net.virtio.why : ""))
		return;
	exchange(c);
	err = give_back(c);
	port_ok(!err, "%s: the card and its buffers are given back: %s", at->name,
		any_strerror(err));
}

const struct port_body port_body_net = {.device_id = ANY_VIRTIO_ID_NET, .run = run};
