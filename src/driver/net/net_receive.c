/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio network, the driver: receive. A packet is one buffer or several; the header at its front
 * is the device's word and is read once (D8). Nonsense costs the packet, not the buffers
 * (VG-NT-24).
 */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"

int any_net_post(struct any_net *net, uint16_t pair, struct any_net_buffer *buffer)
{
	const struct any_virtqueue_buf buf = {.cpu = buffer->buf, .len = buffer->len};
	struct any_net_pair *p = &net->pairs[pair];
	int err;

	if (pair >= net->n_pairs || buffer->len < net->buffer_min)
		return -ANY_EINVAL;
	err = any_virtqueue_add(&p->rx, &buf, 0, 1, buffer);
	if (!err)
		p->posted++;
	return err;
}

void any_net_kick_receive(struct any_net *net, uint16_t pair)
{
	any_virtqueue_kick(&net->pairs[pair].rx);
}

/* ---- one buffer ------------------------------------------------------------------------------ */

static int take(struct any_net_pair *p, struct any_net_buffer **buffer)
{
	uint32_t written;
	void *cookie;
	int err = any_virtqueue_take(&p->rx, &cookie, &written);

	if (err)
		return err;
	*buffer = cookie;
	(*buffer)->next = NULL;
	(*buffer)->offset = 0;
	(*buffer)->bytes = written;
	p->posted--;
	return 0;
}

/* It may lie anywhere, and be written again while it is read: each byte once. */
static void read_header(const struct any_net_buffer *buffer, struct any_net_header *header)
{
	const volatile uint8_t *from = buffer->buf;
	uint8_t *to = (uint8_t *)header;

	for (uint32_t i = 0; i < ANY_NET_HEADER_BYTES; i++)
		to[i] = from[i];
}

static struct any_net_offload offload_of(const struct any_net *net, const struct any_net_header *h)
{
	struct any_net_offload o = {
		.gso_type = h->gso_type,
		.hdr_len = any_le16_to_cpu(h->hdr_len),
		.gso_size = any_le16_to_cpu(h->gso_size),
		.csum_start = any_le16_to_cpu(h->csum_start),
		.csum_offset = any_le16_to_cpu(h->csum_offset),
	};

	/* Unknown flags, and all of them if nothing was agreed on, are as 0 (VG-NT-22). */
	if (any_virtio_has(&net->virtio, ANY_NET_F_GUEST_CSUM))
		o.flags = h->flags & (ANY_NET_NEEDS_CSUM | ANY_NET_DATA_VALID);
	return o;
}

/* ---- one packet ------------------------------------------------------------------------------ */

/* The first buffer says how many there are; more than the device has there cannot be. */
static void begin(const struct any_net *net, struct any_net_pair *p, struct any_net_buffer *buffer)
{
	struct any_net_packet *part = &p->part;
	struct any_net_header header;
	uint32_t n = 1;

	*part = (struct any_net_packet){.first = buffer, .result = -ANY_EPROTO};
	p->first = p->last = buffer;
	p->missing = 0;
	if (buffer->bytes < ANY_NET_HEADER_BYTES) {
		buffer->bytes = 0;
		return;
	}
	read_header(buffer, &header);
	buffer->offset = ANY_NET_HEADER_BYTES;
	buffer->bytes -= ANY_NET_HEADER_BYTES;
	part->len = buffer->bytes;
	if (any_virtio_has(&net->virtio, ANY_NET_F_MRG_RXBUF))
		n = any_le16_to_cpu(header.num_buffers);
	if (!n || n - 1 > p->posted)
		return;
	part->offload = offload_of(net, &header);
	part->result = 0;
	p->missing = n - 1;
}

/* All but the last are full (VD-NT-13): a gap would be bytes that nobody wrote. */
static void append(struct any_net_pair *p, struct any_net_buffer *buffer)
{
	const struct any_net_buffer *last = p->last;

	if (last->offset + (uint64_t)last->bytes != last->len || !buffer->bytes ||
	    buffer->bytes > UINT32_MAX - p->part.len)
		p->part.result = -ANY_EPROTO;
	else
		p->part.len += buffer->bytes;
	p->last->next = buffer;
	p->last = buffer;
	p->missing--;
}

static int judge(const struct any_net *net, const struct any_net_packet *packet)
{
	if (packet->result)
		return packet->result;
	if (packet->len < ANY_NET_ETH || !any_net_offload_fits(&packet->offload, packet->len) ||
	    !any_net_gso_agreed(packet->offload.gso_type, net->virtio.features,
				ANY_NET_F_GUEST_TSO4, ANY_NET_F_GUEST_TSO6, ANY_NET_F_GUEST_ECN))
		return -ANY_EPROTO;
	return 0;
}

int any_net_receive(struct any_net *net, uint16_t pair, struct any_net_packet *packet)
{
	struct any_net_pair *p = &net->pairs[pair];
	struct any_net_buffer *buffer;
	int err;

	if (pair >= net->n_pairs)
		return -ANY_EINVAL;
	if (!p->first) {
		err = take(p, &buffer);
		if (err)
			return err;
		begin(net, p, buffer);
	}
	while (p->missing) {
		err = take(p, &buffer);
		if (err)
			return err; /* the rest comes later; until then these are not lost */
		append(p, buffer);
	}
	p->part.result = judge(net, &p->part);
	if (p->part.result)
		p->part.len = 0;
	*packet = p->part;
	p->first = NULL;
	return 0;
}

/* First what was taken of a packet that never became whole, then what the device still had. */
int any_net_abort_receive(struct any_net *net, uint16_t pair, struct any_net_buffer **buffer)
{
	struct any_net_pair *p = &net->pairs[pair];
	void *cookie;
	int err;

	if (pair >= net->n_pairs)
		return -ANY_EINVAL;
	if (p->first) {
		*buffer = p->first;
		p->first = p->first->next;
		(*buffer)->next = NULL;
		return 0;
	}
	err = any_virtqueue_detach(&p->rx, &cookie);
	if (err && err != -ANY_ENODEV)
		return err;
	*buffer = cookie;
	(*buffer)->next = NULL;
	(*buffer)->bytes = 0;
	p->posted--;
	return err;
}
