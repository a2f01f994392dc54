/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buses below a PCI host bridge: what firmware would have done for them, and each function
 * there is with the id that an IOMMU knows it by.
 *
 *	any_pci_enumerate  once, where there is no firmware: bus numbers, BARs, windows of bridges
 *	any_pci_walk       every function that is no bridge; then any_virtio_pci_init, say
 *
 * Everything in configuration space is the other side's word. Bridges that lie about their numbers,
 * chains without an end and windows that do not stay are passed over, and what has no sound way to
 * it is not shown.
 */
#ifndef ANYDMA_VIRTIO_PCI_BUS_H
#define ANYDMA_VIRTIO_PCI_BUS_H

#include <anydma/virtio/pci.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_PCI_DEPTH 15u /* bridges, one below the other */

/* The caller's. A function is named by bus << 8 | device << 3 | function, as in a requester id. */
struct any_pci_host {
	/* As in any_pci_ops; where nothing is, all ones is read and a write is lost. */
	uint32_t (*config_read)(void *ctx, uint32_t function, uint32_t offset, unsigned width);
	void (*config_write)(void *ctx, uint32_t function, uint32_t offset, unsigned width,
			     uint32_t value);
	void *ctx;
	uint8_t first, last; /* buses that can be reached; the first is the root bus */
};

/*
 * Numbers the buses depth first, gives each memory BAR an address from `windows` (any_pci_assign;
 * what one behind a bridge had is forgotten), and opens each bridge's windows for what is
 * behind it: whole MiB, prefetchable ones apart if the host has a second window for them. No I/O
 * space. What does not work out is left closed and the rest goes on; the first such error is
 * returned. ENOSPC: no room in a window, no bus number left, or too deep; EPROTO: a bridge whose
 * registers do not keep what they are told.
 */
ANY_MUST_CHECK int any_pci_enumerate(const struct any_pci_host *host,
				     struct any_pci_window *windows, unsigned n);

struct any_pci_place {
	uint16_t function;
	/*
	 * The id its accesses have at the host bridge (PCIe-to-PCI bridge specification, 2.3): its
	 * own behind PCIe ports; behind a PCIe-to-PCI bridge that one's secondary bus, device 0;
	 * behind a conventional bridge the bridge's.
	 */
	uint16_t requester;
	bool aliased; /* not its own: all behind that bridge have it, and share an IOMMU domain */
	unsigned n_path;
	uint16_t path[ANY_PCI_DEPTH]; /* the bridges on its way, from the root bus on */
};

/*
 * Calls `found` for each function that is no bridge; not 0: that ends it, and is returned. Bridges
 * on the way are told to pass memory accesses down and DMA up. EPROTO, once all is seen: some
 * bridge's numbers contradict the others', and what is behind it was left out.
 */
ANY_MUST_CHECK int any_pci_walk(const struct any_pci_host *host,
				int (*found)(void *ctx, const struct any_pci_place *place),
				void *ctx);

#ifdef __cplusplus
}
#endif
#endif
