/* SPDX-License-Identifier: BSD-2-Clause */
/* EVENT_IDX arithmetic and where its two words live. */
#ifndef ANYDMA_RING_EVENT_H
#define ANYDMA_RING_EVENT_H

#include <anydma/ring.h>

/*
 * Was the entry at index `event` written when the index went from `before` to `now`? The spec says
 * it as an equality; a burst needs the window (conformance A15).
 */
static inline bool event_crossed(uint16_t event, uint16_t now, uint16_t before)
{
	return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

static inline uint16_t *used_event(const struct any_vring_avail *avail, uint32_t size)
{
	return (uint16_t *)&avail->ring[size];
}

static inline uint16_t *avail_event(const struct any_vring_used *used, uint32_t size)
{
	return (uint16_t *)(void *)&used->ring[size];
}

#endif
