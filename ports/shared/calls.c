/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do a device's calls arrive? Without an interrupt controller of any board: a message of MSI-X is a
 * store like any other and is told to go to a word of coherent memory, one for each queue; without
 * MSI-X the interrupt status must show the queue's bit before the device is reset.
 *
 * A device with MSI-X is tried both ways: the readings (port.h) take turns.
 */
#include <anydma/endian.h>
#include <anydma/virtio/pci.h>

#include "port.h"

#define WORDS	 8u /* vector 0: configuration; then one for each queue */
#define MESSAGE	 0xca110000u
#define DISTANCE 4u /* words between them: a message that goes astray is seen */

static struct any_virtio_pci *function; /* of the device at hand; NULL: not on PCI */
static struct {
	const struct any_virtio_transport *inner;
	struct any_virtio_transport_ops ops;
	struct any_virtio_transport outer;
	struct any_dma_coherent words;
	uint32_t isr; /* all that was seen of it */
	bool messages, live;
} calls;

void port_calls_of(struct any_virtio_pci *pci)
{
	function = pci;
}

/* The configuration's message is told to the transport, as its handler would. */
static void take_message(void)
{
	any_le32 *word = calls.words.cpu;

	if (any_load_le32(word) != MESSAGE)
		return;
	any_store_le32(word, 0);
	any_virtio_pci_fired(function, 0);
}

static uint32_t read_isr(void *ctx)
{
	uint32_t isr;

	if (calls.messages)
		take_message();
	isr = calls.inner->ops->read_isr(ctx);
	calls.isr |= isr;
	return isr;
}

/* A reset takes the causes with it: they are looked at first. */
static void set_status(void *ctx, uint8_t status)
{
	if (!status)
		(void)read_isr(ctx);
	calls.live |= status & ANY_VIRTIO_STATUS_DRIVER_OK;
	calls.inner->ops->set_status(ctx, status);
}

static int tell(struct any_virtio_pci *pci, struct any_dma_dev *dma)
{
	const uint16_t n = (uint16_t)(pci->msix_size < WORDS ? pci->msix_size : WORDS);
	int err = any_dma_alloc_coherent(dma, 4 * DISTANCE * WORDS, &calls.words);

	for (uint16_t v = 0; v < n && !err; v++)
		err = any_virtio_pci_vector(pci, v, calls.words.addr.raw + 4 * DISTANCE * v,
					    MESSAGE + v);
	pci->config_vector = 0;
	for (uint16_t q = 0; q < ANY_VIRTIO_PCI_QUEUES; q++)
		pci->queue_vector[q] = q + 1u < n ? (uint16_t)(q + 1) : ANY_VIRTIO_PCI_NO_VECTOR;
	return err;
}

const struct any_virtio_transport *port_calls_begin(const struct port_device *device)
{
	int err = 0;

	calls.inner = device->transport;
	calls.ops = *device->transport->ops;
	calls.ops.read_isr = read_isr;
	calls.ops.set_status = set_status;
	calls.outer = *device->transport;
	calls.outer.ops = &calls.ops;
	calls.isr = 0;
	calls.live = false;
	calls.messages = function && function->msix_size > 1 && device->reading == PORT_AS_IT_IS;
	if (function)
		any_virtio_pci_no_vectors(function);
	if (calls.messages)
		err = tell(function, device->dma);
	if (err)
		port_ok(false, "%s: MSI-X: %s", device->name, any_strerror(err));
	return &calls.outer;
}

/* How many words hold their message; -1: something else is written somewhere. */
static int arrived(void)
{
	int n = 0;

	for (unsigned i = 0; i < DISTANCE * WORDS; i++) {
		const uint32_t word = any_load_le32((const any_le32 *)calls.words.cpu + i);

		if (word && (i % DISTANCE || word != MESSAGE + i / DISTANCE))
			return -1;
		n += word && i; /* the configuration's is no queue's */
	}
	return n;
}

void port_calls_end(const struct port_device *device)
{
	int n;

	if (!calls.live) /* refused: nothing was asked of it */
		return;
	if (!calls.messages) {
		port_ok(calls.isr & ANY_VIRTIO_ISR_QUEUE, "%s: calls by its interrupt status",
			device->name);
		return;
	}
	n = arrived();
	port_ok(n > 0, "%s: calls by MSI-X, of %d queues", device->name, n);
	any_virtio_pci_no_vectors(function);
	any_dma_free_coherent(device->dma, &calls.words);
}
