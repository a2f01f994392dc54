/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: bring-up, configuration, tear-down. Memory is in blk_queue.c. */
#include "blk.h"

#include "base/bits.h"

#define WANTED                                                                                     \
	(ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_IN_ORDER | ANY_BLK_F_SIZE_MAX |                 \
	 ANY_BLK_F_SEG_MAX | ANY_BLK_F_RO | ANY_BLK_F_BLK_SIZE | ANY_BLK_F_FLUSH |                 \
	 ANY_BLK_F_TOPOLOGY | ANY_BLK_F_CONFIG_WCE | ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES)

/* A field exists only with its feature (VG-CF-03), which is below 32. */
static uint32_t field(const struct any_virtio_driver *v, uint32_t feature, uint32_t offset,
		      uint32_t otherwise)
{
	return (uint32_t)v->features & feature ? any_virtio_config32(v, offset) : otherwise;
}

static void read_fields(const struct any_virtio_driver *v, struct any_blk_limits *l)
{
	const uint32_t has = (uint32_t)v->features;

	l->capacity = any_virtio_config64(v, ANY_BLK_CFG_CAPACITY);
	l->size_max = field(v, ANY_BLK_F_SIZE_MAX, ANY_BLK_CFG_SIZE_MAX, UINT32_MAX);
	l->seg_max = field(v, ANY_BLK_F_SEG_MAX, ANY_BLK_CFG_SEG_MAX, ANY_BLK_MAX_SEGMENTS);
	l->blk_size = field(v, ANY_BLK_F_BLK_SIZE, ANY_BLK_CFG_BLK_SIZE, ANY_BLK_SECTOR);
	l->max_discard_sectors = field(v, ANY_BLK_F_DISCARD, ANY_BLK_CFG_MAX_DISCARD_SECTORS, 0);
	l->max_write_zeroes_sectors =
		field(v, ANY_BLK_F_WRITE_ZEROES, ANY_BLK_CFG_MAX_WRITE_ZERO_SECTORS, 0);
	l->read_only = has & ANY_BLK_F_RO;
	l->flush = has & ANY_BLK_F_FLUSH;
	/* one segment a request, if the device takes that many (VG-BK-10) */
	l->discard = field(v, ANY_BLK_F_DISCARD, ANY_BLK_CFG_MAX_DISCARD_SEG, 0);
	l->write_zeroes = field(v, ANY_BLK_F_WRITE_ZEROES, ANY_BLK_CFG_MAX_WRITE_ZERO_SEG, 0);
	/* VG-BK-02: a device that can flush has something to flush */
	l->writeback = has & ANY_BLK_F_CONFIG_WCE ? any_virtio_config8(v, ANY_BLK_CFG_WRITEBACK)
						  : l->flush;
}

/* What the device says, cut to what this driver and this platform can do; or refused. */
static bool settle(const struct any_virtio_driver *v, struct any_blk_limits *l)
{
	const size_t line = any_dma_cache_alignment(v->dma);
	const size_t most = any_dma_max_mapping_len(v->dma);

	if (l->size_max > most)
		l->size_max = (uint32_t)most;
	l->size_max &= ~((uint32_t)(line > ANY_BLK_SECTOR ? line : ANY_BLK_SECTOR) - 1);
	if (l->seg_max > ANY_BLK_MAX_SEGMENTS)
		l->seg_max = ANY_BLK_MAX_SEGMENTS;
	return l->capacity <= UINT64_MAX / ANY_BLK_SECTOR && l->size_max && l->seg_max &&
	       l->blk_size >= ANY_BLK_SECTOR && !(l->blk_size & (l->blk_size - 1));
}

/* EIO: it never stood still. ENODEV: it makes no sense. The old ones stand. */
static int read_limits(struct any_blk *blk)
{
	struct any_virtio_config_read read = any_virtio_config_begin(&blk->virtio);
	struct any_blk_limits limits;

	do {
		read_fields(&blk->virtio, &limits);
	} while (any_virtio_config_again(&blk->virtio, &read));
	if (read.torn)
		return -ANY_EIO;
	if (!settle(&blk->virtio, &limits))
		return -ANY_ENODEV;
	blk->limits = limits;
	return 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Again until nothing is out any more; what is gone stays gone. */
int any_blk_fini(struct any_blk *blk)
{
	for (uint16_t i = 0; i < blk->n_queues; i++) {
		struct any_blk_queue *q = any_blk_queue(blk, i);
		int err = q->vq.mem.size ? any_virtqueue_fini(&q->vq) : 0;

		if (err)
			return err;
		if (q->wire.size && !q->vq.cached)
			any_dma_free_coherent(blk->virtio.dma, &q->wire);
		q->wire.size = 0;
	}
	return 0;
}

/* Queues were enabled: only a reset makes the device let go of them. */
void any_blk_undo(struct any_blk *blk)
{
	const char *why = blk->virtio.why;

	if (blk->queue.vq.mem.size && (any_virtio_reset(&blk->virtio) || any_blk_fini(blk)))
		why = "the device does not reset; its rings stay allocated";
	any_virtio_fail(&blk->virtio, why);
}

int any_blk_begin(struct any_blk *blk, const struct any_virtio_transport *transport,
		  struct any_dma_dev *dma, uint64_t more, const struct any_blk_memory *memory)
{
	int err;

	*blk = (struct any_blk){.n_queues = 1};
	err = any_virtio_begin(&blk->virtio, transport, dma, WANTED | more, 0);
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
		err = any_blk_make_queue(&blk->queue, blk, 0, memory);
	} else {
		blk->virtio.why = "the device's configuration makes no sense";
	}
	if (err)
		any_blk_undo(blk);
	return err;
}

int any_blk_init_with(struct any_blk *blk, const struct any_virtio_transport *transport,
		      struct any_dma_dev *dma, const struct any_blk_memory *memory)
{
	int err = any_blk_begin(blk, transport, dma, 0, memory);

	if (err)
		return err;
	blk->virtio.why = NULL;
	any_virtio_ready(&blk->virtio);
	return 0;
}

int any_blk_init(struct any_blk *blk, const struct any_virtio_transport *transport,
		 struct any_dma_dev *dma, uint32_t size, void *memory, size_t bytes)
{
	const struct any_blk_memory m = {.own = memory, .own_bytes = bytes, .size = size};

	return any_blk_init_with(blk, transport, dma, &m);
}

int any_blk_stop(struct any_blk *blk)
{
	return any_virtio_reset(&blk->virtio);
}

int any_blk_interrupt(struct any_blk *blk)
{
	const struct any_virtio_transport *t = blk->virtio.transport;
	int err;

	if (!(t->ops->read_isr(t->ctx) & ANY_VIRTIO_ISR_CONFIG))
		return 0;
	err = any_virtio_check(&blk->virtio);
	return err ? err : read_limits(blk); /* VG-BK-05; or the old ones stand */
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
