/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the device: commands (5.1.9.5). A bad one is answered with ERR and changes
 * nothing (VD-NT-33). */
#include "net.h"

#include "base/bits.h"
#include "base/endian.h"
#include "base/mem.h"

struct command {
	struct any_net_device *dev;
	struct any_virtio_cursor out;
	uint64_t left; /* bytes of data not yet fetched */
	bool fault;
};

/* False: there is not so much, or it is not the driver's. */
static bool fetch(struct command *c, void *to, size_t len)
{
	if (c->left < len || c->fault)
		return false;
	c->left -= len;
	c->fault = any_virtio_device_load(&c->dev->virtio, &c->out, to, len) != 0;
	return !c->fault;
}

static bool fetch16(struct command *c, uint16_t *value)
{
	any_le16 le;

	if (!fetch(c, &le, sizeof(le)))
		return false;
	*value = any_le16_to_cpu(le);
	return true;
}

/* Bytes that nobody wants to see. */
static void skip(struct command *c, uint64_t len)
{
	c->left -= len;
	while (len) {
		const uint64_t here = any_min_u64(c->out.piece->len - c->out.skip, len);

		c->out.skip += (uint32_t)here;
		len -= here;
		if (c->out.skip == c->out.piece->len) {
			c->out.piece++;
			c->out.skip = 0;
		}
	}
}

/* ---- receive filter -------------------------------------------------------------------------- */

static bool set_mode(struct command *c, uint8_t command)
{
	const uint64_t need =
		command > ANY_NET_CTRL_RX_ALLMULTI ? ANY_NET_F_CTRL_RX_EXTRA : ANY_NET_F_CTRL_RX;
	uint8_t *modes = &c->dev->filter.modes;
	uint8_t on;

	if (command > ANY_NET_CTRL_RX_NOBCAST || !any_net_device_has(c->dev, need) ||
	    !fetch(c, &on, sizeof(on)))
		return false;
	*modes = (uint8_t)(on ? *modes | 1u << command : *modes & ~(1u << command));
	return true;
}

/* One of the two tables, behind `*n` entries that are there. One that does not fit passes all. */
static bool fetch_table(struct command *c, struct any_net_filter *f, uint32_t at, uint32_t *n,
			bool *all)
{
	any_le32 le;
	uint32_t count;

	if (!fetch(c, &le, sizeof(le)))
		return false;
	count = any_le32_to_cpu(le);
	if (count > c->left / ANY_NET_MAC_BYTES)
		return false;
	*all = count > ANY_NET_DEVICE_MACS - at;
	*n = *all ? 0 : count;
	if (*all)
		skip(c, (uint64_t)count * ANY_NET_MAC_BYTES);
	return fetch(c, f->table[at], *n * ANY_NET_MAC_BYTES);
}

static bool set_table(struct command *c)
{
	struct any_net_filter f = c->dev->filter;

	if (!fetch_table(c, &f, 0, &f.n_unicast, &f.all_unicast) ||
	    !fetch_table(c, &f, f.n_unicast, &f.n_multicast, &f.all_multicast))
		return false;
	c->dev->filter = f;
	return true;
}

static bool set_address(struct command *c)
{
	uint8_t mac[ANY_NET_MAC_BYTES];

	if (!fetch(c, mac, sizeof(mac)) || (mac[0] & 1))
		return false;
	memcpy(c->dev->filter.mac, mac, sizeof(mac));
	return true;
}

static bool do_mac(struct command *c, uint8_t command)
{
	if (command == ANY_NET_CTRL_MAC_TABLE && any_net_device_has(c->dev, ANY_NET_F_CTRL_RX))
		return set_table(c);
	if (command == ANY_NET_CTRL_MAC_ADDR && any_net_device_has(c->dev, ANY_NET_F_CTRL_MAC_ADDR))
		return set_address(c);
	return false;
}

static bool do_vlan(struct command *c, uint8_t command)
{
	uint32_t *word, bit;
	uint16_t id;

	if (command > ANY_NET_CTRL_VLAN_DEL || !any_net_device_has(c->dev, ANY_NET_F_CTRL_VLAN) ||
	    !fetch16(c, &id) || id > 0xfff)
		return false;
	word = &c->dev->filter.vlans[id / 32];
	bit = 1u << id % 32;
	*word = command == ANY_NET_CTRL_VLAN_ADD ? *word | bit : *word & ~bit;
	return true;
}

/* ---- the others ------------------------------------------------------------------------------ */

static bool do_announce(struct command *c, uint8_t command)
{
	if (command != ANY_NET_CTRL_ANNOUNCE_ACK ||
	    !any_net_device_has(c->dev, ANY_NET_F_GUEST_ANNOUNCE))
		return false;
	c->dev->announce = false; /* VD-NT-25: before the command is used */
	return true;
}

static bool do_pairs(struct command *c, uint8_t command)
{
	uint16_t pairs;

	if (command != ANY_NET_CTRL_MQ_PAIRS || !any_net_device_has(c->dev, ANY_NET_F_MQ) ||
	    !fetch16(c, &pairs) || !pairs || pairs > c->dev->config.pairs)
		return false;
	c->dev->active = pairs; /* VD-NT-26 */
	return true;
}

static bool do_offloads(struct command *c, uint8_t command)
{
	const uint64_t may = c->dev->virtio.features &
			     (ANY_NET_F_GUEST_CSUM | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN);
	any_le64 le;
	uint64_t bits;

	if (command != ANY_NET_CTRL_OFFLOADS_SET ||
	    !any_net_device_has(c->dev, ANY_NET_F_CTRL_GUEST_OFFLOADS) ||
	    !fetch(c, &le, sizeof(le)))
		return false;
	bits = any_le64_to_cpu(le);
	if ((bits & ~may) || any_net_unmet(bits))
		return false;
	c->dev->offloads = bits;
	return true;
}

static bool execute(struct command *c)
{
	uint8_t head[2]; /* class, command */

	if (!fetch(c, head, sizeof(head)))
		return false;
	switch (head[0]) {
	case ANY_NET_CTRL_RX:
		return set_mode(c, head[1]);
	case ANY_NET_CTRL_MAC:
		return do_mac(c, head[1]);
	case ANY_NET_CTRL_VLAN:
		return do_vlan(c, head[1]);
	case ANY_NET_CTRL_ANNOUNCE:
		return do_announce(c, head[1]);
	case ANY_NET_CTRL_MQ:
		return do_pairs(c, head[1]);
	case ANY_NET_CTRL_OFFLOADS:
		return do_offloads(c, head[1]);
	default:
		return false;
	}
}

bool any_net_device_command(struct any_net_device *dev, const struct any_ring_chain *chain,
			    uint32_t *written)
{
	struct any_virtio_cursor in = any_virtio_cursor_in(chain);
	struct command c = {
		.dev = dev, .out = any_virtio_cursor_out(chain), .left = chain->out_len};
	uint8_t answer;

	*written = 0;
	if (!chain->in_len)
		return true; /* no room for an answer: give it back, undone (D19) */
	answer = (uint8_t)(execute(&c) ? ANY_NET_CTRL_OK : ANY_NET_CTRL_ERR);
	if (c.fault || any_virtio_device_store(&dev->virtio, &in, &answer, sizeof(answer)))
		return false;
	*written = 1;
	return true;
}
