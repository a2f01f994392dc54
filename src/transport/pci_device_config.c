/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio function's configuration space: who it is, where its structures lie, the window. */
#include "pci_device.h"

#define VENDOR	   0x1af4u
#define COMMAND	   0x04u
#define STATUS	   0x06u
#define BAR0	   0x10u
#define CAPS	   0x34u
#define PIN	   0x3du
#define STATUS_INT 0x08u

#define CAP_COMMON 0x40u
#define CAP_NOTIFY 0x50u
#define CAP_ISR	   0x64u
#define CAP_DEVICE 0x74u
#define CAP_WINDOW 0x84u
#define CAP_MSIX   0x98u
#define MSIX_ON	   0x8000u
#define MSIX_MASK  0x4000u

/* What a driver may write, as bits of each byte. */
static uint8_t writable(uint32_t at)
{
	if (at == COMMAND)
		return 0x06; /* memory, bus master */
	if (at == COMMAND + 1)
		return 0x04; /* no INTx */
	if (at == BAR0 + 1)
		return 0x80; /* its size: the low 15 bits are 0 */
	if ((at >= BAR0 + 2 && at < BAR0 + 8) || at == 0x3c)
		return 0xff;
	/* the window's bar, offset and length (VG-PC-08: nothing else of a capability) */
	if (at == CAP_WINDOW + 4 || (at >= CAP_WINDOW + 8 && at < CAP_WINDOW + 16))
		return 0xff;
	return at == CAP_MSIX + 3 ? (MSIX_ON | MSIX_MASK) >> 8 : 0;
}

static void put(struct any_virtio_pci_device *pci, uint32_t at, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		pci->config[at + i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(const struct any_virtio_pci_device *pci, uint32_t at, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)pci->config[at + i] << 8 * i;
	return value;
}

/* cap_len covers all there is (VD-PC-05); one of each type, so the first is the best (VD-PC-06). */
static void add_cap(struct any_virtio_pci_device *pci, uint32_t at, uint32_t next, unsigned type,
		    unsigned cap_len, uint32_t offset, uint32_t length)
{
	put(pci, at, 4, 0x09 | next << 8 | cap_len << 16 | (uint32_t)type << 24);
	put(pci, at + 4, 4, 0); /* BAR 0 */
	put(pci, at + 8, 4, offset);
	put(pci, at + 12, 4, length);
}

static void add_caps(struct any_virtio_pci_device *pci)
{
	add_cap(pci, CAP_COMMON, CAP_NOTIFY, 1, 16, PCI_COMMON, PCI_COMMON_LEN);
	add_cap(pci, CAP_NOTIFY, CAP_ISR, 2, 20, PCI_NOTIFY, PCI_PAGE);
	put(pci, CAP_NOTIFY + 16, 4, PCI_NOTIFY_EACH);
	add_cap(pci, CAP_ISR, CAP_DEVICE, 3, 16, PCI_ISR, 4);
	add_cap(pci, CAP_DEVICE, CAP_WINDOW, 4, 16, PCI_DEVICE_CONFIG, pci->dev->config_len);
	add_cap(pci, CAP_WINDOW, CAP_MSIX, 5, 20, 0, 0);
	put(pci, CAP_MSIX, 4, 0x11 | (pci->n_vectors - 1u) << 16); /* VD-PC-25: table size */
	put(pci, CAP_MSIX + 4, 4, PCI_VECTORS);
	put(pci, CAP_MSIX + 8, 4, PCI_PENDING);
}

int any_virtio_pci_device_init(struct any_virtio_pci_device *pci, struct any_virtio_device *dev,
			       struct any_virtio_queue_registers *queues,
			       struct any_virtio_pci_vector *vectors, uint16_t n_vectors,
			       uint32_t class_code)
{
	if (n_vectors < 2 || n_vectors > ANY_VIRTIO_PCI_DEVICE_VECTORS || /* VD-PC-24 */
	    dev->n_queues > ANY_VIRTIO_PCI_DEVICE_QUEUES || dev->config_len > PCI_PAGE ||
	    !dev->device_id || dev->device_id > 0x3f)
		return -ANY_EINVAL;
	*pci = (struct any_virtio_pci_device){
		.dev = dev, .queues = queues, .vectors = vectors, .n_vectors = n_vectors};
	put(pci, 0x00, 4, VENDOR | (0x1040 + dev->device_id) << 16); /* VD-PC-02 */
	put(pci, STATUS, 2, 0x10);
	put(pci, 0x08, 4, 1 | class_code << 8); /* VD-PC-03: revision 1, subsystem from 0x40 on */
	put(pci, BAR0, 4, 0x4);			/* memory, 64 bits wide */
	put(pci, 0x2c, 4, VENDOR | (0x1040 + dev->device_id) << 16);
	put(pci, CAPS, 1, CAP_COMMON);
	put(pci, PIN, 1, 1);
	add_caps(pci);
	pci->config_vector = PCI_NO_VECTOR;
	for (uint16_t i = 0; i < dev->n_queues; i++)
		queues[i] = (struct any_virtio_queue_registers){.size = dev->queues[i].max,
								.vector = PCI_NO_VECTOR};
	for (uint16_t i = 0; i < n_vectors; i++)
		vectors[i] = (struct any_virtio_pci_vector){.control = 1};
	dev->interrupt = any_pci_device_interrupt;
	dev->interrupt_ctx = pci;
	return 0;
}

bool any_pci_device_has_msix(const struct any_virtio_pci_device *pci)
{
	return get(pci, CAP_MSIX + 2, 2) & MSIX_ON;
}

/* ---- accesses -------------------------------------------------------------------------------- */

static bool is_sound(uint32_t offset, unsigned width, uint32_t size)
{
	return (width == 1 || width == 2 || width == 4) && offset % width == 0 && offset < size;
}

/* VD-PC-22: the window's bar, offset and length are the driver's: one aligned word of BAR 0. */
static bool window(const struct any_virtio_pci_device *pci, uint32_t *at, unsigned *width)
{
	*at = get(pci, CAP_WINDOW + 8, 4);
	*width = get(pci, CAP_WINDOW + 12, 4);
	return !pci->config[CAP_WINDOW + 4] && is_sound(*at, *width, ANY_VIRTIO_PCI_DEVICE_BAR);
}

static bool in_window(uint32_t offset)
{
	return offset >= CAP_WINDOW + 16 && offset < CAP_WINDOW + 20;
}

uint32_t any_virtio_pci_device_config_read(struct any_virtio_pci_device *pci, uint32_t offset,
					   unsigned width)
{
	uint32_t value, at;
	unsigned w;

	if (!is_sound(offset, width, ANY_VIRTIO_PCI_DEVICE_CONFIG))
		return 0;
	if (in_window(offset) && window(pci, &at, &w))
		put(pci, CAP_WINDOW + 16, 4, any_virtio_pci_device_read(pci, at, w));
	value = get(pci, offset, width);
	/* VD-PC-18: Interrupt Status is what ISR says */
	if (offset <= STATUS && offset + width > STATUS && pci->dev->isr &&
	    !any_pci_device_has_msix(pci))
		value |= STATUS_INT << 8 * (STATUS - offset);
	return value;
}

void any_virtio_pci_device_config_write(struct any_virtio_pci_device *pci, uint32_t offset,
					unsigned width, uint32_t value)
{
	uint32_t at;
	unsigned w;

	if (!is_sound(offset, width, ANY_VIRTIO_PCI_DEVICE_CONFIG))
		return;
	if (in_window(offset)) {
		put(pci, offset, width, value);
		if (window(pci, &at, &w))
			any_virtio_pci_device_write(pci, at, w, get(pci, CAP_WINDOW + 16, w));
		return;
	}
	for (unsigned i = 0; i < width; i++) {
		const uint8_t mask = writable(offset + i);
		uint8_t *byte = &pci->config[offset + i];

		*byte = (uint8_t)((*byte & ~mask) | (value >> 8 * i & mask));
	}
	any_pci_device_settle(pci);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

uint32_t any_pci_device_vector_read(const struct any_virtio_pci_device *pci, uint32_t offset)
{
	const uint32_t i = offset / 16;

	if (i >= pci->n_vectors)
		return 0;
	switch (offset % 16) {
	case 0:
		return (uint32_t)pci->vectors[i].addr;
	case 4:
		return (uint32_t)(pci->vectors[i].addr >> 32);
	case 8:
		return pci->vectors[i].data;
	default:
		return pci->vectors[i].control;
	}
}

void any_pci_device_vector_write(struct any_virtio_pci_device *pci, uint32_t offset, uint32_t value)
{
	struct any_virtio_pci_vector *v;

	if (offset / 16 >= pci->n_vectors)
		return;
	v = &pci->vectors[offset / 16];
	if (offset % 16 == 0)
		v->addr = (v->addr & ~(uint64_t)UINT32_MAX) | (value & ~3u);
	else if (offset % 16 == 4)
		v->addr = (v->addr & UINT32_MAX) | (uint64_t)value << 32;
	else if (offset % 16 == 8)
		v->data = value;
	else
		v->control = value & 1;
	any_pci_device_settle(pci);
}

void any_pci_device_settle(struct any_virtio_pci_device *pci)
{
	const unsigned control = get(pci, CAP_MSIX + 2, 2);
	const bool high = !(control & MSIX_ON) && pci->dev->isr && !(pci->config[COMMAND + 1] & 4);

	if (high != pci->high && pci->ops && pci->ops->line)
		pci->ops->line(pci->ctx, high);
	pci->high = high;
	if ((control & (MSIX_ON | MSIX_MASK)) != MSIX_ON)
		return;
	for (uint16_t i = 0; i < pci->n_vectors; i++) {
		const struct any_virtio_pci_vector *v = &pci->vectors[i];

		if (!(pci->pending[i / 32] & 1u << i % 32) || (v->control & 1))
			continue;
		pci->pending[i / 32] &= ~(1u << i % 32);
		if (pci->ops && pci->ops->message)
			pci->ops->message(pci->ctx, v->addr, v->data);
	}
}

/* Where nothing is mapped nothing is said (VD-PC-26, -27). */
void any_pci_device_interrupt(void *ctx, uint32_t isr)
{
	struct any_virtio_pci_device *pci = ctx;
	const uint32_t vector = pci->dev->cause == ANY_VIRTIO_ISR_CONFIG
					? pci->config_vector
					: pci->queues[pci->dev->calling].vector;

	(void)isr;
	if (any_pci_device_has_msix(pci) && vector < pci->n_vectors)
		pci->pending[vector / 32] |= 1u << vector % 32;
	any_pci_device_settle(pci);
}
