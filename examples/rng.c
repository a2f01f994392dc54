/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An entropy driver, start to end: random bytes asked for until a key is full, since a device may
 * give fewer than it was asked for. The device is ours, in the same process, on the system's random
 * numbers; over registers only the transport is another.
 */
#include <anydma/rng.h>

#include <stdio.h>
#include <string.h>

#define QUEUE 4u
#define KEY   32u

/* One piece of RAM: the key in front, behind it memory that both sides see without a sync. */
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

static struct any_rng_device device;

/* One byte at least, and half of the rest: no device is bound to fill a buffer. */
static size_t fill(void *ctx, void *to, size_t len)
{
	return fread(to, 1, (len + 1) / 2, ctx);
}

static int make_device(struct any_virtio_transport *transport, FILE *source)
{
	static const struct any_space_region seen = {
		.addr = {0x80000000}, .size = sizeof(ram), .cpu = ram, .dirs = ANY_DMA_BOTH};
	static struct any_ring_piece pieces[QUEUE];
	static struct any_space space;
	int err = any_space_init_regions(&space, &seen, 1);

	if (!err)
		err = any_rng_device_init(&device, fill, source, &space, pieces, NULL, QUEUE,
					  ANY_VIRTIO_F_ACCESS_PLATFORM);
	if (!err)
		any_virtio_inproc_init(transport, &device.virtio);
	return err;
}

/* ---- the driver's user ---------------------------------------------------------------------- */

static int make_key(struct any_rng *rng, unsigned char *key)
{
	static const unsigned char empty[KEY];
	uint32_t have = 0, len;
	void *cookie;
	int err = 0;

	while (!err && have < KEY) {
		err = any_rng_ask(rng, key + have, KEY - have, key);
		if (err)
			break;
		any_rng_kick(rng);
		any_rng_device_process(&device, QUEUE); /* a real one does this by itself */
		err = any_rng_poll(rng, &cookie, &len);
		if (err)
			break;
		have += len;
		printf("%u bytes more\n", (unsigned)len);
	}
	return err ? err : memcmp(key, empty, KEY) ? 0 : -ANY_EIO;
}

int main(void)
{
	static uint64_t memory[ANY_RNG_BYTES(QUEUE) / 8];
	FILE *source = fopen("/dev/urandom", "rb");
	struct any_virtio_transport transport;
	struct any_dma_dev dma;
	struct any_rng rng;
	void *cookie;
	int err = source ? make_device(&transport, source) : -ANY_ENODEV;

	if (!err)
		err = any_dma_attach(&dma, &machine);
	if (!err)
		err = any_rng_init(&rng, &transport, &dma, QUEUE, memory, sizeof(memory));
	if (err)
		return 1;
	err = make_key(&rng, ram);
	if (err)
		printf("%s\n", any_strerror(err));
	for (unsigned i = 0; !err && i < KEY; i++)
		printf("%02x%s", ram[i], i + 1 < KEY ? "" : "\n");
	if (any_rng_stop(&rng))
		return 1; /* the device does not let go of its memory: nor may we */
	while (!any_rng_abort(&rng, &cookie))
		; /* what was asked for and did not come */
	fclose(source);
	return any_rng_fini(&rng) || err;
}
