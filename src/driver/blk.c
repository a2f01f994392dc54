/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: bring-up, configuration, tear-down. Requests are in blk_io.c. */
#include <anydma/blk.h>

#include "base/bits.h"

#define WANTED                                                                                     \
	(ANY_BLK_F_SIZE_MAX | ANY_BLK_F_SEG_MAX | ANY_BLK_F_RO | ANY_BLK_F_BLK_SIZE |              \
	 ANY_BLK_F_FLUSH | ANY_BLK_F_CONFIG_WCE | ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES)

#define MIN_QUEUE 4u /* header, data, status, and a power of two */

/* A field exists only with its feature (VG-CF-03). */
static uint32_t field(const struct any_virtio_driver *v, uint64_t feature, uint32_t offset,
		      uint32_t otherwise)
{
	return any_virtio_has(v, feature) ? any_virtio_config32(v, offset) : otherwise;
}

static void read_fields(const struct any_virtio_driver *v, struct any_blk_limits *l)
{
	const bool flush = any_virtio_has(v, ANY_BLK_F_FLUSH);

	*l = (struct any_blk_limits){
		.capacity = any_virtio_config64(v, ANY_BLK_CFG_CAPACITY),
		.size_max = field(v, ANY_BLK_F_SIZE_MAX, ANY_BLK_CFG_SIZE_MAX, UINT32_MAX),
		.seg_max = field(v, ANY_BLK_F_SEG_MAX, ANY_BLK_CFG_SEG_MAX, ANY_BLK_MAX_SEGMENTS),
		.blk_size = field(v, ANY_BLK_F_BLK_SIZE, ANY_BLK_CFG_BLK_SIZE, ANY_BLK_SECTOR),
		.max_discard_sectors =
			field(v, ANY_BLK_F_DISCARD, ANY_BLK_CFG_MAX_DISCARD_SECTORS, 0),
		.max_write_zeroes_sectors =
			field(v, ANY_BLK_F_WRITE_ZEROES, ANY_BLK_CFG_MAX_WRITE_ZERO_SECTORS, 0),
		.read_only = any_virtio_has(v, ANY_BLK_F_RO),
		.flush = flush,
		/* one segment a request, if the device takes that many (VG-BK-10) */
		.discard = field(v, ANY_BLK_F_DISCARD, ANY_BLK_CFG_MAX_DISCARD_SEG, 0) != 0,
		.write_zeroes =
			field(v, ANY_BLK_F_WRITE_ZEROES, ANY_BLK_CFG_MAX_WRITE_ZERO_SEG, 0) != 0,
		/* VG-BK-02: a device that can flush has something to flush */
		.writeback = any_virtio_has(v, ANY_BLK_F_CONFIG_WCE)
				     ? any_virtio_config8(v, ANY_BLK_CFG_WRITEBACK) != 0
				     : flush,
	};
}

/* What the device says, cut to what this driver and this platform can do; or refused. */
static int settle(const struct any_blk *blk, struct any_blk_limits *l)
{
	const uint64_t align =
		any_max_u64(any_dma_cache_alignment(blk->virtio.dma), ANY_BLK_SECTOR);
	uint64_t size = any_min_u64(l->size_max, any_dma_max_mapping_len(blk->virtio.dma));

	l->size_max = (uint32_t)any_align_down(any_min_u64(size, 1u << 30), align);
	l->seg_max = (uint32_t)any_min_u64(l->seg_max, ANY_BLK_MAX_SEGMENTS);
	if (l->capacity > UINT64_MAX / ANY_BLK_SECTOR || !l->size_max || !l->seg_max ||
	    !any_is_pow2(l->blk_size) || l->blk_size < ANY_BLK_SECTOR)
		return -ANY_ENODEV;
	return 0;
}

static int read_limits(struct any_blk *blk)
{
	struct any_virtio_config_read read = any_virtio_config_begin(&blk->virtio);
	struct any_blk_limits limits;
	int err;

	do {
		read_fields(&blk->virtio, &limits);
	} while (any_virtio_config_again(&blk->virtio, &read));
	err = read.torn ? -ANY_EIO : settle(blk, &limits);
	if (err)
		return err;
	blk->limits = limits;
	return 0;
}

/* Memory for rings and slots where there is none that is coherent. */
struct shared {
	void *memory;
	size_t bytes;
};

/*
 * A slot: header and range, read by the device; behind them, on a line of its own, the status byte
 * it writes (DA-33). Never on a stack (VG-CN-05).
 */
static uint64_t line_of(const struct any_dma_dev *dma)
{
	return any_max_u64(any_dma_cache_alignment(dma), 16);
}

static uint32_t status_offset(const struct any_dma_dev *dma)
{
	return (uint32_t)any_align_up(sizeof(struct any_blk_header) + sizeof(struct any_blk_range),
				      line_of(dma));
}

size_t any_blk_shared_bytes(const struct any_dma_dev *dma, uint32_t size)
{
	const size_t stride = status_offset(dma) + (size_t)line_of(dma);

	return any_virtqueue_ring_bytes(dma, size) + (size_t)line_of(dma) - 1 + size / 3 * stride;
}

/* Whole slots behind the rings, from a line's start on. */
static int carve_wire(struct any_blk *blk, const struct shared *shared)
{
	const uint64_t line = line_of(blk->virtio.dma);
	const uintptr_t from = (uintptr_t)blk->vq.mem.cpu + blk->vq.mem.size;
	char *base = (char *)blk->vq.mem.cpu + blk->vq.mem.size + (-from & (uintptr_t)(line - 1));
	const size_t used = (size_t)(base - (char *)shared->memory);

	if (used > shared->bytes || (shared->bytes - used) / blk->stride < blk->depth)
		return -ANY_ENOSPC;
	blk->wire =
		(struct any_dma_coherent){.cpu = base, .size = (size_t)blk->stride * blk->depth};
	return 0;
}

static int make_slots(struct any_blk *blk, void *memory, const struct shared *shared)
{
	int err;

	blk->status_at = status_offset(blk->virtio.dma);
	blk->stride = blk->status_at + (uint32_t)line_of(blk->virtio.dma);
	blk->depth = blk->vq.ring.size / 3;
	blk->slots = memory;
	if (shared)
		err = carve_wire(blk, shared);
	else
		err = any_dma_alloc_coherent(blk->virtio.dma, (size_t)blk->stride * blk->depth,
					     &blk->wire);
	if (err)
		return err;
	for (uint32_t i = 0; i < blk->depth; i++)
		blk->slots[i] = (struct any_blk_slot){.next = (uint16_t)(i + 1)};
	blk->free_slot = 0;
	return 0;
}

static int make_ring(struct any_blk *blk, uint32_t size, void *memory, const struct shared *shared)
{
	if (shared) /* not more entries than there is room for slots of */
		while (size && any_blk_shared_bytes(blk->virtio.dma, size) > shared->bytes)
			size /= 2;
	if (size < MIN_QUEUE)
		return -ANY_ENOSPC;
	if (shared)
		return any_virtqueue_init_cached(&blk->vq, &blk->virtio, 0, size, memory,
						 ANY_VIRTQUEUE_BYTES(size), shared->memory,
						 shared->bytes);
	return any_virtqueue_init(&blk->vq, &blk->virtio, 0, size, memory,
				  ANY_VIRTQUEUE_BYTES(size));
}

static int make_queue(struct any_blk *blk, uint32_t size, void *memory, size_t bytes,
		      const struct shared *shared)
{
	const size_t per_entry = ANY_BLK_BYTES(1);
	uint64_t most = any_min_u64(size, bytes / per_entry);
	int err;

	if (most < MIN_QUEUE)
		return -ANY_ENOSPC;
	most = any_min_u64(1ull << any_log2(most), ANY_RING_MAX_SIZE);
	err = make_ring(blk, (uint32_t)most, memory, shared);
	if (err)
		return err;
	if (blk->vq.ring.size >= MIN_QUEUE)
		err = make_slots(blk, (char *)memory + ANY_VIRTQUEUE_BYTES(most), shared);
	else
		err = -ANY_ENODEV;
	return err;
}

/* The queue was enabled: only a reset makes the device let go of it. */
static void undo(struct any_blk *blk)
{
	const char *why = blk->virtio.why;

	if (blk->vq.mem.size && (any_virtio_reset(&blk->virtio) || any_virtqueue_fini(&blk->vq)))
		why = "the device does not reset; its ring stays allocated";
	any_virtio_fail(&blk->virtio, why);
}

static int init(struct any_blk *blk, const struct any_virtio_transport *transport,
		struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes,
		const struct shared *shared)
{
	int err;

	*blk = (struct any_blk){.stride = 0};
	err = any_virtio_begin(&blk->virtio, transport, dma, WANTED, 0);
	if (err)
		return err;
	if (transport->device_id != ANY_VIRTIO_ID_BLOCK ||
	    transport->config_len < ANY_BLK_CFG_SIZE_MAX) { /* VG-CF-05 */
		any_virtio_fail(&blk->virtio, "the device is not a block device");
		return -ANY_ENODEV;
	}
	err = read_limits(blk);
	if (!err) {
		blk->virtio.why = "no memory for the queue";
		err = make_queue(blk, size, memory, bytes, shared);
	} else {
		blk->virtio.why = "the device's configuration makes no sense";
	}
	if (err) {
		undo(blk);
		return err;
	}
	blk->virtio.why = NULL;
	any_virtio_ready(&blk->virtio);
	return 0;
}

int any_blk_init(struct any_blk *blk, const struct any_virtio_transport *transport,
		 struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes)
{
	return init(blk, transport, dma, size, memory, bytes, NULL);
}

int any_blk_init_cached(struct any_blk *blk, const struct any_virtio_transport *transport,
			struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes,
			void *shared, size_t shared_bytes)
{
	const struct shared s = {shared, shared_bytes};

	return init(blk, transport, dma, size, memory, bytes, &s);
}

int any_blk_stop(struct any_blk *blk)
{
	return any_virtio_reset(&blk->virtio);
}

int any_blk_fini(struct any_blk *blk)
{
	int err = any_virtqueue_fini(&blk->vq);

	if (err)
		return err;
	if (!blk->vq.cached)
		any_dma_free_coherent(blk->virtio.dma, &blk->wire);
	return 0;
}

int any_blk_interrupt(struct any_blk *blk)
{
	const struct any_virtio_transport *t = blk->virtio.transport;

	if (!(t->ops->read_isr(t->ctx) & ANY_VIRTIO_ISR_CONFIG))
		return 0;
	if (any_virtio_needs_reset(&blk->virtio)) {
		blk->virtio.why = "the device asks for a reset";
		return -ANY_EPROTO;
	}
	return read_limits(blk); /* VG-BK-05; the old ones stand if these make no sense */
}

int any_blk_set_writeback(struct any_blk *blk, bool on)
{
	const struct any_virtio_transport *t = blk->virtio.transport;

	if (!any_virtio_has(&blk->virtio, ANY_BLK_F_CONFIG_WCE))
		return -ANY_ENOTSUP;
	if (!(blk->virtio.status & ANY_VIRTIO_STATUS_DRIVER_OK)) /* VG-ST-19: suspended */
		return -ANY_EBUSY;
	t->ops->config_write(t->ctx, ANY_BLK_CFG_WRITEBACK, 1, on);
	blk->limits.writeback = on;
	return 0;
}

size_t any_blk_max_bytes(const struct any_blk *blk)
{
	const uint64_t segments = any_min_u64(blk->limits.seg_max, blk->vq.ring.size - 2);
	/* a buffer that starts in the middle of a line gives up the rest of one segment */
	const uint64_t bytes =
		segments * blk->limits.size_max - (any_dma_cache_alignment(blk->virtio.dma) - 1);

	return (size_t)any_align_down(any_min_u64(bytes, 1u << 30), ANY_BLK_SECTOR);
}
