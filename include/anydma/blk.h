/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block device, both ends. The driver (struct any_blk) is asynchronous: submit, kick, poll. The
 * device (struct any_blk_device) serves requests when it is given time.
 *
 * One queue is enough for one submitter. For several, each on its own CPU, any_blk_init_queues
 * gives each a queue (struct any_blk_queue) that it shares with nobody, so there are no locks.
 */
#ifndef ANYDMA_BLK_H
#define ANYDMA_BLK_H

#include <anydma/virtio.h>
#include <anydma/virtio/blk.h>
#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- driver ---------------------------------------------------------------------------------- */

/* Segments the driver cuts one buffer into at most (it has two more descriptors a request). */
#define ANY_BLK_MAX_SEGMENTS 32u

struct any_blk_limits {	   /* from the device's configuration */
	uint64_t capacity; /* sectors */
	uint32_t size_max, seg_max,
		blk_size; /* one segment's bytes, segments a request; resolved */
	uint32_t max_discard_sectors, max_write_zeroes_sectors;
	bool read_only, writeback, flush, discard, write_zeroes;
};

struct any_blk_slot { /* private state of one request */
	void *cookie;
	uint32_t len;  /* bytes the device has to fill in */
	uint16_t next; /* free list */
};

/* A queue and what is on its way in it: one caller's. */
struct any_blk_queue {
	struct any_blk *blk;
	/* Headers, ranges and status bytes: coherent, one stride a slot, two directions never share
	 * a cache line. */
	struct any_dma_coherent wire; /* cached rings: the caller's memory, mapped a request */
	uint32_t stride, status_at;
	struct any_blk_slot *slots;
	uint32_t depth; /* requests in flight at most */
	uint16_t free_slot;
	struct any_virtqueue vq;
};

struct any_blk {
	struct any_virtio_driver virtio;
	struct any_blk_limits limits;
	struct any_blk_queue queue;
	struct any_blk_queue *more; /* n_queues - 1: the caller's */
	uint16_t n_queues;
};

/* One request. buf must be DMA-able memory (never the stack, VG-CN-05) and stay until it is done.
 */
struct any_blk_request {
	enum any_blk_type type;
	uint64_t sector;
	void *buf;	  /* IN, OUT: len bytes; GET_ID: 20 bytes */
	size_t len;	  /* IN, OUT: a multiple of 512 */
	uint32_t sectors; /* DISCARD, WRITE_ZEROES */
	bool unmap;	  /* WRITE_ZEROES: the device may deallocate */
	void *cookie;
};

struct any_blk_completion {
	void *cookie;
	int result; /* 0, or EIO, ENOTSUP, EPROTO negative */
};

/* Private memory of a driver with a queue of `size` entries: the caller's, aligned to 8. */
#define ANY_BLK_BYTES(size)                                                                        \
	(ANY_VIRTQUEUE_BYTES(size) + (size_t)(size) * sizeof(struct any_blk_slot))

/*
 * Brings the device up to DRIVER_OK. `size` is the queue size to aim for. On error the device is
 * FAILED or reset, nothing stays allocated, and blk->virtio.why says why.
 */
ANY_MUST_CHECK int any_blk_init(struct any_blk *blk, const struct any_virtio_transport *transport,
				struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes);
/*
 * The same where the machine has no coherent memory: rings, headers and status bytes in `shared`,
 * memory any_dma_map takes, of any_blk_shared_bytes or less. A status byte does not own its line,
 * so each needs a bounce slot.
 */
ANY_MUST_CHECK int any_blk_init_cached(struct any_blk *blk,
				       const struct any_virtio_transport *transport,
				       struct any_dma_dev *dma, uint32_t size, void *memory,
				       size_t bytes, void *shared, size_t shared_bytes);
size_t any_blk_shared_bytes(const struct any_dma_dev *dma, uint32_t size);
/*
 * The same with a queue for each submitter (MQ): `more` holds the queues behind the first. As many
 * come up as the device has: read blk->n_queues.
 */
struct any_blk_options {
	uint32_t size; /* of each queue, to aim for */
	uint16_t n_more;
	struct any_blk_queue *more;
	void *memory; /* ANY_BLK_BYTES(size) for each queue, aligned to 8 */
	size_t bytes;
	void *shared; /* any_blk_shared_bytes for each; 0 bytes: the machine has coherent memory */
	size_t shared_bytes;
};
ANY_MUST_CHECK int any_blk_init_queues(struct any_blk *blk,
				       const struct any_virtio_transport *transport,
				       struct any_dma_dev *dma,
				       const struct any_blk_options *options);
static inline struct any_blk_queue *any_blk_queue(struct any_blk *blk, uint16_t i)
{
	return i ? &blk->more[i - 1] : &blk->queue;
}

/*
 * Requests of this queue go through indirect tables of `entries` (3 or more), so that as many are
 * out as the ring has entries, instead of a third. Before the first request; `memory` as for
 * any_virtqueue_use_tables, and more coherent memory. On error requests go as before.
 */
ANY_MUST_CHECK int any_blk_use_tables(struct any_blk_queue *queue, uint32_t entries, void *memory,
				      size_t bytes);

/*
 * Stops the device (reset). Requests that were in flight come back through any_blk_abort, queue by
 * queue; then fini gives the memory back. ENODEV: the device does not reset, or is gone, and keeps
 * its memory. Requests come back all the same, with that result: they are over, but their bytes are
 * the device's until fini answers 0, after a stop that was seen or any_virtio_removed (virtio.h).
 */
ANY_MUST_CHECK int any_blk_stop(struct any_blk *blk);
ANY_MUST_CHECK int any_blk_fini(struct any_blk *blk); /* EBUSY: not stopped, or requests out */

/*
 * ENOMEM: no slot or descriptors now, poll first. EINVAL: beyond capacity, bad length. EPERM: the
 * disk is read-only. ENOTSUP: the device has no such request. E2BIG: more segments than it takes:
 * split at any_blk_max_bytes. Errors of any_dma_map.
 */
ANY_MUST_CHECK int any_blk_queue_submit(struct any_blk_queue *queue,
					const struct any_blk_request *req);
/* EAGAIN: nothing is done. EPROTO: the device talked nonsense: stop, abort, init. */
ANY_MUST_CHECK int any_blk_queue_poll(struct any_blk_queue *queue, struct any_blk_completion *done);
ANY_MUST_CHECK int any_blk_queue_abort(struct any_blk_queue *queue,
				       struct any_blk_completion *done);
/* Everything submitted so far becomes visible; one kick at most. */
static inline void any_blk_queue_kick(struct any_blk_queue *queue)
{
	any_virtqueue_kick(&queue->vq);
}
/* The longest buffer that submit takes whatever its alignment. */
size_t any_blk_queue_max_bytes(const struct any_blk_queue *queue);

/* The same for a driver's first queue, which for most is the only one. */
ANY_MUST_CHECK static inline int any_blk_submit(struct any_blk *blk,
						const struct any_blk_request *req)
{
	return any_blk_queue_submit(&blk->queue, req);
}
static inline void any_blk_kick(struct any_blk *blk)
{
	any_blk_queue_kick(&blk->queue);
}
ANY_MUST_CHECK static inline int any_blk_poll(struct any_blk *blk, struct any_blk_completion *done)
{
	return any_blk_queue_poll(&blk->queue, done);
}
ANY_MUST_CHECK static inline int any_blk_abort(struct any_blk *blk, struct any_blk_completion *done)
{
	return any_blk_queue_abort(&blk->queue, done);
}
static inline size_t any_blk_max_bytes(const struct any_blk *blk)
{
	return any_blk_queue_max_bytes(&blk->queue);
}

/*
 * Reads and acknowledges the interrupt causes. After a configuration change the limits are read
 * again (VG-BK-05), which no submitter may be looking at meanwhile. Errors of any_virtio_check: the
 * device needs a reset (VG-ST-11), or is gone.
 */
ANY_MUST_CHECK int any_blk_interrupt(struct any_blk *blk);
/* Changes the device's cache mode. ENOTSUP: it cannot (CONFIG_WCE). EBUSY: it is suspended. */
ANY_MUST_CHECK int any_blk_set_writeback(struct any_blk *blk, bool on);
/* How the medium likes to be used, in bytes: hints, which the device may get wrong. */
struct any_blk_topology {
	uint32_t physical;	   /* a block of the medium, a multiple of blk_size */
	uint32_t alignment_offset; /* where on the disk the first of them begins */
	uint32_t min_io, opt_io;   /* a request's least and best size; opt_io 0: not known */
};
/* ENOTSUP: the device does not say. EPROTO: what it says cannot be. EIO: it never stood still. */
ANY_MUST_CHECK int any_blk_topology(const struct any_blk *blk, struct any_blk_topology *topology);

/* ---- device ---------------------------------------------------------------------------------- */

/* Where the bytes are. Offsets and lengths are in range and whole sectors; 0 or a negative error.
 */
struct any_blk_backend {
	/* Called with pieces of a request: pointers into the driver's memory, any alignment. */
	int (*read)(void *ctx, uint64_t offset, void *to, size_t len);
	int (*write)(void *ctx, uint64_t offset, const void *from, size_t len);
	int (*discard)(void *ctx, uint64_t offset, uint64_t len); /* NULL: not offered */
	int (*write_zeroes)(void *ctx, uint64_t offset, uint64_t len, bool unmap); /* NULL: same */
	int (*sync)(void *ctx); /* NULL: writes are stable when they return */
	uint64_t capacity;	/* sectors */
	bool read_only;
	bool may_unmap; /* write_zeroes can deallocate */
	char id[ANY_BLK_ID_BYTES];
};

struct any_blk_device_config {
	uint64_t features;		      /* of 29, 33, 34, 36, 38, 40, 43 */
	uint32_t size_max, seg_max, blk_size; /* 0: not offered */
	uint32_t max_sectors;	      /* of one DISCARD or WRITE_ZEROES range; 0: no limit */
	uint32_t max_ranges;	      /* 0: 1 */
	struct any_packed_held *held; /* queue_max entries, the caller's: with 34 */
	/* MQ: so many queues, max, pieces and held of each filled by the caller; 0: one, as below
	 */
	uint16_t n_queues;
	struct any_virtio_device_queue *queues;
	/* TOPOLOGY, as in the configuration, in blocks; all 0: not offered */
	uint8_t physical_exp, alignment_offset;
	uint16_t min_io;
	uint32_t opt_io;
};

struct any_blk_device {
	struct any_virtio_device virtio;
	struct any_virtio_device_queue queue;
	const struct any_blk_backend *backend;
	void *ctx;
	struct any_blk_device_config config;
	uint8_t writeback; /* what the driver set (CONFIG_WCE) */
};

/*
 * `pieces` has `queue_max` entries, a power of two; neither counts where config->queues says it.
 * The caller sets dev->virtio.interrupt.
 */
ANY_MUST_CHECK int any_blk_device_init(struct any_blk_device *dev,
				       const struct any_blk_backend *backend, void *ctx,
				       const struct any_blk_device_config *config,
				       struct any_space *space, struct any_ring_piece *pieces,
				       uint32_t queue_max);
/*
 * Serves at most `budget` requests a queue and calls the driver once a queue. How many: 0 means
 * nothing to do.
 */
uint32_t any_virtio_blk_device_process(struct any_blk_device *dev, uint32_t budget);
/*
 * One request, for callers who take and return chains themselves (any_virtio_device_take, _use).
 * *written: what to return it with. False: an address was not the driver's; fail the device.
 */
ANY_MUST_CHECK bool any_virtio_blk_device_serve(struct any_blk_device *dev,
						const struct any_ring_chain *chain,
						uint32_t *written);
/* The backend's capacity or write_zeroes ability changed (VD-BK-07, VD-BK-11). */
void any_blk_device_resized(struct any_blk_device *dev);

#ifdef __cplusplus
}
#endif
#endif
