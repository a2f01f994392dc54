/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's half of a packed ring. A descriptor's flags say whose turn it is; the flags of the
 * first one made since the last publish are stored last, so that a burst costs one barrier and
 * appears at once (VG-PR-09).
 */
#include <anydma/ring.h>

#include "order.h"
#include "packed.h"

void any_packed_driver_clear(struct any_ring_driver *ring)
{
	for (uint32_t i = 0; i < ring->size; i++) { /* VG-PR-14 */
		struct any_packed_desc *desc = any_packed_at(ring, (any_packed_place)i);

		any_store_le64(&desc->addr, 0);
		any_store_le32(&desc->len, 0);
		any_store_le16(&desc->id, 0);
		any_store_le16(&desc->flags, 0);
	}
	any_store_le32((void *)ring->parts.avail, 0);
	any_store_le32((void *)ring->parts.used, 0);
	ring->next = ring->shown = ring->used_idx = ring->used_seen = ANY_PACKED_START;
}

/* Nothing is written before the chain is known to be sound: flags once stored would count. */
int any_ring_measure(const struct any_ring_buf *buf, uint32_t n_out, uint32_t n, uint32_t *writable)
{
	uint64_t sum = 0, out = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (ANY_UNLIKELY(!buf[i].len))
			return -ANY_EINVAL;
		sum += buf[i].len;
		out = i < n_out ? sum : out;
	}
	*writable = (uint32_t)(sum - out);
	return ANY_UNLIKELY(sum > UINT32_MAX) ? -ANY_E2BIG : 0;
}

/* The ids of a chain are linked as a split ring's descriptors are: a slot each for the caller. */
int any_packed_make_avail(struct any_ring_driver *ring, const struct any_ring_buf *buf,
			  uint32_t n_out, uint32_t n)
{
	const uint16_t head = any_ring_free_at(ring, 0);
	uint32_t writable;
	int err = any_ring_measure(buf, n_out, n, &writable);

	if (ANY_UNLIKELY(err))
		return err;
	for (uint32_t i = 0; i < n; i++) {
		const unsigned flags = (i < n_out ? 0 : ANY_VRING_DESC_WRITE) |
				       (i + 1 < n ? ANY_VRING_DESC_NEXT : 0);

		ring->shadow[any_ring_free_at(ring, i)].next =
			i + 1 < n ? any_ring_free_at(ring, i + 1) : 0;
		any_packed_write_desc(ring, &buf[i], flags, head);
	}
	any_ring_enter(ring, head, n, writable);
	if (ring->in_order)
		any_ring_took(ring, n);
	return head;
}

bool any_packed_publish_avail(struct any_ring_driver *ring)
{
	const uint32_t fresh = packed_distance(ring->shown, ring->next, ring->size);

	if (!fresh || ANY_UNLIKELY(ring->broken))
		return false;
	/* Descriptors before the flags that give them away (VG-PR-12); partner: order_loads in
	 * any_packed_see_avail. */
	order_stores(ring->order_platform);
	any_store_le16(&any_packed_at(ring, ring->shown)->flags, ring->first_flags);
	ring->published = ring->made;
	ring->shown = ring->next;
	ring->unasked = packed_limit(ring->unasked + fresh, ring->size);
	return true;
}

bool any_packed_kick_needed(struct any_ring_driver *ring)
{
	const uint32_t n = ring->unasked;

	if (!n || ANY_UNLIKELY(ring->broken))
		return false;
	/* The flags before the device's wish (VG-PR-13), else a kick is lost; partner: order_all
	 * in any_packed_more_avail. */
	order_all(ring->order_platform);
	ring->unasked = 0;
	return packed_wanted(ring->parts.used, ring->event_idx, ring->shown, n, ring->size);
}

static bool is_used(const struct any_ring_driver *ring, any_packed_place at)
{
	const unsigned flags = any_load_le16(&any_packed_at(ring, at)->flags);

	return (flags & PACKED_LAP) == any_packed_used_flags(at);
}

/*
 * Behind a chain of one the next begins, so a line of descriptors is looked through for one
 * barrier; what is behind a longer chain is not in use yet, and ends the look.
 */
int any_packed_see_used(struct any_ring_driver *ring)
{
	const uint32_t n = packed_run(any_packed_at(ring, ring->used_idx),
				      any_packed_used_flags(ring->used_idx),
				      ring->size - (uint16_t)ring->used_idx);

	if (ANY_UNLIKELY(ring->broken))
		return -ANY_EPROTO;
	if (!n)
		return -ANY_EAGAIN;
	/* The flags before what they announce; partner: order_stores in any_packed_publish_used. */
	order_loads(ring->order_platform);
	ring->used_seen = any_packed_behind(ring->used_idx, n, ring->size);
	return 0;
}

/* Without WRITE the length is reserved (2.8.7); devices that leave WRITE out and mean it are in
 * use, so one that can be is taken, and one that cannot is no lie. */
bool any_packed_means_no_length(const struct any_ring_driver *ring, uint32_t id)
{
	const unsigned flags = any_load_le16(&any_packed_at(ring, ring->used_idx)->flags);

	return any_ring_may_be_used(ring, id, 0) && !(flags & ANY_VRING_DESC_WRITE);
}

/* What is behind a longer chain nobody has looked at (VD-PR-09). */
void any_packed_skip_used(struct any_ring_driver *ring, uint32_t n)
{
	ring->used_seen = ring->used_idx = any_packed_behind(ring->used_idx, n, ring->size);
}

bool any_packed_more_used(struct any_ring_driver *ring)
{
	/* The request for a call before the last look; partner: order_all in
	 * any_packed_call_needed. */
	order_all(ring->order_platform);
	return ring->back != ring->batch || ring->used_idx != ring->used_seen ||
	       is_used(ring, ring->used_idx);
}
