/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as what answers to configuration accesses, wherever: it ends, every function is seen
 * once, and its way is one that its bridges' numbers allow.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/virtio/pci_bus.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUNCTIONS 24u
#define SPACE	  80u /* of each: a header, and room for capabilities */
#define EACH	  (2 + 2 * SPACE)
#define READS	  200000u

static struct {
	uint16_t number[FUNCTIONS];
	uint8_t space[FUNCTIONS][SPACE], mask[FUNCTIONS][SPACE];
	unsigned n, reads, found;
	bool seen[65536];
} bus;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static unsigned who(uint32_t function)
{
	unsigned i = 0;

	while (i < bus.n && bus.number[i] != function)
		i++;
	return i;
}

static uint32_t config_read(void *ctx, uint32_t function, uint32_t offset, unsigned width)
{
	const unsigned i = who(function);
	uint32_t value = 0;

	(void)ctx;
	require(function < 65536 && offset % width == 0 && offset + width <= 256);
	require(bus.reads++ < READS);
	for (unsigned k = 0; k < width; k++)
		value |= (i < bus.n ? bus.space[i][(offset + k) % SPACE] : 0xffu) << 8 * k;
	return value;
}

static void config_write(void *ctx, uint32_t function, uint32_t offset, unsigned width,
			 uint32_t value)
{
	const unsigned i = who(function);

	(void)ctx;
	require(function < 65536 && offset % width == 0 && offset + width <= 0x30);
	for (unsigned k = 0; k < width && i < bus.n; k++) {
		const uint8_t mask = bus.mask[i][offset + k];
		uint8_t *byte = &bus.space[i][offset + k];

		*byte = (uint8_t)((*byte & ~mask) | (value >> 8 * k & mask));
	}
}

static int found(void *ctx, const struct any_pci_place *place)
{
	uint8_t at = *(const uint8_t *)ctx;

	require(!bus.seen[place->function] && place->n_path <= ANY_PCI_DEPTH);
	require(place->aliased || place->requester == place->function);
	bus.seen[place->function] = true;
	for (unsigned i = 0; i < place->n_path; i++) {
		const unsigned bridge = who(place->path[i]);

		require(bridge < bus.n && place->path[i] >> 8 == at);
		at = bus.space[bridge][0x19];
		require(at <= bus.space[bridge][0x1a]);
	}
	require(place->function >> 8 == at);
	return 0;
}

static int walk(const struct any_pci_host *host)
{
	uint8_t root = host->first;

	bus.reads = 0;
	memset(bus.seen, 0, sizeof(bus.seen));
	return any_pci_walk(host, found, &root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct any_pci_window windows[] = {{0x40000000, 0x4fffffff, false},
					   {0x800000000, 0xfffffffff, true}};
	struct any_pci_host host = {config_read, config_write, NULL, 0, 0};
	int err;

	if (size < 2)
		return 0;
	host.first = data[0] & 15;
	host.last = host.first | data[1];
	data += 2;
	size -= 2;
	for (bus.n = 0; bus.n < FUNCTIONS && size >= EACH; bus.n++, size -= EACH, data += EACH) {
		memcpy(&bus.number[bus.n], data, 2);
		memcpy(bus.space[bus.n], data + 2, SPACE);
		memcpy(bus.mask[bus.n], data + 2 + SPACE, SPACE);
	}
	err = walk(&host);
	require(err <= 0);
	bus.reads = 0;
	err = any_pci_enumerate(&host, windows, 2);
	require(err <= 0);
	require(windows[0].next <= 0x50000000 && windows[1].next <= 0x1000000000);
	err = walk(&host);
	require(err <= 0);
	return 0;
}
