/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's half of a packed ring. Every word of the driver's is read once (D8) and nothing of
 * it believed; how long a chain was, and its id, are remembered where the driver cannot write.
 */
#include <anydma/ring.h>

#include "order.h"
#include "packed.h"

static bool is_avail(const struct any_ring_device *ring, any_packed_place at)
{
	const unsigned flags = any_load_le16(&ring->slots[(uint16_t)at].flags);

	return (flags & PACKED_LAP) == any_packed_avail_flags(at);
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

/* What the driver may have available and the device has not in hand. */
static uint32_t room(const struct any_ring_device *ring)
{
	return ring->size - packed_distance(ring->used_idx, ring->avail_idx, ring->size);
}

uint16_t any_packed_free_handle(const struct any_ring_device *ring, uint16_t handle)
{
	while (ring->held[handle].count) /* each chain in hand has a slot at least: one is free */
		handle = (uint16_t)(handle + 1u < ring->size ? handle + 1 : 0);
	return handle;
}

/* A line of descriptors is looked through for one barrier. */
int any_packed_see_avail(struct any_ring_device *ring)
{
	const any_packed_place at = ring->avail_idx;
	const uint32_t n = packed_run(&ring->slots[(uint16_t)at], any_packed_avail_flags(at),
				      ring->size - (uint16_t)at);

	if (!n)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY(n > room(ring))) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	/* The flags before the descriptors (VD-PR-11); partner: order_stores in
	 * any_packed_publish_avail. */
	order_loads(ring->order_platform);
	ring->avail_seen = any_packed_behind(at, n, ring->size);
	return 0;
}

/*
 * A chain is never longer than what the driver can have free: with what is in hand it fits the
 * ring, so a loop of NEXT ends (D10). Each of its descriptors is available by itself (VD-PR-04).
 */
static int read_rest(const struct any_ring_device *ring, struct any_ring_chain *chain,
		     struct any_ring_link *link, uint32_t *count)
{
	const uint32_t most = room(ring);
	any_packed_place at = ring->avail_idx;
	uint32_t n = 0;

	while (any_ring_is_plain(&chain->piece[n], link->flags) &&
	       count_piece(chain, n, link->flags)) {
		*count = ++n;
		if (!(link->flags & ANY_VRING_DESC_NEXT))
			return chain->out_len + chain->in_len <= 1ull << 32 ? 0 : -ANY_EPROTO;
		at = any_packed_behind(at, 1, ring->size);
		if (n == most)
			break;
		*link = any_packed_read_desc(&ring->slots[(uint16_t)at], &chain->piece[n]);
		if ((link->flags & PACKED_LAP) != any_packed_avail_flags(at))
			break;
	}
	return -ANY_EPROTO;
}

/* A table is a chain of its own (VG-PR-10): no NEXT, whole entries. */
static int table_of(const struct any_ring_device *ring, struct any_ring_chain *chain,
		    unsigned flags)
{
	chain->table = chain->piece[0];
	return ring->indirect && any_ring_is_plain(&chain->table, 0) &&
			       !(flags & ANY_VRING_DESC_NEXT) &&
			       chain->table.len % sizeof(struct any_packed_desc) == 0
		       ? ANY_RING_TABLE
		       : -ANY_EPROTO;
}

int any_packed_take_rest(struct any_ring_device *ring, struct any_ring_chain *chain,
			 struct any_ring_link link)
{
	uint32_t count = 1;
	int err;

	chain->n_out = chain->n_in = 0;
	chain->out_len = chain->in_len = 0;
	err = link.flags & ANY_VRING_DESC_INDIRECT ? table_of(ring, chain, link.flags)
						   : read_rest(ring, chain, &link, &count);
	if (ANY_UNLIKELY(err < 0)) {
		any_ring_device_break(ring);
		return err;
	}
	chain->head = any_packed_hold(ring, link.next, count); /* the last one's id (VG-PR-11) */
	ring->avail_idx = any_packed_behind(ring->avail_idx, count, ring->size);
	if (count > 1)
		ring->avail_seen = ring->avail_idx; /* what is behind it nobody looked at */
	return err;
}

void any_packed_make_used_rest(struct any_ring_device *ring, uint16_t handle, uint32_t written)
{
	uint32_t count;

	if (ring->broken || handle >= ring->size || !ring->held[handle].count)
		return; /* our own model's mistake must not reach the driver */
	count = ring->held[handle].count;
	any_packed_write_used(ring, ring->held[handle].id, written);
	ring->held[handle].count = 0;
	ring->used_idx = any_packed_behind(ring->used_idx, count, ring->size); /* VD-PR-09 */
}

bool any_packed_publish_used(struct any_ring_device *ring)
{
	const uint32_t fresh = packed_distance(ring->published, ring->used_idx, ring->size);

	if (!fresh || ANY_UNLIKELY(ring->broken))
		return false;
	/* Buffers, ids and lengths before the flags (VD-PR-11); partner: order_loads in
	 * any_packed_see_used. */
	order_stores(ring->order_platform);
	any_store_le16(&ring->slots[(uint16_t)ring->published].flags, ring->first_flags);
	ring->published = ring->used_idx;
	ring->unasked = packed_limit(ring->unasked + fresh, ring->size);
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
	return packed_wanted(ring->avail, ring->event_idx, ring->published, n, ring->size);
}

bool any_packed_more_avail(struct any_ring_device *ring)
{
	/* The request for a kick before the last look; partner: order_all in
	 * any_packed_kick_needed. */
	order_all(ring->order_platform);
	return ring->avail_idx != ring->avail_seen || is_avail(ring, ring->avail_idx);
}
