/* SPDX-License-Identifier: BSD-2-Clause */
/* Which functions are virtio devices, and how one is made ready; MSI-X. */
#include "pci.h"

#include "any_arch.h"

#define IDS	       0x00u
#define COMMAND	       0x04u
#define COMMAND_MEMORY 0x2u
#define SUBSYSTEM      0x2eu

#define VENDOR	     0x1af4u
#define TRANSITIONAL 0x1000u /* and up to modern ones: the type is the subsystem (4.1.2.3) */
#define MODERN	     0x1040u
#define LAST	     0x107fu

#define CONTROL	       2u /* of the MSI-X capability */
#define CONTROL_ENABLE 0x8000u
#define CONTROL_MASK   0x4000u

/* 0: not a virtio device (VG-PC-01; revision and subsystem of a modern one do not matter). */
static uint32_t device_type(const struct any_pci_function *fn)
{
	const uint32_t ids = fn->ops->config_read(fn->ctx, IDS, 4), id = ids >> 16;

	if ((ids & 0xffffu) != VENDOR || id < TRANSITIONAL || id > LAST)
		return 0;
	if (id >= MODERN)
		return id - MODERN;
	return fn->ops->config_read(fn->ctx, SUBSYSTEM, 2);
}

static void decode(const struct any_pci_function *fn)
{
	const uint32_t command = fn->ops->config_read(fn->ctx, COMMAND, 2);

	fn->ops->config_write(fn->ctx, COMMAND, 2, command | COMMAND_MEMORY);
}

/* What has a register in a common structure of this length. */
static uint64_t features(uint32_t len)
{
	return (len < PCI_COMMON_DATA ? 0 : ANY_VIRTIO_F_NOTIF_CONFIG_DATA) |
	       (len < PCI_COMMON_RESET ? 0 : ANY_VIRTIO_F_RING_RESET);
}

int any_virtio_pci_init(struct any_virtio_pci *pci, struct any_virtio_transport *transport,
			const struct any_pci_function *fn, const char **why)
{
	const uint32_t type = device_type(fn);
	const char *unread;
	int err;

	why = why ? why : &unread;
	*why = "not a virtio device";
	if (!type)
		return -ANY_ENODEV;
	*pci = (struct any_virtio_pci){.fn = *fn, .config_vector = ANY_VIRTIO_PCI_NO_VECTOR};
	for (unsigned i = 0; i < ANY_VIRTIO_PCI_QUEUES; i++) {
		pci->queue_vector[i] = ANY_VIRTIO_PCI_NO_VECTOR;
		pci->doorbell[i] = PCI_NO_DOORBELL;
	}
	err = any_pci_find_parts(pci, why);
	if (err)
		return err;
	decode(fn);
	*why = NULL;
	*transport = (struct any_virtio_transport){
		.ops = &any_pci_registers,
		.ctx = pci,
		.device_id = type,
		.config_len = pci->device.len,
		.features = features(pci->common.len),
	};
	return 0;
}

/* ---- MSI-X */

void any_virtio_pci_fired(struct any_virtio_pci *pci, uint16_t vector)
{
	if (vector == pci->config_vector)
		pci->fired |= ANY_VIRTIO_ISR_CONFIG;
	for (unsigned i = 0; i < ANY_VIRTIO_PCI_QUEUES; i++)
		if (vector == pci->queue_vector[i])
			pci->fired |= ANY_VIRTIO_ISR_QUEUE;
}

static void set_control(const struct any_virtio_pci *pci, uint32_t clear, uint32_t set)
{
	const struct any_pci_function *fn = &pci->fn;
	const uint32_t control = fn->ops->config_read(fn->ctx, pci->msix_at + CONTROL, 2);

	fn->ops->config_write(fn->ctx, pci->msix_at + CONTROL, 2, (control & ~clear) | set);
}

int any_virtio_pci_vector(struct any_virtio_pci *pci, uint16_t vector, uint64_t addr, uint32_t data)
{
	volatile uint8_t *entry = pci->msix.at + 16u * vector;

	if (!pci->msix_at)
		return -ANY_ENOTSUP;
	if (vector >= pci->msix_size)
		return -ANY_EINVAL;
	any_mmio_write32(entry + 12, 1); /* masked while it changes */
	any_mmio_write32(entry, (uint32_t)addr);
	any_mmio_write32(entry + 4, (uint32_t)(addr >> 32));
	any_mmio_write32(entry + 8, data);
	any_mmio_write32(entry + 12, 0);
	set_control(pci, CONTROL_MASK, CONTROL_ENABLE);
	pci->msix_on = true;
	return 0;
}

void any_virtio_pci_no_vectors(struct any_virtio_pci *pci)
{
	if (pci->msix_at)
		set_control(pci, CONTROL_ENABLE, 0);
	pci->msix_on = false;
	pci->fired = 0;
	pci->config_vector = ANY_VIRTIO_PCI_NO_VECTOR;
	for (unsigned i = 0; i < ANY_VIRTIO_PCI_QUEUES; i++)
		pci->queue_vector[i] = ANY_VIRTIO_PCI_NO_VECTOR;
}
