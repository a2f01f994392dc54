/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio network, the device: what the driver sends. Where descriptors are split means nothing
 * (VD-SR-01). Every byte of the driver's is fetched once, into the stage, and judged there (D8).
 */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"

enum outcome { SENT, DROPPED, FAULT };

/* Unknown flags are ignored (VD-NT-07), and fields that mean nothing without theirs (VD-NT-08). */
static struct any_net_offload offload_of(const struct any_net_device *dev,
					 const struct any_net_header *h)
{
	struct any_net_offload o = {
		.gso_type = h->gso_type,
		.hdr_len = any_le16_to_cpu(h->hdr_len),
		.gso_size = any_le16_to_cpu(h->gso_size),
	};

	if (any_net_device_has(dev, ANY_NET_F_CSUM) && (h->flags & ANY_NET_NEEDS_CSUM)) {
		o.flags = ANY_NET_NEEDS_CSUM;
		o.csum_start = any_le16_to_cpu(h->csum_start);
		o.csum_offset = any_le16_to_cpu(h->csum_offset);
	}
	return o;
}

/* A frame that is complete and says nothing that was not agreed on goes out. */
static enum outcome forward(struct any_net_device *dev, uint16_t pair,
			    const struct any_net_header *header, size_t len)
{
	struct any_net_offload o = offload_of(dev, header);

	if (!any_net_offload_fits(&o, len) ||
	    !any_net_gso_agreed(o.gso_type, dev->virtio.features, ANY_NET_F_HOST_TSO4,
				ANY_NET_F_HOST_TSO6, ANY_NET_F_HOST_ECN))
		return DROPPED;
	if (o.hdr_len > len) /* VD-NT-09 */
		o.hdr_len = 0;
	if ((o.flags & ANY_NET_NEEDS_CSUM) && !dev->backend->takes_csum) {
		any_net_sum(&o, dev->stage, len, &dev->stage[o.csum_start + o.csum_offset]);
		o = (struct any_net_offload){.flags = 0};
	}
	return dev->backend->send(dev->ctx, pair, &o, dev->stage, len) ? DROPPED : SENT;
}

static enum outcome serve(struct any_net_device *dev, uint16_t pair,
			  const struct any_ring_chain *chain)
{
	struct any_virtio_cursor out = any_virtio_cursor_out(chain);
	struct any_net_header header;
	uint64_t len;

	if (chain->out_len < ANY_NET_HEADER_BYTES + ANY_NET_ETH)
		return DROPPED;
	len = chain->out_len - ANY_NET_HEADER_BYTES;
	if (len > dev->stage_bytes)
		return DROPPED;
	if (any_virtio_device_load(&dev->virtio, &out, &header, sizeof(header)) ||
	    any_virtio_device_load(&dev->virtio, &out, dev->stage, (size_t)len))
		return FAULT;
	return forward(dev, pair, &header, (size_t)len);
}

static uint32_t process_pair(struct any_net_device *dev, uint16_t pair, uint32_t budget)
{
	const uint32_t queue = 2u * pair + 1;
	struct any_ring_chain chain;
	uint32_t n = 0;

	dev->virtio.queues[queue].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, queue, &chain); n++) {
		const enum outcome outcome = serve(dev, pair, &chain);

		if (outcome == FAULT) {
			any_virtio_device_fail(&dev->virtio,
					       "a frame lies outside the device's memory");
			break;
		}
		dev->counters.sent += outcome == SENT;
		dev->counters.dropped += outcome == DROPPED;
		any_virtio_device_use(&dev->virtio, queue, chain.head, 0);
	}
	any_virtio_device_publish(&dev->virtio, queue);
	return n;
}

static uint32_t process_control(struct any_net_device *dev, uint32_t budget)
{
	const uint32_t queue = any_net_device_control_queue(dev);
	struct any_ring_chain chain;
	uint32_t written, n = 0;

	dev->virtio.queues[queue].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, queue, &chain); n++) {
		if (!any_net_device_command(dev, &chain, &written)) {
			any_virtio_device_fail(&dev->virtio,
					       "a command lies outside the device's memory");
			break;
		}
		any_virtio_device_use(&dev->virtio, queue, chain.head, written);
	}
	any_virtio_device_publish(&dev->virtio, queue);
	return n;
}

uint32_t any_net_device_process(struct any_net_device *dev, uint32_t budget)
{
	uint32_t n = 0;

	for (uint16_t pair = 0; pair < dev->active; pair++)
		n += process_pair(dev, pair, budget);
	if (any_net_device_has(dev, ANY_NET_F_CTRL_VQ))
		n += process_control(dev, budget);
	return n;
}
