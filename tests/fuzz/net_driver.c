/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the network driver: its configuration, its rings, the headers of its
 * frames, its answers. A packet's buffers are exactly those that were posted, each once; what is
 * said of them lies inside; and after a reset everything comes back.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/endian.h>
#include <anydma/net.h>
#include <anydma/net_device.h>

#define RAM	 65536u
#define COHERENT 65536u
#define QUEUE	 16u
#define PAIRS	 2u
#define BUFFERS	 12u

struct state {
	struct any_dma_platform plat;
	struct any_dma_region ram;
	struct any_coherent_region coherent;
	uint64_t bits[1];
	struct any_dma_dev dma;
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[2 * PAIRS + 1];
	struct any_ring_piece pieces[2 * PAIRS + 1][QUEUE];
	struct any_packed_held held[2 * PAIRS + 1][QUEUE];
	struct any_space space;
	struct any_space_region seen;
	struct any_virtio_transport transport;
	struct any_net net;
	struct any_net_buffer buffers[BUFFERS];
	bool posted[BUFFERS], out[4];
	uint64_t memory[ANY_NET_BYTES(PAIRS, QUEUE) / 8];
	uint8_t config[32];
	uint8_t *mem;
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

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct state *s = ctx;
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)s->config[offset + i] << 8 * i;
	return value;
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx, (void)offset, (void)width, (void)value;
	abort(); /* VG-NT-01 */
}

static const struct any_virtio_device_ops ops = {.config_read = config_read,
						 .config_write = config_write};

static void create(struct state *s, struct input *in)
{
	const uint64_t type = (uint64_t)take(in, 3) | (take(in, 1) & 1 ? 1ull << 63 : 0);
	const uint64_t ring = take(in, 1) & 1 ? ANY_VIRTIO_F_RING_PACKED : 0;

	memset(s, 0, sizeof(*s));
	s->mem = aligned_alloc(4096, RAM + COHERENT);
	memset(s->mem, 0x5a, RAM + COHERENT);
	s->ram = (struct any_dma_region){s->mem, any_phys((uintptr_t)s->mem), RAM + COHERENT, 0};
	s->coherent.mem = (struct any_dma_region){s->mem + RAM, any_phys((uintptr_t)s->mem + RAM),
						  COHERENT, 0};
	s->coherent.bitmap = s->bits;
	s->plat = (struct any_dma_platform){.name = "fuzz",
					    .facts = {.coherent = true},
					    .ram = &s->ram,
					    .n_ram = 1,
					    .coherent = &s->coherent};
	if (any_dma_attach(&s->dma, &s->plat) || any_dma_set_mask(&s->dma, UINT64_MAX) ||
	    any_dma_set_coherent_mask(&s->dma, UINT64_MAX))
		abort();
	s->seen = (struct any_space_region){any_dma((uintptr_t)s->mem), RAM + COHERENT, s->mem,
					    ANY_DMA_BOTH};
	if (any_space_init_regions(&s->space, &s->seen, 1))
		abort();
	for (uint32_t i = 0; i < 2 * PAIRS + 1; i++)
		s->queues[i] = (struct any_virtio_device_queue){
			.max = QUEUE, .pieces = s->pieces[i], .held = s->held[i]};
	if (any_virtio_device_init(&s->dev, &ops, s, &s->space, s->queues, 2 * PAIRS + 1,
				   (type & ANY_VIRTIO_F_DEVICE_TYPE) | ring |
					   ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX))
		abort();
	s->dev.device_id = ANY_VIRTIO_ID_NET;
	s->dev.config_len = take(in, 1) % 24;
	for (unsigned i = 0; i < 18; i++)
		s->config[i] = (uint8_t)take(in, 1);
	any_virtio_inproc_init(&s->transport, &s->dev);
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
	*b = (struct any_net_buffer){.buf = s->mem + (i % BUFFERS) * 4096, .len = len};
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
	const struct any_net_piece piece = {s->mem + 60000, take(in, 2)};
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

/* ---- the device ------------------------------------------------------------------------------ */

/* Uses one chain as it should be, but for what it says. */
static void use(struct state *s, struct input *in)
{
	const uint32_t queue = take(in, 1) % (2 * PAIRS + 1);
	struct any_virtio_cursor cursor;
	struct any_ring_chain chain;
	uint8_t bytes[12];

	if (any_virtio_device_take(&s->dev, queue, &chain))
		return;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)take(in, 1);
	cursor = any_virtio_cursor_in(&chain);
	(void)!any_virtio_device_store(&s->dev, &cursor, bytes, sizeof(bytes));
	any_virtio_device_use(&s->dev, queue, chain.head, take(in, 2));
	if (take(in, 1) & 1)
		any_virtio_device_publish(&s->dev, queue);
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
		s->config[i % 18] = (uint8_t)take(in, 1);
		any_virtio_device_config_changed(&s->dev);
		(void)!any_net_interrupt(&s->net);
		break;
	case 7: /* the rings, headers and answers: anywhere in coherent memory */
		s->mem[RAM + take(in, 2) % COHERENT] = (uint8_t)i;
		break;
	default:
		use(s, in);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct any_net_options options = {.size = QUEUE, .pairs = PAIRS};
	struct state *s = malloc(sizeof(*s));

	if (!s)
		abort();
	create(s, &in);
	options.buffer = take(&in, 2);
	if (!any_net_init(&s->net, &s->transport, &s->dma, &options, s->memory,
			  sizeof(s->memory))) {
		while (in.left)
			step(s, &in);
		give_back(s);
	}
	if (s->coherent.pages_used || s->dma.stats.maps != s->dma.stats.unmaps)
		abort();
	free(s->mem);
	free(s);
	return 0;
}
