/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's half of a packed ring. Every word of the driver's is read once (D8) and nothing of
 * it believed; how long a chain was, and its id, are remembered where the driver cannot write.
 */
#include <anydma/ring.h>

#include "order.h"
#include "packed.h"

static bool is_avail(unsigned flags, unsigned wrap)
{
	return (flags & PACKED_LAP) == packed_avail_flags(wrap);
}

/* False: not a descriptor a driver may write. */
static bool read_slot(const struct any_packed_desc *desc, unsigned flags,
		      struct any_ring_piece *piece, uint16_t *id)
{
	piece->addr = any_load_le64(&desc->addr);
	piece->len = any_load_le32(&desc->len);
	*id = any_load_le16(&desc->id);
	return piece->len && piece->addr + (piece->len - 1) >= piece->addr &&
	       !(flags & ANY_VRING_DESC_INDIRECT);
}

/* Readable ones first (VG-PR-07). */
static bool count_piece(struct any_ring_chain *chain, uint32_t n, unsigned flags)
{
	const uint32_t len = chain->piece[n].len;

	if (flags & ANY_VRING_DESC_WRITE) {
		chain->n_in++;
		chain->in_len += len;
		return true;
	}
	chain->n_out++;
	chain->out_len += len;
	return !chain->n_in;
}

/*
 * A chain is never longer than what the driver can have free: with what is in hand it fits the
 * ring, so a loop of NEXT ends (D10). Each of its descriptors is available by itself (VD-PR-04).
 */
static bool read_chain(const struct any_ring_device *ring, struct any_ring_chain *chain,
		       unsigned flags, struct any_packed_held *held)
{
	struct any_packed_place at = ring->next;
	uint32_t n = 0;

	chain->n_out = chain->n_in = 0;
	chain->out_len = chain->in_len = 0;
	for (;;) {
		if (n == ring->size - ring->in_hand || !is_avail(flags, at.wrap) ||
		    !read_slot(&ring->slots[at.slot], flags, &chain->piece[n], &held->id) ||
		    !count_piece(chain, n, flags))
			return false;
		n++;
		if (!(flags & ANY_VRING_DESC_NEXT))
			break;
		packed_advance(&at, 1, ring->size);
		flags = any_load_le16(&ring->slots[at.slot].flags);
	}
	held->count = (uint16_t)n;
	return chain->out_len + chain->in_len <= 1ull << 32;
}

int any_packed_take_avail(struct any_ring_device *ring, struct any_ring_chain *chain)
{
	struct any_packed_held held = {0};
	unsigned flags;

	if (ANY_UNLIKELY(ring->broken))
		return -ANY_EPROTO;
	flags = any_load_le16(&ring->slots[ring->next.slot].flags);
	if (!is_avail(flags, ring->next.wrap))
		return -ANY_EAGAIN;
	/* The flags before the descriptor (VD-PR-11); partner: order_stores in
	 * any_packed_publish_avail. */
	order_loads(ring->order_platform);
	if (ANY_UNLIKELY(!read_chain(ring, chain, flags, &held))) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	chain->head = ring->held[--ring->n_held].free;
	ring->held[chain->head].id = held.id;
	ring->held[chain->head].count = held.count;
	ring->in_hand += held.count;
	packed_advance(&ring->next, held.count, ring->size);
	return 0;
}

/* In the order of completion, from the first slot that is not used on (VD-PR-02, -09). */
void any_packed_make_used(struct any_ring_device *ring, uint16_t head, uint32_t written)
{
	struct any_packed_desc *desc = &ring->slots[ring->put.slot];
	struct any_packed_held *held = &ring->held[head < ring->size ? head : 0];
	const unsigned flags =
		packed_used_flags(ring->put.wrap) | (written ? ANY_VRING_DESC_WRITE : 0);

	if (ring->broken || head >= ring->size || !held->count)
		return; /* our own model's mistake must not reach the driver */
	any_store_le16(&desc->id, held->id);
	any_store_le32(&desc->len, written);
	if (ring->fresh) {
		any_store_le16(&desc->flags, (uint16_t)flags);
	} else { /* the first of the burst is marked last (VD-PR-10) */
		ring->first_slot = ring->put.slot;
		ring->first_flags = (uint16_t)flags;
	}
	packed_advance(&ring->put, held->count, ring->size);
	ring->fresh += held->count;
	ring->in_hand -= held->count;
	held->count = 0;
	ring->held[ring->n_held++].free = head;
}

bool any_packed_publish_used(struct any_ring_device *ring)
{
	if (!ring->fresh || ANY_UNLIKELY(ring->broken))
		return false;
	/* Buffers, ids and lengths before the flags (VD-PR-11); partner: order_loads in
	 * any_packed_take_used. */
	order_stores(ring->order_platform);
	any_store_le16(&ring->slots[ring->first_slot].flags, ring->first_flags);
	ring->shown = ring->put;
	ring->unasked = packed_limit(ring->unasked + ring->fresh, ring->size);
	ring->fresh = 0;
	return true;
}

bool any_packed_call_needed(struct any_ring_device *ring)
{
	const uint32_t n = ring->unasked;

	if (!n || ANY_UNLIKELY(ring->broken))
		return false;
	/* The flags before the driver's wish, else a call is lost; partner: order_all in
	 * any_packed_more_used. */
	order_all(ring->order_platform);
	ring->unasked = 0;
	return packed_wanted(ring->avail, ring->event_idx, ring->shown, n, ring->size);
}

bool any_packed_more_avail(struct any_ring_device *ring)
{
	/* The request for a kick before the last look; partner: order_all in
	 * any_packed_kick_needed. */
	order_all(ring->order_platform);
	return is_avail(any_load_le16(&ring->slots[ring->next.slot].flags), ring->next.wrap);
}
