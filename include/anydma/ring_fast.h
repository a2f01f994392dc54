/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four verbs for a chain of one descriptor, inline: what a buffer costs (performance.md).
 * Longer chains, looking at the other side's index and every refusal are calls. Part of ring.h.
 */
#ifndef ANYDMA_RING_FAST_H
#define ANYDMA_RING_FAST_H

#include <anydma/endian.h>

/* ---- driver ---------------------------------------------------------------------------------- */

ANY_MUST_CHECK int any_ring_make_avail_slow(struct any_ring_driver *ring,
					    const struct any_ring_buf *buf, uint32_t n_out,
					    uint32_t n_in, uint16_t *id);
/* Reads used.idx: 0 if there is something to take. */
ANY_MUST_CHECK int any_ring_see_used(struct any_ring_driver *ring);
/* Nothing is ever seen ahead in a packed ring: each descriptor says for itself that it was used. */
ANY_MUST_CHECK int any_packed_take_used(struct any_ring_driver *ring, struct any_ring_done *done);
void any_ring_free_rest(struct any_ring_driver *ring, uint16_t id, uint32_t count);
void any_ring_driver_break(struct any_ring_driver *ring); /* EPROTO from now on */

static inline void any_ring_write_desc(struct any_vring_desc *desc, const struct any_ring_buf *buf,
				       unsigned flags, uint16_t next)
{
	any_store_le64(&desc->addr, buf->addr);
	any_store_le32(&desc->len, buf->len);
	any_store_le16(&desc->flags, (uint16_t)flags);
	any_store_le16(&desc->next, next);
}

/* The chain that begins at `head` is complete: an entry points to it, unseen until publish. */
static inline void any_ring_enter(struct any_ring_driver *ring, uint16_t head, uint32_t n,
				  uint32_t writable)
{
	struct any_ring_shadow *shadow = &ring->shadow[head];

	shadow->seq = ring->made;
	shadow->writable = writable;
	shadow->count = (uint16_t)n;
	any_store_le16(&ring->parts.avail->ring[ring->made & (ring->size - 1)], head);
	ring->n_free -= n;
	ring->made++;
}

ANY_MUST_CHECK static inline int any_ring_make_avail(struct any_ring_driver *ring,
						     const struct any_ring_buf *buf, uint32_t n_out,
						     uint32_t n_in, uint16_t *id)
{
	uint16_t head;

	if (ANY_UNLIKELY(n_out + n_in != 1 || n_out > 1 || !ring->n_free || !buf->len ||
			 (ring->broken | ring->packed)))
		return any_ring_make_avail_slow(ring, buf, n_out, n_in, id);
	head = any_ring_free_at(ring, 0);
	any_ring_write_desc(&ring->parts.desc[head], buf, n_in ? ANY_VRING_DESC_WRITE : 0, 0);
	any_ring_enter(ring, head, 1, n_in ? buf->len : 0);
	*id = head;
	return 0;
}

/* Gives the chain's descriptors back; their links stay for the caller to walk. */
static inline void any_ring_free_chain(struct any_ring_driver *ring, uint16_t head, uint32_t count)
{
	ring->shadow[head].count = 0;
	ring->shadow[ring->n_free++].free = head;
	if (count > 1)
		any_ring_free_rest(ring, head, count);
}

ANY_MUST_CHECK static inline int any_ring_take_used(struct any_ring_driver *ring,
						    struct any_ring_done *done)
{
	const struct any_vring_used_elem *elem;
	const struct any_ring_shadow *shadow;
	uint32_t id, written;
	uint16_t count;

	if (ring->used_idx == ring->used_seen || ANY_UNLIKELY(ring->broken)) {
		int err;

		if (ring->packed)
			return any_packed_take_used(ring, done);
		err = any_ring_see_used(ring);
		if (err)
			return err;
	}
	elem = &ring->parts.used->ring[ring->used_idx & (ring->size - 1)];
	id = any_load_le32(&elem->id);
	written = any_load_le32(&elem->len);
	if (ANY_UNLIKELY(id >= ring->size)) {
		any_ring_driver_break(ring);
		return -ANY_EPROTO;
	}
	/* D13: a head that is out, that the device has been shown, and no longer than it can be. */
	shadow = &ring->shadow[id];
	count = shadow->count;
	if (ANY_UNLIKELY(!count || shadow->seq >= ring->published || written > shadow->writable)) {
		any_ring_driver_break(ring);
		return -ANY_EPROTO;
	}
	ring->used_idx++;
	done->written = written;
	done->id = (uint16_t)id;
	done->count = count;
	any_ring_free_chain(ring, (uint16_t)id, count);
	return 0;
}

/* ---- device ---------------------------------------------------------------------------------- */

struct any_ring_link {
	uint16_t flags, next;
};

/* Reads avail.idx: 0 if there is something to take. */
ANY_MUST_CHECK int any_ring_see_avail(struct any_ring_device *ring);
ANY_MUST_CHECK int any_packed_take_avail(struct any_ring_device *ring,
					 struct any_ring_chain *chain);
void any_packed_make_used(struct any_ring_device *ring, uint16_t head, uint32_t written);
/* The descriptors behind the first. False: not a chain a driver may write. */
bool any_ring_read_rest(const struct any_ring_device *ring, struct any_ring_chain *chain,
			struct any_ring_link link);
void any_ring_device_break(struct any_ring_device *ring);

/* One descriptor, each field read once (D8). False: not one a driver may write. */
static inline bool any_ring_read_desc(const struct any_ring_device *ring, uint16_t at,
				      struct any_ring_piece *piece, struct any_ring_link *link)
{
	const struct any_vring_desc *desc;
	uint64_t addr;
	uint32_t len;

	if (ANY_UNLIKELY(at >= ring->size))
		return false;
	desc = &ring->desc[at];
	addr = any_load_le64(&desc->addr);
	len = any_load_le32(&desc->len);
	link->flags = any_load_le16(&desc->flags);
	link->next = any_load_le16(&desc->next);
	piece->addr = addr;
	piece->len = len;
	return len && addr + (len - 1) >= addr && !(link->flags & ANY_VRING_DESC_INDIRECT);
}

ANY_MUST_CHECK static inline int any_ring_take_avail(struct any_ring_device *ring,
						     struct any_ring_chain *chain)
{
	const uint16_t at = ring->avail_idx;
	struct any_ring_link link;
	uint32_t len;

	if (ANY_UNLIKELY(chain->max < ring->size))
		return -ANY_EINVAL;
	if (at == ring->avail_seen || ANY_UNLIKELY(ring->broken)) {
		int err;

		if (ring->packed)
			return any_packed_take_avail(ring, chain);
		err = any_ring_see_avail(ring);
		if (err)
			return err;
	}
	chain->head = any_load_le16(&ring->avail->ring[at & (ring->size - 1)]);
	if (ANY_UNLIKELY(!any_ring_read_desc(ring, chain->head, chain->piece, &link))) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	len = chain->piece->len;
	chain->n_in = link.flags & ANY_VRING_DESC_WRITE ? 1 : 0;
	chain->n_out = 1 - chain->n_in;
	chain->in_len = chain->n_in ? len : 0;
	chain->out_len = chain->n_in ? 0 : len;
	if ((link.flags & ANY_VRING_DESC_NEXT) &&
	    ANY_UNLIKELY(!any_ring_read_rest(ring, chain, link))) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	ring->avail_idx = (uint16_t)(at + 1);
	return 0;
}

static inline void any_ring_make_used(struct any_ring_device *ring, uint16_t head, uint32_t written)
{
	struct any_vring_used_elem *elem;

	if (ANY_UNLIKELY(ring->broken || ring->used_idx == ring->avail_idx)) {
		/* Nothing is in hand: our own model's mistake must not reach the driver. */
		if (ring->packed)
			any_packed_make_used(ring, head, written);
		return;
	}
	elem = &ring->used->ring[ring->used_idx & (ring->size - 1)];
	any_store_le32(&elem->id, head);
	any_store_le32(&elem->len, written);
	ring->used_idx++;
}

#endif
