/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that writes anything anywhere against the console device: messages, bytes, receive
 * buffers. Nothing outside its memory may be touched, every step ends, bytes come from its memory
 * and from ports that are there.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/console_device.h>
#include <anydma/endian.h>

#define BUS   0x10000ull
#define MEM   16384u
#define QUEUE 16u
#define MAX   2u
#define PARTS 1024u /* of a queue, from its place in memory on */

struct state {
	struct any_console_backend backend;
	struct any_console_device dev;
	struct any_space space;
	struct any_space_region regions[2];
	uint64_t memory[ANY_CONSOLE_DEVICE_BYTES(MAX, QUEUE) / 8];
	uint8_t *mem;
	uint32_t sum;
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

static void on_write(void *ctx, uint32_t port, const void *bytes, size_t len)
{
	struct state *s = ctx;
	const uint8_t *at = bytes;

	if (port >= MAX || !s->dev.ports[port].there || at < s->mem || len > MEM ||
	    at + len > s->mem + MEM)
		abort();
	for (size_t i = 0; i < len; i++)
		s->sum += at[i];
}

static void on_open(void *ctx, uint32_t port, bool open)
{
	struct state *s = ctx;

	if (port >= MAX || !s->dev.ports[port].there || s->dev.ports[port].driver_open != open)
		abort();
}

static void on_emergency(void *ctx, uint8_t c)
{
	((struct state *)ctx)->sum += c;
}

static void create(struct state *s, uint32_t flags)
{
	const struct any_console_device_config config = {
		.features = ANY_CONSOLE_F_SIZE | ANY_CONSOLE_F_MULTIPORT |
			    ANY_CONSOLE_F_EMERG_WRITE | ANY_VIRTIO_F_ACCESS_PLATFORM |
			    ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_RING_RESET |
			    (flags & 1 ? ANY_VIRTIO_F_RING_PACKED : 0),
		.cols = 80,
		.rows = 25,
		.max_ports = MAX,
		.queue_max = QUEUE};

	memset(s, 0, sizeof(*s));
	s->mem = calloc(1, MEM);
	s->backend = (struct any_console_backend){on_write, on_open, on_emergency};
	/* the last quarter may only be read */
	s->regions[0] = (struct any_space_region){any_dma(BUS), MEM * 3 / 4, s->mem, ANY_DMA_BOTH};
	s->regions[1] = (struct any_space_region){any_dma(BUS + MEM * 3 / 4), MEM / 4,
						  s->mem + MEM * 3 / 4, ANY_DMA_TO_DEVICE};
	if (any_space_init_regions(&s->space, s->regions, 2) ||
	    any_console_device_init(&s->dev, &s->backend, s, &config, &s->space, s->memory,
				    sizeof(s->memory)))
		abort();
}

static void bring_up(struct state *s, struct input *in)
{
	struct any_virtio_device *v = &s->dev.virtio;
	const uint64_t drop = take(in, 1) & 7;

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~drop);
	any_virtio_device_set_status(v, 0xb);
	for (uint32_t queue = 0; queue < ANY_CONSOLE_QUEUES(MAX); queue++) {
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
	const uint32_t queue = take(in, 1) % ANY_CONSOLE_QUEUES(MAX), n = 1 + take(in, 1) % 4;
	const uint32_t size = s->dev.virtio.queues[queue].size;
	uint8_t *at = s->mem + queue * PARTS, *message = s->mem + 7000;
	struct any_vring_avail *avail = (void *)(at + 256);
	struct any_vring_desc *desc = (void *)at;

	if (s->dev.virtio.queues[queue].ring.packed || size < 4)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t flags = take(in, 1), len = take(in, 1);

		any_store_le64(&desc[i].addr, BUS + 7000 + (flags & 1 ? take(in, 1) * 37 : 0));
		any_store_le32(&desc[i].len, flags & 8 ? 8 : len * (flags & 0x40 ? 5 : 1));
		any_store_le16(&desc[i].flags, (uint16_t)((i + 1 < n) | (flags & 2)));
		any_store_le16(&desc[i].next, (uint16_t)(i + 1));
	}
	message[0] = (uint8_t)(take(in, 1) % 4);
	message[4] = (uint8_t)(take(in, 1) % 9);
	message[6] = (uint8_t)take(in, 1);
	any_store_le16(&avail->ring[any_load_le16(&avail->idx) % size], 0);
	any_store_le16(&avail->idx, (uint16_t)(any_load_le16(&avail->idx) + 1));
}

/* What happens on the other end of the ports. */
static void outside(struct state *s, struct input *in)
{
	static const uint8_t bytes[300];
	const uint32_t what = take(in, 1), port = what >> 4 & 3;

	switch (what % 6) {
	case 0:
		(void)!any_console_device_add(&s->dev, port, what & 8, "name");
		break;
	case 1:
		(void)!any_console_device_remove(&s->dev, port);
		break;
	case 2:
		(void)!any_console_device_set_open(&s->dev, port, what & 8);
		break;
	case 3:
		(void)!any_console_device_resize(&s->dev, port, (uint16_t)what, 1);
		break;
	case 4:
		(void)!any_console_device_throttle(&s->dev, port, what & 8);
		break;
	default:
		if (any_console_device_deliver(&s->dev, port, bytes, 300) > 300)
			abort();
	}
}

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
		any_virtio_device_config_write(v, take(in, 1), take(in, 1) % 5, take(in, 1));
		break;
	case 3:
	case 4:
		outside(s, in);
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
		if (any_console_device_process(&s->dev, 4) > 4 * (MAX + 2))
			abort();
		for (uint32_t port = 0; port < MAX; port++) { /* VD-CN-02 */
			const struct any_console_device_port *p = &s->dev.ports[port];

			if (p->added && (p->news & 1 << ANY_CONSOLE_PORT_ADD) &&
			    !(p->news & 1 << ANY_CONSOLE_PORT_REMOVE))
				abort();
		}
	}
	free(s->mem);
	free(s);
	return 0;
}
