/* SPDX-License-Identifier: BSD-2-Clause */
/* An entropy device (5.4), both ends: buffers go out empty and come back with some random bytes. */
#ifndef ANYDMA_RNG_H
#define ANYDMA_RNG_H

#include <anydma/virtio.h>
#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- driver ---------------------------------------------------------------------------------- */

struct any_rng {
	struct any_virtio_driver virtio;
	struct any_virtqueue vq;
};

/* Private memory of a driver with a queue of `size` entries: the caller's, aligned to 8. */
#define ANY_RNG_BYTES(size) ANY_VIRTQUEUE_BYTES(size)

/*
 * Brings the device up to DRIVER_OK. On error nothing stays allocated, and rng->virtio.why says
 * why. ENODEV: not an entropy device.
 */
ANY_MUST_CHECK int any_rng_init(struct any_rng *rng, const struct any_virtio_transport *transport,
				struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes);
/* The same where the machine has no coherent memory: rings as any_virtqueue_init_cached wants them.
 */
ANY_MUST_CHECK int any_rng_init_cached(struct any_rng *rng,
				       const struct any_virtio_transport *transport,
				       struct any_dma_dev *dma, uint32_t size, void *memory,
				       size_t bytes, void *rings, size_t ring_bytes);
/*
 * Asks for up to `len` bytes; buf is DMA-able memory and the device's until it comes back. ENOMEM:
 * as many are out as fit. EINVAL: len 0. Errors of any_dma_map.
 */
ANY_MUST_CHECK int any_rng_ask(struct any_rng *rng, void *buf, size_t len, void *cookie);
/* What was asked becomes visible; one kick at most. */
void any_rng_kick(struct any_rng *rng);
/*
 * One buffer back: its first *len bytes are random, the others are what they were (VG-RN-02).
 * EAGAIN: none yet. EIO: it came back empty, which a device must not do (VD-RN-01). EPROTO: the
 * device talked nonsense: stop, abort, init.
 */
ANY_MUST_CHECK int any_rng_poll(struct any_rng *rng, void **cookie, uint32_t *len);
/*
 * As of blk.h: reset; buffers that were out, one a call; the queue's memory. After a stop that was
 * not seen abort answers ENODEV and names a buffer that is over, but the device's until fini
 * answers 0.
 */
ANY_MUST_CHECK int any_rng_stop(struct any_rng *rng);
ANY_MUST_CHECK int any_rng_abort(struct any_rng *rng, void **cookie);
ANY_MUST_CHECK int any_rng_fini(struct any_rng *rng);

/* ---- device ---------------------------------------------------------------------------------- */

struct any_rng_device {
	struct any_virtio_device virtio;
	struct any_virtio_device_queue queue;
	/* Writes random bytes into the driver's memory; how many: 1..len (VD-RN-01). */
	size_t (*fill)(void *ctx, void *to, size_t len);
	void *ctx;
};

/*
 * `pieces`, and `held` where `features` has 34: queue_max entries, a power of two. features: of 29,
 * 33, 34, 36, 38, 40. The caller sets dev->virtio.interrupt.
 */
ANY_MUST_CHECK int any_rng_device_init(struct any_rng_device *dev,
				       size_t (*fill)(void *ctx, void *to, size_t len), void *ctx,
				       struct any_space *space, struct any_ring_piece *pieces,
				       struct any_packed_held *held, uint32_t queue_max,
				       uint64_t features);
/* Fills at most `budget` buffers and calls the driver once. How many: 0 means nothing to do. */
uint32_t any_rng_device_process(struct any_rng_device *dev, uint32_t budget);

#ifdef __cplusplus
}
#endif
#endif
