/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the driver: transmit. A header of the driver's, then the caller's pieces. */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"

#define FRAME_MAX (ANY_NET_ETH + ANY_NET_VLAN + 65535u)

/* ---- may it be sent? (VG-NT-04, -09 to -15) ---------------------------------------------------
 */

static int check_offload(const struct any_net *net, const struct any_net_offload *o, size_t len)
{
	if ((o->flags & ~ANY_NET_NEEDS_CSUM) || !any_net_offload_fits(o, len) ||
	    any_net_hdr_len(o, len) < 0) /* VG-NT-14 */
		return -ANY_EINVAL;
	if (o->flags && !any_virtio_has(&net->virtio, ANY_NET_F_CSUM))
		return -ANY_ENOTSUP;
	if (!any_net_gso_agreed(o->gso_type, net->virtio.features, ANY_NET_F_HOST_TSO4,
				ANY_NET_F_HOST_TSO6, ANY_NET_F_HOST_ECN))
		return -ANY_ENOTSUP;
	return 0;
}

static int check(const struct any_net *net, const struct any_net_frame *frame, size_t *whole_len)
{
	const bool whole = frame->offload.gso_type == ANY_NET_GSO_NONE;
	size_t most = FRAME_MAX, len = 0;

	if (frame->n > ANY_NET_MAX_PIECES)
		return -ANY_E2BIG;
	if (whole && net->facts.mtu)
		most = ANY_NET_ETH + ANY_NET_VLAN + (size_t)net->facts.mtu;
	for (uint32_t i = 0; i < frame->n; i++) {
		const size_t bytes = frame->pieces[i].len;

		if (!bytes || bytes > most - len)
			return -ANY_EINVAL;
		len += bytes;
	}
	*whole_len = len;
	return len < ANY_NET_ETH ? -ANY_EINVAL : check_offload(net, &frame->offload, len);
}

/* ---- what is sent ---------------------------------------------------------------------------- */

static void write_header(void *at, const struct any_net_offload *o, size_t len)
{
	struct any_net_header *header = at;

	*(volatile uint8_t *)&header->flags = o->flags;
	*(volatile uint8_t *)&header->gso_type = o->gso_type;
	any_store_le16(&header->hdr_len, (uint16_t)any_net_hdr_len(o, len));
	any_store_le16(&header->gso_size, o->gso_size);
	any_store_le16(&header->csum_start, o->csum_start);
	any_store_le16(&header->csum_offset, o->csum_offset);
	any_store_le16(&header->num_buffers, 0); /* VG-NT-08 */
}

int any_net_transmit(struct any_net *net, uint16_t pair, const struct any_net_frame *frame)
{
	struct any_virtqueue_buf buf[ANY_NET_MAX_PIECES + 1];
	struct any_net_pair *p = &net->pairs[pair];
	struct any_net_slot *slot;
	size_t len;
	int err;

	if (pair >= net->n_pairs || pair >= net->active)
		return -ANY_EINVAL;
	err = check(net, frame, &len);
	if (err)
		return err;
	if (p->free_slot >= p->depth)
		return -ANY_ENOMEM;
	slot = &p->slots[p->free_slot];
	buf[0] = any_net_wire_at(net, p->headers + (size_t)p->free_slot * net->line,
				 ANY_NET_HEADER_BYTES);
	for (uint32_t i = 0; i < frame->n; i++) /* never written: TO_DEVICE */
		buf[1 + i] =
			(struct any_virtqueue_buf){.cpu = (void *)(uintptr_t)frame->pieces[i].buf,
						   .len = frame->pieces[i].len};
	write_header(buf[0].cpu, &frame->offload, len);
	err = any_virtqueue_add(&p->tx, buf, 1 + frame->n, 0, slot);
	if (err)
		return err;
	p->free_slot = slot->next;
	slot->cookie = frame->cookie;
	return 0;
}

void any_net_kick_transmit(struct any_net *net, uint16_t pair)
{
	any_virtqueue_kick(&net->pairs[pair].tx);
}

/* ---- what came back -------------------------------------------------------------------------- */

static void *slot_back(struct any_net_pair *p, struct any_net_slot *slot)
{
	slot->next = p->free_slot;
	p->free_slot = (uint16_t)(slot - p->slots);
	return slot->cookie;
}

int any_net_reclaim(struct any_net *net, uint16_t pair, void **cookie)
{
	struct any_net_pair *p = &net->pairs[pair];
	uint32_t written;
	void *slot;
	int err;

	if (pair >= net->n_pairs)
		return -ANY_EINVAL;
	err = any_virtqueue_take(&p->tx, &slot, &written);
	if (!err)
		*cookie = slot_back(p, slot);
	return err;
}

int any_net_abort_transmit(struct any_net *net, uint16_t pair, void **cookie)
{
	struct any_net_pair *p = &net->pairs[pair];
	void *slot;
	int err;

	if (pair >= net->n_pairs)
		return -ANY_EINVAL;
	err = any_virtqueue_detach(&p->tx, &slot);
	if (!err || err == -ANY_ENODEV)
		*cookie = slot_back(p, slot);
	return err;
}
