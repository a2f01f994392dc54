/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: requests and completions. */
#include <anydma/blk.h>

#include "base/bits.h"
#include "base/endian.h"

#define STATUS_NONE 0xffu /* what a slot says until the device has spoken */

/* ---- may it be sent? (VG-BK-06..12) ---------------------------------------------------------- */

static bool is_on_disk(const struct any_blk *blk, uint64_t sector, uint64_t sectors)
{
	return sectors && any_range_within(sector, sectors, 0, blk->limits.capacity);
}

static int check_range(const struct any_blk *blk, const struct any_blk_request *req, bool offered,
		       uint32_t max)
{
	if (!offered)
		return -ANY_ENOTSUP;
	if (req->sectors > max || !is_on_disk(blk, req->sector, req->sectors))
		return -ANY_EINVAL;
	return blk->limits.read_only ? -ANY_EPERM : 0;
}

static int check(const struct any_blk *blk, const struct any_blk_request *req)
{
	const struct any_blk_limits *l = &blk->limits;

	switch (req->type) {
	case ANY_BLK_T_OUT:
		if (l->read_only)
			return -ANY_EPERM;
		/* fall through */
	case ANY_BLK_T_IN:
		return req->len % ANY_BLK_SECTOR == 0 &&
				       is_on_disk(blk, req->sector, req->len / ANY_BLK_SECTOR)
			       ? 0
			       : -ANY_EINVAL;
	case ANY_BLK_T_FLUSH:
		return l->flush ? 0 : -ANY_ENOTSUP;
	case ANY_BLK_T_GET_ID:
		return req->len == ANY_BLK_ID_BYTES ? 0 : -ANY_EINVAL;
	case ANY_BLK_T_DISCARD:
		return check_range(blk, req, l->discard, l->max_discard_sectors);
	case ANY_BLK_T_WRITE_ZEROES:
		return check_range(blk, req, l->write_zeroes, l->max_write_zeroes_sectors);
	}
	return -ANY_ENOTSUP;
}

/* ---- what is sent ---------------------------------------------------------------------------- */

struct chain {
	struct any_virtqueue_buf buf[ANY_BLK_MAX_SEGMENTS + 2];
	uint32_t n_out, n_in;
};

static struct any_virtqueue_buf wire_at(const struct any_blk_queue *q, uint32_t slot,
					uint32_t offset, size_t len)
{
	const size_t at = (size_t)slot * q->stride + offset;

	return (struct any_virtqueue_buf){
		.cpu = (char *)q->wire.cpu + at,
		.len = len,
		.addr = any_dma(q->wire.addr.raw + at),
		.coherent = !q->vq.cached,
	};
}

static bool has_range(const struct any_blk_request *req)
{
	return req->type == ANY_BLK_T_DISCARD || req->type == ANY_BLK_T_WRITE_ZEROES;
}

static void write_header(void *at, const struct any_blk_request *req)
{
	struct any_blk_header *header = at;
	struct any_blk_range *range = (void *)(header + 1);
	const bool data = req->type == ANY_BLK_T_IN || req->type == ANY_BLK_T_OUT;

	any_store_le32(&header->type, req->type);
	any_store_le32(&header->reserved, 0);
	any_store_le64(&header->sector, data ? req->sector : 0); /* VG-BK-08 */
	if (!has_range(req))
		return;
	any_store_le64(&range->sector, req->sector);
	any_store_le32(&range->sectors, req->sectors);
	any_store_le32(&range->flags, req->type == ANY_BLK_T_WRITE_ZEROES && req->unmap
					      ? ANY_BLK_RANGE_UNMAP
					      : 0); /* VG-BK-12 */
}

/* Cuts the buffer at whole lines, so that no line belongs to two mappings (DA-33). */
static int add_data(const struct any_blk_queue *q, const struct any_blk_request *req,
		    struct chain *chain, uint32_t *n)
{
	const struct any_blk_limits *l = &q->blk->limits;
	const uint64_t line = any_dma_cache_alignment(q->blk->virtio.dma);
	char *at = req->buf;
	size_t left = req->len;

	for (*n = 0; left; (*n)++) {
		const uint64_t most = l->size_max - ((uintptr_t)at & (line - 1));
		const size_t len = (size_t)any_min_u64(left, most);

		if (*n == l->seg_max || *n + 2 >= q->vq.ring.size)
			return -ANY_E2BIG;
		chain->buf[1 + *n] = (struct any_virtqueue_buf){.cpu = at, .len = len};
		at += len;
		left -= len;
	}
	return 0;
}

static int make_chain(const struct any_blk_queue *q, const struct any_blk_request *req,
		      uint32_t slot, struct chain *chain)
{
	const size_t range = has_range(req) ? sizeof(struct any_blk_range) : 0;
	uint32_t n = 0;
	int err = 0;

	chain->buf[0] = wire_at(q, slot, 0, sizeof(struct any_blk_header) + range);
	if (req->type == ANY_BLK_T_IN || req->type == ANY_BLK_T_OUT ||
	    req->type == ANY_BLK_T_GET_ID)
		err = add_data(q, req, chain, &n);
	if (err)
		return err;
	chain->n_out = 1 + (req->type == ANY_BLK_T_OUT ? n : 0);
	chain->n_in = n + 2 - chain->n_out;
	chain->buf[1 + n] = wire_at(q, slot, q->status_at, 1);
	return 0;
}

int any_blk_queue_submit(struct any_blk_queue *q, const struct any_blk_request *req)
{
	const uint16_t i = q->free_slot;
	struct any_blk_slot *slot;
	struct chain chain;
	int err = check(q->blk, req);

	if (err)
		return err;
	if (i >= q->depth)
		return -ANY_ENOMEM;
	slot = &q->slots[i];
	err = make_chain(q, req, i, &chain);
	if (err)
		return err;
	write_header(chain.buf[0].cpu, req);
	*(volatile uint8_t *)chain.buf[chain.n_out + chain.n_in - 1].cpu = STATUS_NONE;
	err = any_virtqueue_add(&q->vq, chain.buf, chain.n_out, chain.n_in, slot);
	if (err)
		return err;
	q->free_slot = slot->next;
	slot->cookie = req->cookie;
	slot->len = chain.n_in > 1 ? (uint32_t)req->len : 0;
	slot->busy = true;
	return 0;
}

/* ---- what came back -------------------------------------------------------------------------- */

static void *free_slot(struct any_blk_queue *q, struct any_blk_slot *slot)
{
	slot->busy = false;
	slot->next = q->free_slot;
	q->free_slot = (uint16_t)(slot - q->slots);
	return slot->cookie;
}

/* Success means that every byte asked for was written, and then the status (VG-SR-13, VD-BK-16). */
static int judge(const struct any_blk_queue *q, const struct any_blk_slot *slot, uint32_t written)
{
	const uint32_t i = (uint32_t)(slot - q->slots);
	const struct any_virtqueue_buf at = wire_at(q, i, q->status_at, 1);
	const uint8_t status = *(const volatile uint8_t *)at.cpu;

	if (status == ANY_BLK_S_OK)
		return written > slot->len ? 0 : -ANY_EPROTO;
	return status == ANY_BLK_S_UNSUPP ? -ANY_ENOTSUP : -ANY_EIO;
}

int any_blk_queue_poll(struct any_blk_queue *q, struct any_blk_completion *done)
{
	struct any_blk_slot *slot;
	uint32_t written;
	void *cookie;
	int err = any_virtqueue_take(&q->vq, &cookie, &written);

	if (err)
		return err;
	slot = cookie;
	done->result = judge(q, slot, written);
	done->cookie = free_slot(q, slot);
	return 0;
}

int any_blk_queue_abort(struct any_blk_queue *q, struct any_blk_completion *done)
{
	void *cookie;
	int err = any_virtqueue_detach(&q->vq, &cookie);

	if (err && err != -ANY_ENODEV)
		return err;
	done->result = err ? err : -ANY_EIO;
	done->cookie = free_slot(q, cookie);
	return 0;
}
