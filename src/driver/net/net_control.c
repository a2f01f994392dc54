/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the driver: commands on the control queue, one at a time (5.1.9.5). */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"
#include "base/mem.h"

#define ANSWER_NONE 0xffu /* what an answer is until the device has spoken */

/* A command as it is put together; never memory the device sees. */
struct command {
	uint8_t bytes[ANY_NET_COMMAND_BYTES];
	size_t len;
};

static void put(struct command *c, const void *bytes, size_t len)
{
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
}

static void put8(struct command *c, uint8_t value)
{
	put(c, &value, sizeof(value));
}

static void put16(struct command *c, uint16_t value)
{
	const any_le16 le = any_cpu_to_le16(value);

	put(c, &le, sizeof(le));
}

static struct command begin(uint8_t class, uint8_t command)
{
	struct command c;

	c.len = 0;
	put8(&c, class);
	put8(&c, command);
	return c;
}

static size_t answer_at(const struct any_net *net)
{
	return (size_t)any_align_up(ANY_NET_COMMAND_BYTES, net->line);
}

/* VG-NT-26 */
static int check(const struct any_net *net, uint64_t feature)
{
	if (!any_virtio_has(&net->virtio, feature))
		return -ANY_ENOTSUP;
	return net->commanding ? -ANY_EBUSY : 0;
}

static int send(struct any_net *net, const struct command *c)
{
	const struct any_virtqueue_buf buf[2] = {any_net_wire_at(net, 0, c->len),
						 any_net_wire_at(net, answer_at(net), 1)};
	int err;

	memcpy(buf[0].cpu, c->bytes, c->len);
	*(volatile uint8_t *)buf[1].cpu = ANSWER_NONE;
	err = any_virtqueue_add(&net->ctrl, buf, 1, 1, net);
	if (err)
		return err;
	net->wanted = 0;
	net->commanding = true;
	any_virtqueue_kick(&net->ctrl);
	return 0;
}

/* ---- commands -------------------------------------------------------------------------------- */

int any_net_set_rx_mode(struct any_net *net, uint8_t mode, bool on)
{
	struct command c = begin(ANY_NET_CTRL_RX, mode);
	int err;

	if (mode > ANY_NET_CTRL_RX_NOBCAST)
		return -ANY_EINVAL;
	err = check(net,
		    mode > ANY_NET_CTRL_RX_ALLMULTI ? ANY_NET_F_CTRL_RX_EXTRA : ANY_NET_F_CTRL_RX);
	if (err)
		return err;
	put8(&c, on);
	return send(net, &c);
}

int any_net_set_mac(struct any_net *net, const uint8_t mac[ANY_NET_MAC_BYTES])
{
	struct command c = begin(ANY_NET_CTRL_MAC, ANY_NET_CTRL_MAC_ADDR);
	int err = check(net, ANY_NET_F_CTRL_MAC_ADDR);

	if (err)
		return err;
	put(&c, mac, ANY_NET_MAC_BYTES);
	return send(net, &c);
}

static void put_table(struct command *c, const uint8_t (*macs)[ANY_NET_MAC_BYTES], uint32_t n)
{
	const any_le32 count = any_cpu_to_le32(n);

	put(c, &count, sizeof(count));
	for (uint32_t i = 0; i < n; i++)
		put(c, macs[i], ANY_NET_MAC_BYTES);
}

int any_net_set_mac_table(struct any_net *net, const uint8_t (*unicast)[ANY_NET_MAC_BYTES],
			  uint32_t n_unicast, const uint8_t (*multicast)[ANY_NET_MAC_BYTES],
			  uint32_t n_multicast)
{
	struct command c = begin(ANY_NET_CTRL_MAC, ANY_NET_CTRL_MAC_TABLE);
	int err = check(net, ANY_NET_F_CTRL_RX); /* VG-NT-27 */

	if (err)
		return err;
	if (n_unicast > ANY_NET_MAX_MACS || n_multicast > ANY_NET_MAX_MACS - n_unicast)
		return -ANY_EINVAL;
	put_table(&c, unicast, n_unicast);
	put_table(&c, multicast, n_multicast);
	return send(net, &c);
}

int any_net_set_vlan(struct any_net *net, uint16_t id, bool pass)
{
	struct command c = begin(ANY_NET_CTRL_VLAN,
				 (uint8_t)(pass ? ANY_NET_CTRL_VLAN_ADD : ANY_NET_CTRL_VLAN_DEL));
	int err = check(net, ANY_NET_F_CTRL_VLAN);

	if (err)
		return err;
	if (id > 0xfff)
		return -ANY_EINVAL;
	put16(&c, id);
	return send(net, &c);
}

/* VG-NT-29: from now on nothing is sent above what was asked for; what is new, once it is done. */
int any_net_set_pairs(struct any_net *net, uint16_t pairs)
{
	struct command c = begin(ANY_NET_CTRL_MQ, ANY_NET_CTRL_MQ_PAIRS);
	int err = check(net, ANY_NET_F_MQ);

	if (err)
		return err;
	if (!pairs || pairs > net->n_pairs)
		return -ANY_EINVAL;
	for (uint16_t i = net->active; i < pairs; i++) /* VG-NT-21 */
		if (!net->pairs[i].posted)
			return -ANY_EINVAL;
	put16(&c, pairs);
	err = send(net, &c);
	if (err)
		return err;
	net->wanted = pairs;
	if (net->active > pairs)
		net->active = pairs;
	return 0;
}

int any_net_set_offloads(struct any_net *net, uint64_t features)
{
	const uint64_t guest = ANY_NET_F_GUEST_CSUM | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN;
	struct command c = begin(ANY_NET_CTRL_OFFLOADS, ANY_NET_CTRL_OFFLOADS_SET);
	const any_le64 le = any_cpu_to_le64(features);
	int err = check(net, ANY_NET_F_CTRL_GUEST_OFFLOADS);

	if (err)
		return err;
	if ((features & ~(guest & net->virtio.features)) || any_net_unmet(features)) /* VG-NT-32 */
		return -ANY_EINVAL;
	put(&c, &le, sizeof(le));
	return send(net, &c);
}

int any_net_announced(struct any_net *net)
{
	const struct command c = begin(ANY_NET_CTRL_ANNOUNCE, ANY_NET_CTRL_ANNOUNCE_ACK);
	int err = check(net, ANY_NET_F_GUEST_ANNOUNCE);

	if (err)
		return err;
	net->facts.announce = false; /* the next request for it is a new one */
	return send(net, &c);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static int judge(uint8_t answer, uint32_t written)
{
	if (!written || answer > ANY_NET_CTRL_ERR)
		return -ANY_EPROTO;
	return answer == ANY_NET_CTRL_OK ? 0 : -ANY_EIO;
}

int any_net_done(struct any_net *net)
{
	uint32_t written;
	void *cookie;
	int err;

	if (!net->commanding)
		return -ANY_EINVAL;
	err = any_virtqueue_take(&net->ctrl, &cookie, &written);
	if (err)
		return err;
	net->commanding = false;
	err = judge(*(const volatile uint8_t *)any_net_wire_at(net, answer_at(net), 1).cpu,
		    written);
	if (!err && net->wanted)
		net->active = net->wanted;
	return err;
}
