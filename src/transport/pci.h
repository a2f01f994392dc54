/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_TRANSPORT_PCI_H
#define ANYDMA_TRANSPORT_PCI_H

#include <anydma/virtio/pci.h>

#define PCI_NO_DOORBELL UINT32_MAX

/* The common structure up to queue_notif_config_data, and up to queue_reset. */
#define PCI_COMMON_DATA	 58u
#define PCI_COMMON_RESET 60u

extern const struct any_virtio_transport_ops any_pci_registers;

/* Finds the device's structures. ENODEV: not all are there; EPROTO: nonsense. */
int any_pci_find_parts(struct any_virtio_pci *pci, const char **why);

#endif
