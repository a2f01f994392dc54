/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio, the device's side: status, features and queue registers of any transport, and queues over
 * a space. A transport's registers call the functions of the first part; a device model (blk.h)
 * calls those of the second, when it is given time. Nothing here runs by itself.
 *
 * Everything that comes from the driver is checked: a broken ring, or an address the space does not
 * know, sets NEEDS_RESET and touches nothing else (VD-ST-02, VD-SR-20, AP-9).
 */
#ifndef ANYDMA_VIRTIO_DEVICE_H
#define ANYDMA_VIRTIO_DEVICE_H

#include <anydma/ring.h>
#include <anydma/space.h>
#include <anydma/virtio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a device model adds. NULL where it has nothing to say. */
struct any_virtio_device_ops {
	/* A last look at an otherwise valid subset. False: FEATURES_OK stays 0 (VD-FT-03). */
	bool (*features_ok)(void *ctx, uint64_t features);
	/* width 1, 2 or 4; inside config_len; CPU byte order */
	uint32_t (*config_read)(void *ctx, uint32_t offset, unsigned width);
	void (*config_write)(void *ctx, uint32_t offset, unsigned width, uint32_t value);
	void (*reset)(void *ctx);
	/* Nothing is in flight any more; everything may go on. False: it cannot (VD-ST-11). */
	bool (*suspend)(void *ctx);
	bool (*resume)(void *ctx);
};

struct any_virtio_device_queue {
	struct any_ring_device ring;
	struct any_dma_addr desc, avail, used;
	uint32_t max;		       /* set by the caller: largest size, a power of two */
	uint32_t size;		       /* as the driver set it */
	uint32_t epoch;		       /* of the space when the parts were last found */
	struct any_ring_piece *pieces; /* caller's, `max` entries: the chain being served */
	struct any_packed_held *held;  /* the same, where RING_PACKED is offered */
	bool ready;
	bool found;	       /* ring.desc, .avail, .used point to the parts, in `epoch` */
	bool kicked;	       /* since the model last cleared it */
	bool mute;	       /* kicks are disabled */
	uint32_t taken, asked; /* chains, in all; when a kick was last asked for */
};

#define ANY_VIRTIO_FROZEN 64u

struct any_virtio_device {
	const struct any_virtio_device_ops *ops;
	void *ctx; /* for ops */
	struct any_space *space;
	struct any_virtio_device_queue *queues;
	uint16_t n_queues;
	uint32_t device_id, config_len;
	uint64_t offered, features;
	/* Set by the transport: called when an interrupt cause arises. NULL: the driver polls. */
	void (*interrupt)(void *ctx, uint32_t isr);
	void *interrupt_ctx;
	uint32_t generation;
	uint16_t calling; /* while `interrupt` runs: the queue that has something, */
	uint8_t cause;	  /* or the configuration: the bit that is new */
	uint8_t status;
	uint8_t isr;
	bool suspending; /* no chain is taken any more; suspended when none is in hand */
	bool changed;	 /* the configuration, while suspended */
	uint8_t frozen[ANY_VIRTIO_FROZEN]; /* what of it reads while suspended (VD-ST-09) */
	const char *why;		   /* one line for NEEDS_RESET; NULL: none */
};

/*
 * `queues`: max and pieces of each filled by the caller. VERSION_1 is always offered; `features`
 * adds device-type bits and any of 28, 29, 33, 34, 35, 36, 38, 40, 43. With 35 the model uses
 * chains in the order it took them (VD-FB-06); each is used by itself, since a batch has no
 * lengths. EINVAL: other transport bits, a bad queue size, or 34 and a queue without `held`.
 */
ANY_MUST_CHECK int any_virtio_device_init(struct any_virtio_device *dev,
					  const struct any_virtio_device_ops *ops, void *ctx,
					  struct any_space *space,
					  struct any_virtio_device_queue *queues, uint16_t n_queues,
					  uint64_t features);

/* ---- for transports: what registers do --------------------------------------------------------
 */

void any_virtio_device_set_features(struct any_virtio_device *dev, uint64_t features);
void any_virtio_device_set_status(struct any_virtio_device *dev, uint8_t status);
/* Outside config_len, or of another width: reads 0, writes nothing. */
uint32_t any_virtio_device_config_read(const struct any_virtio_device *dev, uint32_t offset,
				       unsigned width);
void any_virtio_device_config_write(struct any_virtio_device *dev, uint32_t offset, unsigned width,
				    uint32_t value);
uint32_t any_virtio_device_queue_max(const struct any_virtio_device *dev, uint32_t queue);
bool any_virtio_device_queue_ready(const struct any_virtio_device *dev, uint32_t queue);
/* EINVAL: no such queue, already ready, a size or an alignment the format does not have. */
ANY_MUST_CHECK int any_virtio_device_queue_setup(struct any_virtio_device *dev, uint32_t queue,
						 uint32_t size, struct any_dma_addr desc,
						 struct any_dma_addr avail,
						 struct any_dma_addr used);
void any_virtio_device_queue_reset(struct any_virtio_device *dev, uint32_t queue);
/* What the driver wrote to the notification register: a queue, with feature 38 data above it. */
void any_virtio_device_kick(struct any_virtio_device *dev, uint32_t notification);
/* The interrupt causes since the last acknowledgement; and the acknowledgement. */
void any_virtio_device_isr_ack(struct any_virtio_device *dev, uint32_t isr);

/* What a driver wrote to a queue's registers before it enables it: a transport's, one a queue. */
struct any_virtio_queue_registers {
	uint32_t size;
	uint32_t vector;   /* PCI */
	uint64_t parts[3]; /* descriptors, driver area, device area */
};

/* A transport that is a function call: driver and device in one process (src/transport/inproc.c).
 */
void any_virtio_inproc_init(struct any_virtio_transport *transport, struct any_virtio_device *dev);

/* What any_virtio_device_publish calls while the driver waits for the device to lie still. */
void any_virtio_device_drained(struct any_virtio_device *dev);

/* ---- for device models ------------------------------------------------------------------------
 */

/* The configuration changed: new generation, and a notification if the driver is ready. */
void any_virtio_device_config_changed(struct any_virtio_device *dev);
/* Gives up until reset (VD-ST-02, VD-ST-03); `why` is static text. */
void any_virtio_device_fail(struct any_virtio_device *dev, const char *why);

/*
 * Takes the next chain of a queue; its pieces live in the queue until the next take. EAGAIN: none
 * (a kick comes with the next one, unless they are disabled), or the driver is not ready
 * (VD-ST-01). EPROTO: the device now needs a reset.
 */
ANY_MUST_CHECK int any_virtio_device_take(struct any_virtio_device *dev, uint32_t queue,
					  struct any_ring_chain *chain);
void any_virtio_device_use(struct any_virtio_device *dev, uint32_t queue, uint16_t head,
			   uint32_t written);
/* Publishes what was used and calls the driver if it asked for it. */
void any_virtio_device_publish(struct any_virtio_device *dev, uint32_t queue);
/* Kick suppression while the model polls; enable: true if more came in meanwhile. */
void any_virtio_device_disable_kick(struct any_virtio_device *dev, uint32_t queue);
bool any_virtio_device_enable_kick(struct any_virtio_device *dev, uint32_t queue);

/* A walk over one side of a chain, wherever its pieces are split (VD-SR-01). */
struct any_virtio_cursor {
	const struct any_ring_piece *piece, *end;
	uint32_t skip; /* bytes of *piece already passed */
	enum any_dma_dir dir;
};
struct any_virtio_cursor any_virtio_cursor_out(const struct any_ring_chain *chain);
struct any_virtio_cursor any_virtio_cursor_in(const struct any_ring_chain *chain);
/*
 * The next bytes that lie together, at most `max`; the cursor moves behind them. EFAULT: the space
 * does not know them (the model then fails the device); EAGAIN: the end.
 */
ANY_MUST_CHECK int any_virtio_device_next(struct any_virtio_device *dev,
					  struct any_virtio_cursor *cursor, uint64_t max,
					  struct any_space_span *span);
/* Copies through a cursor, all `len` bytes or an error. */
ANY_MUST_CHECK int any_virtio_device_load(struct any_virtio_device *dev,
					  struct any_virtio_cursor *cursor, void *to, size_t len);
ANY_MUST_CHECK int any_virtio_device_store(struct any_virtio_device *dev,
					   struct any_virtio_cursor *cursor, const void *from,
					   size_t len);

#ifdef __cplusplus
}
#endif
#endif
