/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things lie in a function's BAR, and what its two halves ask of each other. */
#ifndef ANYDMA_TRANSPORT_PCI_DEVICE_H
#define ANYDMA_TRANSPORT_PCI_DEVICE_H

#include <anydma/virtio/pci_device.h>

#define PCI_COMMON	  0x0000u /* VD-PC-07, -16, -19: each on a boundary of its own */
#define PCI_COMMON_LEN	  0x40u
#define PCI_ISR		  0x1000u
#define PCI_DEVICE_CONFIG 0x2000u
#define PCI_NOTIFY	  0x3000u
#define PCI_NOTIFY_EACH	  4u /* the multiplier; room for 32 bits with feature 38 (VD-PC-17) */
#define PCI_VECTORS	  0x4000u
#define PCI_PENDING	  0x5000u
#define PCI_PAGE	  0x1000u

#define PCI_NO_VECTOR 0xffffu

/* MSI-X, and the line where it is off */
uint32_t any_pci_device_vector_read(const struct any_virtio_pci_device *pci, uint32_t offset);
void any_pci_device_vector_write(struct any_virtio_pci_device *pci, uint32_t offset,
				 uint32_t value);
bool any_pci_device_has_msix(const struct any_virtio_pci_device *pci);
/* What was held back and is allowed now goes out; the line follows ISR. */
void any_pci_device_settle(struct any_virtio_pci_device *pci);
/* dev->interrupt */
void any_pci_device_interrupt(void *ctx, uint32_t isr);

#endif
