/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the driver: bring-up, configuration, tear-down. */
#include "net.h"

#include "base/bits.h"

#define WANTED                                                                                     \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MTU |   \
	 ANY_NET_F_MAC | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN | ANY_NET_F_HOST_GSO |          \
	 ANY_NET_F_HOST_ECN | ANY_NET_F_MRG_RXBUF | ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ |         \
	 ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_CTRL_RX_EXTRA |                       \
	 ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR |                       \
	 ANY_NET_F_SPEED_DUPLEX)

/* Every round drops a bit that stays dropped; a device that offers otherwise is given up. */
#define ROUNDS 8

/* ---- configuration --------------------------------------------------------------------------- */

static void read_line(const struct any_virtio_driver *v, struct any_net_facts *f)
{
	unsigned status = ANY_NET_S_LINK_UP; /* VG-NT-03 */

	if (any_virtio_has(v, ANY_NET_F_STATUS))
		status = any_virtio_config16(v, ANY_NET_CFG_STATUS);
	f->up = status & ANY_NET_S_LINK_UP;
	f->announce = (status & ANY_NET_S_ANNOUNCE) && any_virtio_has(v, ANY_NET_F_GUEST_ANNOUNCE);
	f->speed = ANY_NET_SPEED_UNKNOWN;
	f->duplex = ANY_NET_DUPLEX_UNKNOWN;
	if (!any_virtio_has(v, ANY_NET_F_SPEED_DUPLEX))
		return;
	f->speed = any_virtio_config32(v, ANY_NET_CFG_SPEED);
	f->duplex = any_virtio_config8(v, ANY_NET_CFG_DUPLEX);
	if (f->speed > 0x7fffffffu) /* VG-NT-05 */
		f->speed = ANY_NET_SPEED_UNKNOWN;
	if (f->duplex > 1)
		f->duplex = ANY_NET_DUPLEX_UNKNOWN;
}

/* A field exists only with its feature (VG-CF-03). */
static void read_fields(const struct any_virtio_driver *v, struct any_net_facts *f)
{
	*f = (struct any_net_facts){.has_mac = any_virtio_has(v, ANY_NET_F_MAC), .max_pairs = 1};
	for (uint32_t i = 0; f->has_mac && i < ANY_NET_MAC_BYTES; i++)
		f->mac[i] = any_virtio_config8(v, ANY_NET_CFG_MAC + i);
	if (any_virtio_has(v, ANY_NET_F_MTU))
		f->mtu = any_virtio_config16(v, ANY_NET_CFG_MTU);
	if (any_virtio_has(v, ANY_NET_F_MQ))
		f->max_pairs = any_virtio_config16(v, ANY_NET_CFG_MAX_PAIRS);
	read_line(v, f);
}

static int read_facts(const struct any_virtio_driver *v, struct any_net_facts *facts)
{
	struct any_virtio_config_read read = any_virtio_config_begin(v);

	do {
		read_fields(v, facts);
	} while (any_virtio_config_again(v, &read));
	return read.torn ? -ANY_EIO : 0;
}

/* An address that can be one's own: not a group's, and not nobody's. */
static bool is_own(const uint8_t mac[ANY_NET_MAC_BYTES])
{
	unsigned any = 0;

	for (uint32_t i = 0; i < ANY_NET_MAC_BYTES; i++)
		any |= mac[i];
	return any && !(mac[0] & 1);
}

/* ---- what is agreed on ------------------------------------------------------------------------
 */

/* What a receive buffer must hold where one holds everything. */
static uint32_t whole_frame(const struct any_net_facts *f, uint64_t features)
{
	const uint32_t mtu = ANY_NET_HEADER_BYTES + ANY_NET_ETH + ANY_NET_VLAN + f->mtu;

	if (features & ANY_NET_F_GUEST_GSO)
		return ANY_NET_BUFFER_GSO;
	return mtu > ANY_NET_BUFFER_MIN ? mtu : ANY_NET_BUFFER_MIN;
}

/* Of what both sides would agree on: what the device cannot mean, or this driver not do. */
static uint64_t unwise(const struct any_net *net, const struct any_net_facts *f)
{
	const uint64_t features = net->virtio.features;
	uint64_t drop = 0;

	if (!(features & ANY_NET_F_MRG_RXBUF)) {
		if (net->options.buffer < ANY_NET_BUFFER_GSO)
			drop |= features & (ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN);
		if (net->options.buffer < whole_frame(f, features & ~drop)) /* VG-NT-04 */
			drop |= features & ANY_NET_F_MTU;
	}
	if (f->mtu < ANY_NET_MTU_MIN)
		drop |= features & ANY_NET_F_MTU;
	if (!f->max_pairs ||
	    f->max_pairs >= ANY_NET_MAX_PAIRS) /* its control queue has no number */
		drop |= features & ANY_NET_F_MQ;
	return drop;
}

static int negotiate(struct any_net *net, const struct any_virtio_transport *transport,
		     struct any_dma_dev *dma)
{
	uint64_t wanted = WANTED & ~net->options.without;

	for (int round = 0; round < ROUNDS; round++) {
		int err = any_virtio_begin_met(&net->virtio, transport, dma, wanted, 0,
					       any_net_unmet); /* VD-NT-01 */
		uint64_t drop;

		if (err)
			return err;
		if (transport->device_id != ANY_VIRTIO_ID_NET)
			break;
		err = read_facts(&net->virtio, &net->facts);
		if (err)
			break;
		drop = unwise(net, &net->facts);
		if (!drop)
			return 0;
		wanted &= ~drop;
	}
	any_virtio_fail(&net->virtio, transport->device_id == ANY_VIRTIO_ID_NET
					      ? "the device's configuration makes no sense"
					      : "the device is not a network device");
	return -ANY_ENODEV;
}

static int settle(struct any_net *net)
{
	const bool merges = any_virtio_has(&net->virtio, ANY_NET_F_MRG_RXBUF);

	net->buffer_min = merges ? ANY_NET_HEADER_BYTES /* VG-NT-19 */
				 : whole_frame(&net->facts, net->virtio.features);
	net->virtio.why = "the device's address is nobody's";
	if (net->facts.has_mac && !is_own(net->facts.mac))
		return -ANY_ENODEV;
	net->virtio.why = "receive buffers are too small for this device";
	if (net->options.buffer < net->buffer_min)
		return -ANY_EINVAL;
	net->n_pairs = net->options.pairs;
	if (net->n_pairs > net->facts.max_pairs)
		net->n_pairs = net->facts.max_pairs;
	net->active = 1;
	return 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Queues were enabled: only a reset makes the device let go of them. */
static void undo(struct any_net *net)
{
	const char *why = net->virtio.why;

	if (any_virtio_reset(&net->virtio) || any_net_undo_queues(net))
		why = "the device does not reset; its rings stay allocated";
	any_virtio_fail(&net->virtio, why);
}

static int init(struct any_net *net, const struct any_virtio_transport *transport,
		struct any_dma_dev *dma, const struct any_net_options *options, void *memory,
		size_t bytes, const struct any_net_shared *shared)
{
	int err;

	*net = (struct any_net){.options = *options};
	if (!net->options.pairs)
		net->options.pairs = 1;
	err = negotiate(net, transport, dma);
	if (err)
		return err;
	err = settle(net);
	if (!err) {
		net->virtio.why = "no memory for the queues";
		err = any_net_make_queues(net, memory, bytes, shared);
	}
	if (err) {
		undo(net);
		return err;
	}
	net->virtio.why = NULL;
	any_virtio_ready(&net->virtio);
	return 0;
}

int any_net_init(struct any_net *net, const struct any_virtio_transport *transport,
		 struct any_dma_dev *dma, const struct any_net_options *options, void *memory,
		 size_t bytes)
{
	const struct any_net_shared none = {NULL, 0};

	return init(net, transport, dma, options, memory, bytes, &none);
}

int any_net_init_cached(struct any_net *net, const struct any_virtio_transport *transport,
			struct any_dma_dev *dma, const struct any_net_options *options,
			void *memory, size_t bytes, void *shared, size_t shared_bytes)
{
	const struct any_net_shared s = {shared, shared_bytes};

	return init(net, transport, dma, options, memory, bytes, &s);
}

int any_net_stop(struct any_net *net)
{
	return any_virtio_reset(&net->virtio);
}

int any_net_fini(struct any_net *net)
{
	return any_net_undo_queues(net);
}

int any_net_interrupt(struct any_net *net)
{
	const struct any_virtio_transport *t = net->virtio.transport;
	struct any_net_facts facts = net->facts;
	struct any_virtio_config_read read;
	int err;

	if (!(t->ops->read_isr(t->ctx) & ANY_VIRTIO_ISR_CONFIG))
		return 0;
	err = any_virtio_check(&net->virtio);
	if (err)
		return err;
	/* What may change is the line; the rest was settled with the features. */
	read = any_virtio_config_begin(&net->virtio);
	do {
		read_line(&net->virtio, &facts);
	} while (any_virtio_config_again(&net->virtio, &read));
	if (read.torn)
		return -ANY_EIO;
	net->facts = facts;
	return 0;
}
