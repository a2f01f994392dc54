/* SPDX-License-Identifier: BSD-2-Clause */
/* What both halves of a packed ring share: laps, the two bits of a lap, and the event structures.
 */
#ifndef ANYDMA_RING_PACKED_H
#define ANYDMA_RING_PACKED_H

#include <anydma/endian.h>
#include <anydma/ring.h>

#define PACKED_LAP (ANY_PACKED_DESC_AVAIL | ANY_PACKED_DESC_USED)

/* Behind the last slot a new lap begins, also for a chain that ends there or crosses (VB-PR-01). */
static inline void packed_advance(struct any_packed_place *place, uint32_t n, uint32_t size)
{
	const uint32_t slot = place->slot + n;

	place->slot = (uint16_t)(slot < size ? slot : slot - size);
	place->wrap = (uint16_t)(place->wrap ^ (slot >= size));
}

/* AVAIL as the lap, USED against it: the device's turn. */
static inline unsigned packed_avail_flags(unsigned wrap)
{
	return wrap ? ANY_PACKED_DESC_AVAIL : ANY_PACKED_DESC_USED;
}

/* Both as the lap: the driver's. */
static inline unsigned packed_used_flags(unsigned wrap)
{
	return wrap ? PACKED_LAP : 0;
}

static inline unsigned packed_limit(uint32_t fresh, uint32_t size)
{
	return fresh < size ? fresh : size;
}

/*
 * Does the other side want to hear of the last `n` slots before `now`? Its word is read once: an
 * offset behind the ring, the flags' reserved value, and an offset where none was negotiated ask
 * for everything (VB-PR-02, VD-FB-01).
 */
static inline bool packed_wanted(const void *event, bool event_idx, struct any_packed_place now,
				 uint32_t n, uint32_t size)
{
	const uint32_t word = any_load_le32(event);
	const unsigned flags = word >> 16 & 3, off = word & 0x7fff, wrap = word >> 15 & 1;
	const uint32_t back = now.slot + (wrap == now.wrap ? 0 : size) - off;

	if (flags != ANY_PACKED_EVENT_DESC)
		return flags != ANY_PACKED_EVENT_DISABLE;
	return !event_idx || off >= size || back - 1 < n;
}

/* Says from where on to be told, or no more; one store, so that nobody reads half of it. */
static inline void packed_wish(void *event, bool wish, bool event_idx, struct any_packed_place at)
{
	const unsigned flags = !wish	   ? ANY_PACKED_EVENT_DISABLE
			       : event_idx ? ANY_PACKED_EVENT_DESC
					   : ANY_PACKED_EVENT_ENABLE;

	any_store_le32(event, flags << 16 | (uint32_t)at.wrap << 15 | at.slot);
}

/* packed_driver.c, packed_device.c: what the split ring's functions do where the ring is packed */
void any_packed_driver_clear(struct any_ring_driver *ring);
ANY_MUST_CHECK int any_packed_make_avail(struct any_ring_driver *ring,
					 const struct any_ring_buf *buf, uint32_t n_out, uint32_t n,
					 uint16_t *id);
bool any_packed_publish_avail(struct any_ring_driver *ring);
bool any_packed_kick_needed(struct any_ring_driver *ring);
bool any_packed_more_used(struct any_ring_driver *ring);
bool any_packed_publish_used(struct any_ring_device *ring);
bool any_packed_call_needed(struct any_ring_device *ring);
bool any_packed_more_avail(struct any_ring_device *ring);

#endif
