/* SPDX-License-Identifier: BSD-2-Clause */
/* What both halves of a packed ring share: laps, the two bits of a lap, and the event structures.
 */
#ifndef ANYDMA_RING_PACKED_H
#define ANYDMA_RING_PACKED_H

#include <anydma/endian.h>
#include <anydma/ring.h>

#define PACKED_LAP   (ANY_PACKED_DESC_AVAIL | ANY_PACKED_DESC_USED)
#define PACKED_AHEAD 8u /* slots looked at for one barrier: two lines of 64 bytes */

/* Slots from one place to another, at most a lap. */
static inline uint32_t packed_distance(any_packed_place from, any_packed_place to, uint32_t size)
{
	return ((to ^ from) >> 16 ? size : 0) + (uint16_t)to - (uint16_t)from;
}

/* So many descriptors in a row are of this lap and this side, of `most` to the ring's end. */
static inline uint32_t packed_run(const struct any_packed_desc *desc, unsigned flags, uint32_t most)
{
	const struct any_packed_desc *at = desc,
				     *end = desc + (most < PACKED_AHEAD ? most : PACKED_AHEAD);

	while (at != end && (any_load_le16(&at->flags) & PACKED_LAP) == flags)
		at++;
	return (uint32_t)(at - desc);
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
static inline bool packed_wanted(const void *event, bool event_idx, any_packed_place now,
				 uint32_t n, uint32_t size)
{
	const uint32_t word = any_load_le32(event);
	const unsigned flags = word >> 16 & 3, slot = word & 0x7fff;
	const bool other_lap = (word ^ any_packed_offset(now)) & 0x8000;

	if (flags != ANY_PACKED_EVENT_DESC)
		return flags != ANY_PACKED_EVENT_DISABLE;
	return !event_idx || slot >= size || (other_lap ? size : 0) + (uint16_t)now - slot - 1 < n;
}

/* Says from where on to be told, or no more; one store, so that nobody reads half of it. */
static inline void packed_wish(void *event, bool wish, bool event_idx, any_packed_place at)
{
	const unsigned flags = !wish	   ? ANY_PACKED_EVENT_DISABLE
			       : event_idx ? ANY_PACKED_EVENT_DESC
					   : ANY_PACKED_EVENT_ENABLE;

	any_store_le32(event, flags << 16 | any_packed_offset(at));
}

/* packed_driver.c, packed_device.c: what the split ring's functions do where the ring is packed */
void any_packed_driver_clear(struct any_ring_driver *ring);
/* A chain's bytes: all of them, and those the device may write. */
ANY_MUST_CHECK int any_ring_measure(const struct any_ring_buf *buf, uint32_t n_out, uint32_t n,
				    uint32_t *writable);
ANY_MUST_CHECK int any_packed_see_used(struct any_ring_driver *ring);
bool any_packed_means_no_length(const struct any_ring_driver *ring, uint32_t id);
void any_packed_skip_used(struct any_ring_driver *ring, uint32_t n);
ANY_MUST_CHECK int any_packed_make_avail(struct any_ring_driver *ring,
					 const struct any_ring_buf *buf, uint32_t n_out,
					 uint32_t n);
bool any_packed_publish_avail(struct any_ring_driver *ring);
bool any_packed_kick_needed(struct any_ring_driver *ring);
bool any_packed_more_used(struct any_ring_driver *ring);
ANY_MUST_CHECK int any_packed_see_avail(struct any_ring_device *ring);
ANY_MUST_CHECK int any_packed_take_rest(struct any_ring_device *ring, struct any_ring_chain *chain,
					struct any_ring_link link);
bool any_packed_publish_used(struct any_ring_device *ring);
bool any_packed_call_needed(struct any_ring_device *ring);
bool any_packed_more_avail(struct any_ring_device *ring);

/* in_order.c */
ANY_MUST_CHECK int any_ring_take_in_order(struct any_ring_driver *ring, struct any_ring_done *done);
void any_ring_took(struct any_ring_driver *ring, uint32_t n); /* from the queue of free ones */

#endif
