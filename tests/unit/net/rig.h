/* SPDX-License-Identifier: BSD-2-Clause */
/* Network driver and network device over the in-process transport, and a wire that remembers. */
#ifndef ANYDMA_TESTS_NET_RIG_H
#define ANYDMA_TESTS_NET_RIG_H

#include "../virtio/world.h"

#include <anydma/net.h>
#include <anydma/net_device.h>

#define QUEUE	 64u
#define PAIRS	 4u
#define STAGE	 70000u
#define REMEMBER 64u
#define BUFFER	 2048u /* of a receive buffer, unless a test says otherwise */
#define BUFFERS	 32u
#define BUF_AT	 0x10000u  /* receive buffers in RAM */
#define SEND_AT	 0x200000u /* what is sent */

#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)
#define ALL                                                                                        \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MTU |   \
	 ANY_NET_F_MAC | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN | ANY_NET_F_HOST_GSO |          \
	 ANY_NET_F_HOST_ECN | ANY_NET_F_MRG_RXBUF | ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ |         \
	 ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_CTRL_RX_EXTRA |                       \
	 ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR |                       \
	 ANY_NET_F_SPEED_DUPLEX)
#define OWN_MAC                                                                                    \
	{                                                                                          \
		2, 0, 0, 0, 0, 7                                                                   \
	}
static const uint8_t own_mac[ANY_NET_MAC_BYTES] = OWN_MAC;
static const struct any_net_offload plain;

/* Set for the second half of a test program: the same tests over packed rings. */
static uint64_t rig_more;

struct sent { /* a frame that went out */
	uint8_t *bytes;
	size_t len;
	uint16_t pair;
	struct any_net_offload offload;
};

struct rig {
	struct world world;
	struct any_net_backend backend;
	struct any_net_device dev;
	struct any_net_device_config config;
	struct any_net_options options;
	struct any_virtio_transport transport;
	struct any_net net;
	struct any_net_buffer buffers[BUFFERS];
	struct sent sent[REMEMBER];
	uint32_t n_sent;
	int send_error;
	uint64_t memory[ANY_NET_BYTES(PAIRS, QUEUE) / 8];
	uint64_t device_memory[ANY_NET_DEVICE_BYTES(PAIRS, QUEUE) / 8];
	uint8_t stage[STAGE];
};

static inline int rig_send(void *ctx, uint16_t pair, const struct any_net_offload *offload,
			   const void *frame, size_t len)
{
	struct rig *r = ctx;
	struct sent *s = &r->sent[r->n_sent % REMEMBER];

	if (r->send_error)
		return r->send_error;
	free(s->bytes);
	s->bytes = malloc(len);
	memcpy(s->bytes, frame, len);
	s->len = len;
	s->pair = pair;
	s->offload = *offload;
	r->n_sent++;
	return 0;
}

/* The device there is, with `features`; the driver not yet. */
static inline struct rig *rig_of(enum world_kind kind, uint64_t features, bool takes_csum)
{
	struct rig *r = calloc(1, sizeof(*r));

	world_init(&r->world, kind);
	r->backend = (struct any_net_backend){.send = rig_send, .takes_csum = takes_csum};
	r->config = (struct any_net_device_config){.features = features | PLAT | rig_more,
						   .mac = OWN_MAC,
						   .mtu = 9000,
						   .pairs = features & ANY_NET_F_MQ ? PAIRS : 1,
						   .duplex = 1,
						   .speed = 10000,
						   .queue_max = QUEUE};
	r->options = (struct any_net_options){.size = QUEUE, .buffer = BUFFER, .pairs = PAIRS};
	assert_int_equal(any_net_device_init(&r->dev, &r->backend, r, &r->config, &r->world.space,
					     r->device_memory, sizeof(r->device_memory), r->stage,
					     STAGE),
			 0);
	any_virtio_inproc_init(&r->transport, &r->dev.virtio);
	return r;
}

static inline int rig_start(struct rig *r)
{
	return any_net_init(&r->net, &r->transport, &r->world.dev, &r->options, r->memory,
			    sizeof(r->memory));
}

static inline struct rig *rig_with(enum world_kind kind, uint64_t features)
{
	const uint64_t more =
		kind & 1 ? ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_NOTIFICATION_DATA : 0;
	struct rig *r = rig_of(kind, features | more, true);

	assert_int_equal(rig_start(r), 0);
	return r;
}

static inline struct rig *rig_up(enum world_kind kind)
{
	return rig_with(kind, ALL);
}

static inline void rig_free(struct rig *r)
{
	for (uint32_t i = 0; i < REMEMBER; i++)
		free(r->sent[i].bytes);
	world_fini(&r->world);
	free(r);
}

/* Everything comes back exactly once; how many receive buffers did. */
static inline uint32_t rig_give_back(struct rig *r)
{
	struct any_net_buffer *buffer;
	uint32_t n = 0;
	void *cookie;

	assert_int_equal(any_net_fini(&r->net), -ANY_EBUSY); /* not while it runs */
	assert_int_equal(any_net_stop(&r->net), 0);
	for (uint16_t pair = 0; pair < r->net.n_pairs; pair++) {
		for (; any_net_abort_receive(&r->net, pair, &buffer) == 0; n++)
			;
		while (any_net_abort_transmit(&r->net, pair, &cookie) == 0)
			;
		assert_int_equal(r->net.pairs[pair].posted, 0);
	}
	assert_int_equal(any_net_fini(&r->net), 0);
	assert_int_equal(r->world.dev.stats.maps, r->world.dev.stats.unmaps);
	return n;
}

static inline void rig_down(struct rig *r)
{
	rig_give_back(r);
	rig_free(r);
}

static inline void run_device(struct rig *r)
{
	while (any_net_device_process(&r->dev, 3))
		;
}

/* ---- frames ---------------------------------------------------------------------------------- */

static inline uint8_t content(uint32_t seed, size_t i)
{
	return (uint8_t)(seed * 31 + i * 7 + (i >> 8) * 13);
}

/* A frame for the driver, its bytes told by the seed. */
static inline void make_frame(uint8_t *at, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++)
		at[i] = content(seed, i);
	memcpy(at, own_mac, sizeof(own_mac));
	at[12] = 0x08;
	at[13] = 0x00;
}

static inline void post(struct rig *r, uint16_t pair, uint32_t i, size_t len)
{
	struct any_net_buffer *b = &r->buffers[i];

	b->buf = r->world.ram + BUF_AT + i * BUFFER;
	b->len = len;
	b->cookie = b;
	memset(b->buf, 0x5a, len);
	assert_int_equal(any_net_post(&r->net, pair, b), 0);
}

static inline void post_all(struct rig *r, uint32_t n, size_t len)
{
	for (uint32_t i = 0; i < n; i++)
		post(r, 0, i, len);
	any_net_kick_receive(&r->net, 0);
}

static inline int deliver(struct rig *r, const struct any_net_offload *o, const uint8_t *frame,
			  size_t len)
{
	int err = any_net_device_deliver(&r->dev, 0, o, frame, len);

	any_net_device_publish(&r->dev);
	return err;
}

/* The packet's bytes, and how many buffers they came in. */
static inline uint32_t collect(const struct any_net_packet *packet, uint8_t *to)
{
	const struct any_net_buffer *b = packet->first;
	uint32_t n = 0, at = 0;

	for (; b; b = b->next, n++) {
		memcpy(to + at, (const uint8_t *)b->buf + b->offset, b->bytes);
		at += b->bytes;
	}
	if (!packet->result)
		assert_int_equal(at, packet->len);
	return n;
}

static inline void expect_packet(struct rig *r, const uint8_t *frame, size_t len, uint32_t buffers)
{
	uint8_t *bytes = calloc(1, 1 << 17);
	struct any_net_packet packet;

	assert_int_equal(any_net_receive(&r->net, 0, &packet), 0);
	assert_int_equal(packet.result, 0);
	assert_int_equal(packet.len, len);
	assert_int_equal(collect(&packet, bytes), buffers);
	assert_memory_equal(bytes, frame, len);
	free(bytes);
}

/* Sends one frame in `n` pieces; its error, or the device's view of it in r->sent. */
static inline int send_pieces(struct rig *r, uint16_t pair, const struct any_net_offload *o,
			      size_t len, uint32_t n)
{
	struct any_net_piece pieces[ANY_NET_MAX_PIECES + 1];
	const uint8_t *at = r->world.ram + SEND_AT;
	struct any_net_frame frame = {.pieces = pieces, .n = n, .offload = *o, .cookie = r};

	for (uint32_t i = 0; i < n; i++) {
		const size_t here = i + 1 < n ? len / n : len - (n - 1) * (len / n);

		pieces[i] = (struct any_net_piece){at, here};
		at += here;
	}
	return any_net_transmit(&r->net, pair, &frame);
}

static inline int send(struct rig *r, uint16_t pair, const struct any_net_offload *o, size_t len,
		       uint32_t n)
{
	int err = send_pieces(r, pair, o, len, n);
	void *cookie = NULL;

	if (err)
		return err;
	any_net_kick_transmit(&r->net, pair);
	run_device(r);
	assert_int_equal(any_net_reclaim(&r->net, pair, &cookie), 0);
	assert_ptr_equal(cookie, r);
	assert_int_equal(any_net_reclaim(&r->net, pair, &cookie), -ANY_EAGAIN);
	return 0;
}

static inline const struct sent *last_sent(const struct rig *r)
{
	return &r->sent[(r->n_sent - 1) % REMEMBER];
}

/* A command's end. */
static inline int done(struct rig *r, int err)
{
	if (err)
		return err;
	assert_int_equal(any_net_done(&r->net), -ANY_EAGAIN);
	run_device(r);
	return any_net_done(&r->net);
}

#endif
