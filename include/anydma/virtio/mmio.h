/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over MMIO, version 2 (4.2): its registers, and the driver's transport over them.
 *
 *	struct any_virtio_mmio mmio;
 *	struct any_virtio_transport transport;
 *	err = any_virtio_mmio_init(&mmio, &transport, regs, size);
 */
#ifndef ANYDMA_VIRTIO_MMIO_H
#define ANYDMA_VIRTIO_MMIO_H

#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_VIRTIO_MMIO_MAGIC_VALUE 0x74726976u /* "virt" */

enum any_virtio_mmio_register { /* offsets, table 4.1 */
				ANY_VIRTIO_MMIO_MAGIC = 0x000,
				ANY_VIRTIO_MMIO_VERSION = 0x004,
				ANY_VIRTIO_MMIO_DEVICE_ID = 0x008,
				ANY_VIRTIO_MMIO_VENDOR_ID = 0x00c,
				ANY_VIRTIO_MMIO_DEVICE_FEATURES = 0x010,
				ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL = 0x014,
				ANY_VIRTIO_MMIO_DRIVER_FEATURES = 0x020,
				ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL = 0x024,
				ANY_VIRTIO_MMIO_QUEUE_SEL = 0x030,
				ANY_VIRTIO_MMIO_QUEUE_MAX = 0x034,
				ANY_VIRTIO_MMIO_QUEUE_NUM = 0x038,
				ANY_VIRTIO_MMIO_QUEUE_READY = 0x044,
				ANY_VIRTIO_MMIO_NOTIFY = 0x050,
				ANY_VIRTIO_MMIO_ISR = 0x060,
				ANY_VIRTIO_MMIO_ISR_ACK = 0x064,
				ANY_VIRTIO_MMIO_STATUS = 0x070,
				ANY_VIRTIO_MMIO_QUEUE_DESC = 0x080, /* low half, high half behind
								       it; so are the next two */
				ANY_VIRTIO_MMIO_QUEUE_AVAIL = 0x090,
				ANY_VIRTIO_MMIO_QUEUE_USED = 0x0a0,
				ANY_VIRTIO_MMIO_SHM_SEL = 0x0ac,
				ANY_VIRTIO_MMIO_SHM_LEN = 0x0b0, /* and the base behind it */
				ANY_VIRTIO_MMIO_QUEUE_RESET = 0x0c0,
				ANY_VIRTIO_MMIO_GENERATION = 0x0fc,
				ANY_VIRTIO_MMIO_CONFIG = 0x100,
};

struct any_virtio_mmio {
	volatile void *regs; /* mapped uncached, `size` bytes */
};

/*
 * `mmio` stays the transport's. ENOENT: a place where no device is plugged in, which is not worth a
 * word (VG-MM-04). ENODEV: not a virtio device of version 2, or one that is gone (VG-MM-03).
 * EINVAL: `size` has no room for the registers.
 */
ANY_MUST_CHECK int any_virtio_mmio_init(struct any_virtio_mmio *mmio,
					struct any_virtio_transport *transport, volatile void *regs,
					uint64_t size);

/*
 * The device's side: the same registers, as a machine's bus model or a VMM's exit handler finds
 * them. The interrupt line is high while any_virtio_device.isr is not 0; the caller sets
 * dev->interrupt.
 */
struct any_virtio_mmio_device {
	struct any_virtio_device *dev;
	struct any_virtio_queue_registers *queues; /* the caller's, dev->n_queues */
	uint64_t driver_features;
	uint32_t vendor_id;
	uint32_t features_sel, driver_sel, queue_sel;
	bool foreign; /* features above 63 were accepted, which are not offered */
};

void any_virtio_mmio_device_init(struct any_virtio_mmio_device *mmio, struct any_virtio_device *dev,
				 struct any_virtio_queue_registers *queues, uint32_t vendor_id);
/* Offsets and widths are the driver's: what is not there reads 0 and takes nothing. */
uint32_t any_virtio_mmio_device_read(struct any_virtio_mmio_device *mmio, uint32_t offset,
				     unsigned width);
void any_virtio_mmio_device_write(struct any_virtio_mmio_device *mmio, uint32_t offset,
				  unsigned width, uint32_t value);

#ifdef __cplusplus
}
#endif
#endif
