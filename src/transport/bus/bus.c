/* SPDX-License-Identifier: BSD-2-Clause */
/* Which functions a bus has. */
#include "bus.h"

#define STATUS	    0x06u
#define STATUS_LIST 0x10u
#define LIST	    0x34u
#define FIRST	    0x40u
#define MOST	    48u /* capabilities: more is a loop */
#define CAP_EXPRESS 0x10u

static bool is_there(const struct any_pci_host *host, uint32_t function)
{
	return (pci_get(host, function, 0, 4) & 0xffffu) != 0xffffu;
}

/* Function 0 is there if any is, and says whether others are. */
unsigned any_pci_next(const struct any_pci_host *host, const struct pci_bus *bus, unsigned n)
{
	const uint32_t base = (uint32_t)bus->number << 8;
	const unsigned end = bus->single ? 8 : PCI_FUNCTIONS;

	while (n < end) {
		const uint32_t first = base | (n & ~7u);

		if (!is_there(host, first) ||
		    ((n & 7u) && !(pci_get(host, first, PCI_HEADER, 1) & PCI_HEADER_MULTI)))
			n = (n | 7u) + 1;
		else if (is_there(host, base | n))
			return n;
		else
			n++;
	}
	return PCI_FUNCTIONS;
}

enum pci_port any_pci_port_of(const struct any_pci_host *host, uint32_t function)
{
	uint32_t at = 0;

	if (pci_get(host, function, STATUS, 2) & STATUS_LIST)
		at = pci_get(host, function, LIST, 1) & ~3u;
	for (unsigned i = 0; i < MOST && at >= FIRST; i++) {
		if (pci_get(host, function, at, 1) == CAP_EXPRESS)
			return (enum pci_port)(pci_get(host, function, at + 2, 2) >> 4 & 15u);
		at = pci_get(host, function, at + 1, 1) & ~3u;
	}
	return PCI_PORT_NONE;
}
