/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four verbs for a chain of one descriptor, inline, in both formats: what a buffer costs
 * (performance.md). Longer chains, looking how far the other side has come and every refusal are
 * calls. Part of ring.h.
 */
#ifndef ANYDMA_RING_FAST_H
#define ANYDMA_RING_FAST_H

#include <anydma/endian.h>

/* Behind the last slot a new lap begins, also for a chain that ends there or crosses (VB-PR-01). */
static inline any_packed_place any_packed_behind(any_packed_place at, uint32_t n, uint32_t size)
{
	at += n; /* below 65536: not into the upper half */
	return ANY_LIKELY((at & 0xffff) < size) ? at : (at - size) ^ ANY_PACKED_NEW_LAP;
}

static inline any_packed_place any_packed_next(any_packed_place at, uint32_t size)
{
	at++;
	return ANY_LIKELY((uint16_t)at != size) ? at : (at - size) ^ ANY_PACKED_NEW_LAP;
}

/* AVAIL as the lap, USED against it: the device's turn. */
static inline unsigned any_packed_avail_flags(any_packed_place at)
{
	return at >> 16;
}

/* Both as the lap: the driver's turn. */
static inline unsigned any_packed_used_flags(any_packed_place at)
{
	return at >> 16 ^ ANY_PACKED_DESC_USED;
}

/* ---- driver ---------------------------------------------------------------------------------- */

/* The id, or an error. */
ANY_MUST_CHECK int any_ring_make_avail_slow(struct any_ring_driver *ring,
					    const struct any_ring_buf *buf, uint32_t n_out,
					    uint32_t n_in);
void any_ring_driver_break(struct any_ring_driver *ring); /* EPROTO from now on */
/* Looks how far the device has come: 0 if there is something to take; ANY_RING_TOOK: where that is
 * not as inline, the next is taken. */
ANY_MUST_CHECK int any_ring_see_used(struct any_ring_driver *ring, struct any_ring_done *done);
#define ANY_RING_TOOK 1
ANY_MUST_CHECK int any_ring_see_split(struct any_ring_driver *ring); /* where it is one */
/* What the device said of `id` is not so. 0: its length says nothing, and is none. EPROTO: broken.
 */
ANY_MUST_CHECK int any_ring_doubt_used(struct any_ring_driver *ring, uint32_t id);
/* Frees the descriptors of a chain that came back; its links stay for the caller to walk. A packed
 * ring goes on behind all its slots. */
void any_ring_give_back(struct any_ring_driver *ring, uint16_t id, uint32_t count);

static inline struct any_packed_desc *any_packed_at(const struct any_ring_driver *ring,
						    any_packed_place at)
{
	return (struct any_packed_desc *)(void *)ring->parts.desc + (uint16_t)at;
}

static inline void any_ring_write_desc(struct any_vring_desc *desc, const struct any_ring_buf *buf,
				       unsigned flags, uint16_t next)
{
	any_store_le64(&desc->addr, buf->addr);
	any_store_le32(&desc->len, buf->len);
	any_store_le16(&desc->flags, (uint16_t)flags);
	any_store_le16(&desc->next, next);
}

/* The next slot; the flags of the first since the last publish are stored there, by it. */
static inline void any_packed_write_desc(struct any_ring_driver *ring,
					 const struct any_ring_buf *buf, unsigned flags,
					 uint16_t id)
{
	struct any_packed_desc *desc = any_packed_at(ring, ring->next);

	flags |= any_packed_avail_flags(ring->next);
	any_store_le64(&desc->addr, buf->addr);
	any_store_le32(&desc->len, buf->len);
	any_store_le16(&desc->id, id); /* the last one's counts (VG-PR-11) */
	if (ring->next == ring->shown)
		ring->first_flags = (uint16_t)flags;
	else
		any_store_le16(&desc->flags, (uint16_t)flags);
	ring->next = any_packed_next(ring->next, ring->size);
}

/* A split ring's entry points to the chain, unseen until publish. */
static inline void any_ring_point_to(struct any_ring_driver *ring, uint16_t head)
{
	any_store_le16(&ring->parts.avail->ring[ring->made & ring->mask], head);
}

/* The chain that begins at `head` is complete. */
static inline void any_ring_enter(struct any_ring_driver *ring, uint16_t head, uint32_t n,
				  uint32_t writable)
{
	struct any_ring_shadow *shadow = &ring->shadow[head];

	shadow->seq = ring->made++;
	shadow->writable = writable;
	shadow->count = (uint16_t)n;
	ring->n_free -= n;
}

ANY_MUST_CHECK static inline int any_ring_make_avail(struct any_ring_driver *ring,
						     const struct any_ring_buf *buf, uint32_t n_out,
						     uint32_t n_in, uint16_t *id)
{
	const unsigned flags = n_in ? ANY_VRING_DESC_WRITE : 0;
	uint16_t head;

	if (ANY_UNLIKELY(n_out + n_in != 1 || n_out > 1 || !ring->n_free || !buf->len ||
			 ring->apart)) {
		const int made = any_ring_make_avail_slow(ring, buf, n_out, n_in);

		if (made < 0)
			return made;
		*id = (uint16_t)made;
		return 0;
	}
	head = ring->shadow[ring->n_free - 1].free;
	if (ring->packed) {
		any_packed_write_desc(ring, buf, flags, head);
	} else {
		any_ring_write_desc(&ring->parts.desc[head], buf, flags, 0);
		any_ring_point_to(ring, head);
	}
	any_ring_enter(ring, head, 1, n_in ? buf->len : 0);
	*id = head;
	return 0;
}

/* D13: a head that is out, that the device has been shown, and no longer than it can be. */
static inline bool any_ring_may_be_used(const struct any_ring_driver *ring, uint32_t id,
					uint32_t written)
{
	return id < ring->size && ring->shadow[id].count && written <= ring->shadow[id].writable &&
	       (ring->made == ring->published ||
		ring->shadow[id].seq - ring->published >= ring->made - ring->published);
}

ANY_MUST_CHECK static inline int any_ring_take_used(struct any_ring_driver *ring,
						    struct any_ring_done *done)
{
	uint32_t id, written, next;

	if (ring->used_idx == ring->used_seen) {
		struct any_ring_done oldest = {0, 0, 0};
		const int err = any_ring_see_used(ring, &oldest);

		if (err < 0)
			return err;
		if (err) {
			*done = oldest;
			return 0;
		}
	}
	if (ring->packed) {
		const struct any_packed_desc *desc = any_packed_at(ring, ring->used_idx);

		id = any_load_le16(&desc->id);
		written = any_load_le32(&desc->len);
		next = any_packed_next(ring->used_idx, ring->size);
	} else {
		const struct any_vring_used_elem *elem =
			&ring->parts.used->ring[ring->used_idx & ring->mask];

		id = any_load_le32(&elem->id);
		written = any_load_le32(&elem->len);
		next = ring->used_idx + 1;
	}
	if (ANY_UNLIKELY(!any_ring_may_be_used(ring, id, written))) {
		const int err = any_ring_doubt_used(ring, id);

		if (err)
			return err;
		written = 0;
	}
	done->written = written;
	done->id = (uint16_t)id;
	done->count = ring->shadow[id].count;
	ring->used_idx = next;
	if (done->count > 1) {
		any_ring_give_back(ring, (uint16_t)id, done->count);
		return 0;
	}
	ring->shadow[id].count = 0;
	ring->shadow[ring->n_free++].free = (uint16_t)id;
	return 0;
}

/* ---- device ---------------------------------------------------------------------------------- */

/* What a descriptor says beside its piece; `next` is a packed one's id. */
struct any_ring_link {
	uint16_t flags, next;
};

/* Looks how far the driver has come: 0 if there is something to take. */
ANY_MUST_CHECK int any_ring_see_avail(struct any_ring_device *ring,
				      const struct any_ring_chain *chain);
/* The chain's first descriptor was read, and is not all of it, or not plain. */
ANY_MUST_CHECK int any_ring_take_rest(struct any_ring_device *ring, struct any_ring_chain *chain,
				      uint16_t flags, uint16_t next);

/* Bytes a driver may name, by themselves. */
static inline bool any_ring_is_plain(const struct any_ring_piece *piece, unsigned flags)
{
	return piece->len && piece->addr + (piece->len - 1) >= piece->addr &&
	       !(flags & ANY_VRING_DESC_INDIRECT);
}

/* One descriptor, each field read once (D8). */
static inline struct any_ring_link any_ring_read_desc(const struct any_vring_desc *desc,
						      struct any_ring_piece *piece)
{
	struct any_ring_link link;

	piece->addr = any_load_le64(&desc->addr);
	piece->len = any_load_le32(&desc->len);
	link.flags = any_load_le16(&desc->flags);
	link.next = any_load_le16(&desc->next);
	return link;
}

static inline struct any_ring_link any_packed_read_desc(const struct any_packed_desc *desc,
							struct any_ring_piece *piece)
{
	struct any_ring_link link;

	piece->addr = any_load_le64(&desc->addr);
	piece->len = any_load_le32(&desc->len);
	link.next = any_load_le16(&desc->id);
	link.flags = any_load_le16(&desc->flags);
	return link;
}

/* Another handle, where the one of a chain's first slot is still out. */
uint16_t any_packed_free_handle(const struct any_ring_device *ring, uint16_t handle);

/* The next `count` slots are a chain in the device's hand; the handle it goes by. */
static inline uint16_t any_packed_hold(struct any_ring_device *ring, uint16_t id, uint32_t count)
{
	uint16_t handle = (uint16_t)ring->avail_idx;

	if (ANY_UNLIKELY(ring->held[handle].count))
		handle = any_packed_free_handle(ring, handle);
	ring->held[handle].id = id;
	ring->held[handle].count = (uint16_t)count;
	return handle;
}

ANY_MUST_CHECK static inline int any_ring_take_avail(struct any_ring_device *ring,
						     struct any_ring_chain *chain)
{
	const uint32_t at = ring->avail_idx;
	struct any_ring_piece piece = {0, 0};
	struct any_ring_link link = {0, 0};

	if (at == ring->avail_seen) {
		const int err = any_ring_see_avail(ring, chain);

		if (err)
			return err;
	}
	if (ring->packed) {
		link = any_packed_read_desc(&ring->slots[(uint16_t)at], &piece);
	} else {
		chain->head = any_load_le16(&ring->avail->ring[at & ring->mask]);
		if (ANY_LIKELY(chain->head < ring->size))
			link = any_ring_read_desc(&ring->desc[chain->head], &piece);
	}
	chain->piece[0] = piece;
	if (ANY_UNLIKELY(!any_ring_is_plain(&piece, link.flags) ||
			 (link.flags & ANY_VRING_DESC_NEXT)))
		return any_ring_take_rest(ring, chain, link.flags, link.next);
	if (link.flags & ANY_VRING_DESC_WRITE) {
		chain->n_out = 0;
		chain->n_in = 1;
		chain->out_len = 0;
		chain->in_len = piece.len;
	} else {
		chain->n_out = 1;
		chain->n_in = 0;
		chain->out_len = piece.len;
		chain->in_len = 0;
	}
	if (ring->packed) {
		chain->head = any_packed_hold(ring, link.next, 1);
		ring->avail_idx = any_packed_next(at, ring->size);
	} else {
		ring->avail_idx = at + 1;
	}
	return 0;
}

/* Whatever else it is than a chain of one. */
void any_packed_make_used_rest(struct any_ring_device *ring, uint16_t handle, uint32_t written);

/* In the order of completion, from the first slot that is not used on (VD-PR-02); the first of a
 * burst is marked last (VD-PR-10). */
static inline void any_packed_write_used(struct any_ring_device *ring, uint16_t id,
					 uint32_t written)
{
	struct any_packed_desc *desc = &ring->slots[(uint16_t)ring->used_idx];
	const unsigned flags =
		any_packed_used_flags(ring->used_idx) | (written ? ANY_VRING_DESC_WRITE : 0);

	any_store_le16(&desc->id, id);
	any_store_le32(&desc->len, written);
	if (ring->used_idx == ring->published)
		ring->first_flags = (uint16_t)flags;
	else
		any_store_le16(&desc->flags, (uint16_t)flags);
}

static inline void any_ring_make_used(struct any_ring_device *ring, uint16_t head, uint32_t written)
{
	struct any_vring_used_elem *elem;

	if (ring->packed) {
		if (ANY_UNLIKELY(head >= ring->size || ring->held[head].count != 1 ||
				 ring->broken)) {
			any_packed_make_used_rest(ring, head, written);
			return;
		}
		any_packed_write_used(ring, ring->held[head].id, written);
		ring->held[head].count = 0;
		ring->used_idx = any_packed_next(ring->used_idx, ring->size);
		return;
	}
	if (ANY_UNLIKELY(ring->broken || ring->used_idx == ring->avail_idx))
		return; /* nothing is in hand: our own model's mistake must not reach the driver */
	elem = &ring->used->ring[ring->used_idx & ring->mask];
	any_store_le32(&elem->id, head);
	any_store_le32(&elem->len, written);
	ring->used_idx++;
}

#endif
