/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that lies against the console driver: its configuration, its rings, its messages. No
 * port is there that has no queues, names end, a buffer comes back once and no longer than it was,
 * and after a reset everything comes back.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/console.h>
#include <anydma/endian.h>
#include <anydma/virtio_device.h>

#define RAM	 65536u
#define COHERENT 65536u
#define QUEUE	 8u
#define PORTS	 2u
#define QUEUES	 ANY_CONSOLE_QUEUES(PORTS)
#define BUFFERS	 8u
#define BUFFER	 512u

struct state {
	struct any_dma_platform plat;
	struct any_dma_region ram;
	struct any_coherent_region coherent;
	uint64_t bits[1];
	struct any_dma_dev dma;
	struct any_virtio_device dev;
	struct any_virtio_device_queue queues[QUEUES];
	struct any_ring_piece pieces[QUEUES][32];
	struct any_packed_held held[QUEUES][32];
	struct any_space space;
	struct any_space_region seen;
	struct any_virtio_transport transport;
	struct any_console console;
	struct {
		uint32_t len; /* 0: ours */
	} out[BUFFERS];
	uint64_t memory[ANY_CONSOLE_BYTES(PORTS, QUEUE) / 8];
	uint8_t config[12];
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

static const struct any_virtio_device_ops ops = {.config_read = config_read};

static void create_memory(struct state *s)
{
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
}

static void create(struct state *s, struct input *in)
{
	const uint64_t type = take(in, 1) & 7;
	const uint64_t ring = take(in, 1) & 1 ? ANY_VIRTIO_F_RING_PACKED : 0;

	memset(s, 0, sizeof(*s));
	create_memory(s);
	for (uint32_t i = 0; i < QUEUES; i++)
		s->queues[i] = (struct any_virtio_device_queue){
			.max = 32, .pieces = s->pieces[i], .held = s->held[i]};
	for (unsigned i = 0; i < sizeof(s->config); i++)
		s->config[i] = (uint8_t)take(in, 1);
	if (any_virtio_device_init(&s->dev, &ops, s, &s->space, s->queues, QUEUES,
				   type | ring | ANY_VIRTIO_F_EVENT_IDX |
					   ANY_VIRTIO_F_ACCESS_PLATFORM))
		abort();
	s->dev.device_id = ANY_VIRTIO_ID_CONSOLE;
	s->dev.config_len = sizeof(s->config);
	any_virtio_inproc_init(&s->transport, &s->dev);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static void give(struct state *s, uint32_t i, uint32_t port, uint32_t len, bool out)
{
	uint8_t *at = s->mem + i * BUFFER;
	int err;

	len = 1 + len % BUFFER;
	if (s->out[i].len)
		return;
	err = out ? any_console_transmit(&s->console, port, at, len, &s->out[i])
		  : any_console_post(&s->console, port, at, len, &s->out[i]);
	if (!err)
		s->out[i].len = len;
	any_console_kick_receive(&s->console, port);
	any_console_kick_transmit(&s->console, port);
}

static void back(void *cookie, uint32_t len)
{
	uint32_t *out = cookie;

	if (!*out || len > *out)
		abort();
	*out = 0;
}

static void get(struct state *s, uint32_t port, bool out)
{
	uint32_t len = 0;
	void *cookie;
	int err = out ? any_console_reclaim(&s->console, port, &cookie)
		      : any_console_receive(&s->console, port, &cookie, &len);

	if (!err || err == -ANY_EIO)
		back(cookie, len);
}

static void control(struct state *s)
{
	enum any_console_event event;
	uint32_t port;

	if (!any_console_control(&s->console, &port, &event) && port >= s->console.max_ports)
		abort();
	for (uint32_t i = 0; i < s->console.n_ports; i++)
		if (!memchr(s->console.ports[i].name, 0, ANY_CONSOLE_NAME_BYTES))
			abort();
}

/* ---- the device ------------------------------------------------------------------------------ */

/* Uses one chain as it should be, but for what it says. */
static void use(struct state *s, struct input *in)
{
	const uint32_t how = take(in, 1), queue = how & 8 ? ANY_CONSOLE_CTRL_RX : how % QUEUES;
	struct any_virtio_cursor cursor;
	struct any_ring_chain chain;
	uint8_t bytes[48] = {0};
	uint32_t says;

	if (any_virtio_device_take(&s->dev, queue, &chain))
		return;
	bytes[0] = (uint8_t)take(in, 1);
	bytes[3] = how & 16 ? 1 : 0;
	bytes[4] = (uint8_t)(take(in, 1) % 9);
	bytes[6] = (uint8_t)take(in, 1);
	for (unsigned i = 8; i < sizeof(bytes) && how & 32; i++)
		bytes[i] = (uint8_t)take(in, 1);
	cursor = any_virtio_cursor_in(&chain);
	(void)!any_virtio_device_store(&s->dev, &cursor, bytes, sizeof(bytes));
	says = chain.n_in ? take(in, 1) : 0;
	any_virtio_device_use(&s->dev, queue, chain.head, how & 64 ? says * 5 : says % 49);
	if (how & 128)
		any_virtio_device_publish(&s->dev, queue);
}

static void step(struct state *s, struct input *in)
{
	const uint32_t what = take(in, 1), i = take(in, 1), port = i % (PORTS + 1);

	switch (what % 10) {
	case 0:
		give(s, i / 4 % BUFFERS, port, take(in, 2), i & 128);
		break;
	case 1:
		get(s, port, i & 128);
		break;
	case 2:
	case 3:
		control(s);
		break;
	case 4:
		(void)!any_console_set_open(&s->console, port, i & 128);
		break;
	case 5:
		s->config[i % 12] = (uint8_t)take(in, 1);
		any_virtio_device_config_changed(&s->dev);
		(void)!any_console_interrupt(&s->console);
		break;
	case 6: /* the rings and messages: anywhere in coherent memory */
		s->mem[RAM + take(in, 2) % COHERENT] = (uint8_t)i;
		break;
	default:
		use(s, in);
	}
}

static void give_back(struct state *s)
{
	void *cookie;

	if (any_console_stop(&s->console))
		abort();
	for (uint32_t port = 0; port < s->console.n_ports; port++) {
		while (!any_console_abort_receive(&s->console, port, &cookie))
			back(cookie, 0);
		while (!any_console_abort_transmit(&s->console, port, &cookie))
			back(cookie, 0);
	}
	for (unsigned i = 0; i < BUFFERS; i++)
		if (s->out[i].len)
			abort(); /* nothing is ever lost */
	if (any_console_fini(&s->console))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct any_console_options options = {.size = QUEUE, .ports = PORTS};
	struct input in = {data, size};
	struct state *s = malloc(sizeof(*s));

	if (!s)
		abort();
	create(s, &in);
	if (!any_console_init(&s->console, &s->transport, &s->dma, &options, s->memory,
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
