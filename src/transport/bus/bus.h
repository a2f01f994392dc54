/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of one bus, and the registers of a bridge (PCI-to-PCI bridge specification, 3.2). */
#ifndef ANYDMA_TRANSPORT_BUS_H
#define ANYDMA_TRANSPORT_BUS_H

#include <anydma/virtio/pci_bus.h>

#define PCI_COMMAND	   0x04u
#define PCI_COMMAND_MEMORY 0x2u
#define PCI_COMMAND_MASTER 0x4u
#define PCI_HEADER	   0x0eu
#define PCI_HEADER_TYPE	   0x7fu /* 0: a function, 1: a bridge; others are neither */
#define PCI_HEADER_MULTI   0x80u
#define PCI_BUSES	   0x18u /* primary, secondary, subordinate, and a timer */
#define PCI_FUNCTIONS	   256u	 /* of a bus */

/* Device/port type of the PCI Express capability (7.5.3.2). */
enum pci_port {
	PCI_PORT_ROOT = 4,
	PCI_PORT_DOWNSTREAM = 6,
	PCI_PORT_TO_PCI = 7,
	PCI_PORT_FROM_PCI = 8,
	PCI_PORT_NONE = 16, /* no such capability: conventional */
};

struct pci_bus {
	uint8_t number, last; /* the last bus that is behind it */
	bool single;	      /* a link: there is device 0 and no other */
	unsigned depth;
};

static inline uint32_t pci_get(const struct any_pci_host *host, uint32_t function, uint32_t offset,
			       unsigned width)
{
	return host->config_read(host->ctx, function, offset, width);
}

static inline void pci_put(const struct any_pci_host *host, uint32_t function, uint32_t offset,
			   unsigned width, uint32_t value)
{
	host->config_write(host->ctx, function, offset, width, value);
}

/* The first function of the bus from number n on; PCI_FUNCTIONS: there is none. */
unsigned any_pci_next(const struct any_pci_host *host, const struct pci_bus *bus, unsigned n);
enum pci_port any_pci_port_of(const struct any_pci_host *host, uint32_t function);

#endif
