/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's half of a split ring, and the way to a packed one's (packed_device.c). Every word of
 * the driver's is read exactly once and used from that read (D8); nothing of it is believed (D9,
 * D10, D12).
 */
#include <anydma/ring.h>

#include "base/endian.h"
#include "event.h"
#include "layout.h"
#include "order.h"
#include "packed.h"

int any_ring_device_init(struct any_ring_device *ring, const struct any_ring_config *config)
{
	if (!any_vring_is_sound(config) || (config->packed && !config->held))
		return -ANY_EINVAL;
	*ring = (struct any_ring_device){
		.size = config->size,
		.mask = config->size - 1,
		.order_platform = config->order_platform,
		.event_idx = config->event_idx,
		.packed = config->packed,
		.indirect = config->indirect,
		.held = config->held,

	};
	if (config->packed)
		ring->avail_idx = ring->avail_seen = ring->used_idx = ring->published =
			ANY_PACKED_START;
	for (uint32_t i = 0; config->packed && i < config->size; i++)
		ring->held[i] = (struct any_packed_held){0, 0};
	any_ring_device_move(ring, &config->parts);
	return 0;
}

void any_ring_device_move(struct any_ring_device *ring, const struct any_vring *parts)
{
	ring->desc = parts->desc;
	ring->avail = parts->avail;
	ring->used = parts->used;
	ring->slots = (struct any_packed_desc *)(void *)parts->desc;
}

ANY_COLD void any_ring_device_break(struct any_ring_device *ring)
{
	ring->broken = true;
	ring->avail_seen = ring->avail_idx; /* nothing more is read inline */
}

/*
 * A chain takes at least one descriptor until it is used, so what is in hand and what is new are
 * together never more than size (D15); an index that goes back looks like a leap.
 */
int any_ring_see_avail(struct any_ring_device *ring, const struct any_ring_chain *chain)
{
	const uint32_t in_hand = ring->avail_idx - ring->published;
	uint16_t seen;

	if (chain->max < ring->size)
		return -ANY_EINVAL;
	if (ring->broken)
		return -ANY_EPROTO;
	if (ring->packed)
		return any_packed_see_avail(ring);
	seen = any_load_le16(&ring->avail->idx);
	if (seen == (uint16_t)ring->avail_idx)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY((uint16_t)(seen - ring->avail_idx) + in_hand > ring->size)) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	/* The index before entries and descriptors (VD-SR-19, D6); partner: order_stores in the
	 * driver's publish_avail. */
	order_loads(ring->order_platform);
	ring->avail_seen = ring->avail_idx + (uint16_t)(seen - ring->avail_idx);
	return 0;
}

/* Behind what is there. Readable ones come first (VG-SR-03). */
static bool add_piece(struct any_ring_chain *chain, unsigned flags)
{
	const uint32_t n = chain->n_out + chain->n_in;
	const uint32_t len = chain->piece[n].len;

	if (flags & ANY_VRING_DESC_WRITE) {
		chain->n_in++;
		chain->in_len += len;
	} else if (!chain->n_in) {
		chain->n_out++;
		chain->out_len += len;
	} else {
		return false;
	}
	return chain->out_len + chain->in_len <= 1ull << 32;
}

/* The descriptor just read names a table, as the last of its chain (VG-SR-08); WRITE on it says
 * nothing (VD-SR-06). */
static int table_of(const struct any_ring_device *ring, struct any_ring_chain *chain,
		    const struct any_ring_piece *piece, unsigned flags)
{
	if (!ring->indirect ||
	    (flags & (ANY_VRING_DESC_INDIRECT | ANY_VRING_DESC_NEXT)) != ANY_VRING_DESC_INDIRECT)
		return -ANY_EPROTO;
	if (!piece->len || piece->len % sizeof(struct any_vring_desc) ||
	    piece->addr + (piece->len - 1) < piece->addr)
		return -ANY_EPROTO;
	chain->table = *piece;
	return ANY_RING_TABLE;
}

/* Bounded by size, so a loop ends (D10). */
static int read_rest(const struct any_ring_device *ring, struct any_ring_chain *chain,
		     struct any_ring_link link)
{
	uint16_t at = chain->head;

	for (uint32_t n = 0; n < ring->size && at < ring->size; n++) { /* VD-SR-07 */
		struct any_ring_piece *piece = &chain->piece[n];

		if (n)
			link = any_ring_read_desc(&ring->desc[at], piece);
		if (!any_ring_is_plain(piece, link.flags))
			return table_of(ring, chain, piece, link.flags);
		if (!add_piece(chain, link.flags))
			break;
		if (!(link.flags & ANY_VRING_DESC_NEXT))
			return 0;
		at = link.next;
	}
	return -ANY_EPROTO;
}

int any_ring_take_rest(struct any_ring_device *ring, struct any_ring_chain *chain, uint16_t flags,
		       uint16_t next)
{
	const struct any_ring_link link = {flags, next};
	int err;

	if (ANY_UNLIKELY(chain->max < ring->size))
		return -ANY_EINVAL;

	if (ring->packed)
		return any_packed_take_rest(ring, chain, link);
	chain->n_out = chain->n_in = 0;
	chain->out_len = chain->in_len = 0;
	err = read_rest(ring, chain, link);
	if (ANY_UNLIKELY(err < 0))
		any_ring_device_break(ring);
	else
		ring->avail_idx++;
	return err;
}

bool any_ring_add_entry(const struct any_ring_device *ring, struct any_ring_chain *chain,
			const struct any_vring_desc *entry)
{
	const uint32_t n = chain->n_out + chain->n_in;
	const unsigned flags = any_load_le16(ring->packed ? &entry->next : &entry->flags);
	struct any_ring_piece piece = {any_load_le64(&entry->addr), any_load_le32(&entry->len)};

	if (n >= chain->max || !piece.len || piece.addr + (piece.len - 1) < piece.addr ||
	    (!ring->packed && (flags & ANY_VRING_DESC_INDIRECT)))
		return false;
	chain->piece[n] = piece;
	return add_piece(chain, flags);
}

bool any_ring_publish_used(struct any_ring_device *ring)
{
	if (ring->packed)
		return any_packed_publish_used(ring);
	if (ring->published == ring->used_idx || ANY_UNLIKELY(ring->broken))
		return false;
	/* Buffers and entries before the index (VD-SR-14, -15); partner: order_loads in the
	 * driver's take_used. */
	order_stores(ring->order_platform);
	any_store_le16(&ring->used->idx, (uint16_t)ring->used_idx);
	ring->published = ring->used_idx;
	return true;
}

bool any_ring_call_needed(struct any_ring_device *ring)
{
	const uint16_t before = ring->called, now = (uint16_t)ring->published;

	if (ring->packed)
		return any_packed_call_needed(ring);
	if (before == now || ANY_UNLIKELY(ring->broken))
		return false;
	/* The index before the driver's wish (VD-SR-19), else a call is lost; partner: order_all in
	 * the driver's more_used. */
	order_all(ring->order_platform);
	ring->called = now;
	if (ring->event_idx)
		return event_crossed(any_load_le16(used_event(ring->avail, ring->size)), now,
				     before);
	return !(any_load_le16(&ring->avail->flags) & ANY_VRING_NO_CALL);
}

/* As any_ring_want_call. */
void any_ring_want_kick(struct any_ring_device *ring, bool wanted)
{
	struct any_vring_used *used = ring->used;

	if (ring->packed)
		packed_wish(used, wanted, ring->event_idx, ring->avail_idx);
	else if (ring->event_idx)
		any_store_le16(avail_event(used, ring->size),
			       (uint16_t)(ring->avail_idx - !wanted));
	else
		any_store_le16(&used->flags, wanted ? 0 : (uint16_t)ANY_VRING_NO_KICK);
}

bool any_ring_more_avail(struct any_ring_device *ring)
{
	if (ring->packed)
		return any_packed_more_avail(ring);
	/* The request for a kick before the last look; partner: order_all in the driver's
	 * kick_needed. */
	order_all(ring->order_platform);
	return ring->avail_idx != ring->avail_seen ||
	       any_load_le16(&ring->avail->idx) != (uint16_t)ring->avail_idx;
}
