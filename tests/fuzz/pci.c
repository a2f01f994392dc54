/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as the configuration space of a virtio function, and any as its registers: nothing
 * outside a BAR is touched, and what is accepted lies in one.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/virtio/pci.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SPACE	 256u
#define MASKS	 24u
#define BAR_MOST 65536u

static struct {
	uint8_t space[SPACE];
	uint32_t masks[ANY_PCI_BARS];
	uint8_t *mapped[64];
	unsigned n;
	const uint8_t *rest;
	size_t left;
} fn;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	(void)ctx;
	require(offset % width == 0 && offset <= SPACE - width);
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)fn.space[offset + i] << 8 * i;
	return value;
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx;
	require(offset == 4 || (offset >= 0x10 && offset < 0x28 && width == 4) || offset >= 0x40);
	if (offset >= 0x10 && offset < 0x28)
		value &= fn.masks[(offset - 0x10) / 4];
	for (unsigned i = 0; i < width; i++)
		fn.space[offset + i] = (uint8_t)(value >> 8 * i);
}

/* Memory of its own for each structure, so that a step beside it is seen. */
static volatile void *map(void *ctx, uint64_t bus, uint64_t size)
{
	uint8_t *memory;

	(void)ctx;
	(void)bus;
	if (size > BAR_MOST || fn.n == ANY_ARRAY_SIZE(fn.mapped))
		return NULL;
	memory = calloc(1, (size_t)size);
	require(memory);
	memcpy(memory, fn.rest, fn.left < size ? fn.left : (size_t)size);
	return fn.mapped[fn.n++] = memory;
}

static const struct any_pci_ops ops = {config_read, config_write, map};

static void use(struct any_virtio_transport *t)
{
	t->ops->set_status(t->ctx, 0);
	(void)t->ops->get_status(t->ctx);
	/* A driver takes 39 only from a transport that has it. */
	t->ops->set_features(t->ctx, t->ops->get_features(t->ctx) &
					     (~ANY_VIRTIO_F_NOTIF_CONFIG_DATA | t->features));
	for (uint16_t q = 0; q < 70; q += 3) {
		const uint32_t most = t->ops->queue_max(t->ctx, q);

		if (most &&
		    !t->ops->queue_setup(t->ctx, q, most, any_dma(0), any_dma(4096), any_dma(8192)))
			t->ops->kick(t->ctx, q);
	}
	for (uint32_t at = 0; at < 64; at += 4)
		(void)t->ops->config_read(t->ctx, at, 4);
	(void)t->ops->config_generation(t->ctx);
	(void)t->ops->read_isr(t->ctx);
	t->ops->set_status(t->ctx, 0xf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct any_virtio_pci pci;
	const struct any_pci_function function = {&ops, NULL};
	struct any_pci_window window = {0x40000000, 0x4fffffff, false};
	struct any_virtio_transport transport;
	const char *why = "";

	if (size < SPACE + MASKS)
		return 0;
	memset(&fn, 0, sizeof(fn));
	memcpy(fn.space, data, SPACE);
	for (unsigned i = 0; i < ANY_PCI_BARS; i++)
		memcpy(&fn.masks[i], data + SPACE + 4 * i, 4);
	fn.rest = data + SPACE + MASKS;
	fn.left = size - SPACE - MASKS;
	fn.space[0] = 0xf4; /* past the front door */
	fn.space[1] = 0x1a;
	fn.space[3] = 0x10;
	if (any_pci_assign(&function, &window, 1) == 0 &&
	    any_virtio_pci_init(&pci, &transport, &function, &why) == 0) {
		if (pci.msix_size)
			(void)any_virtio_pci_vector(&pci, (uint16_t)(pci.msix_size - 1), 0, 0);
		use(&transport);
	} else {
		require(why);
	}
	while (fn.n)
		free(fn.mapped[--fn.n]);
	return 0;
}
