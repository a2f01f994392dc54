/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver in fifteen lines, on three machines it knows nothing about: one where a device sees
 * memory where the CPU does, one where it sees it elsewhere, and one where it reaches only a part.
 */
#include <anydma/dma.h>

#include <stdio.h>
#include <string.h>

/* A toy network card: it writes one frame to the bus address it is given. */
struct toy {
	unsigned char *bus;	/* the memory behind the bus... */
	struct any_dma_addr at; /* ...and where the bus has it */
	struct any_dma_addr buffer;
	size_t room;
};

static size_t toy_doorbell(struct toy *nic)
{
	static const char frame[] = "a frame from the wire";
	size_t len = sizeof(frame) < nic->room ? sizeof(frame) : nic->room;

	memcpy(nic->bus + (nic->buffer.raw - nic->at.raw), frame, len);
	return len;
}

/* The driver. */
static int receive(struct any_dma_dev *dma, struct toy *nic, void *buf, size_t room, size_t *len)
{
	struct any_dma_mapping map;
	int err = any_dma_map(dma, buf, room, ANY_DMA_FROM_DEVICE, &map);

	if (err)
		return err; /* every map can fail */
	nic->buffer = map.addr;
	nic->room = room;
	any_dma_drain(dma, ANY_DMA_TO_DEVICE); /* what we wrote is there before the doorbell */
	*len = toy_doorbell(nic);
	any_dma_drain(dma, ANY_DMA_FROM_DEVICE); /* what it wrote is there before we believe it */
	any_dma_unmap_written(dma, &map, *len);
	return 0;
}

/* The machines: 64 KiB of RAM at 2 GiB, and what each does to a device's view of it. */
#define RAM_SIZE 65536u
#define RAM_PHYS 0x80000000u
static _Alignas(4096) unsigned char ram[RAM_SIZE];
static const struct any_dma_region region = {.cpu = ram, .phys = {RAM_PHYS}, .size = RAM_SIZE};
static const struct any_dma_segment shifted = {{RAM_PHYS}, {0}, RAM_SIZE};
static struct any_bounce_pool pool;

static const struct any_dma_platform machines[] = {
	{.name = "identity", .facts = {.coherent = true}, .ram = &region, .n_ram = 1},
	{.name = "shifted",
	 .facts = {.coherent = true, .segments = &shifted, .n_segments = 1},
	 .ram = &region,
	 .n_ram = 1},
	{.name = "shifted, reaches 16 KiB",
	 .facts = {.coherent = true, .segments = &shifted, .n_segments = 1, .dma_max = 0x3fff},
	 .ram = &region,
	 .n_ram = 1,
	 .bounce = &pool},
};

static int run(const struct any_dma_platform *machine)
{
	void *buf = ram + 0x8000;
	struct toy nic = {.bus = ram, .at = {machine->facts.n_segments ? 0 : RAM_PHYS}};
	struct any_dma_dev dma;
	size_t len = 0;
	int err = any_dma_attach(&dma, machine);

	memset(buf, 0, 64);
	if (!err)
		err = receive(&dma, &nic, buf, 64, &len);
	printf("%-24s bus address 0x%08llx: %s\n", machine->name,
	       (unsigned long long)nic.buffer.raw, err ? any_strerror(err) : (char *)buf);
	any_dma_detach(&dma);
	return err || strcmp(buf, "a frame from the wire") != 0;
}

int main(void)
{
	static const struct any_bounce_class slots = {.slot = 2048, .count = 4};
	static uint32_t stack[4];
	const struct any_dma_region low = {.cpu = ram, .phys = {RAM_PHYS}, .size = 0x2000};
	int failed = any_bounce_pool_init(&pool, &low, &slots, 1, stack) != 0;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++)
		failed |= run(&machines[i]);
	return failed;
}
