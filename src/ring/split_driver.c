/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's half of a split ring, and the way to a packed one's (packed_driver.c). What the
 * driver needs to know again it keeps in the shadow; of the shared memory it reads only used and
 * avail_event, each word once.
 */
#include <anydma/ring.h>

#include "base/endian.h"
#include "event.h"
#include "layout.h"
#include "order.h"
#include "packed.h"

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
	if (!any_vring_is_sound(config))
		return -ANY_EINVAL;
	*ring = (struct any_ring_driver){
		.parts = config->parts,
		.shadow = shadow,
		.size = config->size,
		.mask = config->size - 1,
		.n_free = config->size,
		.order_platform = config->order_platform,
		.event_idx = config->event_idx,
		.packed = config->packed,
		.in_order = config->in_order,
		.apart = config->in_order,
	};
	for (uint32_t i = 0; i < config->size; i++)
		shadow[i] = (struct any_ring_shadow){.free = (uint16_t)(config->size - 1 - i)};
	if (ring->packed)
		any_packed_driver_clear(ring);
	else
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

/* Free descriptors may be written before the chain is known to be sound: nothing points to them. */
static int make_chain(struct any_ring_driver *ring, const struct any_ring_buf *buf, uint32_t n_out,
		      uint32_t n)
{
	const uint16_t head = any_ring_free_at(ring, 0);
	uint64_t sum = 0, out = 0;
	uint16_t at = head;

	for (uint32_t i = 0; i < n; i++) {
		const bool more = i + 1 < n;
		const uint16_t next = more ? any_ring_free_at(ring, i + 1) : 0;
		const unsigned flags =
			(i < n_out ? 0 : ANY_VRING_DESC_WRITE) | (more ? ANY_VRING_DESC_NEXT : 0);

		if (ANY_UNLIKELY(!buf[i].len))
			return -ANY_EINVAL;
		any_ring_write_desc(&ring->parts.desc[at], &buf[i], flags, next);
		ring->shadow[at].next = next;
		sum += buf[i].len;
		out = i < n_out ? sum : out;
		at = next;
	}
	if (ANY_UNLIKELY(sum > UINT32_MAX))
		return -ANY_E2BIG;
	any_ring_point_to(ring, head);
	any_ring_enter(ring, head, n, (uint32_t)(sum - out));
	if (ring->in_order)
		any_ring_took(ring, n);
	return head;
}

int any_ring_make_avail_slow(struct any_ring_driver *ring, const struct any_ring_buf *buf,
			     uint32_t n_out, uint32_t n_in)
{
	const uint32_t n = n_out + n_in;

	/* n_out > n: the sum wrapped */
	if (ANY_UNLIKELY(ring->broken || n - 1 >= ring->n_free || n_out > n))
		return refuse_chain(ring, n_out, n_in);
	if (ring->packed)
		return any_packed_make_avail(ring, buf, n_out, n);
	return make_chain(ring, buf, n_out, n);
}

/* Entry i leads to i + 1 (VG-FB-10); a packed table has only its order, and WRITE (VG-PR-10). */
static void write_entry(const struct any_ring_driver *ring, struct any_vring_desc *table,
			const struct any_ring_buf *buf, uint32_t i, unsigned write, bool more)
{
	if (ring->packed)
		any_ring_write_desc(&table[i], &buf[i], 0, (uint16_t)write); /* flags come last */
	else
		any_ring_write_desc(&table[i], &buf[i], write | (more ? ANY_VRING_DESC_NEXT : 0),
				    (uint16_t)(more ? i + 1 : 0));
}

int any_ring_make_indirect(struct any_ring_driver *ring, struct any_vring_desc *table,
			   uint64_t table_addr, const struct any_ring_buf *buf, uint32_t n_out,
			   uint32_t n_in, uint16_t *id)
{
	const uint32_t n = n_out + n_in;
	const struct any_ring_buf whole = {table_addr, (uint32_t)any_vring_desc_bytes(n)};
	uint32_t writable;
	int err;

	/* as long as a chain may be (VG-SR-07), but one descriptor is enough */
	if (ANY_UNLIKELY(ring->broken || !ring->n_free || n - 1 >= ring->size || n_out > n))
		return refuse_chain(ring, n_out, n_in);
	err = any_ring_measure(buf, n_out, n, &writable);
	if (ANY_UNLIKELY(err))
		return err;
	for (uint32_t i = 0; i < n; i++)
		write_entry(ring, table, buf, i, i < n_out ? 0 : ANY_VRING_DESC_WRITE, i + 1 < n);
	*id = any_ring_free_at(ring, 0);
	ring->shadow[*id].next = 0;
	if (ring->packed) {
		any_packed_write_desc(ring, &whole, ANY_VRING_DESC_INDIRECT, *id);
	} else {
		any_ring_write_desc(&ring->parts.desc[*id], &whole, ANY_VRING_DESC_INDIRECT, 0);
		any_ring_point_to(ring, *id);
	}
	any_ring_enter(ring, *id, 1, writable);
	if (ring->in_order)
		any_ring_took(ring, 1);
	return 0;
}

bool any_ring_publish_avail(struct any_ring_driver *ring)
{
	if (ring->packed)
		return any_packed_publish_avail(ring);
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

	if (ring->packed)
		return any_packed_kick_needed(ring);
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

ANY_COLD void any_ring_driver_break(struct any_ring_driver *ring)
{
	ring->broken = ring->apart = true;
	ring->used_seen = ring->used_idx; /* nothing more is read inline */
}

/* The device may be ahead by what it was given and no more; a step back looks like a leap (D9). */
int any_ring_see_split(struct any_ring_driver *ring)
{
	uint16_t seen;

	if (ring->broken)
		return -ANY_EPROTO;
	seen = any_load_le16(&ring->parts.used->idx);
	if (seen == (uint16_t)ring->used_idx)
		return -ANY_EAGAIN;
	if (ANY_UNLIKELY((uint16_t)(seen - ring->used_idx) >
			 (uint16_t)((uint16_t)ring->published - ring->used_idx))) {
		any_ring_driver_break(ring);
		return -ANY_EPROTO;
	}
	/* The index before what it announces: used entries, then buffers; partner: order_stores in
	 * the device's publish_used. */
	order_loads(ring->order_platform);
	ring->used_seen = ring->used_idx + (uint16_t)(seen - ring->used_idx);
	return 0;
}

int any_ring_see_used(struct any_ring_driver *ring, struct any_ring_done *done)
{
	if (ring->in_order)
		return any_ring_take_in_order(ring, done);
	return ring->packed ? any_packed_see_used(ring) : any_ring_see_split(ring);
}

ANY_COLD int any_ring_doubt_used(struct any_ring_driver *ring, uint32_t id)
{
	if (ring->packed && any_packed_means_no_length(ring, id))
		return 0;
	any_ring_driver_break(ring);
	return -ANY_EPROTO;
}

void any_ring_give_back(struct any_ring_driver *ring, uint16_t id, uint32_t count)
{
	ring->shadow[id].count = 0;
	if (ring->packed)
		any_packed_skip_used(ring, count - 1);
	for (; count; count--) {
		ring->shadow[ring->n_free++].free = id;
		id = ring->shadow[id].next;
	}
}

/* With event_idx no more is the entry just behind, which comes round again in 2^16 (VG-SR-11). */
void any_ring_want_call(struct any_ring_driver *ring, bool wanted)
{
	struct any_vring_avail *avail = ring->parts.avail;

	if (ring->packed)
		packed_wish(avail, wanted, ring->event_idx, ring->used_idx);
	else if (ring->event_idx)
		any_store_le16(used_event(avail, ring->size), (uint16_t)(ring->used_idx - !wanted));
	else
		any_store_le16(&avail->flags, wanted ? 0 : (uint16_t)ANY_VRING_NO_CALL);
}

bool any_ring_more_used(struct any_ring_driver *ring)
{
	if (ring->packed)
		return any_packed_more_used(ring);
	/* The request for a call before the last look (VG-SR-19); partner: order_all in the
	 * device's call_needed. */
	order_all(ring->order_platform);
	return ring->used_idx != ring->used_seen ||
	       any_load_le16(&ring->parts.used->idx) != (uint16_t)ring->used_idx;
}

int any_ring_detach(struct any_ring_driver *ring, struct any_ring_done *done)
{
	for (; ring->detach < ring->size; ring->detach++) {
		const uint16_t id = ring->detach;

		if (!ring->shadow[id].count)
			continue;
		*done = (struct any_ring_done){0, id, ring->shadow[id].count};
		any_ring_give_back(ring, id, done->count);
		return 0;
	}
	return -ANY_EAGAIN;
}
