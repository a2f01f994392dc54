/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio, the driver's side: features, status, configuration, and queues that are a ring plus the
 * DMA API. The device's side is virtio_device.h.
 *
 *	any_virtio_begin      reset .. FEATURES_OK (VG-ST-01)
 *	any_virtqueue_init    once per queue
 *	any_virtio_ready      DRIVER_OK
 *
 * Bits 33 and 36 are accepted whenever offered. A device that does not offer 33 sends physical
 * addresses past everything the platform does to DMA; it is refused (EPERM) on every machine where
 * that is not the same thing (AP-2, any_dma_is_flat). There is no flag to run it anyway.
 */
#ifndef ANYDMA_VIRTIO_H
#define ANYDMA_VIRTIO_H

#include <anydma/dma.h>
#include <anydma/ring.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_VIRTIO_STATUS_ACKNOWLEDGE 0x01u
#define ANY_VIRTIO_STATUS_DRIVER      0x02u
#define ANY_VIRTIO_STATUS_DRIVER_OK   0x04u
#define ANY_VIRTIO_STATUS_FEATURES_OK 0x08u
#define ANY_VIRTIO_STATUS_SUSPEND     0x10u /* 1.4 */
#define ANY_VIRTIO_STATUS_NEEDS_RESET 0x40u
#define ANY_VIRTIO_STATUS_FAILED      0x80u
#define ANY_VIRTIO_STATUS_GONE	      0xffu /* no device reads so: there is none */

#define ANY_VIRTIO_F_INDIRECT_DESC     (1ull << 28)
#define ANY_VIRTIO_F_EVENT_IDX	       (1ull << 29)
#define ANY_VIRTIO_F_VERSION_1	       (1ull << 32)
#define ANY_VIRTIO_F_ACCESS_PLATFORM   (1ull << 33)
#define ANY_VIRTIO_F_RING_PACKED       (1ull << 34)
#define ANY_VIRTIO_F_IN_ORDER	       (1ull << 35)
#define ANY_VIRTIO_F_ORDER_PLATFORM    (1ull << 36)
#define ANY_VIRTIO_F_NOTIFICATION_DATA (1ull << 38)
#define ANY_VIRTIO_F_NOTIF_CONFIG_DATA (1ull << 39)
#define ANY_VIRTIO_F_RING_RESET	       (1ull << 40)
#define ANY_VIRTIO_F_SUSPEND	       (1ull << 43) /* 1.4 */
/* Bits that mean something to a device type; all others belong to rings and transports (2.2). */
#define ANY_VIRTIO_F_DEVICE_TYPE (((1ull << 24) - 1) | ~((1ull << 50) - 1))

#define ANY_VIRTIO_ISR_QUEUE  0x1u
#define ANY_VIRTIO_ISR_CONFIG 0x2u

#define ANY_VIRTIO_ID_NET     1u
#define ANY_VIRTIO_ID_BLOCK   2u
#define ANY_VIRTIO_ID_CONSOLE 3u
#define ANY_VIRTIO_ID_RNG     4u
#define ANY_VIRTIO_ID_IOMMU   23u

/* ---- transport ------------------------------------------------------------------------------- */

/*
 * How a driver reaches its device. Values are in CPU byte order. A transport over MMIO orders
 * memory before its kick (any_mmio_wmb: the last row of A4.2); ring memory has been drained by
 * then.
 */
struct any_virtio_transport_ops {
	uint64_t (*get_features)(void *ctx);
	void (*set_features)(void *ctx, uint64_t features);
	uint8_t (*get_status)(void *ctx);
	void (*set_status)(void *ctx, uint8_t status); /* 0 resets */
	/* width is 1, 2 or 4, and offset a multiple of it (VG-MM-02, VG-PC-03) */
	uint32_t (*config_read)(void *ctx, uint32_t offset, unsigned width);
	void (*config_write)(void *ctx, uint32_t offset, unsigned width, uint32_t value);
	uint32_t (*config_generation)(void *ctx);
	uint32_t (*queue_max)(void *ctx, uint16_t queue); /* 0: there is no such queue */
	/* Sets size and addresses, then enables. */
	int (*queue_setup)(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
			   struct any_dma_addr avail, struct any_dma_addr used);
	/* Feature 40; returns when the device has let go of the queue. */
	int (*queue_reset)(void *ctx, uint16_t queue);
	/* What the notification register is told: the queue's number, and with feature 38 above it
	 * where that queue goes on (any_ring_next_avail). */
	void (*kick)(void *ctx, uint32_t notification);
	/* ANY_VIRTIO_ISR_* bits since the last call; acknowledges them. */
	uint32_t (*read_isr)(void *ctx);
};

struct any_virtio_transport {
	const struct any_virtio_transport_ops *ops;
	void *ctx;
	uint32_t device_id;
	uint32_t config_len; /* bytes of device configuration there are */
	uint64_t features;   /* what it has besides the above, of 39 and 40 */
};

/* ---- driver ---------------------------------------------------------------------------------- */

struct any_virtio_driver {
	const struct any_virtio_transport *transport;
	struct any_dma_dev *dma;
	uint64_t offered, features; /* features: what both sides agreed on */
	uint8_t status;		    /* as last written; 0: reset, the device holds no memory */
	bool resuming;		    /* DRIVER_OK was written to a suspended device */
	bool lost;		    /* a reset was not seen: memory it had stays its own */
	bool removed;		    /* any_virtio_removed: no register is touched again */
	const char *why;	    /* one line for the last failure; NULL: none */
};

/*
 * Resets the device and negotiates: `wanted` device-type bits, and of the ring's 28 and 35, are
 * accepted where offered, `required` ones must be there. 35 (in order) is for who need not know how
 * much was written; it and 28 take coherent memory. ENODEV: not virtio 1.x, does not reset, lacks a
 * required bit, or dropped FEATURES_OK. EPERM: no ACCESS_PLATFORM on a platform that needs it. On
 * failure the device is FAILED (VG-ST-05) and driver->why says why.
 */
ANY_MUST_CHECK int any_virtio_begin(struct any_virtio_driver *driver,
				    const struct any_virtio_transport *transport,
				    struct any_dma_dev *dma, uint64_t wanted, uint64_t required);
/*
 * The same for a device type whose features need others: `unmet` says which of a set lack what they
 * need, and they are not accepted (VG-FT-02). NULL: none.
 */
ANY_MUST_CHECK int any_virtio_begin_met(struct any_virtio_driver *driver,
					const struct any_virtio_transport *transport,
					struct any_dma_dev *dma, uint64_t wanted, uint64_t required,
					uint64_t (*unmet)(uint64_t features));
void any_virtio_ready(struct any_virtio_driver *driver);
/* Sets FAILED; `why` is static text. */
void any_virtio_fail(struct any_virtio_driver *driver, const char *why);
/*
 * ENODEV: the device never said it was reset, or is gone (driver->why): what it has stays its own,
 * mapped and in place, until a later reset is seen or any_virtio_removed says that it is out of
 * reach. Requests can be given up meanwhile (any_virtqueue_detach).
 */
ANY_MUST_CHECK int any_virtio_reset(struct any_virtio_driver *driver);
bool any_virtio_needs_reset(const struct any_virtio_driver *driver);
/*
 * Is it still there, and ours? For who waits too long, and after a configuration change. EPROTO: it
 * asks for a reset (VG-ST-11), or somebody else has reset it. ENODEV: its registers read as ones.
 * driver->why says which; the way on from each is a reset.
 */
ANY_MUST_CHECK int any_virtio_check(struct any_virtio_driver *driver);
/*
 * Whoever knows the bus says that this device can reach no memory any more: its slot is empty or
 * without power, or the path was closed above it (no bus master, no IOMMU domain). Registers that
 * read as ones do not say that: a link that is down can come up again. From then on everything can
 * be taken back, and nothing is written to where the device was.
 */
void any_virtio_removed(struct any_virtio_driver *driver);

/*
 * Feature 43, 3.4: the device finishes what it has and then lies still until resume. Requests may
 * be added meanwhile; nothing of them is shown before the first kick afterwards. Each is asked
 * again until it answers 0. EAGAIN: the device is on its way. EPROTO: it needs a reset. ENOTSUP:
 * not negotiated, or the driver is not ready (VG-ST-17); resume: not suspended.
 */
ANY_MUST_CHECK int any_virtio_suspend(struct any_virtio_driver *driver);
ANY_MUST_CHECK int any_virtio_resume(struct any_virtio_driver *driver);

static inline bool any_virtio_has(const struct any_virtio_driver *driver, uint64_t feature)
{
	return (driver->features & feature) != 0;
}

/*
 * Device configuration. Fields wider than 32 bits, and several fields that belong together, are
 *read in a generation loop (VG-CF-01, -02):
 *
 *	struct any_virtio_config_read read = any_virtio_config_begin(driver);
 *	do {
 *		... any_virtio_config64(driver, 0) ...
 *	} while (any_virtio_config_again(driver, &read));
 *	if (read.torn) ... it never stood still: give up
 */
struct any_virtio_config_read {
	uint32_t generation;
	uint16_t tries;
	bool torn;
};
struct any_virtio_config_read any_virtio_config_begin(const struct any_virtio_driver *driver);
bool any_virtio_config_again(const struct any_virtio_driver *driver,
			     struct any_virtio_config_read *read);
uint8_t any_virtio_config8(const struct any_virtio_driver *driver, uint32_t offset);
uint16_t any_virtio_config16(const struct any_virtio_driver *driver, uint32_t offset);
uint32_t any_virtio_config32(const struct any_virtio_driver *driver, uint32_t offset);
uint64_t any_virtio_config64(const struct any_virtio_driver *driver, uint32_t offset);

/* ---- queue: a ring and what its buffers were mapped to ----------------------------------------
 */

/* One buffer of a request. `coherent`: addr is the device's address already, nothing is mapped. */
struct any_virtqueue_buf {
	void *cpu;
	size_t len;
	struct any_dma_addr addr;
	bool coherent;
};

struct any_virtqueue_via;
struct any_virtqueue_cached;
struct any_virtqueue_slot { /* one per descriptor, private */
	struct any_dma_mapping map;
	void *cookie; /* head */
};

struct any_virtqueue {
	struct any_ring_driver ring;
	struct any_virtio_driver *driver;
	struct any_virtqueue_slot *slots;
	struct any_ring_buf *bufs; /* scratch: the chain being made */
	struct any_dma_coherent mem;
	uint16_t index;
	bool stopped;	       /* queue reset: the device has let go */
	bool mute;	       /* calls are disabled */
	uint32_t given_up;     /* chains below were told of, and are still mapped */
	uint32_t taken, asked; /* requests, in all; when a call was last asked for */
	const struct any_virtqueue_cached *cached; /* rings in streaming memory; NULL: coherent */
	struct any_dma_mapping out, in;		   /* descriptors and avail, used */
	uint32_t table_entries;			   /* of each indirect table; 0: none */
	const struct any_virtqueue_via *via; /* what goes through one; linked by who wants it */
	struct any_dma_coherent tables;
	struct any_dma_mapping *table_maps; /* table_entries for each descriptor */
};

/* Private memory of a queue: the caller's, aligned to 8. */
#define ANY_VIRTQUEUE_BYTES(size)                                                                  \
	((size_t)(size) * (sizeof(struct any_ring_shadow) + sizeof(struct any_virtqueue_slot) +    \
			   sizeof(struct any_ring_buf)))

/*
 * Between begin and ready. The size becomes the largest that the device, `size` and `bytes` allow,
 * in a split ring a power of two: read vq->ring.size. ENOENT: the device has no such queue. ENOSPC:
 * bytes too small for one entry. Errors of any_dma_alloc_coherent.
 */
ANY_MUST_CHECK int any_virtqueue_init(struct any_virtqueue *vq, struct any_virtio_driver *driver,
				      uint16_t index, uint32_t size, void *memory, size_t bytes);
/*
 * The same where the machine has no coherent memory (any_dma_alloc_coherent: ENOTSUP). The rings
 * lie in `rings`, memory any_dma_map takes, which stays the queue's until fini: descriptors and
 * available ring are mapped TO_DEVICE, the used ring FROM_DEVICE, and synced as they change hands.
 * Every publish kicks: to ask whether the device wants it would cost more. ring_bytes:
 * any_virtqueue_ring_bytes for the size wanted, or the size becomes less. Errors of any_dma_map.
 * ENOTSUP: packed rings, whose lines have two writers; any_virtio_begin does not negotiate them
 * where there is no coherent memory.
 */
ANY_MUST_CHECK int any_virtqueue_init_cached(struct any_virtqueue *vq,
					     struct any_virtio_driver *driver, uint16_t index,
					     uint32_t size, void *memory, size_t bytes, void *rings,
					     size_t ring_bytes);
size_t any_virtqueue_ring_bytes(const struct any_dma_dev *dma, uint32_t size);
/*
 * After init: requests of 2 to `entries` buffers go through an indirect table and take one
 * descriptor each (feature 28). `memory` is private, aligned to 8, the queue's until fini; tables
 * are coherent memory, ring size * entries * 16 bytes. ENOTSUP: the feature was not agreed on, or
 * the rings are cached: requests go as before. ENOSPC: bytes too small.
 */
#define ANY_VIRTQUEUE_TABLE_BYTES(size, entries)                                                   \
	((size_t)(size) * (entries) * sizeof(struct any_dma_mapping))
ANY_MUST_CHECK int any_virtqueue_use_tables(struct any_virtqueue *vq, uint32_t entries,
					    void *memory, size_t bytes);
/* After any_virtio_reset (or queue reset) and detach: gives the ring memory back. EBUSY otherwise.
 */
ANY_MUST_CHECK int any_virtqueue_fini(struct any_virtqueue *vq);

/*
 * Maps n_out device-readable, then n_in device-writable buffers and makes them available; the
 * device sees them at the next kick. On error nothing stays mapped: errors of any_dma_map and of
 * any_ring_make_avail.
 */
ANY_MUST_CHECK int any_virtqueue_add(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf,
				     uint32_t n_out, uint32_t n_in, void *cookie);
/* Publishes the burst, drains, and kicks the device if it asked for it. True: it was kicked. */
bool any_virtqueue_kick(struct any_virtqueue *vq);

/*
 * Takes one completed request back: unmapped, its in-buffers filled with *written bytes from the
 * first on (VG-SR-13: believe no byte behind them). EAGAIN: none; a call comes with the next one,
 * unless they are disabled. EPROTO: broken until reset.
 */
ANY_MUST_CHECK int any_virtqueue_take(struct any_virtqueue *vq, void **cookie, uint32_t *written);

void any_virtqueue_disable_call(struct any_virtqueue *vq);
/* True: more came in meanwhile; take it, no call will announce it. */
bool any_virtqueue_enable_call(struct any_virtqueue *vq);

/* Feature 40: takes one queue away from a live device. ENOTSUP: not negotiated. */
ANY_MUST_CHECK int any_virtqueue_reset(struct any_virtqueue *vq);
/*
 * Once the device has let go: unmaps requests it never returned, one a call, and hands their
 * cookies back; EAGAIN when there is none left. EBUSY: the device may still touch them (VG-ST-15).
 * ENODEV, after a reset that was not seen: *cookie is over, so that its owner can be told, and
 * nothing is added any more; its memory is still the device's, and stays mapped until fini answers
 * 0.
 */
ANY_MUST_CHECK int any_virtqueue_detach(struct any_virtqueue *vq, void **cookie);

#ifdef __cplusplus
}
#endif
#endif
