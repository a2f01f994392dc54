/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio function's BAR: common configuration, notification, ISR, device configuration (4.1.4).
 * Each field by its own width, 64-bit ones by halves in any order (VD-PC-04).
 */
#include "pci_device.h"

enum common { /* offsets, 4.1.4.3 */
	      DEVICE_SEL = 0,
	      DEVICE_FEATURE = 4,
	      DRIVER_SEL = 8,
	      DRIVER_FEATURE = 12,
	      CONFIG_VECTOR = 16,
	      NUM_QUEUES = 18,
	      DEVICE_STATUS = 20,
	      CONFIG_GENERATION = 21,
	      QUEUE_SEL = 22,
	      QUEUE_SIZE = 24,
	      QUEUE_VECTOR = 26,
	      QUEUE_ENABLE = 28,
	      QUEUE_NOTIFY_OFF = 30,
	      QUEUE_PARTS = 32, /* three of 64 bits */
	      QUEUE_NOTIF_DATA = 56,
	      QUEUE_RESET = 58,
};

static unsigned width_of(uint32_t at)
{
	if (at == DEVICE_STATUS || at == CONFIG_GENERATION)
		return 1;
	return at < CONFIG_VECTOR || (at >= QUEUE_PARTS && at < QUEUE_NOTIF_DATA) ? 4 : 2;
}

static struct any_virtio_queue_registers *selected(const struct any_virtio_pci_device *pci)
{
	return pci->queue_sel < pci->dev->n_queues ? &pci->queues[pci->queue_sel] : NULL;
}

static uint32_t half_of(uint64_t value, uint32_t sel)
{
	return sel > 1 ? 0 : (uint32_t)(value >> 32 * sel); /* VD-PC-08 */
}

/* VD-PC-10: eight bits that differ whenever something changed since they were last read. */
static uint8_t generation(struct any_virtio_pci_device *pci)
{
	if (pci->dev->generation != pci->seen)
		pci->generation++;
	pci->seen = pci->dev->generation;
	return pci->generation;
}

/* Of a queue that is not there: nothing, and no vector (VD-PC-14). */
static uint32_t queue_read(const struct any_virtio_pci_device *pci, uint32_t at)
{
	const struct any_virtio_queue_registers *q = selected(pci);

	if (!q)
		return at == QUEUE_VECTOR ? PCI_NO_VECTOR : 0;
	switch (at) {
	case QUEUE_SIZE:
		return q->size;
	case QUEUE_VECTOR:
		return q->vector;
	case QUEUE_ENABLE:
		return any_virtio_device_queue_ready(pci->dev, pci->queue_sel);
	case QUEUE_NOTIFY_OFF:
	case QUEUE_NOTIF_DATA:
		return pci->queue_sel;
	default: /* QUEUE_RESET among them: over when its write returns (VD-PC-13) */
		if (at >= QUEUE_PARTS && at < QUEUE_NOTIF_DATA)
			return half_of(q->parts[(at - QUEUE_PARTS) / 8], at / 4 % 2);
		return 0;
	}
}

static uint32_t common_read(struct any_virtio_pci_device *pci, uint32_t at)
{
	switch (at) {
	case DEVICE_SEL:
		return pci->device_sel;
	case DEVICE_FEATURE:
		return half_of(pci->dev->offered, pci->device_sel);
	case DRIVER_SEL:
		return pci->driver_sel;
	case DRIVER_FEATURE: /* VD-PC-09 */
		return half_of(pci->dev->features, pci->driver_sel);
	case CONFIG_VECTOR:
		return pci->config_vector;
	case NUM_QUEUES:
		return pci->dev->n_queues;
	case DEVICE_STATUS:
		return pci->dev->status;
	case CONFIG_GENERATION:
		return generation(pci);
	case QUEUE_SEL:
		return pci->queue_sel;
	default:
		return queue_read(pci, at);
	}
}

uint32_t any_virtio_pci_device_read(struct any_virtio_pci_device *pci, uint32_t offset,
				    unsigned width)
{
	const uint32_t page = offset & ~(PCI_PAGE - 1), at = offset & (PCI_PAGE - 1);
	uint32_t isr;

	switch (page) {
	case PCI_COMMON:
		return at < PCI_COMMON_LEN && width == width_of(at) && at % width == 0
			       ? common_read(pci, at)
			       : 0;
	case PCI_ISR: /* VD-PC-18: reading clears */
		if (at)
			return 0;
		isr = pci->dev->isr;
		any_virtio_device_isr_ack(pci->dev, isr);
		any_pci_device_settle(pci);
		return isr;
	case PCI_DEVICE_CONFIG:
		return any_virtio_device_config_read(pci->dev, at, width);
	case PCI_VECTORS:
		return width == 4 && at % 4 == 0 ? any_pci_device_vector_read(pci, at) : 0;
	case PCI_PENDING:
		return width == 4 && at % 4 == 0 && at < sizeof(pci->pending) ? pci->pending[at / 4]
									      : 0;
	default:
		return 0;
	}
}

/* ---- */

static void put_half(uint64_t *value, bool high, uint32_t half)
{
	const unsigned shift = high ? 32 : 0;

	*value = (*value & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)half << shift;
}

static void set_features(struct any_virtio_pci_device *pci, uint32_t half)
{
	if (pci->driver_sel < 2)
		put_half(&pci->driver_features, pci->driver_sel, half);
	else
		pci->foreign |= half != 0;
	/* bits that there is no place for are bits that were not offered (VD-FT-03) */
	any_virtio_device_set_features(pci->dev, pci->foreign ? UINT64_MAX : pci->driver_features);
}

/* VD-PC-11, -12: and everything unmapped (VD-PC-25). */
static void set_status(struct any_virtio_pci_device *pci, uint8_t status)
{
	any_virtio_device_set_status(pci->dev, status);
	if (status)
		return;
	pci->driver_features = 0;
	pci->foreign = false;
	pci->config_vector = PCI_NO_VECTOR;
	for (uint16_t i = 0; i < pci->dev->n_queues; i++)
		pci->queues[i] = (struct any_virtio_queue_registers){
			.size = pci->dev->queues[i].max, .vector = PCI_NO_VECTOR};
	for (size_t i = 0; i < sizeof(pci->pending) / sizeof(pci->pending[0]); i++)
		pci->pending[i] = 0;
	any_pci_device_settle(pci);
}

/* VD-PC-25: a vector that is not in the table reads back as none. */
static uint16_t vector_of(const struct any_virtio_pci_device *pci, uint32_t value)
{
	return value < pci->n_vectors ? (uint16_t)value : PCI_NO_VECTOR;
}

/* What is not sound is not enabled: the driver reads that back. 0 is not to be written. */
static void queue_enable(struct any_virtio_pci_device *pci,
			 const struct any_virtio_queue_registers *q)
{
	(void)!any_virtio_device_queue_setup(pci->dev, pci->queue_sel, q->size,
					     any_dma(q->parts[0]), any_dma(q->parts[1]),
					     any_dma(q->parts[2]));
}

/* As after a reset of the whole device (VD-FB-14). */
static void queue_reset(struct any_virtio_pci_device *pci, struct any_virtio_queue_registers *q)
{
	any_virtio_device_queue_reset(pci->dev, pci->queue_sel);
	*q = (struct any_virtio_queue_registers){.size = pci->dev->queues[pci->queue_sel].max,
						 .vector = PCI_NO_VECTOR};
}

static void queue_write(struct any_virtio_pci_device *pci, uint32_t at, uint32_t value)
{
	struct any_virtio_queue_registers *q = selected(pci);

	if (!q)
		return;
	if (at == QUEUE_SIZE)
		q->size = value;
	else if (at == QUEUE_VECTOR)
		q->vector = vector_of(pci, value);
	else if (at == QUEUE_ENABLE && value == 1)
		queue_enable(pci, q);
	else if (at == QUEUE_RESET && value == 1 && (pci->dev->features & ANY_VIRTIO_F_RING_RESET))
		queue_reset(pci, q);
	else if (at >= QUEUE_PARTS && at < QUEUE_NOTIF_DATA)
		put_half(&q->parts[(at - QUEUE_PARTS) / 8], at & 4, value);
}

static void common_write(struct any_virtio_pci_device *pci, uint32_t at, uint32_t value)
{
	switch (at) {
	case DEVICE_SEL:
		pci->device_sel = value;
		break;
	case DRIVER_SEL:
		pci->driver_sel = value;
		break;
	case DRIVER_FEATURE:
		set_features(pci, value);
		break;
	case CONFIG_VECTOR:
		pci->config_vector = vector_of(pci, value);
		break;
	case DEVICE_STATUS:
		set_status(pci, (uint8_t)value);
		break;
	case QUEUE_SEL:
		pci->queue_sel = (uint16_t)value;
		break;
	default:
		queue_write(pci, at, value);
	}
}

/* A doorbell says which queue by its value; 32 bits wide with feature 38, else 16. */
static void notify(struct any_virtio_pci_device *pci, unsigned width, uint32_t value)
{
	const bool data = pci->dev->features & ANY_VIRTIO_F_NOTIFICATION_DATA;

	if (width == (data ? 4 : 2))
		any_virtio_device_kick(pci->dev, value);
}

void any_virtio_pci_device_write(struct any_virtio_pci_device *pci, uint32_t offset, unsigned width,
				 uint32_t value)
{
	const uint32_t page = offset & ~(PCI_PAGE - 1), at = offset & (PCI_PAGE - 1);

	switch (page) {
	case PCI_COMMON:
		if (at < PCI_COMMON_LEN && width == width_of(at) && at % width == 0)
			common_write(pci, at, value);
		break;
	case PCI_DEVICE_CONFIG:
		any_virtio_device_config_write(pci->dev, at, width, value);
		break;
	case PCI_NOTIFY:
		if (at % PCI_NOTIFY_EACH == 0)
			notify(pci, width, value);
		break;
	case PCI_VECTORS:
		if (width == 4 && at % 4 == 0)
			any_pci_device_vector_write(pci, at, value);
		break;
	default:
		break;
	}
}
