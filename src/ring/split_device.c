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
		.order_platform = config->order_platform,
		.event_idx = config->event_idx,
		.packed = config->packed,
		.held = config->held,
		.n_held = config->size,
		.next = {0, 1},
		.put = {0, 1},
		.shown = {0, 1},
	};
	for (uint32_t i = 0; config->packed && i < config->size; i++)
		ring->held[i] = (struct any_packed_held){.free = (uint16_t)i};
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
}

/*
 * A chain takes at least one descriptor until it is used, so what is in hand and what is new are
 * together never more than size (D15); an index that goes back looks like a leap.
 */
int any_ring_see_avail(struct any_ring_device *ring)
{
	const uint32_t in_hand = (uint16_t)(ring->avail_idx - ring->published);
	uint16_t seen;

	if (ring->broken)
		return -ANY_EPROTO;
	seen = any_load_le16(&ring->avail->idx);
	if (seen == ring->avail_idx)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY((uint16_t)(seen - ring->avail_idx) + in_hand > ring->size)) {
		any_ring_device_break(ring);
		return -ANY_EPROTO;
	}
	/* The index before entries and descriptors (VD-SR-19, D6); partner: order_stores in the
	 * driver's publish_avail. */
	order_loads(ring->order_platform);
	ring->avail_seen = seen;
	return 0;
}

/* From the second descriptor on. Bounded by size, so a loop ends (D10). */
bool any_ring_read_rest(const struct any_ring_device *ring, struct any_ring_chain *chain,
			struct any_ring_link link)
{
	uint32_t n = 1;

	for (; link.flags & ANY_VRING_DESC_NEXT; n++) {
		struct any_ring_piece *piece = &chain->piece[n];

		if (n == ring->size || !any_ring_read_desc(ring, link.next, piece, &link))
			return false;
		if (link.flags & ANY_VRING_DESC_WRITE) {
			chain->in_len += piece->len;
		} else if (chain->n_out == n) { /* writable ones come last */
			chain->n_out++;
			chain->out_len += piece->len;
		} else {
			return false;
		}
	}
	chain->n_in = n - chain->n_out;
	return chain->out_len + chain->in_len <= 1ull << 32;
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
	any_store_le16(&ring->used->idx, ring->used_idx);
	ring->published = ring->used_idx;
	return true;
}

bool any_ring_call_needed(struct any_ring_device *ring)
{
	const uint16_t before = ring->called, now = ring->published;

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

void any_ring_disable_kick(struct any_ring_device *ring)
{
	if (ring->packed)
		packed_wish(ring->used, false, ring->event_idx, ring->next);
	else if (ring->event_idx)
		any_store_le16(avail_event(ring->used, ring->size),
			       (uint16_t)(ring->avail_idx - 1));
	else
		any_store_le16(&ring->used->flags, ANY_VRING_NO_KICK);
}

void any_ring_enable_kick(struct any_ring_device *ring)
{
	if (ring->packed)
		packed_wish(ring->used, true, ring->event_idx, ring->next);
	else if (ring->event_idx)
		any_store_le16(avail_event(ring->used, ring->size), ring->avail_idx);
	else
		any_store_le16(&ring->used->flags, 0);
}

bool any_ring_more_avail(struct any_ring_device *ring)
{
	if (ring->packed)
		return any_packed_more_avail(ring);
	/* The request for a kick before the last look; partner: order_all in the driver's
	 * kick_needed. */
	order_all(ring->order_platform);
	return ring->avail_idx != ring->avail_seen ||
	       any_load_le16(&ring->avail->idx) != ring->avail_idx;
}
