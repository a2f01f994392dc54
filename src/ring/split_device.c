/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's half of a split ring. Every word of the driver's is read exactly once and used from
 * that read (D8); nothing of it is believed (D9, D10, D12).
 */
#include <anydma/ring.h>

#include "base/endian.h"
#include "event.h"
#include "layout.h"
#include "order.h"

int any_ring_device_init(struct any_ring_device *ring, const struct any_ring_config *config)
{
	if (!vring_is_sound(config))
		return -ANY_EINVAL;
	*ring = (struct any_ring_device){
		.size = config->size,
		.order_platform = config->order_platform,
		.event_idx = config->event_idx,
	};
	any_ring_device_move(ring, &config->parts);
	return 0;
}

void any_ring_device_move(struct any_ring_device *ring, const struct any_vring *parts)
{
	ring->desc = parts->desc;
	ring->avail = parts->avail;
	ring->used = parts->used;
}

static ANY_COLD int break_ring(struct any_ring_device *ring)
{
	ring->broken = true;
	return -ANY_EPROTO;
}

/*
 * A chain takes at least one descriptor until it is used, so what is in hand and what is new are
 * together never more than size (D15); an index that goes back looks like a leap.
 */
static ANY_NOINLINE int see_avail(struct any_ring_device *ring)
{
	const uint32_t in_hand = (uint16_t)(ring->avail_idx - ring->published);
	uint16_t seen;

	if (ring->broken)
		return -ANY_EPROTO;
	seen = any_load_le16(&ring->avail->idx);
	if (seen == ring->avail_idx)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY((uint16_t)(seen - ring->avail_idx) + in_hand > ring->size))
		return break_ring(ring);
	/* The index before entries and descriptors (VD-SR-19, D6); partner: order_stores in the
	 * driver's publish_avail. */
	order_loads(ring->order_platform);
	ring->avail_seen = seen;
	return 0;
}

struct link {
	uint16_t flags, next;
};

/* One descriptor, each field read once. False: not one a driver may write. */
static inline bool read_desc(const struct any_ring_device *ring, uint16_t at,
			     struct any_ring_piece *piece, struct link *link)
{
	const struct any_vring_desc *desc = &ring->desc[at];
	uint64_t addr;
	uint32_t len;

	if (ANY_UNLIKELY(at >= ring->size))
		return false;
	addr = any_load_le64(&desc->addr);
	len = any_load_le32(&desc->len);
	link->flags = any_load_le16(&desc->flags);
	link->next = any_load_le16(&desc->next);
	piece->addr = addr;
	piece->len = len;
	return len && addr + (len - 1) >= addr && !(link->flags & ANY_VRING_DESC_INDIRECT);
}

/* From the second descriptor on. Bounded by size, so a loop ends (D10). */
static ANY_NOINLINE bool read_rest(const struct any_ring_device *ring, struct any_ring_chain *chain,
				   struct link link)
{
	uint32_t n = 1;

	for (; link.flags & ANY_VRING_DESC_NEXT; n++) {
		struct any_ring_piece *piece = &chain->piece[n];

		if (n == ring->size || !read_desc(ring, link.next, piece, &link))
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

int any_ring_take_avail(struct any_ring_device *ring, struct any_ring_chain *chain)
{
	const uint16_t at = ring->avail_idx;
	struct link link;
	uint32_t len;

	if (ANY_UNLIKELY(chain->max < ring->size))
		return -ANY_EINVAL;
	if (at == ring->avail_seen || ANY_UNLIKELY(ring->broken)) {
		int err = see_avail(ring);

		if (err)
			return err;
	}
	chain->head = any_load_le16(&ring->avail->ring[at & (ring->size - 1)]);
	if (ANY_UNLIKELY(!read_desc(ring, chain->head, chain->piece, &link)))
		return break_ring(ring);
	len = chain->piece->len;
	chain->n_in = link.flags & ANY_VRING_DESC_WRITE ? 1 : 0;
	chain->n_out = 1 - chain->n_in;
	chain->in_len = chain->n_in ? len : 0;
	chain->out_len = chain->n_in ? 0 : len;
	if ((link.flags & ANY_VRING_DESC_NEXT) && ANY_UNLIKELY(!read_rest(ring, chain, link)))
		return break_ring(ring);
	ring->avail_idx = (uint16_t)(at + 1);
	return 0;
}

void any_ring_make_used(struct any_ring_device *ring, uint16_t head, uint32_t written)
{
	struct any_vring_used_elem *elem;

	if (ANY_UNLIKELY(ring->broken || ring->used_idx == ring->avail_idx))
		return; /* nothing is in hand: our own model's mistake must not reach the driver */
	elem = &ring->used->ring[ring->used_idx & (ring->size - 1)];
	any_store_le32(&elem->id, head);
	any_store_le32(&elem->len, written);
	ring->used_idx++;
}

bool any_ring_publish_used(struct any_ring_device *ring)
{
	if (ring->published == ring->used_idx || ANY_UNLIKELY(ring->broken))
		return false;
	/* Buffers and entries before the index (VD-SR-14, -15); partner: order_loads in the driver's
	 * take_used. */
	order_stores(ring->order_platform);
	any_store_le16(&ring->used->idx, ring->used_idx);
	ring->published = ring->used_idx;
	return true;
}

bool any_ring_call_needed(struct any_ring_device *ring)
{
	const uint16_t before = ring->called, now = ring->published;

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
	if (ring->event_idx)
		any_store_le16(avail_event(ring->used, ring->size), (uint16_t)(ring->avail_idx - 1));
	else
		any_store_le16(&ring->used->flags, ANY_VRING_NO_KICK);
}

void any_ring_enable_kick(struct any_ring_device *ring)
{
	if (ring->event_idx)
		any_store_le16(avail_event(ring->used, ring->size), ring->avail_idx);
	else
		any_store_le16(&ring->used->flags, 0);
}

bool any_ring_more_avail(struct any_ring_device *ring)
{
	/* The request for a kick before the last look; partner: order_all in the driver's
	 * kick_needed. */
	order_all(ring->order_platform);
	return ring->avail_idx != ring->avail_seen ||
	       any_load_le16(&ring->avail->idx) != ring->avail_idx;
}
