/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that writes anything anywhere against the network device: frames, receive buffers,
 * commands. Nothing outside its memory and the stage may be touched, every step ends, what goes out
 * was agreed on, and no more comes back than was taken.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/endian.h>
#include <anydma/net_device.h>

#define BUS   0x10000ull
#define MEM   16384u
#define QUEUE 16u
#define STAGE 600u
#define PAIRS 2u
#define PARTS 1024u /* of a queue, from its place in memory on */

#define OFFER                                                                                      \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MTU |   \
	 ANY_NET_F_MAC | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN | ANY_NET_F_MRG_RXBUF |         \
	 ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ | ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN |          \
	 ANY_NET_F_CTRL_RX_EXTRA | ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ |                       \
	 ANY_NET_F_CTRL_MAC_ADDR)

struct state {
	struct any_net_backend backend;
	struct any_net_device dev;
	struct any_space space;
	struct any_space_region regions[2];
	uint64_t memory[ANY_NET_DEVICE_BYTES(PAIRS, QUEUE) / 8];
	uint8_t *mem, *stage;
};

struct input {
	const uint8_t *at;
	size_t left;
};

static uint32_t take(struct input *in, unsigned bytes)
{
	uint32_t value = 0;

	for (; bytes && in->left; bytes--, in->left--)
		value = value << 8 | *in->at++;
	return value;
}

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
	s->mem = calloc(1, MEM);
	s->stage = calloc(1, STAGE);
	s->backend = (struct any_net_backend){.send = on_send, .takes_csum = takes};
	/* the last quarter may only be read */
	s->regions[0] = (struct any_space_region){any_dma(BUS), MEM * 3 / 4, s->mem, ANY_DMA_BOTH};
	s->regions[1] = (struct any_space_region){any_dma(BUS + MEM * 3 / 4), MEM / 4,
						  s->mem + MEM * 3 / 4, ANY_DMA_TO_DEVICE};
	if (any_space_init_regions(&s->space, s->regions, 2) ||
	    any_net_device_init(&s->dev, &s->backend, s, &config, &s->space, s->memory,
				sizeof(s->memory), s->stage, STAGE))
		abort();
}

static void bring_up(struct state *s, struct input *in)
{
	struct any_virtio_device *v = &s->dev.virtio;
	const uint64_t drop = take(in, 3);

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~drop);
	any_virtio_device_set_status(v, 0xb);
	for (uint32_t queue = 0; queue < 2 * PAIRS + 1; queue++) {
		const uint64_t at = BUS + queue * PARTS;

		if (any_virtio_device_queue_setup(v, queue, 1u << take(in, 1) % 5, any_dma(at),
						  any_dma(at + 256), any_dma(at + 512)))
			return;
	}
	any_virtio_device_set_status(v, 0xf);
}

/* A chain as it should be, or nearly: most of what there is to find lies behind one. */
static void chain(struct state *s, struct input *in)
{
	const uint32_t queue = take(in, 1) % (2 * PAIRS + 1), n = 1 + take(in, 1) % 4;
	const uint32_t size = s->dev.virtio.queues[queue].size;
	uint8_t *at = s->mem + queue * PARTS;
	struct any_vring_avail *avail = (void *)(at + 256);
	struct any_vring_desc *desc = (void *)at;

	if (s->dev.virtio.queues[queue].ring.packed || size < 4)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t flags = take(in, 1);

		any_store_le64(&desc[i].addr, BUS + 6000 + take(in, 1) * 8);
		any_store_le32(&desc[i].len, take(in, 1) * (flags & 0x40 ? 5 : 1));
		any_store_le16(&desc[i].flags, (uint16_t)((i + 1 < n) | (flags & 2)));
		any_store_le16(&desc[i].next, (uint16_t)(i + 1));
	}
	any_store_le16(&avail->ring[any_load_le16(&avail->idx) % size], 0);
	any_store_le16(&avail->idx, (uint16_t)(any_load_le16(&avail->idx) + 1));
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

/* What the driver does between two steps of the device. */
static void act(struct state *s, struct input *in)
{
	struct any_virtio_device *v = &s->dev.virtio;
	uint32_t at, len;

	switch (take(in, 1) % 8) {
	case 0:
		bring_up(s, in);
		break;
	case 1:
		if (take(in, 1) & 1)
			any_virtio_device_queue_reset(v, take(in, 1) % 8);
		else
			any_virtio_device_set_status(v, (uint8_t)take(in, 1));
		break;
	case 2:
		(void)any_virtio_device_config_read(v, take(in, 1), take(in, 1) % 5);
		any_net_device_announce(&s->dev);
		break;
	case 3:
	case 4:
		deliver(s, in);
		break;
	case 5:
	case 6:
		chain(s, in);
		break;
	default: /* memory: anywhere */
		at = take(in, 2) % MEM;
		len = 1 + take(in, 1) % 64;
		for (; len && at < MEM; len--, at++)
			s->mem[at] = (uint8_t)take(in, 1);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = malloc(sizeof(*s));

	if (!s)
		abort();
	create(s, take(&in, 1));
	bring_up(s, &in);
	while (in.left) {
		act(s, &in);
		if (any_net_device_process(&s->dev, 4) > 4 * (PAIRS + 1))
			abort();
		for (uint32_t pair = 0; pair < PAIRS; pair++)
			if (s->dev.hands[pair].n > QUEUE || s->dev.hands[pair].n_pieces > QUEUE)
				abort();
		if (!s->dev.active || s->dev.active > PAIRS)
			abort();
	}
	free(s->mem);
	free(s->stage);
	free(s);
	return 0;
}
