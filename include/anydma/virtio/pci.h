/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI (4.1): the driver's transport, for modern and transitional devices, and what
 * firmware would have done for it. Configuration space and BARs are reached by the caller's
 * functions: ECAM, ports, a hypercall.
 *
 *	any_pci_assign        once, where no firmware gave the BARs addresses
 *	any_virtio_pci_init   finds the structures; memory decoding on, bus mastering at DRIVER_OK
 *	any_virtio_pci_vector optional, before any_virtio_begin: MSI-X
 *
 * Everything in configuration space is the device's word: lists that loop, structures outside their
 * BAR and multipliers that overflow are passed over or refused.
 */
#ifndef ANYDMA_VIRTIO_PCI_H
#define ANYDMA_VIRTIO_PCI_H

#include <anydma/virtio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_PCI_BARS		 6u
#define ANY_VIRTIO_PCI_QUEUES	 64u /* whose doorbells are remembered; others are asked for */
#define ANY_VIRTIO_PCI_NO_VECTOR 0xffffu

/* ---- one function ---------------------------------------------------------------------------- */

struct any_pci_ops {
	/* width 1, 2 or 4; offset below 256 and a multiple of it; CPU byte order */
	uint32_t (*config_read)(void *ctx, uint32_t offset, unsigned width);
	void (*config_write)(void *ctx, uint32_t offset, unsigned width, uint32_t value);
	/* Where the CPU has `size` bytes at this bus address, uncached; NULL: nowhere. */
	volatile void *(*map)(void *ctx, uint64_t bus, uint64_t size);
};

struct any_pci_function {
	const struct any_pci_ops *ops;
	void *ctx;
};

struct any_pci_bar {
	uint64_t bus, size; /* size 0: there is none, or it is I/O space */
	bool wide, prefetchable;
};

/* Sizes the BARs (of a bridge: its own two), decoding off meanwhile. EPROTO: what reads back is no
 * size. */
ANY_MUST_CHECK int any_pci_bars(const struct any_pci_function *fn,
				struct any_pci_bar bars[ANY_PCI_BARS]);

/* Bus addresses to give out, from `next` on. */
struct any_pci_window {
	uint64_t next, end; /* end: the last one */
	bool prefetchable;  /* such a window takes prefetchable BARs only */
};
/*
 * Gives each memory BAR without an address the next one it fits in: a 64-bit one anywhere, others
 * below 4 GiB. ENOSPC: no window has room; what was given stays.
 */
ANY_MUST_CHECK int any_pci_assign(const struct any_pci_function *fn, struct any_pci_window *windows,
				  unsigned n);

/* ---- virtio ---------------------------------------------------------------------------------- */

struct any_virtio_pci_part {
	volatile uint8_t *at; /* NULL: the device has none */
	uint32_t len;
};

struct any_virtio_pci {
	struct any_pci_function fn;
	struct any_virtio_pci_part common, notify, isr, device;
	uint32_t multiplier;
	uint64_t features; /* what the driver accepted: 38 and 39 change what a doorbell is told */
	struct any_virtio_pci_part msix; /* its table */
	uint16_t msix_at;		 /* capability; 0: none */
	uint16_t msix_size;		 /* entries */
	bool msix_on;
	uint16_t config_vector;
	uint16_t queue_vector[ANY_VIRTIO_PCI_QUEUES];
	uint32_t doorbell[ANY_VIRTIO_PCI_QUEUES]; /* offset in notify */
	uint16_t config_data[ANY_VIRTIO_PCI_QUEUES];
	uint32_t fired; /* ANY_VIRTIO_ISR_*: vectors since the last read */
};

/*
 * `pci` stays the transport's. ENODEV: not a virtio device, or one without the modern structures;
 * EPROTO: structures that contradict themselves, why in *why (static text; may be NULL).
 */
ANY_MUST_CHECK int any_virtio_pci_init(struct any_virtio_pci *pci,
				       struct any_virtio_transport *transport,
				       const struct any_pci_function *fn, const char **why);

/*
 * MSI-X: entry `vector` of the table tells `addr` and `data`, and MSI-X is on from the first one.
 * Which causes use it is in config_vector and queue_vector, the caller's to fill before
 * any_virtio_begin (and to share: VG-PC-20). ENOTSUP: no MSI-X; EINVAL: beyond the table.
 */
ANY_MUST_CHECK int any_virtio_pci_vector(struct any_virtio_pci *pci, uint16_t vector, uint64_t addr,
					 uint32_t data);
/* MSI-X off and no cause has a vector: interrupts are the line's, told apart by the ISR. Of a reset
 * device: that is also the way back when a vector is refused (VG-PC-17). */
void any_virtio_pci_no_vectors(struct any_virtio_pci *pci);
/* Called when one arrived: what read_isr then reports. With MSI-X the ISR is not read (VG-PC-14).
 */
void any_virtio_pci_fired(struct any_virtio_pci *pci, uint16_t vector);

#ifdef __cplusplus
}
#endif
#endif
