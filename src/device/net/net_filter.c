/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the device: which frames from outside are the driver's (5.1.9.5.1 to .3). */
#include "net.h"

#include "base/mem.h"

void any_net_filter_reset(struct any_net_filter *filter, const uint8_t *mac)
{
	*filter = (struct any_net_filter){.modes = 0};
	memcpy(filter->mac, mac, sizeof(filter->mac));
}

static bool mode(const struct any_net_filter *f, unsigned command)
{
	return f->modes & 1u << command;
}

static bool is_one_of(const uint8_t (*macs)[ANY_NET_MAC_BYTES], uint32_t n, const uint8_t *mac)
{
	for (uint32_t i = 0; i < n; i++)
		if (!memcmp(macs[i], mac, ANY_NET_MAC_BYTES))
			return true;
	return false;
}

static bool is_broadcast(const uint8_t *mac)
{
	unsigned all = 0xff;

	for (uint32_t i = 0; i < ANY_NET_MAC_BYTES; i++)
		all &= mac[i];
	return all == 0xff;
}

static const uint8_t (*table(const struct any_net_filter *f))[ANY_NET_MAC_BYTES]
{
	return (const uint8_t(*)[ANY_NET_MAC_BYTES])f->table;
}

/* PROMISC comes before everything, a NO before an ALL, an ALL before the table. */
static bool passes_address(const struct any_net_filter *f, const uint8_t *mac)
{
	if (mode(f, ANY_NET_CTRL_RX_PROMISC))
		return true;
	if (is_broadcast(mac))
		return !mode(f, ANY_NET_CTRL_RX_NOBCAST);
	if (mac[0] & 1)
		return !mode(f, ANY_NET_CTRL_RX_NOMULTI) &&
		       (mode(f, ANY_NET_CTRL_RX_ALLMULTI) || f->all_multicast ||
			is_one_of(table(f) + f->n_unicast, f->n_multicast, mac));
	return !mode(f, ANY_NET_CTRL_RX_NOUNI) &&
	       (mode(f, ANY_NET_CTRL_RX_ALLUNI) || f->all_unicast ||
		!memcmp(f->mac, mac, ANY_NET_MAC_BYTES) || is_one_of(table(f), f->n_unicast, mac));
}

static bool passes_vlan(const struct any_net_filter *f, const uint8_t *frame, size_t len)
{
	unsigned id;

	if (len < ANY_NET_ETH + ANY_NET_VLAN || frame[12] != 0x81 || frame[13] != 0x00)
		return true; /* without a tag */
	id = ((unsigned)frame[14] << 8 | frame[15]) & 0xfffu;
	return f->vlans[id / 32] >> id % 32 & 1;
}

bool any_net_filter_passes(const struct any_net_device *dev, const uint8_t *frame, size_t len)
{
	if (any_net_device_has(dev, ANY_NET_F_CTRL_RX) && !passes_address(&dev->filter, frame))
		return false;
	return !any_net_device_has(dev, ANY_NET_F_CTRL_VLAN) ||
	       passes_vlan(&dev->filter, frame, len);
}
