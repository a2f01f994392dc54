/* SPDX-License-Identifier: BSD-2-Clause */
/* What a device holds of its driver's buffers: never more than there are entries (D15). */
#ifndef FUZZ_HAND_H
#define FUZZ_HAND_H

#include <anydma/ring.h>

static inline uint32_t in_hand(const struct any_ring_device *ring)
{
	uint32_t n = 0;

	if (!ring->packed)
		return (uint16_t)(ring->avail_idx - ring->used_idx);
	for (uint32_t i = 0; i < ring->size; i++)
		n += ring->held[i].count;
	return n;
}

#endif
