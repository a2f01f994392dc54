/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console driver, start to end: a port comes and opens, a line goes out and comes back. The
 * device is ours, in this process, and an echo; over registers only the transport is another.
 */
#include <anydma/console.h>
#include <anydma/console_device.h>

#include <stdio.h>
#include <string.h>

#define QUEUE  16u
#define BUFFER 64u

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

static uint64_t device_memory[ANY_CONSOLE_DEVICE_BYTES(1, QUEUE) / 8];
static struct any_console_device device;

static void echo(void *ctx, uint32_t port, const void *bytes, size_t len)
{
	(void)ctx;
	if (any_console_device_deliver(&device, port, bytes, len) != len)
		printf("the driver has no room for an echo\n");
}

static int make_device(struct any_virtio_transport *transport)
{
	static const struct any_console_backend backend = {.write = echo};
	static const struct any_space_region seen = {
		.addr = {0x80000000}, .size = sizeof(ram), .cpu = ram, .dirs = ANY_DMA_BOTH};
	static const struct any_console_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_CONSOLE_F_MULTIPORT,
		.max_ports = 1,
		.queue_max = QUEUE};
	static struct any_space space;
	int err = any_space_init_regions(&space, &seen, 1);

	if (!err)
		err = any_console_device_init(&device, &backend, NULL, &config, &space,
					      device_memory, sizeof(device_memory));
	if (!err)
		any_virtio_inproc_init(transport, &device.virtio);
	return err;
}

/* ---- the driver's user ---------------------------------------------------------------------- */

/* Port 0 comes, is a console, and opens: a message each. */
static int await_port(struct any_console *console)
{
	enum any_console_event event;
	uint32_t port;
	int err = 0;

	while (!err && !console->ports[0].open) {
		any_console_device_process(&device, QUEUE); /* a real one does this by itself */
		err = any_console_control(console, &port, &event);
		if (!err)
			printf("port %u: event %d\n", (unsigned)port, (int)event);
	}
	return err; /* our answer lies in a queue, before whatever we say */
}

static int talk(struct any_console *console)
{
	static const char line[] = "a line there and back";
	char *in = (char *)ram, *out = memcpy(ram + BUFFER, line, sizeof(line));
	uint32_t len = 0;
	void *cookie;
	int err = await_port(console);

	if (!err)
		err = any_console_post(console, 0, in, BUFFER, in);
	if (!err)
		err = any_console_transmit(console, 0, out, sizeof(line), out);
	any_console_kick_receive(console, 0);
	any_console_kick_transmit(console, 0);
	any_console_device_process(&device, QUEUE);
	if (!err)
		err = any_console_reclaim(console, 0, &cookie);
	if (!err)
		err = any_console_receive(console, 0, &cookie, &len);
	printf("%u bytes: %.*s\n", (unsigned)len, (int)len, in);
	return err ? err : len != sizeof(line) || memcmp(in, line, len) ? -ANY_EIO : 0;
}

int main(void)
{
	static uint64_t memory[ANY_CONSOLE_BYTES(1, QUEUE) / 8];
	const struct any_console_options options = {.size = QUEUE, .ports = 1};
	struct any_virtio_transport transport;
	struct any_console console;
	struct any_dma_dev dma;
	int err = make_device(&transport);

	if (!err)
		err = any_dma_attach(&dma, &machine);
	if (!err)
		err = any_console_init(&console, &transport, &dma, &options, memory,
				       sizeof(memory));
	if (err)
		return 1;
	err = talk(&console);
	if (err)
		printf("%s\n", any_strerror(err));
	return any_console_stop(&console) || any_console_fini(&console) || err;
}
