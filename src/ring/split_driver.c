/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's half of a split ring. What the driver needs to know again it keeps in the shadow; of
 * the shared memory it reads only used and avail_event, each word once.
 */
#include <anydma/ring.h>

#include "base/endian.h"
#include "event.h"
#include "layout.h"
#include "order.h"

static void clear_parts(const struct any_vring *parts, uint32_t size)
{
	any_store_le16(&parts->avail->flags, 0);
	any_store_le16(&parts->avail->idx, 0);
	any_store_le16(used_event(parts->avail, size), 0);
	any_store_le16(&parts->used->flags, 0); /* VG-SR-14 */
	any_store_le16(&parts->used->idx, 0);
	any_store_le16(avail_event(parts->used, size), 0);
}

int any_ring_driver_init(struct any_ring_driver *ring, const struct any_ring_config *config,
			 struct any_ring_shadow *shadow)
{
	if (!vring_is_sound(config))
		return -ANY_EINVAL;
	*ring = (struct any_ring_driver){
		.parts = config->parts,
		.shadow = shadow,
		.size = config->size,
		.n_free = config->size,
		.order_platform = config->order_platform,
		.event_idx = config->event_idx,
	};
	for (uint32_t i = 0; i < config->size; i++)
		shadow[i] = (struct any_ring_shadow){.next = (uint16_t)((i + 1) % config->size)};
	clear_parts(&ring->parts, ring->size);
	return 0;
}

static ANY_COLD int refuse_chain(const struct any_ring_driver *ring, uint32_t n_out, uint32_t n_in)
{
	if (ring->broken)
		return -ANY_EPROTO;
	if (n_out > ring->size || n_in > ring->size - n_out)
		return -ANY_E2BIG;
	return n_out + n_in ? -ANY_ENOMEM : -ANY_EINVAL;
}

/* The chain that begins at `head` is complete: an entry points to it, unseen until publish. */
static inline void enter_chain(struct any_ring_driver *ring, uint16_t head, uint32_t n,
			       uint64_t writable)
{
	struct any_ring_shadow *shadow = &ring->shadow[head];

	shadow->seq = ring->made;
	shadow->writable = (uint32_t)writable;
	shadow->count = (uint16_t)n;
	any_store_le16(&ring->parts.avail->ring[ring->made & (ring->size - 1)], head);
	ring->n_free -= n;
	ring->made++;
}

static inline void write_desc(struct any_vring_desc *desc, const struct any_ring_buf *buf,
			      unsigned flags, uint16_t next)
{
	any_store_le64(&desc->addr, buf->addr);
	any_store_le32(&desc->len, buf->len);
	any_store_le16(&desc->flags, (uint16_t)flags);
	any_store_le16(&desc->next, next);
}

/* Free descriptors may be written before the chain is known to be sound: nothing points to them. */
static ANY_NOINLINE int make_chain(struct any_ring_driver *ring, const struct any_ring_buf *buf,
				   uint32_t n_out, uint32_t n, uint16_t *id)
{
	const uint16_t head = ring->free_head;
	uint16_t at = head;
	uint64_t sum = 0, out = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint16_t next = ring->shadow[at].next;
		const unsigned flags = (i < n_out ? 0 : ANY_VRING_DESC_WRITE) |
				       (i + 1 < n ? ANY_VRING_DESC_NEXT : 0);

		if (ANY_UNLIKELY(!buf[i].len))
			return -ANY_EINVAL;
		write_desc(&ring->parts.desc[at], &buf[i], flags, next);
		sum += buf[i].len;
		out = i < n_out ? sum : out;
		at = next;
	}
	if (ANY_UNLIKELY(sum > UINT32_MAX))
		return -ANY_E2BIG;
	ring->free_head = at;
	enter_chain(ring, head, n, sum - out);
	*id = head;
	return 0;
}

int any_ring_make_avail(struct any_ring_driver *ring, const struct any_ring_buf *buf,
			uint32_t n_out, uint32_t n_in, uint16_t *id)
{
	const uint32_t n = n_out + n_in;
	const uint16_t head = ring->free_head;

	/* n_out > n: the sum wrapped */
	if (ANY_UNLIKELY(ring->broken || n - 1 >= ring->n_free || n_out > n))
		return refuse_chain(ring, n_out, n_in);
	if (n > 1)
		return make_chain(ring, buf, n_out, n, id);
	if (ANY_UNLIKELY(!buf->len))
		return -ANY_EINVAL;
	ring->free_head = ring->shadow[head].next;
	write_desc(&ring->parts.desc[head], buf, n_in ? ANY_VRING_DESC_WRITE : 0, 0);
	enter_chain(ring, head, 1, n_in ? buf->len : 0);
	*id = head;
	return 0;
}

bool any_ring_publish_avail(struct any_ring_driver *ring)
{
	if (ring->published == ring->made || ANY_UNLIKELY(ring->broken))
		return false;
	/* Descriptors and entries before the index (VG-SR-17); partner: order_loads in the device's
	 * take_avail. */
	order_stores(ring->order_platform);
	any_store_le16(&ring->parts.avail->idx, (uint16_t)ring->made);
	ring->published = ring->made;
	return true;
}

bool any_ring_kick_needed(struct any_ring_driver *ring)
{
	const uint16_t before = ring->kicked, now = (uint16_t)ring->published;

	if (before == now || ANY_UNLIKELY(ring->broken))
		return false;
	/* The index before the device's wish (VG-SR-18), else a kick is lost; partner: order_all in
	 * the device's more_avail. */
	order_all(ring->order_platform);
	ring->kicked = now;
	if (ring->event_idx)
		return event_crossed(any_load_le16(avail_event(ring->parts.used, ring->size)), now,
				     before);
	return !(any_load_le16(&ring->parts.used->flags) & ANY_VRING_NO_KICK);
}

static ANY_COLD int break_ring(struct any_ring_driver *ring)
{
	ring->broken = true;
	return -ANY_EPROTO;
}

/* The device may be ahead by what it was given and no more; a step back looks like a leap (D9). */
static ANY_NOINLINE int see_used(struct any_ring_driver *ring)
{
	uint16_t seen;

	if (ring->broken)
		return -ANY_EPROTO;
	seen = any_load_le16(&ring->parts.used->idx);
	if (seen == ring->used_idx)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY((uint16_t)(seen - ring->used_idx) >
			 (uint16_t)((uint16_t)ring->published - ring->used_idx)))
		return break_ring(ring);
	/* The index before what it announces: used entries, then buffers; partner: order_stores in
	 * the device's publish_used. */
	order_loads(ring->order_platform);
	ring->used_seen = seen;
	return 0;
}

static ANY_NOINLINE struct any_ring_shadow *find_tail(const struct any_ring_driver *ring,
						      struct any_ring_shadow *shadow, uint32_t count)
{
	while (--count)
		shadow = &ring->shadow[shadow->next];
	return shadow;
}

/* Gives the chain's descriptors back; their links stay as they are, the tail's excepted. */
static inline void free_chain(struct any_ring_driver *ring, uint16_t head, uint32_t count)
{
	struct any_ring_shadow *tail = &ring->shadow[head];

	tail->count = 0;
	if (count > 1)
		tail = find_tail(ring, tail, count);
	tail->next = ring->free_head;
	ring->free_head = head;
	ring->n_free += count;
}

int any_ring_take_used(struct any_ring_driver *ring, struct any_ring_done *done)
{
	const struct any_vring_used_elem *elem;
	const struct any_ring_shadow *shadow;
	uint32_t id, written;
	uint16_t count;

	if (ring->used_idx == ring->used_seen || ANY_UNLIKELY(ring->broken)) {
		int err = see_used(ring);

		if (err)
			return err;
	}
	elem = &ring->parts.used->ring[ring->used_idx & (ring->size - 1)];
	id = any_load_le32(&elem->id);
	written = any_load_le32(&elem->len);
	if (ANY_UNLIKELY(id >= ring->size))
		return break_ring(ring);
	/* D13: a head that is out, that the device has been shown, and no longer than it can be. */
	shadow = &ring->shadow[id];
	count = shadow->count;
	if (ANY_UNLIKELY(!count || shadow->seq >= ring->published || written > shadow->writable))
		return break_ring(ring);
	ring->used_idx++;
	done->written = written;
	done->id = (uint16_t)id;
	done->count = count;
	free_chain(ring, (uint16_t)id, count);
	return 0;
}

void any_ring_disable_call(struct any_ring_driver *ring)
{
	/* With event_idx: the entry just behind, which comes round again in 2^16 (VG-SR-11). */
	if (ring->event_idx)
		any_store_le16(used_event(ring->parts.avail, ring->size),
			       (uint16_t)(ring->used_idx - 1));
	else
		any_store_le16(&ring->parts.avail->flags, ANY_VRING_NO_CALL);
}

void any_ring_enable_call(struct any_ring_driver *ring)
{
	if (ring->event_idx)
		any_store_le16(used_event(ring->parts.avail, ring->size), ring->used_idx);
	else
		any_store_le16(&ring->parts.avail->flags, 0);
}

bool any_ring_more_used(struct any_ring_driver *ring)
{
	/* The request for a call before the last look (VG-SR-19); partner: order_all in the device's
	 * call_needed. */
	order_all(ring->order_platform);
	return ring->used_idx != ring->used_seen ||
	       any_load_le16(&ring->parts.used->idx) != ring->used_idx;
}

int any_ring_detach(struct any_ring_driver *ring, struct any_ring_done *done)
{
	for (; ring->detach < ring->size; ring->detach++) {
		const uint16_t id = ring->detach;

		if (!ring->shadow[id].count)
			continue;
		*done = (struct any_ring_done){0, id, ring->shadow[id].count};
		free_chain(ring, id, done->count);
		return 0;
	}
	return -ANY_EAGAIN;
}
