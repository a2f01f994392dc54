/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's half of a packed ring. A descriptor's flags say whose turn it is; the flags of the
 * first one made since the last publish are stored last, so that a burst costs one barrier and
 * appears at once (VG-PR-09).
 */
#include <anydma/ring.h>

#include "order.h"
#include "packed.h"

static struct any_packed_desc *slot_at(const struct any_ring_driver *ring, uint32_t slot)
{
	return (struct any_packed_desc *)(void *)ring->parts.desc + slot;
}

void any_packed_driver_clear(struct any_ring_driver *ring)
{
	for (uint32_t i = 0; i < ring->size; i++) { /* VG-PR-14 */
		any_store_le64(&slot_at(ring, i)->addr, 0);
		any_store_le32(&slot_at(ring, i)->len, 0);
		any_store_le16(&slot_at(ring, i)->id, 0);
		any_store_le16(&slot_at(ring, i)->flags, 0);
	}
	any_store_le32((void *)ring->parts.avail, 0);
	any_store_le32((void *)ring->parts.used, 0);
	ring->next = ring->shown = ring->taken = (struct any_packed_place){0, 1};
}

/* Nothing is written before the chain is known to be sound: flags once stored would count. */
static int measure(const struct any_ring_buf *buf, uint32_t n_out, uint32_t n, uint32_t *writable)
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

static void write_slot(struct any_ring_driver *ring, const struct any_ring_buf *buf, uint16_t id,
		       unsigned flags, bool hold)
{
	struct any_packed_desc *desc = slot_at(ring, ring->next.slot);

	flags |= packed_avail_flags(ring->next.wrap);
	any_store_le64(&desc->addr, buf->addr);
	any_store_le32(&desc->len, buf->len);
	any_store_le16(&desc->id, id); /* the last one's counts (VG-PR-11) */
	if (hold) {
		ring->first_slot = ring->next.slot;
		ring->first_flags = (uint16_t)flags;
	} else {
		any_store_le16(&desc->flags, (uint16_t)flags);
	}
	packed_advance(&ring->next, 1, ring->size);
}

/* The ids of a chain are linked as a split ring's descriptors are: a slot each for the caller. */
int any_packed_make_avail(struct any_ring_driver *ring, const struct any_ring_buf *buf,
			  uint32_t n_out, uint32_t n, uint16_t *id)
{
	const uint16_t head = any_ring_free_at(ring, 0);
	uint32_t writable;
	int err = measure(buf, n_out, n, &writable);

	if (ANY_UNLIKELY(err))
		return err;
	for (uint32_t i = 0; i < n; i++) {
		const unsigned flags = (i < n_out ? 0 : ANY_VRING_DESC_WRITE) |
				       (i + 1 < n ? ANY_VRING_DESC_NEXT : 0);

		ring->shadow[any_ring_free_at(ring, i)].next =
			i + 1 < n ? any_ring_free_at(ring, i + 1) : 0;
		write_slot(ring, &buf[i], head, flags, !i && !ring->fresh);
	}
	ring->shadow[head].seq = ring->made++;
	ring->shadow[head].writable = writable;
	ring->shadow[head].count = (uint16_t)n;
	ring->n_free -= n;
	ring->fresh += n;
	*id = head;
	return 0;
}

bool any_packed_publish_avail(struct any_ring_driver *ring)
{
	if (!ring->fresh || ANY_UNLIKELY(ring->broken))
		return false;
	/* Descriptors before the flags that give them away (VG-PR-12); partner: order_loads in
	 * any_packed_take_avail. */
	order_stores(ring->order_platform);
	any_store_le16(&slot_at(ring, ring->first_slot)->flags, ring->first_flags);
	ring->published = ring->made;
	ring->shown = ring->next;
	ring->unasked = packed_limit(ring->unasked + ring->fresh, ring->size);
	ring->fresh = 0;
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

static bool is_used(const struct any_ring_driver *ring, unsigned flags)
{
	return (flags & PACKED_LAP) == packed_used_flags(ring->taken.wrap);
}

/* What the device says of a chain, against what is out (D13). 0: not so. */
static uint16_t out_as(const struct any_ring_driver *ring, uint32_t id, unsigned flags,
		       uint32_t *written)
{
	const struct any_ring_shadow *shadow;

	if (id >= ring->size)
		return 0;
	shadow = &ring->shadow[id];
	if (!shadow->count || shadow->seq >= ring->published)
		return 0;
	/* Without WRITE the length is reserved (2.8.7); devices that leave WRITE out and mean it
	 * are in use, so one that can be is taken. */
	if (*written > shadow->writable) {
		if (flags & ANY_VRING_DESC_WRITE)
			return 0;
		*written = 0;
	}
	return shadow->count;
}

int any_packed_take_used(struct any_ring_driver *ring, struct any_ring_done *done)
{
	const struct any_packed_desc *desc = slot_at(ring, ring->taken.slot);
	uint32_t written;
	unsigned flags;
	uint16_t id, count;

	if (ANY_UNLIKELY(ring->broken))
		return -ANY_EPROTO;
	flags = any_load_le16(&desc->flags);
	if (!is_used(ring, flags))
		return -ANY_EAGAIN;
	/* The flags before what they announce; partner: order_stores in any_packed_publish_used. */
	order_loads(ring->order_platform);
	id = any_load_le16(&desc->id);
	written = any_load_le32(&desc->len);
	count = out_as(ring, id, flags, &written);
	if (ANY_UNLIKELY(!count)) {
		any_ring_driver_break(ring);
		return -ANY_EPROTO;
	}
	packed_advance(&ring->taken, count, ring->size); /* VD-PR-09 */
	*done = (struct any_ring_done){.written = written, .id = id, .count = count};
	any_ring_free_chain(ring, id, count);
	return 0;
}

bool any_packed_more_used(struct any_ring_driver *ring)
{
	/* The request for a call before the last look; partner: order_all in
	 * any_packed_call_needed. */
	order_all(ring->order_platform);
	return is_used(ring, any_load_le16(&slot_at(ring, ring->taken.slot)->flags));
}
