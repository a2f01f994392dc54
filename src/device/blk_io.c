/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio block, the device: requests. Where descriptors are split means nothing (VD-SR-01): bytes
 * are reached through cursors, and the status is the last writable byte (VD-BK-16). Every byte of
 * the driver's is fetched once (D8).
 */
#include <anydma/blk.h>

#include "base/bits.h"
#include "base/endian.h"

#define FAULT 0x100u /* not a status: the driver gave an address that is not its own (AP-9) */

struct request {
	struct any_virtio_cursor out, in;
	uint64_t out_len, in_len; /* data, without header and status */
	uint64_t in_done;	  /* bytes written so far, from the first on */
	uint64_t sector;
	uint32_t type;
};

static bool is_on_disk(const struct any_blk_device *dev, uint64_t sector, uint64_t sectors)
{
	const uint64_t capacity = dev->backend->capacity;

	return sector <= capacity && sectors <= capacity - sector;
}

static unsigned outcome(int err)
{
	return err ? ANY_BLK_S_IOERR : ANY_BLK_S_OK;
}

/* VD-BK-12 (a), (b): no flush was agreed, or the driver turned the cache off. */
static unsigned settle_write(struct any_blk_device *dev)
{
	if (dev->writeback || !dev->backend->sync)
		return ANY_BLK_S_OK;
	return outcome(dev->backend->sync(dev->ctx));
}

static unsigned read_data(struct any_blk_device *dev, struct request *req)
{
	uint64_t at = req->sector * ANY_BLK_SECTOR;
	struct any_space_span span;

	if (req->in_len % ANY_BLK_SECTOR ||
	    !is_on_disk(dev, req->sector, req->in_len / ANY_BLK_SECTOR))
		return ANY_BLK_S_IOERR;
	while (req->in_done < req->in_len) {
		if (any_virtio_device_next(&dev->virtio, &req->in, req->in_len - req->in_done,
					   &span))
			return FAULT;
		if (dev->backend->read(dev->ctx, at, span.cpu, (size_t)span.len))
			return ANY_BLK_S_IOERR;
		req->in_done += span.len;
		at += span.len;
	}
	return ANY_BLK_S_OK;
}

static unsigned write_data(struct any_blk_device *dev, struct request *req)
{
	uint64_t at = req->sector * ANY_BLK_SECTOR, left = req->out_len;
	struct any_space_span span;

	if (dev->backend->read_only || left % ANY_BLK_SECTOR || /* VD-BK-08 */
	    !is_on_disk(dev, req->sector, left / ANY_BLK_SECTOR))
		return ANY_BLK_S_IOERR;
	for (; left; left -= span.len, at += span.len) {
		if (any_virtio_device_next(&dev->virtio, &req->out, left, &span))
			return FAULT;
		if (dev->backend->write(dev->ctx, at, span.cpu, (size_t)span.len))
			return ANY_BLK_S_IOERR;
	}
	return settle_write(dev);
}

static unsigned get_id(struct any_blk_device *dev, struct request *req)
{
	if (req->in_len != ANY_BLK_ID_BYTES)
		return ANY_BLK_S_IOERR;
	if (any_virtio_device_store(&dev->virtio, &req->in, dev->backend->id, ANY_BLK_ID_BYTES))
		return FAULT;
	req->in_done = ANY_BLK_ID_BYTES;
	return ANY_BLK_S_OK;
}

/* ---- discard and write zeroes ---------------------------------------------------------------- */

static unsigned do_range(struct any_blk_device *dev, uint32_t type,
			 const struct any_blk_range *wire)
{
	const uint64_t sector = any_load_le64(&wire->sector);
	const uint32_t sectors = any_load_le32(&wire->sectors), flags = any_load_le32(&wire->flags);
	const uint64_t at = sector * ANY_BLK_SECTOR, len = (uint64_t)sectors * ANY_BLK_SECTOR;
	const bool zero = type == ANY_BLK_T_WRITE_ZEROES;

	if (flags & ~(zero ? ANY_BLK_RANGE_UNMAP : 0u)) /* VD-BK-09 */
		return ANY_BLK_S_UNSUPP;
	if (!is_on_disk(dev, sector, sectors) ||
	    (dev->config.max_sectors && sectors > dev->config.max_sectors))
		return ANY_BLK_S_IOERR;
	if (!sectors)
		return ANY_BLK_S_OK;
	if (zero)
		return outcome(
			dev->backend->write_zeroes(dev->ctx, at, len, flags & ANY_BLK_RANGE_UNMAP));
	return outcome(dev->backend->discard(dev->ctx, at, len));
}

static unsigned do_ranges(struct any_blk_device *dev, struct request *req)
{
	const uint32_t most = dev->config.max_ranges ? dev->config.max_ranges : 1;
	const uint64_t need =
		req->type == ANY_BLK_T_DISCARD ? ANY_BLK_F_DISCARD : ANY_BLK_F_WRITE_ZEROES;
	const uint64_t n = req->out_len / sizeof(struct any_blk_range);
	unsigned status = ANY_BLK_S_OK;

	if (!(dev->virtio.features & need))
		return ANY_BLK_S_UNSUPP;
	if (dev->backend->read_only || !n || n > most ||
	    req->out_len % sizeof(struct any_blk_range))
		return ANY_BLK_S_IOERR;
	for (uint64_t i = 0; i < n && status == ANY_BLK_S_OK; i++) {
		struct any_blk_range range;

		if (any_virtio_device_load(&dev->virtio, &req->out, &range, sizeof(range)))
			return FAULT;
		status = do_range(dev, req->type, &range);
	}
	return status == ANY_BLK_S_OK ? settle_write(dev) : status;
}

/* ---- one request ----------------------------------------------------------------------------- */

static unsigned execute(struct any_blk_device *dev, struct request *req)
{
	switch (req->type) {
	case ANY_BLK_T_IN:
		return read_data(dev, req);
	case ANY_BLK_T_OUT:
		return write_data(dev, req);
	case ANY_BLK_T_FLUSH: /* VD-BK-12 (c) */
		return dev->backend->sync ? outcome(dev->backend->sync(dev->ctx)) : ANY_BLK_S_OK;
	case ANY_BLK_T_GET_ID:
		return get_id(dev, req);
	case ANY_BLK_T_DISCARD:
	case ANY_BLK_T_WRITE_ZEROES:
		return do_ranges(dev, req);
	default:
		return ANY_BLK_S_UNSUPP; /* VD-BK-14, -16 */
	}
}

static bool read_header(struct any_blk_device *dev, const struct any_ring_chain *chain,
			struct request *req)
{
	struct any_blk_header header;

	*req = (struct request){
		.out = any_virtio_cursor_out(chain),
		.in = any_virtio_cursor_in(chain),
		.out_len = chain->out_len - sizeof(header),
		.in_len = chain->in_len - 1,
	};
	if (any_virtio_device_load(&dev->virtio, &req->out, &header, sizeof(header)))
		return false;
	req->type = any_load_le32(&header.type);
	req->sector = any_load_le64(&header.sector);
	return true;
}

static bool write_status(struct any_blk_device *dev, const struct any_ring_chain *chain,
			 unsigned status)
{
	const struct any_ring_piece *last = &chain->piece[chain->n_out + chain->n_in - 1];
	struct any_space_span span;

	if (any_space_resolve(dev->virtio.space, any_dma(last->addr + last->len - 1), 1,
			      ANY_DMA_FROM_DEVICE, &span))
		return false;
	*(volatile uint8_t *)span.cpu = (uint8_t)status;
	return true;
}

/*
 * used.len says only what is true of the bytes from the first one on (VD-SR-15): data, and the
 * status if nothing before it was left out. False: an address was not the driver's; nothing is
 * returned.
 */
bool any_virtio_blk_device_serve(struct any_blk_device *dev, const struct any_ring_chain *chain,
				 uint32_t *written)
{
	struct request req = {.in_done = 0};
	unsigned status = ANY_BLK_S_IOERR;

	*written = 0;
	if (!chain->in_len)
		return true; /* no room for an answer: give it back (D19) */
	if (chain->out_len >= sizeof(struct any_blk_header)) {
		if (!read_header(dev, chain, &req))
			return false;
		status = execute(dev, &req);
	}
	if (status == FAULT || !write_status(dev, chain, status))
		return false;
	*written =
		(uint32_t)any_min_u64(req.in_done + (req.in_done == chain->in_len - 1), UINT32_MAX);
	return true;
}

static uint32_t process_queue(struct any_blk_device *dev, uint32_t queue, uint32_t budget)
{
	struct any_ring_chain chain;
	uint32_t written, n = 0;

	dev->virtio.queues[queue].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, queue, &chain); n++) {
		if (!any_virtio_blk_device_serve(dev, &chain, &written)) {
			any_virtio_device_fail(&dev->virtio,
					       "a request lies outside the device's memory");
			break;
		}
		any_virtio_device_use(&dev->virtio, queue, chain.head, written);
	}
	any_virtio_device_publish(&dev->virtio, queue);
	return n;
}

/* Each queue has the whole budget, so that a busy one does not starve those behind it. */
uint32_t any_virtio_blk_device_process(struct any_blk_device *dev, uint32_t budget)
{
	uint32_t n = 0;

	for (uint32_t queue = 0; queue < dev->virtio.n_queues; queue++)
		n += process_queue(dev, queue, budget);
	return n;
}
