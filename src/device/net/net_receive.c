/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio network, the device: frames from outside. Chains are taken until the frame fits, so the
 * number of them is known before the first byte is written; all are shown together (VD-NT-13).
 */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"
#include "base/mem.h"

/* ---- chains in hand -------------------------------------------------------------------------- */

static void empty(struct any_net_hand *hand)
{
	hand->n = hand->n_pieces = 0;
	hand->room = 0;
}

static int refuse(struct any_net_device *dev, const char *why)
{
	any_virtio_device_fail(&dev->virtio, why);
	return -ANY_EPROTO;
}

/* One more; its pieces are copied, since the queue's own are the next chain's. */
static int take(struct any_net_device *dev, uint32_t queue, struct any_net_hand *hand)
{
	struct any_ring_piece *to = &hand->pieces[hand->n_pieces];
	struct any_ring_chain chain;
	int err = any_virtio_device_take(&dev->virtio, queue, &chain);

	if (err)
		return err;
	hand->taken = dev->virtio.queues[queue].taken;
	if (chain.n_out || chain.in_len < ANY_NET_HEADER_BYTES) /* VG-NT-19 */
		return refuse(dev, "a receive buffer is readable, or has no room for a header");
	if (hand->n == dev->config.queue_max || chain.n_in > dev->config.queue_max - hand->n_pieces)
		return refuse(dev, "the driver posts more buffers than its ring has entries");
	memcpy(to, chain.piece, chain.n_in * sizeof(*to));
	chain.piece = to;
	hand->chains[hand->n++] = chain;
	hand->n_pieces += chain.n_in;
	hand->room += chain.in_len;
	return 0;
}

/* Until `need` bytes fit. What is in hand stays there for the next frame. */
static int gather(struct any_net_device *dev, uint32_t queue, struct any_net_hand *hand,
		  uint64_t need)
{
	const bool merges = any_net_device_has(dev, ANY_NET_F_MRG_RXBUF);
	int err = 0;

	if (hand->taken != dev->virtio.queues[queue].taken)
		empty(hand); /* the queue was reset: these are the driver's again */
	while (hand->room < need && !err) {
		if (hand->n && !merges) /* VD-NT-12 */
			return -ANY_E2BIG;
		err = take(dev, queue, hand);
	}
	return err;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* A place in the hand: the chain, where in it, and how much of it is filled. */
struct place {
	struct any_net_device *dev;
	const struct any_net_hand *hand;
	uint32_t chain, filled;
	struct any_virtio_cursor in;
};

static bool store(struct place *p, const void *from, size_t len)
{
	const char *at = from;

	while (len) {
		const struct any_ring_chain *chain = &p->hand->chains[p->chain];
		const size_t here = (size_t)any_min_u64(chain->in_len - p->filled, len);

		if (!here) {
			p->in = any_virtio_cursor_in(chain + 1);
			p->chain++;
			p->filled = 0;
			continue;
		}
		if (any_virtio_device_store(&p->dev->virtio, &p->in, at, here))
			return false;
		p->filled += (uint32_t)here;
		at += here;
		len -= here;
	}
	return true;
}

static uint32_t chains_for(const struct any_net_hand *hand, uint64_t need)
{
	uint64_t room = 0;
	uint32_t n = 0;

	for (; room < need; n++)
		room += hand->chains[n].in_len;
	return n;
}

static struct any_net_header header_of(const struct any_net_offload *o, uint32_t buffers)
{
	return (struct any_net_header){
		.flags = o->flags,
		.gso_type = o->gso_type,
		.hdr_len = any_cpu_to_le16(o->hdr_len),
		.gso_size = any_cpu_to_le16(o->gso_size),
		.csum_start = any_cpu_to_le16(o->csum_start),
		.csum_offset = any_cpu_to_le16(o->csum_offset),
		.num_buffers = any_cpu_to_le16((uint16_t)buffers),
	};
}

/* The frame behind its header, with `sum` in the place for it if there is one. */
static bool fill(struct place *p, const struct any_net_header *header, const uint8_t *frame,
		 size_t len, const uint8_t *sum, size_t sum_at)
{
	if (!store(p, header, sizeof(*header)))
		return false;
	if (!sum)
		return store(p, frame, len);
	return store(p, frame, sum_at) && store(p, sum, 2) &&
	       store(p, frame + sum_at + 2, len - sum_at - 2);
}

/* All but the last chain are full. What is left in hand moves to the front. */
static void use(struct any_net_device *dev, uint32_t queue, struct any_net_hand *hand, uint32_t n,
		uint32_t last)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct any_ring_chain *chain = &hand->chains[i];

		any_virtio_device_use(&dev->virtio, queue, chain->head,
				      i + 1 < n ? (uint32_t)chain->in_len : last);
	}
	/* Never more was taken than this frame needed, unless a longer one found no room before. */
	if (n == hand->n) {
		empty(hand);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		hand->room -= hand->chains[i].in_len;
	hand->n -= n;
	memmove(hand->chains, hand->chains + n, hand->n * sizeof(*hand->chains));
	hand->n_pieces = 0;
	for (uint32_t i = 0; i < hand->n; i++) {
		struct any_ring_chain *chain = &hand->chains[i];

		memmove(hand->pieces + hand->n_pieces, chain->piece,
			chain->n_in * sizeof(*chain->piece));
		chain->piece = hand->pieces + hand->n_pieces;
		hand->n_pieces += chain->n_in;
	}
}

/* ---- frames ---------------------------------------------------------------------------------- */

static bool beyond_mtu(const struct any_net_device *dev, const struct any_net_offload *o,
		       const uint8_t *frame, size_t len)
{
	size_t most = ANY_NET_ETH + (size_t)dev->config.mtu;

	if (!any_net_device_has(dev, ANY_NET_F_MTU) || o->gso_type != ANY_NET_GSO_NONE)
		return false;
	if (frame[12] == 0x81 && frame[13] == 0x00)
		most += ANY_NET_VLAN;
	return len > most; /* VD-NT-03 */
}

static int check(const struct any_net_device *dev, const struct any_net_offload *o,
		 const uint8_t *frame, size_t len)
{
	if (len < ANY_NET_ETH || len > UINT32_MAX - ANY_NET_HEADER_BYTES ||
	    !any_net_offload_fits(o, len) || any_net_hdr_len(o, len) < 0)
		return -ANY_EINVAL;
	if (!any_net_gso_agreed(o->gso_type, dev->offloads, ANY_NET_F_GUEST_TSO4,
				ANY_NET_F_GUEST_TSO6, ANY_NET_F_GUEST_ECN))
		return -ANY_ENOTSUP; /* VD-NT-15 */
	return beyond_mtu(dev, o, frame, len) ? -ANY_E2BIG : 0;
}

static int put(struct any_net_device *dev, uint16_t pair, const struct any_net_offload *offload,
	       const uint8_t *frame, size_t len)
{
	const bool leaves = dev->offloads & ANY_NET_F_GUEST_CSUM;
	const bool completes = (offload->flags & ANY_NET_NEEDS_CSUM) && !leaves;
	const struct any_net_offload none = {.flags = 0};
	const uint64_t need = len + ANY_NET_HEADER_BYTES;
	struct any_net_hand *hand = &dev->hands[pair];
	struct any_net_header header;
	struct place place = {.dev = dev, .hand = hand};
	uint8_t sum[2];
	uint32_t n;
	int err = gather(dev, 2u * pair, hand, need);

	if (err)
		return err;
	n = chains_for(hand, need);
	if (completes)
		any_net_sum(offload, frame, len, sum);
	header = header_of(leaves ? offload : &none, n); /* VD-NT-14 */
	if (dev->offloads & ANY_NET_F_GUEST_GSO)
		header.hdr_len =
			any_cpu_to_le16((uint16_t)any_net_hdr_len(offload, len)); /* VD-NT-19 */
	place.in = any_virtio_cursor_in(hand->chains);
	if (!fill(&place, &header, frame, len, completes ? sum : NULL,
		  (size_t)offload->csum_start + offload->csum_offset))
		return refuse(dev, "a receive buffer lies outside the device's memory");
	use(dev, 2u * pair, hand, n, place.filled);
	dev->counters.delivered++;
	return 0;
}

int any_net_device_deliver(struct any_net_device *dev, uint16_t pair,
			   const struct any_net_offload *offload, const void *frame, size_t len)
{
	const struct any_net_offload o = {
		.flags = offload->flags & (ANY_NET_NEEDS_CSUM | ANY_NET_DATA_VALID),
		.gso_type = offload->gso_type,
		.hdr_len = offload->hdr_len,
		.gso_size = offload->gso_size,
		.csum_start = offload->csum_start,
		.csum_offset = offload->csum_offset,
	};
	int err;

	if (!(dev->virtio.status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return -ANY_EAGAIN;
	err = check(dev, &o, frame, len);
	if (err)
		return err;
	if (!any_net_filter_passes(dev, frame, len)) {
		dev->counters.filtered++;
		return 0;
	}
	return put(dev, (uint16_t)(pair % dev->active), &o, frame, len);
}

void any_net_device_publish(struct any_net_device *dev)
{
	for (uint16_t pair = 0; pair < dev->active; pair++)
		any_virtio_device_publish(&dev->virtio, 2u * pair);
}
