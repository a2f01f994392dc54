/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the network device share. */
#ifndef ANYDMA_DEVICE_NET_H
#define ANYDMA_DEVICE_NET_H

#include <anydma/net_device.h>

static inline bool any_net_device_has(const struct any_net_device *dev, uint64_t feature)
{
	return (dev->virtio.features & feature) != 0;
}

/* One command; false: an address was not the driver's. */
ANY_MUST_CHECK bool any_net_device_command(struct any_net_device *dev,
					   const struct any_ring_chain *chain, uint32_t *written);
uint32_t any_net_device_control_queue(const struct any_net_device *dev);

/* As after a reset: an empty table (VD-NT-23), no modes. */
void any_net_filter_reset(struct any_net_filter *filter, const uint8_t *mac);
/* VD-NT-22 to -24; the frame is longer than an Ethernet header. */
bool any_net_filter_passes(const struct any_net_device *dev, const uint8_t *frame, size_t len);

/* The Internet checksum of what `offload` says, as it is stored (never 0, RFC 768). */
void any_net_sum(const struct any_net_offload *offload, const uint8_t *frame, size_t len,
		 uint8_t sum[2]);

#endif
