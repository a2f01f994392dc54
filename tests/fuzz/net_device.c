/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that writes anything anywhere against the network device: frames, receive buffers,
 * commands. Nothing outside its memory and the stage may be touched, every step ends, what goes out
 * was agreed on, and no more comes back than was taken.
 */
#include <anydma/endian.h>
#include <anydma/net_device.h>

#include "guest.h"

#define STAGE 600u
#define PAIRS 2u

#define OFFER                                                                                      \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MTU |   \
	 ANY_NET_F_MAC | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN | ANY_NET_F_MRG_RXBUF |         \
	 ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ | ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN |          \
	 ANY_NET_F_CTRL_RX_EXTRA | ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ |                       \
	 ANY_NET_F_CTRL_MAC_ADDR)

struct state {
	struct any_net_backend backend;
	struct any_net_device dev;
	struct guest guest;
	uint64_t memory[ANY_NET_DEVICE_BYTES(PAIRS, QUEUE) / 8];
	uint8_t *stage;
};

static int on_send(void *ctx, uint16_t pair, const struct any_net_offload *offload,
		   const void *frame, size_t len)
{
	struct state *s = ctx;
	const uint64_t f = s->dev.virtio.features;

	if (frame != s->stage || len < ANY_NET_ETH || len > STAGE || pair >= PAIRS)
		abort();
	if ((offload->flags & ~ANY_NET_NEEDS_CSUM) || !any_net_offload_fits(offload, len) ||
	    (offload->flags && (!s->backend.takes_csum || !(f & ANY_NET_F_CSUM))) ||
	    !any_net_gso_agreed(offload->gso_type, f, ANY_NET_F_HOST_TSO4, ANY_NET_F_HOST_TSO6,
				ANY_NET_F_HOST_ECN))
		abort();
	return len % 7 ? 0 : -ANY_EIO;
}

static void create(struct state *s, uint32_t flags)
{
	const bool packed = flags & 1, takes = flags & 2;
	const struct any_net_device_config config = {
		.features = OFFER | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX |
			    ANY_VIRTIO_F_RING_RESET | (packed ? ANY_VIRTIO_F_RING_PACKED : 0) |
			    (takes ? ANY_NET_F_HOST_GSO | ANY_NET_F_HOST_ECN : 0),
		.mac = {2, 0, 0, 0, 0, 1},
		.mtu = 500,
		.pairs = PAIRS,
		.queue_max = QUEUE};

	memset(s, 0, sizeof(*s));
	guest_init(&s->guest, &s->dev.virtio);
	s->stage = calloc(1, STAGE);
	s->backend = (struct any_net_backend){.send = on_send, .takes_csum = takes};
	if (any_net_device_init(&s->dev, &s->backend, s, &config, &s->guest.space, s->memory,
				sizeof(s->memory), s->stage, STAGE))
		abort();
}

static void deliver(struct state *s, struct input *in)
{
	static uint8_t frame[700];
	const struct any_net_offload o = {.flags = (uint8_t)take(in, 1),
					  .gso_type = (uint8_t)take(in, 1),
					  .gso_size = (uint16_t)take(in, 1),
					  .csum_start = (uint16_t)take(in, 2),
					  .csum_offset = (uint16_t)take(in, 1)};

	for (unsigned i = 0; i < 16; i++)
		frame[i] = (uint8_t)take(in, 1);
	(void)!any_net_device_deliver(&s->dev, (uint16_t)take(in, 1), &o, frame,
				      take(in, 2) % sizeof(frame));
	any_net_device_publish(&s->dev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = malloc(sizeof(*s));

	if (!s)
		abort();
	create(s, take(&in, 1));
	guest_bring_up(&s->guest, &in);
	while (in.left) {
		if (take(&in, 1) & 1)
			guest_act(&s->guest, &in);
		else if (in.left & 3)
			deliver(s, &in);
		else
			any_net_device_announce(&s->dev);
		if (any_net_device_process(&s->dev, 4) > 4 * (PAIRS + 1))
			abort();
		for (uint32_t pair = 0; pair < PAIRS; pair++)
			if (s->dev.hands[pair].n > QUEUE || s->dev.hands[pair].n_pieces > QUEUE)
				abort();
		if (!s->dev.active || s->dev.active > PAIRS)
			abort();
	}
	free(s->guest.mem);
	free(s->stage);
	free(s);
	return 0;
}
