/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network driver, start to end: buffers posted, a frame sent, the answer received. The device is
 * ours, in the same process, and its wire an echo; over registers only the transport is another.
 */
#include <anydma/net.h>
#include <anydma/net_device.h>

#include <stdio.h>
#include <string.h>

#define QUEUE  16u
#define BUFFER 1024u

/* One piece of RAM: buffers in front, behind them memory that both sides see without a sync. */
static _Alignas(65536) unsigned char ram[131072];
static const struct any_dma_region all = {.cpu = ram, .phys = {0x80000000}, .size = sizeof(ram)};
static uint64_t pages[1];
static struct any_coherent_region coherent = {
	.mem = {.cpu = ram + 65536, .phys = {0x80010000}, .size = 65536}, .bitmap = pages};
static const struct any_dma_platform machine = {.name = "example",
						.facts = {.coherent = true},
						.ram = &all,
						.n_ram = 1,
						.coherent = &coherent};

/* ---- the other end --------------------------------------------------------------------------- */

static uint64_t device_memory[ANY_NET_DEVICE_BYTES(1, QUEUE) / 8];
static unsigned char stage[2048];
static struct any_net_device device;

static int echo(void *ctx, uint16_t pair, const struct any_net_offload *offload, const void *frame,
		size_t len)
{
	(void)ctx;
	return any_net_device_deliver(&device, pair, offload, frame, len);
}

static int make_device(struct any_virtio_transport *transport)
{
	static const struct any_net_backend wire = {.send = echo};
	static const struct any_space_region seen = {
		.addr = {0x80000000}, .size = sizeof(ram), .cpu = ram, .dirs = ANY_DMA_BOTH};
	static const struct any_net_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_NET_F_MAC | ANY_NET_F_MRG_RXBUF,
		.mac = {2, 0, 0, 0, 0, 1},
		.pairs = 1,
		.queue_max = QUEUE};
	static struct any_space space;
	int err = any_space_init_regions(&space, &seen, 1);

	if (!err)
		err = any_net_device_init(&device, &wire, NULL, &config, &space, device_memory,
					  sizeof(device_memory), stage, sizeof(stage));
	if (!err)
		any_virtio_inproc_init(transport, &device.virtio);
	return err;
}

/* ---- the driver's user ------------------------------------------------------------------------
 */

static int talk(struct any_net *net)
{
	static struct any_net_buffer in = {.buf = ram, .len = BUFFER};
	unsigned char *out = ram + BUFFER;
	const struct any_net_piece piece = {out, 64};
	const struct any_net_frame frame = {.pieces = &piece, .n = 1};
	struct any_net_packet packet;
	void *cookie;
	int err = any_net_post(net, 0, &in);

	memcpy(out, net->facts.mac, 6); /* to ourselves: it comes back */
	memcpy(out + 14, "a frame there and back", 23);
	if (!err)
		err = any_net_transmit(net, 0, &frame);
	if (err)
		return err;
	any_net_kick_receive(net, 0);
	any_net_kick_transmit(net, 0);
	any_net_device_process(&device, QUEUE); /* a real one does this by itself */
	any_net_device_publish(&device);
	err = any_net_reclaim(net, 0, &cookie);
	if (!err)
		err = any_net_receive(net, 0, &packet);
	if (err || packet.result)
		return err ? err : packet.result;
	printf("%u bytes: %s\n", packet.len, (char *)packet.first->buf + packet.first->offset + 14);
	return memcmp(ram + packet.first->offset, out, 64) ? -ANY_EIO : 0;
}

int main(void)
{
	static uint64_t memory[ANY_NET_BYTES(1, QUEUE) / 8];
	const struct any_net_options options = {.size = QUEUE, .buffer = BUFFER};
	struct any_virtio_transport transport;
	struct any_dma_dev dma;
	struct any_net net;
	int err = make_device(&transport);

	if (!err)
		err = any_dma_attach(&dma, &machine);
	if (!err)
		err = any_net_init(&net, &transport, &dma, &options, memory, sizeof(memory));
	if (err)
		return 1;
	err = talk(&net);
	if (err)
		printf("%s\n", any_strerror(err));
	return any_net_stop(&net) || any_net_fini(&net) || err;
}
