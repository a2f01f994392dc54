/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI (4.1), the device's side: one function's configuration space and its BAR, as a
 * bus model or a VMM's exit handler finds them. Modern only; one BAR holds every structure.
 */
#ifndef ANYDMA_VIRTIO_PCI_DEVICE_H
#define ANYDMA_VIRTIO_PCI_DEVICE_H

#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_VIRTIO_PCI_DEVICE_CONFIG  256u
#define ANY_VIRTIO_PCI_DEVICE_BAR     0x8000u /* bytes of BAR 0, a 64-bit one */
#define ANY_VIRTIO_PCI_DEVICE_VECTORS 128u    /* most there can be */
#define ANY_VIRTIO_PCI_DEVICE_QUEUES  1024u

/* An entry of the MSI-X table, as its driver wrote it. */
struct any_virtio_pci_vector {
	uint64_t addr;
	uint32_t data;
	uint32_t control; /* bit 0: masked */
};

struct any_virtio_pci_device_ops {
	void (*message)(void *ctx, uint64_t addr, uint32_t data); /* MSI-X */
	void (*line)(void *ctx, bool high);			  /* INTx, a level */
};

struct any_virtio_pci_device {
	struct any_virtio_device *dev;
	const struct any_virtio_pci_device_ops *ops;
	void *ctx;
	struct any_virtio_queue_registers *queues; /* the caller's, dev->n_queues */
	struct any_virtio_pci_vector *vectors;	   /* the same, n_vectors */
	uint64_t driver_features;
	uint32_t device_sel, driver_sel;
	uint32_t seen; /* dev->generation when `generation` was last read */
	uint32_t pending[ANY_VIRTIO_PCI_DEVICE_VECTORS / 32];
	uint16_t n_vectors, queue_sel, config_vector;
	uint8_t generation;
	bool foreign; /* features above 63 were accepted, which are not offered */
	bool high;    /* the line */
	uint8_t config[ANY_VIRTIO_PCI_DEVICE_CONFIG];
};

/*
 * `class_code` is PCI's, 24 bits. Takes dev->interrupt. EINVAL: no vector or more than there can be
 * (VD-PC-24), more queues than the BAR has doorbells for, or a configuration that does not fit.
 */
ANY_MUST_CHECK int any_virtio_pci_device_init(struct any_virtio_pci_device *pci,
					      struct any_virtio_device *dev,
					      struct any_virtio_queue_registers *queues,
					      struct any_virtio_pci_vector *vectors,
					      uint16_t n_vectors, uint32_t class_code);

/* Offsets, widths and values are the driver's: what is not there reads 0 and takes nothing. */
uint32_t any_virtio_pci_device_config_read(struct any_virtio_pci_device *pci, uint32_t offset,
					   unsigned width);
void any_virtio_pci_device_config_write(struct any_virtio_pci_device *pci, uint32_t offset,
					unsigned width, uint32_t value);
uint32_t any_virtio_pci_device_read(struct any_virtio_pci_device *pci, uint32_t offset,
				    unsigned width);
void any_virtio_pci_device_write(struct any_virtio_pci_device *pci, uint32_t offset, unsigned width,
				 uint32_t value);

#ifdef __cplusplus
}
#endif
#endif
