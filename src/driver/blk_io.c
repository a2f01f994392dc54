/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: requests and completions. */
#include <anydma/blk.h>

#include "base/bits.h"
#include "base/endian.h"

#define STATUS_NONE 0xffu /* what a slot says until the device has spoken */

/* What a slot holds; the device reads the range only of requests that have one. */
struct wire {
	struct any_blk_header header;
	struct any_blk_range range;
};

#define SET(type) (1u << (type))
#define MOVES	  (SET(ANY_BLK_T_IN) | SET(ANY_BLK_T_OUT))
#define DATA	  (MOVES | SET(ANY_BLK_T_GET_ID))
#define RANGES	  (SET(ANY_BLK_T_DISCARD) | SET(ANY_BLK_T_WRITE_ZEROES))

/* Of a checked request: every type is below 32. */
static bool is_of(const struct any_blk_request *req, uint32_t set)
{
	return set >> req->type & 1;
}

/* ---- may it be sent? (VG-BK-06..12) ---------------------------------------------------------- */

static int check(const struct any_blk *blk, const struct any_blk_request *req)
{
	const struct any_blk_limits *l = &blk->limits;
	uint64_t sectors = req->sectors;
	uint32_t max = 0;

	switch (req->type) {
	case ANY_BLK_T_FLUSH:
		return l->flush ? 0 : -ANY_ENOTSUP;
	case ANY_BLK_T_GET_ID:
		return req->len == ANY_BLK_ID_BYTES ? 0 : -ANY_EINVAL;
	case ANY_BLK_T_IN:
	case ANY_BLK_T_OUT:
		sectors = req->len % ANY_BLK_SECTOR ? 0 : req->len / ANY_BLK_SECTOR;
		max = UINT32_MAX;
		break;
	case ANY_BLK_T_DISCARD:
		max = l->discard ? l->max_discard_sectors : 0;
		break;
	case ANY_BLK_T_WRITE_ZEROES:
		max = l->write_zeroes ? l->max_write_zeroes_sectors : 0;
		break;
	}
	if (!max)
		return -ANY_ENOTSUP;
	if (l->read_only && req->type != ANY_BLK_T_IN)
		return -ANY_EPERM;
	return sectors <= max && any_range_within(req->sector, sectors, 0, l->capacity)
		       ? 0
		       : -ANY_EINVAL;
}

/* ---- what is sent ---------------------------------------------------------------------------- */

static void wire_at(const struct any_blk_queue *q, size_t at, size_t len,
		    struct any_virtqueue_buf *buf)
{
	buf->cpu = (char *)q->wire.cpu + at;
	buf->len = len;
	buf->addr.raw = q->wire.addr.raw + at;
	buf->coherent = !q->vq.cached;
}

static void write_request(struct wire *wire, const struct any_blk_request *req)
{
	/* VG-BK-12 */
	const bool unmap = (req->type == ANY_BLK_T_WRITE_ZEROES) & req->unmap;

	any_store_le32(&wire->header.type, req->type);
	any_store_le32(&wire->header.reserved, 0);
	any_store_le64(&wire->header.sector, is_of(req, MOVES) ? req->sector : 0); /* VG-BK-08 */
	any_store_le64(&wire->range.sector, req->sector);
	any_store_le32(&wire->range.sectors, req->sectors);
	any_store_le32(&wire->range.flags, unmap ? ANY_BLK_RANGE_UNMAP : 0);
}

static int send(struct any_blk_queue *q, const struct any_blk_request *req,
		struct any_blk_slot *slot)
{
	struct any_virtqueue_buf buf[ANY_BLK_MAX_SEGMENTS + 2], *b = buf;
	const struct any_blk *blk = q->blk;
	const size_t line = any_dma_cache_alignment(blk->virtio.dma);
	const size_t at = (size_t)q->free_slot * q->stride;
	size_t left = is_of(req, DATA) ? req->len : 0;
	char *next = req->buf;
	uint32_t n = 1;

	wire_at(q, at, is_of(req, RANGES) ? sizeof(struct wire) : sizeof(struct any_blk_header), b);
	write_request(b->cpu, req);
	slot->len = (uint32_t)left;
	for (; left; n++) {
		size_t len = blk->limits.size_max - ((uintptr_t)next & (line - 1));

		if (n > blk->limits.seg_max || n + 1 >= q->vq.ring.size)
			return -ANY_E2BIG;
		if (len > left)
			len = left;
		b++;
		b->cpu = next;
		b->len = len;
		b->coherent = false;
		next += len;
		left -= len;
	}
	b++;
	wire_at(q, at + q->status_at, 1, b);
	*(volatile uint8_t *)b->cpu = STATUS_NONE;
	if (req->type != ANY_BLK_T_OUT)
		return any_virtqueue_add(&q->vq, buf, 1, n, slot);
	slot->len = 0;
	return any_virtqueue_add(&q->vq, buf, n, 1, slot);
}

int any_blk_queue_submit(struct any_blk_queue *q, const struct any_blk_request *req)
{
	struct any_blk_slot *slot = &q->slots[q->free_slot];
	int err = check(q->blk, req);

	if (err)
		return err;
	if (q->free_slot >= q->depth)
		return -ANY_ENOMEM;
	err = send(q, req, slot);
	if (err)
		return err;
	q->free_slot = slot->next;
	slot->cookie = req->cookie;
	return 0;
}

/* ---- what came back -------------------------------------------------------------------------- */

static void finish(struct any_blk_queue *q, struct any_blk_slot *slot, int result,
		   struct any_blk_completion *done)
{
	slot->next = q->free_slot;
	q->free_slot = (uint16_t)(slot - q->slots);
	done->cookie = slot->cookie;
	done->result = result;
}

/* Success means that every byte asked for was written, and then the status (VG-SR-13, VD-BK-16). */
static int judge(const struct any_blk_queue *q, const struct any_blk_slot *slot, uint32_t written)
{
	const size_t at = (size_t)(slot - q->slots) * q->stride + q->status_at;
	const uint8_t status = ((const volatile uint8_t *)q->wire.cpu)[at];

	if (status == ANY_BLK_S_OK)
		return written > slot->len ? 0 : -ANY_EPROTO;
	return status == ANY_BLK_S_UNSUPP ? -ANY_ENOTSUP : -ANY_EIO;
}

int any_blk_queue_poll(struct any_blk_queue *q, struct any_blk_completion *done)
{
	uint32_t written;
	void *slot;
	int err = any_virtqueue_take(&q->vq, &slot, &written);

	if (!err)
		finish(q, slot, judge(q, slot, written), done);
	return err;
}

int any_blk_queue_abort(struct any_blk_queue *q, struct any_blk_completion *done)
{
	void *slot;
	int err = any_virtqueue_detach(&q->vq, &slot);

	if (err && err != -ANY_ENODEV)
		return err;
	finish(q, slot, err ? err : -ANY_EIO, done);
	return 0;
}
