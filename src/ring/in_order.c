/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains that come back in the order they were made (feature 35), in either format: the driver's
 * half. Descriptors are taken and freed round and round, so the oldest chain is known, and one
 * answer of the device may stand for all up to the one it names (VD-FB-07, VG-FB-11). Two answers
 * are never read before all chains of the first were taken back.
 */
#include <anydma/ring.h>

#include "packed.h"

static uint16_t behind(const struct any_ring_driver *ring, uint16_t at, uint32_t n)
{
	const uint32_t to = at + n;

	return (uint16_t)(to < ring->size ? to : to - ring->size);
}

void any_ring_took(struct any_ring_driver *ring, uint32_t n)
{
	ring->first_free = behind(ring, ring->first_free, n);
}

/* The device says: everything up to `id`, of which `written` is the length. */
static int see_batch(struct any_ring_driver *ring, uint32_t id, uint32_t written, uint32_t most)
{
	if (ANY_UNLIKELY(!any_ring_may_be_used(ring, id, written))) {
		const int err = any_ring_doubt_used(ring, id);

		if (err)
			return err;
		written = 0;
	}
	if (ANY_UNLIKELY(ring->shadow[id].seq - ring->back >= most)) {
		any_ring_driver_break(ring);
		return -ANY_EPROTO;
	}
	ring->batch = ring->shadow[id].seq + 1;
	ring->batch_written = written;
	return 0;
}

static void take_oldest(struct any_ring_driver *ring, struct any_ring_done *done)
{
	const uint16_t id = ring->oldest;
	struct any_ring_shadow *shadow = &ring->shadow[id];

	ring->back++;
	*done = (struct any_ring_done){
		.written = ring->back == ring->batch ? ring->batch_written : shadow->writable,
		.id = id,
		.count = shadow->count,
	};
	ring->oldest = behind(ring, id, shadow->count);
	ring->n_free += shadow->count;
	shadow->count = 0;
}

/* The entry is where the batch begins; the index counts all its chains. */
static int see_split(struct any_ring_driver *ring)
{
	const struct any_vring_used_elem *elem =
		&ring->parts.used->ring[ring->used_idx & ring->mask];
	const uint32_t id = any_load_le32(&elem->id), written = any_load_le32(&elem->len);

	return see_batch(ring, id, written, (uint16_t)(ring->used_seen - ring->used_idx));
}

static int see_packed(struct any_ring_driver *ring)
{
	const struct any_packed_desc *desc = any_packed_at(ring, ring->used_idx);
	const uint32_t id = any_load_le16(&desc->id), written = any_load_le32(&desc->len);

	return see_batch(ring, id, written, UINT32_MAX);
}

static int see(struct any_ring_driver *ring)
{
	int err = ring->packed ? any_packed_see_used(ring) : any_ring_see_split(ring);

	if (!err)
		err = ring->packed ? see_packed(ring) : see_split(ring);
	ring->used_seen = ring->used_idx; /* the inline verb is never to read an entry */
	return err;
}

int any_ring_take_in_order(struct any_ring_driver *ring, struct any_ring_done *done)
{
	int err = 0;

	if (ANY_UNLIKELY(ring->broken))
		return -ANY_EPROTO;
	if (ring->back == ring->batch)
		err = see(ring);
	if (err)
		return err;
	take_oldest(ring, done);
	if (ring->packed)
		ring->used_idx = any_packed_behind(ring->used_idx, done->count, ring->size);
	else
		ring->used_idx++;
	ring->used_seen = ring->used_idx;
	return ANY_RING_TOOK;
}
